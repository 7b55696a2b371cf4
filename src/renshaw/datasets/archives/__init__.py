"""Archives: who keeps data sets, and how each lists its files. One file a kind of archive."""

from __future__ import annotations

from renshaw.datasets.archives.archive import ARCHIVES
from renshaw.datasets.archives.dataverse import dataverse
from renshaw.datasets.archives.listed import listed
from renshaw.datasets.archives.package import package
from renshaw.datasets.archives.page import page
from renshaw.datasets.archives.physionet import physionet

__all__ = ["ARCHIVES", "dataverse", "listed", "package", "page", "physionet"]
