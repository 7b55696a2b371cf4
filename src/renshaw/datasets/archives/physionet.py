"""PhysioNet: every version of a project has a list of its files, ``SHA256SUMS.txt``."""

from __future__ import annotations

import re
from urllib.parse import quote

from renshaw.datasets.archives.archive import archive
from renshaw.datasets.dataset import DataSet
from renshaw.datasets.http import text_from
from renshaw.datasets.remote import FetchError, RemoteFile

_LINE = re.compile(r"([0-9a-f]{64}) [ *]?(.+)")


@archive("physionet")
def physionet(dataset: DataSet) -> list[RemoteFile]:
    """List the files of the version that the registry names."""
    server = dataset.server.rstrip("/")
    lines = text_from(f"{server}/SHA256SUMS.txt").splitlines()
    found = [_LINE.fullmatch(line) for line in lines if line.strip()]
    if not found or None in found:
        raise FetchError(
            f"{dataset.name}: {server}/SHA256SUMS.txt is no list of files.",
            hint=f"Fetch it by hand: {dataset.address}",
        )
    return [
        RemoteFile(path, f"{server}/{quote(path)}", hash=f"sha256:{digits}")
        for digits, path in (match.groups() for match in found if match)
    ]
