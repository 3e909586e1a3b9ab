"""Payoff tables: the first player with a choice picks the row, the second the column, the others the table.

Each player's payoffs have her colour; a best reply is bold and underlined. A cell in which all payoffs are underlined is a pure
equilibrium; cells of the equilibria given are framed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from gametheory import scalars
from gametheory.equilibria.result import Equilibrium
from gametheory.errors import GameError, Unsupported
from gametheory.games.normal_form import NormalFormGame
from gametheory.games.representation import best_reply_mask
from gametheory.reports.plots.style import FAINT, INK, MUTED, Canvas, number, player_colour, text_width

__all__ = ["MOST_CELLS", "payoff_table"]

#: More cells than this nobody reads.
MOST_CELLS = 240

_SIZE, _ROW, _GAP, _BETWEEN = 9.0, 0.36, 0.16, 0.4
_CHOSEN = "#fff0c2"


def payoff_table(
    game: NormalFormGame,
    equilibria: Iterable[Equilibrium] | None = None,
    *,
    title: str | None = None,
    best_replies: bool | None = None,
    digits: int = 4,
    note: bool = True,
) -> Figure:
    """Draw the payoff tables of a normal form.

    Parameters
    ----------
    game : NormalFormGame
        Players with one strategy get no row or column, only their payoffs.
    equilibria : iterable of Equilibrium, optional
        Equilibria of this game; the cells of the pure ones are framed.
    title : str, optional
        The title of the game by default.
    best_replies : bool, optional
        Whether to underline best replies; by default wherever payoffs are numbers.
    digits : int
        Significant digits.
    note : bool
        Whether to say below what the marks mean.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    Unsupported
        If the tables are too large to be read.
    """
    if not isinstance(game, NormalFormGame):
        raise GameError(
            f"{game!r} is no normal form; make one with strategic_form(game), or draw a tree with tree."
        )
    cells = 1
    for n in game.shape:
        cells *= n
    if cells > MOST_CELLS:
        raise Unsupported(
            f"the game has {cells:,} strategy profiles, and tables of more than {MOST_CELLS} cannot be read; use to_frame() "
            "or str(game), or leave strategies out."
        )
    marked = game.domain != "parametric" if best_replies is None else best_replies
    chosen = {_cell(equilibrium) for equilibrium in equilibria or () if equilibrium.is_pure}
    heading = game.title if title is None else title
    return _Drawing(game, chosen, heading, marked, digits, note).figure()


def _cell(equilibrium: Equilibrium) -> tuple[int, ...]:
    return tuple(next(k for k, p in enumerate(vector) if p != 0) for vector in equilibrium.profile.arrays)


class _Drawing:
    def __init__(
        self,
        game: NormalFormGame,
        chosen: set[tuple[int, ...]],
        title: str,
        marked: bool,
        digits: int,
        note: bool,
    ) -> None:
        self.game, self.chosen, self.title, self.digits = game, chosen, title, digits
        self.note, self.marked = note, marked
        self.mask = best_reply_mask(game) if marked else None
        movers = [i for i, n in enumerate(game.shape) if n > 1] or [0]
        self.row, self.column, self.others = movers[0], (movers[1] if len(movers) > 1 else None), movers[2:]
        self.text = {
            (i, *cell): number(game.payoffs[(i, *cell)], digits, mark=False)
            for cell in itertools.product(*map(range, game.shape))
            for i in range(game.n_players)
        }
        self.width = [
            max(text_width(text, _SIZE, True) for key, text in self.text.items() if key[0] == i)
            for i in range(game.n_players)
        ]
        self._measure()

    def _measure(self) -> None:
        game = self.game
        inner = sum(self.width) + _GAP * (game.n_players - 1)
        heads = [""] if self.column is None else list(game.strategies[self.column])
        self.cell_width = max([inner, *(text_width(head, _SIZE, True) for head in heads)]) + 0.3
        self.left = max(text_width(name, _SIZE, True) for name in game.strategies[self.row]) + 0.2
        self.left = max(self.left, text_width(game.players[self.row], _SIZE, True) + 0.2)
        self.columns = len(heads)
        self.block = self.left + self.columns * self.cell_width
        self.blocks = list(itertools.product(*(range(game.shape[i]) for i in self.others)))
        # As many tables side by side as a page holds.
        self.across = max(1, min(len(self.blocks), int((8.2 + _BETWEEN) / (self.block + _BETWEEN))))
        self.down = -(-len(self.blocks) // self.across)
        self.caption = 0.28 if self.others else 0.0
        self.table = self.caption + 0.5 + game.shape[self.row] * _ROW + 0.2
        head = 0.38 if self.title else 0.08
        self.order = 0.26
        foot = 0.24 * len(self._notes()) + 0.08
        width = 0.3 + self.across * self.block + (self.across - 1) * _BETWEEN
        width = max(
            [
                width,
                text_width(self.title, 10.5, True) + 0.3,
                *(text_width(t, 7.5) + 0.3 for t in self._notes()),
            ]
        )
        width = max(width, text_width("In each cell: " + ", ".join(game.players), 8, True) + 0.5)
        self.canvas = Canvas(width, head + self.order + self.down * self.table + foot)
        self.top = self.canvas.height - head

    def _notes(self) -> list[str]:
        if not self.note:
            return []
        notes = ["Bold, underlined: the player's best reply to the others."] if self.marked else []
        if self.chosen:
            notes.append("Framed: an equilibrium.")
        if any(
            not scalars.is_expression(u) and number(u, self.digits).startswith("≈")
            for u in self.game.payoffs.flat
        ):
            notes.append("Numbers are rounded.")
        return [" ".join(notes)] if notes else []

    def figure(self) -> Figure:
        canvas = self.canvas
        if self.title:
            canvas.text(0.15, canvas.height - 0.2, self.title, 10.5, bold=True)
        x = 0.15
        canvas.text(x, self.top - 0.1, "In each cell:", 8, color=MUTED)
        x += text_width("In each cell:", 8) + 0.1
        for i, player in enumerate(self.game.players):
            canvas.text(x, self.top - 0.1, player, 8, color=player_colour(i), bold=True)
            x += text_width(player, 8, True) + 0.14
        for k, rest in enumerate(self.blocks):
            across, down = k % self.across, k // self.across
            self._draw_block(
                0.15 + across * (self.block + _BETWEEN), self.top - self.order - down * self.table, rest
            )
        for k, line in enumerate(self._notes()):
            canvas.text(0.15, 0.16 + 0.2 * k, line, 7.5, color=MUTED)
        return canvas.figure

    def _draw_block(self, x: float, y: float, rest: tuple[int, ...]) -> None:
        game, canvas = self.game, self.canvas
        if self.others:
            at = x + self.left
            for i, k in zip(self.others, rest, strict=True):
                text = f"{game.players[i]}: {game.strategies[i][k]}"
                canvas.text(at, y - 0.12, text, _SIZE, color=player_colour(i), bold=True)
                at += text_width(text, _SIZE, True) + 0.2
        y -= self.caption
        middle = x + self.left + self.columns * self.cell_width / 2
        if self.column is not None:
            canvas.text(
                middle,
                y - 0.1,
                game.players[self.column],
                _SIZE,
                ha="center",
                bold=True,
                color=player_colour(self.column),
            )
            for c, name in enumerate(game.strategies[self.column]):
                canvas.text(
                    x + self.left + (c + 0.5) * self.cell_width, y - 0.34, name, _SIZE, ha="center", color=INK
                )
        canvas.text(
            x + self.left - 0.1,
            y - 0.34,
            game.players[self.row],
            _SIZE,
            ha="right",
            bold=True,
            color=player_colour(self.row),
        )
        y -= 0.48
        for r, name in enumerate(game.strategies[self.row]):
            canvas.text(x + self.left - 0.1, y - (r + 0.5) * _ROW, name, _SIZE, ha="right", color=INK)
            for c in range(self.columns):
                self._draw_cell(x + self.left + c * self.cell_width, y - r * _ROW, self._index(r, c, rest))

    def _index(self, r: int, c: int, rest: tuple[int, ...]) -> tuple[int, ...]:
        index = [0] * self.game.n_players
        index[self.row] = r
        if self.column is not None:
            index[self.column] = c
        for i, k in zip(self.others, rest, strict=True):
            index[i] = k
        return tuple(index)

    def _draw_cell(self, x: float, y: float, cell: tuple[int, ...]) -> None:
        canvas, chosen = self.canvas, cell in self.chosen
        box = Rectangle(
            (x, y - _ROW), self.cell_width, _ROW, facecolor=_CHOSEN if chosen else "none",
            edgecolor=INK if chosen else FAINT, linewidth=2.2 if chosen else 0.8, zorder=3 if chosen else 2,
        )  # fmt: skip
        canvas.axes.add_patch(box)
        inner = sum(self.width) + _GAP * (self.game.n_players - 1)
        at = x + (self.cell_width - inner) / 2
        for i, width in enumerate(self.width):
            best = self.mask is not None and self.game.shape[i] > 1 and bool(self.mask[(i, *cell)])
            right, text = at + width, self.text[(i, *cell)]
            canvas.text(
                right, y - _ROW / 2, text, _SIZE, ha="right", color=player_colour(i), bold=best, zorder=5
            )
            if best:
                left = right - text_width(text, _SIZE, True)
                canvas.axes.plot(
                    [left, right], [y - _ROW / 2 - 0.085] * 2, color=player_colour(i), linewidth=1.1, zorder=5
                )
            at += width + _GAP
