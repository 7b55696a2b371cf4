"""`Finding`: what a verb found, as a value that every place prints alike.

A finding is made once, in `renshaw.findings`. The terminal, the report, the page and the sheet that
is printed show the same sentence and the same remarks: none of them has words of its own, so that
no warning is lost in one of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeVar

from renshaw.core.kinds import RegisterByNoun
from renshaw.core.numbers import fixed, number, signed

T = TypeVar("T")
# In the order in which a reader needs them.
_LABELS = {
    "warnings": "Warning",
    "how_sure": "How sure",
    "left_out": "Left out",
    "would_change": "What would change this",
    "next_steps": "Next",
}

Bound = Literal["", "about", "at least", "at most", "more than", "less than", ">", "<"]


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number with its name, its unit and how sure it is.

    Parameters
    ----------
    name : str
        What it is, as a heading.
    value : float
        NaN where it is not known.
    unit : str
    low, high : float
        Its interval; NaN where there is none.
    interval : str
        What interval that is: ``"95 % CI"``.
    bound : str
        Empty for the number itself. Otherwise the value only bounds it: ``"at most"``, where
        nothing smaller was tried.
    digits : int
        Figures that are shown.
    decimals : int, optional
        Those that are shown, and that sentences about it say, instead of figures.
    difference : bool
        Whether it is one: shown with its sign, and 2 decimals where none are given.
    """

    name: str
    value: float
    unit: str = ""
    low: float = math.nan
    high: float = math.nan
    interval: str = "95 % CI"
    bound: Bound = ""
    digits: int = 3
    decimals: int | None = None
    difference: bool = False

    @property
    def value_words(self) -> str:
        """The number with its bound: ``"at most 10"``."""
        value = self._words(self.value)
        return f"{self.bound} {value}" if self.bound and math.isfinite(self.value) else value

    @property
    def unit_words(self) -> str:
        """Unit and interval: ``"pps (95 % CI 4.26 to 5.74)"``."""
        ends = self._words(self.low), self._words(self.high)
        sure = "" if ends == ("–", "–") else f"({self.interval} {ends[0]} to {ends[1]})"
        return f"{self.unit} {sure}".strip()

    def _words(self, value: float) -> str:
        if self.difference:
            return signed(value, 2 if self.decimals is None else self.decimals)
        return number(value, self.digits) if self.decimals is None else fixed(value, self.decimals)

    def __str__(self) -> str:
        return f"{self.value_words} {self.unit_words}".strip()


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was found, in one sentence, with everything that a reader must know beside it.

    Parameters
    ----------
    sentence : str
        The answer. It says the number, its interval and unit, and of how many.
    numbers : sequence of Number
        What is worth seeing first; the first is the answer's own.
    n : int or None
        How many it rests on.
    of : str
        Of what: ``"participants"``.
    warnings : sequence of str
        What speaks against believing it.
    how_sure : sequence of str
        What the number's error is, and of what.
    left_out : sequence of str
        What was left out, and why.
    would_change : sequence of str
        What it hangs on: assumptions and choices that would change it.
    next_steps : sequence of str
        What to do next.
    """

    sentence: str
    numbers: Sequence[Number] = ()
    n: int | None = None
    of: str = ""
    warnings: Sequence[str] = ()
    how_sure: Sequence[str] = ()
    left_out: Sequence[str] = ()
    would_change: Sequence[str] = ()
    next_steps: Sequence[str] = ()

    def __post_init__(self) -> None:
        for name in ("numbers", *_LABELS):
            object.__setattr__(self, name, tuple(getattr(self, name)))

    @property
    def number(self) -> Number | None:
        """The answer's own number; None where it has none."""
        return self.numbers[0] if self.numbers else None

    def __str__(self) -> str:
        return as_text([self])


class Remark(NamedTuple):
    """One of the things beside the sentences of findings.

    Parameters
    ----------
    kind : str
        ``"warnings"``, ``"how_sure"``, ``"left_out"``, ``"would_change"`` or ``"next_steps"``.
    label : str
        What a place prints before the words.
    words : str
    """

    kind: str
    label: str
    words: str


def remarks(findings: Iterable[Finding]) -> tuple[Remark, ...]:
    """Return everything beside the sentences, each once, warnings first."""
    findings = tuple(findings)
    return tuple(
        dict.fromkeys(
            Remark(kind, label, words)
            for kind, label in _LABELS.items()
            for finding in findings
            for words in getattr(finding, kind)
        )
    )


def numbers(findings: Iterable[Finding]) -> tuple[Number, ...]:
    """Return the numbers worth seeing first, each once."""
    return tuple(dict.fromkeys(each for finding in findings for each in finding.numbers))


def as_text(findings: Sequence[Finding]) -> str:
    """Return findings as plain text, a line each sentence and remark."""
    said = [finding.sentence for finding in findings]
    return "\n".join([*said, *(f"{each.label}: {each.words}" for each in remarks(findings))])


def as_mapping(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return findings as pages and their JSON show them: sentences, numbers and remarks."""
    return {
        "sentences": [finding.sentence for finding in findings],
        "numbers": [
            {"name": each.name, "value": each.value_words, "unit": each.unit_words}
            for each in numbers(findings)
        ],
        "remarks": [each._asdict() for each in remarks(findings)],
    }


@dataclass(frozen=True)
class Finder:
    """How the findings of one noun are made.

    Parameters
    ----------
    of : type
        The class of the noun.
    find : callable
        Takes a noun and returns its findings, at least one.
    rank : float
        Its place in lists.
    """

    of: type
    find: Callable[[Any], Sequence[Finding]]
    rank: float = 0.0

    @property
    def name(self) -> str:
        """The name of the noun's class."""
        return self.of.__name__


FINDERS: RegisterByNoun[Finder] = RegisterByNoun(
    "finding", home="renshaw.findings", entry_points="renshaw.findings", made_of=Finder
)


def finds(
    of: type[T],
) -> Callable[[Callable[[T], Sequence[Finding]]], Callable[[T], Sequence[Finding]]]:
    """Let a function return the findings of a noun; a decorator."""

    def added(find: Callable[[T], Sequence[Finding]]) -> Callable[[T], Sequence[Finding]]:
        FINDERS.add(Finder(of, find))
        return find

    return added


def findings_of(noun: object) -> tuple[Finding, ...]:
    """Return what was found, the main answer first.

    Raises
    ------
    DataError
        There are no findings of such a noun.
    """
    return tuple(FINDERS.of(noun).find(noun))
