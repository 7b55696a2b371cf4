"""Where in a TOML file an entry stands, so that a fault in it is reported by line."""

from __future__ import annotations

import re
from typing import Any

# The way to an entry: names, and in lists numbers from 0: ("arms", 1, "conditions", 0, "name").
Entry = tuple[str | int, ...]

# In a longer text no line is looked for: the parser that keeps places is slow.
_LONGEST_TEXT = 200_000
# A character that means nothing in a text of people, and no fault that they write.
_MARK = "\N{OBJECT REPLACEMENT CHARACTER}"

_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
_DEEP_KEY = re.compile(rf"(?<![\w.\"'-])(?:{_PART}[ \t]*+\.[ \t]*+){{50}}")


def too_deep(text: str) -> bool:
    """Return whether a key has more than 50 dots, which takes a parser very long to follow."""
    return _DEEP_KEY.search(text) is not None


def line_of(text: str, entry: Entry) -> int | None:
    """Return the line of an entry, from 1, or of the nearest one around it; None for the whole.

    Parameters
    ----------
    text : str
        Valid TOML; of anything else the answer is None.
    entry : tuple of str and int
    """
    if len(text) > _LONGEST_TEXT or _MARK in text:
        return None
    text = text.replace("\r\n", "\n")
    for length in range(len(entry), 0, -1):
        before = _before(text, entry[:length])
        if before is not None:
            # Some versions put tables together that stand apart: then no line is told.
            faithful = text.startswith(before.rstrip(' #"'))
            return before.count("\n") + 1 if faithful else None
    return None


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
