"""What went wrong, in a sentence."""

from __future__ import annotations

import errno

from starlette.exceptions import HTTPException

from renshaw.core.errors import RenshawError


def sentence(error: BaseException) -> str:
    """Return what happened, for a person, without paths of this computer's owner."""
    if isinstance(error, RenshawError):
        return str(error)
    if isinstance(error, MemoryError):
        return "There is not enough memory for this; try fewer or shorter recordings."
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "The disk is full; make room and try again."
    if isinstance(error, OSError):
        return f"{error.strerror or type(error).__name__}."
    return f"This is a fault in renshaw, not in what you did: {type(error).__name__}: {error}"


def spoken(error: Exception, status: int) -> str:
    """Return the sentence of an error page."""
    if isinstance(error, HTTPException):
        return {404: "There is no such page.", 405: "That can't be done here."}.get(
            status, str(error.detail)
        )
    return sentence(error)
