"""Random extensive games with perfect recall.

A tree is drawn from the root down. Then, from the root down again, every decision either opens an information set or joins
one of the same player with the same actions and the same own history; this is exactly what perfect recall allows.

References
----------
H. W. Kuhn (1953), "Extensive games and the problem of information", definition 17.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from gametheory import scalars
from gametheory.errors import GameError
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.nodes import Chance, Decision, Node, Outcome
from gametheory.scalars import Domain
from gametheory.testing.games import Range, numbers, span

__all__ = ["extensive_games"]

ACTIONS = "abcdefgh"


@dataclass
class _Draft:
    """A node before it is built; its number is its place in the list, parents before children."""

    kind: str
    depth: int
    player: int = -1
    children: list[int] = field(default_factory=list)
    parent: int = -1
    action: int = -1
    infoset: str | None = None


@st.composite
def extensive_games(
    draw: st.DrawFn,
    players: Range = (1, 3),
    depth: int = 3,
    actions: Range = (1, 3),
    domain: Domain = "rational",
    degenerate: bool | None = None,
    chance: bool = True,
    perfect_information: bool = False,
    max_nodes: int = 40,
    payoffs: st.SearchStrategy[Any] | None = None,
) -> ExtensiveGame:
    """Extensive games with perfect recall.

    Parameters
    ----------
    players : int or (int, int), optional
        How many players, or from how many to how many. Some of them may have nothing to decide.
    depth : int, optional
        The longest play.
    actions : int or (int, int), optional
        How many actions a decision or a chance move has; at most 8.
    domain : {"rational", "real", "parametric"}, optional
        Of the payoffs; chance probabilities are floats in a real game and exact otherwise.
    degenerate : bool, optional
        True: some player gets the same from everything that follows one of her decisions. False: no player gets the same
        at two outcomes. None: either.
    chance : bool, optional
        Whether chance may move.
    perfect_information : bool, optional
        Whether every information set is a single decision.
    max_nodes : int, optional
        About how many nodes the tree may have.
    payoffs : hypothesis strategy, optional
        Of the payoffs, in place of :func:`~gametheory.testing.numbers`.

    Returns
    -------
    hypothesis.strategies.SearchStrategy

    Examples
    --------
    >>> from hypothesis import given
    >>> from gametheory.testing import extensive_games
    >>> @given(extensive_games(players=2, perfect_information=True))
    ... def test_every_decision_starts_a_subgame(game):
    ...     decisions = [node for node in range(game.n_nodes) if game.kind[node] == 1]
    ...     assert set(decisions) <= set(game.subgame_roots())
    >>> test_every_decision_starts_a_subgame()
    """
    n = draw(st.integers(*span(players, "players")))
    low, high = span(actions, "actions")
    if high > len(ACTIONS):
        raise GameError(f"a decision may have at most {len(ACTIONS)} actions here; actions is {actions!r}.")
    if degenerate and high == 1:
        raise GameError(
            "a tree in which every decision has one action is never degenerate; allow more actions."
        )
    if depth < 1:
        raise GameError(f"the depth is {depth!r}; the longest play has at least one action.")
    drafts = _shape(draw, n, depth, (low, high), 2 if degenerate else low, chance, max_nodes)
    if not perfect_information:
        _hide(draw, drafts)
    values = numbers(domain) if payoffs is None else payoffs
    names = [f"Player {i + 1}" for i in range(n)]
    ends = [k for k, node in enumerate(drafts) if node.kind == "outcome"]
    table = {
        name: draw(st.lists(values, min_size=len(ends), max_size=len(ends), unique=degenerate is False))
        for name in names
    }
    if degenerate:
        _tie(draw, drafts, ends, table, names)
    return ExtensiveGame(_build(draw, drafts, ends, table, names, domain), names)


def _shape(
    draw: Callable[[st.SearchStrategy[Any]], Any],
    n: int,
    depth: int,
    actions: tuple[int, int],
    least_at_root: int,
    chance: bool,
    max_nodes: int,
) -> list[_Draft]:
    kinds = ["outcome", "decision", "decision", "decision", *(["chance"] if chance else [])]
    movers, counts = st.integers(0, n - 1), st.integers(*actions)
    # In most trees the play goes in rounds: whoever decides at one depth is the same player, with as many actions, and not
    # the one who decided just before. Without them decisions that may be tied, and so hidden moves, would be rare.
    rounds: list[tuple[int, int]] = []
    if draw(st.sampled_from([False, True, True])):
        for _ in range(depth):
            others = [i for i in range(n) if n == 1 or not rounds or i != rounds[-1][0]]
            rounds.append((draw(st.sampled_from(others)), draw(counts)))
    drafts = [_Draft("decision", 0, rounds[0][0] if rounds else draw(movers))]
    at = 0
    while at < len(drafts):
        node = drafts[at]
        if node.kind != "outcome":
            size = rounds[node.depth][1] if rounds and node.kind == "decision" else draw(counts)
            for action in range(max(size, least_at_root) if at == 0 else size):
                below = node.depth + 1
                full = below >= depth or len(drafts) >= max_nodes
                kind = "outcome" if full else draw(st.sampled_from(kinds))
                player = -1
                if kind == "decision":
                    player = rounds[below][0] if rounds else draw(movers)
                node.children.append(len(drafts))
                drafts.append(_Draft(kind, below, player, parent=at, action=action))
        at += 1
    return drafts


def _hide(draw: Callable[[st.SearchStrategy[Any]], Any], drafts: list[_Draft]) -> None:
    """Tie decisions that may be tied; parents come first, so that their information sets are settled."""
    open_sets: dict[tuple[Any, ...], list[str]] = {}
    for k, node in enumerate(drafts):
        if node.kind != "decision":
            continue
        key = (node.player, _last_choice(drafts, node), len(node.children))
        known = open_sets.setdefault(key, [])
        node.infoset = draw(st.sampled_from([f"h{k}", *known, *known, *known]))
        if node.infoset not in known:
            known.append(node.infoset)


def _last_choice(drafts: list[_Draft], node: _Draft) -> tuple[str, int] | None:
    """The player's last own information set and action, from which all her earlier ones follow."""
    player, action, at = node.player, node.action, node.parent
    while at >= 0:
        above = drafts[at]
        if above.player == player:
            assert above.infoset is not None
            return above.infoset, action
        action, at = above.action, above.parent
    return None


