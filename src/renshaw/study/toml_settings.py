"""TOML to settings and back; faults are reported by file, line and entry."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from renshaw.core.errors import SettingsError, did_you_mean
from renshaw.core.files import nearest
from renshaw.core.settings import Settings
from renshaw.study.toml_lines import Path as Place
from renshaw.study.toml_lines import entry_lines, line_of

S = TypeVar("S", bound=Settings)
T = TypeVar("T")

_LARGEST_FILE_BYTES = 1_000_000


def read_text(path: Path, what: str, command: str, says: str) -> str:
    """Return the text of a small TOML file.

    Parameters
    ----------
    path : Path
    what, command, says : str
        ``"a study file"``, ``"renshaw run"`` and ``"says who does what"``, for the errors.

    Raises
    ------
    SettingsError
        It can't be read, is empty, no text, or too large.
    """
    try:
        if not path.is_file():
            why = "a folder" if path.is_dir() else "not there" if not path.exists() else "no file"
            hint = "" if path.exists() else nearest(path)
            raise SettingsError(f"{path} is {why}; {command} needs {what} (TOML).{hint}")
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
        Takes the text as plain values; raises `FaultError`.
    """
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        last = f"at line {text.rstrip().count(chr(10)) + 1}, the last"
        why = str(error).replace("at end of document", last)
        if not isinstance(error, tomllib.TOMLDecodeError):
            why = "a number has too many digits, or tables lie too deep in each other"
        raise SettingsError(f"{where} is not valid TOML: {why}.") from None
    try:
        return make(raw)
    except FaultError as fault:
        line = line_of(entry_lines(text), fault.place)
        at = f"{where}, line {line}" if line else where
        entry = place_words(fault.place)
        raise SettingsError(f"{at}: {entry + ': ' if entry else ''}{fault.why}") from None


class FaultError(Exception):
    """What is wrong with the entry at a place."""

    def __init__(self, place: Place, why: str) -> None:
        super().__init__(why)
        self.place, self.why = place, why


def place_words(place: Place) -> str:
    """Return a place for a person: arms and conditions count from 1."""
    words = ""
    for part in place:
        words += f" {part + 1}" if isinstance(part, int) else f"{'.' if words else ''}{part}"
    return words


def changed_settings(settings: S, raw: Mapping[str, Any], place: Place) -> S:
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
        _blame(error, type(settings), place, {})


def settings_from(kind: type[S], raw: Any, place: Place) -> S:
    """Make settings from a table."""
    refuse_unknown(
        table_at(raw, place), [info.name for info in kind.describe()], place, kind.__name__
    )
    return made_from(kind, raw, place)


def made_from(
    kind: type[S], values: Mapping[str, Any], place: Place, at: Mapping[str, Place] | None = None
) -> S:
    """Make settings from values; `at` says where those stand that are not in the table itself."""
    try:
        return kind(**values)
    except SettingsError as error:
        _blame(error, kind, place, at or {})


def _blame(
    error: SettingsError, kind: type[Settings], place: Place, at: Mapping[str, Place]
) -> NoReturn:
    """Say which entry of a table a refusal is about."""
    named = re.match(r"(\w+)\.(\w+) = ", str(error))
    known = [info.name for info in kind.describe()]
    mine = named is not None and named[1] == kind.__name__ and named[2] in known
    if named is not None and mine:
        place = at.get(named[2], (*place, named[2]))
    raise FaultError(place, str(error)) from None


def refuse_unknown(raw: Mapping[str, Any], known: Any, place: Place, who: str) -> None:
    """Refuse a table with an entry of an unknown name."""
    for name in raw:
        if name not in known:
            raise FaultError(
                (*place, name), f"{who} has no setting {name!r}.{did_you_mean(name, known)}"
            )


def table_at(raw: Any, place: Place) -> Mapping[str, Any]:
    """Return what must be a table."""
    if not isinstance(raw, Mapping):
        raise FaultError(place, f"must be a table, [{place_words(place) or 'name'}].")
    return raw


def tables_at(raw: Any, place: Place, texts: str = "") -> list[Mapping[str, Any]]:
    """Return a list of tables; where texts are fine as well, they stand for that entry."""
    name = place[-1]
    if not isinstance(raw, list):
        raise FaultError(place, f"{name} must be tables, one [[{name}]] for each.")
    found = [{texts: each} if texts and isinstance(each, str) else each for each in raw]
    for n, each in enumerate(found):
        if not isinstance(each, Mapping):
            raise FaultError((*place, n), f"{name} must be tables, one [[{name}]] for each.")
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
