"""The cheapest change of what a policy can set that makes a target hold, or the proof that none does.

Run: python examples/what_would_it_take.py
"""

from pathlib import Path

import gametheory as gt

HERE = Path(__file__).parent


def main() -> None:
    model = gt.load_model(HERE / "tripwire.toml")
    target = "P(Russia: act) = 0"

    # A reply costs the West 70: how much investment would make it credible all the same?
    found = gt.sensitivity.levers(model, target, at={"k": 70}, cost={"x_W": 1}, progress=False)
    print(found)
    assert found.feasible is False

    # None within the range. Beyond it:
    wide = gt.sensitivity.levers(
        model, target, at={"k": 70}, cost={"x_W": 1}, over={"x_W": (0, 500)}, progress=False
    )
    print(wide)

    # Or both together, a dollar of cost saved being twice as dear as a dollar invested.
    both = gt.sensitivity.levers(
        model, target, levers=["x_W", "k"], at={"k": 70}, cost={"x_W": 1, "k": 2}, progress=False
    )
    print(both)
    # At the limit the West is indifferent; at the point that is given, the target was verified by solving the game.
    print({name: str(value) for name, value in both.point.items()})


if __name__ == "__main__":
    main()
