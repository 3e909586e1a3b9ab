"""How an equilibrium moves with every parameter: exact derivatives, formulas, and signs over the whole box.

The inspection game: a heavier fine leaves the citizen as honest as before and lets the police inspect less (G. Tsebelis,
"Penalty has no impact on crime: a game-theoretic analysis", Rationality and Society 2, 1990).

Run: python examples/comparative_statics.py
"""

import gametheory as gt


def main() -> None:
    space = gt.ParameterSpace(
        gt.Parameter("fine", 4, low=2, high=10),
        gt.Parameter("cost", 1, low="1/2", high=2, description="of inspecting"),
        gt.Parameter("harm", 3, low="5/2", high=5, description="of a rule broken and not seen"),
    )
    fine, cost, harm = space.symbols("fine cost harm")
    game = gt.NormalFormGame.from_bimatrix(
        [[1 - fine, 1], [0, 0]],
        [[-cost, -harm], [-cost, 0]],
        players=("Citizen", "Police"),
        strategies=[["break", "keep"], ["inspect", "rest"]],
    )
    found = gt.sensitivity.comparative_statics(gt.Model("inspection", game, space), progress=False)
    print(found)

    broken, inspected = "P(Citizen: break)", "P(Police: inspect)"
    assert found.derivative(broken, "fine") == 0
    print(
        f"\nd {inspected} / d fine = {found.formula(inspected, 'fine')}, everywhere {found.sign_over_box(inspected, 'fine')}"
    )
    print(
        f"d {broken} / d harm = {found.formula(broken, 'harm')}, everywhere {found.sign_over_box(broken, 'harm')}"
    )
    print(f"\n{found.to_frame('box')}")


if __name__ == "__main__":
    main()
