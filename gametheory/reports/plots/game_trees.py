"""A game tree, drawn from left to right.

Players stand in boxes, chance moves in small circles; decisions that a player cannot tell apart are linked by a dashed line. Every
branch ends in a horizontal stretch that carries its label, so that no label can lie on another branch. Payoffs stand in columns at
the ends. The path of an equilibrium is thick and coloured; the choices off the path, which make it an equilibrium, are of medium
strength and dark. In grey the three strengths still differ.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from gametheory import scalars
from gametheory.equilibria import sequential
from gametheory.equilibria.result import Equilibrium
from gametheory.errors import GameError, Unsupported
from gametheory.games.extensive import ExtensiveGame
from gametheory.reports.plots.style import FAINT, INK, MUTED, PAPER, Canvas, number, player_colour, text_width

__all__ = ["MOST_ENDS", "tree"]

#: A tree with more ends than this is a page of hairlines.
MOST_ENDS = 150

_ROW, _SIZE, _LABEL = 0.27, 8.5, 8.0
_PATH, _ENDS = "#8e1b8e", "ends in"


def tree(
    game: ExtensiveGame,
    equilibrium: Equilibrium | None = None,
    *,
    title: str | None = None,
    payoffs: bool = True,
    note: bool = True,
) -> Figure:
    """Draw a game tree.

    Parameters
    ----------
    game : ExtensiveGame
        Parametric ones are drawn with their expressions.
    equilibrium : Equilibrium, optional
        Whose moves to mark.
    title : str, optional
        The title of the game by default.
    payoffs : bool
        Whether to list the payoffs at the ends.
    note : bool
        Whether to say below what the marks mean.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    Unsupported
        If the tree is too large to be read.
    """
    if not isinstance(game, ExtensiveGame):
        raise GameError(f"{game!r} is no tree; draw a normal form with payoff_table.")
    if len(game.terminals) > MOST_ENDS:
        raise Unsupported(
            f"the tree has {len(game.terminals)} ends, and a picture of more than {MOST_ENDS} cannot be read; "
            "draw a subgame, such as ExtensiveGame(game.root.actions[...])."
        )
    if equilibrium is not None and not _same_tree(equilibrium.game, game):
        raise GameError("the equilibrium belongs to another tree.")
    return _Drawing(game, equilibrium, game.title if title is None else title, payoffs, note).figure()


def _same_tree(one: Any, other: ExtensiveGame) -> bool:
    return (
        isinstance(one, ExtensiveGame)
        and one.players == other.players
        and one.infosets == other.infosets
        and np.array_equal(one.parent, other.parent)
    )


class _Drawing:
    def __init__(
        self, game: ExtensiveGame, equilibrium: Equilibrium | None, title: str, payoffs: bool, note: bool
    ) -> None:
        self.game, self.equilibrium, self.title, self.note = game, equilibrium, title, note
        self.depth = [0] * game.n_nodes
        for node in range(1, game.n_nodes):
            self.depth[node] = self.depth[game.parent[node]] + 1
        self.probability = self._probabilities()
        self.reach = (
            [False] * game.n_nodes
            if equilibrium is None
            else [p != 0 for p in sequential.reach_probabilities(game, equilibrium.profile)]
        )
        self.labels = [self._branch(node) for node in range(game.n_nodes)]
        self.columns = self._columns() if payoffs else []
        self._place()

    # -- what is written ----------------------------------------------------------------------------------------------
    def _probabilities(self) -> list[Any]:
        """The chance of each branch at its parent: by nature, by the equilibrium, or None where nothing is known."""
        game, found = self.game, [None] * self.game.n_nodes
        for node in range(1, game.n_nodes):
            above = int(game.parent[node])
            if game.kind[above] == 2:
                found[node] = game.chance_probability[node]
            elif self.equilibrium is not None:
                found[node] = self.equilibrium.profile.arrays[int(game.infoset[above])][
                    int(game.action[node])
                ]
        return found

    def _branch(self, node: int) -> str:
        if node == 0:
            return ""
        label, p = self.game.edge_labels[node], self.probability[node]
        mixed = p is not None and (scalars.is_expression(p) or 0 < p < 1)
        chance = self.game.kind[self.game.parent[node]] == 2
        return f"{label}  {_cut(number(p, 3, mark=False))}" if chance or mixed else label

    def _columns(self) -> list[tuple[str, list[str], str]]:
        """Heading, entries and colour of each column at the ends."""
        game = self.game
        columns = []
        if any(label is not None for label in game.outcome_labels):
            columns.append((_ENDS, [label or "" for label in game.outcome_labels], MUTED))
        for i, player in enumerate(game.players):
            columns.append((player, [_cut(number(u, mark=False)) for u in game.payoffs[i]], player_colour(i)))
        return columns

    # -- where it is written ------------------------------------------------------------------------------------------
    def _place(self) -> None:
        game = self.game
        levels = max(self.depth)
        box = [0.0] * (levels + 1)
        stretch = [0.0] * (levels + 1)
        for node in range(game.n_nodes):
            d = self.depth[node]
            box[d] = max(box[d], self._box_width(node))
            stretch[d] = max(stretch[d], text_width(self.labels[node], _LABEL) + 0.16)
        self.x = [0.15 + box[0] / 2]
        self.bend = [0.0]
        for d in range(1, levels + 1):
            right = self.x[d - 1] + box[d - 1] / 2
            self.bend.append(right + 0.28)
            self.x.append(self.bend[d] + stretch[d] + box[d] / 2)
        rows = len(game.terminals)
        self.foot = 0.1 + 0.19 * len(self._notes())
        self.head = (0.32 if self.title else 0.0) + (0.34 if self.columns else 0.08)
        height = self.foot + rows * _ROW + self.head
        self.y = [0.0] * game.n_nodes
        for k, node in enumerate(game.terminals):
            self.y[int(node)] = height - self.head - (k + 0.5) * _ROW
        for node in range(game.n_nodes - 1, -1, -1):
            if game.children[node]:
                below = [self.y[child] for child in game.children[node]]
                self.y[node] = (below[0] + below[-1]) / 2
        left = max((self.x[self.depth[int(t)]] for t in game.terminals), default=0.0) + 0.15
        self.edges = []
        for heading, entries, _ in self.columns:
            width = max([text_width(heading, _SIZE, True), *(text_width(e, _SIZE) for e in entries)])
            self.edges.append((left, left + width))
            left += width + 0.22
        width = max(
            left, text_width(self.title, 10.5, True) + 0.3, *(text_width(t, 7.5) + 0.3 for t in self._notes())
        )
        self.canvas = Canvas(width, height)

    def _box_width(self, node: int) -> float:
        kind = self.game.kind[node]
        if kind == 1:
            return text_width(self.game.players[self.game.player[node]], _SIZE, True) + 0.14
        return 0.14 if kind == 2 else 0.0

    def _notes(self) -> list[str]:
        if not self.note:
            return []
        notes = []
        if any(len(infoset.nodes) > 1 for infoset in self.game.infosets):
            notes.append("Dashed line: the player cannot tell these decisions apart.")
        if self.equilibrium is not None:
            notes.append("Thick, purple: what is played. Medium, dark: what would be played elsewhere.")
        rounded = any(
            not scalars.is_expression(u) and number(u).startswith("≈") for u in self.game.payoffs.flat
        )
        if rounded and self.columns:
            notes.append("Numbers are rounded to four digits.")
        return [" ".join(notes)] if len(notes) < 3 else [notes[0], " ".join(notes[1:])]

    # -- drawing ------------------------------------------------------------------------------------------------------
    def figure(self) -> Figure:
        self._draw_infosets()
        order = sorted(range(1, self.game.n_nodes), key=lambda node: self._strength(node))
        for node in order:
            self._draw_branch(node)
        for node in range(self.game.n_nodes):
            self._draw_node(node)
        self._draw_columns()
        canvas = self.canvas
        if self.title:
            canvas.text(0.15, canvas.height - 0.2, self.title, 10.5, bold=True)
        for k, line in enumerate(reversed(self._notes())):
            canvas.text(0.15, 0.14 + 0.17 * k, line, 7.5, color=MUTED)
        return canvas.figure

    def _strength(self, node: int) -> int:
        """2 on the path of play, 1 chosen elsewhere, 0 otherwise."""
        p = self.probability[node]
        if self.equilibrium is None or p is None or p == 0:
            return 0
        if self.reach[node]:
            return 2
        return 1 if self.game.kind[self.game.parent[node]] == 1 else 0

    def _draw_branch(self, node: int) -> None:
        above, d = int(self.game.parent[node]), self.depth[node]
        xs = [self.x[d - 1], self.bend[d], self.x[d]]
        ys = [self.y[above], self.y[node], self.y[node]]
        strength = self._strength(node)
        colour, width = ((MUTED, 0.8), (INK, 1.9), (_PATH, 3.4))[strength]
        if self.equilibrium is None:
            colour, width = INK, 1.0
        self.canvas.axes.plot(
            xs,
            ys,
            color=colour,
            linewidth=width,
            zorder=2 + strength,
            solid_joinstyle="round",
            solid_capstyle="butt",
        )
        self.canvas.text(
            self.bend[d] + 0.05, self.y[node] + 0.025 + 0.012 * strength, self.labels[node], _LABEL,
            va="bottom", color=_PATH if strength == 2 else INK, bold=strength == 2, zorder=6,
        )  # fmt: skip

    def _draw_node(self, node: int) -> None:
        x, y, kind = self.x[self.depth[node]], self.y[node], self.game.kind[node]
        if kind == 1:
            player = int(self.game.player[node])
            width = self._box_width(node)
            patch = FancyBboxPatch(
                (x - width / 2, y - 0.085), width, 0.17, boxstyle="round,pad=0,rounding_size=0.05",
                facecolor=player_colour(player), edgecolor=PAPER, linewidth=0.8, zorder=7,
            )  # fmt: skip
            self.canvas.axes.add_patch(patch)
            self.canvas.text(
                x, y - 0.005, self.game.players[player], _SIZE, ha="center", color=PAPER, bold=True, zorder=8
            )
        elif kind == 2:
            self.canvas.axes.plot([x], [y], "o", markersize=7, color=PAPER, markeredgecolor=INK, zorder=7)

    def _draw_infosets(self) -> None:
        for infoset in self.game.infosets:
            if len(infoset.nodes) > 1:
                xs = [self.x[self.depth[node]] for node in infoset.nodes]
                ys = [self.y[node] for node in infoset.nodes]
                self.canvas.axes.plot(
                    xs, ys, linestyle=(0, (3, 2)), color=player_colour(infoset.player), linewidth=1.5, zorder=1,
                    gid=f"infoset-{infoset.label}",
                )  # fmt: skip

    def _draw_columns(self) -> None:
        if not self.columns:
            return
        canvas, top = self.canvas, self.canvas.height - self.head
        reached = [self.reach[int(node)] for node in self.game.terminals]
        for (heading, entries, colour), (left, right) in zip(self.columns, self.edges, strict=True):
            words = heading == _ENDS
            side: dict[str, Any] = {"ha": "left" if words else "right"}
            x = left if words else right
            canvas.text(x, top + 0.14, heading, _SIZE, color=colour, bold=True, **side)
            for k, node in enumerate(self.game.terminals):
                # The ends that are reached are in bold, so that the payoffs of the path can be found at once.
                canvas.text(
                    x,
                    self.y[int(node)],
                    entries[k],
                    _SIZE,
                    color=colour,
                    bold=reached[k] and not words,
                    **side,
                )
        canvas.axes.plot([self.edges[0][0], self.edges[-1][1]], [top + 0.03] * 2, color=FAINT, linewidth=0.8)
        for node in self.game.terminals.tolist():
            x = self.x[self.depth[node]]
            if self.edges[0][0] - x > 0.3:
                leader = [x + 0.05, self.edges[0][0] - 0.05]
                canvas.axes.plot(leader, [self.y[node]] * 2, color=FAINT, linewidth=0.8, linestyle=":")


def _cut(text: str, longest: int = 34) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
