"""Models as text: a TOML file with the parameters, the players, and a tree or a table.

A tree::

    name = "tripwire"
    players = ["Russia", "West"]

    [parameters.x_W]
    baseline = 134
    low = 60
    high = 160
    unit = "USD bn"
    role = "lever"                # or "uncertainty" (the default), "constant"

    [parameters.k]
    baseline = 40

    [tree]
    "(root)"        = { player = "Russia" }
    "refrain"       = { label = "status quo", payoffs = { Russia = 0, West = 0 } }
    "act"           = { player = "West" }
    "act/acquiesce" = { payoffs = { Russia = 50, West = "-x_W/2" } }
    "act/respond"   = { payoffs = [-20, "-x_W/5 - k"] }

Each node is named by the actions that lead to it, separated by ``/`` (in an action's own name write ``~1``
for ``/`` and ``~0`` for ``~``, as in RFC 6901). A node is one of

- a decision, ``player = "..."``; its actions are the nodes below it, in their order in the file. Decisions of
  a player who cannot tell them apart share an ``infoset = "..."``. A later mover of a simultaneous stage may
  instead say by ``stage = 1`` (2, ...) that the stage began one (two, ...) moves earlier;
- a chance move, ``chance = { success = "p", failure = "1 - p" }``;
- an outcome, ``payoffs``, by player or as a list in the order of the players, and perhaps a ``label``.

A table, in place of the tree::

    [strategies]
    Russia = ["refrain", "act"]
    West = ["acquiesce", "respond"]

    [table]
    "refrain/acquiesce" = [0, 0]
    "refrain/respond"   = [0, 0]
    "act/acquiesce"     = { Russia = 50, West = "-x_W/2" }
    "act/respond"       = { Russia = -20, West = "-x_W/5 - k" }

Numbers are exact: ``0.35`` is 7/20, and ``"1/3"`` is a third. Formulas stand in quotes and hold numbers,
parameters and ``+ - * / **``; nothing else is read, and nothing is ever executed. ``numbers = "float"`` makes
the numbers floats. Optional are ``title`` and, by name, ``[outcomes]`` to report::

    [outcomes]
    attack = "P(Russia: act)"

Every error names the file, the line and the field.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from gametheory import scalars
from gametheory.equilibria.outcomes import parse_outcome
from gametheory.errors import Unsupported, unknown
from gametheory.games import Chance, Decision, ExtensiveGame, Node, NormalFormGame, Outcome
from gametheory.parameters import toml_text
from gametheory.parameters.model import Model
from gametheory.parameters.space import ParameterSpace, parameter_tables, space_from_tables
from gametheory.parameters.toml_text import Document

__all__ = ["format_model", "load_model", "parse_model", "save_model"]

ROOT = "(root)"
_TOP = (
    "name", "title", "players", "numbers", "allow_imperfect_recall", "parameters", "outcomes", "strategies", "table", "tree"
)  # fmt: skip
_KINDS = {"player": ("player", "infoset", "stage"), "chance": ("chance",), "payoffs": ("payoffs", "label")}


# ------------------------------------------------------------------------------------------------------------
# Reading
# ------------------------------------------------------------------------------------------------------------
def load_model(path: str | Path) -> Model:
    """Read a model from a TOML model file.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    Model

    Raises
    ------
    ModelFileError
        With path, line and field.

    See Also
    --------
    gametheory.parameters.model_file : the format.
    """
    return _read(toml_text.read(path))


def parse_model(text: str) -> Model:
    """Read a model from the text of a model file.

    Examples
    --------
    >>> from gametheory.parameters.model_file import parse_model
    >>> model = parse_model('''
    ... name = "choice"
    ... [parameters.x]
    ... baseline = 0.35
    ... [tree]
    ... "(root)" = { player = "A" }
    ... stay = { payoffs = { A = 0 } }
    ... go = { payoffs = { A = "x - 1/3" } }
    ... ''')
    >>> model.at().payoffs.tolist()
    [[Fraction(0, 1), Fraction(1, 60)]]
    """
    return _read(toml_text.parse(text))


def _read(document: Document) -> Model:
    document.table(allowed=_TOP, required=("name",))
    for names in (("name",), ("title",)):
        if names[0] in document.data:
            document.text(*names)
    if ("tree" in document.data) == ("table" in document.data):
        raise document.error("must hold either a [tree] or a [table].")
    space = space_from_tables(document) if "parameters" in document.data else ParameterSpace()
    reader = _Reader(document, space)
    game: NormalFormGame | ExtensiveGame
    if "tree" in document.data:
        if "strategies" in document.data:
            raise document.error(
                "belongs to a [table]; the actions of a tree are in its nodes.", "strategies"
            )
        game = reader.tree()
    else:
        if "allow_imperfect_recall" in document.data:
            raise document.error("belongs to a [tree].", "allow_imperfect_recall")
        game = reader.normal_form()
    outcomes = None
    if "outcomes" in document.data:
        outcomes = {name: document.text("outcomes", name) for name in document.table("outcomes")}
        for name, outcome in outcomes.items():
            with document.at("outcomes", name):
                parse_outcome(outcome, game)
    with document.at():
        return Model(document.text("name"), game, space, outcomes)


class _Reader:
    """Reads the game of a document."""

    def __init__(self, document: Document, space: ParameterSpace) -> None:
        self.document, self.space = document, space
        self.title: str = document.data.get("title", "")
        self.players = document.texts("players") if "players" in document.data else None
        self.real = document.data.get("numbers", "exact") == "float"
        if document.data.get("numbers", "exact") not in ("exact", "float"):
            raise document.error("must be 'exact' or 'float'.", "numbers")

    # -- numbers and players ---------------------------------------------------------------------------------
    def scalar(self, *place: str, item: int | None = None) -> Any:
        found = self.document.scalar(*place, item=item)
        for name in sorted(scalars.names(found)):
            if name not in self.space:
                raise self.document.error(str(unknown("parameter", name, self.space)), *place)
        if self.real:
            if not isinstance(found, Fraction):
                raise self.document.error(
                    f'is {found}; with numbers = "float" there are no formulas.', *place
                )
            with self.document.at(*place):
                return scalars.as_scalar(float(found))
        return found

    def payoffs(self, *place: str) -> dict[str, Any]:
        found = self.document.get(*place)
        if isinstance(found, list):
            if self.players is None:
                raise self.document.error(
                    "is a list, so the file must list the players: players = [...].", *place
                )
            if len(found) != len(self.players):
                names = ", ".join(self.players)
                raise self.document.error(
                    f"has {len(found)} payoffs for the {len(self.players)} players {names}.", *place
                )
            return {name: self.scalar(*place, item=k) for k, name in enumerate(self.players)}
        self.document.table(*place, allowed=self.players, required=self.players or ())
        return {name: self.scalar(*place, name) for name in found}

    # -- tables ----------------------------------------------------------------------------------------------
    def normal_form(self) -> NormalFormGame:
        document = self.document
        document.table(required=("strategies",))
        own = document.table("strategies", allowed=self.players, required=self.players or ())
        if self.players is None:
            self.players = tuple(own)
        strategies = {player: document.texts("strategies", player) for player in self.players}
        profiles: dict[Any, Any] = {}
        for name in document.table("table"):
            profile = _split(name)
            if len(profile) != len(self.players):
                names = ", ".join(self.players)
                raise document.error(
                    f"names {len(profile)} strategies for the {len(self.players)} players {names}.",
                    "table",
                    name,
                )
            for player, strategy in zip(self.players, profile, strict=True):
                if strategy not in strategies[player]:
                    error = unknown(f"strategy of {player!r}", strategy, strategies[player])
                    raise document.error(str(error), "table", name)
            profiles[profile] = self.payoffs("table", name)
        with document.at("table"):
            return NormalFormGame.from_profiles(profiles, self.players, strategies, self.title)

    # -- trees -----------------------------------------------------------------------------------------------
    def tree(self) -> ExtensiveGame:
        document = self.document
        tables = document.table("tree", required=(ROOT,))
        histories = {() if name == ROOT else _split(name): name for name in tables}
        children: dict[tuple[str, ...], list[str]] = {}
        for history, name in histories.items():
            self._check_node(name)
            if not history:
                continue
            if history[:-1] not in histories:
                parent = _join(history[:-1])
                raise document.error(
                    f"stands below a node that is missing: {unknown('node', parent, tables)}", "tree", name
                )
            children.setdefault(history[:-1], []).append(history[-1])
        nodes: dict[tuple[str, ...], Node] = {}
        # The longest histories first, so that what follows a node is there when the node is built.
        for history in sorted(histories, key=len, reverse=True):
            below = {action: nodes[(*history, action)] for action in children.get(history, ())}
            with document.at("tree", histories[history]):
                nodes[history] = self._node(histories[history], below)
        recall = document.data.get("allow_imperfect_recall", False)
        if not isinstance(recall, bool):
            raise document.error("must be true or false.", "allow_imperfect_recall")
        with document.at("tree"):
            return ExtensiveGame(nodes[()], self.players, self.title, recall)

    def _check_node(self, name: str) -> None:
        document = self.document
        found = document.table("tree", name)
        kinds = [kind for kind in _KINDS if kind in found]
        if not kinds:
            known = [key for keys in _KINDS.values() for key in keys]
            document.table("tree", name, allowed=known)  # a misspelt key is the likelier fault
        if len(kinds) != 1:
            message = (
                "must have one of 'player' (a decision), 'chance' (a chance move) and 'payoffs' (an outcome)"
            )
            raise document.error(f"{message}, not {len(kinds)} of them.", "tree", name)
        document.table("tree", name, allowed=_KINDS[kinds[0]])

    def _node(self, name: str, below: dict[str, Node]) -> Node:
        document, place = self.document, ("tree", name)
        found = document.get(*place)
        if "payoffs" in found:
            if below:
                raise document.error(f"is an outcome, but {next(iter(below))!r} follows it.", *place)
            label = document.text(*place, "label") if "label" in found else None
            return Outcome(label, self.payoffs(*place, "payoffs"))
        if "chance" in found:
            branches = document.table(*place, "chance")
            for action in (*branches, *below):
                if action not in branches:
                    raise document.error(
                        f"gives no probability to {action!r}, which follows it.", *place, "chance"
                    )
                if action not in below:
                    missing = _join((*(() if name == ROOT else _split(name)), action))
                    raise document.error(
                        f"is followed by the node {missing!r}, which is missing.", *place, "chance"
                    )
            return Chance(
                {action: (self.scalar(*place, "chance", action), below[action]) for action in branches}
            )
        if not below:
            raise document.error("is a decision, but no actions follow it: add nodes below it.", *place)
        infoset = document.text(*place, "infoset") if "infoset" in found else None
        stage = found.get("stage", 0)
        return Decision(document.text(*place, "player"), below, infoset, stage=stage)


def _split(name: str) -> tuple[str, ...]:
    return tuple(
        ROOT if part == "~2" else part.replace("~1", "/").replace("~0", "~") for part in name.split("/")
    )


def _join(history: tuple[str, ...]) -> str:
    if not history:
        return ROOT
    # An action may itself be called as the root is.
    return "/".join("~2" if part == ROOT else part.replace("~", "~0").replace("/", "~1") for part in history)


# ------------------------------------------------------------------------------------------------------------
# Writing
# ------------------------------------------------------------------------------------------------------------
def save_model(model: Model, path: str | Path, *, overwrite: bool = False) -> None:
    """Write a model to a TOML model file, from which :func:`load_model` reads an equal one.

    Parameters
    ----------
    model : Model
    path : path-like
        Written in one step, so that a crash leaves the old file or the new one.
    overwrite : bool
        Whether an existing file may be replaced.

    Raises
    ------
    ModelFileError
        If the file exists already or cannot be written.
    Unsupported
        If an outcome of the model is a Python function.
    """
    toml_text.write(path, format_model(model), overwrite=overwrite)


def format_model(model: Model) -> str:
    """The text of a model file.

    Examples
    --------
    >>> import gametheory as gt
    >>> from gametheory.parameters.model_file import format_model
    >>> game = gt.ExtensiveGame(gt.Decision("A", {"stay": gt.Outcome(A=0), "go": gt.Outcome(A="x - 1/3")}))
    >>> print(format_model(gt.Model("choice", game, gt.ParameterSpace(gt.Parameter("x", 0.35)))))
    name = "choice"
    players = ["A"]
    <BLANKLINE>
    [parameters.x]
    baseline = 0.35
    role = "uncertainty"
    <BLANKLINE>
    [tree]
    "(root)" = { player = "A" }
    stay = { payoffs = { A = 0 } }
    go = { payoffs = { A = "x - 1/3" } }
    <BLANKLINE>
    """
    return "\n".join(_lines(model)) + "\n"


def _lines(model: Model) -> Iterator[str]:
    game = model.game
    yield f"name = {toml_text.value(model.name)}"
    if game.title:
        yield f"title = {toml_text.value(game.title)}"
    yield f"players = {toml_text.value(game.players)}"
    if game.domain == "real":
        yield 'numbers = "float"'
    if isinstance(game, ExtensiveGame) and game.allow_imperfect_recall:
        yield "allow_imperfect_recall = true"
    yield ""
    yield from parameter_tables(model.space)
    yield from _outcome_lines(model)
    yield from _tree_lines(game) if isinstance(game, ExtensiveGame) else _table_lines(game)


def _outcome_lines(model: Model) -> Iterator[str]:
    spelt = model.outcomes.spelt
    for name, outcome in spelt.items():
        if callable(outcome):
            raise Unsupported(
                f"the outcome {name!r} of model {model.name!r} is a Python function, which a model file cannot hold; "
                "save the model without it."
            )
    if model.outcomes.are_default:
        return
    yield "[outcomes]"
    yield from (f"{toml_text.key(name)} = {toml_text.value(outcome)}" for name, outcome in spelt.items())
    yield ""


def _table_lines(game: NormalFormGame) -> Iterator[str]:
    yield "[strategies]"
    yield from (
        f"{toml_text.key(p)} = {toml_text.value(own)}"
        for p, own in zip(game.players, game.strategies, strict=True)
    )
    yield ""
    yield "[table]"
    for cell in itertools.product(*map(range, game.shape)):
        profile = tuple(own[k] for own, k in zip(game.strategies, cell, strict=True))
        payoffs = [scalars.as_scalar(value) for value in game.payoffs_at(cell)]
        yield f"{toml_text.key(_join(profile))} = {toml_text.value(payoffs)}"


def _tree_lines(game: ExtensiveGame) -> Iterator[str]:
    yield "[tree]"
    stack: list[tuple[tuple[str, ...], Node]] = [((), game.root)]
    while stack:
        history, node = stack.pop()
        fields: dict[str, Any] = {}
        if isinstance(node, Decision):
            fields = {"player": node.player}
            fields |= {} if node.infoset is None else {"infoset": node.infoset}
            fields |= {"stage": node.stage} if node.stage else {}
        elif isinstance(node, Chance):
            fields = {"chance": dict(zip(node.actions, node.probabilities, strict=True))}
        elif isinstance(node, Outcome):
            fields = {} if node.label is None else {"label": node.label}
            fields["payoffs"] = dict(node.payoffs)
        yield f"{toml_text.key(_join(history))} = {toml_text.value(fields)}"
        if isinstance(node, Decision | Chance):
            below = zip(node.actions, node.children, strict=True)
            stack.extend(reversed([((*history, action), child) for action, child in below]))
