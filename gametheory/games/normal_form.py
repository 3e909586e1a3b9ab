r"""Games in normal form.

A finite game in normal (strategic) form is a set of players :math:`1, \dots, N`, a finite set of pure strategies
:math:`S_i` for each and a payoff :math:`u_i(s_1, \dots, s_N)` for each player at each strategy profile. It is stored as
one array of shape ``(N, n_1, ..., n_N)``: the player axis first, then one axis a player in the order of the players,
never rotated.

References
----------
J. von Neumann and O. Morgenstern (1944), *Theory of Games and Economic Behavior*, section 11 (normalised form).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gametheory import scalars
from gametheory.errors import GameError, unknown
from gametheory.games import _checks, _reading
from gametheory.games._readable import Readable

__all__ = ["MAX_CELLS", "NormalFormGame"]

#: Most payoffs (players times strategy profiles) that a game may have unless ``max_cells=`` says otherwise.
MAX_CELLS = 50_000_000

_RAISE = "Use fewer strategies, or pass max_cells= to allow more."


@dataclass(frozen=True, slots=True, eq=False, init=False, repr=False)
class NormalFormGame(Readable):
    r"""A finite game in normal form.

    Parameters
    ----------
    payoffs : array_like
        Shape ``(n_players, n_1, ..., n_N)``. Ints, fractions, decimals and strings such as ``"1/3"`` stay exact, one
        float makes the game real, one SymPy expression (or a text with names) makes it parametric.
    players : sequence of str, optional
        ``"Player 1"``, ``"Player 2"``, ... by default.
    strategies : sequence of sequences of str, or mapping of player to sequence, optional
        ``"1"``, ``"2"``, ... by default.
    title : str, optional
        A caption; not part of the game's identity.
    max_cells : int, optional
        Most payoffs to allow, :data:`MAX_CELLS` by default.

    Attributes
    ----------
    payoffs : numpy.ndarray
        A read-only copy: float64, or objects (:class:`fractions.Fraction`, SymPy expressions).
    domain : {"real", "rational", "parametric"}

    Notes
    -----
    Two games are equal if their players, strategies, domains and payoffs are; expressions are compared as they are
    written, not by what they simplify to.

    Examples
    --------
    >>> from gametheory.games import NormalFormGame
    >>> game = NormalFormGame.from_bimatrix([[3, 0], [5, 1]], [[3, 5], [0, 1]], strategies=[["C", "D"]] * 2)
    >>> print(game)
    Player 1 \ Player 2     C     D
                      C  3, 3  0, 5
                      D  5, 0  1, 1
    >>> game.payoff("D", "C")
    {'Player 1': Fraction(5, 1), 'Player 2': Fraction(0, 1)}
    """

    payoffs: NDArray[Any]
    players: tuple[str, ...]
    strategies: tuple[tuple[str, ...], ...]
    title: str
    domain: scalars.Domain

    def __init__(
        self,
        payoffs: object,
        players: Iterable[object] | None = None,
        strategies: Sequence[Iterable[object]] | Mapping[str, Iterable[object]] | None = None,
        title: str = "",
        *,
        max_cells: int | None = None,
    ) -> None:
        given = _reading.as_array(payoffs)
        _checks.size(given.size, MAX_CELLS if max_cells is None else max_cells, "the game", _RAISE)
        shape = _reading.shape(given)
        names = _reading.player_labels(players, len(shape))
        actions = _reading.strategy_labels(strategies, names, shape)
        domain, array = _reading.read(given, names, actions)
        array.setflags(write=False)
        # The class is frozen, so that its own constructor has to go round the guard.
        for field, value in (
            ("payoffs", array),
            ("players", names),
            ("strategies", actions),
            ("title", str(title)),
            ("domain", domain),
        ):
            object.__setattr__(self, field, value)

    # -----------------------------------------------------------------------------------------------------------------
    # Other ways to write a game
    # -----------------------------------------------------------------------------------------------------------------
    @classmethod
    def from_bimatrix(
        cls,
        A: object,
        B: object | None = None,
        players: Iterable[object] | None = None,
        strategies: Sequence[Iterable[object]] | Mapping[str, Iterable[object]] | None = None,
        title: str = "",
    ) -> NormalFormGame:
        """Two players from their payoff matrices: rows are the first player's strategies, columns the second's.

        Parameters
        ----------
        A : array_like of shape (m, n)
            Payoffs of the first player.
        B : array_like of shape (m, n), optional
            Payoffs of the second player; ``-A`` (a zero-sum game) if it is left out.
        players, strategies, title
            As for :class:`NormalFormGame`.

        Returns
        -------
        NormalFormGame

        Examples
        --------
        >>> NormalFormGame.from_bimatrix([[1, -1], [-1, 1]]).payoff("1", "2")
        {'Player 1': Fraction(-1, 1), 'Player 2': Fraction(1, 1)}
        """
        matrices = [_reading.as_array(A)]
        # Before a second matrix is made of the first.
        _checks.size(2 * matrices[0].size, MAX_CELLS, "the game", _RAISE)
        if B is None:
            matrices.append(
                -_reading.exact_objects(matrices[0]) if matrices[0].dtype.kind != "f" else -matrices[0]
            )
        else:
            matrices.append(_reading.as_array(B))
        for name, matrix in zip("AB", matrices, strict=True):
            if matrix.ndim != 2:
                raise GameError(
                    f"the payoff matrix {name} has {matrix.ndim} dimension(s); a bimatrix game needs two: rows for the "
                    "first player's strategies, columns for the second's."
                )
        if matrices[0].shape != matrices[1].shape:
            raise GameError(
                f"the payoff matrices have different shapes, {matrices[0].shape} and {matrices[1].shape}; both need a "
                "row for each strategy of the first player and a column for each of the second."
            )
        if any(matrix.dtype.kind != "f" for matrix in matrices):
            matrices = [matrix.astype(object) for matrix in matrices]
        return cls(np.stack(matrices), players, strategies, title)

    @classmethod
    def from_profiles(
        cls,
        profiles: Mapping[Any, Sequence[Any] | Mapping[str, Any]],
        players: Iterable[object] | None = None,
        strategies: Sequence[Iterable[object]] | Mapping[str, Iterable[object]] | None = None,
        title: str = "",
    ) -> NormalFormGame:
        """A game from labelled strategy profiles.

        Parameters
        ----------
        profiles : mapping of tuple of str to sequence or mapping
            The payoffs at each profile, in the order of the players or by the player's name.
        players : sequence of str, optional
            Taken from the first payoffs if these are given by name.
        strategies : optional
            In the order of first appearance by default.
        title : str, optional

        Returns
        -------
        NormalFormGame

        Examples
        --------
        >>> game = NormalFormGame.from_profiles(
        ...     {
        ...         ("act", "respond"): {"Russia": -20, "West": -30},
        ...         ("act", "acquiesce"): {"Russia": 50, "West": -60},
        ...         ("refrain", "respond"): {"Russia": 0, "West": 0},
        ...         ("refrain", "acquiesce"): {"Russia": 0, "West": 0},
        ...     }
        ... )
        >>> game.strategies
        (('act', 'refrain'), ('respond', 'acquiesce'))
        """
        if not profiles:
            raise GameError("no strategy profiles were given; a game needs at least one.")
        table: dict[tuple[str, ...], Any] = {}
        for key, payoffs in profiles.items():
            parts = (key,) if isinstance(key, str) else tuple(key)
            profile = tuple(_checks.label(part, f"a strategy in the profile {key!r}") for part in parts)
            if profile in table:
                raise GameError(f"the strategy profile {_reading.profile_text(profile)} is given twice.")
            table[profile] = payoffs
        first, first_payoffs = next(iter(table.items()))
        if players is None and isinstance(first_payoffs, Mapping):
            players = list(first_payoffs)
        names = _reading.player_labels(players, len(first))
        for profile in table:
            if len(profile) != len(names):
                raise GameError(
                    f"the strategy profile {_reading.profile_text(profile)} names {len(profile)} strategies, but there are "
                    f"{len(names)} players: {', '.join(names)}."
                )
        if strategies is None:
            strategies = [list(dict.fromkeys(profile[i] for profile in table)) for i in range(len(names))]
        actions = _reading.strategy_labels(strategies, names, None)
        _checks.size(
            len(names) * math.prod(map(len, actions)),
            MAX_CELLS,
            "the game of these strategies",
            "List fewer strategies.",
        )
        known = [frozenset(own) for own in actions]
        for profile in table:
            for i, name in enumerate(profile):
                if name not in known[i]:
                    raise unknown(f"strategy of {names[i]!r}", name, actions[i])
        return cls._from_table(
            lambda profile: _reading.at(table, profile), names, actions, actions, title, None
        )

    @classmethod
    def from_function(
        cls,
        function: Callable[..., Sequence[object] | Mapping[str, object]],
        strategies: Mapping[str, Sequence[object]] | Sequence[Sequence[object]],
        players: Iterable[object] | None = None,
        title: str = "",
        *,
        max_cells: int | None = None,
    ) -> NormalFormGame:
        """A game whose payoffs a function computes.

        Parameters
        ----------
        function : callable
            Called with one strategy a player, as they stand in `strategies` (so they may be numbers); returns the
            payoffs in the order of the players or by the player's name.
        strategies : mapping of player to sequence, or sequence of sequences
        players, title, max_cells
            As for :class:`NormalFormGame`.

        Returns
        -------
        NormalFormGame

        Examples
        --------
        Cournot competition with an inverse demand of 10 minus the total quantity, and no cost:

        >>> game = NormalFormGame.from_function(
        ...     lambda q, r: (q * (10 - q - r), r * (10 - q - r)), {"Firm A": range(5), "Firm B": range(5)}
        ... )
        >>> game.payoff("3", "4")
        {'Firm A': Fraction(9, 1), 'Firm B': Fraction(12, 1)}
        """
        if isinstance(strategies, Mapping):
            if players is None:
                players = list(strategies)
            wanted = list(players)
            _reading.same_players(strategies, [str(name) for name in wanted], "strategies")
            choices: list[Sequence[object]] = [strategies[str(name)] for name in wanted]
        else:
            choices = list(strategies)
        names = _reading.player_labels(players, len(choices))
        for i, given in enumerate(choices):
            if not hasattr(given, "__len__"):
                choices[i] = tuple(given)
        limit = MAX_CELLS if max_cells is None else max_cells
        # Sizes first: a list of labels is as long as the range that it is read from.
        _checks.size(len(names) * math.prod(len(given) for given in choices), limit, "the game", _RAISE)
        actions = _reading.strategy_labels(choices, names, None)
        return cls._from_table(lambda profile: function(*profile), names, actions, choices, title, max_cells)

    @classmethod
    def _from_table(
        cls,
        payoffs_at: Callable[[tuple[Any, ...]], Sequence[object] | Mapping[str, object]],
        players: tuple[str, ...],
        strategies: tuple[tuple[str, ...], ...],
        choices: Sequence[Sequence[object]],
        title: str,
        max_cells: int | None,
    ) -> NormalFormGame:
        shape = tuple(map(len, strategies))
        array = np.empty((len(players), *shape), dtype=object)
        for cell in itertools.product(*map(range, shape)):
            found = payoffs_at(tuple(choices[i][k] for i, k in enumerate(cell)))
            profile = tuple(strategies[i][k] for i, k in enumerate(cell))
            for i, value in enumerate(_reading.payoff_row(found, players, profile)):
                array[(i, *cell)] = value
        return cls(array, players, strategies, title, max_cells=max_cells)

    # -----------------------------------------------------------------------------------------------------------------
    # Reading a game
    # -----------------------------------------------------------------------------------------------------------------
    @property
    def n_players(self) -> int:
        """The number of players."""
        return len(self.players)

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of strategies of each player."""
        return tuple(int(n) for n in self.payoffs.shape[1:])

    @property
    def parameters(self) -> frozenset[str]:
        """The names of the parameters in the payoffs; empty unless the game is parametric."""
        if self.domain != "parametric":
            return frozenset()
        return frozenset().union(*(scalars.names(value) for value in self.payoffs.flat))

    def player_index(self, player: str) -> int:
        """The position of a player.

        Raises
        ------
        UnknownName
            With the nearest name as a suggestion.
        """
        return _checks.index("player", player, self.players)

    def strategy_index(self, player: str, strategy: str) -> int:
        """The position of a strategy among those of the player.

        Raises
        ------
        UnknownName
            With the nearest name as a suggestion.
        """
        i = self.player_index(player)
        return _checks.index(f"strategy of {player!r}", strategy, self.strategies[i])

    def profile_index(self, *profile: Any) -> tuple[int, ...]:
        """The positions of the strategies of a labelled profile, given as for :meth:`payoff`."""
        if len(profile) == 1 and isinstance(profile[0], Mapping):
            _reading.same_players(profile[0], self.players, "the profile")
            profile = tuple(profile[0][name] for name in self.players)
        elif len(profile) == 1 and not isinstance(profile[0], str):
            profile = tuple(profile[0])
        if len(profile) != self.n_players:
            raise GameError(
                f"the profile {_reading.profile_text(profile)} names {len(profile)} strategies; the game has {self.n_players} "
                f"players: {', '.join(self.players)}."
            )
        return tuple(
            self.strategy_index(name, strategy) for name, strategy in zip(self.players, profile, strict=True)
        )

    def payoff(self, *profile: Any) -> dict[str, Any]:
        """The payoff of every player at a pure strategy profile.

        Parameters
        ----------
        *profile : str
            One strategy for each player; or a single tuple of them, or a single mapping of player to strategy.

        Returns
        -------
        dict of str to scalar

        Examples
        --------
        >>> game = NormalFormGame.from_bimatrix([[1, 2]], [[3, 4]], strategies=[["T"], ["L", "R"]])
        >>> game.payoff({"Player 1": "T", "Player 2": "R"})
        {'Player 1': Fraction(2, 1), 'Player 2': Fraction(4, 1)}
        """
        return dict(zip(self.players, self.payoffs_at(self.profile_index(*profile)), strict=True))

    def payoffs_at(self, cell: tuple[int, ...]) -> list[Any]:
        """The payoffs, in the order of the players, where each plays the strategy of that position."""
        column = np.ravel_multi_index(cell, self.shape)
        return list(self.payoffs.reshape(self.n_players, -1)[:, column].tolist())

    def substitute(self, values: Mapping[str, object]) -> NormalFormGame:
        """The game with values put for its parameters.

        Parameters
        ----------
        values : mapping of str to scalar
            One for each parameter of the game; further names are ignored. Exact values keep the game exact, a float
            makes it real, and expressions in other parameters keep it parametric.

        Returns
        -------
        NormalFormGame

        Raises
        ------
        ParameterError
            If a value is missing, or a payoff divides by zero there.

        Examples
        --------
        >>> game = NormalFormGame([[["x", 0]], [[1, "x/3"]]])
        >>> game.substitute({"x": "1/2"}).payoff("1", "2")
        {'Player 1': Fraction(0, 1), 'Player 2': Fraction(1, 6)}
        """
        if self.domain != "parametric":
            return self
        numbers = _checks.parameter_values(values, self.parameters)
        array = np.empty(self.payoffs.shape, dtype=object)
        for index, value in np.ndenumerate(self.payoffs):
            array[index] = _checks.substitute(
                value, numbers, _reading.place_of(index, self.players, self.strategies)
            )
        return NormalFormGame(array, self.players, self.strategies, self.title, max_cells=array.size)

    # -----------------------------------------------------------------------------------------------------------------
    # Identity
    # -----------------------------------------------------------------------------------------------------------------
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NormalFormGame):
            return NotImplemented
        return (
            self.players == other.players
            and self.strategies == other.strategies
            and self.domain == other.domain
            and np.array_equal(self.payoffs, other.payoffs)
        )

    def __hash__(self) -> int:
        if self.domain == "real":
            # Adding zero makes the two floating-point zeros, which are equal, have the same bytes.
            return hash((self.players, self.strategies, (self.payoffs + 0.0).tobytes()))
        return hash((self.players, self.strategies, tuple(self.payoffs.flat)))

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (self.payoffs, self.players, self.strategies, self.title)

    # -----------------------------------------------------------------------------------------------------------------
    # Representations
    # -----------------------------------------------------------------------------------------------------------------
    def __repr__(self) -> str:
        title = f" {self.title!r}" if self.title else ""
        players = ", ".join(f"{name}: {n}" for name, n in zip(self.players, self.shape, strict=True))
        return f"<NormalFormGame{title} ({self.domain}) with strategies {{{players}}}>"

    def __str__(self) -> str:
        from gametheory.games import representation

        return representation.payoff_table_text(self)

    def _repr_html_(self) -> str:
        from gametheory.games import representation

        return representation.payoff_table_html(self)

    def to_latex(self) -> str:
        """The payoff table as a LaTeX ``tabular``, several of them for three or more players."""
        from gametheory.games import representation

        return representation.payoff_table_latex(self)

    def _repr_latex_(self) -> str:
        return self.to_latex()


def _rebuild(
    payoffs: NDArray[Any], players: tuple[str, ...], strategies: tuple[tuple[str, ...], ...], title: str
) -> NormalFormGame:
    """Unpickle through the constructor, so that the new game is validated and read-only like any other."""
    return NormalFormGame(payoffs, players, strategies, title, max_cells=payoffs.size)
