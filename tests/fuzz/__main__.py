"""Damaged files by the thousand, through every command that reads what people hand in: `make fuzz`, or
`python tests/fuzz --files 100000 --seed 7`.

Every file is an answer, or one line that says what is wrong with it: no crash, no more than 10 s, less than 1 GiB.
Files that are a finding are kept, with the command that repeats it. Linux only.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import pyarrow.parquet  # noqa: F401  what commands load is loaded once, here
import seeds
import workers


def main() -> int:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first file")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--minutes", type=float, default=None, help="end after so long")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir(), "tracer-fuzz"))
    given = parser.parse_args()
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="tracer-fuzz-", dir=memory) as name:
        folder = Path(name)
        sound = seeds.build(folder / "seeds")
        of_each = ", ".join(f"{len(paths)} {kind}" for kind, paths in sound.items())
        print(
            f"seed {given.seed}, files {given.first:,} to {given.first + given.files - 1:,}; from {of_each}", flush=True
        )
        begun = time.monotonic()
        numbers = range(given.first, given.first + given.files)
        tally = workers.run(given.seed, numbers, sound, folder, given.keep, given.jobs, given.minutes)
    took = time.monotonic() - begun
    for outcome, count in sorted(tally.outcomes.items()):
        print(f"{outcome:24} {count:>9,}")
    for kind, seconds in tally.seconds.items():
        count = sum(number for outcome, number in tally.outcomes.items() if outcome.split()[0] == kind)
        print(f"{kind:24} {seconds / count * 1000:9.1f} ms a file")
    total = sum(tally.outcomes.values())
    print(
        f"{total:,} files in {took:,.0f} s; the slowest took {tally.slowest:.1f} s (number {tally.slowest_number}), "
        f"the largest process {tally.largest / 2**20:,.0f} MiB; {len(tally.findings)} findings"
    )
    if tally.findings:
        print(f"the files are in {given.keep}")
    return 1 if tally.findings else 0


if __name__ == "__main__":
    sys.exit(main())
