"""Which level comes first: contrasts go from the reference, or the earlier, to the later.

A model's coefficients keep R's alphabetical order of levels; only what is said follows this one.
Where words tell neither an order nor a reference, it is R's, so that signs are those of the
coefficients.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_MOMENTS = (
    "pre pretest pretraining pretreatment preintervention predose before baseline base bl start "
    "avant vorher vor prima antes",
    "during mid middle midway halfway while intra durante pendant während",
    "post posttest posttraining posttreatment postintervention postdose after end retest après "
    "apres nachher nach dopo después despues depois",
    "final followup follow fu late recovery washout retention",
)
_FOLLOW_UP = 3
_CONTROLS = (
    "control controls ctrl ctl con placebo sham vehicle untreated healthy none no non not off "
    "without false rest reference ref"
)
_SIZES = (
    "low l light small mild slow young younger",
    "medium m moderate",
    "high h heavy large severe fast old older",
)
_CALENDAR = (
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "monday tuesday wednesday thursday friday saturday sunday",
    "mon tue wed thu fri sat sun",
    "morning noon afternoon evening night",
    "spring summer autumn winter",
)
_MOMENT = {word: stage for stage, words in enumerate(_MOMENTS) for word in words.split()}
_SIZE = {word: float(n) for n, words in enumerate(_SIZES, 1) for word in words.split()}
_SIZE |= {word: float(n) for words in _CALENDAR for n, word in enumerate(words.split(), 1)}
_CONTROL = frozenset(_CONTROLS.split())
_VISITS = frozenset(
    ["t", "time", "visit", "session", "day", "week", "month", "year", "hour", "test"]
)
_DAYS = {
    "s": 1 / 86400,
    "sec": 1 / 86400,
    "second": 1 / 86400,
    "min": 1 / 1440,
    "minute": 1 / 1440,
    "h": 1 / 24,
    "hr": 1 / 24,
    "hour": 1 / 24,
    "d": 1.0,
    "day": 1.0,
    "w": 7.0,
    "wk": 7.0,
    "week": 7.0,
    "mo": 30.4,
    "mth": 30.4,
    "month": 30.4,
    "y": 365.2,
    "yr": 365.2,
    "year": 365.2,
}
_TIME_COLUMNS = (
    "time timepoint tp when moment visit session occasion day week month year hour phase period",
    "test wave assessment measurement measure stage zeit zeitpunkt temps tiempo momento tempo",
)
_TIMES = frozenset(word for words in _TIME_COLUMNS for word in words.split())
_PART = re.compile(r"(?<![^\s(_])[-\u2212]?\d+(?:[.,]\d+)?|\d+(?:[.,]\d+)?|[^\W\d_]+")
_HUMP = re.compile(r"(?<=[a-zäöüß])(?=[A-Z])")


class LevelOrder(NamedTuple):
    """The places of a factor's levels in the order in which they are compared.

    Parameters
    ----------
    places : tuple of int
        Places in the model's own order, the reference or the earliest first.
    reference : bool
        Whether the first level is one that the others are compared with: it was named so, or is
        called a baseline or a control.
    stages : bool
        Whether the words are those of moments: before, during, after, week 2.
    main : int
        Of moments, the place of the last that is no follow-up: what is compared with the first
        before all others. -1 where levels are no moments.
    """

    places: tuple[int, ...]
    reference: bool
    stages: bool
    main: int = -1


class _Reading(NamedTuple):
    """What the words of one level say."""

    moment: int | None
    control: bool
    number: float | None
    rest: tuple[str, ...]
    visit: bool

    @property
    def in_time(self) -> bool:
        return self.moment is not None or self.visit


def level_order(
    levels: Sequence[str],
    *,
    column: str = "",
    reference: str | None = None,
    as_given: bool = False,
) -> LevelOrder:
    """Return the order in which levels are compared.

    Parameters
    ----------
    levels : sequence of str
        In the model's order, which is kept where words say nothing.
    column : str
        What the levels are of: T1 and T2 are moments of a time, but not of a type.
    reference : str, optional
        The level that was named as the reference.
    as_given : bool
        The levels' own order is meant: that of a pandas Categorical.

    Examples
    --------
    >>> level_order(["post", "pre"]).places
    (1, 0)
    >>> level_order(["12 weeks", "6 months", "6 weeks", "baseline"]).places
    (3, 2, 0, 1)
    """
    there = list(range(len(levels)))
    letters = not column or not _TIMES.isdisjoint(_words(column))
    read = [_read(level, letters=letters) for level in levels]
    read = [
        each._replace(control=each.control or _denies_another(level, levels))
        for each, level in zip(read, levels, strict=True)
    ]
    order = there if as_given else sorted(there, key=lambda n: _rank(read, n))
    if reference in levels:
        first = levels.index(reference)
        order = [first, *(n for n in order if n != first)]
    starts = [n for n in there if _starts(read[n])]
    clear = reference in levels or starts == order[:1]
    in_time = any(each.in_time for each in read)
    last = [n for n in order[1:] if read[n].moment != _FOLLOW_UP] or order[1:]
    return LevelOrder(tuple(order), clear, in_time, last[-1] if in_time and last else -1)


def _words(column: str) -> list[str]:
    return [part.casefold() for part in _PART.findall(_HUMP.sub(" ", column))]


def _read(level: str, *, letters: bool) -> _Reading:
    """Read a level's words; ``letters``: whether T and D may stand for time and day."""
    numbers: list[float] = []
    words: list[str] = []
    for part in _PART.findall(_HUMP.sub(" ", level)):
        if part[-1].isdigit():
            numbers.append(float(part.replace(",", ".").replace("\u2212", "-")))
        else:
            words.append(part.casefold())
    units = [_DAYS.get(word) or _DAYS.get(word.removesuffix("s")) for word in words]
    unit = next((each for each in units if each), None)
    moment = next((_MOMENT[word] for word in words if word in _MOMENT), None)
    number = numbers[0] * (unit or 1.0) if numbers else None
    size = next((_SIZE[word] for word in words if word in _SIZE), None)
    rest = tuple(
        word for word, known in zip(words, units, strict=True) if not known and word not in _SIZE
    )
    said = [word for word in words if letters or len(word) > 1]
    known = _VISITS | _DAYS.keys()
    visit = bool(numbers) and any({word, word.removesuffix("s")} & known for word in said)
    control = not _CONTROL.isdisjoint(words)
    found = size if number is None else number
    return _Reading(moment, control, found, () if unit and numbers else rest, visit)


def _denies_another(level: str, levels: Sequence[str]) -> bool:
    """Whether a level is another one with a word that denies it, as a control is: nonchilled."""
    plain = level.casefold()
    others = {other.casefold() for other in levels}
    rests = (re.sub(rf"^{word}[-_ ]?", "", plain) for word in ("non", "un", "not"))
    return any(rest != plain and rest in others for rest in rests)


def _starts(each: _Reading) -> bool:
    """Whether a level is one that others are compared with."""
    if each.moment is not None:
        return each.moment == 0
    return each.control or each.number == 0


def _rank(read: Sequence[_Reading], place: int) -> tuple[float, float]:
    each = read[place]
    stage = 1 if each.moment is None else each.moment
    if each.moment is None and each.control:
        stage = 0
    # Numbers order levels that have the same words around them, or a unit of time.
    others = [other for other in read if other.moment is None and not other.control]
    alike = len({other.rest for other in others}) <= 1 and all(
        other.number is not None for other in others
    )
    counts = each.moment is not None or alike
    return (stage, each.number if counts and each.number is not None else 0.0)
