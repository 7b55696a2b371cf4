"""TOML as plain values, and where in a file an entry stands."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from renshaw.core.errors import Place, SettingsError

# The way to an entry: names, and in lists numbers from 0: ("arms", 1, "conditions", 0, "name").
Entry = tuple[str | int, ...]

# In a longer text no line is looked for: the parser that keeps places is slow.
_LONGEST_TEXT = 50_000
# The time of the parser that keeps places grows with the third power of how deep keys lie in each
# other: some tenths of a second are waited for.
_MOST_EFFORT = 30_000
# A character that means nothing in a text of people, and no fault that they write.
_MARK = "\N{OBJECT REPLACEMENT CHARACTER}"

_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
_DOTTED_KEY = re.compile(rf"(?<![A-Za-z0-9_-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART})++")
_DEEP_KEY = re.compile(rf"(?<![\w.\"'-])(?:{_PART}[ \t]*+\.[ \t]*+){{50}}")


def read_toml(text: str) -> dict[str, Any]:
    """Return a TOML text as plain values.

    Raises
    ------
    SettingsError
        It is none; the error knows the line.
    """
    if _DEEP_KEY.search(text) is not None:
        # It takes a parser very long to follow such a key.
        why = "a key has too many dots; tables lie at most 50 deep in each other."
        raise SettingsError(why, code="settings.no_toml")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise _no_toml(error, text) from None


def _no_toml(error: ValueError | RecursionError, text: str) -> SettingsError:
    why, line = "a number has too many digits, or tables lie too deep in each other", None
    if isinstance(error, tomllib.TOMLDecodeError):
        # Before Python 3.14 only the words of the parser say where.
        why, _, at = str(error).rpartition(" (at ")
        number = re.match(r"line (\d+)", at)
        line = int(number[1]) if number else text.rstrip().count("\n") + 1
    return SettingsError(f"not valid TOML: {why}.", code="settings.no_toml", place=Place(line=line))


def line_of(text: str, entry: Entry) -> int | None:
    """Return the line of an entry, from 1, or of the nearest one around it; None for the whole.

    Parameters
    ----------
    text : str
        Valid TOML; of anything else the answer is None.
    entry : tuple of str and int
    """
    if len(text) > _LONGEST_TEXT or _MARK in text or _takes_long(text):
        return None
    text = text.replace("\r\n", "\n")
    for length in range(len(entry), 0, -1):
        before = _before(text, entry[:length])
        if before is not None:
            # Some versions put tables together that stand apart: then no line is told.
            faithful = text.startswith(before.rstrip(' #"'))
            return before.count("\n") + 1 if faithful else None
    return None


def _takes_long(text: str) -> bool:
    """Whether the parser that keeps places would take long, by how deep the keys lie."""
    effort = above = 0
    for line in text.splitlines():
        header = line.lstrip().startswith("[")
        depths = [key[0].count(".") + 1 for key in _DOTTED_KEY.finditer(line)]
        if header:
            above = max(depths, default=1)
            effort += above**3
        else:
            effort += sum((above + depth) ** 3 for depth in depths)
        if effort > _MOST_EFFORT:
            return True
    return False


def _before(text: str, entry: Entry) -> str | None:
    """Return what stands before an entry; None where there is no such entry."""
    import tomlkit

    try:
        document = tomlkit.parse(text)
        _mark(document, entry)
        before, mark, _ = tomlkit.dumps(document).partition(_MARK)
    except (LookupError, TypeError, ValueError, RecursionError):
        return None
    return before if mark else None


def _mark(document: Any, entry: Entry) -> None:
    from tomlkit.items import AoT, InlineTable, Table

    within, name = document, entry[-1]
    for part in entry[:-1]:
        within = within[part]
    found = within[name]
    if isinstance(found, AoT):
        found = found[0]
    if isinstance(found, Table) and not found.is_super_table():
        found.comment(_MARK)
    elif hasattr(found, "keys") and not isinstance(found, InlineTable):
        # [a.b] alone makes a as well, which has no line of its own.
        _mark(found, (next(iter(found)),))
    else:
        within[name] = _MARK
