"""The network file: TOML that says what is trained, how, and what is written of it.

Every option of `tracer run` has a key of the same name here.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracer import reading
from tracer.errors import TracerError, nearest
from tracer.matrices import stem
from tracer.values import choice, kind

if TYPE_CHECKING:
    from tracer.network import Network

#: The sections and their keys.
SECTIONS = {
    "data": ("X", "y", "data", "target", "columns", "scale"),
    "training": (
        "lr", "seed", "epochs", "batch", "shuffle", "optimizer", "momentum", "beta_1", "beta_2", "epsilon", "step7_lr",
    ),
    "network": ("hidden", "activation", "output_activation", "loss", "bias", "samples"),
    "initial": ("init", "skip", "wh", "bh", "wout", "bout"),
    "workbook": ("sheets", "boundary", "formulas", "template", "out", "frame"),
}  # fmt: skip
#: Those about the workbook that are text, and what they may be.
EXAMPLES = {
    "sheets": "first,last", "formulas": "cell", "template": "article", "out": "outputs/mine.xlsx", "frame": "run.csv",
}  # fmt: skip
FORMULAS = ("cell", "matrix", "none")
#: All of them.
KEYS = tuple(key for keys in SECTIONS.values() for key in keys)
#: Keys about the run and its workbook, not about the network.
OF_THE_RUN = ("epochs", *SECTIONS["workbook"])

#: A file has at most so many bytes: more numbers than that belong into a data file. Python takes time and memory that
#: grow with the square of a key's parts and of the sections.
SIZE, PARTS, HEADINGS = 1 << 22, 20, 200
_DOTTED = re.compile(rf"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{PARTS}}}""")
_HEADINGS = re.compile(r"^[ \t]*+\[\[?[^\[\],\n]*+\]\]?[ \t]*+$", re.MULTILINE)

#: A file's keys and their values, without their sections.
Options = dict[str, Any]


