"""What solving one payoff table gives: equilibria as vectors of numbers of a field, without labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from gametheory.equilibria.components import Enclosure

__all__ = ["TableSolution"]


class TableSolution(NamedTuple):
    """Equilibria of one payoff table, as vectors of numbers of its field."""

    #: One vector of probabilities for each player, for each equilibrium. Of an irrational one: rationals within 2**-100 of it.
    profiles: tuple[tuple[tuple[Any, ...], ...], ...]
    #: Maximal Nash subsets, as positions in `profiles`; empty where they are not known.
    components: tuple[tuple[int, ...], ...]
    #: For each equilibrium, whether it is one of a continuum.
    continuum: tuple[bool, ...]
    complete: bool
    method: str
    reason: str
    #: The dimension of each of `components`; None where it is not known. Empty where none is.
    dimensions: tuple[int | None, ...] = ()
    #: Connected components, as positions in `components`, and the index of each; empty where they are not known.
    connected: tuple[tuple[int, ...], ...] = ()
    indices: tuple[int | None, ...] = ()
    #: The index of each of `profiles`, None where it is not regular; empty where that is not known.
    regular: tuple[int | None, ...] = ()
    #: For each of `components`, whether its vertices describe it; empty where all are described.
    described: tuple[bool, ...] = ()
    #: Bounds of each of `profiles` that is irrational, None for others; empty where none is.
    enclosures: tuple[Enclosure | None, ...] = ()
    #: For each of `profiles`, whether it is rounded to rationals within 2**-100; empty where all are exact.
    rounded: tuple[bool, ...] = ()
