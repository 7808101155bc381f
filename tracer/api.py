"""The library: whatever the command line does is one call here, with the same words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tracer import engine, trace
from tracer.network import Network

if TYPE_CHECKING:
    from tracer.compare.verify import Verdict


class Trace(trace.Trace):
    """What was recorded of a run, with everything that can be made of it.

    >>> import tracer
    >>> trace = tracer.run(epochs=1)
    >>> trace["d_output"].round(3).tolist()
    [[0.035], [0.033], [-0.131]]
    >>> trace.state(epoch=1, step=7).step.formulas
    ('d_output = E * slope_output_layer',)
    """

    def to_excel(
        self,
        path: str | Path,
        *,
        formulas: str = "cell",
        template: str | Path | None = None,
        force: bool = False,
    ) -> None:
        """Write the steps as a workbook of live, colour-coded sheets.

        Args:
            path: where to; its folder is made if it is missing.
            formulas: `cell` (one formula a cell), `matrix` (one array formula a block, by names) or `none`.
            template: what it looks like: the path of a restyled copy of a template, or the name of one that comes
                with tracer (`article`, `stacked`).
            force: overwrite a file that tracer did not write.

        Raises:
            TracerError: the template is none, or the file cannot be written.
        """
        from tracer.workbook.writer import write

        write(self, path, formulas=formulas, template=template, force=force)


def run(network: Network | str | Path | None = None, *, epochs: int = 1) -> Trace:
    """Train a network and record every matrix of every step.

    Args:
        network: a `Network`, the path of a network file, or None for the article's walkthrough.
        epochs: how many.

    Raises:
        TracerError: the network or the number of epochs makes no sense; the message says what to do.
    """
    if network is None:
        network = Network.walkthrough()
    elif not isinstance(network, Network):
        network = Network.read(network)
    recorded = engine.run(network, epochs)
    return Trace(recorded.network, recorded.filled)


def read_excel(path: str | Path) -> Trace:
    """The trace in a workbook that `to_excel` or `tracer run` wrote: the same, every double equal bit for bit.

    Raises:
        TracerError: the file cannot be read, is not such a workbook, or holds no number where one belongs.
    """
    from tracer.workbook.reader import read_excel as read

    recorded = read(path)
    return Trace(recorded.network, recorded.filled)


def verify(path: str | Path, engine: str = "ironcalc") -> list[Verdict]:
    """Recalculate a workbook with a spreadsheet engine and compare every cell with the steps run afresh.

    Args:
        engine: `ironcalc`, `libreoffice` or `all`.

    Returns:
        A verdict for the values stored in the file and one for each engine; `verdict.agrees` says how it went.

    Raises:
        TracerError: it could not be done.
    """
    from tracer.compare.verify import verify

    return verify(path, engine)
