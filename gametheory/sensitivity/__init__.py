"""What follows when a parameter moves: exact thresholds, sweeps, tornado and phase diagrams."""

# Each of these functions bears the name of its module, so they are bound here, once and for all, in place of
# the modules.
from gametheory.sensitivity.comparative_statics import ComparativeStatics, comparative_statics
from gametheory.sensitivity.conditions import Conditions, conditions
from gametheory.sensitivity.equilibrium_map import equilibrium_map
from gametheory.sensitivity.levers import Lever, Levers, levers
from gametheory.sensitivity.line_map import Branch, Event, LineMap, Piece
from gametheory.sensitivity.phase_diagram import PhaseDiagram, phase_diagram
from gametheory.sensitivity.plane_map import Curve, Face, PlaneMap, Vertex
from gametheory.sensitivity.proposition import Proposition
from gametheory.sensitivity.robustness import Radius, Robustness, Switch, robustness
from gametheory.sensitivity.solved_conditions import SolvedConditions
from gametheory.sensitivity.sweep import sweep
from gametheory.sensitivity.thresholds import Breakpoint, Interval, Thresholds, thresholds
from gametheory.sensitivity.tornado import Tornado, TornadoBar, tornado
from gametheory.sensitivity.verify import Counterexample, Monotone, Verification, verify

__all__ = [
    "Branch",
    "Breakpoint",
    "ComparativeStatics",
    "Conditions",
    "Counterexample",
    "Curve",
    "Event",
    "Face",
    "Interval",
    "Lever",
    "Levers",
    "LineMap",
    "Monotone",
    "PhaseDiagram",
    "Piece",
    "PlaneMap",
    "Proposition",
    "Radius",
    "Robustness",
    "SolvedConditions",
    "Switch",
    "Thresholds",
    "Tornado",
    "TornadoBar",
    "Verification",
    "Vertex",
    "comparative_statics",
    "conditions",
    "equilibrium_map",
    "levers",
    "phase_diagram",
    "robustness",
    "sweep",
    "thresholds",
    "tornado",
    "verify",
]
