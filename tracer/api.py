"""The library: whatever the command line does is one call here, with the same words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from tracer import engine, networkfile, presets, trace
from tracer.errors import TracerError, listing, nearest
from tracer.exposition import Section, exposition
from tracer.network import Network
from tracer.selection import DEFAULT, check_epochs, select

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracer.compare.verify import Verdict


class Trace(trace.Trace):
    """What was recorded of a run, with everything that can be made of it.

    >>> import tracer
    >>> trace = tracer.run(epochs=1)
    >>> trace["d_output"].round(3).tolist()
    [[0.035], [0.033], [-0.131]]
    >>> trace.state(epoch=1, step=7).step.formulas
    ('d_output = E * slope_output_layer',)

    Attributes:
        network: what was trained; the inputs of steps 0 and 1 are in it.
        epochs: how many epochs it was trained.
        updates: what was recorded, in order: every update of the epochs that were to be kept, and of the last one.
        history: of all epochs.
        divergence: where training left the range of a double, if it did.
    """

    def to_excel(
        self,
        path: str | Path | BinaryIO,
        *,
        formulas: str = "cell",
        template: str | Path | None = None,
        sheets: str = DEFAULT,
        boundary: int | None = None,
        force: bool = False,
    ) -> None:
        """Write the steps as a workbook of live, colour-coded sheets.

        Args:
            path: where to; its folder is made if it is missing. Or a file open for writing bytes.
            formulas: `cell` (one formula a cell), `matrix` (one array formula a block, by names) or `none`.
            template: what it looks like: the path of a restyled copy of a template, or the name of one that comes
                with tracer (`article`, `stacked`).
            sheets: which of the epochs that were kept get their step sheets: `first,last`, `1,10,100`, `every:1000`,
                `all` or `none`.
            boundary: for a network with two inputs: how many points the grid of the sheet `Boundary` has along each
                axis; None or 0 for no such sheet.
            force: overwrite a file that tracer did not write.

        Raises:
            TracerError: the template is none, the network has no boundary, or the file cannot be written.
        """
        from tracer.workbook.writer import write

        write(self, path, formulas=formulas, template=template, sheets=sheets, boundary=boundary, force=force)


def run(
    network: Network | str | Path | None = None,
    *,
    like: str | Path | None = None,
    preset: str | None = None,
    epochs: int | None = None,
    keep: str = "all",
    progress: Callable[[int, int], object] = lambda done, total: None,
    stop: Callable[[], bool] = lambda: False,
    **options: Any,
) -> Trace:
    """Train a network and record every matrix of every step.

    >>> tracer.run(hidden=[4, 3], activation="tanh", output_activation="sigmoid", epochs=3)
    <Trace of walkthrough: 3 epochs, loss 0.443832>

    Args:
        network: a `Network`, the path of a network file, or None for the article's walkthrough.
        like: a workbook whose run is repeated, in place of `network`.
        preset: a network of the article, in place of `network`: see `tracer presets`.
        epochs: how many; None for what the network file says, or else one.
        keep: the epochs whose steps are kept, in the words of `to_excel`'s `sheets`; the last one is kept always. The
            loss of every epoch is in `trace.history`.
        progress: told now and then how many epochs are done, of how many.
        stop: asked after each epoch whether that was enough.
        options: keys of a network file, which win over the file's: `data`, `target`, `hidden`, `lr`, ...

    Returns:
        The trace. Where a number left the range of a double, it ends before that, and `trace.divergence` says where.

    Raises:
        TracerError: the network or the number of epochs makes no sense, or it diverged in the first update; the message
            says what to do.
    """
    network, epochs = _asked(network, epochs, options, like=like, preset=preset)
    wanted = None if keep == "all" else frozenset(select(keep, epochs))
    return _with_files(engine.run(network, epochs, wanted, progress, stop))


def script(
    network: Network | str | Path | None = None,
    language: str = "python",
    epochs: int | None = None,
    *,
    like: str | Path | None = None,
    preset: str | None = None,
    **options: Any,
) -> str:
    """A network as a script from scratch, which prints the numbers of its run.

    >>> source = tracer.script(hidden=[4, 3], activation="tanh", epochs=100)
    >>> source.splitlines()[0]
    '# walkthrough: a neural network from scratch, with NumPy alone.'

    Args:
        network, epochs, like, preset, options: as for `run`.
        language: `python` (NumPy only: the numbers of the trace to the last bit) or `r` (base R only: to about 1e-12).

    Raises:
        TracerError: the network, the number of epochs or the language makes no sense, or a script would hold too many
            numbers; the message says what to do.
    """
    from tracer import scripts

    network, epochs = _asked(network, epochs, options, like=like, preset=preset)
    return scripts.script(network, language, epochs)


def described(
    file: str | Path | None,
    options: Mapping[str, Any],
    *,
    like: str | Path | None = None,
    preset: str | None = None,
) -> tuple[Network, networkfile.Options]:
    """The network that a file, a workbook, a preset or the walkthrough describes, with some options said anew; and all
    options.

    Raises:
        TracerError: it cannot be read, or does not fit.
    """
    sources = {str(file): file, f"--like {like}": like, f"--preset {preset}": preset}
    if len(several := [said for said, given in sources.items() if given is not None]) > 1:
        raise TracerError(f"{listing(several)} each say what to run; give one of them")
    folder, source = Path(), ""
    if like:
        from tracer.workbook.reader import Reading

        reading = Reading(like)
        said, name, source = reading.given(), reading.name, str(like)
    elif file:
        said, name, folder, source = networkfile.read(file), Path(file).stem, Path(file).parent, str(file)
    elif preset is not None:
        found = presets.named(str(preset))
        if not found.is_network:
            raise TracerError(
                f"the preset {found.name} is a lesson, no network; tracer run --preset {found.name} writes it"
            )
        (said, folder), name = networkfile.preset(found.name), found.name
    elif options.get("data"):
        said, name = {}, Path(str(options["data"])).stem
    else:
        said, name = networkfile.walkthrough(), "walkthrough"
    if options.get("data"):
        folder = Path()
    for key in options:
        if key not in networkfile.KEYS:
            raise TracerError(f"there is no option {key!r}{nearest(key, networkfile.KEYS)}")
    said = networkfile.merged(said, options)
    try:
        networkfile.check_workbook(said)
        return networkfile.build(Network, said, folder, name), said
    except TracerError as error:
        raise TracerError(f"{source}: {error}" if source and source not in str(error) else str(error)) from None


def _asked(
    network: Network | str | Path | None, epochs: int | None, options: Mapping[str, Any], **sources: str | Path | None
) -> tuple[Network, int]:
    """What to train, and for how many epochs.

    Args:
        sources: `like` or `preset`, in place of the network.
    """
    for key in networkfile.SECTIONS["workbook"]:
        if options.get(key) is not None:
            raise TracerError(f"{key} is of the workbook; say it where that is written: trace.to_excel(path, ...)")
    if not isinstance(network, Network):
        network, said = described(network, options, **sources)  # type: ignore[arg-type]
        epochs = said.get("epochs", 1) if epochs is None else epochs
    elif more := [key for key, value in {**sources, **options}.items() if value is not None]:
        raise TracerError(f"{more[0]} is given beside a Network, which has it already; say it there")
    return network, check_epochs(1 if epochs is None else epochs)


def _with_files(recorded: trace.Trace) -> Trace:
    return Trace(recorded.network, recorded.updates, recorded.history, recorded.divergence)


def read_excel(path: str | Path) -> Trace:
    """The trace in a workbook that `to_excel` or `tracer run` wrote: the same, every double equal bit for bit.

    Raises:
        TracerError: the file cannot be read, is not such a workbook, or holds no number where one belongs.
    """
    from tracer.workbook.reader import read_excel as read

    recorded = read(path)
    return _with_files(recorded)


def derive(source: Network | str | Path | None = None) -> tuple[Section, ...]:
    """The derivation behind the steps of a network: letters, formulas, the chain rule, the update.

    >>> print(tracer.derive()[-1].lines[0].letters)
    W₂ ← W₂ + h₁ᵀ·δ₂·η = W₂ − ∂E/∂W₂·η

    Args:
        source: a `Network`, the path of a workbook that tracer wrote or of a network file, or None for the article's.

    Raises:
        TracerError: it cannot be read.
    """
    if not isinstance(source, Network):
        written = source is not None and Path(source).suffix.lower() in (".xlsx", ".xlsm")
        source, _ = described(None, {}, like=source) if written else described(source, {})
    return exposition(source)


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
