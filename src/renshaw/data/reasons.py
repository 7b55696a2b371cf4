"""Why a value fails the rules, or what to know of it: a code that stays, and words for people.

Each reason is declared once, beside the rule that gives it, and made anew with its numbers::

    GAP = Cause("recruitment_gap", "recruited only {:.2f} s after the control unit")
    GAP(0.313)

Programs compare and count by `code`; people read `words`. Nobody takes words apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

_CAUSES: dict[str, Cause] = {}

# What stands for a number where many cases are told in one line.
_ANY = "…"


class Reason(NamedTuple):
    """One reason.

    Parameters
    ----------
    code : str
        Stable name of the rule: ``"recruitment_gap"``; empty where only words are known.
    words : str
        For people, with the numbers of this case.
    gist : str
        The words without these numbers, so that many cases can be told in one line.
    """

    code: str
    words: str
    gist: str = ""

    def __str__(self) -> str:
        return self.words

    @property
    def general(self) -> str:
        """The gist; the words where there is none."""
        return self.gist or self.words


class Reasons(tuple[Reason, ...]):
    """Every reason why one value fails, in order; in words where it is printed.

    Examples
    --------
    >>> reasons = Reasons((Reason("a", "too slow"), Reason("b", "too short")))
    >>> print(reasons)
    too slow; too short
    >>> reasons.codes
    ('a', 'b')
    """

    __slots__ = ()

    @classmethod
    def made(cls, given: str | Reason | Iterable[Reason]) -> Reasons:
        """Return reasons from what is at hand: reasons, one, plain cells of a file, or words.

        Parameters
        ----------
        given : str, Reason or iterable of Reason
            What is at hand.
        """
        if isinstance(given, Reasons):
            return given
        if isinstance(given, str):
            return cls((Reason("", given, without_numbers(given)),)) if given else cls()
        return cls((given,) if isinstance(given, Reason) else (Reason(*each) for each in given))

    @classmethod
    def from_cells(cls, words: str, codes: str = "") -> Reasons:
        """Return reasons from the two cells of a table.

        What each of several codes has to say is joined there; the first of them says it all.

        Parameters
        ----------
        words : str
            As they were printed.
        codes : str
            As they were written beside the words.
        """
        first, *others = found = codes.split() or [""]
        if not words and not first:
            return cls()
        known = all(code in _CAUSES for code in found)
        gist = "; ".join(_CAUSES[code].gist for code in found) if known else ""
        return cls((Reason(first, words, gist), *(Reason(code, "") for code in others)))

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes, in order."""
        return tuple(reason.code for reason in self if reason.code)

    @property
    def gist(self) -> str:
        """The words without the numbers of this case."""
        return "; ".join(reason.general for reason in self if reason.words)

    def of(self, what: str) -> Reasons:
        """Return the same reasons, said of something: ``"test unit: only 2 discharges"``.

        Parameters
        ----------
        what : str
            Of what they are said.
        """
        return Reasons(
            Reason(code, f"{what}: {words}", f"{what}: {gist or words}")
            for code, words, gist in self
        )

    def __str__(self) -> str:
        return "; ".join(reason.words for reason in self if reason.words)

    def __add__(self, others: Iterable[Reason]) -> Reasons:  # type: ignore[override]
        return Reasons((*self, *others))


NO_REASONS = Reasons()


def without_numbers(words: str) -> str:
    """Return words that come from elsewhere, as a reader's remark on a unit, without numbers."""
    return re.sub(r"\S*\d\S*?([;:,]?)(?=\s|$)", rf"{_ANY}\1", words)


@dataclass(frozen=True)
class Cause:
    """A rule that values fail, or a fact worth a remark: its code, and its sentence.

    Parameters
    ----------
    code : str
        Stable, of ``a`` to ``z``, digits and ``_``.
    sentence : str
        Each ``{}`` stands for a number of the case at hand, as in `str.format`.
    """

    code: str
    sentence: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.code):
            raise ValueError(f"{self.code!r} is no code: use a to z, digits and _")
        if _CAUSES.setdefault(self.code, self) != self:
            raise ValueError(f"there is another cause of the code {self.code!r}")

    @cached_property
    def gist(self) -> str:
        """The sentence without numbers."""
        return re.sub(r"\{[^{}]*\}", _ANY, self.sentence)

    def __call__(self, *numbers: object) -> Reasons:
        """Return the one reason, with the numbers of this case."""
        return Reasons((Reason(self.code, self.sentence.format(*numbers), self.gist),))


def causes() -> tuple[Cause, ...]:
    """Return every reason that has been declared, in order of their codes."""
    return tuple(_CAUSES[code] for code in sorted(_CAUSES))
