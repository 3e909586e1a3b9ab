"""Formulas arranged to be read: the terms taken together that belong together.

The conditions that come out of payoffs are expanded polynomials in many parameters. Here the terms that share the most common
symbol are taken together and what they make is arranged in turn; every sum is factored as far as it goes; a sum that is one minus a
product is written so. Thus :math:`a r + a s - a r s + c` becomes :math:`a (1 - (1 - r)(1 - s)) + c`. An inequality gets its terms
with a minus on the other side. The value never changes, only the arrangement.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

from gametheory import scalars

__all__ = ["sides", "tidy", "typeset", "written"]

#: A point at which sums are to be positive, as items so that it has a hash.
Point: TypeAlias = tuple[tuple[str, Fraction], ...]


def tidy(expression: Any, at: Mapping[str, Fraction] | None = None) -> Any:
    """Arrange a rational function so that it can be read.

    Parameters
    ----------
    expression : sympy.Expr or number
    at : mapping of str to Fraction, optional
        A point, such as the baseline: sums inside products are written the way round in which they are positive there. A value
        for every symbol.

    Returns
    -------
    sympy.Expr or number
        Equal to it.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from gametheory.scalars import parse
    >>> from gametheory.sensitivity.arrangement import tidy
    >>> formula = tidy(parse("(c + m - N*p*r - N*p*s + N*p*r*s) / (p*r*d - p*r*f - t)"))
    >>> import sympy
    >>> bool(sympy.simplify(formula - parse("(c + m - N*p*(1 - (1 - r)*(1 - s))) / (p*r*(d - f) - t)")) == 0)
    True
    >>> formula.count_ops() < 20
    True
    >>> loss = parse("p*f - p*d")
    >>> tidy(loss, {"p": Fraction(1, 2), "d": Fraction(3, 5), "f": Fraction(1, 5)})
    -p*(d - f)
    """
    if not scalars.is_expression(expression) or expression.is_number:
        return expression
    return _tidy(expression, None if at is None else tuple(sorted(at.items())))


@lru_cache(maxsize=4096)
def _tidy(expression: Any, at: Point | None) -> Any:
    import sympy

    numerator, denominator = sympy.fraction(sympy.together(expression))
    # Sparse polynomials: cancelling the quotient as an expression takes seconds.
    _, (top, bottom) = sympy.polys.rings.sring([sympy.expand(numerator), sympy.expand(denominator)])
    above, below = (part.as_expr() for part in top.cancel(bottom))
    if at is not None and _value(below, at):
        turn = _value(below, at) < 0
    else:
        turn = _minuses(above) + _minuses(below) > _minuses(-above) + _minuses(-below)
    if turn:
        above, below = -above, -below
    return _grouped(above, at) / _grouped(below, at)


def sides(expression: Any, at: Mapping[str, Fraction] | None = None) -> tuple[Any, Any]:
    """Two expressions whose difference is the given one, so that no term of either has a minus in front if that can be had.

    Parameters
    ----------
    expression : sympy.Expr or number
        A polynomial.
    at : mapping of str to Fraction, optional
        As for :func:`tidy`: a term goes to the side on which it is positive at this point.

    Returns
    -------
    (left, right)

    Examples
    --------
    >>> from gametheory.scalars import parse
    >>> from gametheory.sensitivity.arrangement import sides
    >>> sides(parse("x/2 - k - c"))
    (x/2, c + k)
    """
    if not scalars.is_expression(expression):
        return (expression, Fraction(0)) if expression >= 0 else (Fraction(0), -expression)
    import sympy

    point = None if at is None else tuple(sorted(at.items()))
    terms = sympy.Add.make_args(tidy(expression, at))
    below = [term for term in terms if _is_negative(term, point)]
    left = sympy.Add(*(term for term in terms if term not in below))
    return left, sympy.Add(*(_negated(term) for term in below))


def written(expression: Any) -> str:
    """An expression as text, with terms without a minus first.

    Examples
    --------
    >>> from gametheory.scalars import parse
    >>> from gametheory.sensitivity.arrangement import written
    >>> written(parse("p*(1 - (1 - r)*(1 - s))"))
    'p*(1 - (1 - r)*(1 - s))'
    """
    if not scalars.is_expression(expression):
        return scalars.to_text(expression)
    from sympy.printing.str import StrPrinter

    class Printer(StrPrinter):  # type: ignore[misc]  # SymPy has no types
        def _as_ordered_terms(self, expr: Any, order: Any = None) -> list[Any]:
            return _plus_first(super()._as_ordered_terms(expr, order))

    return str(Printer().doprint(expression))


def typeset(expression: Any) -> str:
    r"""An expression in LaTeX, in the names of the package and with terms without a minus first.

    Examples
    --------
    >>> from gametheory.scalars import parse
    >>> from gametheory.sensitivity.arrangement import typeset
    >>> print(typeset(parse("transit*(1 - (1 - r_S)*(1 - s))")))
    \mathit{transit} \left(1 - \left(1 - r_{S}\right) \left(1 - s\right)\right)
    """
    if not scalars.is_expression(expression):
        return scalars.to_latex(expression)
    from sympy.printing.latex import LatexPrinter

    class Printer(LatexPrinter):  # type: ignore[misc]  # SymPy has no types
        def _as_ordered_terms(self, expr: Any, order: Any = None) -> list[Any]:
            return _plus_first(super()._as_ordered_terms(expr, order))

    names = {symbol: scalars.to_latex(symbol) for symbol in expression.free_symbols}
    return str(Printer({"symbol_names": names}).doprint(expression))


def _plus_first(terms: Any) -> list[Any]:
    return sorted(terms, key=lambda term: bool(term.could_extract_minus_sign()))


def _value(expression: Any, at: Point) -> Fraction:
    value: Fraction = scalars.evaluate(_number(expression), dict(at))
    return value


def _number(expression: Any) -> Any:
    """A SymPy number as a fraction, for evaluation."""
    return Fraction(int(expression.p), int(expression.q)) if expression.is_Rational else expression


def _is_negative(term: Any, at: Point | None) -> bool:
    """Whether a term is to be read as subtracted."""
    value = _value(term, at) if at is not None else 0
    return value < 0 if value else bool(term.could_extract_minus_sign())


def _negated(term: Any) -> Any:
    """A term with its sign turned: in a product with a sum, the sum's signs rather than a minus in front."""
    import sympy

    factors = sympy.Mul.make_args(term)
    if term.could_extract_minus_sign() or not any(factor.is_Add for factor in factors):
        return -term
    k = next(k for k, factor in enumerate(factors) if factor.is_Add)
    turned = sympy.Add(*(-part for part in factors[k].args))
    return sympy.Mul(*factors[:k], turned, *factors[k + 1 :])


