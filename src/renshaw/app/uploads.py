"""Files that are dropped into the page: streamed to disk, never larger than allowed."""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path
from urllib.parse import unquote

from starlette.requests import ClientDisconnect, Request

from renshaw.core.errors import RenshawError
from renshaw.io import ending_of

_LOG = logging.getLogger(__name__)
MOST_BYTES = 2 * 1024**3


class UploadError(RenshawError, ValueError):
    """A file that is too large, empty, broken off, or that the disk has no place for."""


def name_of(request: Request) -> str:
    """Return the name of the file that is sent (header ``X-File-Name``), as words only.

    It never becomes part of a path; only its ending does, where it is a plain one.
    """
    name = unquote(request.headers.get("x-file-name", "recording"))
    return name.replace("\\", "/").rpartition("/")[2][:200] or "recording"


async def received(request: Request, folder: Path, most_bytes: int = MOST_BYTES) -> Path:
    """Stream the body of a request into a new file in ``folder`` and return its path.

    Raises
    ------
    UploadError
        More than ``most_bytes``, nothing at all, or not all of it: the browser went away.
    """
    if int(request.headers.get("content-length") or 0) > most_bytes:
        raise UploadError(too_large(most_bytes))
    with tempfile.NamedTemporaryFile(
        dir=folder, prefix="upload-", suffix=_ending(name_of(request)), delete=False
    ) as file:
        path, size = Path(file.name), 0
        try:
            async for piece in request.stream():
                size += len(piece)
                if size > most_bytes:
                    raise UploadError(too_large(most_bytes))
                file.write(piece)
            if size == 0:
                raise UploadError("The file is empty.")
            file.flush()
            os.fsync(file.fileno())
        except ClientDisconnect:
            path.unlink(missing_ok=True)
            words = f"{name_of(request)!r} was not sent to its end; what had come was removed."
            _LOG.warning("renshaw app: %s", words)
            raise UploadError(words) from None
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return path


def _ending(name: str) -> str:
    if known := ending_of(name):
        return known
    ending = Path(name).suffix
    return ending if 1 < len(ending) <= 12 and ending[1:].replace("+", "").isalnum() else ""


def too_large(most_bytes: int = MOST_BYTES) -> str:
    """Return why a file is refused; the page says it before it sends one."""
    return f"The file is larger than {most_bytes / 1024**2:.0f} MB; use the command line."
