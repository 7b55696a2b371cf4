"""A study counts as finished by one file, written last: it has the sums of all tables.

While tables are written, the same file says that they are not finished. So a crash, at whatever
moment, leaves a study that is the old one, the new one, or none; never some tables of each. Who
reads a table holds it against its sum.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from renshaw.core.errors import ReadError
from renshaw.core.files import write_text
from renshaw.core.plain_json import DoubledKeyError, read_json
from renshaw.core.received import text_of
from renshaw.core.version import __version__

FILE = "provenance.json"
TABLES = (
    *("estimates", "unit_means", "recordings", "participants", "exclusions", "failures"),
    "data_dictionary",
)
UNKNOWN = (
    "The folder does not say the sums of its tables, so it can't be told whether they are as the "
    "study wrote them."
)
_AGAIN = "Run the study again; what it has finished is kept."
_LARGEST_BYTES = 1 << 28
_LONGEST_NAME = 300


def begin(folder: Path) -> None:
    """Say that what lies in a folder is not finished; it holds through a power cut."""
    write_text(folder / FILE, _as_text({"renshaw": __version__, "finished": None}))


def commit(folder: Path, found: Mapping[str, Any], names: Sequence[str] = TABLES) -> None:
    """Say that a run is finished, with the sums of its tables; nothing is written after it.

    Parameters
    ----------
    folder : Path
    found : mapping
        What else is to be said of it: who made it, of what.
    names : sequence of str
        Of the tables, without endings.
    """
    paths = [folder / f"{name}.{kind}" for name in names for kind in ("csv", "parquet")]
    tables = {path.name: sum_of(path) for path in sorted(paths) if path.is_file()}
    write_text(folder / FILE, _as_text({**found, "tables": tables}))


def is_open(folder: Path) -> bool:
    """Whether the tables of a folder were begun and not finished."""
    try:
        sums_in(folder)
    except ReadError:
        return True
    return False


def sums_in(folder: Path) -> Mapping[str, str] | None:
    """Return the sums of the tables of a folder; None where it does not say them.

    Raises
    ------
    ReadError
        The tables are not finished.
    """
    path = folder / FILE
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise ReadError(f"{path} is too large to be what a study writes. {_AGAIN}")
        found = read_json(text_of(path, _LARGEST_BYTES))
    except FileNotFoundError:
        return None
    except DoubledKeyError as error:
        raise ReadError(f"{path} is not what a study writes: {error}. {_AGAIN}") from None
    except (OSError, ValueError, RecursionError):
        raise ReadError(f"{path} can't be read, so the study is not finished. {_AGAIN}") from None
    if not isinstance(found, Mapping):
        raise ReadError(f"{path} is not what a study writes. {_AGAIN}")
    if "finished" in found and found["finished"] is None:
        raise ReadError(f"{folder}: the study is not finished; the same renshaw run goes on.")
    tables = found.get("tables")
    return tables if isinstance(tables, Mapping) else None


def verify(path: Path) -> None:
    """Hold a table against its sum, where the folder says those of its tables.

    Raises
    ------
    ReadError
        It is another table than the study wrote: cut, doubled, of another run or by another
        program, or one more; or the tables are not finished.
    """
    sums = sums_in(path.parent)
    if sums is None or not path.is_file():
        return
    # Reports write others, later, of which there is no sum.
    is_its_own = path.stem in TABLES or path.name in sums
    if is_its_own and sum_of(path) != sums.get(path.name):
        raise ReadError(
            f"{path} is not the table that the study wrote: it was changed, cut or doubled, or is "
            f"of another run. {_AGAIN}"
        )


def news_of(folder: Path) -> tuple[str, ...]:
    """Return what to say of the tables that are read of a folder, and of those that are not."""
    sums = sums_in(folder)
    if sums is None:
        return (UNKNOWN,)
    return (*_changed(folder, sums), *_mixed(folder))


def _mixed(folder: Path) -> tuple[str, ...]:
    """Return that machines of several kinds made the numbers, where they did."""
    found = read_json(text_of(folder / FILE, _LARGEST_BYTES)).get("machines")
    if not isinstance(found, Mapping) or len(found) < 2:
        return ()
    each = "; ".join(f"{n} recordings by {name}"[:_LONGEST_NAME] for name, n in found.items())
    return (
        f"Numbers of {len(found)} kinds of machine are mixed, which round differently: {each}. "
        "Differences in last digits can change which units and pairs are usable; let machines of "
        "one kind do all of it.",
    )


def _changed(folder: Path, sums: Mapping[str, str]) -> tuple[str, ...]:
    changed = [
        name
        for name, sum in sums.items()
        # Reports write others, later.
        if Path(name).stem in TABLES
        and (folder / Path(name).name).is_file()
        and sum_of(folder / Path(name).name) != sum
    ]
    if not changed:
        return ()
    which = ", ".join(changed)
    return (f"Not as the study wrote it, and not read: {which}. {_AGAIN}",)


def sum_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _as_text(found: Mapping[str, Any]) -> str:
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"
