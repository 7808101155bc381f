"""Runs the steps: their expressions are compiled to one Python function, and what is asked for of it is recorded."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from tracer.accuracy import right
from tracer.errors import TracerError
from tracer.expr import Expression
from tracer.losses import LOSSES
from tracer.network import Network
from tracer.rendering import NumPy, evaluate
from tracer.selection import check_epochs
from tracer.steps import order
from tracer.trace import Divergence, History, Trace, Update

#: The step that finds the error, and with it the loss.
ERROR = 5
#: After so many epochs it is looked whether the numbers are still finite, and told how far it is.
STRIDE = 64


def source(network: Network) -> str:
    """Python source of one update: the steps as assignments, in a function of the data and of what is carried.

    It returns the loss, how many samples were classified rightly, what the next update starts from, and all that the
    steps filled.
    """
    render = NumPy()
    architecture = network.architecture
    filled = [(symbol.name, render(expression)) for _, symbol, expression in order(network.steps)]
    lines = [f"def update({', '.join(('X', 'y', *network.carried))}):"]
    lines += [f"    {name} = {text}" for name, text in filled]
    lines += [
        f"    loss = {render(LOSSES[architecture.loss].value(architecture.axis))}",
        f"    right = {render(right(architecture)) + '.item()' if network.classifies else 0}",
        f"    return loss.item(), right, ({', '.join(network.carried)},), ({', '.join(name for name, _ in filled)},)",
    ]
    return "\n".join(lines)


def compiled(network: Network) -> Callable[..., tuple[float, float, tuple, tuple]]:
    """One update as a function; learning rate and the optimizer's numbers are bound in it."""
    namespace: dict[str, Any] = {"np": np, "lr": network.lr, **network.constants}
    exec(compile(source(network), "<steps>", "exec"), namespace)
    return namespace["update"]


