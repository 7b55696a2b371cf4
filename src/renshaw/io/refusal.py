"""`Refusal`: why a file can't be read, said by a reader that need not know the file's name."""

from __future__ import annotations

from collections.abc import Iterable


class Refusal(Exception):  # noqa: N818  (the word of the house)
    """A reason in words and what to do; `renshaw.io.read` puts the name of the file before it."""


def twice_in(names: Iterable[str]) -> str | None:
    """Return the first name that is there once more; None where each is there once.

    Parameters
    ----------
    names : iterable of str
    """
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
