"""IronCalc in a process of its own, run as a script: it may run out of stack, memory or time here, and nowhere else.

It says `null` (or why not) when the workbook is recalculated; then it answers questions, a line of JSON each (a title,
and areas: `[top, left, bottom, right]`), with a line of JSON (of each area what is no number) and all numbers.
"""

from __future__ import annotations

import array
import json
import os
import sys
import threading

#: For deeply nested formulas, which take a lot of it.
STACK = 128 << 20


def main(path: str, seconds: int, memory: int, library: str) -> None:
    """
    Args:
        path: of the workbook.
        seconds, memory: of processor time, and bytes, that it may take.
        library: the folder that holds `ironcalc`.
    """
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever the engine prints is no answer
    _limit(seconds, memory)
    sys.path.append(library)
    threading.stack_size(STACK)
    thread = threading.Thread(target=_work, args=(path, answers))
    thread.start()
    thread.join()


def _limit(seconds: int, memory: int) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for kind, most in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, memory)):
        allowed = resource.getrlimit(kind)[1]
        if allowed == resource.RLIM_INFINITY or most < allowed:
            resource.setrlimit(kind, (most, most if kind == resource.RLIMIT_AS else most + 1))


def _end_with_caller(on: bool) -> None:
    """End at once, in the midst of the engine's work, when the process that asks is gone: its end of the pipe closes,
    and a signal says so, which ends this process."""
    try:
        import fcntl

        flags = fcntl.fcntl(0, fcntl.F_GETFL)
        if on:
            fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(0, fcntl.F_SETFL, flags | os.O_ASYNC if on else flags & ~os.O_ASYNC)
    except (ImportError, AttributeError, OSError):  # Windows; where a pipe has no signals
        pass


def _work(path, answers) -> None:
    _end_with_caller(True)
    try:
        import ironcalc

        model = ironcalc.load_from_xlsx(path, "en", "UTC", "en")
        model.evaluate()
        sheets = {sheet["name"]: index for index, sheet in enumerate(model.get_worksheets_properties())}
    except BaseException as error:  # a panic in its Rust code is no Exception
        _say(answers, f"{error}" or type(error).__name__)
        return
    _end_with_caller(False)
    _say(answers, None)
    for line in sys.stdin.buffer:
        title, areas = json.loads(line)
        if title not in sheets:
            _say(answers, "no sheet")
            continue
        numbers, others = array.array("d"), []  # type: ignore[var-annotated]
        value_of, sheet, missing = model.get_cell_value, sheets[title], float("nan")
        for top, left, bottom, right in areas:
            others.append({})
            start = len(numbers)
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    value = value_of(sheet, row, column)
                    if type(value) is not float:
                        if value is not None:
                            others[-1][len(numbers) - start] = value
                        value = missing
                    numbers.append(value)
        _say(answers, others)
        answers.write(numbers.tobytes())
        answers.flush()


def _say(answers, message: object) -> None:
    answers.write(json.dumps(message).encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
