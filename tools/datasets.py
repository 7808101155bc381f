"""Writes the data of the presets, tracer/networks/moons.csv and blobs.csv, as scikit-learn makes them.

    pip install scikit-learn
    python tools/datasets.py

Numbers have all their digits, so that a run from the file is the run from scikit-learn, bit for bit.
"""

import csv
import sys
from pathlib import Path

from sklearn.datasets import make_blobs, make_moons

FOLDER = Path(__file__).parents[1] / "tracer" / "networks"


def moons():
    """The article's: 1,000 points of two half moons, unscaled."""
    X, y = make_moons(n_samples=1000, random_state=42, noise=0.1)
    return ["x1", "x2", "moon"], X, y.tolist()


def blobs():
    """300 points of three blobs, two of which run into one another."""
    X, y = make_blobs(n_samples=300, centers=3, random_state=4)
    return ["x1", "x2", "blob"], X, ["ABC"[number] for number in y]


def write(folder):
    for name, make in {"moons": moons, "blobs": blobs}.items():
        header, X, y = make()
        with Path(folder, f"{name}.csv").open("w", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(header)
            rows.writerows([*map(repr, point), label] for point, label in zip(X.tolist(), y))


if __name__ == "__main__":
    write(*sys.argv[1:] or [FOLDER])
