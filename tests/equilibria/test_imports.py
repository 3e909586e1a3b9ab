"""The judges need NumPy only, so that a sweep's worker processes start fast."""

from __future__ import annotations

import subprocess
import sys


def test_the_judges_load_no_heavy_library():
    heavy = ["sympy", "scipy", "pandas", "xarray", "numba", "matplotlib", "flint", "networkx"]
    script = f"import sys, gametheory.equilibria; print([name for name in {heavy} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
