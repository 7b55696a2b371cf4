"""What those who were measured are called: people where their column's name says so.

How they are analyzed hangs on the table's structure alone; batches, rails and schools are no people
all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from renshaw.core.numbers import counted

_PEOPLE_WORDS = (
    "participant person people subject subj sub suj patient pat pt ppt pp who volunteer",
    "individual respondent case record athlete runner player worker operator rater child kid",
    "student pupil man woman mother boy girl proband probandin teilnehmer teilnehmerin",
    "versuchsperson vp sujet sujeto paciente participante paziente soggetto partecipante osoba",
)
_PEOPLE = frozenset(word for words in _PEOPLE_WORDS for word in words.split())
# Of names that say only that they name something, the field's tables mean people.
_LABELS = frozenset(("id", "no", "nr", "num", "number", "code", "name", "key", "initials"))
_WORD = re.compile(r"[^\W\d_]+")
_HUMP = re.compile(r"(?<=[a-zäöüß])(?=[A-Z])")


class Who(NamedTuple):
    """What one, and several, of those who were measured are called.

    Parameters
    ----------
    one, many : str
        ``person`` and ``people``, or ``level of batch`` and ``levels of batch``.
    are_people : bool
    """

    one: str
    many: str
    are_people: bool

    def of(self, n: int) -> str:
        """Return how many: ``"6 levels of batch"``."""
        return counted(n, self.one, self.many)


def who_are(columns: Sequence[str]) -> Who:
    """Return what the levels of a grouping are called.

    Parameters
    ----------
    columns : sequence of str
        Of the grouping; none where nobody is known.

    Examples
    --------
    >>> who_are(["subj_id"]).of(6), who_are(["batch"]).of(1)
    ('6 people', '1 level of batch')
    """
    words = [w.casefold() for name in columns for w in _WORD.findall(_HUMP.sub(" ", name))]
    said = [word for word in words if word not in _LABELS]
    known = any(word in _PEOPLE or word.removesuffix("s") in _PEOPLE for word in said)
    if known or (words and not said) or not columns:
        return Who("person", "people", True)
    name = ":".join(columns)
    return Who(f"level of {name}", f"levels of {name}", False)


def listed(names: Iterable[str]) -> str:
    """Return names as a sentence lists them: a, b and c."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