def _minuses(polynomial: Any) -> int:
    """Terms of degree one or less with a minus, which read badly in front."""
    return sum(1 for term in polynomial.as_ordered_terms() if term.could_extract_minus_sign())


def _factored(polynomial: Any) -> Any:
    """A polynomial as a product of irreducible ones."""
    import sympy

    from gametheory.solvers.rational_functions import Ring

    names = sorted(map(str, polynomial.free_symbols))
    if not names:
        return polynomial
    ring = Ring(names)
    constant, factors = ring.read(polynomial).numerator.factor()
    number = sympy.Rational(int(constant.p), int(constant.q))
    return sympy.Mul(number, *(ring.to_sympy(factor) ** int(power) for factor, power in factors))


def _grouped(polynomial: Any, at: Point | None = None) -> Any:
    import sympy

    if polynomial.is_Add and all(_is_plain(term) for term in polynomial.args):
        return polynomial
    content, polynomial = _content(polynomial)
    if content != 1:
        opposite = _complement(-polynomial, at)
        return content * _turned(polynomial, at) if opposite is None else -content * opposite
    whole = _factored(polynomial)
    if not whole.is_Add:
        return _product(whole, at)
    complement = _complement(polynomial, at)
    if complement is not None:
        return complement
    terms = sympy.Add.make_args(sympy.expand(polynomial))
    counts = {s: sum(term.has(s) for term in terms) for s in sorted(polynomial.free_symbols, key=str)}
    symbol = max(counts, key=lambda s: counts[s], default=None)
    if symbol is None or counts[symbol] < 2 or counts[symbol] == len(terms):
        return whole
    shared = sympy.Add(*(term for term in terms if term.has(symbol)))
    rest = sympy.Add(*(term for term in terms if not term.has(symbol)))
    return _grouped(shared, at) + _grouped(rest, at)


def _turned(polynomial: Any, at: Point | None) -> Any:
    """A factor that is a sum, arranged the way round in which it is positive; with a minus in front where that turned it."""
    import sympy

    if at is None or not polynomial.is_Add or _value(polynomial, at) >= 0:
        return _grouped(polynomial, at)
    return sympy.Mul(-1, _grouped(sympy.expand(-polynomial), at), evaluate=False)


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


def _product(whole: Any, at: Point | None) -> Any:
    """A product with its sums arranged, and a minus in front moved into a difference."""
    import sympy

    sign, factors = 1, []
    for factor in sympy.Mul.make_args(whole):
        base, power = factor.as_base_exp()
        if base.is_Add:
            turn = _reads_better_turned(base, at)
            if turn:
                sign *= -1 if power % 2 else 1
                base = sympy.expand(-base)
            complement = _complement(base, at)
            factor = (_grouped(base, at) if complement is None else complement) ** power
        factors.append(factor)
    negative = sympy.Mul(sign, *(f for f in factors if f.is_Number)).could_extract_minus_sign()
    if negative and at is None:
        for k, factor in enumerate(factors):
            if _can_turn(factor):
                sign, factors[k] = -sign, sympy.Add(*(-part for part in factor.args))
                break
    return sympy.Mul(sign, *factors)


def _reads_better_turned(base: Any, at: Point | None) -> bool:
    """Whether a sum is better written with all its signs turned: to be positive, or 1 - r rather than r - 1."""
    if at is not None and (value := _value(base, at)):
        return value < 0
    opposite = _complement(-base, at)
    if opposite is not None:
        return _complement(base, at) is None
    return bool(base.as_coeff_Add()[0].is_negative)


def _can_turn(factor: Any) -> bool:
    """Whether a sum reads no worse with all its signs turned."""
    return bool(
        factor.is_Add
        and not factor.as_coeff_Add()[0]
        and any(part.could_extract_minus_sign() for part in factor.args)
        and _complement(factor, None) is None
    )


def _complement(polynomial: Any, at: Point | None) -> Any | None:
    """The polynomial as one minus a product, as in ``1 - (1 - r)*(1 - s)``, if it is that."""
    import sympy

    if len(sympy.Add.make_args(sympy.expand(polynomial))) < 3:
        return None
    rest = _factored(sympy.expand(1 - polynomial))
    factors = sympy.Mul.make_args(rest)
    sums = [factor for factor in factors if factor.as_base_exp()[0].is_Add]
    if len(sums) < 2:
        return None
    return (
        1 - _product(rest, at)
        if not any(f.is_Number and f.is_negative for f in factors)
        else _minus(rest, at)
    )


def _minus(rest: Any, at: Point | None) -> Any | None:
    """One minus a product that begins with a minus, if turning a factor takes the minus away."""
    product = _product(rest, at)
    return None if product.could_extract_minus_sign() else 1 - product
