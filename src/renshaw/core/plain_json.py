"""JSON from elsewhere: one value for each key, or a sentence.

Of a key that is there twice the standard parser takes the last value and says nothing; another
program takes the first. Nobody can tell which of them was meant.
"""

from __future__ import annotations

import json
from typing import Any

_LONGEST_SHOWN = 60


class DoubledKeyError(ValueError):
    """A key of an object is there twice, with two values.

    Parameters
    ----------
    key : str
    """

    def __init__(self, key: str) -> None:
        self.key = key
        shown = key if len(key) <= _LONGEST_SHOWN else f"{key[:_LONGEST_SHOWN]}..."
        super().__init__(f"the key {shown!r} is there twice, with different values")


def read_json(text: str | bytes | bytearray) -> Any:
    """Return a JSON text as plain values.

    Parameters
    ----------
    text : str or bytes

    Raises
    ------
    DoubledKeyError
        A key is there twice in one object; where both say the same, it counts once.
    ValueError
        It is no JSON.
    RecursionError
        It is nested too deeply.
    """
    return json.loads(text, object_pairs_hook=once)


def why_no_json(error: ValueError | RecursionError) -> str:
    """Return what is wrong with a text, as the end of a sentence.

    Parameters
    ----------
    error : ValueError or RecursionError
        What `read_json` raised.
    """
    if isinstance(error, DoubledKeyError):
        return str(error)
    if isinstance(error, json.JSONDecodeError):
        return f"it is no valid JSON (line {error.lineno})"
    return "it is no valid JSON"


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of its pairs, for parsers of JSON; see `read_json`.

    Parameters
    ----------
    pairs : list of tuple of str and value

    Raises
    ------
    DoubledKeyError
        A key is there twice.
    """
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    first: dict[str, Any] = {}
    for key, value in pairs:
        if key in first and not _same(first[key], value):
            raise DoubledKeyError(key)
        first[key] = value
    return first


def _same(one: Any, other: Any) -> bool:
    # 1, 1.0 and true are equal in Python, and not the same in a file.
    return repr(one) == repr(other)
