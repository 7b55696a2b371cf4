"""The papers behind the methods: a key for each, so that every result can cite what it used.

A step of the history holds keys; `citation` turns them into references. A package that adds a kind
of its own brings its references by an entry point of the group ``renshaw.citations``, which leads
to a `Citation` or a list of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from renshaw.core.kinds import Register


@dataclass(frozen=True)
class Citation:
    """A reference.

    Parameters
    ----------
    name : str
        Its key: the first author and the year, ``"powers2017"``.
    text : str
        The reference as it is printed, with its DOI.
    """

    name: str
    text: str

    @property
    def rank(self) -> float:
        """None comes before another: they are in the order of their keys."""
        return 0


CITATIONS: Register[Citation] = Register(
    "citation",
    home="renshaw.core.citations",
    entry_points="renshaw.citations",
    made_of=Citation,
)


def cited(name: str, text: str) -> Citation:
    """Add a reference and return it."""
    return CITATIONS.add(Citation(name, text))


def citation(key: str) -> str:
    """Return the full reference of a key; of one that is not known the key itself."""
    return CITATIONS[key].text if key in CITATIONS else key
