"""Exact maps of two parameters: known maps, the definition at points, invariances, and the shapes that are drawn."""

from __future__ import annotations

import itertools
import json
import math
import pickle
import random
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory import scalars
from gametheory.errors import ParameterError, UnknownName, Unsupported
from gametheory.sensitivity.phase_diagram import phase_diagram
from gametheory.sensitivity.plane_map import PlaneMap, plane_map
from gametheory.testing import models


def choice(x_range=(-1, 1), y_range=(-1, 1), **payoffs) -> gt.Model:
    """One player who chooses; payoffs are texts in x and y."""
    space = gt.ParameterSpace(gt.Parameter("x", 0, *x_range), gt.Parameter("y", 0, *y_range))
    tree = gt.Decision("A", {name: gt.Outcome(A=scalars.parse(text)) for name, text in payoffs.items()})
    return gt.Model("choice", gt.ExtensiveGame(tree), space)


def tripwire() -> gt.Model:
    space = gt.ParameterSpace(gt.Parameter("x_W", 134, 60, 160), gt.Parameter("k", 40, 10, 90))
    x_W, k = space.symbols("x_W k")
    reply = gt.Decision(
        "West",
        {
            "acquiesce": gt.Outcome(Russia=50, West=-x_W / 2),
            "respond": gt.Outcome(Russia=-20, West=-x_W / 5 - k),
        },
    )
    tree = gt.Decision("Russia", {"refrain": gt.Outcome(Russia=0, West=0), "act": reply})
    return gt.Model("tripwire", gt.ExtensiveGame(tree), space)


def random_model(seed: int, m: int, n: int, degree: int = 2, share: float = 1.0) -> gt.Model:
    rng = random.Random(seed)
    space = gt.ParameterSpace(gt.Parameter("x", 0, -1, 1), gt.Parameter("y", 0, -1, 1))
    x, y = space.symbols("x y")

    def payoff():
        return sum(
            rng.randint(-3, 3) * x**i * y**j
            for i in range(degree + 1)
            for j in range(degree + 1 - i)
            if rng.random() < share
        )

    a, b = ([[payoff() for _ in range(n)] for _ in range(m)] for _ in range(2))
    return gt.Model("random", gt.NormalFormGame.from_bimatrix(a, b), space)


def solved(model: gt.Model, point: dict[str, Fraction], concept: str) -> set:
    game = model.at(point)
    solve = gt.subgame_perfect_equilibria if concept == "subgame_perfect" else gt.nash_equilibria
    return {
        (tuple(map(tuple, e.profile.arrays)), tuple(e.payoffs.values()), e.continuum) for e in solve(game)
    }


def written(found: PlaneMap, face, point: dict[str, Fraction]) -> set:
    """The closed forms of a face at a point."""
    values = {scalars.symbol(name): sympy.Rational(v.numerator, v.denominator) for name, v in point.items()}

    def at(number):
        value = number.subs(values) if scalars.is_expression(number) else number
        return Fraction(int(value.p), int(value.q)) if scalars.is_expression(value) else Fraction(value)

    return {
        (
            tuple(tuple(at(p) for p in vector) for vector in e.profile.arrays),
            tuple(at(v) for v in e.payoffs.values()),
            e.continuum,
        )
        for e in face.equilibria
    }


def agrees(found: PlaneMap, seed: int, count: int = 12) -> int:
    """Random rational points at which the closed forms are compared with solving the numeric game; how many were on a face."""
    rng, inside = random.Random(seed), 0
    for _ in range(count):
        point = {
            name: low + (high - low) * Fraction(rng.randint(0, 997), 997)
            for name, (low, high) in ((found.x, found.x_range), (found.y, found.y_range))
        }
        face = found.face_at(*point.values())
        if face is not None:
            inside += 1
            assert written(found, face, point) == solved(found.model, point, found.concept)
    assert float(sum(face.area_share for face in found.faces)) == pytest.approx(1, abs=1e-9)
    return inside


def signed_area(ring) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(ring)) / 2


