"""The files of real participants: who, in which condition, at which visit."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from renshaw.core.errors import SettingsError, suggestion
from renshaw.core.files import at_home, is_folder, is_there, near
from renshaw.core.received import text_of
from renshaw.core.settings import Settings, setting
from renshaw.io import ReadOptions, ending_of
from renshaw.io.bids.layout import data_set_of, recordings_in
from renshaw.io.companions import companions

WHICH = ("raw", "all", "none")
ENTITIES = ("ses", "acq", "task", "desc", "run")
FIELDS = ("participant", "condition", "visit", "protocol", "trial")
# What stands beside recordings that are named as in BIDS and lie in no data set.
_BESIDE = re.compile(
    r"((^|_)(channels|electrodes|scans|sessions)\.tsv|(^|_)(physio|stim)\.tsv\.gz"
    r"|(^|_)(emg|channels|electrodes|coordsystem|events|scans|sessions|physio|stim|log)\.json"
    r"|^(participants|dataset_description|README|CHANGES|samples)\b.*)$",
    re.IGNORECASE,
)
_LARGEST_TABLE_BYTES = 100_000_000
_WORD = re.compile(r"\{[A-Za-z_]\w*\}")
# Of a pattern of file names: words, signs that stand for others, and texts between them.
_MOST_PARTS = 60


@dataclass(frozen=True, kw_only=True)
class RecordingsSettings(Settings):
    """Where the recordings of real participants are, and what says who they are of."""

    folder: str = setting(".", "folder, relative to the study file")
    pattern: str = setting(
        "",
        "pattern of the file names: {participant}, {condition}, {visit}, {protocol}, {trial} "
        "and other {words} are read from the name, * matches anything, e.g. "
        "{participant}_{condition}_*.mat (empty: BIDS names, such as "
        "sub-01_ses-pre_task-ramp_run-1_events.tsv)",
    )
    table: str = setting(
        "",
        "CSV file with the columns file, participant, condition and, if needed, visit, "
        "protocol, trial and others; replaces the pattern",
    )
    condition_from: str = setting(
        "ses", "which part of a BIDS name is the condition", choices=ENTITIES
    )
    decompose: str = setting(
        "raw",
        "which recordings are decomposed first: raw (those with high-density EMG but no motor "
        "units), all (those with EMG, even if they have units), or none",
        choices=WHICH,
    )
    contraction: int | None = setting(
        None,
        "number of the one contraction that is estimated of each recording (empty: all of them, "
        "and their mean goes into the study); a column contraction of the table says it by file",
        ge=1,
    )
    options: ReadOptions = setting(
        ReadOptions, "what the files do not say, or say wrongly, the same for all of them"
    )


@dataclass(frozen=True)
class Entry:
    """One file, and who it is of."""

    path: Path
    participant: str
    condition: str
    visit: str = ""
    protocol: str = ""
    trial: int = 1
    others: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """The files of an arm: those that are understood, and others with the reason."""

    entries: tuple[Entry, ...]
    refused: tuple[tuple[str, str], ...] = ()


def found_recordings(settings: RecordingsSettings, base: Path, conditions: Sequence[str]) -> Found:
    """Return every file that the settings name.

    Parameters
    ----------
    settings : RecordingsSettings
    base : path
        Folder that relative paths start from: that of the study file.
    conditions : sequence of str
        Those that the study knows; any if empty.

    Raises
    ------
    SettingsError
        There is no such folder or table, or nothing in it.
    """
    folder = at_home(base / settings.folder)
    if not is_folder(folder):
        why = f"{folder} is not a folder."
        raise settings.refusal("folder", why, code="settings.not_there", hint=near(folder))
    if settings.table:
        found = _of_table(at_home(base / settings.table), folder)
    else:
        found = _of_names(settings, folder)
    if not found.entries and not found.refused:
        raise settings.refusal("folder", "no recordings in it.")
    return _numbered(_of_known_conditions(found, conditions))


def _of_known_conditions(found: Found, conditions: Sequence[str]) -> Found:
    if not conditions:
        return found
    good, bad = [], list(found.refused)
    for entry in found.entries:
        if entry.condition in conditions:
            good.append(entry)
        else:
            hint = suggestion(entry.condition, conditions)
            why = f"The study has no condition {entry.condition!r}. {hint}"
            bad.append((entry.path.name, why))
    return Found(tuple(good), tuple(bad))


def _numbered(found: Found) -> Found:
    """Refuse files that claim to be the same trial of the same person."""
    seen: dict[tuple[str, ...], str] = {}
    good, bad = [], list(found.refused)
    for entry in found.entries:
        who = (entry.participant, entry.condition, entry.visit, entry.protocol, str(entry.trial))
        if who in seen:
            bad.append(
                (
                    entry.path.name,
                    f"{seen[who]} is the same trial of the same participant already; say in names "
                    "or table which trial it is (run-2, {trial}).",
                )
            )
        else:
            seen[who] = entry.path.name
            good.append(entry)
    return Found(tuple(good), tuple(bad))


def _of_names(settings: RecordingsSettings, folder: Path) -> Found:
    good: list[Entry] = []
    bad: list[tuple[str, str]] = []
    template = _template(settings.pattern) if settings.pattern else None
    files = list(_files(folder)) if template is not None else recording_files(folder)
    for path in files:
        inside = path.relative_to(folder).as_posix()
        if template is None:
            parts = _bids(path.name, settings.condition_from)
            if "participant" not in parts:
                why = "Its name is none of BIDS (sub-01_ses-pre_...); give a pattern or a table."
                bad.append((path.name, why))
                continue
        else:
            words = template.words_of(inside) or template.words_of(path.name)
            if words is None:
                continue
            parts = words
        good.append(_entry(path, parts))
    return Found(tuple(good), tuple(bad))


def recording_files(folder: Path) -> list[Path]:
    """Return the files in a folder that look like recordings, subfolders included.

    Of a BIDS data set those that the standard has as recordings (`renshaw.io.bids.layout`), and
    elsewhere those of a known ending that don't stand beside another recording.
    """
    files = list(_files(folder))
    sets = {path: data_set_of(path, folder) for path in files}
    taken: set[Path] = set()
    for root in {root for root in sets.values() if root is not None}:
        mine = [path for path in files if sets[path] == root]
        taken.update(recordings_in(root, mine, ending_of))
    names = {path.name for path in files}
    beside = companions(files)
    return [
        path
        for path in files
        if path in taken
        or (
            sets[path] is None
            and ending_of(path.name)
            and path not in beside
            and not _BESIDE.search(path.name)
            and not _of_raw_emg(path.name, names)
        )
    ]


def _of_raw_emg(name: str, names: set[str]) -> bool:
    """Whether it is a table of events or units that is read with its file of raw EMG."""
    found = re.fullmatch(r"(.+?)(?:_desc-[A-Za-z0-9]+)?_(?:events|units)\.tsv", name)
    if found is None:
        return False
    return any(f"{found[1]}_emg.{ending}" in names for ending in ("edf", "bdf"))


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield path


def _bids(name: str, condition_from: str) -> dict[str, str]:
    """Return what a BIDS name says: sub is the participant, ses the visit, task what was done."""
    pairs = dict(re.findall(r"(?:^|_)([A-Za-z]+)-([A-Za-z0-9]+)", name))
    if "sub" not in pairs:
        return {}
    visit = pairs.get("ses", "")
    words = {
        "participant": pairs.pop("sub"),
        "condition": pairs.pop(condition_from, "") or "all",
        "visit": visit,
        "protocol": pairs.pop("task", ""),
        "trial": pairs.pop("run", ""),
    }
    others = {f"bids_{key}": value for key, value in pairs.items() if key != "ses"}
    return {**others, **words}


@dataclass(frozen=True)
class _Template:
    """A pattern of names, in parts: texts, ``{word}``, ``*``, ``?`` and ``**/``.

    It is matched as a regular expression would be, each word as short as it can be, but no place is
    tried twice: patterns and names of files may come from elsewhere.
    """

    parts: tuple[str, ...]

    def words_of(self, name: str) -> dict[str, str] | None:
        """Return what the words of the pattern are in a name; None where it does not match."""
        failed: set[tuple[int, int]] = set()

        def rest(part: int, at: int) -> tuple[int, ...] | None:
            """Return where each of the parts from this one on ends."""
            if part == len(self.parts):
                return () if at == len(name) else None
            if (part, at) in failed:
                return None
            for end in _ends(self.parts[part], name, at):
                if (found := rest(part + 1, end)) is not None:
                    return end, *found
            failed.add((part, at))
            return None

        ends = rest(0, 0)
        if ends is None:
            return None
        begins = (0, *ends)
        return {
            part[1:-1]: name[begins[k] : begins[k + 1]]
            for k, part in enumerate(self.parts)
            if _WORD.fullmatch(part)
        }


def _ends(part: str, name: str, at: int) -> Iterable[int]:
    """Return where a part that begins at a place of a name may end, the likeliest first."""
    within = name.find("/", at)
    within = len(name) if within < 0 else within
    if part == "**/":
        return (*(k + 1 for k in range(len(name) - 1, at - 1, -1) if name[k] == "/"), at)
    if part == "*":
        return range(within, at - 1, -1)
    if part == "?":
        return range(at + 1, min(at + 1, within) + 1)
    if _WORD.fullmatch(part):
        return range(at + 1, within + 1)
    return (at + len(part),) if name.startswith(part, at) else ()


def _template(pattern: str) -> _Template:
    """Return the pattern in its parts."""
    parts = [p for p in re.split(r"(\{[A-Za-z_]\w*\}|\*\*/|\*|\?)", pattern) if p]
    if len(parts) > _MOST_PARTS:
        raise SettingsError(
            f"RecordingsSettings.pattern has {len(parts)} parts; at most {_MOST_PARTS} are read."
        )
    words = [part[1:-1] for part in parts if _WORD.fullmatch(part)]
    if "participant" not in words:
        raise SettingsError(
            f"RecordingsSettings.pattern = {pattern!r}: needs {{participant}} somewhere, e.g. "
            "{participant}_{condition}.mat."
        )
    twice = next((word for word in words if words.count(word) > 1), None)
    if twice:
        raise SettingsError(f"RecordingsSettings.pattern = {pattern!r}: {{{twice}}} stands twice.")
    return _Template(tuple(parts))


def _entry(path: Path, parts: Mapping[str, str]) -> Entry:
    trial = re.sub(r"\D", "", parts.get("trial") or "")
    return Entry(
        path=path,
        participant=parts["participant"],
        condition=parts.get("condition") or "all",
        visit=parts.get("visit") or "",
        protocol=parts.get("protocol") or "",
        trial=int(trial[:9]) if trial else 1,
        others={key: value for key, value in parts.items() if key not in (*FIELDS, "file")},
    )


def _of_table(path: Path, folder: Path) -> Found:
    rows, columns = _table(path)
    for needed in ("file", "participant"):
        if needed not in columns:
            raise SettingsError(
                f"RecordingsSettings.table = {path.name!r}: it has no column {needed!r}.",
                code="settings.unknown",
                owner="RecordingsSettings",
                name="table",
                value=path.name,
                hint=suggestion(needed, columns),
            )
    good: list[Entry] = []
    bad: list[tuple[str, str]] = []
    for line, row in rows:
        file = folder / row["file"]
        if not row["file"] or not row["participant"]:
            bad.append(
                (row["file"] or f"line {line}", f"{path.name}, line {line} is not complete.")
            )
        elif not is_there(file) or not file.is_file():
            why = f"{path.name}, line {line}: there is no such file. {near(file)}"
            bad.append((row["file"], why.rstrip()))
        else:
            good.append(_entry(file, row))
    return Found(tuple(good), tuple(bad))


def _table(path: Path) -> tuple[list[tuple[int, dict[str, str]]], list[str]]:
    where = f"RecordingsSettings.table = {path.name!r}"
    try:
        text = text_of(path, _LARGEST_TABLE_BYTES)
    except UnicodeDecodeError:
        raise SettingsError(f"{where}: not a text file; save it as CSV in UTF-8.") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no system has a file of such a name"
        raise SettingsError(f"{where}: {why}.", hint=near(path)) from None
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    try:
        columns = [name.strip() for name in next(reader, [])]
        rows = [
            (reader.line_num, dict(zip(columns, (cell.strip() for cell in row), strict=False)))
            for row in reader
            if any(cell.strip() for cell in row)
        ]
    except csv.Error as error:
        raise SettingsError(f"{where}: line {reader.line_num}: {error}.") from None
    return [(line, {**dict.fromkeys(columns, ""), **row}) for line, row in rows], columns
