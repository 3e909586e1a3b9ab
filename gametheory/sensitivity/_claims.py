r"""Claims about the equilibria of a game, for all values of its parameters: how they are written and what would break them.

A claim is about an *outcome* :math:`f`, a combination of named outcomes with coefficients in the parameters. It is

- *pointwise*: :math:`f \le 0` in every equilibrium, or in some equilibrium (which is what ``"least ... <= 0"`` says); or
- *monotone*: when some parameters move in a direction, neither the least nor the greatest value of :math:`f` over the equilibria ever
  rises (or falls).

What would break it is one *obligation* or several: an equilibrium :math:`\sigma` at a point at which no equilibrium makes up for it.
Write :math:`F(\theta)` for the values of the outcome over the equilibria at :math:`\theta`.

- In every equilibrium :math:`f \le 0`: broken by :math:`\sigma` with :math:`f(\sigma) > 0`.
- In some: broken by :math:`\sigma` with :math:`f(\sigma) > 0`, if no equilibrium at the same point has :math:`f \le 0`.
- :math:`\max F` never rises: broken by :math:`\sigma` after the move, if no equilibrium before it has :math:`f \ge f(\sigma)`.
- :math:`\min F` never rises: broken by :math:`\sigma` before the move, if no equilibrium after it has :math:`f \le f(\sigma)`.

There always is an equilibrium (Nash 1951), and the set of all is closed, so that nothing else can break a claim.

References
----------
.. [1] J. Nash, "Non-cooperative games", *Annals of Mathematics* 54 (1951), 286-295.
.. [2] P. Milgrom and C. Shannon, "Monotone comparative statics", *Econometrica* 62 (1994), 157-180.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from gametheory import scalars
from gametheory.equilibria.outcomes import OutcomeFunctional, default_outcomes
from gametheory.errors import ParameterError, Unsupported, unknown
from gametheory.solvers.rational_functions import RationalFunction, Ring

if TYPE_CHECKING:
    from gametheory.parameters.model import Model

__all__ = ["Monotone", "Obligation", "Statement", "parameter_terms", "read_claim"]

Sense: TypeAlias = Literal["never rises", "never falls"]

_RELATION = re.compile(r"<=|>=|==|=|<|>|≤|≥")
_SPELT = {"=": "==", "≤": "<=", "≥": ">="}
_MONOTONE = re.compile(
    r"\s*(?:the\s+)?(?P<outcome>.*?)\s+never\s+(?P<sense>rises|falls)\s+(?:with|as|in)\s+(?P<name>.*?)(?:\s+rises)?\s*",
    re.DOTALL,
)
_QUANTIFIED = re.compile(r"\s*(?P<which>greatest|least)\s+(?P<rest>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, eq=False)
class Monotone:
    """The claim that an outcome never rises, or never falls, when parameters move.

    Both the least and the greatest value over the equilibria are meant, unless the outcome starts with ``greatest`` or ``least``.

    Parameters
    ----------
    outcome : str
        Such as ``"P(Russia: full)"``, ``"payoff: West"`` or ``"P(West: sanction) + 2*P(West: support)"``.
    parameters : str or mapping of str to number
        What is raised; a mapping gives the direction in which several move together, negative for those that are lowered.
    sense : {"never rises", "never falls"}
    by : {"amount", "share"}
        Whether parameters that move together change in proportion to the numbers given, or by the same share of the room that each has
        in its range (then only the signs of the numbers count).

    Examples
    --------
    >>> from gametheory.sensitivity import Monotone
    >>> print(Monotone("P(Russia: act)", {"E_W": -1, "E_C": 1}))
    P(Russia: act) never rises as E_W falls and E_C rises
    """

    outcome: str
    parameters: str | Mapping[str, Any]
    sense: Sense = "never rises"
    by: Literal["amount", "share"] = "amount"

    def __post_init__(self) -> None:
        if self.sense not in ("never rises", "never falls"):
            raise unknown("sense", self.sense, ("never rises", "never falls"))
        if self.by not in ("amount", "share"):
            raise unknown("way to move", self.by, ("amount", "share"))
        given = {self.parameters: 1} if isinstance(self.parameters, str) else dict(self.parameters)
        moves = {name: scalars.exact(rate, f"the direction of {name}") for name, rate in given.items()}
        if not moves or not all(moves.values()):
            raise ParameterError(
                f"a monotone claim moves something: {self.parameters!r} gives no parameter, or one that does not move."
            )
        object.__setattr__(self, "parameters", MappingProxyType(moves))

    def __reduce__(self) -> tuple[Any, ...]:
        return Monotone, (self.outcome, dict(self.moves), self.sense, self.by)

    @property
    def moves(self) -> Mapping[str, Fraction]:
        """The direction, parameter by parameter."""
        assert isinstance(self.parameters, Mapping)
        return self.parameters

    def __str__(self) -> str:
        if list(self.moves.values()) == [1]:
            return f"{self.outcome} {self.sense} with {next(iter(self.moves))}"

        def part(name: str, rate: Fraction) -> str:
            by = (
                f" {scalars.to_text(abs(rate))} times as much"
                if abs(rate) != 1 and self.by == "amount"
                else ""
            )
            return f"{name} {'rises' if rate > 0 else 'falls'}{by}"

        moved = " and ".join(part(name, rate) for name, rate in self.moves.items())
        return f"{self.outcome} {self.sense} as {moved}" + (
            " by the same share of their room" if self.by == "share" else ""
        )


@dataclass(frozen=True, slots=True, eq=False)
class Obligation:
    """One way to break a claim: an equilibrium for which no other makes up.

    Attributes
    ----------
    kind : {"every", "some", "greatest", "least"}
        The four cases of the module; ``some`` and the two monotone ones ask for candidates that make up.
    relation : {"<=", "<", ">=", ">"}
        What the claim says of the outcome against zero; for monotone claims ``"<="`` for never rises.
    """

    kind: Literal["every", "some", "greatest", "least"]
    relation: str

    @property
    def moved(self) -> bool:
        """Whether it compares two points."""
        return self.kind in ("greatest", "least")


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A claim that has been read.

    Attributes
    ----------
    text : str
    terms : tuple of (scalar, OutcomeFunctional)
        The outcome is the sum of these products and `constant`.
    constant : scalar
    obligations : tuple of Obligation
    moves : mapping of str to Fraction
        The direction of a monotone claim; empty for a pointwise one.
    by_share : bool
    after : str or None
    """

    text: str
    terms: tuple[tuple[Any, OutcomeFunctional], ...]
    constant: Any
    obligations: tuple[Obligation, ...]
    moves: Mapping[str, Fraction] = field(default_factory=dict)
    by_share: bool = False
    after: str | None = None
    #: What a pointwise claim compares the outcome with; it has been subtracted.
    right: Any = Fraction(0)


