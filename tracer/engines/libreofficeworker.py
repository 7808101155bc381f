"""LibreOffice in a process group of its own, run as a script that stays beside it and cleans up behind it.

Whatever happens to the process that asks (it is interrupted, or killed), its end of the pipe closes, and this script
ends LibreOffice with all its processes and removes their files. Its standard output is a file that holds a workbook,
and in the end what LibreOffice saved.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

#: Exit statuses, beside 0.
FAILED, TIMED_OUT, ABANDONED = 1, 3, 4

#: LibreOffice trusts the values cached in a file that it did not write; 0 is "always recalculate". It fetches nothing:
#: no linked pictures, no links to other files; and what would be fetched all the same goes to a proxy that is none.
SETTINGS: dict[str, dict[str, object]] = {
    "Calc/Formula/Load": {"OOXMLRecalcMode": 0},
    "Calc/Content/Update": {"Link": 1},
    "Common/Security/Scripting": {
        "BlockUntrustedRefererLinks": "true",
        "DisableActiveContent": "true",
        "DisableMacrosExecution": "true",
        "MacroSecurityLevel": 3,
    },
    "Inet/Settings": {
        "ooInetProxyType": 2,
        "ooInetNoProxy": "",
        "ooInetHTTPProxyName": "127.0.0.1",
        "ooInetHTTPProxyPort": 9,
        "ooInetHTTPSProxyName": "127.0.0.1",
        "ooInetHTTPSProxyPort": 9,
        "ooInetFTPProxyName": "127.0.0.1",
        "ooInetFTPProxyPort": 9,
    },
}
#: Run a program without a network, where the system lets us: as root, and as anybody.
WITHOUT_NETWORK = (["unshare", "--net"], ["unshare", "--map-root-user", "--net"])


def main(program: str, seconds: float, memory: int) -> int:
    """
    Args:
        program: LibreOffice's.
        seconds, memory: that it may take.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(ABANDONED))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tracer-"))
    try:
        return _convert(program, folder, time.monotonic() + seconds, memory)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _convert(program: str, folder: pathlib.Path, until: float, memory: int) -> int:
    profile, source, result = folder / "profile", folder / "in" / "book.xlsx", folder / "out" / "book.xlsx"
    for place in (profile / "user", source.parent):
        place.mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_settings())
    with source.open("wb") as file:
        shutil.copyfileobj(os.fdopen(os.dup(1), "rb"), file)
    command = [
        *_without_network(),
        program,
        f"-env:UserInstallation={profile.as_uri()}",
        *("--headless", "--norestore", "--nolockcheck", "--convert-to", "xlsx:Calc MS Excel 2007 XML"),
        *("--outdir", str(result.parent), str(source)),
    ]
    with (folder / "messages").open("w+b") as messages:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=messages,
            stderr=messages,
            start_new_session=True,
            preexec_fn=lambda: _limit(memory),
            env={**os.environ, "TMPDIR": str(folder)},
        )
        try:
            status = _watch(process, until)
        finally:
            _end(process)
        if status is None and result.exists():
            with result.open("rb") as file, os.fdopen(os.dup(1), "r+b") as answer:
                answer.seek(0)
                answer.truncate()
                shutil.copyfileobj(file, answer)
            return 0
        messages.seek(0)
        sys.stderr.buffer.write(messages.read(10_000))
        return FAILED if status is None else status


def _watch(process: subprocess.Popen, until: float) -> int | None:
    """Wait for the end of LibreOffice, of the time, or of the process that asks."""
    while process.poll() is None:
        if time.monotonic() > until:
            return TIMED_OUT
        if select.select([0], [], [], 0.02)[0] and not os.read(0, 1):
            return ABANDONED
    return None


def _end(process: subprocess.Popen) -> None:
    """End its whole group: what the user runs is a starter, which has started others."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _settings() -> str:
    items = "".join(
        f'<item oor:path="/org.openoffice.{"Office." if not path.startswith("Inet") else ""}{path}">'
        f'<prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>\n'
        for path, given in SETTINGS.items()
        for name, value in given.items()
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">\n'
    return f"{head}{items}</oor:items>\n"


def _without_network() -> list[str]:
    for command in WITHOUT_NETWORK:
        if shutil.which(command[0]):
            tried = subprocess.run([*command, "true"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
            if tried.returncode == 0:
                return command
    return []


def _limit(memory: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    allowed = resource.getrlimit(resource.RLIMIT_AS)[1]
    if allowed == resource.RLIM_INFINITY or memory < allowed:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3])))
