"""Random games in four regimes, the same for everybody: a stack follows from its shape, regime, size and seed alone."""

from __future__ import annotations

import numpy as np

REGIMES = {
    "uniform": lambda rng, size: rng.random(size),
    "integers": lambda rng, size: rng.integers(0, 10**6, size, endpoint=True).astype(float),
    "lognormal": lambda rng, size: rng.lognormal(0.0, 3.0, size),
    "small": lambda rng, size: rng.integers(0, 3, size).astype(float),
}


def stack(shape: tuple[int, ...], games: int, regime: str = "uniform", seed: int = 0) -> np.ndarray:
    """Payoffs of shape (games, players, n_1, ..., n_N)."""
    rng = np.random.default_rng([seed, *shape, list(REGIMES).index(regime)])
    return REGIMES[regime](rng, (games, len(shape), *shape))


def games_last(payoffs: np.ndarray) -> np.ndarray:
    """The same stack with the games varying fastest in memory."""
    axes = (*range(1, payoffs.ndim), 0)
    return np.ascontiguousarray(payoffs.transpose(axes)).transpose(payoffs.ndim - 1, *range(payoffs.ndim - 1))


def tic_tac_toe() -> tuple[list[int], list[int], np.ndarray]:
    """The whole tree of tic-tac-toe in pre-order, 549,946 nodes: parents, movers (-1 at ends), payoffs (2, ends)."""
    lines = [0b111, 0b111000, 0b111000000, 0b1001001, 0b10010010, 0b100100100, 0b100010001, 0b1010100]
    wins = {board for board in range(512) if any(board & line == line for line in lines)}
    parent: list[int] = []
    mover: list[int] = []
    values: list[int] = []
    waiting = [(0, 0, 0, -1)]  # the mover's board, the other's, who moves, the node above
    while waiting:
        own, other, who, above = waiting.pop()
        here = len(parent)
        parent.append(above)
        if other in wins or own | other == 511:
            mover.append(-1)
            values.append((1 if who else -1) if other in wins else 0)
            continue
        mover.append(who)
        taken = own | other
        waiting.extend(
            (other, own | 1 << cell, 1 - who, here) for cell in range(8, -1, -1) if not taken >> cell & 1
        )
    return parent, mover, np.array([values, [-v for v in values]], dtype=float)


def random_tree(nodes: int, seed: int = 0) -> tuple[list[int], list[int]]:
    """A random tree of perfect information of two players, with exactly so many nodes: parents and movers in pre-order."""
    rng = np.random.default_rng(seed)
    children: list[list[int]] = [[]]
    leaves = [0]
    while len(children) < nodes:
        node = leaves.pop(int(rng.integers(len(leaves))))
        for _ in range(min(int(rng.integers(2, 5)), max(nodes - len(children), 1))):
            children[node].append(len(children))
            leaves.append(len(children))
            children.append([])
    parent: list[int] = []
    mover: list[int] = []
    waiting = [(0, -1, 0)]
    while waiting:
        node, above, who = waiting.pop()
        here = len(parent)
        parent.append(above)
        mover.append(who if children[node] else -1)
        waiting.extend((child, here, 1 - who) for child in reversed(children[node]))
    return parent, mover
