"""TOML to settings and back; faults are reported by file, line and entry."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from renshaw.core.errors import Place, SettingsError, suggestion
from renshaw.core.files import at_home, given_path, near
from renshaw.core.made_of import absolute
from renshaw.core.settings import Settings
from renshaw.core.toml import Entry, line_of, read_toml
from renshaw.core.version import newer, of_other_version

S = TypeVar("S", bound=Settings)
T = TypeVar("T")

_LARGEST_FILE_BYTES = 1_000_000


def loaded(
    path: str | Path, what: str, command: str, says: str, make: Callable[[str, str, Path], T]
) -> T:
    """Return what is made of a small TOML file.

    Parameters
    ----------
    path : path
    what, command, says : str
        ``"a study file"``, ``"renshaw run"`` and ``"says who does what"``, for the errors.
    make : callable
        Takes the text, the file's name for errors, and the folder from which its own folders start.

    Raises
    ------
    SettingsError
        It can't be read, is empty, no text, or too large; or what `make` raises.
    """
    path = given_path(command, path)
    return make(_read(path, what, command, says), str(path), path.parent)


def placed(folder: str, base: Path | None) -> str:
    """Return a folder that a file names, so that it is the same from wherever it is run.

    Parameters
    ----------
    folder : str
        Empty for none.
    base : Path or None
        From where it starts; None leaves it as it is.
    """
    if base is None or not folder:
        return folder
    path = base / at_home(folder)
    try:
        return str(path.resolve())
    except (OSError, ValueError, RuntimeError):
        return str(absolute(path))


def _read(path: Path, what: str, command: str, says: str) -> str:
    try:
        if not path.is_file():
            why = "a folder" if path.is_dir() else "not there" if not path.exists() else "no file"
            hint = "" if path.exists() else near(path)
            raise SettingsError(f"{path} is {why}; {command} needs {what} (TOML).", hint=hint)
        if path.stat().st_size > _LARGEST_FILE_BYTES:
            raise SettingsError(f"{path} is too large for {what} (over 1 MB).")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not a text file; {what} is TOML in UTF-8.") from None
    except OSError as error:
        raise SettingsError(f"{path} can't be read: {error.strerror}.") from None
    if not text.strip():
        raise SettingsError(f"{path} is empty; {what} {says} (TOML).")
    return text


def parsed(text: str, where: str, make: Callable[[dict[str, Any]], T]) -> T:
    """Return what is made of a TOML text, or say which line of it is at fault.

    Parameters
    ----------
    text : str
    where : str
        Name of the file in errors.
    make : callable
        Takes the text as plain values; raises what `fault` returns.
    """
    try:
        raw = read_toml(text)
    except SettingsError as error:
        raise error.at(file=where) from None
    written_by = _version(raw)
    try:
        return make(raw)
    except SettingsError as error:
        hint = f"{error.hint} {of_other_version(written_by)}".strip()
        if error.place is None:
            raise error.but(hint=hint) from None
        line = line_of(text, error.place.entry)
        raise error.at(file=where, line=line).but(hint=hint) from None


def parsed_of_other_version(
    text: str,
    where: str,
    make: Callable[[dict[str, Any]], T],
    written_by: str = "",
    without: Iterable[str] = (),
) -> tuple[T, str]:
    """Return what is made of a TOML text of a newer version, and what it says beyond that.

    What this version does not know, or can't take, is left out and said; in a file that this
    version wrote, or one before, it is a fault. But a kind that is not known, of whatever version,
    is one of a plug-in that is not installed any more.

    Parameters
    ----------
    text, where, make
        As in `parsed`.
    written_by : str
        The version, where the text does not say it itself.
    without : iterable of str
        What else belongs to the text and is left out, by name.
    """
    try:
        raw = read_toml(text)
    except SettingsError as error:
        raise error.at(file=where) from None
    written_by = _version(raw) or written_by
    unknown: list[str] = []
    while True:
        try:
            return make(raw), of_other_version(written_by, unknown, without)
        except SettingsError as error:
            entry = () if error.place is None else error.place.entry
            if not newer(written_by) and entry[-1:] != ("kind",):
                return parsed(text, where, make), ""
            if error.place is None or not _left_out(raw, error.place, unknown):
                hint = f"{error.hint} {of_other_version(written_by, unknown)}".strip()
                raise error.at(file=where).but(hint=hint) from None


def _version(raw: dict[str, Any]) -> str:
    """Return which version of renshaw wrote a file, as it says itself, and take that out of it."""
    return str(raw.pop("renshaw", ""))


def _left_out(raw: Any, place: Place, unknown: list[str]) -> bool:
    """Take an entry out of a text's plain values and note it; False where there is none."""
    entry = place.entry
    if entry and entry[-1] == "kind":
        # What is of an unknown kind can't be anything else.
        entry = entry[:-1]
    try:
        for part in entry[:-1]:
            raw = raw[part]
        value = raw.pop(entry[-1])
    except (LookupError, TypeError, AttributeError):
        return False
    unknown.append(f"{Place(entry=entry)} = {str(value)[:80]}")
    return True


