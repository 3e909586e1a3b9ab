r"""A model: a game whose numbers depend on parameters, and what one wants to know of it.

Let :math:`\Gamma(\theta)` be a game whose payoffs and chance probabilities are rational functions of
parameters :math:`\theta` in a box. A model is this family together with the box and with named *outcomes*,
functions of an equilibrium such as the chance that Russia acts. Everything in :mod:`gametheory.sensitivity`
asks how the outcomes over the equilibria of :math:`\Gamma(\theta)` move with :math:`\theta`: comparative
statics (Samuelson 1947, *Foundations of Economic Analysis*).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gametheory.equilibria.outcomes import OutcomeFunctional, default_outcomes, parse_outcome
from gametheory.errors import GameError, ParameterError, Unsupported, unknown
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.nodes import Node
from gametheory.games.normal_form import NormalFormGame
from gametheory.parameters.compiled import CompiledArray, Points, columns
from gametheory.parameters.space import ParameterSpace

__all__ = ["Model", "Outcome", "Outcomes"]

#: What a model knows of an outcome: how it weighs the ends of the game, or a function of an equilibrium.
Outcome: TypeAlias = OutcomeFunctional | Callable[..., Any]

#: How far a probability computed in floats may be outside [0, 1].
PROBABILITY_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False, init=False, repr=False)
class Model:
    """A parametric game, the space of its parameters, and named outcomes.

    Parameters
    ----------
    name : str
    game : NormalFormGame or ExtensiveGame
        Every parameter in it must be in `space`.
    space : ParameterSpace
        It may hold more parameters than the game uses.
    outcomes : iterable of str, or mapping of str to (str or callable), optional
        What to report: ``"P(Russia: act)"`` (the probability that the player takes the action along the
        play), ``"payoff: West"``, ``"outcome: LABEL"``, or under a name of your own one of these or a
        function that takes an :class:`~gametheory.equilibria.result.Equilibrium` and returns a number. All
        actions, payoffs and labelled outcomes where not given.

    Attributes
    ----------
    name, game, space
        As given.
    outcomes : mapping of str to (OutcomeFunctional or callable)

    Raises
    ------
    UnknownName
        If the game uses a parameter that is not in the space, or an outcome names what is not in the game.

    Examples
    --------
    >>> import gametheory as gt
    >>> space = gt.ParameterSpace(gt.Parameter("x_W", 134, 60, 160), gt.Parameter("k", 40, 10, 90))
    >>> x_W, k = space.symbols("x_W k")
    >>> tree = gt.Decision("Russia", {
    ...     "refrain": gt.Outcome(Russia=0, West=0),
    ...     "act": gt.Decision("West", {
    ...         "acquiesce": gt.Outcome(Russia=50, West=-x_W / 2),
    ...         "respond": gt.Outcome(Russia=-20, West=-x_W / 5 - k),
    ...     }),
    ... })
    >>> model = gt.Model("tripwire", gt.ExtensiveGame(tree), space)
    >>> print(model.at(x_W=120))
    Russia [start]
    ├── refrain: (Russia 0, West 0)
    └── act: West [act]
        ├── acquiesce: (Russia 50, West -60)
        └── respond: (Russia -20, West -64)
    >>> model.payoffs({"x_W": [60, 120]})[:, 1]
    array([[  0., -30., -52.],
           [  0., -60., -64.]])
    """

    name: str
    game: NormalFormGame | ExtensiveGame
    space: ParameterSpace
    outcomes: Outcomes

    def __init__(
        self,
        name: str,
        game: NormalFormGame | ExtensiveGame,
        space: ParameterSpace,
        outcomes: Iterable[str] | Mapping[str, str | Callable[..., Any]] | None = None,
    ) -> None:
        label: object = name
        if not isinstance(label, str) or not label.strip():
            raise ParameterError(f"the name of a model is {name!r}; give it a text.")
        if isinstance(game, Node):
            raise GameError(f"the game of model {name!r} is a bare tree; write ExtensiveGame(tree).")
        if not isinstance(game, NormalFormGame | ExtensiveGame):
            raise GameError(
                f"the game of model {name!r} is {game!r}; give a NormalFormGame or an ExtensiveGame."
            )
        if not isinstance(space, ParameterSpace):
            raise ParameterError(f"the space of model {name!r} is {space!r}; give a ParameterSpace.")
        for parameter in sorted(game.parameters):
            if parameter not in space:
                raise unknown("parameter in the game", parameter, space)
        fields = {"name": name, "game": game, "space": space, "outcomes": _outcomes(game, outcomes)}
        for field, value in fields.items():
            object.__setattr__(self, field, value)

    # -- games at points -------------------------------------------------------------------------------------
    def at(self, values: Mapping[str, Any] | None = None, /, **named: Any) -> NormalFormGame | ExtensiveGame:
        """The game at a point.

        Parameters
        ----------
        values : mapping of str to number, optional
            Values by name, also outside the box; parameters that are not named take their baseline.
        **named : number
            The same, as keyword arguments.

        Returns
        -------
        NormalFormGame or ExtensiveGame
            Exact; of floats if a float was given.

        Raises
        ------
        UnknownName
            If there is no such parameter.
        ParameterError
            If the game has no meaning at this point: a division by zero, a probability outside [0, 1].
        """
        return self.game.substitute(self.space.point(values, **named))

    def payoffs(self, points: Points | Any = MappingProxyType({})) -> NDArray[np.float64]:
        """The payoffs at many points, by one compiled function.

        Parameters
        ----------
        points : mapping of str to array_like, or pandas.DataFrame
            Values by parameter name, which broadcast together; parameters that are not named take their
            baseline.

        Returns
        -------
        ndarray of float64, C-contiguous
            Of shape ``(..., n_players, n_1, ..., n_N)`` for a normal form and
            ``(..., n_players, n_terminals)`` for a tree, after the shape of the points.

        Raises
        ------
        ParameterError
            If a payoff is not finite at a point.
        """
        return self._payoffs(*columns(points, self.space.baseline))

    def chance(self, points: Points | Any = MappingProxyType({})) -> NDArray[np.float64]:
        """The chance probabilities of a tree at many points.

        Parameters
        ----------
        points : mapping of str to array_like, or pandas.DataFrame
            As for :meth:`payoffs`.

        Returns
        -------
        ndarray of float64, C-contiguous, of shape (..., n_nodes)
            The probability of the edge into each node if its parent is a chance move, otherwise 1.

        Raises
        ------
        ParameterError
            If a probability is outside [0, 1] at a point.
        Unsupported
            If the game is a normal form, which has no chance moves.
        """
        if not isinstance(self.game, ExtensiveGame):
            raise Unsupported(
                f"model {self.name!r} is a normal form, which has no chance moves; use payoffs()."
            )
        shape, values = columns(points, self.space.baseline)
        found = self._chance(shape, values)
        bad = (found < -PROBABILITY_TOLERANCE) | (found > 1 + PROBABILITY_TOLERANCE)
        if bad.any():
            *point, node = map(int, np.argwhere(bad)[0])
            at = {name: float(np.broadcast_to(value, shape)[tuple(point)]) for name, value in values.items()}
            probability = self.game.chance_probability[node]
            used = sorted(str(symbol) for symbol in getattr(probability, "free_symbols", ()))
            where = ", ".join(f"{name} = {at[name]:g}" for name in used)
            raise ParameterError(
                f"the probability of {self.game.path(node)}, which is {probability}, is {found[(*point, node)]:g} "
                f"at {where}; it must be between 0 and 1. Narrow the ranges."
            )
        return found

    @functools.cached_property
    def _payoffs(self) -> CompiledArray:
        return CompiledArray(self.game.payoffs, self._describe_payoff)

    @functools.cached_property
    def _chance(self) -> CompiledArray:
        assert isinstance(self.game, ExtensiveGame)
        game = self.game
        return CompiledArray(game.chance_probability, lambda node: f"the probability of {game.path(node)}")

    def _describe_payoff(self, cell: int) -> str:
        player, *place = map(int, np.unravel_index(cell, self.game.payoffs.shape))
        if isinstance(self.game, ExtensiveGame):
            where = self.game.path(int(self.game.terminals[place[0]]))
        else:
            where = "(" + ", ".join(own[k] for own, k in zip(self.game.strategies, place, strict=True)) + ")"
        return f"the payoff of {self.game.players[player]!r} at {where}"

    # -- outcomes --------------------------------------------------------------------------------------------
    def outcome(self, name: str | Callable[..., Any]) -> Outcome:
        """An outcome by its name in the model or in the game, or a callable as it is.

        Examples
        --------
        >>> import gametheory as gt
        >>> game = gt.NormalFormGame.from_bimatrix([[1, 0]], players=["A", "B"], strategies=[["T"], ["L", "R"]])
        >>> gt.Model("zero-sum", game, gt.ParameterSpace()).outcome("P(B: L)").weights.tolist()
        [[True, False]]
        """
        if callable(name):
            return name
        if name in self.outcomes:
            return self.outcomes[name]
        if self.outcomes and ":" not in str(name):
            raise unknown("outcome", name, self.outcomes)
        return parse_outcome(name, self.game)

    # -- identity --------------------------------------------------------------------------------------------
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Model):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[Any, ...]:
        return self.name, self.game, self.space, tuple(self.outcomes.spelt.items())

    def __reduce__(self) -> tuple[Any, ...]:
        spelt = None if self.outcomes.are_default else dict(self.outcomes.spelt)
        return Model, (self.name, self.game, self.space, spelt)

    def __repr__(self) -> str:
        kind = "tree" if isinstance(self.game, ExtensiveGame) else "normal form"
        used = len(self.game.parameters)
        return f"<Model {self.name!r}: {kind} of {', '.join(self.game.players)} with {used} of {len(self.space)} parameters>"

    def _repr_html_(self) -> str:
        from html import escape

        return f"<h4>{escape(self.name)}</h4>{self.game._repr_html_()}{self.space._repr_html_()}"


class Outcomes(Mapping[str, Outcome]):
    """The outcomes of a model by name, each weighed when it is first asked for.

    A tree of thousands of labelled ends has as many outcomes with a flag for every end; few of them are ever used.
    """

    __slots__ = ("_found", "_game", "spelt")

    def __init__(
        self, game: NormalFormGame | ExtensiveGame, spelt: Mapping[str, str | Callable[..., Any]]
    ) -> None:
        self.spelt = MappingProxyType(dict(spelt))
        self._game = game
        self._found: dict[str, Outcome] = {}

    @property
    def are_default(self) -> bool:
        """Whether these are all outcomes of the game, under their own names."""
        return list(self.spelt.items()) == [(name, name) for name in default_outcomes(self._game)]

    def __getitem__(self, name: str) -> Outcome:
        if name not in self._found:
            spelling = self.spelt[name]
            self._found[name] = spelling if callable(spelling) else parse_outcome(spelling, self._game)
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.spelt)

    def __len__(self) -> int:
        return len(self.spelt)

    def __contains__(self, name: object) -> bool:
        return name in self.spelt

    def __repr__(self) -> str:
        return f"Outcomes({', '.join(map(repr, self))})"


def _outcomes(
    game: NormalFormGame | ExtensiveGame, given: Iterable[str] | Mapping[str, str | Callable[..., Any]] | None
) -> Outcomes:
    if given is None:
        return Outcomes(game, {name: name for name in default_outcomes(game)})
    if isinstance(given, str):
        raise ParameterError(f"the outcomes are the single text {given!r}; give a list of names.")
    spelt = dict(given) if isinstance(given, Mapping) else {name: name for name in given}
    for name in spelt:
        if not isinstance(name, str):
            raise ParameterError(
                f"an outcome is named {name!r}; give a function a name as {{'my outcome': function}}."
            )
    outcomes = Outcomes(game, spelt)
    for name in outcomes:
        outcomes[name]  # a name of nothing in the game is the user's slip, and is reported now
    return outcomes
