"""What is finished is kept: one file a piece, written whole or not at all, with a checksum."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from renshaw.core.files import replacing, swept
from renshaw.core.fingerprint import fingerprint
from renshaw.core.made_of import MadeOf
from renshaw.core.plain_json import read_json
from renshaw.core.received import bytes_of
from renshaw.data.estimates import Estimate
from renshaw.study import commit
from renshaw.study.outcome import Failure, Outcome
from renshaw.study.pieces import Piece

# File systems allow 255 bytes, and a temporary file needs some of them.
_LONGEST_STEM = 100
_ENDING = ".piece"
_LARGEST_BYTES = 1 << 34
# Rows and estimates as text, which packs to a tenth or less; the same number again and again, more.
_FREE_BYTES, _LARGEST_RATIO = 1 << 26, 200
# What those who take a piece apart say of something else under its name.
_DAMAGES = (
    *(OSError, ValueError, TypeError, LookupError, AttributeError, EOFError, RecursionError),
    *(zlib.error, MemoryError),
)


class Store:
    """The finished pieces of a study, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pieces = folder / "pieces"
        self.recordings: Path = folder / "recordings"
        self._unfinished = False
        self._pieces.mkdir(parents=True, exist_ok=True)

    def sweep(self) -> None:
        """Remove what died writers left half written; only who keeps the folder may."""
        for folder in (self._pieces, self.recordings):
            swept(folder)

    def path(self, piece: Piece) -> Path:
        """Return the file of a piece; its name changes with whatever could change its numbers."""
        return self._pieces / f"{file_stem(piece.name)}-{piece.key()}{_ENDING}"

    def put(self, piece: Piece, outcome: Outcome) -> None:
        """Keep what a piece gave, its recordings first."""
        sums = {}
        for name, content in outcome.files.items():
            self.recordings.mkdir(exist_ok=True)
            with replacing(self.recordings / f"{file_stem(name)}.h5") as temporary:
                temporary.write_bytes(content)
            sums[name] = _sum(content)
        payload = gzip.compress(json.dumps(_plain(outcome)).encode(), 3, mtime=0)
        made_of = outcome.made_of.to_plain()
        head = {"sha256": _sum(payload), "recordings": sums, "made_of": made_of}
        head["machine"] = outcome.machine
        with replacing(self.path(piece)) as temporary:
            temporary.write_bytes(json.dumps(head).encode() + b"\n" + payload)

    def whole(self, path: Path) -> bool:
        """Whether a piece is there with all that belongs to it, byte by byte.

        And whether it is still that of its files: what was read beside a recording may have
        changed, gone, or only now have come.
        """
        found = _opened(path)
        if found is None:
            return False
        kept = all(
            _is(self.recordings / f"{file_stem(name)}.h5", digest)
            for name, digest in found[0]["recordings"].items()
        )
        return kept and not MadeOf.from_plain(found[0]["made_of"]).changed()

    def machine(self, path: Path) -> str:
        """Return what machine did a piece; empty where it is not there or does not say it."""
        found = _opened(path)
        return "" if found is None else str(found[0].get("machine", ""))

    def get(self, path: Path) -> Outcome | None:
        """Return what a piece gave; None where it is not there, or not whole."""
        found = _opened(path)
        if found is None:
            return None
        try:
            outcome = _outcome(json.loads(_unpacked(found[1])))
        except _DAMAGES:
            # A sum is no promise that a piece is one; the next run does it again.
            path.unlink(missing_ok=True)
            return None
        return replace(outcome, made_of=MadeOf.from_plain(found[0]["made_of"]))

    def unfinish(self) -> None:
        """Say that the tables of the folder don't belong to what is being made."""
        if not self._unfinished:
            commit.begin(self._folder)
            self._unfinished = True
            for kind in ("parquet", "csv"):
                (self._folder / f"unit_means.{kind}").unlink(missing_ok=True)

    def forget_others(self, paths: set[Path]) -> None:
        """Remove pieces that no longer belong to the study."""
        for path in self._pieces.glob(f"*{_ENDING}"):
            if path not in paths:
                path.unlink(missing_ok=True)

    def recording_files(self) -> Iterator[Path]:
        """Yield the recordings that were kept."""
        if self.recordings.is_dir():
            yield from sorted(self.recordings.glob("*.h5"))


def file_stem(name: str) -> str:
    """Return a file name for a recording or piece: harmless, and each its own."""
    # Two names that differ only in what a file name can't hold must not share a file.
    plain = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")
    plain, whole = plain[:_LONGEST_STEM].rstrip("-"), plain
    honest = plain == whole and plain.replace("-", " ") == name
    return plain if honest else f"{plain}-{fingerprint(name)[:6]}"


def _opened(path: Path) -> tuple[dict[str, Any], bytes] | None:
    """Return head and payload of a piece; None for what is none, which is done again."""
    try:
        head, _, payload = bytes_of(path, _LARGEST_BYTES).partition(b"\n")
        found = read_json(head)
        if not isinstance(found, dict) or found.get("sha256") != _sum(payload):
            return None
        if not isinstance(found["recordings"], dict):
            return None
        MadeOf.from_plain(found["made_of"])
    except _DAMAGES:
        return None
    return found, payload


def _unpacked(payload: bytes) -> bytes:
    """Return what a payload unfolds to, which is no more than rows and estimates can be.

    Raises
    ------
    ValueError
        It is more.
    """
    most = _FREE_BYTES + _LARGEST_RATIO * len(payload)
    with gzip.GzipFile(fileobj=io.BytesIO(payload)) as stream:
        found = stream.read(most + 1)
    if len(found) > most:
        raise ValueError("it unfolds to more than a piece can be")
    return found


def _is(path: Path, digest: Any) -> bool:
    try:
        return bool(_sum(bytes_of(path, _LARGEST_BYTES)) == digest)
    except OSError:
        return False


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _plain(outcome: Outcome) -> dict[str, Any]:
    return {
        "rows": outcome.rows,
        "estimates": outcome.estimates,
        "failures": [asdict(failure) for failure in outcome.failures],
        "code": outcome.code,
        "machine": outcome.machine,
    }


def _outcome(plain: dict[str, Any]) -> Outcome:
    return Outcome(
        rows=tuple(plain["rows"]),
        estimates=tuple(Estimate(*row) for row in plain["estimates"]),
        failures=tuple(Failure(**failure) for failure in plain["failures"]),
        code=plain["code"],
        machine=plain["machine"],
    )
