"""Names that a workbook of ours uses, for the writer and the reader alike."""

from __future__ import annotations

import re
from collections.abc import Collection

from tracer.xlsx.titles import quoted

OVERVIEW = "Overview"
#: All samples, where the step sheets of a run in batches show some.
DATA = "Data"
#: The loss of every epoch.
LOSS = "Loss"
#: What it was called in workbooks written earlier: a title that Excel keeps for itself.
LOSS_BEFORE = "History"
#: What a network with two inputs answers all over their plane.
BOUNDARY = "Boundary"
#: The derivation, in letters and in the listings' names.
MATH = "Math"
#: The network file that repeats the run.
NETWORK = "Network"

_STEP = re.compile(r"(?:Ep(?:och)? (\d+) )?(?:Up(?:date)? (\d+) )?Step (\d+)")


def step_sheet(epoch: int, step: int, update: int = 1) -> str:
    """`Step 7` in the first update, then `Epoch 2 Step 7`, `Epoch 2 Update 3 Step 7`."""
    words = [f"Epoch {epoch}"] if epoch > 1 else []
    words += [f"Update {update}"] if update > 1 else []
    title = " ".join([*words, f"Step {step}"])
    return title if len(title) <= 31 else f"Ep {epoch} Up {update} Step {step}"  # 31 is what Excel allows


def parse_step_sheet(title: str) -> tuple[int, int, int] | None:
    """Epoch, update and step of a sheet; None for one that is no step's."""
    match = _STEP.fullmatch(title)
    return (int(match[1] or 1), int(match[2] or 1), int(match[3])) if match else None


def old(name: str) -> str:
    """What a step sheet calls the value on the sheet before: `wh_old`."""
    return f"{name}_old"


def loss_sheet(titles: Collection[str]) -> str:
    """The title of the sheet of losses in a workbook with sheets of these titles."""
    return LOSS_BEFORE if LOSS_BEFORE in titles and LOSS not in titles else LOSS


def reference(sheet: str) -> str:
    """`'Step 7'!`, `Data!`"""
    return f"{quoted(sheet)}!"


def link(sheet: str, address: str = "A1") -> str:
    """The target of a link to a cell of the same workbook."""
    return f"internal:{reference(sheet)}{address}"


#: Headings of blocks, as the article's pictures print them where they differ from the names.
_HEADINGS = {
    "slope_hidden_layer": "Slope hidden layer",
    "slope_output_layer": "Slope O/P",
    "d_output": "delta output",
    "Error_at_hidden_layer": "Error at hidden layer",
    "d_hiddenlayer": "delta hidden layer",
    "lr": "Learning rate",
}


def heading(name: str) -> str:
    """What stands above a block: `Slope hidden layer 2`."""
    from tracer.matrices import stem

    base = stem(name)
    number = name.removeprefix(base).replace("_", " ")
    return f"{_HEADINGS[base]}{number}" if base in _HEADINGS else name
