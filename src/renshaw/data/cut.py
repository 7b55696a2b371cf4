"""The verb `cut`: a part of a recording, as a recording of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from renshaw.core.errors import DataError, SettingsError, needs
from renshaw.core.history import Step
from renshaw.core.version import __version__
from renshaw.data.decomposition import Decomposition
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Event, Recording, Truth
from renshaw.data.signal import Signal


def cut(
    recording: Recording, start_s: float, end_s: float, *, from_zero: bool = False
) -> Recording:
    """Cut a part out of a recording: its units, signals, events, grids and truth.

    Times stay those of the whole recording, so that a discharge is found again in its file, and
    `window_s` of the units says which part it is. All units stay, with their numbers and labels,
    even those that are silent there, so that the units of two parts correspond.

    Parameters
    ----------
    recording : Recording
    start_s, end_s : float
        From when to when. What lies outside the recording is not there; a discharge at `end_s`
        belongs to what comes after, unless nothing does.
    from_zero : bool
        Count time from the beginning of the part.

    Raises
    ------
    SettingsError
        These are no two times, one after the other.
    DataError
        Nothing was recorded between them.

    Examples
    --------
    >>> import renshaw as rs
    >>> units = rs.MotorUnits(([0.5, 1.5, 2.5], [2.2, 2.4]), window_s=(0, 3))
    >>> part = rs.cut(rs.Recording(units), 1.0, 2.3)
    >>> [times_s.tolist() for times_s in part.units], part.units.window_s
    ([[1.5], [2.2]], (1.0, 2.3))
    """
    needs("cut", recording, Recording, made_by="rs.read")
    start_s, end_s = _checked(start_s, end_s)
    window_s = _inside(recording, start_s, end_s)
    shift_s = window_s[0] if from_zero else 0.0
    whole = recording.units.window_s == window_s
    truth = recording.truth
    parted = replace(
        recording,
        units=_units(recording.units, window_s, shift_s),
        signals=_signals(recording.signals, recording, window_s, shift_s),
        events=_events(recording.events, window_s, shift_s),
        truth=None if truth is None else _truth(truth, recording, window_s, shift_s),
        decomposition=_decomposition(recording.decomposition, window_s, shift_s),
        notes=recording.notes if whole else (*recording.notes, _note(recording, window_s)),
    )
    return replace(parted, history=recording.history.then(_step(recording, window_s, from_zero)))


def _checked(start_s: float, end_s: float) -> tuple[float, float]:
    try:
        start_s, end_s = float(start_s), float(end_s)
    except (TypeError, ValueError):
        raise _no_span(start_s, end_s) from None
    if not (math.isfinite(start_s) and math.isfinite(end_s) and start_s < end_s):
        raise _no_span(start_s, end_s)
    return start_s, end_s


def _no_span(start_s: object, end_s: object) -> SettingsError:
    return SettingsError(
        f"From {start_s!r} to {end_s!r} s is no span of time.",
        name="start_s",
        value=(start_s, end_s),
        hint="Give two times in seconds, the earlier one first: rs.cut(recording, 5, 30).",
    )


def _inside(recording: Recording, start_s: float, end_s: float) -> tuple[float, float]:
    first_s, last_s = recording.units.window_s
    inside = max(start_s, first_s), min(end_s, last_s)
    if inside[0] >= inside[1]:
        raise DataError(
            f"Nothing of {recording.name} lies between {start_s:g} and {end_s:g} s: it was "
            f"recorded from {first_s:g} to {last_s:g} s.",
            hint="Choose a part of that.",
        )
    return inside


def _units(units: MotorUnits, window_s: tuple[float, float], shift_s: float) -> MotorUnits:
    start_s, end_s = window_s
    last = end_s >= units.window_s[1]
    trains = [t[(t >= start_s) & ((t <= end_s) if last else (t < end_s))] - shift_s for t in units]
    return replace(units, times_s=tuple(trains), window_s=(start_s - shift_s, end_s - shift_s))


def _signals(
    signals: Mapping[str, Signal],
    recording: Recording,
    window_s: tuple[float, float],
    shift_s: float,
) -> dict[str, Signal]:
    """Return the samples within; what outlasts the units stays with the first or last part."""
    first_s, last_s = recording.units.window_s
    kept_s = (
        window_s[0] if window_s[0] > first_s else -math.inf,
        window_s[1] if window_s[1] < last_s else math.inf,
    )
    return {name: _signal(signal, kept_s, shift_s) for name, signal in signals.items()}


def _signal(signal: Signal, kept_s: tuple[float, float], shift_s: float) -> Signal:
    first, end = (_index(signal, at_s) for at_s in kept_s)
    begins_s = signal.start_s + first / signal.fs_hz if first else signal.start_s
    return replace(signal, values=signal.values[first:end], start_s=begins_s - shift_s)


def _index(signal: Signal, at_s: float) -> int:
    """Return the first sample at or after a time; one that rounding made late counts as there."""
    samples = (at_s - signal.start_s) * signal.fs_hz
    return math.ceil(min(max(samples - 1e-6, 0.0), float(len(signal))))


def _events(
    events: tuple[Event, ...], window_s: tuple[float, float], shift_s: float
) -> tuple[Event, ...]:
    """Return what happened within, cut to it."""
    start_s, end_s = window_s
    kept = []
    for event in events:
        begins_s, ends_s = event.onset_s, event.onset_s + event.duration_s
        if begins_s > end_s or ends_s < start_s:
            continue
        if begins_s >= start_s and ends_s <= end_s:
            # As it was, to the last digit.
            kept.append(replace(event, onset_s=begins_s - shift_s))
            continue
        begins_s, ends_s = max(begins_s, start_s), min(ends_s, end_s)
        kept.append(Event(begins_s - shift_s, ends_s - begins_s, event.label))
    return tuple(kept)


def _truth(
    truth: Truth, recording: Recording, window_s: tuple[float, float], shift_s: float
) -> Truth:
    return replace(truth, signals=_signals(truth.signals, recording, window_s, shift_s))


def _decomposition(
    how: Decomposition | None, window_s: tuple[float, float], shift_s: float
) -> Decomposition | None:
    """Return how units were found, with the bad stretches of the part."""
    if how is None or not how.stretches:
        return how
    start_s, end_s = window_s
    kept = [
        replace(s, start_s=max(s.start_s, start_s) - shift_s, end_s=min(s.end_s, end_s) - shift_s)
        for s in how.stretches
        if s.start_s < end_s and s.end_s > start_s
    ]
    return replace(how, stretches=tuple(kept))


def _note(recording: Recording, window_s: tuple[float, float]) -> str:
    first_s, last_s = recording.units.window_s
    return f"Cut: {window_s[0]:g} to {window_s[1]:g} s of {first_s:g} to {last_s:g} s."


def _step(recording: Recording, window_s: tuple[float, float], from_zero: bool) -> Step:
    zero = ", from_zero=True" if from_zero else ""
    return Step(
        verb="cut",
        code=f"recording = rs.cut(recording, {window_s[0]!r}, {window_s[1]!r}{zero})",
        settings={"start_s": window_s[0], "end_s": window_s[1], "from_zero": from_zero},
        input=recording.fingerprint(),
        version=__version__,
    )