# -- known maps --------------------------------------------------------------------------------------------------------------
def test_tripwire():
    found = plane_map(tripwire(), "x_W", "k")
    assert found.complete
    assert [(face.label, face.area_share) for face in found.faces] == [
        ("act; West acquiesce", Fraction(57, 80)),
        ("refrain", Fraction(23, 80)),
    ]
    (curve,) = found.curves
    x_W = scalars.symbol("x_W")
    assert curve.solved == ("k", 3 * x_W / 10)
    (turn,) = curve.indifferences
    assert (turn.player, turn.infoset, {turn.action, turn.instead}) == (
        "West",
        "act",
        {"acquiesce", "respond"},
    )
    assert turn.threshold == 3 * x_W / 10
    assert [(v.x, v.y, v.kind) for v in found.vertices] == [(60, 18, "border"), (160, 48, "border")]
    assert found.face_at(100, 30) is None
    assert found.face_at(100, 31).label == "act; West acquiesce"
    assert found.face_at("99.99", 30).label == "act; West acquiesce"
    assert found.faces[0].outcomes["payoff: West"] == (-x_W / 2,)
    assert len(found.at(100, 30)) > 1


def test_matching_pennies_with_two_stakes():
    space = gt.ParameterSpace(gt.Parameter("a", 1, -1, 3), gt.Parameter("b", 1, -1, 3))
    a, b = space.symbols("a b")
    game = gt.NormalFormGame.from_bimatrix([[a, -1], [-1, 1]], [[-1, 1], [1, -b]])
    found = plane_map(gt.Model("pennies", game, space), "a", "b")
    mixed = found.face_at(1, 1)
    (equilibrium,) = mixed.equilibria
    assert sympy.simplify(equilibrium.strategies["Player 2"]["1"] - 2 / (a + 3)) == 0
    assert equilibrium.index == 1
    assert [(c.solved, [arc.vertical for arc in c.arcs]) for c in found.curves] == []
    assert found.faces == (mixed,)
    assert agrees(found, 1) == 12


def test_circle():
    found = plane_map(choice((-2, 2), (-2, 2), inside="1 - x**2", outside="y**2"), "x", "y", progress=False)
    assert found.labels == ("outside", "inside")
    inside = found.faces[1]
    assert inside.area == pytest.approx(math.pi, abs=1e-10)
    assert inside.area_error < 1e-9
    (curve,) = found.curves
    x, y = map(scalars.symbol, "xy")
    assert sympy.expand(curve.polynomial - (x**2 + y**2 - 1)) == 0
    assert curve.solved is None
    assert [(v.x, v.y, v.kind) for v in found.vertices] == [(-1, 0, "fold"), (1, 0, "fold")]
    assert found.face_at("0.6", "0.8") is None
    assert found.face_at("0.6", "0.79") is inside
    (polygon,) = found.polygons()[0]
    assert len(polygon) == 2  # a hole
    assert signed_area(polygon[0]) == pytest.approx(16)
    assert signed_area(polygon[1]) == pytest.approx(-math.pi, abs=0.01)


def test_curves_that_touch():
    space = gt.ParameterSpace(gt.Parameter("x", 0, -1, 1), gt.Parameter("y", 0, -1, 1))
    x, y = space.symbols("x y")
    game = gt.NormalFormGame.from_function(
        lambda a, b: [y - x**2 if a == "in" else 0, y if b == "in" else 0],
        {player: ["in", "out"] for player in "AB"},
    )
    found = plane_map(gt.Model("tangent", game, space), "x", "y", progress=False)
    assert found.labels == ("A out; B out", "A in; B in", "A out; B in")
    assert [face.area_share for face in found.faces[:2]] == [Fraction(1, 2), Fraction(1, 3)]
    # Between the parabola and its tangent there are two faces, left and right of the point where they touch.
    assert [face.area_share for face in found.faces[2:]] == [Fraction(1, 12)] * 2
    touching = [v for v in found.vertices if v.kind == "crossing"]
    assert [(v.x, v.y, v.curves) for v in touching] == [(0, 0, (0, 1))]


def test_vertical_lines_at_irrational_values():
    found = plane_map(choice((-2, 2), (-1, 1), yes="x**2 - 2", no="0"), "x", "y", progress=False)
    assert found.labels == ("no", "yes")
    assert len(found.faces) == 3
    (curve,) = found.curves
    root = sympy.sqrt(2)
    assert [(v.x, v.y, v.kind) for v in found.vertices] == [
        (s * root, t, "border") for s in (-1, 1) for t in (-1, 1)
    ]
    assert all(arc.vertical and (arc.low, arc.high) == (-1, 1) for arc in curve.arcs)
    assert found.faces[0].area == pytest.approx(4 * math.sqrt(2), rel=1e-12)
    assert found.polyline(curve.arcs[0]) == [(-math.sqrt(2), -1.0), (-math.sqrt(2), 1.0)]


