"""Payoff tables of normal-form games as text, HTML and LaTeX.

A table has the first player's strategies as rows and the second's as columns; three or more players make several tables, one
for each combination of the other players' strategies. Best replies are marked in the way of textbooks, by underlining the
payoff of the player whose best reply it is; a cell in which all payoffs are underlined is a pure Nash equilibrium.
"""

from __future__ import annotations

import html
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gametheory import scalars
from gametheory.errors import GameError, Unsupported
from gametheory.games.normal_form import NormalFormGame

__all__ = [
    "best_reply_mask",
    "escape_latex",
    "payoff_table_html",
    "payoff_table_latex",
    "payoff_table_text",
]

#: Rows, columns and tables beyond these are cut, and the cut is said: nobody reads them, and browsers choke on them.
MAX_ROWS, MAX_COLUMNS, MAX_TABLES = 40, 16, 24

#: Colours of :func:`payoff_table_html` pass on to the surroundings; only what carries meaning is styled.
_CELL = "padding:.25em .7em;text-align:center;border:1px solid #bbb"
_HEAD = "padding:.25em .7em;text-align:center;font-weight:600;border:1px solid #bbb;background:rgba(127,127,127,.12)"
_MARK = "text-decoration:underline;text-underline-offset:.2em;font-weight:700"
_CHOSEN = "background:#ffe9a8;color:#000;outline:2px solid #b8860b;outline-offset:-2px"


def best_reply_mask(game: NormalFormGame) -> NDArray[np.bool_]:
    """Where each player's payoff is the highest that her strategies reach against the others' strategies.

    Parameters
    ----------
    game : NormalFormGame
        Real or rational.

    Returns
    -------
    ndarray of bool, of the shape of the payoffs
    """
    if game.domain == "parametric":
        raise Unsupported(
            f"best replies depend on the parameters {', '.join(sorted(game.parameters))}; substitute values first."
        )
    mask = np.empty(game.payoffs.shape, dtype=bool)
    for i in range(game.n_players):
        own = game.payoffs[i]
        mask[i] = own == own.max(axis=i, keepdims=True)
    return mask


@dataclass(frozen=True, slots=True)
class _Table:
    """One table: the strategies of the players after the second, and the columns of the second (one, if there is none)."""

    rest: tuple[int, ...]
    rows: range
    columns: range | None

    def cell(self, row: int, column: int | None) -> tuple[int, ...]:
        return (row, *(() if column is None else (column,)), *self.rest)


def _tables(game: NormalFormGame) -> Iterator[_Table]:
    rows = range(min(game.shape[0], MAX_ROWS))
    columns = range(min(game.shape[1], MAX_COLUMNS)) if game.n_players > 1 else None
    for rest in itertools.islice(itertools.product(*map(range, game.shape[2:])), MAX_TABLES):
        yield _Table(rest, rows, columns)


def _cuts(game: NormalFormGame) -> list[str]:
    cuts = []
    if game.shape[0] > MAX_ROWS:
        cuts.append(f"{game.shape[0] - MAX_ROWS:,} more rows")
    if game.n_players > 1 and game.shape[1] > MAX_COLUMNS:
        cuts.append(f"{game.shape[1] - MAX_COLUMNS:,} more columns")
    tables = int(np.prod(game.shape[2:], dtype=object))
    if tables > MAX_TABLES:
        cuts.append(f"{tables - MAX_TABLES:,} more tables")
    return cuts


def _caption(game: NormalFormGame, rest: tuple[int, ...]) -> str:
    others = zip(game.players[2:], game.strategies[2:], rest, strict=True)
    return ", ".join(f"{player}: {strategies[k]}" for player, strategies, k in others)


