r"""All parameters of a model: a box with a point marked in it.

A space of parameters :math:`\theta_1, \dots, \theta_k` is the box :math:`\prod_i [l_i, h_i] \subset
\mathbb{R}^k` together with the baseline point :math:`b` inside it. One-at-a-time analysis moves along the
axes through :math:`b`, global analysis within the box (Saltelli et al. 2008, *Global Sensitivity Analysis:
The Primer*, chapter 1).

Spaces are written to TOML and CSV without loss: whole numbers and short decimals as such, other fractions as
``"1/3"``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gametheory import scalars
from gametheory.errors import GameTheoryError, ModelFileError, ParameterError, unknown
from gametheory.parameters import toml_text
from gametheory.parameters.parameter import Parameter

if TYPE_CHECKING:
    import pandas

__all__ = ["ParameterSpace"]

#: The fields of a parameter in files and frames, in the order in which they are written.
FIELDS = ("baseline", "low", "high", "unit", "role", "description", "basis", "source")


class ParameterSpace(Mapping[str, Parameter]):
    """An immutable, ordered collection of parameters, by name.

    Parameters
    ----------
    *parameters : Parameter
        In the order in which they are to be listed.

    Raises
    ------
    ParameterError
        If two parameters share a name.

    Examples
    --------
    >>> from gametheory.parameters import Parameter, ParameterSpace
    >>> space = ParameterSpace(
    ...     Parameter("x_W", 134, 60, 160, unit="USD bn", role="lever"), Parameter("k", "40/3", 10, 90)
    ... )
    >>> space["x_W"].high, space.levers
    (Fraction(160, 1), ('x_W',))
    >>> x_W, k = space.symbols("x_W k")
    >>> -x_W / 5 - k
    -k - x_W/5
    """

    __slots__ = ("_parameters",)
    _parameters: dict[str, Parameter]

    def __init__(self, *parameters: Parameter) -> None:
        named: dict[str, Parameter] = {}
        for parameter in parameters:
            if not isinstance(parameter, Parameter):
                raise ParameterError(
                    f"a space holds Parameter objects, not {parameter!r}; write Parameter(name, baseline)."
                )
            if parameter.name in named:
                raise ParameterError(f"two parameters are called {parameter.name!r}; rename one.")
            named[parameter.name] = parameter
        object.__setattr__(self, "_parameters", named)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a ParameterSpace is immutable; use replace() to get one with another {name}.")

    # -- mapping ---------------------------------------------------------------------------------------------
    def __getitem__(self, name: str) -> Parameter:
        if name not in self._parameters:
            raise unknown("parameter", name, self._parameters)
        return self._parameters[name]

    def __contains__(self, name: object) -> bool:
        return name in self._parameters

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __len__(self) -> int:
        return len(self._parameters)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ParameterSpace):
            return NotImplemented
        return tuple(self.values()) == tuple(other.values())

    def __hash__(self) -> int:
        return hash(tuple(self.values()))

    def __reduce__(self) -> tuple[Any, ...]:
        return ParameterSpace, tuple(self.values())

    def __repr__(self) -> str:
        return f"ParameterSpace({', '.join(map(repr, self.values()))})"

    def _repr_html_(self) -> str:
        return str(self.to_frame().drop(columns=["source"]).to_html(na_rep=""))

    # -- views -----------------------------------------------------------------------------------------------
    @property
    def baseline(self) -> dict[str, Fraction]:
        """The baseline of each parameter."""
        return {name: parameter.baseline for name, parameter in self.items()}

    @property
    def box(self) -> dict[str, tuple[Fraction, Fraction]]:
        """The range ``(low, high)`` of each parameter."""
        return {name: (parameter.low, parameter.high) for name, parameter in self.items()}

    @property
    def levers(self) -> tuple[str, ...]:
        """The names of the parameters that a policy can set."""
        return tuple(name for name, parameter in self.items() if parameter.role == "lever")

    @property
    def uncertainties(self) -> tuple[str, ...]:
        """The names of the parameters that nobody sets."""
        return tuple(name for name, parameter in self.items() if parameter.role == "uncertainty")

    def symbols(self, names: str | None = None) -> Any:
        """The symbols that stand for parameters in payoffs.

        Parameters
        ----------
        names : str, optional
            Names separated by blanks or commas; all parameters where not given.

        Returns
        -------
        sympy.Symbol or tuple of sympy.Symbol
            The symbol itself if `names` is a single one, as in SymPy.

        Examples
        --------
        >>> from gametheory.parameters import Parameter, ParameterSpace
        >>> space = ParameterSpace(Parameter("a", 1), Parameter("b", 2))
        >>> space.symbols("a"), space.symbols("b, a"), space.symbols()
        (a, (b, a), (a, b))
        """
        wanted = list(self) if names is None else names.replace(",", " ").split()
        symbols = tuple(scalars.symbol(self[name].name) for name in wanted)
        return symbols[0] if names is not None and len(symbols) == 1 else symbols

    def point(self, values: Mapping[str, Any] | None = None, /, **named: Any) -> dict[str, Any]:
        """A value for every parameter: the given ones, elsewhere the baseline.

        Parameters
        ----------
        values : mapping, optional
            Values by name; they may lie outside the box.
        **named
            The same, as keyword arguments.

        Returns
        -------
        dict
            Name to :class:`~fractions.Fraction`, or to ``float`` where a float was given.

        Examples
        --------
        >>> from gametheory.parameters import Parameter, ParameterSpace
        >>> ParameterSpace(Parameter("a", 1), Parameter("b", 2)).point(b="1/3")
        {'a': Fraction(1, 1), 'b': Fraction(1, 3)}
        """
        given = {**(values or {}), **named}
        point: dict[str, Any] = dict(self.baseline)
        for name, value in given.items():
            where = f"the value of parameter {self[name].name}"
            try:
                number = scalars.as_scalar(value, where)
            except GameTheoryError as error:
                raise ParameterError(str(error)) from error
            if scalars.is_expression(number):
                raise ParameterError(f"{where} is the expression {number}; give a number.")
            point[name] = number
        return point

    # -- changed copies --------------------------------------------------------------------------------------
    def replace(self, name: str, **changes: Any) -> ParameterSpace:
        """A space in which fields of one parameter are changed.

        Examples
        --------
        >>> from gametheory.parameters import Parameter, ParameterSpace
        >>> ParameterSpace(Parameter("a", 1, 0, 2)).replace("a", high=5)["a"]
        Parameter('a', 1, 0, 5, role='uncertainty')
        """
        changed = self[name].replace(**changes)
        return ParameterSpace(
            *(changed if parameter.name == name else parameter for parameter in self.values())
        )

    def with_values(self, values: Mapping[str, Any] | None = None, /, **named: Any) -> ParameterSpace:
        """A space with other baselines and the same ranges.

        Raises
        ------
        ParameterError
            If a value is outside the range of its parameter; `replace` changes the range as well.
        """
        given = {**(values or {}), **named}
        for name in given:
            self[name]  # an unknown name is the caller's slip, and gets its suggestion here
        return ParameterSpace(
            *(p.replace(baseline=given[name]) if name in given else p for name, p in self.items())
        )

    # -- frames and files ------------------------------------------------------------------------------------
    def to_frame(self) -> pandas.DataFrame:
        """The parameters as a table, one row each, with the numbers as floats."""
        import pandas as pd

        rows = [[_cell(parameter, field) for field in FIELDS] for parameter in self.values()]
        return pd.DataFrame(rows, index=pd.Index(list(self), name="name", dtype=object), columns=list(FIELDS))

    def to_toml(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the space to a TOML file, exactly: one table ``[parameters.NAME]`` a parameter.

        Parameters
        ----------
        path : path-like
            Written in one step, so that a crash leaves the old file or the new one.
        overwrite : bool
            Whether an existing file may be replaced.
        """
        toml_text.write(path, "\n".join(parameter_tables(self)), overwrite=overwrite)

    @classmethod
    def from_toml(cls, path: str | Path) -> ParameterSpace:
        """Read a space from the ``[parameters.NAME]`` tables of a TOML file; a model file will do.

        Raises
        ------
        ModelFileError
            With path, line and field.
        """
        document = toml_text.read(path)
        if "parameters" not in document.data:
            raise document.error("has no parameters; add tables such as [parameters.x_W].")
        return space_from_tables(document)

    def to_csv(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the space to a CSV file, exactly: one row a parameter."""
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer)  # rows end in CRLF (RFC 4180), so both characters are quoted within cells
        writer.writerow(("name", *FIELDS))
        for name, parameter in self.items():
            values = (getattr(parameter, field) for field in FIELDS)
            writer.writerow([name, *(scalars.to_text(v) if isinstance(v, Fraction) else v for v in values)])
        toml_text.write(path, buffer.getvalue(), overwrite=overwrite)

    @classmethod
    def from_csv(cls, path: str | Path) -> ParameterSpace:
        """Read a space from a CSV file with a header row; only ``name`` and ``baseline`` are required columns.

        Raises
        ------
        ModelFileError
            With path, line and field.
        """
        reader = csv.DictReader(io.StringIO(toml_text.read_text(path), newline=""), strict=True)
        header = reader.fieldnames or []
        for field in ("name", "baseline"):
            if field not in header:
                raise ModelFileError(f"the column {field!r} is missing from the header.", path, 1)
        for column in header:
            if column not in ("name", *FIELDS):
                raise ModelFileError(str(unknown("column", column, ("name", *FIELDS))), path, 1)
        parameters: dict[str, Parameter] = {}
        try:
            for row in reader:
                name = row["name"]
                if None in row or None in row.values():
                    raise ParameterError(
                        f"the row of {name!r} has not as many cells as the header has columns."
                    )
                # An empty cell is a field not given: low and high then are the baseline.
                given = {column: cell for column, cell in row.items() if cell != ""}
                parameter = Parameter(**{"name": "", "baseline": ""} | given)
                if parameter.name in parameters:
                    raise ParameterError(
                        f"a second row for parameter {parameter.name!r}; rename or remove one."
                    )
                parameters[parameter.name] = parameter
        except (GameTheoryError, csv.Error) as error:
            raise ModelFileError(str(error), path, reader.line_num) from error
        return cls(*parameters.values())


def _cell(parameter: Parameter, field: str) -> object:
    value = getattr(parameter, field)
    return float(value) if isinstance(value, Fraction) else value


def parameter_tables(space: ParameterSpace) -> Iterator[str]:
    """The lines of the ``[parameters.NAME]`` tables of a TOML file; fields that say nothing are left out."""
    for name, parameter in space.items():
        yield f"[parameters.{toml_text.key(name)}]"
        fields = FIELDS if parameter.varies else tuple(f for f in FIELDS if f not in ("low", "high"))
        for field in fields:
            value = getattr(parameter, field)
            if value != "":
                yield f"{field} = {toml_text.value(value)}"
        yield ""


def space_from_tables(document: toml_text.Document) -> ParameterSpace:
    """The space that the ``[parameters.NAME]`` tables of a document describe."""
    tables = document.table("parameters")
    parameters = []
    for name in tables:
        document.table("parameters", name, allowed=FIELDS, required=("baseline",))
        given: dict[str, Any] = {}
        for field in tables[name]:
            place = ("parameters", name, field)
            given[field] = document.number(*place) if field in FIELDS[:3] else document.text(*place)
        with document.at("parameters", name):
            parameters.append(Parameter(name, **given))
    return ParameterSpace(*parameters)