def test_a_curve_on_which_equilibria_differ_though_both_sides_agree():
    found = plane_map(choice(stay="0", leave="(y - x)**2"), "x", "y", progress=False)
    assert [(face.label, face.area_share) for face in found.faces] == [("leave", Fraction(1, 2))] * 2
    assert found.faces[0].outcomes == found.faces[1].outcomes
    (curve,) = found.curves
    (arc,) = curve.arcs
    assert {arc.before, arc.after} == {0, 1}
    assert found.face_at("1/3", "1/3") is None
    assert found.face_at("1/3", "1/4") is not found.face_at("1/4", "1/3")
    assert found.borders() == ()
    assert len(found.polygons("label")["leave"]) == 1


@pytest.mark.parametrize("text", ["x - 1/3", "9*x**2 - 2", "y - 1/3", "9*y**2 - 2"])
def test_lines_on_which_equilibria_differ(text):
    found = plane_map(choice(stay="0", leave=f"({text})**2"), "x", "y", progress=False)
    lines = 2 if "**" in text else 1
    assert len(found.faces) == lines + 1
    assert len(found.curves) == 1
    assert len(found.curves[0].arcs) == lines
    assert (found.face_at("1/3", "1/3") is None) == ("1/3" in text)


def test_a_comparison_that_does_not_matter_leaves_no_curve():
    found = plane_map(choice(b="x", c="y", d="x*y", a="10"), "x", "y", progress=False)
    assert (len(found.faces), found.curves, found.vertices) == (1, (), ())
    assert found.face_at("1/2", "1/2") is found.face_at(0, 0) is found.faces[0]


def test_a_curve_that_matters_on_part_of_its_length():
    found = plane_map(choice((0, 1), (0, 1), p="-(y - x)**2", q="0", r="x - 1/2"), "x", "y", progress=False)
    assert sorted(face.label for face in found.faces) == ["q", "q", "r"]
    slit = next(curve for curve in found.curves if curve.solved == ("y", scalars.symbol("x")))
    (arc,) = slit.arcs
    assert (arc.low, arc.high, arc.before == arc.after) == (0, Fraction(1, 2), False)
    assert found.vertices[arc.ends[1]].kind == "crossing"
    assert found.face_at("3/4", "3/4").label == "r"
    assert found.face_at("1/4", "1/4") is None


@pytest.mark.parametrize("middle", [("0", "0"), ("1/3", "1/7")])
def test_a_single_point_at_which_equilibria_differ(middle):
    a, b = middle
    found = plane_map(choice(stay="0", leave=f"(x - {a})**2 + (y - {b})**2"), "x", "y", progress=False)
    assert (len(found.faces), found.curves) == (1, ())
    assert found.face_at(a, b) is None
    assert found.face_at(a, "1/2") is found.face_at("1/2", b) is found.faces[0]


def test_a_branch_that_comes_from_infinity_elsewhere():
    """At x = 0 the other root of x y**2 + y = 1/2 goes from below to above, far outside the rectangle."""
    found = plane_map(choice(("-1/5", "1/5"), (0, 1), a="x*y**2 + y", b="1/2"), "x", "y", progress=False)
    assert len(found.faces) == 2
    for x in ("-1/10", "1/10"):
        root = (math.sqrt(1 + 2 * Fraction(x)) - 1) / (2 * float(Fraction(x)))
        for y, label in ((root - 1e-6, "b"), (root + 1e-6, "a")):
            assert found.face_at(x, y).label == label
    (curve,) = found.curves
    (arc,) = curve.arcs
    assert all(abs(x * y**2 + y - 0.5) < 1e-9 for x, y in found.polyline(arc))
    assert sum(face.area for face in found.faces) == pytest.approx(0.4, abs=1e-9)


def test_borders_belong_to_a_face_where_its_forms_hold():
    found = plane_map(choice((0, 1), (0, 1), stay="0", leave="x"), "x", "y", progress=False)
    assert len(found.faces) == 1
    assert found.face_at(0, "1/2") is None
    assert found.face_at(1, "1/2") is found.face_at("1/2", 0) is found.faces[0]


