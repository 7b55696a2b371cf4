"""Spasms: how long, how strong and how fast motor units go on after a brief touch or stretch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.data.estimates import Estimate
from renshaw.data.event_labels import BURST, PROVOCATION
from renshaw.data.recording import Event, Recording
from renshaw.estimation.settings import EstimateSettings, SpasmSettings

_NAN = float("nan")
# A unit that fires at all fires again within this time.
_BREATH_s = 0.4


@dataclass(frozen=True)
class Spasm:
    """One spasm: when the input ended, when firing did, and whether that was seen."""

    begins_s: float
    ends_s: float
    ended: bool

    @property
    def duration_s(self) -> float:
        """From the end of the input to the last discharge."""
        return self.ends_s - self.begins_s


def is_spasm_test(recording: Recording) -> bool:
    """Whether a skin or stretch input was given."""
    return any(event.label == PROVOCATION for event in recording.events)


def spasm_rows(recording: Recording, settings: EstimateSettings) -> list[Estimate]:
    """Estimate the spasm after the first input of a recording.

    Parameters
    ----------
    recording : Recording
        With an event ``"skin or stretch input"``, and maybe one ``"inhibitory burst"``.
    settings : EstimateSettings

    Returns
    -------
    list of Estimate
        ``spasm_duration`` (s, from the end of the input), ``spasm_torque_integral`` (unit of torque
        times s), ``spasm_units`` (units that fire on), ``spasm_mean_rate``, ``spasm_peak_rate``
        (pps, of these units), ``spasm_stopped`` (1: a burst of inhibition ended it; 0: it did not).
    """
    s = settings.spasm
    given = next(event for event in recording.events if event.label == PROVOCATION)
    found, why_not = spasm_after(recording, given, s)
    if found is None:
        names = {"spasm_duration": "s", "spasm_units": "", "spasm_mean_rate": "pps"}
        return [
            Estimate(recording.name, name, 0, 0, _NAN, units, False, why_not)
            for name, units in names.items()
        ]
    unfinished = "" if found.ended else "still firing when the recording ends: it is longer"
    duration = Estimate(
        recording.name, "spasm_duration", 0, 0, found.duration_s, "s", found.ended, unfinished
    )
    return [
        duration,
        _integral(recording, found, unfinished),
        *_firing(recording, found, s),
        _stopped(recording, found, s),
    ]


def spasm_after(recording: Recording, given: Event, s: SpasmSettings) -> tuple[Spasm | None, str]:
    """Return the spasm that an input brought about; or None and why it can't be known."""
    begins_s = given.onset_s + given.duration_s
    last_s = recording.units.window_s[1]
    if len(recording.units):
        spikes = np.sort(np.concatenate([np.asarray(times_s) for times_s in recording.units]))
        ends_s = _falls_silent(spikes[spikes >= given.onset_s], begins_s, s.silence_s)
        return Spasm(begins_s, ends_s, last_s - ends_s >= s.silence_s), ""
    torque = recording.torque
    if torque is None or torque.values.ndim != 1:
        return None, "neither units nor torque were recorded"
    after = torque.times_s >= given.onset_s
    values = torque.values - np.mean(torque.values[~after]) if (~after).any() else torque.values
    strong = after & (values >= s.torque_min_pct / 100.0 * np.nanmax(values[after], initial=0.0))
    strong_s = torque.times_s[strong & (values > 0)]
    ends_s = max(begins_s, float(strong_s[-1])) if len(strong_s) else begins_s
    return Spasm(begins_s, ends_s, torque.end_s - ends_s >= s.silence_s), ""


def _falls_silent(spikes_s: FloatArray, begins_s: float, silence_s: float) -> float:
    """Return the last discharge before everybody is silent for long enough."""
    times_s = np.concatenate([[begins_s], spikes_s[spikes_s > begins_s]])
    silences = np.flatnonzero(np.diff(times_s) >= silence_s)
    return float(times_s[silences[0]] if len(silences) else times_s[-1])


def _integral(recording: Recording, found: Spasm, unfinished: str) -> Estimate:
    torque = recording.torque
    name = "spasm_torque_integral"
    if torque is None or torque.values.ndim != 1:
        return Estimate(
            recording.name, name, 0, 0, _NAN, "", False, "no single-channel torque was recorded"
        )
    times_s = torque.times_s
    rest = torque.values[times_s < found.begins_s - 0.5]
    level = float(np.mean(rest)) if len(rest) else 0.0
    part = torque.values[(times_s >= found.begins_s) & (times_s <= found.ends_s)] - level
    value = float(np.nansum(part) / torque.fs_hz)
    unit = f"{torque.unit or 'a.u.'} s"
    return Estimate(recording.name, name, 0, 0, value, unit, not unfinished, unfinished)


def _firing(recording: Recording, found: Spasm, s: SpasmSettings) -> list[Estimate]:
    """Return how many units fire on by themselves, and how fast."""
    means, peaks = [], []
    for times_s in recording.units:
        spikes = np.asarray(times_s)
        on = spikes[(spikes >= found.begins_s + s.settled_s) & (spikes <= found.ends_s)]
        if len(on) >= 3:
            means.append((len(on) - 1) / (on[-1] - on[0]))
            peaks.append(1.0 / np.median(np.sort(np.diff(on))[: max(1, len(on) // 5)]))
    silent = "no unit fires on by itself" if not means else ""
    values = (
        ("spasm_units", float(len(means)), "", ""),
        ("spasm_mean_rate", float(np.mean(means)) if means else _NAN, "pps", silent),
        ("spasm_peak_rate", float(np.mean(peaks)) if peaks else _NAN, "pps", silent),
    )
    return [
        Estimate(recording.name, name, 0, 0, value, units, not why, why)
        for name, value, units, why in values
    ]


def _stopped(recording: Recording, found: Spasm, s: SpasmSettings) -> Estimate:
    name = "spasm_stopped"
    burst = next((event for event in recording.events if event.label == BURST), None)
    if burst is None:
        why = "no burst of inhibition was given"
        return Estimate(recording.name, name, 0, 0, _NAN, "", False, why)
    end_s = burst.onset_s + burst.duration_s
    if found.ends_s < burst.onset_s - _BREATH_s:
        why = "the spasm was over before the burst of inhibition"
        return Estimate(recording.name, name, 0, 0, _NAN, "", False, why)
    stopped = found.ended and found.ends_s <= end_s + s.stopped_within_s
    late_s = max(0.0, found.ends_s - burst.onset_s)
    words = f"the last discharge came {late_s:.1f} s after the onset of the burst"
    if not found.ended:
        words = "firing went on until the recording ended"
    return Estimate(recording.name, name, 0, 0, float(stopped), "", True, words)
