r"""What would it take? The cheapest change of the levers that makes a target hold in equilibrium.

Levers are parameters that a policy can set. Let :math:`\theta` be their values, :math:`b` where they are now, and let a unit of lever
:math:`i` cost :math:`u_i` upward and :math:`d_i` downward. The answer is

.. math::

    c^* = \inf \Bigl\{ \sum_i u_i (\theta_i - b_i)^+ + d_i (b_i - \theta_i)^+ : \text{the target holds in every (or some)
    equilibrium at } \theta \Bigr\}

over the ranges of the levers, with a proof that nothing cheaper does; or the proof that nothing within the ranges does. See
:mod:`gametheory.sensitivity._cheapest` for how. The infimum is often not attained: at the cheapest point somebody is indifferent, and
only beyond it the target holds in every equilibrium. It then takes *more than* the cost.

References
----------
.. [1] R. Horst and H. Tuy, *Global Optimization: Deterministic Approaches*, 3rd ed., Springer, 1996.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from gametheory import scalars
from gametheory.errors import ParameterError, unknown
from gametheory.parameters.model import Model
from gametheory.sensitivity import _words
from gametheory.sensitivity._cases import Cases, solve_at
from gametheory.sensitivity._chances import check_probabilities
from gametheory.sensitivity._cheapest import Cheapest
from gametheory.sensitivity._costs import Costs, Found, Left
from gametheory.sensitivity._statements import read
from gametheory.solvers import _plotting

if TYPE_CHECKING:
    import pandas

    from gametheory.equilibria.result import EquilibriumSet

__all__ = ["Lever", "Levers", "levers"]


@dataclass(frozen=True, slots=True)
class Lever:
    """What is done with one lever.

    Attributes
    ----------
    name : str
    baseline, low, high : Fraction
        Where it is, and the range that was searched.
    up, down : Fraction
        The cost of a unit upward and downward.
    value : Fraction or None
        At the verified point; None if there is none.
    limit : Fraction or None
        At the point whose cost is the infimum, if that is known.
    """

    name: str
    baseline: Fraction
    low: Fraction
    high: Fraction
    up: Fraction
    down: Fraction
    value: Fraction | None
    limit: Fraction | None

    @property
    def change(self) -> Fraction | None:
        """The move from the baseline to the limit, or to the verified point where no limit is known."""
        end = self.value if self.limit is None else self.limit
        return None if end is None else end - self.baseline

    @property
    def cost(self) -> Fraction | None:
        """What the change costs."""
        change = self.change
        return None if change is None else (self.up * change if change > 0 else -self.down * change)


@dataclass(frozen=True, slots=True, eq=False)
class Levers:
    """The cheapest change of levers for a target; what :func:`levers` returns.

    Attributes
    ----------
    model : Model
    target : str
    quantifier : {"every", "some"}
        Whether the target is to hold in every equilibrium or in some.
    levers : tuple of Lever
    unit : str
        What costs are in.
    feasible : bool or None
        Whether the target can be met; None if that is not decided.
    cost : Fraction or None
        The infimum of the costs, exactly, where `exact`; else that of the verified point.
    lower : Fraction
        Proved: nothing that costs less will do.
    exact : bool
        Whether `cost` is proved to be the infimum itself.
    attained : bool
        Whether the target holds at a point with that cost; if not, it takes more.
    before : EquilibriumSet
        At the baseline.
    equilibria : EquilibriumSet or None
        At the verified point.
    proof : tuple of Left
        The parts into which the box of levers was divided, and why each is done with.
    share_open : float
        The share of the box that is not decided.
    """

    model: Model
    target: str
    quantifier: Literal["every", "some"]
    levers: tuple[Lever, ...]
    unit: str
    feasible: bool | None
    cost: Fraction | None
    lower: Fraction
    exact: bool
    attained: bool
    before: EquilibriumSet
    equilibria: EquilibriumSet | None
    proof: tuple[Left, ...]
    share_open: float

    @property
    def point(self) -> Mapping[str, Fraction] | None:
        """The levers at the verified point; None if there is none."""
        found = {lever.name: lever.value for lever in self.levers if lever.value is not None}
        return MappingProxyType(found) if len(found) == len(self.levers) else None

    @property
    def complete(self) -> bool:
        """Whether the answer is proved: infeasible, or a cost with nothing cheaper (to the tolerance asked for)."""
        return self.feasible is not None and self.share_open == 0

    def __getitem__(self, name: str) -> Lever:
        for lever in self.levers:
            if lever.name == name:
                return lever
        raise unknown("lever", name, [lever.name for lever in self.levers])

    def to_frame(self) -> pandas.DataFrame:
        """One row for each lever: where it is, where it goes, what that costs."""
        import pandas as pd

        columns = ("name", "baseline", "low", "high", "up", "down", "value", "limit", "change", "cost")
        return pd.DataFrame([{column: getattr(lever, column) for column in columns} for lever in self.levers])

    def to_latex(self) -> str:
        """A ``tabular`` of the levers."""
        lines = [r"\begin{tabular}{l r r r r}", r"\hline", r"Lever & From & To & Change & Cost \\", r"\hline"]
        for lever in self.levers:
            end = lever.value if lever.limit is None else lever.limit
            cells = [
                "" if value is None else _words.latex(value)
                for value in (lever.baseline, end, lever.change, lever.cost)
            ]
            lines.append(" & ".join([_words.escape(lever.name), *cells]) + r" \\")
        lines += [r"\hline", rf"\multicolumn{{5}}{{l}}{{{_words.escape(self._headline())}}} \\", r"\hline"]
        return "\n".join([*lines, r"\end{tabular}"])

    def plot(self, **options: Any) -> Any:
        """Draw each lever's range and its move; needs the ``plot`` extra.

        Returns
        -------
        matplotlib.figure.Figure
        """
        return _plotting.draw("levers", self, **options)

    # -- words --------------------------------------------------------------------------------------------------------
    def _headline(self) -> str:
        names = ", ".join(lever.name for lever in self.levers)
        what = self.target if self.quantifier == "every" else f"{self.target} in some equilibrium"
        if self.feasible is False:
            whose = "its range" if len(self.levers) == 1 else "their ranges"
            return f"{what}: nothing that {names} can do within {whose} makes it hold (proved, {len(self.proof)} parts)"
        if self.cost is None:
            return f"{what}: undecided; no way is known, and {self.share_open:.2g} of the box of {names} is not excluded"
        if not self.cost:
            return f"{what}: holds already; nothing need change"
        amount = f"{_words.rounded(self.cost)}{f' {self.unit}' if self.unit else ''}"
        if self.exact:
            text = f"{what}: takes {'' if self.attained else 'more than '}{amount}, and nothing cheaper does (proved)"
        else:
            text = f"{what}: {amount} suffices, and nothing below {_words.rounded(self.lower)} does (proved)"
        return text

    def __str__(self) -> str:
        lines = [self._headline()]
        for lever in self.levers:
            if lever.change:
                end = lever.value if lever.limit is None else lever.limit
                low, high = (scalars.to_text(value) for value in (lever.low, lever.high))
                start = scalars.to_text(lever.baseline)
                lines.append(
                    f"  {lever.name}: {start} to {_words.rounded(end)} (range {low} to {high}), cost {_words.rounded(lever.cost)}"
                )
        if self.equilibria is not None and self.cost:
            lines.append("  then " + " | ".join(dict.fromkeys(e.play for e in self.equilibria)))
        if self.share_open:
            lines.append(f"  not decided on {self.share_open:.2g} of the box")
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from html import escape

        rows = []
        for lever in self.levers:
            end = lever.value if lever.limit is None else lever.limit
            cells = [lever.name] + [
                "" if value is None else _words.rounded(value)
                for value in (lever.baseline, end, lever.change, lever.cost)
            ]
            rows.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
        head = "<tr><th>Lever</th><th>From</th><th>To</th><th>Change</th><th>Cost</th></tr>"
        return f"<table><caption>{escape(self._headline())}</caption>{head}{''.join(rows)}</table>"

    def __reduce__(self) -> tuple[Any, ...]:
        return Levers, tuple(getattr(self, entry.name) for entry in fields(self))


def levers(
    model: Model,
    target: str,
    *,
    levers: Iterable[str] | None = None,
    cost: str | Mapping[str, Any] = "distance",
    over: Mapping[str, tuple[Any, Any]] | None = None,
    quantifier: str = "every",
    at: Mapping[str, Any] | None = None,
    tolerance: Any = "0.001",
    budget: int = 2000,
    progress: bool = True,
) -> Levers:
    """The cheapest change of levers that makes a target hold, or the proof that none does.

    Parameters
    ----------
    model : Model
    target : str
        ``"OUTCOME RELATION NUMBER"``, such as ``"P(Russia: act) = 0"`` or ``"payoff: West >= -100"``; an outcome alone means that its
        probability is to be one.
    levers : iterable of str, optional
        The parameters to be moved; by default those with the role ``"lever"``.
    cost : "distance", or mapping of str to number or (number, number)
        What a unit of each lever costs, or a unit upward and a unit downward. By default moves are measured in ranges: the whole
        range of a lever costs one.
    over : mapping of str to (low, high), optional
        Ranges to search instead of those of the space; they may be wider.
    quantifier : {"every", "some"}
        Whether the target is to hold in every equilibrium or in some.
    at : mapping of str to number, optional
        Exact values of parameters, levers among them, instead of their baseline.
    tolerance : number
        Relative gap between the cost and its lower bound that is enough where the infimum is not found exactly.
    budget : int
        Most parts of the box that are looked at. What is left then is told in ``share_open``.
    progress : bool

    Returns
    -------
    Levers

    Raises
    ------
    ParameterError
        If there is no lever, a lever's range does not hold its present value, a cost is negative, or a probability is so
        somewhere in the ranges.
    UnknownName
        If a parameter or outcome does not exist.
    TooLarge
        If a subgame has too many supports.

    References
    ----------
    .. [1] R. Horst and H. Tuy, *Global Optimization: Deterministic Approaches*, 3rd ed., Springer, 1996.

    Examples
    --------
    >>> import gametheory as gt
    >>> space = gt.ParameterSpace(
    ...     gt.Parameter("x_W", 120, low=60, high=160, role="lever"), gt.Parameter("k", 40, low=10, high=90))
    >>> x_W, k = space.symbols("x_W k")
    >>> reply = gt.Decision("West", {
    ...     "acquiesce": gt.Outcome(Russia=50, West=-x_W / 2), "respond": gt.Outcome(Russia=-20, West=-x_W / 5 - k)})
    >>> tree = gt.Decision("Russia", {"refrain": gt.Outcome(Russia=0, West=0), "act": reply})
    >>> model = gt.Model("tripwire", gt.ExtensiveGame(tree), space)
    >>> found = gt.sensitivity.levers(model, "P(Russia: act) = 0", cost={"x_W": 1})
    >>> found.cost, found.attained, found["x_W"].limit
    (Fraction(40, 3), False, Fraction(400, 3))
    >>> print(gt.sensitivity.levers(model, "P(Russia: act) = 0", cost={"x_W": 1}, at={"k": 60}))
    P(Russia: act) = 0: nothing that x_W can do within its range makes it hold (proved, 2 parts)
    """
    if not isinstance(model, Model):
        raise ParameterError(
            f"levers takes a Model, not {type(model).__name__}; gametheory.Model(name, game, space) makes one of a game."
        )
    space = model.space
    base = {name: parameter.baseline for name, parameter in space.items()}
    for name, value in (at or {}).items():
        base[space[name].name] = scalars.exact(value, f"the value of {name}")
    names = _names(model, levers, over)
    box = _box(model, names, over, base)
    costs = _costs(model, names, cost, box, base)
    statement = read(model, target, quantifier)
    before = solve_at(model, base)
    if statement.holds(before):
        now = {name: base[name] for name in names}
        found = Found(Fraction(0), Fraction(0), now, now, True, (), 0.0)
    else:
        check_probabilities(model.game, {name: (value, value) for name, value in base.items()} | box)
        cases = Cases(model, statement, names, base)
        limit = scalars.exact(tolerance, "the tolerance")
        if not 0 < limit < 1:
            raise ParameterError(f"tolerance={tolerance} is not between 0 and 1.")
        found = Cheapest(cases, statement, costs, box, base).run(limit, budget, progress)
    made = tuple(
        Lever(
            name,
            base[name],
            *box[name],
            costs.up[name],
            costs.down[name],
            None if found.point is None else found.point[name],
            None if found.limit is None else found.limit[name],
        )
        for name in names
    )
    equilibria = None if found.point is None else solve_at(model, {**base, **found.point})
    attained = found.upper is not None and (
        found.lower == found.upper
        or bool(found.limit is not None and statement.holds(solve_at(model, {**base, **found.limit})))
    )
    return Levers(
        model,
        statement.text,
        statement.quantifier,
        made,
        "ranges" if cost == "distance" else "",
        True if found.point is not None else (False if not found.share_open else None),
        found.lower if found.exact else found.upper,
        found.lower,
        found.exact,
        attained,
        before,
        equilibria,
        found.left,
        found.share_open,
    )


def _names(model: Model, levers: Any, over: Mapping[str, Any] | None) -> list[str]:
    space = model.space
    for name in over or {}:
        space[name]  # a name of no parameter is refused
    if levers is None:
        names = [name for name in space.levers if name in (over or {}) or space[name].varies]
        if not names:
            raise ParameterError(
                "the model has no parameter with the role 'lever' and a range; name some in levers=[...]."
            )
    else:
        names = list(dict.fromkeys(space[n].name for n in ([levers] if isinstance(levers, str) else levers)))
        if not names:
            raise ParameterError("levers=[] leaves nothing to move; name at least one parameter.")
    return names


def _box(
    model: Model, names: Iterable[str], over: Mapping[str, Any] | None, base: Mapping[str, Fraction]
) -> dict[str, tuple[Fraction, Fraction]]:
    box = {}
    for name in names:
        given = (over or {}).get(name, (model.space[name].low, model.space[name].high))
        if isinstance(given, str) or len(tuple(given)) != 2:
            raise ParameterError(f"the range of {name} in over={{...}} is {given!r}; write (low, high).")
        low, high = (scalars.exact(end, f"the range of {name}") for end in given)
        if low >= high:
            raise ParameterError(
                f"{name} has no range to move in: [{scalars.to_text(low)}, {scalars.to_text(high)}]; give one in over={{{name!r}: "
                "(low, high)}."
            )
        if not low <= base[name] <= high:
            raise ParameterError(
                f"{name} is at {scalars.to_text(base[name])}, outside its range [{scalars.to_text(low)}, {scalars.to_text(high)}]; "
                f"give a wider one in over={{{name!r}: (low, high)}}."
            )
        box[name] = (low, high)
    return box


def _costs(
    model: Model, names: Iterable[str], cost: Any, box: Mapping[str, Any], base: Mapping[str, Fraction]
) -> Costs:
    up, down = {}, {}
    for name in names:
        if isinstance(cost, Mapping):
            for other in cost:
                model.space[other]  # a name of no parameter is refused
            if name not in cost:
                raise ParameterError(f"the cost of {name} is not given; add it to cost={{...}}.")
            given = cost[name]
            pair = (given, given) if isinstance(given, str) or not hasattr(given, "__len__") else tuple(given)
            if len(pair) != 2:
                raise ParameterError(f"the cost of {name} is {given!r}; give a number, or (up, down).")
            up[name], down[name] = (scalars.exact(value, f"the cost of {name}") for value in pair)
        elif cost == "distance":
            parameter = model.space[name]
            low, high = (parameter.low, parameter.high) if parameter.varies else box[name]
            up[name] = down[name] = 1 / (high - low)
        else:
            raise unknown("cost", cost, ("distance",))
        if up[name] < 0 or down[name] < 0:
            raise ParameterError(
                f"the cost of {name} is negative; the cheapest way would be no change at all."
            )
    return Costs(up, down, {name: base[name] for name in up})
