"""Equilibria for people: one line of text, a table in HTML or LaTeX, a row of a frame.

A mixed strategy is written ``0.25 left + 0.75 right``. In a tree each player's moves along the play come first, then in
square brackets what the player would do where the play does not come; an information set is named, as in
``limited→acquiesce``, where the player has several.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Any

from gametheory import scalars
from gametheory.equilibria import sequential
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.representation import escape_latex

if TYPE_CHECKING:
    from gametheory.equilibria.result import Equilibrium, EquilibriumSet

#: A longer exact number than this, in characters, is shown by its decimal value.
LONGEST_NUMBER = 15
#: Most equilibria in a listing, and most moves off the path of play in a line.
MOST_ROWS = 30
MOST_OFF_PATH = 4
#: Where there is no style sheet, as in many notebooks' exports, the cells still stand apart.
TABLE = '<table cellpadding="5" style="border-collapse:collapse">'


def number(value: Any) -> str:
    """A number, short; ``≈`` where an exact number is too long to show."""
    text = scalars.to_text(value)
    if len(text) <= LONGEST_NUMBER:
        return text
    if not isinstance(value, Fraction) and not (scalars.is_expression(value) and value.is_number):
        return text
    try:
        return f"≈{float(value):.6g}"
    except OverflowError:  # a fraction beyond the range of floats
        return f"≈{Decimal(value.numerator) / Decimal(value.denominator):.6g}"


def latex_number(value: Any) -> str:
    r"""A number in LaTeX, in math mode; after ``\approx`` where an exact number is too long to show."""
    text = number(value)
    if not text.startswith("≈"):
        return scalars.to_latex(value)
    digits, _, power = text[1:].lower().partition("e")
    return rf"\approx {digits}" + (rf" \cdot 10^{{{int(power)}}}" if power else "")


def mixture(names: Sequence[str], probabilities: Iterable[Any]) -> str:
    """A mixed strategy as text: only the name if it is pure."""
    played = [(name, p) for name, p in zip(names, probabilities, strict=True) if p != 0]
    if len(played) == 1:
        return played[0][0]
    # A name that starts like a number would run into its probability.
    return " + ".join(
        f'{_factor(p)} "{name}"' if name[0].isdigit() else f"{_factor(p)} {name}" for name, p in played
    )


def _factor(p: Any) -> str:
    text = number(p)
    return f"({text})" if scalars.is_expression(p) and " " in text else text


def strategy(equilibrium: Equilibrium, player: int, off_path: int | None = MOST_OFF_PATH) -> str:
    """What one player does; in a tree at most `off_path` moves off the path of play (None: all)."""
    game, vectors = equilibrium.game, equilibrium.profile.arrays
    if not isinstance(game, ExtensiveGame):
        return mixture(game.strategies[player], vectors[player])
    reach = sequential.reach_probabilities(game, equilibrium.profile)
    own = [h for h, infoset in enumerate(game.infosets) if infoset.player == player]
    on: list[str] = []
    off: list[str] = []
    for h in own:
        infoset = game.infosets[h]
        text = mixture(infoset.actions, vectors[h])
        if len(own) > 1:
            text = f"{infoset.label}→{text}"
        (on if any(reach[node] != 0 for node in infoset.nodes) else off).append(text)
    parts = [", ".join(on)] if on else []
    shown = off if off_path is None else off[:off_path]
    if off and off_path != 0:
        more = f", {len(off) - len(shown)} more" if len(shown) < len(off) else ""
        parts.append("[" + ", ".join(shown) + more + "]")
    return " ".join(parts)


def play(equilibrium: Equilibrium, off_path: int | None = MOST_OFF_PATH) -> str:
    """What all players do; those who do nothing are left out."""
    texts = [strategy(equilibrium, i, off_path) for i in range(len(equilibrium.game.players))]
    pairs = zip(equilibrium.game.players, texts, strict=True)
    return "; ".join(f"{player}: {text}" for player, text in pairs if text)


def line(equilibrium: Equilibrium) -> str:
    """An equilibrium in one line."""
    payoffs = ", ".join(f"{player} {number(value)}" for player, value in equilibrium.payoffs.items())
    return " | ".join([play(equilibrium), f"payoffs {payoffs}", *notes(equilibrium)])


def notes(equilibrium: Equilibrium) -> list[str]:
    """What is to be said of an equilibrium beside its strategies and payoffs."""
    said = ["one of a continuum"] if equilibrium.continuum else []
    if equilibrium.enclosure is not None:
        said.append(f"irrational, enclosed within {float(equilibrium.enclosure.width):.0e}")
    return said


def heading(found: EquilibriumSet) -> str:
    """How many equilibria of what kind, how found, whether all."""
    count = len(found)
    noun = "equilibrium" if count == 1 else "equilibria"
    state = "complete" if found.complete else f"not complete: {found.reason}"
    return f"{count or 'no'} {found.concept} {noun} ({found.method}; {state})"


def listing(found: EquilibriumSet) -> str:
    """A set of equilibria, one line each."""
    width = len(str(len(found)))
    lines = [heading(found)]
    lines += [f"  {k:>{width}}. {line(equilibrium)}" for k, equilibrium in enumerate(found[:MOST_ROWS], 1)]
    if len(found) > MOST_ROWS:
        lines.append(f"  ... and {len(found) - MOST_ROWS} more")
    return "\n".join([*lines, *("  " + text for text in groupings(found))])


def groupings(found: EquilibriumSet) -> list[str]:
    """Which equilibria are vertices of one maximal Nash subset, and which of one connected component with what index.

    Nothing where each equilibrium is on its own, or there are too many to show.
    """
    components, connected = found.components, found.connected_components
    own = all(len(component) == 1 for component in components)
    trivial = own and all(len(part) == 1 and part.index in (None, 1, -1) for part in connected)
    if trivial or len(found) > MOST_ROWS:
        return []
    position = {id(equilibrium): k for k, equilibrium in enumerate(found, 1)}

    def braces(vertices: Iterable[Equilibrium]) -> str:
        return "{" + ", ".join(str(k) for k in sorted(position[id(vertex)] for vertex in vertices)) + "}"

    texts = []
    if not own:
        samples = {True: "", False: " (samples)"}
        texts.append("components: " + ", ".join(braces(c) + samples[c.described] for c in components))
    indexed = len(connected) > 1 and any(part.index is not None for part in connected)
    if indexed or len(connected) < len(components):  # the index of a single one can only be 1
        indices = ["" if part.index is None else f" of index {part.index:+d}" for part in connected]
        indices = [text.replace("+0", "0") for text in indices]
        parts = [braces(part.vertices) + text for part, text in zip(connected, indices, strict=True)]
        texts.append("connected: " + ", ".join(parts))
    return texts


def html_table(equilibria: Sequence[Equilibrium], caption: str, footer: Sequence[str] = ()) -> str:
    """An HTML table with one row for each equilibrium, and remarks below it."""
    if not equilibria:
        return f"<p>{escape(caption)}</p>"
    players = equilibria[0].game.players
    remarks = [", ".join(notes(equilibrium)) for equilibrium in equilibria]
    head = ["", *players, *(f"payoff: {player}" for player in players), *(["note"] if any(remarks) else [])]
    body = []
    for k, equilibrium in enumerate(equilibria[:MOST_ROWS], 1):
        cells = [f"<th>{k}</th>"]
        cells += [f"<td>{escape(strategy(equilibrium, i))}</td>" for i in range(len(players))]
        cells += [
            f'<td style="text-align:right">{escape(number(equilibrium.payoffs[p]))}</td>' for p in players
        ]
        if any(remarks):
            cells.append(f"<td>{escape(remarks[k - 1])}</td>")
        body.append(f"<tr>{''.join(cells)}</tr>")
    if len(equilibria) > MOST_ROWS:
        body.append(f'<tr><td colspan="{len(head)}">... and {len(equilibria) - MOST_ROWS} more</td></tr>')
    body += [f'<tr><td colspan="{len(head)}">{escape(text)}</td></tr>' for text in footer]
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    return (
        f"{TABLE}<caption>{escape(caption)}</caption><thead><tr>{titles}</tr></thead>"
        f"<tbody>{''.join(body)}</tbody></table>"
    )


def latex_table(equilibria: Sequence[Equilibrium]) -> str:
    """A LaTeX ``tabular`` with one row for each equilibrium: strategies, then payoffs."""
    if not equilibria:
        return r"\emph{no equilibrium}"
    players = equilibria[0].game.players
    names = [escape_latex(player) for player in players]
    remarks = [", ".join(notes(equilibrium)) for equilibrium in equilibria]
    head = [*names, *(f"payoff: {name}" for name in names), *(["note"] if any(remarks) else [])]
    rows = [" & ".join(head) + r" \\ \hline"]
    for equilibrium, remark in zip(equilibria, remarks, strict=True):
        cells = [_latex_strategy(equilibrium, i) for i in range(len(players))]
        cells += [f"${latex_number(equilibrium.payoffs[player])}$" for player in players]
        rows.append(" & ".join([*cells, *([remark] if any(remarks) else [])]) + r" \\")
    columns = "l" * len(players) + "r" * len(players) + ("l" if any(remarks) else "")
    return "\n".join([rf"\begin{{tabular}}{{{columns}}}", *rows, r"\end{tabular}"])


def latex_play(equilibrium: Equilibrium) -> str:
    """What all players do, in LaTeX."""
    texts = [_latex_strategy(equilibrium, i) for i in range(len(equilibrium.game.players))]
    pairs = zip(equilibrium.game.players, texts, strict=True)
    return "; ".join(f"{escape_latex(player)}: {text}" for player, text in pairs if text)


def _latex_strategy(equilibrium: Equilibrium, player: int) -> str:
    game, vectors = equilibrium.game, equilibrium.profile.arrays
    if not isinstance(game, ExtensiveGame):
        return latex_mixture(game.strategies[player], vectors[player])
    own = [h for h, infoset in enumerate(game.infosets) if infoset.player == player]
    texts = []
    for h in own:
        label = rf"{escape_latex(game.infosets[h].label)} $\to$ " if len(own) > 1 else ""
        texts.append(label + latex_mixture(game.infosets[h].actions, vectors[h]))
    return ", ".join(texts)


def latex_mixture(names: Sequence[str], probabilities: Iterable[Any]) -> str:
    """A mixed strategy in LaTeX; see :func:`mixture`."""
    played = [(escape_latex(name), p) for name, p in zip(names, probabilities, strict=True) if p != 0]
    if len(played) == 1:
        return played[0][0]
    # A name that starts like a number would run into its probability.
    shown = [(f"``{name}''" if name[0].isdigit() else name, p) for name, p in played]
    return " + ".join(rf"${_latex_factor(p)}$ {name}" for name, p in shown)


def _latex_factor(p: Any) -> str:
    text = latex_number(p)
    return rf"\left({text}\right)" if scalars.is_expression(p) and p.is_Add else text


def row(equilibrium: Equilibrium) -> dict[str, Any]:
    """An equilibrium as a row of a frame."""
    game, vectors = equilibrium.game, equilibrium.profile.arrays
    cells: dict[str, Any] = {f"payoff: {player}": value for player, value in equilibrium.payoffs.items()}
    if isinstance(game, ExtensiveGame):
        for infoset, vector in zip(game.infosets, vectors, strict=True):
            for action, p in zip(infoset.actions, vector, strict=True):
                cells[f"{game.players[infoset.player]} at {infoset.label}: {action}"] = p
    else:
        for player, names, vector in zip(game.players, game.strategies, vectors, strict=True):
            for name, p in zip(names, vector, strict=True):
                cells[f"P({player}: {name})"] = p
    cells |= {"regret": equilibrium.regret, "exact": equilibrium.exact, "continuum": equilibrium.continuum}
    if not isinstance(game, ExtensiveGame):
        cells["index"] = equilibrium.index
    return cells


def rows(found: EquilibriumSet) -> list[dict[str, Any]]:
    """A set of equilibria as rows of a frame; for normal forms with the connected component, counted from 1, and its index.

    Where equilibria are irrational, there is a column with the width of their bounds.
    """
    cells = [row(equilibrium) for equilibrium in found]
    place = {
        id(vertex): (k, part.index)
        for k, part in enumerate(found.connected_components, 1)
        for vertex in part.vertices
    }
    enclosed = any(equilibrium.enclosure is not None for equilibrium in found)
    for equilibrium, own in zip(found, cells, strict=True):
        if not isinstance(equilibrium.game, ExtensiveGame):
            own["component"], own["component index"] = place.get(id(equilibrium), (None, None))
        if enclosed:
            own["width"] = None if equilibrium.enclosure is None else float(equilibrium.enclosure.width)
    return cells
