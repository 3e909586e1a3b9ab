"""Speed and completeness beside other people's solvers: ``make bench``, or ``python -m benchmarks --help``.

- `games`: the random games, in four regimes.
- `peers`: other people's solvers; `workers` runs them in processes of their own, with one thread and a deadline.
- `measure`: clocks, and what is kept of a comparison.
- `tables`, `large`, `trees`, `sweeps`, `compilation`: the sections, each a list of lines.
- `page`: docs/benchmarks.md and its picture.
- `correctness`: a hundred thousand random games against exact references; ``python -m benchmarks.correctness --help``.
"""
