"""Formulas arranged to be read: the terms taken together that belong together.

The conditions that come out of payoffs are expanded polynomials in many parameters. Here the terms that share the most common
symbol are taken together and what they make is arranged in turn; what is left with few symbols is factored; a sum that is one minus a
product is written so. Thus :math:`a r + a s - a r s + c` becomes :math:`a (1 - (1 - r)(1 - s)) + c`. The value never changes, only the
arrangement.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from gametheory import scalars

__all__ = ["tidy"]

#: Most symbols of a polynomial that is tried for factors: with more, trying takes seconds and rarely succeeds.
MOST_FACTORED = 6


@lru_cache(maxsize=1024)
def tidy(expression: Any) -> Any:
    """Arrange a rational function so that it can be read.

    Parameters
    ----------
    expression : sympy.Expr or number

    Returns
    -------
    sympy.Expr or number
        Equal to it.

    Examples
    --------
    >>> from gametheory.scalars import parse
    >>> from gametheory.sensitivity.arrangement import tidy
    >>> formula = tidy(parse("(c + m - N*p*r - N*p*s + N*p*r*s) / (p*r*d - p*r*f - t)"))
    >>> import sympy
    >>> bool(sympy.simplify(formula - parse("(c + m - N*p*(1 - (1 - r)*(1 - s))) / (p*r*(d - f) - t)")) == 0)
    True
    >>> formula.count_ops() < 20
    True
    """
    if not scalars.is_expression(expression) or expression.is_number:
        return expression
    import sympy

    numerator, denominator = sympy.fraction(sympy.together(expression))
    # Sparse polynomials: cancelling the quotient as an expression takes seconds.
    _, (top, bottom) = sympy.polys.rings.sring([sympy.expand(numerator), sympy.expand(denominator)])
    above, below = (part.as_expr() for part in top.cancel(bottom))
    if _minuses(above) + _minuses(below) > _minuses(-above) + _minuses(-below):
        above, below = -above, -below
    return _grouped(above) / _grouped(below)


def _minuses(polynomial: Any) -> int:
    """Terms of degree one or less with a minus, which read badly in front."""
    return sum(1 for term in polynomial.as_ordered_terms() if term.could_extract_minus_sign())


def _grouped(polynomial: Any) -> Any:
    import sympy

    if polynomial.is_Add and all(_is_plain(term) for term in polynomial.args):
        return polynomial
    content, polynomial = _content(polynomial)
    if content != 1:
        opposite = _complement(-polynomial) if len(polynomial.free_symbols) <= MOST_FACTORED else None
        return content * _grouped(polynomial) if opposite is None else -content * opposite
    whole = polynomial
    if len(polynomial.free_symbols) <= MOST_FACTORED:
        whole = sympy.factor(polynomial)
        if not whole.is_Add:
            return _product(whole)
        complement = _complement(polynomial)
        if complement is not None:
            return complement
    terms = sympy.Add.make_args(sympy.expand(polynomial))
    counts = {s: sum(term.has(s) for term in terms) for s in sorted(polynomial.free_symbols, key=str)}
    symbol = max(counts, key=lambda s: counts[s], default=None)
    if symbol is None or counts[symbol] < 2 or counts[symbol] == len(terms):
        return whole
    shared = sympy.Add(*(term for term in terms if term.has(symbol)))
    rest = sympy.Add(*(term for term in terms if not term.has(symbol)))
    return _grouped(shared) + _grouped(rest)


def _is_plain(term: Any) -> bool:
    """Whether a term is a number, a symbol, or a symbol with a minus."""
    return bool(term.is_Number or term.is_Symbol or (-term).is_Symbol)


def _content(polynomial: Any) -> tuple[Any, Any]:
    """The greatest monomial that divides every term, and the rest, expanded."""
    import sympy

    if not polynomial.is_Add:
        return 1, polynomial
    content, rest = sympy.gcd_terms(polynomial, clear=False).as_independent(sympy.Add, as_Add=False)
    return (content, sympy.expand(rest)) if rest.is_Add or rest.is_Mul else (1, polynomial)


def _product(whole: Any) -> Any:
    """A product with its sums arranged, and a minus in front moved into a difference."""
    import sympy

    sign, factors = 1, []
    for factor in sympy.Mul.make_args(whole):
        if factor.is_Add:
            opposite = _complement(-factor)
            if opposite is not None and _complement(factor) is None:
                sign, factor = -sign, opposite
            elif opposite is None and factor.as_coeff_Add()[0].is_negative:
                sign, factor = -sign, _grouped(-factor)  # 1 - r rather than r - 1
            else:
                factor = _grouped(factor)
        factors.append(factor)
    negative = sympy.Mul(sign, *(f for f in factors if f.is_Number)).could_extract_minus_sign()
    if negative:
        for k, factor in enumerate(factors):
            if _can_turn(factor):
                sign, factors[k] = -sign, sympy.Add(*(-part for part in factor.args))
                break
    return sympy.Mul(sign, *factors)


def _can_turn(factor: Any) -> bool:
    """Whether a sum reads no worse with all its signs turned."""
    return bool(
        factor.is_Add
        and not factor.as_coeff_Add()[0]
        and any(part.could_extract_minus_sign() for part in factor.args)
        and _complement(factor) is None
    )


def _complement(polynomial: Any) -> Any | None:
    """The polynomial as one minus a product, as in ``1 - (1 - r)*(1 - s)``, if it is that."""
    import sympy

    rest = sympy.factor(1 - polynomial)
    sums = [factor for factor in sympy.Mul.make_args(rest) if factor.is_Add]
    if len(sums) < 2 or len(sympy.Add.make_args(sympy.expand(polynomial))) < 3:
        return None
    backwards = [factor.as_coeff_Add()[0].is_negative for factor in sums]  # such as r - 1
    turned = [-factor if back else factor for factor, back in zip(sums, backwards, strict=True)]
    others = [factor for factor in sympy.Mul.make_args(rest) if not factor.is_Add]
    return 1 - sympy.Mul((-1) ** sum(map(bool, backwards)), *others, *turned)
