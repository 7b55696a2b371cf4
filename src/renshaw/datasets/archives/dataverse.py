"""Dataverse: Harvard's, DaRUS in Stuttgart and many others.

Its interface (guides.dataverse.org, "Native API" and "Data Access API") lists the files of a DOI
with folder, size and checksum. Tables are kept twice: size, checksum and name of what was uploaded
are those of ``format=original`` (datalad/datalad-dataverse, pull request 314).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from renshaw.datasets.archives.archive import archive
from renshaw.datasets.dataset import DataSet
from renshaw.datasets.http import json_from
from renshaw.datasets.remote import HASHES, FetchError, RemoteFile


@archive("dataverse")
def dataverse(dataset: DataSet) -> list[RemoteFile]:
    """List the files of the latest version."""
    server = dataset.server.rstrip("/")
    asked = f"{server}/api/datasets/:persistentId/?persistentId=doi:{quote(dataset.doi)}"
    answer = json_from(asked)
    try:
        entries = answer["data"]["latestVersion"]["files"]
        return [_file(server, entry) for entry in entries]
    except FetchError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError):
        raise FetchError(
            f"{dataset.name}: {server} answers in another way than a Dataverse does.",
            hint=f"Fetch it by hand: {dataset.address}",
        ) from None


def _file(server: str, entry: dict[str, Any]) -> RemoteFile:
    data = entry["dataFile"]
    # What Dataverse made a table of can be had as it was uploaded.
    uploaded = data.get("originalFileFormat") is not None
    name = data.get("originalFileName") if uploaded else None
    size = data.get("originalFileSize") if uploaded else data.get("filesize")
    folder = (entry.get("directoryLabel") or "").strip("/")
    url = f"{server}/api/access/datafile/{int(data['id'])}"
    return RemoteFile(
        path="/".join(part for part in (folder, name or data["filename"]) if part),
        url=f"{url}?format=original" if uploaded else url,
        size=size if isinstance(size, int) else None,
        hash=_hash(data),
    )


def _hash(data: dict[str, Any]) -> str:
    given = data.get("checksum") or {"type": "MD5", "value": data.get("md5") or ""}
    kind = str(given["type"]).lower().replace("-", "")
    value = str(given["value"]).lower()
    return f"{kind}:{value}" if kind in HASHES and value else ""
