"""A two-player tripwire: does western investment in the way of an attack deter it?

Russia acts or refrains; if it acts, the West acquiesces or responds. Acquiescing costs the West half of its
investment x_W, responding a fifth of it and the cost k of the reply. By hand: the West responds if and only if
x_W/2 > x_W/5 + k, that is x_W > 10*k/3, and Russia acts if and only if the West would not respond.

Run: python examples/tripwire.py
"""

from fractions import Fraction

import gametheory as gt


def tripwire() -> gt.Model:
    space = gt.ParameterSpace(
        gt.Parameter("x_W", 134, low=60, high=160, unit="USD bn", role="lever", description="investment"),
        gt.Parameter("k", 40, low=10, high=90, unit="USD bn", description="the West's cost of a reply"),
    )
    x_W, k = space.symbols("x_W k")
    tree = gt.Decision("Russia", {
        "refrain": gt.Outcome("status quo", Russia=0, West=0),
        "act": gt.Decision("West", {
            "acquiesce": gt.Outcome("fait accompli", Russia=50, West=-x_W / 2),
            "respond": gt.Outcome("war", Russia=-20, West=-x_W / 5 - k),
        }),
    })  # fmt: skip
    return gt.Model("tripwire", gt.ExtensiveGame(tree), space)


def main() -> None:
    model = tripwire()

    # At the baseline the West responds, barely, and so nothing happens.
    baseline = model.at()
    print(baseline)
    (equilibrium,) = gt.subgame_perfect_equilibria(baseline)
    print("\nat the baseline:", equilibrium.strategies)

    # As a table the game has a segment of Nash equilibria: a reply that is likely enough deters as well. These are
    # its ends; only the certain reply is optimal once Russia has acted.
    table = gt.strategic_form(baseline)
    print(f"\n{table}")
    for nash in gt.nash_equilibria(table):
        print("Nash: the West responds with probability", nash.strategies["West"]["respond"])

    # For every investment at once, exactly. At the threshold itself the West is indifferent.
    investment = gt.sensitivity.thresholds(model, "x_W", progress=False)
    assert investment.points == (Fraction(400, 3),)
    print(f"\n{investment}")
    for value in (133, Fraction(400, 3), 134):
        low, high = investment.at(value).outcome("P(Russia: act)")
        print(f"x_W = {value}: the chance that Russia acts is between {low} and {high}")

    # With both parameters free, on a grid, in compiled code.
    sweep = gt.sensitivity.sweep(model, x_W=range(60, 161), k=range(10, 91))
    acts = sweep["P(Russia: act)"].sel(bound="least")
    print(f"\nRussia acts at {float(acts.mean()):.0%} of {acts.size:,} points")


if __name__ == "__main__":
    main()
