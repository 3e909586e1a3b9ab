"""Look for texts on which the readers of Gambit's files fail in another way than by the package's own errors.

Not part of the test suite. Run it for as long as you like::

    pip install atheris
    python tests/fuzz/fuzz_gambit_files.py 600          # seconds

With atheris (libFuzzer for Python; https://github.com/google/atheris) mutations are guided by coverage. Without it, valid files
are mutated at random, which finds less. Either way the seeds are the games of the catalog; a text that fails is printed and
kept in the working directory, and belongs into ``tests/games/files/test_fuzz.py``.
"""

from __future__ import annotations

import contextlib
import random
import sys
import tempfile
import time
from pathlib import Path

import gametheory as gt
from gametheory.games.files import efg, nfg

WORDS = [
    "NFG 1 R", "EFG 2 R", "{", "}", ",", '""', '"a"', '\\"', '"', "c ", "p ", "t ", " 0 ", " 1 ", " 2 ", "1/2", "1/0", "-1", "0.5", "1e3",
    "1e999999999", "1000000", "3/4/5", "\n", "\x00", "\ufeff",
]  # fmt: skip


def check(text: str) -> None:
    """Read a text in every way; a game that is read must come back as it was."""
    for module in (nfg, efg):
        options = {"allow_imperfect_recall": True} if module is efg else {}
        with contextlib.suppress(gt.GameTheoryError):
            module.loads(text, **options, numbers="float")
        with contextlib.suppress(gt.GameTheoryError):
            game = module.loads(text, **options)
            again = module.loads(module.dumps(game), **options)
            if again != game:
                raise AssertionError("the game does not come back as it was")


def seeds() -> list[str]:
    """The games of the catalog that are small enough to mutate quickly."""
    texts = []
    for name in gt.catalog.names():
        game = gt.catalog.load(name)
        if isinstance(game, gt.ExtensiveGame):
            texts.append(efg.dumps(game))
        else:
            texts += [nfg.dumps(game, version=version) for version in ("payoff", "outcome")]
    return [text for text in texts if len(text) < 2_000]


def mutate(text: str, rng: random.Random) -> str:
    """A text with a few pieces replaced, dropped, doubled or moved."""
    for _ in range(rng.randint(1, 6)):
        at, to = sorted(rng.randint(0, len(text)) for _ in range(2))
        to = min(to, at + rng.choice([0, 1, 4, 16, 64]))
        piece = rng.choice(
            [rng.choice(WORDS), "", text[at:to] * 2, chr(rng.randint(0, 255)), str(rng.randint(-9, 99))]
        )
        text = text[:at] + piece + text[to:]
    return text if rng.random() < 0.9 else text[: rng.randint(0, len(text))]


def without_guidance(seconds: float) -> None:
    rng, known, end, count = random.Random(0), seeds(), time.monotonic() + seconds, 0
    while time.monotonic() < end:
        text = mutate(rng.choice(known), rng)
        try:
            check(text)
        except BaseException:
            Path("fuzz-failure.txt").write_text(text, encoding="utf-8", errors="surrogatepass")
            raise
        count += 1
    sys.stdout.write(f"{count:,} texts, no failure\n")


def with_guidance(seconds: float) -> None:
    import atheris  # an optional tool of developers

    atheris.instrument_all()

    def one(data: bytes) -> None:
        check(data.decode("utf-8", "ignore"))

    with tempfile.TemporaryDirectory() as folder:
        for k, text in enumerate(seeds()):
            Path(folder, f"seed{k}").write_text(text, encoding="utf-8")
        words = Path(folder, "words.dict")
        quoted = ('"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"' for word in WORDS)
        words.write_text("\n".join(quoted), encoding="utf-8")
        options = [f"-max_total_time={int(seconds)}", f"-dict={words}", "-max_len=4000", "-timeout=20"]
        atheris.Setup([sys.argv[0], *options, folder], one)
        atheris.Fuzz()


if __name__ == "__main__":
    duration = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    try:
        with_guidance(duration)
    except ImportError:
        sys.stdout.write("atheris is not installed: random mutations, without guidance by coverage\n")
        without_guidance(duration)
