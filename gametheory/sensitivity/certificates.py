r"""Certificates of claims about equilibria, and a checker that does not trust the search.

A certificate is a tree of cases. The checker reads the claim and the model anew, writes down the polynomial conditions by itself, and goes
down the tree with the conditions and the domain of each case:

- ``split``: the domain is halved; the two parts cover it;
- ``plan``: a plan of the equilibrium has probability zero, or is a best reply against what the others play;
- ``candidate``: a profile does not make up for the equilibrium, so one of its deviations gains or its outcome falls short: there must be a
  case for each of them that is not a condition of the equilibrium itself;
- ``multipliers``: a combination of the conditions, with multipliers that are not negative (of any sign for equations), is negative
  on the whole domain, or nowhere positive and one of its conditions is strict. A bound in whole numbers says so
  (:mod:`gametheory.sensitivity._boxes`).

Neither the search for cases nor a linear program is used, and no floating-point number.

References
----------
.. [1] R. McConnell, K. Mehlhorn, S. Naeher and P. Schweitzer, "Certifying algorithms", *Computer Science Review* 5 (2011), 119-161.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gametheory.errors import GameTheoryError, ParameterError
from gametheory.sensitivity._boxes import Cube, Domain, degrees_of, greatest
from gametheory.sensitivity._claim_formulas import Key, Obliged
from gametheory.sensitivity._claim_models import Question

if TYPE_CHECKING:
    from gametheory.parameters.model import Model

__all__ = ["Certificate", "CertificateError", "check", "load"]

FORMAT = "gametheory certificate 1"


class CertificateError(GameTheoryError, ValueError):
    """A certificate that does not prove its claim; the message says at which case."""


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """A proof of a claim about a model.

    Attributes
    ----------
    question : Question
        The claim, the ranges of the parameters, and what is assumed.
    trees : tuple of dict
        One tree of cases for each obligation of the claim.
    """

    question: Question
    trees: tuple[dict[str, Any], ...]

    @property
    def cases(self) -> int:
        """How many cases are closed by multipliers."""
        return sum(_leaves(tree) for tree in self.trees)

    def save(self, path: str | Path) -> None:
        """Write the certificate as JSON."""
        Path(path).write_text(
            json.dumps(self.to_dict(), separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8"
        )

    def to_dict(self) -> dict[str, Any]:
        """The certificate as nested lists and texts, numbers as fractions in text."""
        return {
            "format": FORMAT,
            "question": self.question.to_dict(),
            "trees": [_plain(tree) for tree in self.trees],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Certificate:
        """The certificate that :meth:`to_dict` has written.

        Raises
        ------
        CertificateError
            If it is none.
        """
        if data.get("format") != FORMAT:
            raise CertificateError(f"this is no certificate of the format {FORMAT!r}.")
        try:
            return cls(Question.from_dict(data["question"]), tuple(data["trees"]))
        except (KeyError, TypeError, ValueError) as error:
            raise CertificateError(f"the certificate is damaged: {error}") from error

    def __repr__(self) -> str:
        return f"<Certificate of {self.question.text!r}: {self.cases:,} cases>"


def load(path: str | Path) -> Certificate:
    """Read a certificate that :meth:`Certificate.save` has written.

    Raises
    ------
    CertificateError
        If the file holds none.
    """
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except (json.JSONDecodeError, RecursionError) as error:
        raise CertificateError(f"{path} is no JSON that can be read: {error}") from error
    if not isinstance(data, dict):
        raise CertificateError(f"{path} holds no certificate.")
    return Certificate.from_dict(data)


def check(certificate: Certificate, model: Model) -> int:
    """Verify a certificate independently of the search that found it.

    Parameters
    ----------
    certificate : Certificate
    model : Model

    Returns
    -------
    int
        The number of cases that were closed.

    Raises
    ------
    CertificateError
        If the certificate does not prove its claim about this model.

    References
    ----------
    .. [1] R. McConnell, K. Mehlhorn, S. Naeher and P. Schweitzer, "Certifying algorithms", *Computer Science Review* 5 (2011),
       119-161.

    Examples
    --------
    >>> import gametheory as gt
    >>> space = gt.ParameterSpace(gt.Parameter("k", 40, 10, 90))
    >>> k = space.symbols("k")
    >>> reply = gt.Decision("West", {"acquiesce": gt.Outcome(Russia=50, West=-67), "respond": gt.Outcome(Russia=-20, West=-27 - k)})
    >>> tree = gt.Decision("Russia", {"refrain": gt.Outcome(Russia=0, West=0), "act": reply})
    >>> model = gt.Model("tripwire", gt.ExtensiveGame(tree), space)
    >>> found = gt.sensitivity.verify("P(Russia: act) = 0 for k <= 30", model)
    >>> gt.sensitivity.certificates.check(found.certificate, model) >= 2
    True
    """
    question = certificate.question
    try:
        formulas, statement = question.formulas(model)
    except GameTheoryError as error:
        raise CertificateError(f"the certificate is about another model: {error}") from error
    except KeyError as error:
        raise CertificateError(f"the certificate has no range for {error}.") from error
    if len(certificate.trees) != len(statement.obligations):
        raise CertificateError(
            f"the claim has {len(statement.obligations)} sides, the certificate {len(certificate.trees)} trees."
        )
    total = 0
    for number, (tree, obligation) in enumerate(zip(certificate.trees, statement.obligations, strict=True)):
        try:
            checker = _Checker(Obliged(formulas, obligation))
            first = checker.obliged.conditions()
        except KeyError as error:
            raise CertificateError(f"the certificate has no range for {error}.") from error
        try:
            total += checker.walk(_plain(tree), f"tree {number}", first)
        except RecursionError as error:
            raise CertificateError(f"tree {number} is nested too deeply to be read.") from error
    return total


class _Checker:
    def __init__(self, obliged: Obliged) -> None:
        self.obliged, self.formulas = obliged, obliged.formulas

    def walk(self, tree: Any, where: str, first: list[Key]) -> int:
        """Check a whole tree, at whose root the first conditions hold; returns the number of leaves."""
        closed = 0
        waiting: list[tuple[Any, Domain, list[Key], str]] = [(tree, self.formulas.domain, first, where)]
        while waiting:
            node, domain, keys, place = waiting.pop()
            if not isinstance(node, Mapping):
                raise CertificateError(f"{place} is missing.")
            try:
                if "multipliers" in node:
                    self._leaf(node["multipliers"], domain, keys, place)
                    closed += 1
                elif "split" in node:
                    waiting += self._split(node, domain, keys, place)
                elif "plan" in node:
                    waiting += self._plan(node, domain, keys, place)
                elif "candidate" in node:
                    waiting += self._candidate(node, domain, keys, place)
                else:
                    raise CertificateError(f"{place} is open: nothing closes it.")
            except (KeyError, TypeError, IndexError, ValueError, ZeroDivisionError, ParameterError) as error:
                if isinstance(error, CertificateError):
                    raise
                raise CertificateError(f"{place} is damaged: {error}") from error
        return closed

    def _leaf(self, pairs: Sequence[Any], domain: Domain, keys: list[Key], place: str) -> None:
        """A combination of conditions that cannot hold together."""
        ring = self.formulas.ring
        total, strict = ring.constant(0), False
        for written, number in pairs:
            key, multiplier = _key(written), Fraction(number)
            if key not in keys:
                raise CertificateError(f"{place} uses the condition {key!r}, which does not hold there.")
            polynomial, relation = self.obliged.constraint(key)
            if relation != "==" and multiplier < 0:
                raise CertificateError(f"{place} multiplies the inequality {key!r} by {multiplier}.")
            total = total + polynomial * ring.constant(multiplier)
            strict |= relation == ">" and multiplier > 0
        cube = Cube(ring, domain, degrees_of(ring, [total]))
        high = greatest(cube.terms(total), cube.groups, enough=0)[0]
        if high > 0 or (high == 0 and not strict):
            raise CertificateError(
                f"{place} is not closed: the combination of conditions is not negative everywhere."
            )

    def _split(self, node: Mapping[str, Any], domain: Domain, keys: list[Key], place: str) -> list[Any]:
        name = node["split"]
        if isinstance(name, str):
            halves = domain.halves(name, Fraction(node["at"]))
        else:
            halves = domain.bisected(tuple(name), *node["edge"])
        first, second = node["parts"]
        return [(first, halves[0], keys, f"{place}.0"), (second, halves[1], keys, f"{place}.1")]

    def _plan(self, node: Mapping[str, Any], domain: Domain, keys: list[Key], place: str) -> list[Any]:
        k, m, s = (int(number) for number in node["plan"])
        names = self.formulas.group_names[k, m]
        face = domain.without(names, names[s])
        unused, used = node["parts"]
        played: list[Key] = [("played", k, m, s, other) for other in range(len(names)) if other != s]
        found = [(used, domain, [*keys, *played], f"{place}.1")]
        if face is not None:
            found.append((unused, face, keys, f"{place}.0"))
        return found

    def _candidate(self, node: Mapping[str, Any], domain: Domain, keys: list[Key], place: str) -> list[Any]:
        if not self.obliged.asks_for_candidates:
            raise CertificateError(f"{place} offers a profile, but the claim is about every equilibrium.")
        choices = _choices(node["candidate"])
        if len(choices) != len(self.formulas.parts):
            raise CertificateError(f"{place} offers a profile of another game.")
        given = {_key(written): part for written, part in node["parts"]}
        return [
            (given.get(key), domain, [*keys, key], f"{place}.{j}")
            for j, key in enumerate(self.obliged.alternatives(choices))
        ]


def _choices(written: Sequence[Any]) -> tuple[tuple[int, ...] | None, ...]:
    return tuple(None if own is None else tuple(int(s) for s in own) for own in written)


def _key(written: Sequence[Any]) -> Key:
    kind, *rest = written
    if kind in ("gain", "short"):
        return (kind, _choices(rest[0]), *(int(number) for number in rest[1:]))
    return (kind, *(int(number) for number in rest))


def _plain(value: Any) -> Any:
    """Nested lists and texts."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return str(value) if isinstance(value, Fraction) else value


def _leaves(tree: Any) -> int:
    if not isinstance(tree, Mapping):
        return 0
    if "multipliers" in tree:
        return 1
    parts = tree.get("parts", [])
    return sum(_leaves(part[1] if "candidate" in tree else part) for part in parts)
