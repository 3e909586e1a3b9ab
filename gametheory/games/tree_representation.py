"""Game trees as text, HTML and LaTeX. Everything is written without recursion, and long trees are cut."""

from __future__ import annotations

import html

from gametheory import scalars
from gametheory.games.extensive import CHANCE, DECISION, TERMINAL, ExtensiveGame
from gametheory.games.representation import escape_latex

__all__ = ["tree_html", "tree_latex", "tree_text"]

#: Nodes of a drawn tree, and rows of a table, beyond which it is cut.
MAX_NODES, MAX_ROWS = 200, 60

#: Levels beyond which the drawing of a tree stops.
MAX_LEVELS = 40

_CELL = "padding:.2em .7em;text-align:left;border-bottom:1px solid #ccc"
_HEAD = "padding:.2em .7em;text-align:left;font-weight:600;border-bottom:2px solid #999"


def node_text(game: ExtensiveGame, node: int) -> str:
    """One line for a node: who moves, or the outcome and its payoffs."""
    if game.kind[node] == DECISION:
        infoset = game.infosets[game.infoset[node]]
        return f"{game.players[infoset.player]} [{infoset.label}]"
    if game.kind[node] == CHANCE:
        return "Chance"
    column = int(game.terminals.searchsorted(node))
    pairs = zip(game.players, game.payoffs[:, column].tolist(), strict=True)
    payoffs = "(" + ", ".join(f"{player} {scalars.to_text(value)}" for player, value in pairs) + ")"
    label = game.outcome_labels[column]
    return payoffs if label is None else f"{label} {payoffs}"


def edge_text(game: ExtensiveGame, node: int) -> str:
    """The action that leads to a node, with its probability after a chance move."""
    if game.kind[game.parent[node]] == CHANCE:
        return f"{game.edge_labels[node]} ({scalars.to_text(game.chance_probability[node])})"
    return game.edge_labels[node]


def tree_text(game: ExtensiveGame) -> str:
    """The tree as indented text.

    Parameters
    ----------
    game : ExtensiveGame

    Returns
    -------
    str
        At most :data:`MAX_NODES` nodes; what is left out is counted.
    """
    lines = [game.title] if game.title else []
    lines.append(node_text(game, 0))
    shown = 1
    stack = [(child, "", child == game.children[0][-1]) for child in reversed(game.children[0])]
    while stack and shown < MAX_NODES:
        node, indent, last = stack.pop()
        lines.append(f"{indent}{'└── ' if last else '├── '}{edge_text(game, node)}: {node_text(game, node)}")
        shown += 1
        below = game.children[node]
        deeper = indent + ("    " if last else "│   ")
        if below and len(deeper) >= 4 * MAX_LEVELS:
            lines.append(f"{deeper}└── ...")
            continue
        stack.extend((child, deeper, child == below[-1]) for child in reversed(below))
    if shown < game.n_nodes:
        lines.append(f"({game.n_nodes - shown:,} of {game.n_nodes:,} nodes not shown)")
    return "\n".join(lines)


def tree_html(game: ExtensiveGame) -> str:
    """A summary of the tree as HTML: its size, the information sets and the outcomes.

    Parameters
    ----------
    game : ExtensiveGame

    Returns
    -------
    str
    """
    head = f"<strong>{html.escape(game.title)}</strong>: " if game.title else ""
    recall = "" if game.perfect_recall else ", imperfect recall"
    sizes = (
        f"{game.n_nodes:,} nodes, {len(game.infosets):,} information sets, {len(game.terminals):,} outcomes"
    )
    parts = [
        '<div class="gametheory-tree" style="overflow-x:auto">',
        f"<p>{head}extensive game ({game.domain}{recall}): {sizes}</p>",
    ]
    decisions = [
        [game.players[infoset.player], infoset.label, ", ".join(infoset.actions), f"{len(infoset.nodes):,}"]
        for infoset in game.infosets[:MAX_ROWS]
    ]
    if decisions:
        parts.append(
            _html_table(["player", "information set", "actions", "nodes"], decisions, len(game.infosets))
        )
    outcomes = []
    for column, node in enumerate(game.terminals[:MAX_ROWS].tolist()):
        payoffs = [scalars.to_text(value) for value in game.payoffs[:, column].tolist()]
        outcomes.append([" / ".join(_short_history(game, node)), game.outcome_labels[column] or "", *payoffs])
    parts.append(_html_table(["history", "outcome", *game.players], outcomes, len(game.terminals)))
    return "".join([*parts, "</div>"])


