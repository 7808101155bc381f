"""Names that a workbook of ours uses, for the writer and the reader alike."""

from __future__ import annotations

import re

#: Custom document property that marks a workbook as ours; its value is the version of the format.
MARK = "tracer"
FORMAT = "1"
ACTIVATION = "tracer activation"
EPOCHS = "tracer epochs"
SEED = "tracer seed"
NAME = "tracer name"
TEMPLATE = "tracer template"

OVERVIEW = "Overview"

_STEP = re.compile(r"(?:Epoch (\d+) )?Step (\d+)")


def step_sheet(epoch: int, step: int) -> str:
    """`Step 7` in the first epoch, then `Epoch 2 Step 7`."""
    return f"Step {step}" if epoch == 1 else f"Epoch {epoch} Step {step}"


def parse_step_sheet(title: str) -> tuple[int, int] | None:
    """Epoch and step of a sheet; None for one that is no step's."""
    match = _STEP.fullmatch(title)
    return (int(match[1] or 1), int(match[2])) if match else None


def old(name: str) -> str:
    """What a step sheet calls the value on the sheet before: `wh_old`."""
    return f"{name}_old"


def reference(sheet: str) -> str:
    """`'Step 7'!`"""
    return f"'{sheet}'!"


#: Headings of blocks, as the article's pictures print them where they differ from the names.
HEADINGS = {
    "slope_hidden_layer": "Slope hidden layer",
    "slope_output_layer": "Slope O/P",
    "d_output": "delta output",
    "Error_at_hidden_layer": "Error at hidden layer",
    "d_hiddenlayer": "delta hidden layer",
    "lr": "Learning rate",
}
