"""What a person did to each open recording: on disk before it is answered, read after a restart.

All of it lies in ``.renshaw-page`` in the page's folder: a file of a few kilobytes for each open
recording, which is replaced as a whole, beside what was dropped in and read. Closing a recording
removes its files; nothing else does.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from renshaw.app.recording.case import Case
from renshaw.app.recording.storage import synced
from renshaw.app.recording.versions import Version
from renshaw.core.errors import RenshawError
from renshaw.decomposition.edits import edits_from_list
from renshaw.estimation.settings import EstimateSettings

FOLDER = ".renshaw-page"
_ENDING = "-case.json"
_LOG = logging.getLogger(__name__)
READING, DECOMPOSING = "reading", "decomposing"


@contextlib.contextmanager
def lasting_place(root: Path) -> Iterator[Path | None]:
    """Give the page's own folder inside ``root``, locked; None where it can't be had.

    A second page of the same folder, or one that may not write there, keeps what is done in it
    only as long as it runs.

    Parameters
    ----------
    root : Path
        The folder that the page was started on.
    """
    place = root / FOLDER
    with contextlib.ExitStack() as held:
        try:
            place.mkdir(mode=0o700, exist_ok=True)
            if place.is_symlink():
                raise NotADirectoryError(place)
            (place / ".gitignore").write_text("*\n", encoding="utf-8")
            # The system lets go of it however the page ends.
            lock = held.enter_context((place / "lock").open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            held.close()
            yield None
            return
        yield place


def written(case: Case) -> None:
    """Write down what was done to a case; it is on disk when this returns.

    Parameters
    ----------
    case : Case

    Raises
    ------
    OSError
        The disk is full, ...; what was written before is still there.
    """
    text = json.dumps(_plain(case))
    if text == case.journal:
        return
    path = case.folder / f"{case.id}{_ENDING}"
    beside = path.with_suffix(".part")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    synced(case.folder)
    case.journal = text


def cases_in(folder: Path) -> list[Case]:
    """Return the cases that were open when the page ended, the last opened last.

    What belongs to none of them is removed: uploads and files that were being written.

    Parameters
    ----------
    folder : Path
    """
    found = []
    for path in sorted(folder.glob(f"*{_ENDING}")):
        try:
            found.append(_case(folder, json.loads(path.read_text(encoding="utf-8"))))
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RenshawError):
            path.rename(path.with_suffix(".unreadable"))
            _LOG.warning("renshaw app: %s can't be read and was set aside.", path)
    _swept(folder, found)
    return sorted(found, key=lambda case: case.number)


def _swept(folder: Path, cases: Iterable[Case]) -> None:
    kept = {case.source for case in cases}
    if any(folder.glob("*.unreadable")):
        # What belongs to it is not known.
        return
    ids = {case.id for case in cases}
    for path in folder.iterdir():
        lost = path.name.startswith("upload-") and path not in kept
        id, dash, _ = path.name.partition("-")
        foreign = bool(dash) and not path.name.startswith("upload-") and id not in ids
        if path.is_file() and (lost or foreign or path.suffix == ".part"):
            path.unlink(missing_ok=True)


def _plain(case: Case) -> dict[str, Any]:
    source = case.source
    dropped = source.name if source is not None and case.dropped else None
    choices = case.multiverse_of
    return {
        "id": case.id,
        "name": case.name,
        "place": case.place,
        "dropped": dropped,
        "source": None if dropped or source is None else str(source),
        "at_work": DECOMPOSING if case.decomposing else READING if case.job else "",
        "fault": case.fault,
        "now": case.version.to_mapping(),
        "former": [each.to_mapping() for each in case.former],
        "later": [each.to_mapping() for each in case.later],
        "made": case.made,
        "rules": case.rules,
        "settings": case.settings.to_mapping(),
        "contraction": case.contraction,
        "number": case.number,
        "multiverse_of": None
        if choices is None
        else {
            "reading": choices[0],
            "decomposed": choices[1],
            "edits": [edit.to_mapping() for edit in choices[2]],
            "settings": choices[3].to_mapping(),
        },
    }


def _case(folder: Path, plain: Mapping[str, Any]) -> Case:
    source = folder / str(plain["dropped"]) if plain["dropped"] else None
    if plain["source"]:
        source = Path(plain["source"])
    case = Case(str(plain["id"]), str(plain["name"]), str(plain["place"]), folder, source)
    case.fault = str(plain["fault"])
    case.take(Version.from_mapping(plain["now"]))
    case.former = tuple(Version.from_mapping(each) for each in plain["former"])
    case.later = tuple(Version.from_mapping(each) for each in plain["later"])
    case.made, case.number = int(plain["made"]), int(plain["number"])
    case.rules, case.contraction = str(plain["rules"]), int(plain["contraction"])
    case.settings = EstimateSettings.from_mapping(plain["settings"])
    if choices := plain["multiverse_of"]:
        case.multiverse_of = (
            int(choices["reading"]),
            int(choices["decomposed"]),
            edits_from_list(choices["edits"]),
            EstimateSettings.from_mapping(choices["settings"]),
        )
    case.unfinished = str(plain["at_work"])
    if not (case.unfinished or case.fault or case.as_read.exists()):
        case.fault = "What the page kept of this file is gone: read it again."
    if case.unfinished == DECOMPOSING:
        case.fault = "The page ended while motor units were being found; find them once more."
    return case