def read_claim(claim: str | Monotone, model: Model, after: str | None = None) -> Statement:
    """Read a claim about a model.

    Raises
    ------
    ParameterError
        If the text is no claim.
    UnknownName
        If it names an outcome or a parameter that the model does not have.
    """
    if isinstance(claim, str):
        match = _MONOTONE.fullmatch(claim)
        if match:
            sense: Sense = "never rises" if match["sense"] == "rises" else "never falls"
            claim = Monotone(match["outcome"], match["name"].strip(), sense)
    where = f" after {after}" if after else ""
    if isinstance(claim, Monotone):
        for name in claim.moves:
            if name not in model.space:
                raise unknown("parameter", name, model.space)
        which, outcome = _quantifier(claim.outcome)
        terms, constant = _outcome(outcome, model)
        relation = "<=" if claim.sense == "never rises" else ">="
        kinds: tuple[Literal["greatest", "least"], ...] = ("greatest", "least") if which is None else (which,)
        return Statement(
            f"{claim}{where}",
            terms,
            constant,
            tuple(Obligation(kind, relation) for kind in kinds),
            claim.moves,
            claim.by == "share",
            after,
        )
    if not isinstance(claim, str):
        raise ParameterError(f"{claim!r} is no claim; give a text such as 'P(A: act) <= 0', or a Monotone.")
    which, text = _quantifier(claim)
    parts = _RELATION.split(text)
    if len(parts) != 2:
        raise ParameterError(
            f"{claim!r} is no claim: write an outcome, one of <= < >= > = and a number, such as 'P(A: act) <= 1/2', or "
            "'P(A: act) never rises with x'."
        )
    found = _RELATION.findall(text)[0]
    relation = _SPELT.get(found, found)
    terms, constant = _outcome(f"({parts[0]}) - ({parts[1]})", model)
    if not terms:
        raise ParameterError(
            f"{claim!r} names no outcome of the game, such as {default_outcomes(model.game)[0]!r}."
        )
    return Statement(
        f"{claim.strip()}{where}",
        terms,
        constant,
        tuple(_obligations(relation, which)),
        after=after,
        right=Fraction(0) if _outcome(parts[1], model)[0] else _outcome(parts[1], model)[1],
    )


