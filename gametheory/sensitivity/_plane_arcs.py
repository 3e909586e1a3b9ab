"""Walls joined to arcs, and the points at which arcs end: crossings and folds of curves, and where they meet the border.

A decomposition has its walls in pieces, one for each cylinder. Here the pieces that continue each other on the same curve are joined.
The points between are exact (:mod:`gametheory.sensitivity._heights`), so it is decided and not guessed which pieces meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cmp_to_key
from typing import NamedTuple

from gametheory.sensitivity._heights import Height, height
from gametheory.sensitivity._plane_cells import Decomposition, Number, Place, Section, Wall
from gametheory.sensitivity._plane_polynomials import PlanePolynomial

__all__ = ["Chain", "Node", "chains"]


class _End(NamedTuple):
    wall: int
    #: Whether it is the upper or right end of the wall.
    last: bool
    at: Height


@dataclass(slots=True)
class Node:
    """A point at which chains end."""

    x: Number
    y: Number
    #: "crossing", "fold", "border" or "end".
    kind: str
    polynomials: tuple[PlanePolynomial, ...]


@dataclass(slots=True)
class Chain:
    """Pieces of one curve that continue each other, with the same faces on either side of each.

    In increasing order of x, or of y on a vertical line.
    """

    polynomial: PlanePolynomial
    walls: tuple[Wall, ...]
    before: Place | None
    after: Place | None
    #: Positions of the nodes at its two ends.
    ends: tuple[int, int]


def chains(work: Decomposition) -> tuple[list[Chain], list[Node]]:
    """The arcs of the walls of a decomposition and the points at which they end.

    Parameters
    ----------
    work : Decomposition

    Returns
    -------
    chains : list of Chain
    nodes : list of Node
        In order of x and then of y.
    """
    at: dict[Number, list[_End]] = {}
    for k, wall in enumerate(work.walls):
        for last in (False, True):
            x, y = _point(work, wall, last)
            at.setdefault(x, []).append(_End(k, last, y))
    nodes: list[Node] = []
    node_of: dict[tuple[int, bool], int] = {}
    follows: dict[int, int] = {}
    for x in sorted(at, key=cmp_to_key(_compare)):
        ends = sorted(at[x], key=cmp_to_key(_by_height))
        groups: list[list[_End]] = []
        for end in ends:
            if groups and groups[-1][-1].at == end.at:
                groups[-1].append(end)
            else:
                groups.append([end])
        for group in groups:
            joined = _continuation(work, group)
            if joined is not None:
                follows[joined[0]] = joined[1]
                continue
            for end in group:
                node_of[end.wall, end.last] = len(nodes)
            nodes.append(_node(work, x, group))
    result = []
    later = set(follows.values())
    for k in range(len(work.walls)):
        if k in later:
            continue
        run = [k]
        while run[-1] in follows:
            run.append(follows[run[-1]])
        first = work.walls[k]
        result.append(
            Chain(
                first.polynomial,
                tuple(work.walls[w] for w in run),
                None if first.before is None else work.find(first.before),
                None if first.after is None else work.find(first.after),
                (node_of[k, False], node_of[run[-1], True]),
            )
        )
    return result, nodes


def _compare(one: Number, two: Number) -> int:
    return 0 if one == two else -1 if one < two else 1


def _by_height(one: _End, two: _End) -> int:
    return 0 if one.at == two.at else -1 if one.at < two.at else 1


def _point(work: Decomposition, wall: Wall, last: bool) -> tuple[Number, Height]:
    """An end of a wall."""
    if wall.position is None:
        assert wall.x is not None
        return wall.x, wall.high if last else wall.low
    cylinder = work.cylinders[wall.cylinder]
    x = wall.high if last else wall.low
    piece = cylinder._replace(low=wall.low, high=wall.high)
    return x, height(work.plane, Section(wall.polynomial, wall.position), x, piece)


def _continuation(work: Decomposition, group: list[_End]) -> tuple[int, int] | None:
    """The two walls that meet, if one does nothing but continue the other."""
    if len(group) != 2 or group[0].last == group[1].last:
        return None
    first, second = sorted(group, key=lambda end: not end.last)
    one, two = work.walls[first.wall], work.walls[second.wall]
    if one.polynomial != two.polynomial:
        return None
    for ours, theirs in ((one.before, two.before), (one.after, two.after)):
        if ours is not None and theirs is not None and work.find(ours) != work.find(theirs):
            return None
    return first.wall, second.wall


def _node(work: Decomposition, x: Number, group: list[_End]) -> Node:
    y = group[0].at.exact
    polynomials = tuple(dict.fromkeys(work.walls[end.wall].polynomial for end in group))
    if x in work.plane.x_range or y in work.plane.y_range:
        kind = "border"
    elif len(group) == 1:
        kind = "end"
    elif len(group) == 2 and len(polynomials) == 1 and group[0].last == group[1].last:
        kind = "fold"
    else:
        kind = "crossing"
    return Node(x, y, kind, polynomials)
