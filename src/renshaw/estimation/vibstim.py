"""VibStim: involuntary torque and EMG during and after tendon vibration with bouts of stimulation.

Mesquita et al. 2021; Blazevich et al. 2024 (both Eur J Appl Physiol). All of it is read from
signals and events; torque is relative to the rest before vibration.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.data.estimates import Estimate
from renshaw.data.event_labels import BOUT, VIBRATION
from renshaw.data.recording import Event, Recording
from renshaw.data.signal import Signal
from renshaw.estimation.settings import EstimateSettings, VibStimSettings

# Values of a recording, not of a unit.
_WHOLE = 0


def is_vibstim(recording: Recording) -> bool:
    """Whether the tendon of the recorded muscle was vibrated and its nerve stimulated in bouts."""
    labels = {event.label for event in recording.events}
    return {VIBRATION, BOUT} <= labels


def vibstim_rows(recording: Recording, settings: EstimateSettings) -> list[Estimate]:
    """Estimate involuntary torque and EMG.

    Parameters
    ----------
    recording : Recording
        With events ``"tendon vibration"`` and ``"stimulation bout"``.
    settings : EstimateSettings

    Returns
    -------
    list of Estimate
        ``torque_bout`` (during the first bout), ``torque_vib`` (during vibration, after the last
        bout), ``torque_vib_increase`` (since the first bout), ``torque_sust`` (after vibration), in
        the unit of the torque; ``responder`` (1 or 0); and, where there is an EMG, ``emg_vib`` and
        ``emg_sust`` (root mean square, in its unit).
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
    torque = recording.torque
    lacking = "no torque was recorded" if torque is None else ""
    if torque is not None and torque.values.ndim != 1:
        lacking = "the torque has several channels"
    unit = torque.unit if torque is not None and torque.unit else "a.u."
    rest, noise, values = 0.0, 0.0, dict.fromkeys(_TORQUES, float("nan"))
    if torque is not None and not lacking:
        before = _between(torque, -np.inf, vibration.onset_s)
        if len(before) == 0:
            lacking = "nothing was recorded before vibration, so that torque at rest is unknown"
        else:
            rest, noise = float(np.mean(before)), float(np.std(before))
            values = {
                name: _mean(torque, start_s, s.window_s, rest)
                for name, start_s in _begin(vibration, bouts, s).items()
            }
            values["torque_vib_increase"] = values["torque_vib"] - values["_first"]
    rows = [
        _row(recording, name, values[name], unit, lacking or "the recording does not reach there")
        for name in _TORQUES
    ]
    return [*rows, _responder(recording, rows[-1], noise, s)]


_TORQUES = ("torque_bout", "torque_vib", "torque_vib_increase", "torque_sust")


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
        return _row(recording, "responder", float("nan"), "", sustained.reason)
    if sustained.units != "% MVC":
        why = "torque is not in % MVC, so that there is no limit to compare it with"
        return _row(recording, "responder", float("nan"), "", why)
    least = max(s.sustained_min_pct_mvc, 3.0 * noise)
    responds = sustained.value >= least
    words = (
        f"sustained torque of {sustained.value:.1f} % MVC is "
        f"{'at least' if responds else 'less than'} {least:.1f} % MVC"
    )
    return Estimate(recording.name, "responder", _WHOLE, 0, float(responds), "", True, words)


def _emg_rows(
    recording: Recording, vibration: Event, bouts: Sequence[Event], s: VibStimSettings
) -> list[Estimate]:
    emg = recording.signals.get("emg")
    if emg is None:
        return []
    readings = _begin(vibration, bouts, s)
    rows = []
    for name, start in (("emg_vib", "torque_vib"), ("emg_sust", "torque_sust")):
        value, why = float("nan"), "the EMG has several channels"
        if emg.values.ndim == 1:
            part = _between(emg, readings[start], readings[start] + s.window_s)
            value = float(np.sqrt(np.mean(part**2))) if len(part) else float("nan")
            why = "the recording does not reach there"
        rows.append(_row(recording, name, value, emg.unit or "a.u.", why))
    return rows


def _row(recording: Recording, name: str, value: float, unit: str, why_not: str) -> Estimate:
    fine = bool(np.isfinite(value))
    reason = "" if fine else why_not
    return Estimate(recording.name, name, _WHOLE, 0, value, unit, fine, reason)


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
