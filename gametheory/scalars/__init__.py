"""What a payoff may be, and how text becomes one.

A *scalar* is a ``float``, an exact rational (:class:`fractions.Fraction`) or a SymPy expression in
parameters. A set of scalars has one *domain*:

- ``"rational"``: all are exact rationals. Ints, fractions, decimals and strings such as ``"1/3"`` are;
- ``"real"``: at least one is a float, and none is an expression; all become floats;
- ``"parametric"``: at least one is an expression; all become expressions with rational coefficients.

A float is an approximation of an unknown real, so a game of floats is solved as the floats are. Inside an
expression, or as the value of a parameter, a float is instead read as the decimal that it prints as (``0.1``
is 1/10, not 3602879701896397/36028797018963968), because there it is something that a person typed and the
answer is to be exact.

Text is read by :func:`parse`, which walks Python's own syntax tree and admits numbers, names and ``+ - * /
**`` only. Nothing is ever evaluated.
"""

from __future__ import annotations

from gametheory.scalars.evaluating import evaluate, names, substitute
from gametheory.scalars.expressions import is_expression, symbol
from gametheory.scalars.kinds import Domain, array, as_scalar, domain_of, exact, unify
from gametheory.scalars.mathml import to_mathml
from gametheory.scalars.reading import parse
from gametheory.scalars.showing import to_latex, to_text

__all__ = [
    "Domain",
    "array",
    "as_scalar",
    "domain_of",
    "evaluate",
    "exact",
    "is_expression",
    "names",
    "parse",
    "substitute",
    "symbol",
    "to_latex",
    "to_mathml",
    "to_text",
    "unify",
]
