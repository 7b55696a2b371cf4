"""A data set whose files stand in the registry itself: a laboratory's own, on its own server."""

from __future__ import annotations

from renshaw.core.errors import SettingsError
from renshaw.datasets.archives.archive import archive
from renshaw.datasets.dataset import DataSet
from renshaw.datasets.remote import RemoteFile


@archive("listed")
def listed(dataset: DataSet) -> list[RemoteFile]:
    """List what the registry lists."""
    found = []
    for number, entry in enumerate(dataset.files):
        unknown = set(entry) - {"path", "url", "size", "hash"}
        size, hash = entry.get("size"), entry.get("hash", "")
        fits = all(isinstance(entry.get(name), str) for name in ("path", "url"))
        if unknown or not fits or not isinstance(size, int | None) or not isinstance(hash, str):
            raise SettingsError(
                "A file has path and url, and may have size (bytes) and hash.", owner=dataset.name
            ).at(entry=(dataset.name, "files", number))
        found.append(RemoteFile(entry["path"], entry["url"], size, hash.lower()))
    return found
