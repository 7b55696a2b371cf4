"""`Refusal`: why a file can't be read, said by a reader that need not know the file's name."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818  (the word of the house)
    """A reason in words and what to do; `renshaw.io.read` puts the name of the file before it."""
