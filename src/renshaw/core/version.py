"""The version of renshaw, said here and nowhere else."""

from __future__ import annotations

import re

__version__ = "0.1.0"


def newer(version: str) -> bool:
    """Return whether a version, as a file states it, is later than this one."""
    return _numbers(version) > _numbers(__version__)


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"\d{1,9}(\.\d{1,9}){0,3}", version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()
