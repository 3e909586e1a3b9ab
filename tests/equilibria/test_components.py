"""Components and enclosures: what they hold, what they refuse, how they read, and that they survive pickling."""

from __future__ import annotations

import pickle
from fractions import Fraction

import pytest

import gametheory as gt
from gametheory.equilibria.components import Component, ConnectedComponent, Enclosure
from gametheory.equilibria.result import EquilibriumSet, judge_nash

F = Fraction


@pytest.fixture
def threat():
    """Entry deterred by a threat: one strict equilibrium, and a segment of index zero."""
    return gt.NormalFormGame.from_bimatrix(
        [[1, 1], [2, 0]],
        [[5, 5], [2, 0]],
        players=("Entrant", "Monopolist"),
        strategies=[["out", "in"], ["yield", "fight"]],
    )


@pytest.fixture
def found(threat):
    profiles = [[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[1, 0], [F(1, 2), F(1, 2)]]]
    judged = tuple(judge_nash(threat, p, continuum=k != 1) for k, p in enumerate(profiles))
    components = Component.groups(judged, [(0, 2), (1,)], dimensions=(1, 0))
    connected = ConnectedComponent.groups(components, [(0,), (1,)], [0, 1])
    return EquilibriumSet(judged, "Nash", "by hand", True, "", components, connected)


@pytest.fixture
def golden():
    """An irrational profile of a game in which it is an equilibrium, for nobody minds; what encloses it."""
    game = gt.NormalFormGame.from_bimatrix([[0, 0], [0, 0]], [[0, 0], [0, 0]])
    share = (F(618033988, 10**9), F(618033989, 10**9))
    rest = (1 - share[1], 1 - share[0])
    bounds = Enclosure(
        ((share, rest), ((F(1), F(1)), (F(0), F(0)))), (((-1, 1, 1), (1, -3, 1)), (None, None))
    )
    return game, bounds


def test_connected_components_have_an_index(found):
    segment, point = found.connected_components
    assert (segment.index, point.index) == (0, 1)
    assert (segment.is_essential, point.is_essential) == (False, True)
    assert (segment.is_point, point.is_point) == (False, True)
    assert segment.vertices == (found[0], found[2])
    assert list(segment) == [found.components[0]]
    assert len(segment) == 1
    assert [component.dimension for component in found.components] == [1, 0]
    assert ConnectedComponent((found.components[1],)).is_essential is None


def test_by_default_what_shares_an_equilibrium_hangs_together(threat, found):
    plain = EquilibriumSet(found.equilibria, "Nash", "by hand", True)
    assert [part.vertices for part in plain.connected_components] == [(e,) for e in found]
    assert [part.index for part in plain.connected_components] == [None, 1, None]
    chain = EquilibriumSet(
        found.equilibria,
        "Nash",
        "by hand",
        True,
        components=Component.groups(found.equilibria, [(0, 1), (2,), (1, 2)]),
    )
    (everything,) = chain.connected_components
    assert everything.subsets == chain.components
    assert everything.index is None
    assert everything.vertices == (found[0], found[1], found[2])


def test_indices_that_do_not_sum_to_one_are_refused(found):
    wrong = ConnectedComponent.groups(found.components, [(0,), (1,)], [1, 1])
    with pytest.raises(gt.GameTheoryError, match=r"internal error.*indices \[1, 1\]"):
        EquilibriumSet(found.equilibria, "Nash", "by hand", True, "", found.components, wrong)
    partial = EquilibriumSet(
        found.equilibria, "Nash", "by hand", False, "some are missing", found.components, wrong
    )
    assert [part.index for part in partial.connected_components] == [1, 1]
    unknown = ConnectedComponent.groups(found.components, [(0,), (1,)], [None, 5])
    EquilibriumSet(found.equilibria, "Nash", "by hand", True, "", found.components, unknown)


def test_the_listing_tells_what_hangs_together_and_its_index(found):
    lines = repr(found).splitlines()
    assert lines[-2:] == ["  components: {1, 3}, {2}", "  connected: {1, 3} of index 0, {2} of index +1"]
    assert "connected: {1, 3} of index 0, {2} of index +1" in found._repr_html_()
    assert "one of a continuum" in found.to_latex()
    assert r"\begin{tabular}{llrrl}" in found.to_latex()
    samples = Component.groups(found.equilibria, [(0, 2), (1,)], described=(False, True))
    text = repr(EquilibriumSet(found.equilibria, "Nash", "by hand", False, "a continuum", components=samples))
    assert "components: {1, 3} (samples), {2}" in text


