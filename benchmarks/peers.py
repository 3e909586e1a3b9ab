"""Other people's solvers. Each is two functions: one that makes the program's own object of a game, and one that solves it.

Only the second is timed: handing over the game is not held against anybody. An answer is a list of profiles, each one vector of
probabilities a player; or a number, for tasks other than finding equilibria.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import numpy as np

Profile = tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Peer:
    """A solver of another program; `complete` says whether it sets out to find all equilibria."""

    program: str
    method: str
    prepare: Callable[[np.ndarray], Any]
    solve: Callable[[Any], Any]
    complete: bool = True

    @property
    def name(self) -> str:
        return f"{self.program} {self.method}"


# -- QuantEcon ---------------------------------------------------------------------------------------------------------
def _quantecon(payoffs: np.ndarray) -> Any:
    import quantecon.game_theory as qe

    players = [
        # QuantEcon wants every player's own strategy first, then those of the players after it, in turn.
        qe.Player(
            np.ascontiguousarray(table.transpose([(i + k) % len(payoffs) for k in range(len(payoffs))]))
        )
        for i, table in enumerate(payoffs)
    ]
    return qe.NormalFormGame(players)


def _qe_supports(game: Any) -> list[Profile]:
    import quantecon.game_theory as qe

    return qe.support_enumeration(game)


def _qe_vertices(game: Any) -> list[Profile]:
    import quantecon.game_theory as qe

    return qe.vertex_enumeration(game)


def _qe_lemke_howson(game: Any) -> list[Profile]:
    import quantecon.game_theory as qe

    return [qe.lemke_howson(game, capping=10)]


def _qe_minmax(payoffs: np.ndarray) -> list[Profile]:
    from quantecon.optimize import minmax

    _, x, y = minmax(payoffs)
    return [(x, y)]


# -- HiGHS -------------------------------------------------------------------------------------------------------------
def _highs(payoffs: np.ndarray) -> list[Profile]:
    from scipy.optimize import linprog

    m, n = payoffs.shape
    # Maximise the value v subject to x'A >= v, sum x = 1.
    found = linprog(
        np.append(np.zeros(m), -1.0),
        A_ub=np.column_stack([-payoffs.T, np.ones(n)]),
        b_ub=np.zeros(n),
        A_eq=np.append(np.ones(m), 0.0)[None],
        b_eq=[1.0],
        bounds=[(0, None)] * m + [(None, None)],
        method="highs-ipm",
    )
    return [(found.x[:m], -found.ineqlin.marginals)]


# -- Nashpy ------------------------------------------------------------------------------------------------------------
def _nashpy(payoffs: np.ndarray) -> Any:
    import nashpy

    return nashpy.Game(*payoffs)


# -- Gambit ------------------------------------------------------------------------------------------------------------
def _gambit(payoffs: np.ndarray) -> Any:
    import pygambit

    return pygambit.StrategicGame.from_arrays(*payoffs)


def _profiles(result: Any) -> list[Profile]:
    # Methods that look for one equilibrium say `equilibrium`, which is None where they fail.
    found = result.equilibria if hasattr(result, "equilibria") else [result.equilibrium]
    return [
        tuple(np.array([float(p) for _, p in mixed]) for mixed in profile)
        for profile in found
        if profile is not None
    ]


def _gambit_solver(name: str, **options: Any) -> Callable[[Any], list[Profile]]:
    def solve(game: Any) -> list[Profile]:
        import pygambit

        start = game.mixed_strategy_profile(rational=True) if name == "simpdiv" else game
        return _profiles(getattr(pygambit.nash, f"{name}_solve")(start, **options))

    return solve


# -- trees -------------------------------------------------------------------------------------------------------------
def _tree_lists(tree: tuple[Any, Any, Any]) -> Any:
    parent, mover, payoffs = tree
    children: list[list[int]] = [[] for _ in parent]
    for node in range(1, len(parent)):
        children[parent[node]].append(node)
    ends = [node for node, who in enumerate(mover) if who < 0]
    return (
        children,
        list(mover),
        dict(zip(ends, zip(*np.asarray(payoffs).tolist(), strict=True), strict=True)),
    )


def _python_recursion(tree: Any) -> tuple[float, ...]:
    children, mover, payoffs = tree

    def value(node: int) -> tuple[float, ...]:
        who = mover[node]
        if who < 0:
            return payoffs[node]
        return max((value(child) for child in children[node]), key=lambda v: v[who])

    return value(0)


def _open_spiel(_: Any) -> Any:
    import pyspiel

    return pyspiel.load_game("tic_tac_toe")


def _open_spiel_states(game: Any) -> tuple[float, ...]:
    def value(state: Any) -> list[float]:
        if state.is_terminal():
            return state.returns()
        who = state.current_player()
        return max((value(state.child(action)) for action in state.legal_actions()), key=lambda v: v[who])

    return tuple(value(game.new_initial_state()))


# -- the flagship by hand ----------------------------------------------------------------------------------------------
def _stages(prepare: Callable[[np.ndarray], Any]) -> Callable[[Any], Any]:
    """Reply stages, each Russia's payoffs and the program's object of the game between West and China."""
    return lambda tables: [(table[0], prepare(table[1:])) for table in tables]


def _induct(solve: Callable[[Any], list[Profile]]) -> Callable[[Any], float]:
    """Russia's best payoff, by backward induction over the reply stages with another program's solver; refraining pays 0."""
    return lambda stages: max(
        0.0, *(float(x @ russia @ y) for russia, game in stages for x, y in solve(game))
    )


def _nashpy_vertices(game: Any) -> list[Profile]:
    return list(game.vertex_enumeration())


def _same(game: Any) -> Any:
    return game


PEERS: dict[str, Peer] = {
    peer.name: peer
    for peer in (
        Peer("quantecon", "support enumeration", _quantecon, _qe_supports),
        Peer("quantecon", "vertex enumeration", _quantecon, _qe_vertices),
        Peer("quantecon", "Lemke-Howson, capping", _quantecon, _qe_lemke_howson, complete=False),
        Peer("quantecon", "minmax", _same, _qe_minmax, complete=False),
        Peer("HiGHS", "interior point", _same, _highs, complete=False),
        Peer(
            "nashpy",
            "support enumeration",
            _nashpy,
            lambda g: list(g.support_enumeration(non_degenerate=True)),
        ),
        Peer("nashpy", "vertex enumeration", _nashpy, _nashpy_vertices),
        Peer("quantecon", "stage by stage", _stages(_quantecon), _induct(_qe_supports), complete=False),
        Peer("nashpy", "stage by stage", _stages(_nashpy), _induct(_nashpy_vertices), complete=False),
        Peer(
            "pygambit",
            "stage by stage",
            _stages(_gambit),
            _induct(_gambit_solver("enummixed", rational=False)),
            complete=False,
        ),
        Peer("pygambit", "enummixed, floats", _gambit, _gambit_solver("enummixed", rational=False)),
        Peer("pygambit", "enummixed, exact", _gambit, _gambit_solver("enummixed", rational=True)),
        Peer("pygambit", "enumpoly", _gambit, _gambit_solver("enumpoly", use_strategic=True)),
        Peer("pygambit", "gnm", _gambit, _gambit_solver("gnm"), complete=False),
        Peer("pygambit", "simpdiv", _gambit, _gambit_solver("simpdiv"), complete=False),
        Peer("pygambit", "logit", _gambit, _gambit_solver("logit", use_strategic=True), complete=False),
        Peer("python", "recursion over lists", _tree_lists, _python_recursion, complete=False),
        Peer("OpenSpiel", "states in Python", _open_spiel, _open_spiel_states, complete=False),
    )
}
PACKAGES = {
    "gametheory": "gametheory",
    "quantecon": "quantecon",
    "nashpy": "nashpy",
    "pygambit": "pygambit",
    "HiGHS": "scipy",
    "OpenSpiel": "open_spiel",
}


def version(program: str) -> str | None:
    """The installed release of a program, or None."""
    if program == "python":
        return sys.version.split()[0]
    try:
        return metadata.version(PACKAGES[program])
    except metadata.PackageNotFoundError:
        return None


def regret(payoffs: Sequence[np.ndarray], profile: Profile) -> float:
    """The most that a player gains by deviating, relative to the range of its payoffs."""
    worst = 0.0
    for i, table in enumerate(payoffs):
        values = np.asarray(table, dtype=float)
        spread = float(np.ptp(values)) or 1.0
        for j in range(len(profile) - 1, -1, -1):
            if j != i:
                values = np.tensordot(values, profile[j], axes=(j, 0))
        worst = max(worst, float(values.max() - values @ profile[i]) / spread)
    return worst
