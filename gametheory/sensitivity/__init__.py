"""What follows when a parameter moves: exact thresholds, sweeps, tornado and phase diagrams."""

# Each of these functions bears the name of its module, so they are bound here, once and for all, in place of
# the modules.
from gametheory.sensitivity.comparative_statics import ComparativeStatics, comparative_statics
from gametheory.sensitivity.equilibrium_map import equilibrium_map
from gametheory.sensitivity.line_map import Branch, Event, LineMap, Piece
from gametheory.sensitivity.phase_diagram import PhaseDiagram, phase_diagram
from gametheory.sensitivity.sweep import sweep
from gametheory.sensitivity.thresholds import Breakpoint, Interval, Thresholds, thresholds
from gametheory.sensitivity.tornado import Tornado, TornadoBar, tornado

__all__ = [
    "Branch",
    "Breakpoint",
    "ComparativeStatics",
    "Event",
    "Interval",
    "LineMap",
    "PhaseDiagram",
    "Piece",
    "Thresholds",
    "Tornado",
    "TornadoBar",
    "comparative_statics",
    "equilibrium_map",
    "phase_diagram",
    "sweep",
    "thresholds",
    "tornado",
]
