"""Maximal Nash subsets and connected components of bipartite graphs, against plain enumeration."""

from __future__ import annotations

import itertools

from flint import fmpq, fmpq_mat
from hypothesis import given
from hypothesis import strategies as st

from gametheory.solvers.bimatrix import best_reply_vertices
from gametheory.solvers.nash_subsets import nash_subsets


def vertex(number):
    return number, 1 << number


@given(st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1))
def test_subsets_are_the_maximal_products_and_components_what_they_share(edges):
    pairs = sorted(edges)
    found = nash_subsets([(vertex(x), vertex(y)) for x, y in pairs])
    products = []
    for xs in range(1, 32):
        for ys in range(1, 32):
            product = {(x, y) for x in range(5) if xs >> x & 1 for y in range(5) if ys >> y & 1}
            if product <= edges:
                products.append(product)
    maximal = {frozenset(p) for p in products if not any(p < other for other in products)}
    assert {frozenset(pairs[k] for k in subset) for subset in found.subsets} == maximal
    assert len(found.subsets) == len(maximal)
    assert sorted(k for group in found.connected for k in group) == list(range(len(maximal)))
    group_of = {part: number for number, group in enumerate(found.connected) for part in group}
    subsets = [set(subset) for subset in found.subsets]
    for one, other in itertools.combinations(range(len(subsets)), 2):
        if subsets[one] & subsets[other]:
            assert group_of[one] == group_of[other]
    for group in found.connected:  # each can be reached from the first
        reached = {group[0]}
        while True:
            more = {k for k in group if any(subsets[k] & subsets[r] for r in reached)}
            if more == reached:
                break
            reached = more
        assert reached == set(group)


@given(
    st.lists(st.lists(st.integers(0, 2), min_size=4, max_size=4), min_size=2, max_size=5),
    st.sets(st.integers(0, 3), min_size=1, max_size=3),
)
def test_the_dimension_of_a_face_is_that_of_its_affine_hull(payoffs, replies):
    vertices = best_reply_vertices(payoffs)
    face = [v for v in vertices if replies <= v.best_replies]
    if not face:
        return
    m = len(payoffs)
    named = [
        (k, sum(1 << i for i in v.unplayed) | sum(1 << (m + j) for j in v.best_replies))
        for k, v in enumerate(face)
    ]
    found = nash_subsets([(name, (0, 0)) for name in named])
    base = face[0].strategy
    differences = [[p - q for p, q in zip(v.strategy, base, strict=True)] for v in face]
    rank = fmpq_mat(len(face), m, [fmpq(p) for row in differences for p in row]).rank()
    assert found.subsets == (tuple(range(len(face))),)
    assert found.dimensions == (rank,)
