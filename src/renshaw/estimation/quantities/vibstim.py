"""VibStim: involuntary torque and EMG during and after tendon vibration with bouts of stimulation.

Mesquita et al. 2021; Blazevich et al. 2024 (both Eur J Appl Physiol). All of it is read from
signals and events; torque is relative to the rest before vibration.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.data.estimates import Estimate
from renshaw.data.event_labels import BOUT, VIBRATION
from renshaw.data.reasons import NO_REASONS, Cause, Reasons
from renshaw.data.recording import Event, Recording
from renshaw.data.signal import Signal
from renshaw.estimation.quantity import QUANTITIES, Quantity
from renshaw.estimation.recorded import usable_torque
from renshaw.estimation.settings import EstimateSettings, VibStimSettings
from renshaw.estimation.smoothing import SmoothedRate

_NO_REST = Cause(
    "no_rest", "nothing was recorded before vibration, so that torque at rest is unknown"
)
_NO_REST_OF_UNITS = Cause(
    "fires_at_rest",
    "{} of {} motor units fire before vibration: torque at rest holds theirs, and what is above it "
    "is more",
    name="motor units fire before vibration",
)
_PERHAPS_SUSTAINED = Cause(
    "sustained_unknown",
    "motor units fire before vibration, so that more torque may be sustained than the {:.1f} % MVC "
    "that were seen",
    name="motor units fire before vibration, so that more torque may be sustained than was seen",
)
_TOO_SHORT = Cause("recording_too_short", "the recording does not reach there")
_EMG_CHANNELS = Cause("emg_channels", "the EMG has several channels")
_NOT_MVC = Cause(
    "torque_not_pct_mvc", "torque is not in % MVC, so that there is no limit to compare it with"
)
_SUSTAINED = Cause(
    "sustained",
    "sustained torque of {:.1f} % MVC is at least {:.1f} % MVC",
    name="torque is sustained",
)
_NOT_SUSTAINED = Cause(
    "not_sustained",
    "sustained torque of {:.1f} % MVC is less than {:.1f} % MVC",
    name="sustained torque too small",
)


def is_vibstim(recording: Recording) -> bool:
    """Whether the tendon of the recorded muscle was vibrated and its nerve stimulated in bouts."""
    labels = {event.label for event in recording.events}
    return {VIBRATION, BOUT} <= labels


def vibstim_rows(
    recording: Recording, smoothed: Sequence[SmoothedRate], settings: EstimateSettings
) -> list[Estimate]:
    """Estimate involuntary torque and EMG.

    Parameters
    ----------
    recording : Recording
        With events ``"tendon vibration"`` and ``"stimulation bout"``.
    smoothed : sequence of SmoothedRate
        Not asked for.
    settings : EstimateSettings

    Returns
    -------
    list of Estimate
        ``torque_bout`` (during the first bout), ``torque_vib`` (during vibration, after the last
        bout), ``torque_vib_increase`` (since the first bout), ``torque_sust`` (after vibration), in
        the unit of the torque, at least that where units fire before vibration; ``responder`` (1 or
        0); and, where there is an EMG, ``emg_vib`` and ``emg_sust`` (root mean square).
    """
    vibration = _named(recording, VIBRATION)[0]
    bouts = _named(recording, BOUT)
    rows = _torque_rows(recording, vibration, bouts, settings.vibstim)
    return rows + _emg_rows(recording, vibration, bouts, settings.vibstim)


def readings(recording: Recording, settings: VibStimSettings) -> dict[str, float]:
    """Return when the window of each reading of a VibStim recording begins (s), by quantity."""
    bouts = _named(recording, BOUT)
    return _begin(_named(recording, VIBRATION)[0], bouts, settings)


def _torque_rows(
    recording: Recording, vibration: Event, bouts: Sequence[Event], s: VibStimSettings
) -> list[Estimate]:
    torque, lacking = usable_torque(recording)
    unit = recording.torque.unit if recording.torque is not None else ""
    unit = unit or "a.u."
    rest, noise, values = 0.0, 0.0, dict.fromkeys(_READ, float("nan"))
    if torque is not None and not lacking:
        before = _between(torque, -np.inf, vibration.onset_s)
        if len(before) == 0:
            lacking = _NO_REST()
        else:
            rest, noise = float(np.mean(before)), float(np.std(before))
            values = {
                name: _mean(torque, start_s, s.window_s, rest)
                for name, start_s in _begin(vibration, bouts, s).items()
            }
            values["torque_vib_increase"] = values["torque_vib"] - values["_first"]
    rows = [
        _row(recording, quantity, values[quantity.name], unit, lacking or _TOO_SHORT())
        for quantity in (TORQUE_BOUT, TORQUE_VIB, TORQUE_VIB_INCREASE, TORQUE_SUST)
    ]
    at_rest = _fire_at_rest(recording, vibration)
    rows = [_above_no_rest(row, at_rest) for row in rows]
    return [*rows, _responder(recording, rows[-1], noise, s)]


def _fire_at_rest(recording: Recording, vibration: Event) -> Reasons:
    """Return which units fire before vibration; nothing where none does."""
    fired = [times_s for times_s in recording.units if len(times_s)]
    # A single discharge is no firing.
    early = sum(int(np.sum(np.asarray(times_s) < vibration.onset_s)) > 1 for times_s in fired)
    return _NO_REST_OF_UNITS(early, len(fired)) if early else NO_REASONS


def _above_no_rest(row: Estimate, at_rest: Reasons) -> Estimate:
    """Return torque above a rest that was none: at least that; a difference of two is exact."""
    if not (at_rest and row.ok) or row.quantity == TORQUE_VIB_INCREASE.name:
        return row
    return row._replace(bound="at least", reasons=row.reasons + at_rest)


_READ = ("torque_bout", "torque_vib", "torque_vib_increase", "torque_sust")


def _begin(vibration: Event, bouts: Sequence[Event], s: VibStimSettings) -> dict[str, float]:
    """Return when the window of each reading begins."""
    first, last = bouts[0], bouts[-1]
    return {
        "torque_bout": first.onset_s + first.duration_s - s.window_s,
        "_first": _end(first) + s.after_bout_s,
        "torque_vib": _end(last) + s.after_bout_s,
        "torque_sust": _end(vibration) + s.after_vibration_s - s.window_s / 2,
    }


def _responder(
    recording: Recording, sustained: Estimate, noise: float, s: VibStimSettings
) -> Estimate:
    """Say whether torque went on by itself after vibration."""
    if not sustained.ok:
        return _row(recording, RESPONDER, float("nan"), "", sustained.reasons)
    if sustained.units != "% MVC":
        return _row(recording, RESPONDER, float("nan"), "", _NOT_MVC())
    least = max(s.sustained_min_pct_mvc, 3.0 * noise)
    responds = sustained.value >= least
    if sustained.bound == "at least" and not responds:
        said = _PERHAPS_SUSTAINED(sustained.value)
        return RESPONDER.row(recording.name, float("nan"), ok=False, reasons=said)
    said = (_SUSTAINED if responds else _NOT_SUSTAINED)(sustained.value, least)
    return RESPONDER.row(recording.name, float(responds), reasons=said)


def _emg_rows(
    recording: Recording, vibration: Event, bouts: Sequence[Event], s: VibStimSettings
) -> list[Estimate]:
    emg = recording.signals.get("emg")
    if emg is None:
        return []
    readings = _begin(vibration, bouts, s)
    rows = []
    for quantity, start in ((EMG_VIB, "torque_vib"), (EMG_SUST, "torque_sust")):
        value, why = float("nan"), _EMG_CHANNELS()
        if emg.values.ndim == 1:
            part = _between(emg, readings[start], readings[start] + s.window_s)
            value = float(np.sqrt(np.mean(part**2))) if len(part) else float("nan")
            why = _TOO_SHORT()
        rows.append(_row(recording, quantity, value, emg.unit or "a.u.", why))
    return rows


def _row(
    recording: Recording, quantity: Quantity, value: float, units: str, why_not: Reasons
) -> Estimate:
    fine = bool(np.isfinite(value))
    why = NO_REASONS if fine else why_not
    return quantity.row(recording.name, value, units=units, ok=fine, reasons=why)


def _mean(signal: Signal, start_s: float, length_s: float, rest: float) -> float:
    part = _between(signal, start_s, start_s + length_s)
    whole = signal.end_s >= start_s + length_s - 1 / signal.fs_hz
    return float(np.mean(part)) - rest if whole and len(part) else float("nan")


def _between(signal: Signal, start_s: float, end_s: float) -> FloatArray:
    times_s = signal.times_s
    part = signal.values[(times_s >= start_s) & (times_s < end_s)]
    return np.asarray(part[np.isfinite(part)], dtype=float)


def _named(recording: Recording, label: str) -> list[Event]:
    found = [event for event in recording.events if event.label == label]
    return sorted(found, key=lambda event: event.onset_s)


def _end(event: Event) -> float:
    return event.onset_s + event.duration_s


_quantity = partial(
    Quantity,
    rows=vibstim_rows,
    of="recording",
    during="vibstim",
    unit="as torque",
    sources=(
        "Mesquita et al. 2021, Eur J Appl Physiol",
        "Blazevich et al. 2024, Eur J Appl Physiol",
    ),
)

TORQUE_BOUT = QUANTITIES.add(
    _quantity(
        name="torque_bout",
        title="Torque in the first bout",
        meaning="torque during the first bout of stimulation",
        shown=(),
        rank=50,
    )
)
TORQUE_VIB = QUANTITIES.add(
    _quantity(
        name="torque_vib",
        title="Torque during vibration, T vib",
        meaning="torque during vibration, after the last bout of stimulation",
        shown=("keys", "explore", "study", "picture"),
        rank=51,
    )
)
TORQUE_VIB_INCREASE = QUANTITIES.add(
    _quantity(
        name="torque_vib_increase",
        title="Increase since the first bout",
        meaning="torque during vibration after the last bout minus that after the first",
        shown=("study",),
        rank=52,
    )
)
TORQUE_SUST = QUANTITIES.add(
    _quantity(
        name="torque_sust",
        title="Sustained torque, T sust",
        meaning="torque after vibration has ended",
        shown=("keys", "explore", "study", "picture", "answer"),
        rank=53,
    )
)
RESPONDER = QUANTITIES.add(
    _quantity(
        name="responder",
        title="Responder (1: torque is sustained)",
        unit="",
        meaning="1 where torque goes on by itself after vibration, else 0",
        shown=(),
        rank=54,
    )
)
EMG_VIB = QUANTITIES.add(
    _quantity(
        name="emg_vib",
        title="EMG during vibration",
        unit="as EMG",
        meaning="root mean square of the EMG when torque during vibration is read",
        shown=(),
        rank=55,
    )
)
EMG_SUST = QUANTITIES.add(
    _quantity(
        name="emg_sust",
        title="Sustained EMG",
        unit="as EMG",
        meaning="root mean square of the EMG when sustained torque is read",
        shown=("keys",),
        rank=56,
    )
)
