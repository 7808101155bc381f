"""What is to be trained: the data, the shape of the network, and the numbers that it starts from."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from tracer.errors import TracerError, nearest
from tracer.numbers import count
from tracer.steps import ACTIVATIONS

#: The sections of a network file and their keys.
SECTIONS = {
    "data": ("X", "y"),
    "training": ("lr", "seed"),
    "network": ("hidden", "activation"),
    "initial": ("wh", "bh", "wout", "bout"),
}
#: What is not given in `[initial]` is drawn in this order.
WEIGHTS = SECTIONS["initial"]


@dataclass(init=False, eq=False)
class Network:
    """A network with one hidden layer, its data, and every number that it starts from.

    Attributes:
        X: inputs, samples × features, float64.
        y: targets, samples × outputs.
        lr: learning rate.
        activation: a name in `tracer.steps.ACTIVATIONS`.
        wh, bh, wout, bout: the initial weights and biases (features × hidden, 1 × hidden, hidden × outputs,
            1 × outputs); what was not given has been drawn.
        seed: what they were drawn with; None when all four were given.
        name: what it is called on the overview; two networks with other names are still equal.
    """

    def __init__(
        self,
        X: Any,
        y: Any,
        *,
        hidden: int | None = None,
        activation: str = "sigmoid",
        lr: float = 0.1,
        seed: int = 0,
        wh: Any = None,
        bh: Any = None,
        wout: Any = None,
        bout: Any = None,
        name: str = "network",
    ) -> None:
        """Check what is given and draw the rest.

        Weights that are not given are drawn as the article does it (section "Implementing NN using Numpy"):
        `numpy.random.seed(seed)`, then `numpy.random.uniform` over [0, 1) in the order wh, bh, wout, bout.

        Args:
            X: rows of numbers, samples × features.
            y: rows of numbers, samples × outputs; a flat list is one column.
            hidden: hidden neurons; may be left out when `wh` or `bh` says it.
            bh, bout: a flat list is one row.

        Raises:
            TracerError: something does not fit; the message names it.
        """
        self.name = name
        self.X = matrix(X, "[data] X")
        self.y = matrix(y, "[data] y", flat="column")
        samples, features = self.X.shape
        if len(self.y) != samples:
            raise TracerError(
                f"[data] X has {count(samples, 'row')} and y has {len(self.y)}; "
                "every sample needs its inputs in X and its target in y"
            )
        self.lr = positive(lr, "[training] lr")
        if not isinstance(activation, str) or activation not in ACTIVATIONS:
            raise TracerError(
                f"[network] activation is {activation!r}, which is none{nearest(str(activation), ACTIVATIONS)}"
            )
        self.activation = activation

        given = {
            key: matrix(value, f"[initial] {key}", flat="row" if key in ("bh", "bout") else None)
            for key, value in {"wh": wh, "bh": bh, "wout": wout, "bout": bout}.items()
            if value is not None
        }
        neurons = hidden_width(hidden, given)
        outputs = self.y.shape[1]
        shapes = {
            "wh": ((features, neurons), f"{count(features, 'feature')} in X × {count(neurons, 'hidden neuron')}"),
            "bh": ((1, neurons), f"one row × {count(neurons, 'hidden neuron')}"),
            "wout": ((neurons, outputs), f"{count(neurons, 'hidden neuron')} × {count(outputs, 'column')} of y"),
            "bout": ((1, outputs), f"one row × {count(outputs, 'column')} of y"),
        }
        for key, value in given.items():
            shape, why = shapes[key]
            if value.shape != shape:
                raise TracerError(f"[initial] {key} is {times(value.shape)}; expected {times(shape)} ({why})")
        check_seed(seed)
        self.seed = None if len(given) == len(WEIGHTS) else seed
        # RandomState(seed) is the generator behind numpy.random.seed(seed), without its global state.
        draw = np.random.RandomState(seed)
        try:
            initial = {key: given[key] if key in given else draw.uniform(size=shapes[key][0]) for key in WEIGHTS}
        except (MemoryError, ValueError):  # ValueError: more numbers than an array can count
            raise TracerError(f"[network] hidden is {neurons}, more neurons than this machine can hold") from None
        self.wh, self.bh, self.wout, self.bout = (initial[key] for key in WEIGHTS)

    @classmethod
    def read(cls, path: str | Path) -> Network:
        """A network file (TOML; docs/network-file.md says what is in it).

        Raises:
            TracerError: it cannot be read, does not parse, or does not fit; the message names file and place.
        """
        path = Path(path)
        try:
            content = path.read_bytes().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise TracerError(f"{path}: cannot be read ({reason}); give the path of a network file (TOML)") from None
        try:
            return cls.parse(content, name=path.stem)
        except TracerError as error:
            raise TracerError(f"{path}: {error}") from None

    @classmethod
    def parse(cls, content: str, name: str = "network") -> Network:
        """A network from the text of a network file."""
        try:
            document = tomllib.loads(content)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise TracerError(f"not valid TOML: {error}") from None
        for section, keys in document.items():
            if section not in SECTIONS:
                raise TracerError(f"unknown section [{section}]{nearest(section, SECTIONS)}")
            if not isinstance(keys, dict):
                raise TracerError(f"{section} is {kind(keys)}; expected a section, [{section}]")
            for key in keys:
                if key not in SECTIONS[section]:
                    raise TracerError(f"unknown key {key!r} in [{section}]{nearest(key, SECTIONS[section])}")
        data = document.get("data", {})
        for key in SECTIONS["data"]:
            if key not in data:
                raise TracerError(f"[data] {key} is missing; add {key} = [[...], ...] under [data]")
        given = {key: value for section in document.values() for key, value in section.items()}
        return cls(given.pop("X"), given.pop("y"), name=name, **given)

    @classmethod
    def walkthrough(cls) -> Network:
        """The network of the article's Excel pictures."""
        content = files("tracer.networks").joinpath("walkthrough.toml").read_text("utf-8")
        return cls.parse(content, name="walkthrough")

    @property
    def hidden(self) -> int:
        return self.wh.shape[1]

    @property
    def inputs(self) -> dict[str, np.ndarray]:
        """Everything given at steps 0 and 1, as matrices (`lr` is 1 × 1)."""
        return {
            "X": self.X,
            "y": self.y,
            "wh": self.wh,
            "bh": self.bh,
            "wout": self.wout,
            "bout": self.bout,
            "lr": np.array([[self.lr]]),
        }

    def __eq__(self, other: object) -> bool:
        """Equal when training would be: the same activation, and every input equal bit for bit."""
        if not isinstance(other, Network):
            return NotImplemented
        mine, theirs = self.inputs, other.inputs
        return self.activation == other.activation and all(identical(mine[key], theirs[key]) for key in mine)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        samples, features = self.X.shape
        return (
            f"<Network {self.name}: {samples} samples, {features} features, "
            f"{self.hidden} hidden ({self.activation}), {self.y.shape[1]} outputs>"
        )


