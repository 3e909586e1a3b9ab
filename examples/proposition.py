"""From a game to a proposition: when exactly is a threat credible, in all parameters at once?

Run: python examples/proposition.py
"""

from pathlib import Path

import gametheory as gt

HERE = Path(__file__).parent


def main() -> None:
    model = gt.load_model(HERE / "tripwire.toml")

    # The conditions under which deterrence is an equilibrium, each with the deviation that it rules out.
    deterrence = gt.sensitivity.conditions(model, {"Russia": "refrain", "West": "respond"}, progress=False)
    print(deterrence)
    print("\nat the baseline:", {label: str(margin) for label, margin in deterrence.margin_at().items()})

    # The same solved for the exposure, and as a statement with its proof. to_latex() writes it for a paper.
    print(f"\n{deterrence.solve_for('x_W')}\n")
    print(deterrence.proposition("Deterrence").to_text())

    # An outcome rather than a profile: one case for each way in which it can come about.
    print(gt.sensitivity.conditions(model, "P(Russia: act) = 1", progress=False))


if __name__ == "__main__":
    main()