def fault(entry: Entry, why: str, hint: str = "") -> SettingsError:
    """Return what is wrong with an entry; `parsed` adds in which file and line."""
    return SettingsError(why, place=Place(entry=entry), hint=hint)


def changed_settings(settings: S, raw: Mapping[str, Any], place: Entry) -> S:
    """Return settings with those entries replaced; nested tables change nested settings."""
    refuse_unknown(raw, [i.name for i in settings.describe()], place, type(settings).__name__)
    values: dict[str, Any] = {}
    for name, value in raw.items():
        old = getattr(settings, name)
        if isinstance(old, Settings):
            value = changed_settings(old, table_at(value, (*place, name)), (*place, name))
        values[name] = value
    try:
        return settings.replace(**values)
    except SettingsError as error:
        raise _blamed(error, type(settings), place) from None


def settings_from(kind: type[S], raw: Any, place: Entry) -> S:
    """Make settings from a table."""
    refuse_unknown(
        table_at(raw, place), [info.name for info in kind.describe()], place, kind.__name__
    )
    return made_from(kind, raw, place)


def made_from(
    kind: type[S], values: Mapping[str, Any], place: Entry, at: Mapping[str, Entry] | None = None
) -> S:
    """Make settings from values; `at` says where those stand that are not in the table itself."""
    try:
        return kind(**values)
    except SettingsError as error:
        raise _blamed(error, kind, place, at or {}) from None


def _blamed(
    error: SettingsError, kind: type[Settings], place: Entry, at: Mapping[str, Entry] | None = None
) -> SettingsError:
    """Return a refusal with the entry of the table that it is about."""
    known = [info.name for info in kind.describe()]
    if error.owner == kind.__name__ and error.name in known:
        place = (at or {}).get(error.name, (*place, error.name))
    return error.at(entry=place)


def refuse_unknown(raw: Mapping[str, Any], known: Any, place: Entry, who: str) -> None:
    """Refuse a table with an entry of an unknown name."""
    for name in raw:
        if name not in known:
            why = f"{who} has no setting {name!r}."
            raise fault((*place, name), why, suggestion(name, known))


def table_at(raw: Any, place: Entry) -> Mapping[str, Any]:
    """Return what must be a table."""
    if not isinstance(raw, Mapping):
        raise fault(place, f"must be a table, [{Place(entry=place).entry_words or 'name'}].")
    return raw


def tables_at(raw: Any, place: Entry, texts: str = "") -> list[Mapping[str, Any]]:
    """Return a list of tables; where texts are fine as well, they stand for that entry."""
    name = place[-1]
    if not isinstance(raw, list):
        raise fault(place, f"{name} must be tables, one [[{name}]] for each.")
    found = [{texts: each} if texts and isinstance(each, str) else each for each in raw]
    for n, each in enumerate(found):
        if not isinstance(each, Mapping):
            raise fault((*place, n), f"{name} must be tables, one [[{name}]] for each.")
    return found


def toml_block(header: str, table: Mapping[str, Any]) -> str:
    """Return a table as TOML; what is None is left out."""
    lines = [f"{key} = {toml_value(value)}" for key, value in table.items() if value is not None]
    return "\n".join([*([header] if header else []), *lines])


def toml_value(value: Any) -> str:
    """Return a value as TOML."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {toml_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(toml_value(item) for item in value) + "]"
    if isinstance(value, str):
        # JSON strings are TOML strings, but for DEL, which TOML wants escaped.
        return json.dumps(value).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value)