class Run:
    """A network in training.

    Attributes:
        epoch: how many epochs are done.
        carried: what the next update starts from.
        updates: what was recorded.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.epoch = 0
        self.carried: tuple[np.ndarray, ...] = tuple(network.carried.values())
        self.updates: list[Update] = []
        self._update = compiled(network)
        self._carried_names = tuple(network.carried)
        self._filled_names = tuple(symbol.name for _, symbol, _ in order(network.steps))
        #: Where the order never changes the batches need not be cut again.
        self._batches = None if network.shuffle else self._cut(1)

    def _cut(self, epoch: int) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        return [(samples, *self.network.chosen(samples)) for samples in self.network.batches(epoch)]

    def train(self, keep: bool) -> tuple[float, float]:
        """One epoch: its loss, and how many samples were classified rightly."""
        self.epoch += 1
        loss, rightly = 0.0, 0.0
        update, carried = self._update, self.carried
        for number, (samples, X, y) in enumerate(self._batches or self._cut(self.epoch), 1):
            given = carried
            value, hits, carried, filled = update(X, y, *given)
            loss += value
            rightly += hits
            if keep:
                self.updates.append(
                    Update(
                        self.epoch,
                        number,
                        samples,
                        dict(zip(self._carried_names, given)),
                        dict(zip(self._filled_names, filled)),
                    )
                )
        self.carried = carried
        return loss, rightly

    def back_to(self, epoch: int, carried: tuple[np.ndarray, ...]) -> None:
        """As it was after an epoch."""
        self.epoch, self.carried = epoch, carried
        while self.updates and self.updates[-1].epoch > epoch:
            self.updates.pop()

    def diverged(self, since: int, loss: float = 0.0) -> Divergence | None:
        """The first number among what was recorded after an epoch that is none.

        Args:
            loss: of the one epoch after that one; its squares may be too large where no matrix is.
        """
        steps = {symbol.name: step.number for step, symbol, _ in order(self.network.steps)}
        total = 0.0
        for update in self.updates:
            if update.epoch <= since:
                continue
            if not np.isfinite(loss):
                total += _loss(self.network, update)
            elif np.isfinite(np.concatenate(list(update.filled.values()), axis=None)).all():
                continue
            for name, matrix in update.filled.items():
                if steps[name] > ERROR and not np.isfinite(total):
                    return Divergence(update.epoch, update.number, ERROR, "loss", 0, 0, total)
                if not np.isfinite(matrix).all():
                    row, column = map(int, np.argwhere(~np.isfinite(matrix))[0])
                    value = float(matrix[row, column])
                    return Divergence(update.epoch, update.number, steps[name], name, row, column, value)
        return None


def run(
    network: Network,
    epochs: int = 1,
    keep: Collection[int] | None = None,
    progress: Callable[[int, int], object] = lambda done, total: None,
    stop: Callable[[], bool] = lambda: False,
) -> Trace:
    """Train for some epochs, and record every matrix that every step fills in those that are to be kept.

    The last epoch is kept always.

    Args:
        keep: numbers of epochs; None for all.
        progress: told now and then how many epochs are done, of how many.
        stop: asked after each epoch whether that was enough.

    Raises:
        TracerError: `epochs` is no whole number above 0, or a number left the range of a double in the first update.
    """
    epochs = check_epochs(epochs)
    training = Run(network)
    losses, rights = np.empty(epochs), np.empty(epochs)
    kept = (lambda epoch: True) if keep is None else frozenset(keep).__contains__
    divergence, stopped = None, False
    #: From where a search starts: an epoch, and what it left. One earlier than where numbers were looked at last, so
    #: that the last epoch before a divergence is recorded.
    earlier = 0, training.carried
    # What NumPy would warn of may have a finite effect: an exp that overflows in a sigmoid. So it is only a reason to
    # look at every number.
    suspect: list[str] = []
    calls: Any = dict.fromkeys(("over", "divide", "invalid"), "call")
    with np.errstate(**calls, under="ignore", call=lambda kind, _: suspect.append(kind)):
        while training.epoch < epochs and not stopped and not divergence:
            since, before = training.epoch, training.carried
            while training.epoch < min(since + STRIDE, epochs) and not stopped:
                before, epoch = training.carried, training.epoch
                losses[epoch], rights[epoch] = training.train(kept(epoch + 1))
                stopped = stop()
            if suspect or not _finite(losses[since : training.epoch], training.carried):
                divergence = _search(training, *earlier, kept)
                suspect.clear()
            else:
                divergence = training.diverged(since)
            earlier = training.epoch - 1, before
            if divergence:
                _forget(training, divergence, kept)
            elif stopped or training.epoch == epochs:
                _keep_last(training, before)
            progress(training.epoch, epochs)
    return _trace(training, losses, rights, divergence)


def _search(training: Run, since: int, start: tuple[np.ndarray, ...], kept: Callable[[int], bool]) -> Divergence | None:
    """Go back to the end of an epoch and train again, looking at every number."""
    until = training.epoch
    training.back_to(since, start)
    while training.epoch < until:
        loss, _ = training.train(keep=True)
        if divergence := training.diverged(training.epoch - 1, loss):
            return divergence
        # The epoch before the one that diverges is the last that is whole.
        training.updates = [
            update for update in training.updates if update.epoch == training.epoch or kept(update.epoch)
        ]
    if not kept(training.epoch):
        training.updates = [update for update in training.updates if update.epoch < training.epoch]
    return None


def _finite(losses: np.ndarray, carried: tuple[np.ndarray, ...]) -> bool:
    return bool(np.isfinite(losses).all()) and all(np.isfinite(matrix).all() for matrix in carried)


def _keep_last(training: Run, before: tuple[np.ndarray, ...]) -> None:
    """Run the last epoch again, if it was not recorded."""
    if not training.updates or training.updates[-1].epoch < training.epoch:
        training.back_to(training.epoch - 1, before)
        training.train(keep=True)


def _forget(training: Run, divergence: Divergence, kept: Callable[[int], bool]) -> None:
    """Drop what was recorded from a divergence on; the epoch before it stays, where it is the last.

    Raises:
        TracerError: nothing is left.
    """
    at = divergence.epoch, divergence.update
    training.updates = [update for update in training.updates if (update.epoch, update.number) < at]
    last = training.updates[-1].epoch if training.updates else 0
    training.updates = [update for update in training.updates if update.epoch == last or kept(update.epoch)]
    if not training.updates:
        raise TracerError(str(divergence))


def _trace(training: Run, losses: np.ndarray, rights: np.ndarray, divergence: Divergence | None) -> Trace:
    network = training.network
    done = training.updates[-1].epoch
    history = History(
        np.arange(1, done + 1),
        losses[:done].copy(),
        rights[:done] / network.sample_count if network.classifies else None,
    )
    if divergence and divergence.epoch == done:  # it broke off within an epoch
        last = history_of(network, [update for update in training.updates if update.epoch == done])
        history.loss[-1] = last.loss[0]
        if history.accuracy is not None and last.accuracy is not None:
            history.accuracy[-1] = last.accuracy[0]
    return Trace(network, training.updates, history, divergence)


def history_of(network: Network, updates: list[Update]) -> History:
    """The history of one epoch, from what its updates filled."""
    loss, hits = 0.0, 0.0
    for update in updates:
        loss += _loss(network, update)
        hits += _value(right(network.architecture), network, update) if network.classifies else 0
    accuracy = np.array([hits / network.sample_count]) if network.classifies else None
    return History(np.array([updates[0].epoch]), np.array([loss]), accuracy)


def _loss(network: Network, update: Update) -> float:
    """What the error of an update amounts to."""
    return _value(LOSSES[network.architecture.loss].value(network.architecture.axis), network, update)


def _value(expression: Expression, network: Network, update: Update) -> float:
    """A number computed from what an update filled."""
    X, y = network.chosen(update.samples)
    return float(evaluate(expression, {**update.filled, "X": X, "y": y}).item())
