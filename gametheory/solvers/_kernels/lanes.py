"""Many games side by side: a row of memory holds one number of each of 64 games, a word one bit of each.

Comparing two rows gives a word. Written as a loop over the games that is a shift and an *or* for each; written as what it is, a
comparison of vectors whose result is read as an integer, processors need an instruction for every four or eight games. Loops do
not get there, so a few functions are put together from LLVM's instructions.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]  # comes without types
from numba import njit, types
from numba.extending import intrinsic

__all__ = ["WIDTH", "load", "lowest_bit", "negative", "positive", "within"]

Array = np.ndarray[Any, Any]

WIDTH = 64
"""Games in a block."""


@intrinsic
def _lowest_bit(typing: Any, word: Any) -> Any:
    """Position of the lowest bit of a word that is not zero."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], context.get_constant(types.boolean, True))

    return types.uint64(types.uint64), code


_VECTOR = ir.VectorType(ir.DoubleType(), WIDTH)
_WORDS = ir.VectorType(ir.IntType(64), WIDTH)
_UNSIGNED = ir.Constant(_WORDS, [ir.Constant(ir.IntType(64), 2**63 - 1)] * WIDTH)


def _vector(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    """The first 64 numbers of an array."""
    data = context.make_array(kind)(context, builder, value).data
    loaded = builder.load(builder.bitcast(data, _VECTOR.as_pointer()))
    loaded.align = 8
    return loaded


def _word(context: Any, builder: Any, flags: Any) -> Any:
    return builder.bitcast(flags, ir.IntType(WIDTH))


def _is_row(kind: Any) -> bool:
    return isinstance(kind, types.Array) and (kind.ndim, kind.layout, kind.dtype) == (1, "C", types.float64)


@intrinsic
def _negative(typing: Any, row: Any) -> Any:
    """Games whose number is below zero."""
    if not _is_row(row):
        return None

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        numbers = _vector(context, builder, signature.args[0], arguments[0])
        return _word(context, builder, builder.fcmp_ordered("<", numbers, ir.Constant(_VECTOR, None)))

    return types.uint64(row), code


@intrinsic
def _positive(typing: Any, row: Any) -> Any:
    """Games whose number is above zero."""
    if not _is_row(row):
        return None

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        numbers = _vector(context, builder, signature.args[0], arguments[0])
        return _word(context, builder, builder.fcmp_ordered(">", numbers, ir.Constant(_VECTOR, None)))

    return types.uint64(row), code


@intrinsic
def _within(typing: Any, row: Any, limits: Any) -> Any:
    """Games whose number is not larger in size than their limit, or is none."""
    if not (_is_row(row) and _is_row(limits)):
        return None

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        numbers = _vector(context, builder, signature.args[0], arguments[0])
        bounds = _vector(context, builder, signature.args[1], arguments[1])
        # Without its sign bit, a number is its size.
        size = builder.bitcast(builder.and_(builder.bitcast(numbers, _WORDS), _UNSIGNED), _VECTOR)
        return _word(context, builder, builder.fcmp_unordered("<=", size, bounds))

    return types.uint64(row, limits), code


@intrinsic
def _turn(typing: Any, flat: Any, at: Any, stride: Any, block: Any, cell: Any, lane: Any) -> Any:
    """Transpose eight cells, next to each other, of eight games into the block."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        flat, at, stride, block, cell, lane = arguments
        vector = ir.VectorType(ir.DoubleType(), 8)
        data = context.make_array(signature.args[0])(context, builder, flat).data
        lines = []
        for g in range(8):
            place = builder.add(at, builder.mul(stride, ir.Constant(stride.type, g)))
            line = builder.load(builder.bitcast(builder.gep(data, [place]), vector.as_pointer()))
            line.align = 8
            lines.append(line)
        for reach in (4, 2, 1):  # swap the corners of squares of this size
            low = [k if not k & reach else 8 + k - reach for k in range(8)]
            high = [k + reach if not k & reach else 8 + k for k in range(8)]
            masks = [ir.Constant(ir.VectorType(ir.IntType(32), 8), picked) for picked in (low, high)]
            turned = list(lines)
            for k in range(8):
                if not k & reach:
                    for to, mask in zip((k, k + reach), masks, strict=True):
                        turned[to] = builder.shuffle_vector(lines[k], lines[k + reach], mask)
            lines = turned
        data = context.make_array(signature.args[3])(context, builder, block).data
        for e, line in enumerate(lines):
            row = builder.add(cell, ir.Constant(cell.type, e))
            place = builder.add(builder.mul(row, ir.Constant(cell.type, WIDTH)), lane)
            builder.store(line, builder.bitcast(builder.gep(data, [place]), vector.as_pointer())).align = 8
        return context.get_dummy_value()

    return types.none(flat, types.int64, types.int64, block, types.int64, types.int64), code


# Called with one argument less than their definitions say.
lowest_bit: Any = _lowest_bit
negative: Any = _negative
positive: Any = _positive
within: Any = _within
_transpose: Any = _turn


@njit(cache=True, nogil=True)
def load(flat: Array, stride: int, step: int, first: int, lanes: int, block: Array) -> None:
    """Copy `lanes` games to the columns of `block`, modified in place; unused columns repeat the first game."""
    cells = block.shape[0]
    done = 0
    if lanes == WIDTH and step == 1:
        done = cells - cells % 8
        for g in range(0, WIDTH, 8):
            for e in range(0, done, 8):
                _transpose(flat, (first + g) * stride + e, stride, block, e, g)
    for e in range(done, cells):
        base = first * stride + e * step
        if lanes < WIDTH:
            for g in range(WIDTH):
                block[e, g] = flat[base + (g * stride if g < lanes else 0)]
        elif stride == 1:
            for g in range(WIDTH):
                block[e, g] = flat[base + g]
        else:
            for g in range(WIDTH):
                block[e, g] = flat[base + g * stride]
