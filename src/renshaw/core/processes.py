"""Who is at work: a mark of a process that no later one has, whatever its number.

A number of a process is given again after its end, and after a restart of the machine. Together
with the machine, its start (boot) and the time at which the process began it is given once.
"""

from __future__ import annotations

import os
import platform
from functools import cache
from hashlib import sha256
from pathlib import Path

_LETTERS = 8
# Place of the time of start in /proc/PID/stat, counted after the name in brackets (proc(5)).
_STARTED = 19


def mark_of(process: int | None = None) -> str:
    """Return the mark of a process, ``MACHINE-NUMBER-LIFE``.

    Parameters
    ----------
    process : int, optional
        Its number; this process if not given.
    """
    number = os.getpid() if process is None else process
    return f"{_machine()}-{number:x}-{_life(number)}"


def is_at_work(mark: str) -> bool | None:
    """Return whether the process of a mark still runs; None where that can't be told from here.

    Parameters
    ----------
    mark : str
        As `mark_of` gave it, here or on another machine.
    """
    try:
        machine, number, life = mark.split("-")
        process = int(number, 16)
    except ValueError:
        return None
    if machine != _machine() or not life:
        return None
    return _life(process) == life


@cache
def _machine() -> str:
    # Containers of one machine do not see each other's processes.
    try:
        space = os.readlink("/proc/self/ns/pid")  # noqa: PTH115
    except OSError:
        space = ""
    return _short(platform.node(), space)


def _life(process: int) -> str:
    """Return what tells the life of a process from those of others of its number; ``""`` if not."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    # One that is dead and not yet taken leave of writes nothing any more.
    return "" if fields[0] in "ZX" else _short(boot, fields[_STARTED])


def _short(*words: str) -> str:
    return sha256(" ".join(words).encode()).hexdigest()[:_LETTERS]
