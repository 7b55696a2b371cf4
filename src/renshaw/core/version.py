"""The version of renshaw, said here and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable

__version__ = "0.1.0"


def newer(version: str) -> bool:
    """Return whether a version, as a file states it, is later than this one."""
    return _numbers(version) > _numbers(__version__)


def latest(versions: Iterable[str]) -> str:
    """Return the latest of some versions; empty where there is none."""
    return max(versions, key=_numbers, default="")


def of_other_version(
    written_by: str, unknown: Iterable[str] = (), left_out: Iterable[str] = ()
) -> str:
    """Return what to say of a file that another version of renshaw wrote.

    Parameters
    ----------
    written_by : str
        That version; empty where it is not known.
    unknown : iterable of str
        What of the file this version does not know, each as it is shown.
    left_out : iterable of str
        What of it can't even be shown, by name.

    Returns
    -------
    str
        A sentence; empty for a file of this version or of one before in which all is known.
    """
    shown, gone = "; ".join(unknown), ", ".join(left_out)
    who = f"Written by renshaw {written_by}, this is {__version__}" if newer(written_by) else ""
    what = f"what this version does not know is shown as it is: {shown}" if shown else ""
    less = f"left out, because this version does not know it: {gone}" if gone else ""
    said = "; ".join(part for part in (who, what, less) if part)
    return f"{said[0].upper()}{said[1:]}." if said else ""


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"\d{1,9}(\.\d{1,9}){0,3}(?!\d)", version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()
