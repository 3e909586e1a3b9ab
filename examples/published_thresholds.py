"""The inspection game of Fudenberg and Tirole, solved for all parameter values at once.

An agent works (at a cost g) or shirks; a principal inspects (at a cost h) or does not, and pays the wage w
unless shirking is seen. Work is worth v. Published result (D. Fudenberg and J. Tirole, *Game Theory*, MIT Press
1991, chapter 1; the point for politics is G. Tsebelis, "The abuse of probability in political analysis",
American Political Science Review 83, 1989): for w > g > h > 0 the only equilibrium is mixed; the agent shirks
with probability h/w and the principal inspects with probability g/w. So a heavier burden on the agent leaves the
agent as honest as before, and makes the principal inspect more.

Run: python examples/published_thresholds.py
"""

import gametheory as gt

SHIRK, INSPECT = "P(Agent: shirk)", "P(Principal: inspect)"


def inspection() -> gt.Model:
    space = gt.ParameterSpace(
        gt.Parameter("w", 4, low=0.5, high=8, description="wage"),
        gt.Parameter("g", 2, low=0.5, high=6, description="the agent's cost of working"),
        gt.Parameter("h", 1, low=0.25, high=3, description="the principal's cost of inspecting"),
        gt.Parameter("v", 10, role="constant", description="value of the work"),
    )
    w, g, h, v = space.symbols("w g h v")
    game = gt.NormalFormGame.from_profiles(
        {
            ("shirk", "inspect"): (0, -h),
            ("shirk", "trust"): (w, -w),
            ("work", "inspect"): (w - g, v - w - h),
            ("work", "trust"): (w - g, v - w),
        },
        players=["Agent", "Principal"],
    )
    return gt.Model("inspection game", game, space)


def main() -> None:
    model = inspection()

    # The published equilibrium, at a point...
    (equilibrium,) = gt.nash_equilibria(model.at())
    assert equilibrium.strategies["Agent"]["shirk"] == model.space.baseline["h"] / model.space.baseline["w"]

    # ... and for every wage at once, with what happens outside the published region w > g > h.
    wage = gt.sensitivity.thresholds(model, "w", progress=False)
    assert wage.complete
    assert wage.points == (1, 2)  # h and g
    print(wage)
    w = model.space.symbols("w")
    mixed = wage.intervals[-1].outcomes
    assert mixed[SHIRK] == (1 / w,)  # h/w
    assert mixed[INSPECT] == (2 / w,)  # g/w

    # The agent's own burden moves the principal alone, until work is not worth its wage.
    burden = gt.sensitivity.thresholds(model, "g", progress=False)
    print(f"\n{burden}")
    for interval in burden.intervals:
        print(f"g in ({interval.low}, {interval.high}): {SHIRK} {interval.outcomes[SHIRK]}, {INSPECT}"
              f" {interval.outcomes[INSPECT]}")  # fmt: skip


if __name__ == "__main__":
    main()
