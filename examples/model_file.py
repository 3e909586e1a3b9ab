"""Models in text files: read, solved, changed, written, and refused with the line when something is wrong.

Run: python examples/model_file.py
"""

import tempfile
from pathlib import Path

import gametheory as gt

HERE = Path(__file__).parent


def main() -> None:
    # A tree, exactly: 0.6 in the file is 3/5.
    tripwire = gt.load_model(HERE / "tripwire.toml")
    for equilibrium in gt.subgame_perfect_equilibria(tripwire.at()):
        print("tripwire:", equilibrium.action_probability("Russia", "act"), dict(equilibrium.payoffs))
    print(gt.sensitivity.thresholds(tripwire, "x_W", progress=False))

    # A table: three equilibria, one of them mixed, while a fight costs more than the prize.
    contest = gt.load_model(HERE / "hawk_dove.toml")
    mixed = [e for e in gt.nash_equilibria(contest.at()) if not e.is_pure]
    print("\nhawk and dove:", mixed[0].strategies["Challenger"]["hawk"], "of the time each side fights")
    print(gt.sensitivity.thresholds(contest, "V", progress=False))

    # Another baseline, saved for a colleague. Nothing is lost on the way.
    cheaper = gt.Model("cheap reply", tripwire.game, tripwire.space.with_values(k=10))
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "cheap_reply.toml"
        gt.save_model(cheaper, copy)
        assert gt.load_model(copy) == cheaper

        # A slip is named by file, line and field, and so is anything that is not arithmetic.
        for slip in ("-x_w/2", "__import__('os')"):
            bad = Path(folder) / "bad.toml"
            bad.write_text((HERE / "tripwire.toml").read_text().replace("-x_W/2", slip))
            try:
                gt.load_model(bad)
            except gt.ModelFileError as error:
                print(f"\nline {error.line}, {error.field}: {error.message}")


if __name__ == "__main__":
    main()
