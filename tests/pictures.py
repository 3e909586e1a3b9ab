"""What is in a picture: its texts and artists."""

from __future__ import annotations

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text


def texts(figure) -> list[str]:
    """All texts that are drawn, in the order of drawing."""
    return [text.get_text() for text in figure.findobj(Text) if text.get_text() and text.get_visible()]


def drawn(figure) -> list[Text]:
    return [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]


def extents(figure):
    """Each text with the rectangle that it covers, in pixels."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    return [(text, text.get_window_extent(renderer)) for text in drawn(figure)]


def outside(figure) -> list[str]:
    """Texts that are cut off by the edge of the picture."""
    width, height = figure.get_size_inches() * figure.dpi
    return [
        text.get_text()
        for text, box in extents(figure)
        if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]


def overlapping(figure) -> list[tuple[str, str]]:
    """Pairs of texts that cover each other by more than a hair."""
    found = []
    boxes = extents(figure)
    for k, (one, a) in enumerate(boxes):
        for other, b in boxes[k + 1 :]:
            wide = min(a.x1, b.x1) - max(a.x0, b.x0)
            high = min(a.y1, b.y1) - max(a.y0, b.y0)
            if wide > 2 and high > 3:
                found.append((one.get_text(), other.get_text()))
    return found
