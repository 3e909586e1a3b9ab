"""Importing the package is cheap, and every public name leads somewhere."""

import importlib
import json
import subprocess
import sys

import pytest

import gametheory as gt

# What takes a tenth of a second or more to import, or would draw such a thing in.
HEAVY = {
    "dask",
    "flint",
    "hypothesis",
    "llvmlite",
    "matplotlib",
    "mpmath",
    "nashpy",
    "netCDF4",
    "networkx",
    "numba",
    "numpy",
    "pandas",
    "scipy",
    "sympy",
    "xarray",
}


def modules_after(statements: str) -> set[str]:
    """Top-level modules loaded by a fresh interpreter after the statements."""
    script = f"{statements}\nimport json, sys\nprint(json.dumps(sorted({{m.partition('.')[0] for m in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not modules_after("import gametheory") & HEAVY


def test_building_a_game_of_numbers_needs_numpy_alone() -> None:
    loaded = modules_after(
        "import gametheory as gt\n"
        "game = gt.ExtensiveGame(gt.Decision('A', {'x': gt.Outcome(A=1), 'y': gt.Outcome(A='1/2')}))\n"
        "assert game.domain == 'rational'\n"
        "gt.NormalFormGame.from_bimatrix([[1, 0], [0, 1]], [[1, 0], [0, 1]])"
    )
    assert loaded & HEAVY == {"numpy"}


def test_computing_loads_no_drawing_library() -> None:
    loaded = modules_after(
        "import gametheory as gt; gt.sensitivity.thresholds; gt.models; gt.nash_equilibria"
    )
    assert "matplotlib" not in loaded


@pytest.mark.parametrize("name", gt.__all__)
def test_every_public_name_leads_somewhere(name: str) -> None:
    assert getattr(gt, name) is not None
    assert name in dir(gt)


@pytest.mark.parametrize(
    "module",
    [
        "equilibria",
        "games",
        "models",
        "parameters",
        "reports",
        "scalars",
        "sensitivity",
        "solvers",
        "testing",
    ],
)
def test_every_name_a_module_exports_exists(module: str) -> None:
    loaded = importlib.import_module(f"gametheory.{module}")
    missing = [name for name in getattr(loaded, "__all__", ()) if not hasattr(loaded, name)]
    assert not missing


@pytest.mark.parametrize(
    "name", ["solvers.stacked", "solvers.quantal_response", "equilibria.refinements", "games.files"]
)
def test_modules_below_are_at_hand_without_an_import(name: str) -> None:
    package, module = name.split(".")
    script = f"import gametheory as gt; assert {module!r} in dir(gt.{package}), dir(gt.{package}); gt.{name}"
    subprocess.run([sys.executable, "-c", script], check=True)
    with pytest.raises(AttributeError, match="nonsense"):
        getattr(gt, package).nonsense  # noqa: B018 (looking it up is the test)


def test_public_names_are_sorted_and_unique() -> None:
    assert gt.__all__ == sorted(set(gt.__all__))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nash_equilibrium"):
        gt.nash_equilibrium  # noqa: B018 (looking it up is the test)
