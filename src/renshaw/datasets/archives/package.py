"""Data that come with renshaw: nothing is fetched, files are copied."""

from __future__ import annotations

from pathlib import Path

from renshaw.datasets.archives.archive import archive
from renshaw.datasets.dataset import DataSet
from renshaw.datasets.remote import RemoteFile

_HERE = Path(__file__).parents[1]


@archive("package")
def package(dataset: DataSet) -> list[RemoteFile]:
    """List the files of the folder."""
    folder = _HERE / dataset.server
    return [
        RemoteFile(path.name, path.as_uri(), path.stat().st_size)
        for path in sorted(folder.iterdir())
        if path.is_file()
    ]
