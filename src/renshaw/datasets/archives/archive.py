"""What an archive is, and the register of all of them."""

from __future__ import annotations

from collections.abc import Callable

from renshaw.datasets.dataset import DataSet
from renshaw.datasets.remote import RemoteFile

# An archive lists the files of a data set.
Archive = Callable[[DataSet], list[RemoteFile]]

ARCHIVES: dict[str, Archive] = {}


def archive(name: str) -> Callable[[Archive], Archive]:
    """Register an archive under the name that `DataSet.archive` gives it."""

    def register(function: Archive) -> Archive:
        ARCHIVES[name] = function
        return function

    return register
