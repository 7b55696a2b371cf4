"""A data set that only a person can fetch, on its page: no list of its files is known."""

from __future__ import annotations

from renshaw.datasets.archives.archive import archive
from renshaw.datasets.dataset import DataSet
from renshaw.datasets.remote import FetchError, RemoteFile


@archive("page")
def page(dataset: DataSet) -> list[RemoteFile]:
    """Refuse, and say where it is."""
    raise FetchError(
        f"{dataset.name} can't be fetched by renshaw: no list of its files is known.",
        hint=f"Fetch it in a browser: {dataset.address}",
    )