def test_vertices_are_where_irrational_curves_cross():
    found = plane_map(
        choice((-2, 2), (-2, 2), a="x**2 + y**2", b="2", c="x + y + 1"), "x", "y", progress=False
    )
    crossings = [v for v in found.vertices if v.kind == "crossing"]
    assert crossings
    for vertex in crossings:
        for k in vertex.curves:
            value = found.curves[k].polynomial.subs(
                {scalars.symbol("x"): vertex.x, scalars.symbol("y"): vertex.y}
            )
            assert abs(sympy.N(value, 40)) < 1e-30


# -- the definition ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "seed, m, n, degree, share",
    [
        *((seed, 2, 2, 2, 1.0) for seed in range(4)),
        *((seed, 2, 2, 2, 0.4) for seed in range(4)),
        *((seed, 2, 3, 1, 0.7) for seed in range(3)),
        (7, 3, 3, 1, 0.4),
    ],
)
def test_random_games_agree_with_solving_at_points(seed, m, n, degree, share):
    found = plane_map(random_model(seed, m, n, degree, share), "x", "y", progress=False)
    assert found.complete
    assert agrees(found, seed) >= 8


@settings(max_examples=12, deadline=None)
@given(models(form="normal", parameters=2, size=(1, 2)), st.integers(0, 1000))
def test_models_agree_with_solving_at_points(model, seed):
    first, second = model.space
    found = plane_map(model, first, second, progress=False)
    agrees(found, seed, 6)


@settings(max_examples=8, deadline=None)
@given(models(form="extensive", parameters=2, players=(1, 3), size=(1, 2)), st.integers(0, 1000))
def test_trees_agree_with_solving_at_points(model, seed):
    first, second = model.space
    found = plane_map(model, first, second, progress=False)
    if found.complete:
        agrees(found, seed, 6)


@pytest.mark.parametrize("seed", range(5))
def test_exchanging_the_axes_exchanges_the_map(seed):
    model = random_model(seed, 2, 2, 2, 0.6)
    one, two = plane_map(model, "x", "y", progress=False), plane_map(model, "y", "x")
    assert [face.label for face in one.faces] == [face.label for face in two.faces]
    for ours, theirs in zip(one.faces, two.faces, strict=True):
        assert float(ours.area) == pytest.approx(float(theirs.area), abs=1e-9)
    assert {c.polynomial.expand() for c in one.curves} == {c.polynomial.expand() for c in two.curves} or {
        (c.polynomial**2).expand() for c in one.curves
    } == {(c.polynomial**2).expand() for c in two.curves}
    corners = [
        sorted(
            ((v.x, v.y) if k == 0 else (v.y, v.x) for v in found.vertices if v.kind == "crossing"),
            key=lambda p: tuple(map(float, p)),
        )
        for k, found in enumerate((one, two))
    ]
    floats = [[tuple(round(float(c), 12) for c in p) for p in points] for points in corners]
    assert floats[0] == floats[1]


@pytest.mark.parametrize("seed", range(3))
def test_payoffs_in_other_units_make_the_same_map(seed):
    model = random_model(seed, 2, 2, 2, 0.6)
    game = model.game
    changed = gt.NormalFormGame(
        game.payoffs * Fraction(7, 3) + 5, players=game.players, strategies=game.strategies
    )
    one, two = (plane_map(gt.Model("m", g, model.space), "x", "y", progress=False) for g in (game, changed))
    assert [(f.label, f.area) for f in one.faces] == [(f.label, f.area) for f in two.faces]
    assert [(v.x, v.y, v.kind) for v in one.vertices] == [(v.x, v.y, v.kind) for v in two.vertices]


def test_nash_equilibria_of_a_tree():
    found = plane_map(tripwire(), "x_W", "k", concept="nash")
    assert found.concept == "nash"
    assert agrees(found, 3) == 12


def test_three_players_are_said_to_be_incomplete_where_they_may_mix():
    space = gt.ParameterSpace(gt.Parameter("x", 0, -1, 1), gt.Parameter("y", 0, -1, 1))
    x, y = space.symbols("x y")
    game = gt.NormalFormGame.from_function(
        lambda a, b, c: [x * int(a == b), y * int(b == c), int(c == a)],
        {player: ["l", "r"] for player in "ABC"},
    )
    found = plane_map(gt.Model("three", game, space), "x", "y", progress=False)
    assert not found.complete
    assert "3 players" in found.reason
    both = found.face_at("1/2", "1/2")
    assert [e.play for e in both.equilibria] == ["A: l; B: l; C: l", "A: r; B: r; C: r"]