def read(path: str | Path) -> Options:
    """
    Raises:
        TracerError: it cannot be read or does not parse; the message names file and place.
    """
    remedy = "give the path of a network file (TOML)"
    try:
        return parse(reading.content(path, SIZE, remedy).decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise TracerError(f"{path}: cannot be read (it is not UTF-8 text); {remedy}") from None
    except TracerError as error:
        raise TracerError(f"{path}: {error}") from None


def preset(name: str) -> tuple[Options, Path]:
    """The options of a network that comes with tracer, and the folder in which its data lie.

    Raises:
        TracerError: there is none of this name.
    """
    return parse(_shipped(name)), Path(str(files("tracer.networks")))


def walkthrough() -> Options:
    """The article's."""
    return parse(_shipped("walkthrough"))


def example() -> str:
    """A network file with every key and what it means."""
    return _shipped("example")


def _shipped(name: str) -> str:
    return files("tracer.networks").joinpath(f"{name}.toml").read_text("utf-8")


def parse(content: str) -> Options:
    """The options in the text of a network file.

    Raises:
        TracerError: no valid TOML, or a section or key that does not exist.
    """
    if _DOTTED.search(content) or sum(1 for _ in _HEADINGS.finditer(content)) > HEADINGS:
        raise TracerError(f"not a network file: its keys have more than {PARTS} parts, or it has hundreds of sections")
    try:
        document = tomllib.loads(content)
    except (ValueError, RecursionError) as error:  # a number of 5000 digits is a plain ValueError
        raise TracerError(f"not valid TOML: {error}") from None
    options: Options = {}
    for section, keys in document.items():
        if section not in SECTIONS:
            raise TracerError(f"unknown section [{section}]{nearest(section, SECTIONS)}")
        if not isinstance(keys, dict):
            raise TracerError(f"{section} is {kind(keys)}; expected a section, [{section}]")
        for key, value in keys.items():
            name = key.replace("-", "_")
            if name not in SECTIONS[section] and not (section == "initial" and _is_of_layer(name)):
                raise TracerError(f"unknown key {key!r} in [{section}]{nearest(key, SECTIONS[section])}")
            options[name] = value
    return options


def _is_of_layer(name: str) -> bool:
    """`wh_1`, `bh_2`"""
    base, _, number = name.partition("_")
    return base in ("wh", "bh") and number.isdigit()


#: What makes initial weights and biases of a file obsolete, when it is said anew.
_SHAPING = {"hidden", "bias", "samples", "init", "skip", "seed", "data", "target", "columns", "X", "y"}


def merged(options: Mapping[str, Any], overrides: Mapping[str, Any]) -> Options:
    """A file's options, of which some are said anew (None says nothing)."""
    said = {key: value for key, value in overrides.items() if value is not None}
    kept, before = dict(options), options.get("samples", "rows")
    if _SHAPING & said.keys():
        kept = {key: value for key, value in kept.items() if stem(key) not in ("wh", "bh", "wout", "bout")}
    if "data" in said:
        kept = {key: value for key, value in kept.items() if key not in ("X", "y")}
    if said.get("samples", before) != before and "samples" in said:
        kept.update({key: _turned(kept[key]) for key in ("X", "y") if key in kept and key not in said})
    if "output_activation" in said and "loss" not in said:
        kept.pop("loss", None)  # what goes with the output decides
    return {**kept, **said}


def _turned(value: Any) -> Any:
    """Rows as columns; a flat list stands for what it should either way, and what is no matrix is refused later."""
    rows = value.tolist() if hasattr(value, "tolist") else value
    nested = isinstance(rows, list) and bool(rows) and all(isinstance(row, list) for row in rows)
    return [list(column) for column in zip(*rows)] if nested and len({len(row) for row in rows}) == 1 else value


def check_workbook(options: Mapping[str, Any]) -> None:
    """
    Raises:
        TracerError: what is said of the workbook is of another kind than it should be.
    """
    for key, example in EXAMPLES.items():
        value = options.get(key)
        if value is not None and not (isinstance(value, str) and value):
            raise TracerError(f"[workbook] {key} is {kind(value)}; expected text, such as {key} = {example!r}")
    if options.get("formulas") is not None:
        choice(options["formulas"], "[workbook] formulas", FORMULAS)


def build(make: type[Network], options: Mapping[str, Any], folder: Path, name: str) -> Network:
    """The network that options describe.

    Args:
        folder: in which a data file that they name lies.

    Raises:
        TracerError: something is missing or does not fit.
    """
    given = {key: value for key, value in options.items() if key not in OF_THE_RUN}
    if "data" in given:
        return make(**_from_data(given, folder), name=name)
    for key in ("target", "columns", "scale"):
        if key in given:
            raise TracerError(f"[data] {key} is given without data; name the file, such as data = 'iris.csv'")
    for key in ("X", "y"):
        if key not in given:
            raise TracerError(
                f"[data] {key} is missing; add {key} = [[...], ...] under [data], or data = 'FILE.csv' with a target"
            )
    return make(given.pop("X"), given.pop("y"), name=name, **given)


def _from_data(given: Options, folder: Path) -> Options:
    """X, y and their headings in place of the data file."""
    from tracer import data  # here, because a network without a data file does not need it

    for key in ("X", "y"):
        if key in given:
            raise TracerError(f"[data] has both data and {key}; take one of them out")
    target = _words(given.pop("target", None), "[data] target")
    if not target:
        raise TracerError("[data] target is missing; name the column to predict, such as target = 'species'")
    path = Path(folder, str(given.pop("data")))
    columns = _words(given.pop("columns", None), "[data] columns")
    found = data.read(path, target, columns, given.pop("scale", "none"))
    X, y = (found.X, found.y) if given.get("samples", "rows") == "rows" else (found.X.T, found.y.T)
    return {
        **given, "X": X, "y": y, "features": found.features, "outputs": found.outputs, "rows": found.samples,
        "scaling": found.scaling,
    }  # fmt: skip


def _words(value: Any, place: str) -> list[str] | None:
    """Names in a list, or in a text with commas between them."""
    if value is None:
        return None
    words = [word.strip() for word in value.split(",")] if isinstance(value, str) else value
    if not isinstance(words, (list, tuple)) or not all(isinstance(word, str) and word for word in words):
        raise TracerError(f"{place} is {kind(value)}; expected names of columns, such as 'height, width'")
    return list(words)


def text(options: Mapping[str, Any]) -> str:
    """Options as a network file, section by section."""
    lines: list[str] = []
    for section, keys in SECTIONS.items():
        given = [key for key in keys if options.get(key) is not None]
        if given:
            lines += [f"[{section}]", *(f"{key} = {toml(options[key])}" for key in given), ""]
    return "\n".join(lines)


def toml(value: Any) -> str:
    """Numbers, texts, booleans and lists of them are spelt in JSON as they are in TOML, which takes no DEL as it is."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False).replace("\x7f", "\\u007f")
