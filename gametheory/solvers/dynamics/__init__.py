"""Learning and evolutionary dynamics of two-player games, through Nashpy, and basins of attraction of equilibria.

- populations: :func:`replicator` (one population), :func:`asymmetric_replicator` (one for each player), :func:`moran`,
  :func:`imitation`;
- players who learn: :func:`fictitious_play`, :func:`stochastic_fictitious_play`, :func:`introspection`;
- where they lead: :func:`basins_of_attraction`.

A dynamic is no solution concept: it may cycle, or rest where no equilibrium is. So the results are paths, and say how far from
equilibrium they end (:attr:`Trajectory.regret`). All of this is for two players; with ``import gametheory as gt`` the
functions are ``gt.dynamics.replicator`` and so on.

References
----------
V. Knight and J. Campbell, "Nashpy: A Python library for the computation of Nash equilibria", Journal of Open Source Software
3(30), 2018, 904.
J. Weibull, Evolutionary Game Theory, MIT Press, 1995.
D. Fudenberg and D. Levine, The Theory of Learning in Games, MIT Press, 1998.
"""

from gametheory.solvers.dynamics.basins import Basins, basins_of_attraction
from gametheory.solvers.dynamics.learning import (
    fictitious_play,
    introspection,
    stochastic_fictitious_play,
)
from gametheory.solvers.dynamics.populations import imitation, moran
from gametheory.solvers.dynamics.replicator import asymmetric_replicator, replicator
from gametheory.solvers.dynamics.trajectory import Trajectory

__all__ = [
    "Basins",
    "Trajectory",
    "asymmetric_replicator",
    "basins_of_attraction",
    "fictitious_play",
    "imitation",
    "introspection",
    "moran",
    "replicator",
    "stochastic_fictitious_play",
]