def test_points_on_their_own_are_told_without_groups(threat):
    (only,) = EquilibriumSet(
        (judge_nash(threat, [[0, 1], [1, 0]]),), "Nash", "by hand", True
    ).connected_components
    assert only.index == 1
    game = gt.NormalFormGame.from_bimatrix([[1, 0], [0, 1]], [[1, 0], [0, 1]])
    assert "connected" not in repr(gt.nash_equilibria(game))


def test_the_frame_has_the_component_and_its_index(found):
    frame = found.to_frame()
    assert frame["component"].tolist() == [1, 2, 1]
    assert frame["component index"].tolist() == [0, 1, 0]
    assert "width" not in frame


def test_an_irrational_equilibrium_has_bounds(golden):
    game, bounds = golden
    equilibrium = judge_nash(game, bounds.midpoints(), continuum=True, enclosure=bounds, index=None)
    assert not equilibrium.exact
    assert equilibrium.enclosure is bounds
    low, high = equilibrium.bounds["Player 1"]["1"]
    assert low < (5**0.5 - 1) / 2 < high
    assert equilibrium.bounds["Player 2"]["1"] == (1, 1)
    assert "irrational, enclosed within 1e-09" in repr(equilibrium)
    assert "one of a continuum | irrational" in repr(equilibrium)
    frame = EquilibriumSet((equilibrium,), "Nash", "by hand", False, "a continuum").to_frame()
    assert frame.loc[1, "width"] == 1e-9


def test_exact_equilibria_are_their_own_bounds_and_floats_have_none(found, threat):
    assert found[2].bounds["Monopolist"]["fight"] == (F(1, 2), F(1, 2))
    floats = gt.NormalFormGame.from_bimatrix([[1.0, 0.0]], [[1.0, 0.0]])
    with pytest.raises(gt.Unsupported, match="of floats"):
        judge_nash(floats, [[1.0], [1.0, 0.0]]).bounds  # noqa: B018 - what is tested is that reading it raises
    tree = gt.ExtensiveGame(gt.Decision("A", {"x": gt.Outcome(A=1), "y": gt.Outcome(A=0)}))
    with pytest.raises(gt.Unsupported, match="of a tree"):
        gt.subgame_perfect_equilibria(tree)[0].bounds  # noqa: B018 - as above


def test_a_profile_outside_its_bounds_is_refused(golden):
    game, bounds = golden
    with pytest.raises(gt.GameTheoryError, match=r"internal error.*not within the bounds"):
        judge_nash(game, [[0.5, 0.5], [1.0, 0.0]], enclosure=bounds)
    with pytest.raises(gt.GameTheoryError, match=r"internal error.*not within the bounds"):
        judge_nash(game, bounds.midpoints(), enclosure=Enclosure(bounds.intervals[:1]))


def test_an_index_from_a_better_source_is_taken(threat):
    assert judge_nash(threat, [[0, 1], [1, 0]]).index == 1
    assert judge_nash(threat, [[0, 1], [1, 0]], index=None).index is None
    assert judge_nash(threat, [[0, 1], [1, 0]], index=-1).index == -1


def test_malformed_enclosures_are_refused():
    with pytest.raises(gt.GameTheoryError, match="lower bound above"):
        Enclosure((((F(1), F(0)),),))
    with pytest.raises(gt.GameTheoryError, match="one polynomial"):
        Enclosure((((F(0), F(1)),),), ((None, None),))
    assert Enclosure((((F(0), F(1)),),)).polynomials == ((None,),)


def test_they_survive_pickling(found, golden):
    copy = pickle.loads(pickle.dumps(found))
    assert [part.index for part in copy.connected_components] == [0, 1]
    assert copy.connected_components[0].subsets[0].vertices[0] is copy[0]
    assert repr(copy) == repr(found)
    game, bounds = golden
    equilibrium = judge_nash(game, bounds.midpoints(), enclosure=bounds)
    assert pickle.loads(pickle.dumps(equilibrium)).enclosure == bounds


def test_all_kinds_of_components_are_readable(found, golden):
    assert repr(golden[1]) == "Enclosure((0.618034, 0.381966), (1, 0); bounds at most 1e-09 apart)"
    point, segment = sorted(found.components, key=len)
    assert repr(point).startswith("Component(point: ")
    assert repr(segment).startswith("Component(dimension 1, 2 vertices: ")
    assert " | ".join(vertex.play for vertex in segment) in repr(segment)
    sampled = Component(segment.vertices, None, described=False)
    assert repr(sampled).startswith("Component(2 samples: ")
    texts = sorted(map(repr, found.connected_components))
    assert texts[0].startswith("ConnectedComponent(index +1, point: ")
    assert texts[1].startswith("ConnectedComponent(index 0, 1 maximal Nash subset: ")
    assert repr(ConnectedComponent((segment,))).startswith("ConnectedComponent(index not known, ")
