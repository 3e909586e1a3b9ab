r"""What must hold for a profile to be an equilibrium, as polynomials in the parameters and in the mixed probabilities.

A profile *of a support* says which actions each information set (or strategies each player) plays with positive probability. Let
:math:`E_m(s)` be what mover :math:`m` expects from plan :math:`s` in a stage whose ends pay what is played after them. The profile is an
equilibrium of every stage, hence subgame perfect (Selten 1965), exactly when for each mover of each stage

.. math::

    E_m(s) - E_m(b) &= 0 && \text{for each plan } s \text{ in the support (indifference)}, \\
    E_m(b) - E_m(s) &\ge 0 && \text{for each other plan } s \text{ (deviation)}, \\
    p &> 0 && \text{for each probability of the support (positive)},

where :math:`b` is the first plan of the support. A normal form is one stage, and then this is Nash's condition. Probabilities that
are mixed are unknowns of their own, the last one of a place being one minus the others; every requirement is a polynomial of
degree one in the unknowns of each place. Where at most two mix in a stage the indifferences are linear equations, and
:meth:`Systems.system` solves them on demand: requirements are then rational functions of the parameters alone.

References
----------
.. [1] R. Selten, "Spieltheoretische Behandlung eines Oligopolmodells mit Nachfragetraegheit", *Zeitschrift fuer die gesamte
   Staatswissenschaft* 121 (1965), 301-324.
.. [2] H. Kuhn, "Extensive games and the problem of information", *Contributions to the Theory of Games* II, 1953, 193-216.
.. [3] R. McKelvey and A. McLennan, "Computation of equilibria in finite games", *Handbook of Computational Economics* I, 1996, 87-142.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from gametheory.errors import GameError, Unsupported, unknown
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.profiles import BehaviourProfile, MixedProfile
from gametheory.sensitivity._stage_systems import NoClosedForm, Part, Place, Requirement, StageSystem
from gametheory.solvers.rational_functions import RationalFunction, Ring
from gametheory.solvers.stages import Stage, stages

if TYPE_CHECKING:
    from gametheory.equilibria.outcomes import OutcomeFunctional
    from gametheory.games.normal_form import NormalFormGame

__all__ = ["NoClosedForm", "Place", "Requirement", "System", "Systems"]

#: For each place, the positions of the actions that are played.
Support: TypeAlias = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """All requirements of a support, and what follows from it.

    Attributes
    ----------
    requirements : tuple of Requirement
    unknowns : tuple of str
        Names of the probabilities that remain unknown; they are variables of the ring.
    probabilities : tuple of tuple of RationalFunction
        For each place, of each action. Places that the support does not say anything about have empty tuples.
    payoffs : tuple of RationalFunction
        Each player's, from the start of the part that was asked for.
    determinants : tuple of tuple of RationalFunction
        For each stage whose probabilities were solved for, the determinant of the equations and the numerators of Cramer's rule. Only
        where all are zero may the equations have other solutions than the closed forms.
    """

    requirements: tuple[Requirement, ...]
    unknowns: tuple[str, ...]
    probabilities: tuple[tuple[RationalFunction, ...], ...]
    payoffs: tuple[RationalFunction, ...]
    determinants: tuple[tuple[RationalFunction, ...], ...] = ()


class Systems:
    """The requirements of every support of one game.

    Parameters
    ----------
    game : NormalFormGame or ExtensiveGame
        Payoffs and chance probabilities are exact numbers or expressions.
    ring : Ring, optional
        Of the parameters and the unknowns; by default of ``game.parameters``, in order of the alphabet, and :attr:`unknowns`.
    values : mapping of str to RationalFunction, optional
        What stands for a parameter, in the ring; itself where silent. So a game can be written at a moved parameter.
    whole : bool
        Take a tree as one stage: then the requirements are those of Nash equilibria, not of subgame-perfect ones.

    Examples
    --------
    >>> import gametheory as gt
    >>> from gametheory.sensitivity._systems import Systems
    >>> t = gt.ParameterSpace(gt.Parameter("t", 1, 0, 2)).symbols("t")
    >>> pennies = gt.NormalFormGame.from_bimatrix([[t, -1], [-1, 1]], [[-1, 1], [1, -1]])
    >>> systems = Systems(pennies)
    >>> mixed = systems.system(((0, 1), (0, 1)), solve=True)
    >>> [systems.ring.to_sympy(p) for p in mixed.probabilities[1]]
    [2/(t + 3), (t + 1)/(t + 3)]
    >>> for requirement in systems.system(((0,), (1,))).requirements:
    ...     print(requirement.label, systems.ring.to_sympy(requirement.function), requirement.relation)
    Player 1: 2 instead of 1 -2 >=
    Player 2: 1 instead of 2 2 >=
    """

    def __init__(
        self,
        game: NormalFormGame | ExtensiveGame,
        ring: Ring | None = None,
        values: Mapping[str, RationalFunction] | None = None,
        *,
        whole: bool = False,
    ) -> None:
        if game.domain == "real":
            raise Unsupported(
                "the game holds floats, and conditions are exact; give whole numbers, fractions, or decimals as text such as '0.1'."
            )
        self.game = game
        self.places = _places(game)
        self.stages = stages(game, cut=not whole) if isinstance(game, ExtensiveGame) else ()
        self.parts = _parts(game, self.stages)
        self.ring = Ring((*sorted(game.parameters), *self.unknowns)) if ring is None else ring
        self._values = dict(values or {})
        self.zero, self.one = (self.ring.function(self.ring.constant(k)) for k in (0, 1))
        self._read: dict[Any, RationalFunction] = {}

    # -- names --------------------------------------------------------------------------------------------------------
    @property
    def unknowns(self) -> tuple[str, ...]:
        """A name for the probability of each action of each place."""
        return tuple(
            self.unknown(k, a) for k, place in enumerate(self.places) for a in range(len(place.actions))
        )

    def unknown(self, place: int, action: int) -> str:
        """The name of the probability of an action."""
        where = self.places[place]
        at = f"{self.game.players[where.player]}{f' at {where.label}' if where.label else ''}"
        return f"{at}: {where.actions[action]}"

    # -- supports -----------------------------------------------------------------------------------------------------
    def support(self, profile: Any) -> Support:
        """The support that a profile, an equilibrium or a mapping describes.

        Parameters
        ----------
        profile : Equilibrium, MixedProfile, BehaviourProfile or mapping
            A mapping gives for each player a strategy, or a list of those that are mixed; in a tree for each player an action (or list)
            if there is one information set, otherwise a mapping from the labels of the information sets.

        Raises
        ------
        UnknownName
            If a player, strategy, information set or action does not exist.
        GameError
            If a choice is missing or not readable.
        """
        profile = getattr(profile, "profile", profile)
        if isinstance(profile, MixedProfile | BehaviourProfile):
            return self._of_arrays(profile)
        if not isinstance(profile, Mapping):
            raise GameError(f"{profile!r} is no profile; give an Equilibrium, or {self._template()}.")
        for player in profile:
            if player not in self.game.players:
                raise unknown("player", player, self.game.players)
        support = []
        for k, place in enumerate(self.places):
            player = self.game.players[place.player]
            given = profile.get(player)
            own = [other.label for other in self.places if other.player == place.player]
            if isinstance(given, Mapping):
                for label in given:
                    if label not in own:
                        raise unknown(f"information set of {player}", label, own)
                given = given.get(place.label)
            elif len(own) > 1 and given is not None:
                raise GameError(
                    f"{player} chooses at {len(own)} information sets ({', '.join(own)}); say which action at which: "
                    f"{{{player!r}: {{{own[0]!r}: {place.actions[0]!r}, ...}}}}."
                )
            support.append(self._chosen(k, given))
        return tuple(support)

    def _of_arrays(self, profile: Any) -> Support:
        arrays = profile.arrays
        sizes, expected = [len(a) for a in arrays], [len(place.actions) for place in self.places]
        if sizes != expected:
            raise GameError(
                "the profile belongs to another game: its actions are not those of the model's game."
            )
        return tuple(tuple(a for a, p in enumerate(vector) if p != 0) for vector in arrays)

    def _chosen(self, k: int, given: Any) -> tuple[int, ...]:
        place = self.places[k]
        where = self.game.players[place.player] + (f" at {place.label}" if place.label else "")
        if given is None and len(place.actions) == 1:
            return (0,)
        if given is None:
            raise GameError(f"the profile does not say what {where} does; give {self._template()}.")
        names = [given] if isinstance(given, str) else list(given)
        if not names:
            raise GameError(f"the profile gives {where} nothing to do; name at least one action.")
        for name in names:
            if name not in place.actions:
                raise unknown(f"action of {where}", name, place.actions)
        return tuple(sorted({place.actions.index(name) for name in names}))

    def _template(self) -> str:
        parts = []
        for i, player in enumerate(self.game.players):
            own = [place for place in self.places if place.player == i]
            if own:
                choice = [f"{place.label!r}: {place.actions[0]!r}" for place in own]
                text = repr(own[0].actions[0]) if len(own) == 1 else f"{{{', '.join(choice)}}}"
                parts.append(f"{player!r}: {text}")
        return f"a mapping such as {{{', '.join(parts)}}}"

    def supports(self, part: int, *, pure: bool = False) -> Iterator[dict[int, tuple[int, ...]]]:
        """Every support of one part, as actions by place; the pure ones first and only, if asked for."""
        own = [k for places in self.parts[part].places for k in places]
        sizes = [len(self.places[k].actions) for k in own]
        most = 1 if pure else max(sizes, default=1)
        options = [
            [c for size in range(1, min(most, n) + 1) for c in itertools.combinations(range(n), size)]
            for n in sizes
        ]
        found = sorted(itertools.product(*options), key=lambda choice: math.prod(map(len, choice)))
        yield from (dict(zip(own, choice, strict=True)) for choice in found)

    # -- systems ------------------------------------------------------------------------------------------------------
    def system(
        self,
        support: Sequence[Sequence[int]] | Mapping[int, Sequence[int]],
        *,
        part: int = -1,
        solve: bool = False,
    ) -> System:
        """The requirements of a support.

        Parameters
        ----------
        support : sequence or mapping
            The actions played, by place. Only places of the part that is asked for and of parts after it are read.
        part : int
            From where on; the whole game by default.
        solve : bool
            Put closed forms for the unknowns.

        Raises
        ------
        NoClosedForm
            If they have none.
        """
        chosen = dict(support) if isinstance(support, Mapping) else dict(enumerate(support))
        part %= len(self.parts)
        wanted = self._after(part)
        probabilities: list[tuple[RationalFunction, ...]] = [()] * len(self.places)
        requirements: list[Requirement] = []
        unknowns: list[str] = []
        determinants: list[tuple[RationalFunction, ...]] = []
        worth: dict[int, tuple[RationalFunction, ...]] = {}
        for k in sorted(wanted):
            stage = StageSystem(self, k, chosen, worth)
            if solve and stage.unknowns:
                stage.solve()
            else:
                unknowns.extend(stage.unknowns)
            for place, vector in stage.probabilities.items():
                probabilities[place] = vector
            requirements.extend(stage.requirements(solved=solve))
            determinants += [stage.determinants] if stage.determinants else []
            worth[k] = stage.payoffs()
        return System(
            tuple(requirements), tuple(unknowns), tuple(probabilities), worth[part], tuple(determinants)
        )

    def outcome(self, outcome: OutcomeFunctional, system: System) -> RationalFunction:
        """A named outcome in a profile of the whole game, as a function of parameters and unknowns."""
        if outcome.kind == "payoff" and outcome.player is not None:
            return system.payoffs[outcome.player]
        ends = np.array([*self._distribution(system), None], dtype=object)[
            :-1
        ]  # NumPy looks into lone objects
        value = outcome.mean(ends.reshape(outcome.weights.shape))
        return value if isinstance(value, RationalFunction) else self.zero + value

    def number(self, value: Any) -> RationalFunction:
        """A payoff or chance probability of the game as a function in the ring."""
        if value not in self._read:
            from gametheory import scalars

            numbers = {
                name: self._values[name]
                if name in self._values
                else self.ring.function(self.ring.variable(name))
                for name in scalars.names(value)
            }
            self._read[value] = scalars.evaluate(
                value, numbers, lambda number: self.ring.function(self.ring.constant(number))
            )
        return self._read[value]

    def _after(self, part: int) -> set[int]:
        wanted, waiting = set(), [part]
        while waiting:
            k = waiting.pop()
            wanted.add(k)
            waiting.extend(self.parts[k].children)
        return wanted

    def _distribution(self, system: System) -> list[RationalFunction]:
        """The probability of each end of the game."""
        game = self.game
        if not isinstance(game, ExtensiveGame):
            vectors = system.probabilities
            cells = itertools.product(*(range(len(vector)) for vector in vectors))
            return [
                self.product(vector[a] for vector, a in zip(vectors, cell, strict=True)) for cell in cells
            ]
        reached = [self.one] + [self.zero] * (game.n_nodes - 1)
        for node in range(1, game.n_nodes):
            above = int(game.parent[node])
            if reached[above]:
                infoset = int(game.infoset[above])
                edge = (
                    self.number(game.chance_probability[node])
                    if infoset < 0
                    else system.probabilities[infoset][int(game.action[node])]
                )
                reached[node] = reached[above] * edge
        return [reached[int(node)] for node in game.terminals]

    def product(self, factors: Any) -> RationalFunction:
        """The product of functions; zero ends it early."""
        total = self.one
        for factor in factors:
            if not factor:
                return self.zero
            total = total * factor
        return total

    @cached_property
    def reaches(self) -> list[Any]:
        """For each stage, which profiles of plans lead to which leaves."""
        return [stage.reaches() for stage in self.stages]

    @cached_property
    def column(self) -> dict[int, int]:
        """The column of payoffs of each terminal node of a tree."""
        assert isinstance(self.game, ExtensiveGame)
        return {int(node): k for k, node in enumerate(self.game.terminals)}


def _places(game: NormalFormGame | ExtensiveGame) -> tuple[Place, ...]:
    if isinstance(game, ExtensiveGame):
        return tuple(Place(h.player, h.label, h.actions) for h in game.infosets)
    return tuple(Place(i, "", tuple(names)) for i, names in enumerate(game.strategies))


def _parts(game: NormalFormGame | ExtensiveGame, cut: Sequence[Stage]) -> tuple[Part, ...]:
    if isinstance(game, ExtensiveGame):
        return tuple(
            Part(
                stage.players,
                stage.infosets,
                stage.strategies,
                tuple(child for child in stage.child if child >= 0),
                game.path(stage.root),
            )
            for stage in cut
        )
    everybody = tuple(range(len(game.players)))
    plans = tuple(tuple((s,) for s in range(n)) for n in game.shape)
    return (Part(everybody, tuple((i,) for i in everybody), plans, (), ""),)
