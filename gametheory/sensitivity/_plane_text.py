"""A map of two parameters as a table in LaTeX."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gametheory import scalars
from gametheory.equilibria import representation
from gametheory.games.representation import escape_latex

if TYPE_CHECKING:
    from gametheory.sensitivity.plane_map import PlaneMap

__all__ = ["latex"]


def latex(found: PlaneMap) -> str:
    """A ``tabular`` of faces with their equilibria and payoffs, and below it the curves between them."""
    players = found.faces[0].equilibria[0].payoffs if found.faces[0].equilibria else {}
    columns = ["Face", "Share", "Equilibrium", *map(escape_latex, players)]
    lines = [
        r"\begin{tabular}{r r l" + " r" * len(players) + "}",
        r"\hline",
        " & ".join(columns) + r" \\",
        r"\hline",
    ]
    for face in found.faces:
        first = [f"{face.number + 1}", rf"{float(face.area_share):.1%}".replace("%", r"\%")]
        for k, equilibrium in enumerate(face.equilibria):
            payoffs = [f"${scalars.to_latex(value)}$" for value in equilibrium.payoffs.values()]
            shown = (
                escape_latex(equilibrium.play)
                if equilibrium.is_pure
                else representation.latex_play(equilibrium)
            )
            lines.append(" & ".join([*(["", ""] if k else first), shown, *payoffs]) + r" \\")
        if not face.equilibria:
            lines.append(" & ".join([*first, "none found", *("" for _ in players)]) + r" \\")
    lines += [r"\hline", r"\end{tabular}"]
    if found.curves:
        formulas = ", ".join(f"${curve.to_latex()}$" for curve in found.curves)
        lines += ["", rf"Equilibria change on {formulas}."]
    return "\n".join(lines)