# -- what is asked for -------------------------------------------------------------------------------------------------------
def test_labels_by_a_probability_and_by_what_follows_a_node():
    by_value = plane_map(tripwire(), "x_W", "k", outcome="P(Russia: act)")
    assert by_value.labels == ("P(Russia: act) = 1", "P(Russia: act) = 0")
    after = plane_map(tripwire(), "x_W", "k", after="act")
    assert after.labels == ("West acquiesce", "West respond")


def test_labels_are_those_of_the_phase_diagram():
    model = random_model(3, 2, 2, 2, 0.6)
    found, drawn = (
        plane_map(model, "x", "y", progress=False),
        phase_diagram(model, "x", "y", resolution=16, accuracy=0.01),
    )
    rng = random.Random(5)
    for _ in range(20):
        x, y = (Fraction(rng.randint(-99, 99), 100) for _ in range(2))
        face = found.face_at(x, y)
        if face is not None:
            assert face.label == drawn.label_at(x, y)


def test_over_and_at():
    found = plane_map(tripwire(), "x_W", "k", over={"x_W": (100, 120), "k": (0, 20)})
    assert (found.x_range, found.y_range) == ((100, 120), (0, 20))
    assert [face.label for face in found.faces] == ["refrain"]
    with pytest.raises(ParameterError, match=r"outside the map.*over="):
        found.at(90, 10)


@pytest.mark.parametrize(
    "options, kind, text",
    [
        ({"over": {"z": (0, 1)}}, UnknownName, "z"),
        ({"over": {"k": (1, 1)}}, ParameterError, "k needs a range"),
        ({"at": {"k": 3}}, ParameterError, "axis"),
        ({"outcome": "payoff: West"}, Unsupported, "payoff: West"),
        ({"outcome": "P(Russia: act)", "after": "act"}, Unsupported, "not both"),
        ({"after": "nowhere"}, UnknownName, "nowhere"),
        ({"after": "act", "concept": "nash"}, Unsupported, "strategic form"),
    ],
)
def test_wrong_requests_are_explained(options, kind, text):
    with pytest.raises(kind, match=text):
        plane_map(tripwire(), "x_W", "k", **options)


def test_the_same_parameter_twice_and_no_model():
    with pytest.raises(ParameterError, match="two different"):
        plane_map(tripwire(), "k", "k")
    with pytest.raises(ParameterError, match="takes a Model"):
        plane_map(tripwire().game, "x_W", "k")


@pytest.mark.parametrize(
    "divisor", ["x", "x**2 + y**2", "3*x - 1", "x + y - 2", "(x - 1/3)**2 + (y - 1/5)**2", "4*(x**2+y**2) - 1", "y + 1"]
)  # fmt: skip
def test_a_division_by_zero_in_the_rectangle_is_refused(divisor):
    with pytest.raises(ParameterError, match=r"payoff of A at a.*divides by zero at"):
        plane_map(choice(a=f"1/({divisor})", b="0"), "x", "y", progress=False)


@pytest.mark.parametrize("divisor", ["x + 2", "x**2 + y**2 + 1/100", "x*y - 2", "(x - 3)**2 + y**2 - 1"])
def test_a_division_by_zero_elsewhere_is_not(divisor):
    found = plane_map(choice(a=f"1/({divisor})", b="1/2 + y"), "x", "y", progress=False)
    assert agrees(found, 0) >= 8


def test_negative_probabilities_are_refused_where_they_are():
    space = gt.ParameterSpace(gt.Parameter("x", 0, 0, 1), gt.Parameter("y", 0, 0, 1))
    p = space["x"].symbol - space["y"].symbol if hasattr(space["x"], "symbol") else scalars.parse("x - y")
    tree = gt.Chance({"rain": (p, gt.Outcome(A=1)), "sun": (1 - p, gt.Outcome(A=0))})
    top = gt.Decision("A", {"bet": tree, "pass": gt.Outcome(A="1/2")})
    model = gt.Model("bet", gt.ExtensiveGame(top), space)
    with pytest.raises(ParameterError, match=r"probability of bet.*rain.*negative"):
        plane_map(model, "x", "y", progress=False)
    found = plane_map(model, "x", "y", over={"x": ("1/2", 1), "y": (0, "1/2")})
    assert [face.label for face in found.faces] == ["pass", "bet; rain"] or len(found.faces) == 2
    assert agrees(found, 2) >= 10