# ---------------------------------------------------------------------------------------------------------------------
# Text
# ---------------------------------------------------------------------------------------------------------------------
def payoff_table_text(game: NormalFormGame) -> str:
    r"""The payoff tables as aligned text.

    Parameters
    ----------
    game : NormalFormGame

    Returns
    -------
    str

    Examples
    --------
    >>> from gametheory.games import NormalFormGame
    >>> from gametheory.games.representation import payoff_table_text
    >>> game = NormalFormGame.from_bimatrix(
    ...     [[2, 0], [0, 1]], [[1, 0], [0, 2]], players=["He", "She"], strategies=[["boxing", "ballet"]] * 2
    ... )
    >>> print(payoff_table_text(game))
    He \ She  boxing  ballet
      boxing    2, 1    0, 0
      ballet    0, 0    1, 2
    """
    blocks = [game.title] if game.title else []
    corner = game.players[0] if game.n_players == 1 else f"{game.players[0]} \\ {game.players[1]}"
    for table in _tables(game):
        columns: Sequence[int | None] = [None] if table.columns is None else list(table.columns)
        head = [corner, *("payoff" if k is None else game.strategies[1][k] for k in columns)]
        lines = [head]
        for row in table.rows:
            cells = [", ".join(map(scalars.to_text, game.payoffs_at(table.cell(row, k)))) for k in columns]
            lines.append([game.strategies[0][row], *cells])
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        text = [
            "  ".join(part.rjust(width) for part, width in zip(line, widths, strict=True)) for line in lines
        ]
        if table.rest:
            text.insert(0, _caption(game, table.rest))
        blocks.append("\n".join(text))
    cuts = _cuts(game)
    if cuts:
        blocks.append(f"... and {', '.join(cuts)}")
    return ("\n\n" if game.n_players > 2 else "\n").join(blocks)


# ---------------------------------------------------------------------------------------------------------------------
# HTML
# ---------------------------------------------------------------------------------------------------------------------
def payoff_table_html(
    game: NormalFormGame,
    highlight: Literal["best replies"] | NDArray[np.bool_] | None = None,
    profiles: Iterable[Any] = (),
) -> str:
    """The payoff tables as HTML that needs no style sheet.

    Parameters
    ----------
    game : NormalFormGame
    highlight : "best replies" or array of bool, optional
        Payoffs to underline: each player's best replies, or those where an array of the shape of the payoffs is true.
    profiles : iterable of profiles, optional
        Pure strategy profiles (as :meth:`NormalFormGame.payoff` takes them) whose cells are shaded, such as equilibria.

    Returns
    -------
    str

    Examples
    --------
    >>> from gametheory.games import NormalFormGame
    >>> from gametheory.games.representation import payoff_table_html
    >>> game = NormalFormGame.from_bimatrix([[3, 0], [5, 1]], [[3, 5], [0, 1]], strategies=[["C", "D"]] * 2)
    >>> payoff_table_html(game, highlight="best replies").count("<u ")
    4
    """
    mask = _mask(game, highlight)
    chosen = {game.profile_index(profile) for profile in profiles}
    parts = ['<div class="gametheory-payoffs" style="overflow-x:auto">']
    if game.title:
        parts.append(f"<p><strong>{html.escape(game.title)}</strong></p>")
    parts.extend(_html_table(game, table, mask, chosen) for table in _tables(game))
    cuts = _cuts(game)
    if cuts:
        parts.append(f"<p>… and {html.escape(', '.join(cuts))}</p>")
    return "".join([*parts, "</div>"])


def _html_table(
    game: NormalFormGame, table: _Table, mask: NDArray[np.bool_] | None, chosen: set[tuple[int, ...]]
) -> str:
    parts = ['<table style="border-collapse:collapse;margin:.5em 1em .5em 0">']
    if table.rest:
        parts.append(
            f'<caption style="text-align:left;padding:.2em 0">{html.escape(_caption(game, table.rest))}</caption>'
        )
    first = html.escape(game.players[0])
    columns: Sequence[int | None] = [None] if table.columns is None else list(table.columns)
    if table.columns is None:
        parts.append(
            f'<tr><th scope="col" style="{_HEAD}">{first}</th><th scope="col" style="{_HEAD}">payoff</th></tr>'
        )
    else:
        second = html.escape(game.players[1])
        heads = "".join(
            f'<th scope="col" style="{_HEAD}">{html.escape(game.strategies[1][k])}</th>'
            for k in table.columns
        )
        corner = f'<th style="{_HEAD};font-weight:400">{first} \\ {second}</th>'
        parts.append(f"<tr>{corner}{heads}</tr>")
    for row in table.rows:
        cells = []
        for column in columns:
            cell = table.cell(row, column)
            texts = []
            for i, value in enumerate(game.payoffs_at(cell)):
                text = html.escape(scalars.to_text(value))
                marked = mask is not None and bool(mask[(i, *cell)])
                texts.append(f'<u style="{_MARK}">{text}</u>' if marked else text)
            style = f"{_CELL};{_CHOSEN}" if cell in chosen else _CELL
            cells.append(f'<td style="{style}">{", ".join(texts)}</td>')
        label = html.escape(game.strategies[0][row])
        parts.append(f'<tr><th scope="row" style="{_HEAD}">{label}</th>{"".join(cells)}</tr>')
    return "".join([*parts, "</table>"])


