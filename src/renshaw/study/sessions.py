"""Whether two recordings are a before and an after of one person, told by facts and names."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from renshaw.data.recording import Recording
from renshaw.model.participant import Participant

# What laboratories call sessions, in order; numbers beside them count further.
_WORDS = {
    **dict.fromkeys(("pre", "before", "baseline", "vor", "vorher", "avant", "antes", "prima"), 0.0),
    **dict.fromkeys(("mid", "during", "mitte"), 1.0),
    **dict.fromkeys(("post", "after", "nach", "nachher", "apres", "après"), 2.0),
    **dict.fromkeys(("despues", "después", "depois", "dopo"), 2.0),
    **dict.fromkeys(("followup", "retention", "washout"), 3.0),
}
# Trials and runs are none: they are repeats of one session.
_COUNTED = ("ses", "session", "visit", "day", "week", "month", "timepoint")
_SESSION = re.compile(
    rf"(?<![^\W\d_])(?:({'|'.join(sorted(_WORDS, key=len, reverse=True))})[-_ ]?(\d*)"
    rf"|({'|'.join(sorted(_COUNTED, key=len, reverse=True))})[-_ ]?(\d+))(?![^\W_])"
)
_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])")
# Nobody's name: that of a simulated person whom nobody named.
_NOBODY = ("", Participant().name)


class BeforeAndAfter(NamedTuple):
    """Which of two recordings comes first, and why they are taken for a before and an after.

    Parameters
    ----------
    first : int
        0 or 1.
    why : str
        In words that go on after "because".
    """

    first: int
    why: str


def before_and_after(recordings: Sequence[Recording]) -> BeforeAndAfter | None:
    """Return which of two recordings is the before, or None where nothing says that they belong.

    They are one person's where both say the same participant, or where their paths differ in
    nothing but words for a session: pre and post, before and after, ses-1 and ses-2. Two
    participants, or two muscles, are never taken for a before and an after.

    Parameters
    ----------
    recordings : sequence of Recording
        Exactly two; more or fewer give None.
    """
    if len(recordings) != 2:
        return None
    one, other = recordings
    if one.muscles and other.muscles and _said(one.muscles) != _said(other.muscles):
        return None
    who = [each.participant.strip() for each in recordings]
    named = [name not in _NOBODY for name in who]
    if all(named) and who[0] != who[1]:
        return None
    sessions = _sessions(*(each.sources[-1] if each.sources else each.name for each in recordings))
    if sessions is not None:
        first = 0 if sessions[0][0] < sessions[1][0] else 1
        words = [word for _, word in sessions]
        return BeforeAndAfter(
            first,
            f"their names differ only in {words[first]!r} and {words[1 - first]!r}",
        )
    if all(named):
        return BeforeAndAfter(
            0, f"both say that the participant is {who[0]}; the one given first is the before"
        )
    return None


class Sessions(NamedTuple):
    """Recordings of one person in the order of their sessions.

    Parameters
    ----------
    order : tuple of int
        Their places among the recordings that were given, the earliest first.
    why : tuple of str
        Of each later one, why it is taken for an after of the first; goes on after "because".
    """

    order: tuple[int, ...]
    why: tuple[str, ...]


def sessions_of_people(recordings: Sequence[Recording]) -> tuple[Sessions, ...]:
    """Return who was recorded in two sessions or more, and in which order.

    Any two of them are a before and an after as `before_and_after` tells.

    Parameters
    ----------
    recordings : sequence of Recording
    """
    left = list(range(len(recordings)))
    found = []
    while left:
        one, *others = left
        person = [one]
        for other in others:
            if all(before_and_after([recordings[k], recordings[other]]) for k in person):
                person.append(other)
        left = [k for k in left if k not in person]
        order = sorted(person, key=lambda k: _later_than(recordings, k, person))
        if len(order) > 1:
            pairs = [(recordings[order[0]], recordings[k]) for k in order[1:]]
            why = [said.why for pair in pairs if (said := before_and_after(pair)) is not None]
            found.append(Sessions(tuple(order), tuple(why)))
    return tuple(found)


def _later_than(recordings: Sequence[Recording], one: int, person: Sequence[int]) -> int:
    """Return how many recordings of a person come before one."""
    others = [k for k in person if k != one]
    # As they were given: without words for sessions that is their order.
    pairs = [sorted((k, one)) for k in others]
    said = [before_and_after([recordings[a], recordings[b]]) for a, b in pairs]
    firsts = [a_b[each.first] for a_b, each in zip(pairs, said, strict=True) if each is not None]
    return sum(first != one for first in firsts)


def _said(muscles: Sequence[str]) -> set[str]:
    return {muscle.strip().casefold() for muscle in muscles}


def _sessions(one: str, other: str) -> list[tuple[tuple[float, float], str]] | None:
    """Return when each of two paths says that it was, and its word; None where they don't."""
    found = [_told(path) for path in (one, other)]
    (rest, words), (other_rest, other_words) = found
    if rest != other_rest or len(words) != len(other_words):
        return None
    different = [(a, b) for a, b in zip(words, other_words, strict=True) if a[1] != b[1]]
    if not different:
        return None
    # pre/P01_pre says it twice; a day and a time may both differ: the first is the larger part.
    a, b = different[0]
    # Two words of one kind are in no order: before and baseline.
    return None if a[0] == b[0] else [a, b]


def _told(path: str) -> tuple[str, list[tuple[tuple[float, float], str]]]:
    """Return a path without the words for its session, and these with their places in time."""
    whole = Path(os.path.abspath(path))  # noqa: PTH100
    plain = _CAMEL.sub("_", whole.with_suffix("").as_posix()).casefold()
    words = []
    for match in _SESSION.finditer(plain):
        word, number, counted, count = match.groups()
        # Words and numbers are never held against each other: their texts around them differ.
        place = (-1.0, float(count)) if counted else (_WORDS[word], float(number or 0))
        words.append((place, match.group().strip("-_ ")))
    return _SESSION.sub("\N{BULLET}", plain), words
