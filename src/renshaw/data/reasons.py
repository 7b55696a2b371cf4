"""Why a value fails the rules, or what to know of it: a code that stays, and words for people.

Each reason is declared once, beside the rule that gives it, and made anew with its numbers::

    GAP = Cause(
        "recruitment_gap",
        "recruited only {:.2f} s after the control unit",
        name="recruited too soon after the control unit",
    )
    GAP(0.313)

Programs compare and count by `code`; people read `words`. Nobody takes words apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from renshaw.core.numbers import told_apart

_CAUSES: dict[str, Cause] = {}

# What stands for a number where many cases are told in one line.
_ANY = "…"
_NUMBER = re.compile(r"((?<![\w.])-?\d++(?:\.\d++)?+(?![\w.]*\d))")


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
    return re.sub(r"(?<!\S)\S*\d\S*?([;:,]?)(?=\s|$)", rf"{_ANY}\1", words)


@dataclass(frozen=True)
class Cause:
    """A rule that values fail, or a fact worth a remark: its code, and its sentence.

    Parameters
    ----------
    code : str
        Stable, of ``a`` to ``z``, digits and ``_``.
    sentence : str
        Each ``{}`` stands for a number of the case at hand, as in `str.format`; a value that misses
        its limit by little gets more decimals (`renshaw.core.numbers.told_apart`).
    name : str
        For people, where many cases share a line: what is wrong, without a number.
    """

    code: str
    sentence: str
    name: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.code):
            raise ValueError(f"{self.code!r} is no code: use a to z, digits and _")
        if _CAUSES.setdefault(self.code, self) != self:
            raise ValueError(f"there is another cause of the code {self.code!r}")

    @cached_property
    def gist(self) -> str:
        """The name; where there is none, the sentence, with ``…`` for what differs."""
        return self.name or re.sub(r"\{[^{}]*\}", _ANY, self.sentence)

    def __call__(self, *numbers: object) -> Reasons:
        """Return the one reason, with the numbers of this case."""
        return Reasons((Reason(self.code, told_apart(self.sentence, *numbers), self.gist),))


def tallied(reasons: Iterable[Reason]) -> dict[str, int]:
    """Return how often each reason occurs, in words that fit all cases of it.

    Where a reason has no name that does without numbers, these are told from the smallest to the
    largest.

    Parameters
    ----------
    reasons : iterable of Reason

    Examples
    --------
    >>> tallied(Reasons.made("only 5 discharges") + Reasons.made("only 7 discharges"))
    {'only 5 to 7 discharges': 2}
    """
    cases: dict[tuple[str, str], list[str]] = {}
    for reason in reasons:
        if reason.words:
            cases.setdefault((reason.code, reason.general), []).append(reason.words)
    told: dict[str, int] = {}
    for (_, general), words in cases.items():
        line = told_together(words) if _ANY in general else general
        told[line] = told.get(line, 0) + len(words)
    return told


def told_together(words: Sequence[str]) -> str:
    """Return words that differ only in numbers in one line, with the range of each number.

    Parameters
    ----------
    words : sequence of str
        At least one. Where they differ in more than numbers, the first of them is an example.
    """
    parts = [_NUMBER.split(each) for each in words]
    if len({tuple(each[::2]) for each in parts}) > 1:
        return words[0] if len(set(words)) == 1 else f"e.g. {words[0]}"
    line = list(parts[0])
    for place in range(1, len(line), 2):
        found = sorted({each[place] for each in parts}, key=float)
        line[place] = found[0] if len(found) == 1 else f"{found[0]} to {found[-1]}"
    return "".join(line)


def causes() -> tuple[Cause, ...]:
    """Return every reason that has been declared, in order of their codes."""
    return tuple(_CAUSES[code] for code in sorted(_CAUSES))