def _mask(game: NormalFormGame, highlight: object) -> NDArray[np.bool_] | None:
    if highlight is None:
        return None
    if isinstance(highlight, str):
        if highlight.replace("_", " ") != "best replies":
            raise GameError(
                f"highlight is {highlight!r}; it is 'best replies', an array of truth values, or None."
            )
        return best_reply_mask(game)
    mask = np.asarray(highlight)
    if mask.dtype != bool or mask.shape != game.payoffs.shape:
        raise GameError(
            f"highlight is an array of {mask.dtype} of the shape {mask.shape}; it needs truth values in the shape of the "
            f"payoffs, {game.payoffs.shape}."
        )
    return mask


# ---------------------------------------------------------------------------------------------------------------------
# LaTeX
# ---------------------------------------------------------------------------------------------------------------------
_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "·": r"$\cdot$",
    "…": r"\dots{}",
}


def escape_latex(text: str) -> str:
    """Plain text as LaTeX."""
    return "".join(_LATEX.get(character, character) for character in text)


def payoff_table_latex(
    game: NormalFormGame, highlight: Literal["best replies"] | NDArray[np.bool_] | None = None
) -> str:
    r"""The payoff tables as LaTeX ``tabular`` environments.

    Parameters
    ----------
    game : NormalFormGame
    highlight : "best replies" or array of bool, optional
        Payoffs to underline, as for :func:`payoff_table_html`.

    Returns
    -------
    str

    Examples
    --------
    >>> from gametheory.games import NormalFormGame
    >>> from gametheory.games.representation import payoff_table_latex
    >>> game = NormalFormGame.from_bimatrix([[1, "x/2"]], strategies=[["T"], ["L", "R"]])
    >>> print(payoff_table_latex(game))
    \begin{tabular}{r|cc}
    Player 1 $\backslash$ Player 2 & L & R \\
    \hline
    T & $1,\, -1$ & $\frac{x}{2},\, - \frac{x}{2}$ \\
    \end{tabular}
    """
    mask = _mask(game, highlight)
    blocks = []
    for table in _tables(game):
        columns: Sequence[int | None] = [None] if table.columns is None else list(table.columns)
        corner = escape_latex(game.players[0])
        if table.columns is not None:
            corner += rf" $\backslash$ {escape_latex(game.players[1])}"
        heads = ["payoff" if k is None else escape_latex(game.strategies[1][k]) for k in columns]
        lines = [rf"\begin{{tabular}}{{r|{'c' * len(columns)}}}"]
        if table.rest:
            lines.append(
                rf"\multicolumn{{{len(columns) + 1}}}{{l}}{{{escape_latex(_caption(game, table.rest))}}} \\"
            )
        lines += [" & ".join([corner, *heads]) + r" \\", r"\hline"]
        for row in table.rows:
            cells = []
            for column in columns:
                cell = table.cell(row, column)
                numbers = []
                for i, value in enumerate(game.payoffs_at(cell)):
                    text = scalars.to_latex(value)
                    numbers.append(
                        rf"\underline{{{text}}}" if mask is not None and mask[(i, *cell)] else text
                    )
                cells.append("$" + r",\, ".join(numbers) + "$")
            lines.append(" & ".join([escape_latex(game.strategies[0][row]), *cells]) + r" \\")
        blocks.append("\n".join([*lines, r"\end{tabular}"]))
    cuts = _cuts(game)
    return "\n\n".join(blocks) + (f"\n% ... and {', '.join(cuts)}" if cuts else "")
