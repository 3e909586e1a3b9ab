"""What becomes of equilibria at a breakpoint: which meet, which go on, which begin and end.

The definitions, and why nothing is missed, are in :mod:`gametheory.sensitivity.line_map`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, TypeAlias

from flint import fmpq

from gametheory import scalars
from gametheory.equilibria import representation
from gametheory.equilibria.result import Equilibrium
from gametheory.errors import GameTheoryError
from gametheory.games.extensive import ExtensiveGame
from gametheory.sensitivity.threshold_map import Breakpoint, Interval, Thresholds
from gametheory.solvers.algebraic import to_fraction

__all__ = ["Joint", "check_sum", "label"]

#: A point of the space of profiles, in numbers of a field, and in floats.
Limit: TypeAlias = tuple[tuple[Any, ...], tuple[float, ...]]

#: Numbers whose floats differ by more than this differ; the others are compared exactly.
_APART = 1e-6


def check_sum(interval: Interval, name: str) -> None:
    """Refuse an interval whose indices do not sum to one: a fault of the solver, never of the user."""
    indices = [equilibrium.index for equilibrium in interval.equilibria]
    known = [index for index in indices if index is not None]
    if interval.equilibria.complete and len(known) == len(indices) and known and sum(known) != 1:
        raise GameTheoryError(
            f"internal error: indices {indices} where {interval.describe(name)} do not sum to 1. Please report this game."
        )


def label(equilibrium: Equilibrium) -> str:
    """What is played, without weights."""
    game = equilibrium.game
    if isinstance(game, ExtensiveGame):
        arrays = []
        for vector in equilibrium.profile.arrays:
            share = Fraction(1, sum(p != 0 for p in vector))
            arrays.append([share if p != 0 else Fraction(0) for p in vector])
        even = type(equilibrium.profile).from_arrays(game, arrays)  # type: ignore[arg-type]  # of the kind of the game
        text = representation.play(Equilibrium(game, even, equilibrium.payoffs, 0))
        for count in range(2, 1 + max((len(infoset.actions) for infoset in game.infosets), default=1)):
            text = text.replace(f"{scalars.to_text(Fraction(1, count))} ", "")
        return text.replace(" + ", "/")
    parts = [
        f"{player}: {'/'.join(s for s, p in zip(names, vector, strict=True) if p != 0)}"
        for player, names, vector in zip(
            game.players, game.strategies, equilibrium.profile.arrays, strict=True
        )
    ]
    return "; ".join(parts)


class Joint:
    """What happens between two intervals.

    Parameters
    ----------
    found : Thresholds
    labels : list of tuple of str
        What is played in each equilibrium of each interval.
    k : int
        The interval on the left.
    point : Breakpoint
        Between that and the next one.
    """

    def __init__(self, found: Thresholds, labels: list[tuple[str, ...]], k: int, point: Breakpoint) -> None:
        self.point, self.left, self.right = point, found.intervals[k], found.intervals[k + 1]
        self.labels = labels[k], labels[k + 1]
        self.name = found.name
        #: From equilibria of the left to those of the right that carry on.
        self.onward: dict[int, int] = {}
        self.deaths: dict[int, str] = {}
        self.births: dict[int, str] = {}
        self.changed: list[int] = []
        listed = [_with_floats(tuple(p for vector in profile for p in vector)) for profile in point._profiles]
        reached: set[int] = set()
        kinds: dict[str, None] = {}
        for limit, left, right in self._meetings():
            here = {k for k, other in enumerate(listed) if limit is not None and _same(limit, other)}
            reached |= here
            kind = self._meet(left, right, self._tied(limit, here))
            if kind:
                kinds[kind] = None
        if point.equilibria.complete and any(
            k not in reached and not equilibrium.continuum for k, equilibrium in enumerate(point.equilibria)
        ):
            kinds["isolated point"] = None
        if not kinds and any(equilibrium.continuum for equilibrium in point.equilibria):
            kinds["payoff tie"] = None
        self.kinds = tuple(kinds) or ("change",)

    def _tied(self, limit: Limit | None, here: set[int]) -> bool:
        """Whether branches may end here on their own: in a continuum, or where not all is known."""
        if limit is None or not self.point.equilibria.complete:
            return True
        if not here:
            return any(equilibrium.continuum for equilibrium in self.point.equilibria)
        return any(self.point.equilibria[k].continuum for k in here)

    def _meetings(self) -> list[tuple[Limit | None, list[int], list[int]]]:
        """The points to which equilibria of either side converge, with these; None for a limit that is not known."""
        meetings: list[tuple[Limit | None, list[int], list[int]]] = []
        for side, interval in enumerate((self.left, self.right)):
            for place, profile in enumerate(interval._profiles):
                limit = _limit(profile, self.point._number)
                for other in meetings:
                    if limit is not None and other[0] is not None and _same(limit, other[0]):
                        other[1 + side].append(place)  # type: ignore[union-attr]  # of the two lists
                        break
                else:
                    lists: tuple[list[int], list[int]] = ([], [])
                    lists[side].append(place)
                    meetings.append((limit, *lists))
        return meetings

    def _meet(self, left: list[int], right: list[int], tied: bool) -> str:
        """Join the branches that meet in one point; the kind of what happens, empty if nothing does."""
        count = len(left), len(right)
        if not tied:
            self._check(left, right)
        here, there = list(left), list(right)
        for same in (self._same_function, self._same_index, self._anything):
            for place in list(here):
                for other in list(there):
                    if same(place, other):
                        self.onward[place] = other
                        here.remove(place)
                        there.remove(other)
                        break
        supports = {self.labels[0][place] for place in left} | {self.labels[1][place] for place in right}
        if here or there:
            kind = "payoff tie"
            if not tied:
                kind = "fold" if len(supports) == 1 else "border fold"
                if min(count) == 1:
                    kind = "pitchfork"
            self.deaths.update(dict.fromkeys(here, kind))
            self.births.update(dict.fromkeys(there, kind))
            return kind
        self_same = all(self._same_function(place, self.onward[place]) for place in left)
        if count == (1, 1):
            same_index = self.left.equilibria[left[0]].index == self.right.equilibria[right[0]].index
            if self_same and same_index:
                return ""
            self.changed += left
            return "payoff tie" if self_same else "boundary"
        self.changed += left
        return "crossing"

    def _same_function(self, place: int, other: int) -> bool:
        return self.left._profiles[place] == self.right._profiles[other]

    def _same_index(self, place: int, other: int) -> bool:
        index = self.left.equilibria[place].index
        return index is not None and index == self.right.equilibria[other].index

    def _anything(self, place: int, other: int) -> bool:
        # Without an index there is only one way where one meets one.
        return self.left.equilibria[place].index is None or self.right.equilibria[other].index is None

    def _check(self, left: list[int], right: list[int]) -> None:
        """The indices that come in and go out have the same sum, where all are known."""
        complete = self.left.equilibria.complete and self.right.equilibria.complete
        sides = [
            [interval.equilibria[place] for place in places]
            for interval, places in ((self.left, left), (self.right, right))
        ]
        if not complete or any(equilibrium.continuum for side in sides for equilibrium in side):
            return
        indices = [[equilibrium.index for equilibrium in side] for side in sides]
        if any(None in side for side in indices):
            # In trees, and where an isolated equilibrium is not regular: such a one may have any index, so that it may appear alone.
            return
        wrong = sum(indices[0]) != sum(indices[1])  # type: ignore[arg-type]  # none is None
        if wrong:
            raise GameTheoryError(
                f"internal error: at {self.name} = {self.point.value} equilibria with indices {indices[0]} meet those with indices "
                f"{indices[1]}. Please report this game."
            )


def _limit(profile: tuple[tuple[Any, ...], ...], number: Any) -> Limit | None:
    """The limit of a profile at an end of its interval; None if it is not known."""
    try:
        return _with_floats(tuple(function.at(number) for vector in profile for function in vector))
    except ZeroDivisionError:
        return None


def _with_floats(numbers: tuple[Any, ...]) -> Limit:
    return numbers, tuple(float(to_fraction(n)) if isinstance(n, fmpq) else float(n) for n in numbers)


def _same(first: Limit, second: Limit) -> bool:
    if any(abs(x - y) > _APART for x, y in zip(first[1], second[1], strict=True)):
        return False
    return all(_exact(x) == _exact(y) for x, y in zip(first[0], second[0], strict=True))


def _exact(number: Any) -> Any:
    return fmpq(number.numerator, number.denominator) if isinstance(number, Fraction) else number
