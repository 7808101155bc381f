"""What is done with a damaged file: the command and its options, drawn by the seed and the file's number."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from mutations import damaged

Seeds = dict[str, list[Path]]


@dataclass(frozen=True)
class Case:
    """A damaged file, and the command that is to take it.

    Attributes:
        kind: of the command: `diff`, `textconv`, `show`, `verify`, `like`, `template`, `data`, `network`.
        seed: the sound file that it was made from.
        path: of the damaged one.
        arguments: of `tracer`.
    """

    kind: str
    seed: Path
    path: Path
    arguments: list[str]


def _diff(case: Path, seed: Path, chance: Random) -> list[str]:
    pair = [str(seed), str(case)]
    if chance.random() < 0.5:
        pair.reverse()
    options = chance.choice(
        (
            [], [], ["--all"], ["--all"], ["--format", "json"], ["--format", "junit"], ["--format", "html"],
            ["--format", "xlsx", "--out", "marked.xlsx", "--force"], ["--only", "values"], ["--ignore", "values"],
            ["--rtol", "1e-9"], ["--recalculate", "never"],
        )
    )  # fmt: skip
    return ["diff", *pair, *options]


def _textconv(case: Path, seed: Path, chance: Random) -> list[str]:
    return ["textconv", str(case), *(["--rows"] if chance.random() < 0.3 else [])]


def _show(case: Path, seed: Path, chance: Random) -> list[str]:
    return ["show", str(case), *chance.choice(([], ["--step", "7"], ["--math"]))]


def _verify(case: Path, seed: Path, chance: Random) -> list[str]:
    return ["verify", str(case)]


def _like(case: Path, seed: Path, chance: Random) -> list[str]:
    if chance.random() < 0.5:
        return ["script", "--like", str(case)]
    return ["run", "--like", str(case), "--out", "out.xlsx", "--force"]


def _template(case: Path, seed: Path, chance: Random) -> list[str]:
    lesson = ["--preset", "perceptron"] if chance.random() < 0.2 else chance.choice(([], ["--hidden", "2,2"]))
    return ["run", "--template", str(case), *lesson, "--out", "out.xlsx", "--force"]


def _data(case: Path, seed: Path, chance: Random) -> list[str]:
    target = chance.choice(("kind", "kind", "width"))
    options = ["--data", str(case), "--target", target, "--hidden", "2", *chance.choice(([], ["--scale", "standard"]))]
    return ["script", *options] if chance.random() < 0.6 else ["run", *options, "--out", "out.xlsx", "--force"]


def _network(case: Path, seed: Path, chance: Random) -> list[str]:
    if chance.random() < 0.6:
        return ["script", str(case), "--epochs", "1"]
    return ["run", str(case), "--epochs", "1", "--sheets", "none", "--out", "out.xlsx", "--force"]


#: The command, from which kind of seeds, how often of 100 times.
COMMANDS: dict[str, tuple[Callable[[Path, Path, Random], list[str]], str, int]] = {
    "diff": (_diff, "workbook", 44),
    "textconv": (_textconv, "workbook", 26),
    "show": (_show, "ours", 7),
    "verify": (_verify, "ours", 3),
    "like": (_like, "ours", 4),
    "template": (_template, "template", 5),
    "data": (_data, "table", 7),
    "network": (_network, "network", 4),
}


def case(seed: str, number: int, seeds: Seeds, folder: Path) -> Case:
    """The damaged file of a number, written into a folder."""
    chance = Random(f"{seed}-{number}")
    kinds = list(COMMANDS)
    kind = chance.choices(kinds, [COMMANDS[kind][2] for kind in kinds])[0]
    arguments, of, _ = COMMANDS[kind]
    sound = chance.choices(seeds[of], [1 / (5_000 + path.stat().st_size) for path in seeds[of]])[0]
    path = folder / f"{seed}-{number}{sound.suffix}"
    path.write_bytes(damaged(sound.read_bytes(), chance))
    return Case(kind, sound, path, arguments(path, sound, chance))


def prepare(folder: Path, seeds: Seeds) -> None:
    """What network files name lies beside them."""
    for path in seeds["network"]:
        for table in path.parent.glob("*.csv"):
            shutil.copy(table, folder)