def identical(a: np.ndarray, b: np.ndarray) -> bool:
    """The same shape and the same bits (so that -0.0 is not 0.0)."""
    return a.shape == b.shape and a.tobytes() == b.tobytes()


def matrix(value: Any, place: str, flat: str | None = None) -> np.ndarray:
    """Rows of numbers as a float64 matrix.

    Args:
        value: a list of lists, an array or a data frame.
        place: what to call it in a message.
        flat: what a flat list stands for: one "row", one "column", or (None) nothing.

    Raises:
        TracerError: empty, ragged, not a number, NaN or infinite; the message says which row and column.
    """
    if hasattr(value, "to_numpy"):
        value = value.to_numpy()
    if hasattr(value, "tolist"):
        value = value.tolist()
    if not isinstance(value, (list, tuple)):
        raise TracerError(f"{place} is {kind(value)}; expected rows of numbers, such as [[1, 0], [0, 1]]")
    rows = list(value)
    if flat and rows and not any(isinstance(row, (list, tuple)) for row in rows):
        rows = [rows] if flat == "row" else [[number] for number in rows]
    if not rows:
        raise TracerError(f"{place} is empty; expected rows of numbers")
    for number, row in enumerate(rows, 1):
        if not isinstance(row, (list, tuple)):
            raise TracerError(f"{place}, row {number} is {kind(row)}; expected a row of numbers in brackets")
        if not row:
            raise TracerError(f"{place}, row {number} is empty; expected numbers")
        if len(row) != len(rows[0]):
            raise TracerError(
                f"{place}, row {number} has {count(len(row), 'number')} and row 1 has {len(rows[0])}; "
                "make the rows equally long"
            )
        for column, cell in enumerate(row, 1):
            problem = not_finite(cell)
            if problem:
                raise TracerError(f"{place}, row {number}, column {column} is {problem}; expected a finite number")
    return np.array([[float(cell) for cell in row] for row in rows])


def not_finite(value: Any) -> str | None:
    """What is wrong with a value that should be a finite number; None when nothing is."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return kind(value)
    try:
        finite = np.isfinite(float(value))
    except OverflowError:
        return "too large for a double"
    return None if finite else {"nan": "NaN", "inf": "infinite", "-inf": "infinite"}[str(float(value))]


def positive(value: Any, place: str) -> float:
    """A finite number above zero."""
    problem = not_finite(value)
    if problem or value <= 0:
        raise TracerError(f"{place} is {problem or value}; expected a number above 0, such as 0.1")
    return float(value)


def check_seed(seed: Any) -> None:
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed < 2**32:
        raise TracerError(f"[training] seed is {seed!r}; expected a whole number from 0 to {2**32 - 1}")


def hidden_width(hidden: Any, given: dict[str, np.ndarray]) -> int:
    """How many hidden neurons: as said, or as the initial weights imply."""
    if hidden is None:
        implied = [given[key].shape[1] for key in ("wh", "bh") if key in given]
        if not implied:
            raise TracerError("[network] hidden is missing; say how many hidden neurons, such as hidden = 3")
        return implied[0]
    if isinstance(hidden, bool) or not isinstance(hidden, (int, np.integer)) or hidden < 1:
        raise TracerError(f"[network] hidden is {hidden!r}; expected a whole number of neurons, at least 1")
    return int(hidden)


def times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def kind(value: Any) -> str:
    """A value as a message shows it."""
    if isinstance(value, str):
        return f"text ({value!r})" if len(value) <= 40 else f"text ({value[:40]!r}…)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "a list" if value else "an empty list"
    if isinstance(value, dict):
        return "a section"
    if value is None:
        return "missing"
    return str(value)
