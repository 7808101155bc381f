"""What the command line prints: tables, and a step with the sheets' two colours."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tracer.errors import listing
from tracer.escapes import printable
from tracer.numbers import count, number, shown

if TYPE_CHECKING:
    import numpy as np

    from tracer.compare.verify import Verdict
    from tracer.exposition import Section
    from tracer.trace import State, Trace

#: The sheets' yellow and orange, with a mark for those who do not see them.
PAINT = {"current": "bold black on #fff04d", "source": "black on #ffb55a", "known": ""}
MARK = {"current": "● ", "source": "○ ", "known": ""}
#: Longer matrices are cut, and a line says so.
ROWS = 30


def _text(text: str, style: str = "") -> Text:
    """Text as it is printed, line by line: names come from people's files."""
    return Text("\n".join(map(printable, text.split("\n"))), style=style)


def console() -> Console:
    """Standard output; what is piped is not folded to a terminal's width."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=200)


def plain(*printed: RenderableType) -> str:
    """What would be printed, as text without colours."""
    file = io.StringIO()
    Console(file=file, highlight=False, width=200, no_color=True).print(Group(*printed))
    return file.getvalue()


def summary(trace: Trace, path: Path, epochs: list[int], frame: str | None = None) -> Group:
    """What a run wrote and how it came out.

    Args:
        epochs: those that have step sheets.
        frame: the table that was written, if one was.
    """
    facts = Table.grid(padding=(0, 2))
    steps = count(sum(len(trace.steps) for update in trace.updates if update.epoch in epochs), "step sheet")
    if epochs and trace.epochs > 1:
        few = [f"{epoch:,}" for epoch in epochs]
        few = few if len(few) <= 6 else [*few[:3], "…", few[-1]]
        steps += f", of {'epochs' if len(epochs) > 1 else 'epoch'} {listing(few)}"
    facts.add_row("written", _text(f"{path} ({steps})", style="bold"))
    if frame:
        facts.add_row("", _text(f"{frame} (every number of every epoch)", style="bold"))
    facts.add_row("network", _text(f"{trace.network.description}, learning rate {trace.network.lr:g}"))
    facts.add_row("epochs", str(trace.epochs))
    facts.add_row("loss", f"{trace.loss:.8g}")
    if trace.history.accuracy is not None:
        facts.add_row("accuracy", f"{trace.history.accuracy[-1]:.2%}")
    network, samples = trace.network, trace.updates[-1].samples
    results = Table(box=SIMPLE_HEAD)
    of = f" ({', '.join(network.outputs)})" if len(network.outputs) > 1 else ""
    for heading in ("sample", f"prediction{of}", "target"):
        results.add_column(_text(heading), justify="right")
    output, y = (trace[name] if network.architecture.axis else trace[name].T for name in ("output", "y"))
    rows = zip(samples, shown(output[:ROWS], decimals=8), shown(y[:ROWS]))
    for sample, prediction, wanted in rows:
        name = network.rows[sample] if network.rows else str(sample + 1)
        results.add_row(_text(name), "  ".join(prediction), "  ".join(wanted))
    return Group(facts, results, *more(len(samples)))


def pairs(lines: Iterable[tuple[str, str]]) -> Table:
    """Names and what they are."""
    table = Table.grid(padding=(0, 2))
    for name, says in lines:
        table.add_row(_text(name, style="bold"), says)
    return table


def step(state: State) -> Group:
    """One step: its title, its formulas, and every matrix known after it."""
    from rich.columns import Columns  # here, because loading it takes longer than all else that a run prints

    update = f", update {state.update}" if state.update > 1 else ""
    heading = _text(f"Step {state.step.number}: {state.step.title}", style="bold")
    heading.append(f"   {state.step.phase}, epoch {state.epoch}{update}", style="dim")
    formulas = _text("\n".join([*state.step.formulas_at(state.epoch, state.update), *state.step.definitions]))
    blocks = Columns([block(name, state.role(name), state[name]) for name in state], padding=(0, 3))
    key = Text.assemble((" ● filled in this step ", PAINT["current"]), "  ", (" ○ used to fill them ", PAINT["source"]))
    return Group(heading, Padding(formulas, (0, 0, 1, 2)), blocks, key, "")


def derivation(sections: Sequence[Section]) -> Group:
    """The derivation, section by section."""
    from tracer.values import times  # here, because it loads NumPy

    parts: list[RenderableType] = []
    for section in sections:
        table = Table(box=SIMPLE_HEAD, show_header=any(line.meaning for line in section.lines), pad_edge=False)
        headings = ("letter", "what it is", "article's letter") if table.show_header else ("",)
        for heading in (*headings, "shape", "step", "in the listings"):
            table.add_column(heading, overflow="fold")
        for line in section.lines:
            shape = times(line.shape) if line.shape else ""
            words = (line.meaning, line.article) if table.show_header else ()
            step = "" if line.step is None else str(line.step)
            cells = (line.letters, *words, shape, step, line.names)
            table.add_row(*map(_text, cells), style="bold" if line.strong else "")
        notes = _text("\n".join(section.notes), style="dim")
        parts += [_text(section.title, style="bold"), table, Padding(notes, (0, 0, 1, 2))]
    return Group(*parts)


def block(name: str, role: str, matrix: np.ndarray) -> Group:
    table = Table.grid(padding=(0, 1, 0, 1))
    for _ in range(matrix.shape[1]):
        table.add_column(justify="right", style=PAINT[role])
    for row in shown(matrix[:ROWS]):
        table.add_row(*row)
    return Group(_text(MARK[role] + name, style="bold" if role == "current" else ""), table, *more(len(matrix)), "")


def more(rows: int) -> list[Text]:
    return [_text(f"… {rows - ROWS} more rows", style="dim")] if rows > ROWS else []


def verdicts(judged: list[Verdict]) -> Group:
    """A line an engine, then the first cells that do not agree."""
    table = Table(box=SIMPLE_HEAD)
    table.add_column("engine")
    table.add_column("cells checked", justify="right")
    table.add_column("differ", justify="right")
    table.add_column("largest difference", justify="right")
    table.add_column("where")
    for verdict in judged:
        size, where = "none", ""
        if verdict.largest and verdict.largest.size > 0:
            largest = verdict.largest
            size = number(largest.size) if largest.size < math.inf else "not a number"
            where = f"{largest.sheet}!{largest.address} ({largest.name})"
        differ = _text(f"{len(verdict.wrong):,}", style="bold red" if verdict.wrong else "")
        table.add_row(verdict.engine, f"{verdict.checked:,}", differ, size, _text(where))
    wrong = [
        _text(f"{verdict.engine}: {difference}", style="red") for verdict in judged for difference in verdict.wrong[:5]
    ]
    return Group(table, *wrong)