# -- results -----------------------------------------------------------------------------------------------------------------
def test_polygons_have_the_areas_and_neighbours_share_points():
    found = plane_map(random_model(4, 2, 2, 2), "x", "y", progress=False)
    shapes = found.polygons("face", 1e-4)
    for face in found.faces:
        rings = [ring for polygon in shapes[face.number] for ring in polygon]
        assert sum(map(signed_area, rings)) == pytest.approx(float(face.area), abs=1e-3)
        assert all(ring[0] == ring[-1] and len(ring) >= 4 for ring in rings)
        for polygon in shapes[face.number]:
            assert signed_area(polygon[0]) > 0
            assert all(signed_area(hole) < 0 for hole in polygon[1:])
    edges = [
        edge
        for polygons in shapes.values()
        for polygon in polygons
        for ring in polygon
        for edge in itertools.pairwise(ring)
    ]
    inner = [e for e in edges if not any(p == q and abs(p) == 1 for p, q in zip(*e, strict=True))]
    assert len(set(edges)) == len(edges)
    assert {(b, a) for a, b in inner} == set(inner)
    for face in found.faces:
        assert found.face_at(*face.sample) is face


@pytest.mark.parametrize("text", ["x*y", "-x*y", "x**2 - y**2", "y**2 - x**2"])
def test_parts_that_touch_in_a_point_are_polygons_of_their_own(text):
    found = plane_map(choice(a=text, b="0"), "x", "y", progress=False)
    assert [face.area_share for face in found.faces] == [Fraction(1, 4)] * 4
    assert [(v.x, v.y) for v in found.vertices if v.kind == "crossing"] == [(0, 0)]
    for polygons in found.polygons("label").values():
        assert [signed_area(ring) for (ring,) in polygons] == [1, 1]


def test_what_is_written_out(tmp_path):
    found = plane_map(random_model(0, 2, 2, 2), "x", "y", progress=False)
    frame = found.to_frame()
    assert len(frame) == sum(len(face.equilibria) for face in found.faces)
    assert set(frame["index"]) <= {1, -1}
    shapes = json.loads(json.dumps(found.to_geojson()))
    kinds = [feature["properties"]["kind"] for feature in shapes["features"]]
    assert kinds.count("face") == len(found.faces)
    assert kinds.count("vertex") == len(found.vertices)
    assert kinds.count("curve") == sum(len(curve.arcs) for curve in found.curves)
    for feature in shapes["features"]:
        if feature["properties"]["kind"] == "curve":
            polynomial = found.curves[feature["properties"]["number"]].polynomial
            f = sympy.lambdify([scalars.symbol("x"), scalars.symbol("y")], polynomial)
            assert all(abs(f(a, b)) < 1e-9 for a, b in feature["geometry"]["coordinates"])
    assert found.area_shares.sum() == pytest.approx(1)
    assert str(found).startswith("x from -1 to 1, y from -1 to 1: 8 faces, 4 curves (nash equilibria)")
    assert "<table>" in found._repr_html_()
    latex = found.to_latex()
    assert latex.count(r"\\") >= len(frame)
    path = tmp_path / "map.svg"
    found.save_svg(path)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("<svg")
    found.save_svg(path)
    assert path.read_text(encoding="utf-8") == text


def test_a_map_survives_pickling():
    found = plane_map(random_model(0, 2, 2, 2), "x", "y", progress=False)
    again = pickle.loads(pickle.dumps(found))
    assert str(again) == str(found)
    assert again.polygons() == found.polygons()
    for face in found.faces:
        assert again.face_at(*face.sample).number == face.number


def test_cells_describe_their_faces():
    found = plane_map(choice((-2, 2), (-2, 2), inside="1 - x**2", outside="y**2"), "x", "y", progress=False)
    disc = next(face for face in found.faces if face.label == "inside")
    (cell,) = disc.cells
    assert (cell.low, cell.high) == (-1, 1)
    assert [wall[1] for wall in (cell.lower, cell.upper)] == [0, 1]