def _obligations(relation: str, which: str | None) -> list[Obligation]:
    if relation == "==":
        return [*_obligations("<=", which), *_obligations(">=", which)]
    # The greatest value is at most something if all are, at least something if one is.
    some = which is not None and (which == "least") == (relation in ("<=", "<"))
    return [Obligation("some" if some else "every", relation)]


def _quantifier(text: str) -> tuple[Literal["greatest", "least"] | None, str]:
    match = _QUANTIFIED.fullmatch(text)
    if not match:
        return None, text
    return ("greatest" if match["which"] == "greatest" else "least"), match["rest"]


def _outcome(text: str, model: Model) -> tuple[tuple[tuple[Any, OutcomeFunctional], ...], Any]:
    """The coefficients of the named outcomes in a text, and the rest."""
    names = sorted({*model.outcomes, *default_outcomes(model.game)}, key=len, reverse=True)
    atoms: dict[str, OutcomeFunctional] = {}
    plain = text
    for name in names:
        pattern = r"\s*".join(re.escape(part) for part in re.split(r"\s+|(?<=[:(])|(?=[:)])", name) if part)
        edge = r"(?<!\w)" + pattern + (r"(?!\w)" if name[-1:].isalnum() else "")
        if not re.search(edge, plain):
            continue
        outcome = model.outcome(name)
        if not isinstance(outcome, OutcomeFunctional):
            raise Unsupported(
                f"{name!r} is a function of an equilibrium, of which nothing is known but its values; claims are about "
                f"outcomes such as {default_outcomes(model.game)[0]!r}."
            )
        stand_in = f"outcome_{len(atoms)}_"
        atoms[stand_in] = outcome
        plain = re.sub(edge, stand_in, plain)
    if ":" in plain:
        fragment = re.sub(r"^[\s(]+", "", plain[: plain.rindex(":")].split("outcome_")[-1]) + ":"
        near = difflib.get_close_matches(text, names, 1, 0.3)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ParameterError(
            f"{text!r} names an outcome that the model does not have (at {fragment!r}).{hint} Known are "
            f"{', '.join(map(repr, default_outcomes(model.game)[:8]))} and the like."
        )
    expression = scalars.parse(plain)
    for name in scalars.names(expression):
        if str(name) not in atoms and str(name) not in model.space:
            raise unknown("outcome or parameter", str(name), [*model.space, *names])
    ring = Ring((*model.space, *atoms))
    function = ring.read(expression)
    if any(ring.degree(function.denominator, a) > 0 for a in atoms) or any(
        sum(exponents[ring.index(a)] for a in atoms) > 1 for exponents in function.numerator.to_dict()
    ):
        raise Unsupported(f"{text!r} multiplies outcomes with each other; claims are about sums of outcomes.")
    rest = function.numerator
    terms = []
    for name, outcome in atoms.items():
        coefficients = ring.coefficients(function.numerator, name)
        if len(coefficients) > 1:
            rest = rest - coefficients[1] * ring.variable(name)
            terms.append((ring.to_sympy(RationalFunction(coefficients[1], function.denominator)), outcome))
    return tuple(terms), ring.to_sympy(RationalFunction(rest, function.denominator))


def parameter_terms(texts: Sequence[Any], model: Model) -> list[tuple[str, Any, str]]:
    """Conditions on the parameters, as (text, scalar, relation against zero).

    Parameters
    ----------
    texts : sequence of str or expression
        Texts with one of ``<= < >= > =``, or expressions that are not negative.
    """
    found: list[tuple[str, Any, str]] = []
    for text in texts:
        if not isinstance(text, str):
            term, relation, shown = text, ">=", f"{text} >= 0"
        else:
            parts = _RELATION.split(text)
            if len(parts) != 2:
                raise ParameterError(
                    f"the condition {text!r} is not readable; write two expressions with one of <= < >= > = between them."
                )
            spelt = _RELATION.findall(text)[0]
            relation = _SPELT.get(spelt, spelt)
            left, right = map(scalars.parse, parts)
            term, relation = {
                "<=": (right - left, ">="),
                "<": (right - left, ">"),
                ">=": (left - right, ">="),
                ">": (left - right, ">"),
                "==": (left - right, "=="),
            }[relation]
            shown = text
        for name in scalars.names(term):
            if str(name) not in model.space:
                raise unknown("parameter in a condition", str(name), model.space)
        found.append((shown, term, relation))
    return found
