"""Compiled kernels (Numba) behind the stacked solvers; nothing here is public, and no other folder has any."""
