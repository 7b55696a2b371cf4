"""`RemoteFile`: a file of a data set before it is here, and what may go wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from renshaw.core.errors import RenshawError

# The letters of a checksum, by its kind.
HASHES = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}
_ODD = re.compile(r'[\x00-\x1f<>:"|?*\\]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


class FetchError(RenshawError, RuntimeError):
    """A data set or a file of it can't be fetched; the message says why and what to do."""

    kind = "fetch"


@dataclass(frozen=True)
class RemoteFile:
    """One file of a data set.

    Parameters
    ----------
    path : str
        Where it belongs within the data set, with ``/`` between folders.
    url : str
        Where it is fetched.
    size : int or None
        Bytes; None where the archive does not say.
    hash : str
        ``"md5:..."``, ``"sha256:..."``; empty where the archive gives none.

    Raises
    ------
    FetchError
        A path that leads out of the data set or that some computer can't write, or a checksum that
        is none.
    """

    path: str
    url: str
    size: int | None = None
    hash: str = ""

    def __post_init__(self) -> None:
        parts = self.path.split("/")
        fine = all(
            part not in ("", ".", "..")
            and not part.endswith((" ", "."))
            and not _ODD.search(part)
            and not _RESERVED.fullmatch(part)
            for part in parts
        )
        if not fine:
            raise FetchError(f"The archive lists a file whose name is refused: {self.path!r}.")
        if self.hash:
            kind, _, digits = self.hash.partition(":")
            if HASHES.get(kind) != len(digits) or not re.fullmatch("[0-9a-f]+", digits):
                raise FetchError(f"{self.path}: {self.hash!r} is no checksum that renshaw knows.")

    @property
    def name(self) -> str:
        """Its name without folders."""
        return PurePosixPath(self.path).name

    @property
    def folder(self) -> str:
        """The folder that it belongs in; ``"."`` at the top."""
        return str(PurePosixPath(self.path).parent)
