"""Pictures of games and results, each a :class:`matplotlib.figure.Figure`.

A result draws itself with ``.plot()``, which comes here; a tree and a payoff table are drawn with :func:`tree` and
:func:`payoff_table`. Save a figure with ``figure.savefig(path)``, or with :func:`svg` and :func:`png` to get the same bytes
every time.
"""

from gametheory.reports.plots.bars import tornado
from gametheory.reports.plots.dynamics import basins, trajectory
from gametheory.reports.plots.game_trees import tree
from gametheory.reports.plots.line_maps import line_map
from gametheory.reports.plots.payoff_tables import payoff_table
from gametheory.reports.plots.plane_maps import plane_map
from gametheory.reports.plots.planes import phase_diagram
from gametheory.reports.plots.robustness import levers, robustness
from gametheory.reports.plots.statics import comparative_statics
from gametheory.reports.plots.strips import thresholds
from gametheory.reports.plots.style import Scheme, png, svg

__all__ = [
    "Scheme",
    "basins",
    "comparative_statics",
    "levers",
    "line_map",
    "payoff_table",
    "phase_diagram",
    "plane_map",
    "png",
    "robustness",
    "svg",
    "thresholds",
    "tornado",
    "trajectory",
    "tree",
]
