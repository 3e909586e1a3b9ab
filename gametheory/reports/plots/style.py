"""What all pictures share: colours, text that is measured before it is placed, and files that are the same every time.

Colours are those of Okabe and Ito (2008), which people with any common colour blindness tell apart. Colour never stands alone:
regions also differ in hatching and carry their label, best replies are underlined, and the path of play is thicker.

Pictures are laid out in inches. A :class:`Canvas` is a figure with one coordinate system in inches over all of it, so that a text
can be measured, and wrapped or moved, before it is drawn over something else. No picture uses ``matplotlib.pyplot`` or changes
matplotlib's settings.

References
----------
.. [1] M. Okabe and K. Ito, "Color Universal Design", 2008, https://jfly.uni-koeln.de/color/.
"""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from html import escape
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags

from gametheory import scalars

__all__ = [
    "INK",
    "MUTED",
    "Canvas",
    "Scheme",
    "number",
    "player_colour",
    "png",
    "svg",
    "svg_in_page",
    "text_width",
    "wrap",
]

INK, MUTED, FAINT, PAPER = "#1a1a1a", "#5f6368", "#b9bdc2", "#ffffff"

#: For lines and names of players, dark enough to be read as text on white.
PLAYER_COLOURS = ("#b34700", "#0060a0", "#00704f", "#8a4a75", "#7a5c00", "#444444")

#: For areas that carry dark text, and the hatching that tells them apart in grey. Neighbours in the list differ in lightness.
AREAS = (
    ("#f6c9a0", ""),
    ("#8fc1e3", "//"),
    ("#fff3b0", ".."),
    ("#7fc9ae", "\\\\"),
    ("#e4bcd4", "xx"),
    ("#d5d5d5", ""),
    ("#c9e4f4", "--"),
    ("#e8a66f", "||"),
    ("#d9ead3", "++"),
    ("#b6a7cf", "oo"),
)
HATCH = "#00000030"

#: Size at which text is measured, large so that rounding does not matter.
_UNITS = 100
_FONT = FontProperties(family="DejaVu Sans")
_BOLD = FontProperties(family="DejaVu Sans", weight="bold")


@functools.lru_cache(maxsize=4096)
def text_width(text: str, size: float, bold: bool = False) -> float:
    """The width of a line of text, in inches."""
    if not text.strip():
        return 0.3 * size / 72 * len(text)
    font = _face(bold)
    font.set_size(_UNITS, 72)
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    wide, _ = font.get_width_height()
    return float(wide) / 64 / _UNITS * size / 72


@functools.cache
def _face(bold: bool) -> Any:
    return get_font(findfont(_BOLD if bold else _FONT))


def wrap(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """Break a text into lines that are no wider than `width` inches, at blanks; a longer word stands alone.

    Examples
    --------
    >>> from gametheory.reports.plots.style import wrap
    >>> wrap("West acquiesce China oppose", 1.0, 9)
    ['West acquiesce', 'China oppose']
    """
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", size, bold) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def number(value: Any, digits: int = 4, *, mark: bool = True) -> str:
    """A number short enough for a picture; with `mark`, ``≈`` where digits are left out.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from gametheory.reports.plots.style import number
    >>> number(Fraction(7, 20)), number(Fraction(400, 3)), number(2.5)
    ('0.35', '≈133.3', '2.5')
    """
    if scalars.is_expression(value) and not value.is_number:
        return scalars.to_text(value)
    about = _short(float(value), digits)
    same = isinstance(value, float) or (isinstance(value, int | Fraction) and Fraction(about) == value)
    return ("≈" if mark and not same else "") + about.replace("-", "\N{MINUS SIGN}")


def _short(value: float, digits: int) -> str:
    text = f"{value:.{digits}g}"
    if "e" in text and 1e-4 < abs(value) < 1e7:
        text = f"{value:.0f}" if abs(value) > 1 else f"{value:.6f}".rstrip("0")
    return "0" if float(text) == 0 else text


def player_colour(position: int) -> str:
    """The colour of a player, by position in the game."""
    return PLAYER_COLOURS[position % len(PLAYER_COLOURS)]


@dataclass
class Scheme:
    """Which area looks how: each label gets the next colour and hatching when it first comes up.

    Give one scheme to several pictures, and a label looks the same in all of them.
    """

    looks: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __getitem__(self, label: str) -> tuple[str, str]:
        if label not in self.looks:
            colour, hatch = AREAS[len(self.looks) % len(AREAS)]
            # Past the end of the list the hatching gets denser, so that no two labels look alike.
            times = len(self.looks) // len(AREAS)
            self.looks[label] = colour, hatch * (1 + times) if hatch else "-" * times
        return self.looks[label]


class Canvas:
    """A figure of `width` by `height` inches, with axes in inches from its lower left corner."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.figure = Figure(figsize=(width, height), facecolor=PAPER)
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set(xlim=(0, width), ylim=(0, height))
        self.axes.set_axis_off()

    def text(self, x: float, y: float, text: str, size: float = 9, **options: Any) -> Any:
        """Plain text, never read as a formula."""
        style: dict[str, Any] = {"color": INK, "va": "center", "font": _FONT, "parse_math": False} | options
        if style.pop("bold", False):
            style["font"] = _BOLD
        font = style.pop("font")
        return self.axes.text(x, y, text, fontproperties=font, fontsize=size, **style)

    def lines(
        self, x: float, y: float, lines: Sequence[str], size: float, step: float, **options: Any
    ) -> None:
        """Lines of text below each other, the block centred on `y`."""
        top = y + step * (len(lines) - 1) / 2
        for k, line in enumerate(lines):
            self.text(x, top - k * step, line, size, **options)

    def plot_area(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """Ordinary axes within the canvas, placed in inches."""
        axes = self.figure.add_axes(
            (left / self.width, bottom / self.height, width / self.width, height / self.height)
        )
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        for spine in axes.spines.values():
            spine.set_color(MUTED)
        axes.tick_params(colors=INK, labelsize=8.5, color=MUTED)
        return axes


# ---------------------------------------------------------------------------------------------------------------------
# Files
# ---------------------------------------------------------------------------------------------------------------------
def svg(figure: Figure, *, title: str = "") -> str:
    """The picture as an SVG file, the same text every time.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    title : str
        Read out by screen readers.
    """
    buffer = io.StringIO()
    # The salt makes ids, which are random otherwise, depend on the drawing alone.
    with mpl.rc_context({"svg.hashsalt": "gametheory", "svg.fonttype": "path", "hatch.linewidth": 0.6}):
        figure.savefig(buffer, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    name = f' aria-label="{escape(title)}"' if title else ""
    return text.replace("<svg ", f'<svg role="img"{name} ', 1)


def svg_in_page(drawing: str, prefix: str) -> str:
    """An SVG file as part of a page: with a prefix on its ids, so that those of several pictures differ."""
    drawing = re.sub(r'\bid="', f'id="{prefix}-', drawing)
    drawing = re.sub(r'(href=")#', rf"\1#{prefix}-", drawing)
    return drawing.replace("url(#", f"url(#{prefix}-")


def png(figure: Figure, dpi: int = 160) -> bytes:
    """The picture as PNG, the same bytes every time."""
    buffer = io.BytesIO()
    with mpl.rc_context({"hatch.linewidth": 0.6}):
        figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    return buffer.getvalue()
