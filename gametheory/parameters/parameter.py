r"""One number that may vary.

A parameter is a name for a real number of which a model knows a *baseline* :math:`b` and a range
:math:`[l, h]` with :math:`l \le b \le h`. All three are exact rationals, so that thresholds in a parameter
can be exact. Its *role* says who moves it, in the XLRM order of Lempert, Popper and Bankes (2003), *Shaping
the Next One Hundred Years*, RAND MR-1626: a **lever** is set by policy, an **uncertainty** by the world, a
**constant** by definition.
"""

from __future__ import annotations

import dataclasses
import keyword
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, TypeAlias, get_args

from gametheory import scalars
from gametheory.errors import ParameterError, unknown

__all__ = ["Parameter", "Role"]

Role: TypeAlias = Literal["lever", "uncertainty", "constant"]
_TEXT_FIELDS = ("unit", "description", "basis", "source")


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Parameter:
    """A named number with an exact baseline and range.

    Parameters
    ----------
    name : str
        The name that stands for it in payoffs: a Python identifier.
    baseline : int, Fraction, Decimal, str or float
        Kept exactly; a float is read as the decimal that it prints as (``0.6`` is 3/5).
    low, high : number, optional
        The range; the baseline where not given.
    unit : str
        Such as ``"USD bn"``.
    role : {"uncertainty", "lever", "constant"}
        Who moves it. A constant has no range.
    description : str
        What it means, for a reader.
    basis : str
        Where the numbers come from, in words. A basis that begins with ``"assumption"`` marks the number as
        assumed.
    source : str
        Reference, or the identifiers of the facts that the numbers rest on, separated by ``"; "``.

    Attributes
    ----------
    name, baseline, low, high, unit, role, description, basis, source
        As given, the numbers as :class:`fractions.Fraction`.

    Raises
    ------
    ParameterError
        If the name cannot stand in an expression, a number is not finite, or the baseline is outside its
        range.

    Examples
    --------
    >>> from gametheory.parameters import Parameter
    >>> Parameter("x_W", 134, 60, 160, unit="USD bn", role="lever")
    Parameter('x_W', 134, 60, 160, unit='USD bn', role='lever')
    >>> Parameter("share", 0.35).baseline
    Fraction(7, 20)
    >>> Parameter("k", 5, 10, 90)
    Traceback (most recent call last):
        ...
    gametheory.errors.ParameterError: parameter k: the baseline 5 is outside its range [10, 90]; widen the range or move the baseline.
    """

    name: str
    baseline: Fraction
    low: Fraction
    high: Fraction
    unit: str
    role: Role
    description: str
    basis: str
    source: str

    def __init__(
        self,
        name: str,
        baseline: Any,
        low: Any = None,
        high: Any = None,
        *,
        unit: str = "",
        role: Role = "uncertainty",
        description: str = "",
        basis: str = "",
        source: str = "",
    ) -> None:
        name = _identifier(name)
        where = f"parameter {name}"
        middle = scalars.exact(baseline, f"{where}: the baseline")
        least = middle if low is None else scalars.exact(low, f"{where}: low")
        greatest = middle if high is None else scalars.exact(high, f"{where}: high")
        if role not in get_args(Role):
            raise ParameterError(f"{where}: {unknown('role', role, get_args(Role))}")
        shown = f"[{scalars.to_text(least)}, {scalars.to_text(greatest)}]"
        if least > greatest:
            raise ParameterError(f"{where}: low is above high in {shown}; swap them.")
        if not least <= middle <= greatest:
            raise ParameterError(
                f"{where}: the baseline {scalars.to_text(middle)} is outside its range {shown}; "
                "widen the range or move the baseline."
            )
        if role == "constant" and least != greatest:
            raise ParameterError(
                f"{where}: a constant has no range, but this one has {shown}; make it an uncertainty."
            )
        texts = dict(zip(_TEXT_FIELDS, (unit, description, basis, source), strict=True))
        for field, text in texts.items():
            if not isinstance(text, str):
                raise ParameterError(f"{where}: {field} must be text, not {type(text).__name__}.")
        values = {"name": name, "baseline": middle, "low": least, "high": greatest, "role": role} | texts
        for field, value in values.items():
            object.__setattr__(self, field, value)

    @property
    def is_assumption(self) -> bool:
        """Whether the basis says that the numbers are assumed rather than taken from a source."""
        return self.basis.casefold().startswith("assumption")

    @property
    def varies(self) -> bool:
        """Whether the range is more than a point."""
        return self.low < self.high

    def replace(self, **changes: Any) -> Parameter:
        """A copy with some fields changed, validated anew.

        Examples
        --------
        >>> from gametheory.parameters import Parameter
        >>> Parameter("k", 40, 10, 90).replace(high=120)
        Parameter('k', 40, 10, 120, role='uncertainty')
        """
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        for field in changes:
            if field not in fields:
                raise unknown("field of a parameter", field, fields)
        return Parameter(**(fields | changes))

    def __repr__(self) -> str:
        numbers = [self.baseline, self.low, self.high] if self.varies else [self.baseline]
        shown = [repr(self.name)]
        for number in numbers:
            text = scalars.to_text(number)
            # In quotes where Python would read another number, or a float of too few digits.
            shown.append(repr(text) if "/" in text or ("." in text and len(text) > 15) else text)
        shown += [f"unit={self.unit!r}"] if self.unit else []
        shown += [f"role={self.role!r}"]
        return f"Parameter({', '.join(shown)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, tuple(getattr(self, field.name) for field in dataclasses.fields(self))


def _rebuild(
    name: str, baseline: Fraction, low: Fraction, high: Fraction, unit: str, role: Role, *texts: str
) -> Parameter:
    description, basis, source = texts
    return Parameter(
        name, baseline, low, high, unit=unit, role=role, description=description, basis=basis, source=source
    )


def _identifier(name: object) -> str:
    if not isinstance(name, str):
        raise ParameterError(f"the name of a parameter must be text, not {name!r}.")
    # Python reads identifiers in this normal form, so expressions and keyword arguments would not find the
    # other.
    normal = unicodedata.normalize("NFKC", name)
    if not normal.isidentifier() or keyword.iskeyword(normal):
        raise ParameterError(
            f"{name!r} cannot name a parameter, because it could not stand in an expression; "
            "use letters, digits and underscores, begin with a letter, and avoid Python's keywords."
        )
    return normal