def _short_history(game: ExtensiveGame, node: int) -> list[str]:
    history = list(game.history(node))
    return history if len(history) <= MAX_LEVELS else [*history[:3], "...", *history[-3:]]


def _html_table(heads: list[str], rows: list[list[str]], total: int) -> str:
    parts = ['<table style="border-collapse:collapse;margin:.5em 0"><tr>']
    parts += [f'<th scope="col" style="{_HEAD}">{html.escape(head)}</th>' for head in heads]
    parts.append("</tr>")
    for row in rows:
        parts.append(
            "<tr>" + "".join(f'<td style="{_CELL}">{html.escape(cell)}</td>' for cell in row) + "</tr>"
        )
    if total > len(rows):
        parts.append(
            f'<tr><td style="{_CELL}" colspan="{len(heads)}">… and {total - len(rows):,} more</td></tr>'
        )
    return "".join([*parts, "</table>"])


def tree_latex(game: ExtensiveGame) -> str:
    r"""The tree as LaTeX for the ``forest`` package.

    Dashed lines join the nodes of an information set. The preamble needs ``\usepackage{forest}``.

    Parameters
    ----------
    game : ExtensiveGame

    Returns
    -------
    str
        At most :data:`MAX_NODES` nodes; deeper ones are left out and marked by dots.
    """
    lines = [r"\begin{forest} for tree={grow'=east, l sep=3em, s sep=1em, anchor=west, child anchor=west}"]
    drawn: set[int] = set()
    stack: list[int | str] = [0]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            lines.append(item)
            continue
        below = game.children[item]
        level = len(game.history(item)) if len(drawn) < MAX_NODES else MAX_LEVELS
        cut = bool(below) and (level >= MAX_LEVELS or len(drawn) + len(below) > MAX_NODES)
        drawn.add(item)
        lines.append(f"{_latex_node(game, item)}{']' if not below or cut else ''}")
        if cut:
            lines[-1] = lines[-1][:-1] + r" [{\dots}]]"
        elif below:
            stack.append("]")
            stack.extend(reversed(below))
    for infoset in game.infosets:
        pairs = zip(infoset.nodes, infoset.nodes[1:], strict=False)
        lines += [rf"\draw[dashed] (n{a}) -- (n{b});" for a, b in pairs if a in drawn and b in drawn]
    return "\n".join([*lines, r"\end{forest}"])


def _latex_node(game: ExtensiveGame, node: int) -> str:
    if game.kind[node] == TERMINAL:
        column = int(game.terminals.searchsorted(node))
        payoffs = r",\, ".join(map(scalars.to_latex, game.payoffs[:, column].tolist()))
        label = game.outcome_labels[column]
        content = f"{escape_latex(label)}: ${payoffs}$" if label else f"${payoffs}$"
    elif game.kind[node] == CHANCE:
        content = r"\textit{Chance}"
    else:
        content = escape_latex(game.players[game.player[node]])
    edge = ""
    if node > 0:
        text = escape_latex(game.edge_labels[node])
        if game.kind[game.parent[node]] == CHANCE:
            text += f" (${scalars.to_latex(game.chance_probability[node])}$)"
        edge = rf", edge label={{node[midway, above, sloped, font=\scriptsize]{{{text}}}}}"
    return f"[{{{content}}}, name=n{node}{edge}"