def _tie(
    draw: Callable[[st.SearchStrategy[Any]], Any],
    drafts: list[_Draft],
    ends: list[int],
    table: dict[str, list[Any]],
    names: list[str],
) -> None:
    """Give a player the same payoff after all her actions at one of her decisions."""
    choices = [k for k, node in enumerate(drafts) if node.kind == "decision" and len(node.children) > 1]
    chosen = draw(st.sampled_from(choices))
    below = set()
    for k in range(chosen, len(drafts)):
        if k == chosen or drafts[k].parent in below:
            below.add(k)
    row = table[names[drafts[chosen].player]]
    inside = [position for position, k in enumerate(ends) if k in below]
    for position in inside:
        row[position] = row[inside[0]]


def _build(
    draw: Callable[[st.SearchStrategy[Any]], Any],
    drafts: list[_Draft],
    ends: list[int],
    table: dict[str, list[Any]],
    names: list[str],
    domain: Domain,
) -> Node:
    position = {k: column for column, k in enumerate(ends)}
    # An information set that is a single decision is named by its history, as users' are.
    tied = {name for name, n in Counter(node.infoset for node in drafts).items() if n > 1}
    nodes: list[Node | None] = [None] * len(drafts)
    for k in reversed(range(len(drafts))):
        node = drafts[k]
        below: dict[str, Any] = {ACTIONS[a]: nodes[child] for a, child in enumerate(node.children)}
        if node.kind == "outcome":
            nodes[k] = Outcome(None, {name: table[name][position[k]] for name in names})
        elif node.kind == "decision":
            nodes[k] = Decision(
                names[node.player], below, infoset=node.infoset if node.infoset in tied else None
            )
        else:
            weights = [draw(st.integers(1, 4)) for _ in node.children]
            shares = _shares(weights, domain)
            nodes[k] = Chance(
                {name: (p, child) for p, (name, child) in zip(shares, below.items(), strict=True)}
            )
    root = nodes[0]
    assert root is not None
    return root


def _shares(weights: list[int], domain: Domain) -> list[Any]:
    total = sum(weights)
    if domain == "real":
        return [weight / total for weight in weights]
    return [scalars.as_scalar(Fraction(weight, total)) for weight in weights]
