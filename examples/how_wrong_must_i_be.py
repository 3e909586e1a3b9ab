"""How far may the numbers be off before the conclusion changes, each alone and all at once?

Run: python examples/how_wrong_must_i_be.py
"""

from pathlib import Path

import gametheory as gt

HERE = Path(__file__).parent


def main() -> None:
    model = gt.load_model(HERE / "tripwire.toml")

    found = gt.sensitivity.robustness(model, "P(Russia: act) = 0", progress=False)
    print(found)

    # Alone, each parameter has an exact switching value; together they have a box in which the conclusion is proved.
    for switch in found.switches:
        ends = [str(turn.value) if turn else "never" for turn in (switch.below, switch.above)]
        print(f"{switch.name}: fails below {ends[0]}, above {ends[1]}")
    print(f"proved while nothing is off by more than {float(found.box.lower):.3%} of its range")
    print("the nearest counterexample moves", ", ".join(found.binding))


if __name__ == "__main__":
    main()
