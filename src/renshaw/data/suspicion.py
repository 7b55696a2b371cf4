"""Is this plausible? What is suspected of a recording, why, and which option cures it.

A check is one function in a file of `renshaw.data.plausible`, or of another package that declares
an entry point of the group ``renshaw.checks``::

    def _looks(recording: Recording) -> Iterable[Suspicion]:
        if recording.units.duration_s > 86_400:
            yield Suspicion(LONG(recording.units.duration_s / 3600))

    DURATION = CHECKS.add(Check("duration", "lasts no longer than a day", _looks))

Suspicions are facts of a recording, found anew by whoever asks: `renshaw.io.read` refuses what
can't be true, estimates that a suspicion makes doubtful are not ok, and findings warn of the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from renshaw.core.kinds import Register
from renshaw.data.event_labels import provoked
from renshaw.data.motor_units import MotorUnits
from renshaw.data.reasons import NO_REASONS, Reasons
from renshaw.data.recording import Recording

# What a suspicion can make doubtful.
TORQUE = "torque"  # whatever is read from the torque
LEVEL = "torque level"  # torque at one instant; differences of two are sound
RETURN = "torque on the way back"  # whatever compares the way down with the way up
STOP = "stop of units"  # whatever is read where its units stop


@dataclass(frozen=True, kw_only=True)
class Suspicion:
    """Something that is hardly true, or can't be.

    Parameters
    ----------
    why : Reasons
        One reason: its code, and what is suspected and of which numbers, in words.
    cure : str
        Which option or step cures it, as a sentence.
    impossible : bool
        Whether it can't be true: then the file is not read.
    insisted : tuple of (str, str)
        Options of `renshaw.ReadOptions`, each with the value that lets it be read all the same;
        none for what is not read in any case.
    doubts : tuple of str
        Of what the estimates can't be trusted: `TORQUE`, `LEVEL`, `RETURN`, `STOP`.
    units : tuple of int
        The units that it is about, counted from 0; empty: the whole recording.
    """

    why: Reasons
    cure: str = ""
    impossible: bool = False
    insisted: tuple[tuple[str, str], ...] = ()
    doubts: tuple[str, ...] = ()
    units: tuple[int, ...] = ()

    @property
    def code(self) -> str:
        """Stable name of what is suspected."""
        return self.why[0].code

    def __str__(self) -> str:
        words = str(self.why)
        said = f"{words[:1].upper()}{words[1:]}{'' if words.endswith('?') else '.'}"
        return f"{said} {self.cure}".rstrip()


@dataclass(frozen=True)
class Check:
    """One thing that is held against what people and amplifiers can do.

    Parameters
    ----------
    name : str
    meaning : str
        What is held to be true of every recording, in words.
    looks : callable
        ``looks(recording) -> suspicions``.
    rank : float
        Its place in the order in which suspicions are told.
    """

    name: str
    meaning: str
    looks: Callable[[Recording], Iterable[Suspicion]]
    rank: float = 1000.0


CHECKS: Register[Check] = Register(
    "check", home="renshaw.data.plausible", entry_points="renshaw.checks", made_of=Check
)

_KNOWN: WeakKeyDictionary[Recording, tuple[Suspicion, ...]] = WeakKeyDictionary()
_INHERITED: WeakKeyDictionary[Recording, tuple[Suspicion, ...]] = WeakKeyDictionary()


def suspicions(recording: Recording) -> tuple[Suspicion, ...]:
    """Return whatever is suspected of a recording, the gravest first.

    Parameters
    ----------
    recording : Recording
    """
    found = _KNOWN.get(recording)
    if found is None:
        each = [s for check in CHECKS.values() for s in check.looks(recording)]
        codes = {s.code for s in each}
        each += [s for s in _INHERITED.get(recording, ()) if s.code not in codes]
        found = tuple(sorted(each, key=lambda s: (not s.impossible, not s.doubts)))
        _KNOWN[recording] = found
    return found


def with_doubts_of(part: Recording, whole: Recording) -> Recording:
    """Return a part of which is doubted what is doubted of the torque of the whole.

    A part shows less than the whole, such as which way the torque points or that it drifts. Where
    units stop is another matter in each part.

    Parameters
    ----------
    part, whole : Recording
    """
    about = {TORQUE, LEVEL, RETURN}
    _INHERITED[part] = tuple(s for s in suspicions(whole) if about & set(s.doubts))
    _KNOWN.pop(part, None)
    return part


def doubts(recording: Recording, *about: str) -> Reasons:
    """Return why estimates of something can't be trusted; nothing where they can.

    Parameters
    ----------
    recording : Recording
    *about : str
        `TORQUE`, `LEVEL`, `RETURN`.
    """
    why = NO_REASONS
    for each in suspicions(recording):
        if set(about) & set(each.doubts):
            why += each.why
    return why


def lost(recording: Recording) -> frozenset[int]:
    """Return the units, counted from 0, whose last discharge is doubted to be their stop.

    Parameters
    ----------
    recording : Recording
    """
    found = (each.units for each in suspicions(recording) if STOP in each.doubts)
    return frozenset(unit for units in found for unit in units)


_NAMED = 5


def by_will(recording: Recording) -> bool:
    """Return whether units fired by will alone, as far as the events of the recording say.

    Parameters
    ----------
    recording : Recording
    """
    return not provoked(event.label for event in recording.events)


def named(units: MotorUnits, which: Sequence[int]) -> str:
    """Return what units are called, in words.

    Parameters
    ----------
    units : MotorUnits
    which : sequence of int
        Counted from 0.
    """
    shown = ", ".join(units.labels[i] for i in which[:_NAMED])
    more = f" and {len(which) - _NAMED} more" if len(which) > _NAMED else ""
    return f"unit{'s' * (len(which) > 1)} {shown}{more}"
