"""What a person did to each open recording: on disk before it is answered, read after a restart.

It lies where the page keeps things (`renshaw.app.keeping`): a file of a few kilobytes for each open
recording, which is replaced as a whole, beside what was dropped in and read. Closing a recording
removes its files; nothing else does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from renshaw.app.keeping import kept_text
from renshaw.app.recording.case import Case
from renshaw.app.recording.versions import Version
from renshaw.core.errors import RenshawError
from renshaw.core.files import swept, write_text
from renshaw.core.plain_json import read_json
from renshaw.decomposition.edits import edits_from_list
from renshaw.estimation.settings import EstimateSettings, rules

_ENDING = "-case.json"
_VERSION = 1
# Ten thousand edits take about a megabyte.
_LARGEST_bytes = 64 * 1024**2
_MOST_MADE = 100_000
_ID = re.compile(r"[0-9a-f]{16}")
_DROPPED = re.compile(r"upload-[\w.+-]+")
_SPOILED = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
    RenshawError,
)
READING, DECOMPOSING = "reading", "decomposing"


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
    write_text(case.folder / f"{case.id}{_ENDING}", text)
    case.journal = text


def cases_in(folder: Path) -> tuple[list[Case], list[str]]:
    """Return the cases that were open when the page ended, the last opened last.

    What belongs to none of them is removed: uploads and files that were being written. A file that
    can't be read (spoiled, huge, of a newer version) is left as it is, with all that belongs to it.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    tuple of list of Case and list of str
        The second: names of files that can't be read.
    """
    found, unreadable = [], []
    for path in sorted(folder.glob(f"*{_ENDING}")):
        try:
            found.append(_case(folder, _read(path)))
        except _SPOILED:
            unreadable.append(path.name)
    _swept(folder, found, unreadable)
    return sorted(found, key=lambda case: case.number), unreadable


def _read(path: Path) -> Mapping[str, Any]:
    plain = read_json(kept_text(path, _LARGEST_bytes))
    if plain.get("version", _VERSION) != _VERSION or path.name != f"{plain['id']}{_ENDING}":
        raise ValueError(path)
    return dict(plain)


def _swept(folder: Path, cases: Iterable[Case], unreadable: Sequence[str]) -> None:
    kept = {case.source for case in cases}
    ids = {case.id for case in cases} | {name.removesuffix(_ENDING) for name in unreadable}
    for path in folder.iterdir():
        if path.name.startswith("upload-"):
            # Which of them belong to what can't be read is not known.
            lost = path not in kept and not unreadable
        else:
            id, dash, _ = path.name.partition("-")
            lost = bool(dash) and id not in ids
        if lost and path.is_file():
            path.unlink(missing_ok=True)
    swept(folder)


def _plain(case: Case) -> dict[str, Any]:
    source, root = case.source, case.folder.parent
    dropped = source.name if source is not None and case.dropped else None
    if source is not None and source.is_relative_to(root):
        # So that it is found as well where the folder was moved to.
        source = source.relative_to(root)
    choices = case.multiverse_of
    return {
        "version": _VERSION,
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
    id, dropped, source = str(plain["id"]), plain["dropped"], plain["source"]
    # The folder may come from someone else: nothing in it leads to files elsewhere.
    if not _ID.fullmatch(id) or (dropped and not _DROPPED.fullmatch(dropped)):
        raise ValueError(id)
    place = folder / dropped if dropped else folder.parent / source if source else None
    if place is not None and not place.resolve().is_relative_to(folder.parent.resolve()):
        place = None
    case = Case(id, str(plain["name"]), str(plain["place"]), folder, place)
    case.fault = str(plain["fault"])
    case.take(Version.from_mapping(plain["now"]))
    case.former = tuple(Version.from_mapping(each) for each in plain["former"])
    case.later = tuple(Version.from_mapping(each) for each in plain["later"])
    case.made, case.number = int(plain["made"]), int(plain["number"])
    if not case.made < _MOST_MADE or any(path.is_symlink() for path in folder.glob(f"{id}-*")):
        raise ValueError(id)
    case.rules, case.contraction = str(plain["rules"]), int(plain["contraction"])
    rules(case.rules)  # refuses a name that it does not know
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
