"""Open data sets: what there is, and how it comes onto this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.core.doors import door

if TYPE_CHECKING:
    from renshaw.datasets.catalog import example, find, known, listing
    from renshaw.datasets.dataset import DataSet
    from renshaw.datasets.fetching import Fetched, get
    from renshaw.datasets.remote import FetchError, RemoteFile
else:
    __getattr__, __dir__ = door(__name__)

__all__ = [
    "DataSet",
    "FetchError",
    "Fetched",
    "RemoteFile",
    "example",
    "find",
    "get",
    "known",
    "listing",
]
