"""Does investment in Kazakhstan deter Russia? The flagship in a page.

Run: python examples/kazakhstan.py
"""

import gametheory as gt
from gametheory.models import kazakhstan

ORDERS = ("simultaneous", "west_first", "china_first")


def main() -> None:
    # 1. What happens at the baseline, whoever replies first? Russia's aim is limited, not absent.
    for order in ORDERS:
        equilibria = gt.subgame_perfect_equilibria(kazakhstan.sequential(order).at())
        assert equilibria.complete
        for equilibrium in equilibria:
            chances = {
                action: equilibrium.action_probability("Russia", action) for action in ("limited", "full")
            }
            payoffs = {player: float(value) for player, value in equilibrium.payoffs.items()}
            print(f"{order}: limited {chances['limited']}, full {chances['full']}; payoffs {payoffs}")

    # 2. What would have to be different? The exact values at which an equilibrium action changes.
    model = kazakhstan.sequential()
    for name in ("G_L", "N_WL", "N_WF", "transit"):
        found = gt.sensitivity.thresholds(model, name, progress=False)
        print(f"\n{found}")

    # 3. Western investment makes western support after a full attack credible only while the pipeline through
    #    Russia does not hold it hostage: the sign of its effect flips with `transit`.
    for transit, stake in (("0.08", 215), ("0.12", 225)):
        found = gt.sensitivity.thresholds(
            model, "E_W", at={"transit": transit, "N_WF": stake}, over=(0, 200), progress=False
        )
        print(f"\nWith transit = {transit} and N_WF = {stake}:\n{found}")

    # 4. Two parameters at once: 3200 games in one call.
    sweep = gt.sensitivity.sweep(
        model,
        {"G_L": range(20, 100), "N_WL": range(20, 300, 7)},
        outcomes=["P(Russia: refrain)"],
        progress=False,
    )
    share = float(sweep["P(Russia: refrain)"].sel(bound="least").mean())
    print(f"\nRussia refrains for sure at {share:.0%} of {sweep.n_equilibria.size} points in (G_L, N_WL).")

    # 5. Which of these numbers are known, and which are assumed?
    sourced = [name for name, parameter in model.space.items() if not parameter.is_assumption]
    print(f"Sourced: {', '.join(sourced)}; the other {len(model.space) - len(sourced)} are assumptions.")


if __name__ == "__main__":
    main()
