"""Spasms: how long, how strong and how fast motor units go on after a brief touch or stretch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.data.bounds import Bound
from renshaw.data.estimates import Estimate
from renshaw.data.event_labels import BURST, PROVOCATION
from renshaw.data.reasons import NO_REASONS, Cause, Reasons
from renshaw.data.recording import Event, Recording
from renshaw.estimation.quantity import QUANTITIES, Quantity
from renshaw.estimation.recorded import usable_torque
from renshaw.estimation.settings import EstimateSettings, SpasmSettings
from renshaw.estimation.smoothing import SmoothedRate

_NOTHING_RECORDED = Cause("no_units_no_torque", "neither units nor torque were recorded")
_UNFINISHED = Cause("unfinished", "still firing when the recording ends: it is longer")
_NOBODY = Cause("nobody_fires_on", "no unit fires on by itself")
_NO_BURST = Cause("no_burst", "no burst of inhibition was given")
_OVER_BEFORE = Cause("over_before_burst", "the spasm was over before the burst of inhibition")
_LAST_DISCHARGE = Cause(
    "last_discharge",
    "the last discharge came {:.1f} s after the onset of the burst",
    name="the last discharge came after the onset of the burst",
)
_STOPPED_UNKNOWN = Cause(
    "stopped_unknown", "the recording ends too soon after the burst of inhibition to tell"
)
_AT_REST = Cause(
    "fires_at_rest_spasm",
    "motor units fire before the input: torque at rest holds theirs, and what is above it is more",
)
_WENT_ON = Cause("went_on", "firing went on until the recording ended")

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


def spasm_rows(
    recording: Recording, smoothed: Sequence[SmoothedRate], settings: EstimateSettings
) -> list[Estimate]:
    """Estimate the spasm after the first input of a recording.

    Parameters
    ----------
    recording : Recording
        With an event ``"skin or stretch input"``, and maybe one ``"inhibitory burst"``.
    smoothed : sequence of SmoothedRate
        Not asked for.
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
        return [
            quantity.row(recording.name, _NAN, ok=False, reasons=why_not)
            for quantity in (SPASM_DURATION, SPASM_UNITS, SPASM_MEAN_RATE)
        ]
    unfinished = NO_REASONS if found.ended else _UNFINISHED()
    bound: Bound = "exact" if found.ended else "at least"
    return [
        SPASM_DURATION.row(recording.name, found.duration_s, reasons=unfinished, bound=bound),
        _integral(recording, found, given, unfinished),
        *_firing(recording, found, s, unfinished),
        _stopped(recording, found, s),
    ]


def spasm_after(
    recording: Recording, given: Event, s: SpasmSettings
) -> tuple[Spasm | None, Reasons]:
    """Return the spasm that an input brought about; or None and why it can't be known."""
    begins_s = given.onset_s + given.duration_s
    last_s = recording.units.window_s[1]
    if len(recording.units):
        spikes = np.sort(np.concatenate([np.asarray(times_s) for times_s in recording.units]))
        ends_s = _falls_silent(spikes[spikes >= given.onset_s], begins_s, s.silence_s)
        return Spasm(begins_s, ends_s, last_s - ends_s >= s.silence_s), NO_REASONS
    torque, lacking = usable_torque(recording)
    if torque is None:
        return None, _NOTHING_RECORDED() if recording.torque is None else lacking
    after = torque.times_s >= given.onset_s
    values = torque.values - np.mean(torque.values[~after]) if (~after).any() else torque.values
    strong = after & (values >= s.torque_min_pct / 100.0 * np.nanmax(values[after], initial=0.0))
    strong_s = torque.times_s[strong & (values > 0)]
    ends_s = max(begins_s, float(strong_s[-1])) if len(strong_s) else begins_s
    return Spasm(begins_s, ends_s, torque.end_s - ends_s >= s.silence_s), NO_REASONS


def _falls_silent(spikes_s: FloatArray, begins_s: float, silence_s: float) -> float:
    """Return the last discharge before everybody is silent for long enough."""
    times_s = np.concatenate([[begins_s], spikes_s[spikes_s > begins_s]])
    silences = np.flatnonzero(np.diff(times_s) >= silence_s)
    return float(times_s[silences[0]] if len(silences) else times_s[-1])


def _integral(recording: Recording, found: Spasm, given: Event, unfinished: Reasons) -> Estimate:
    integral = SPASM_TORQUE_INTEGRAL
    torque, lacking = usable_torque(recording)
    if torque is None:
        return integral.row(recording.name, _NAN, units="", ok=False, reasons=lacking)
    times_s = torque.times_s
    rest = torque.values[times_s < found.begins_s - 0.5]
    level = float(np.mean(rest)) if len(rest) else 0.0
    part = torque.values[(times_s >= found.begins_s) & (times_s <= found.ends_s)] - level
    value = float(np.nansum(part) / torque.fs_hz)
    unit = f"{torque.unit or 'a.u.'} s"
    early = any(np.sum(np.asarray(times_s) < given.onset_s) > 1 for times_s in recording.units)
    said = unfinished + (_AT_REST() if early else NO_REASONS)
    bound: Bound = "at least" if said else "exact"
    return integral.row(recording.name, value, units=unit, reasons=said, bound=bound)


def _firing(
    recording: Recording, found: Spasm, s: SpasmSettings, unfinished: Reasons
) -> list[Estimate]:
    """Return how many units fire on by themselves, and how fast, as far as that was seen."""
    means, peaks = [], []
    for times_s in recording.units:
        spikes = np.asarray(times_s)
        on = spikes[(spikes >= found.begins_s + s.settled_s) & (spikes <= found.ends_s)]
        if len(on) >= 3:
            means.append((len(on) - 1) / (on[-1] - on[0]))
            peaks.append(1.0 / np.median(np.sort(np.diff(on))[: max(1, len(on) // 5)]))
    silent = NO_REASONS if means else _NOBODY()
    values = (
        (SPASM_UNITS, float(len(means)), NO_REASONS),
        (SPASM_MEAN_RATE, float(np.mean(means)) if means else _NAN, silent),
        (SPASM_PEAK_RATE, float(np.mean(peaks)) if peaks else _NAN, silent),
    )
    return [
        quantity.row(
            recording.name,
            value,
            ok=not why,
            reasons=why or unfinished,
            # Who joins in later was not seen; of rates nobody knows which way they go.
            bound="at least" if unfinished and quantity is SPASM_UNITS else "exact",
        )
        for quantity, value, why in values
    ]


def _stopped(recording: Recording, found: Spasm, s: SpasmSettings) -> Estimate:
    burst = next((event for event in recording.events if event.label == BURST), None)
    if burst is None:
        return SPASM_STOPPED.row(recording.name, _NAN, ok=False, reasons=_NO_BURST())
    end_s = burst.onset_s + burst.duration_s
    if found.ends_s < burst.onset_s - _BREATH_s:
        return SPASM_STOPPED.row(recording.name, _NAN, ok=False, reasons=_OVER_BEFORE())
    if not found.ended and recording.units.window_s[1] < end_s + s.stopped_within_s:
        return SPASM_STOPPED.row(recording.name, _NAN, ok=False, reasons=_STOPPED_UNKNOWN())
    stopped = found.ended and found.ends_s <= end_s + s.stopped_within_s
    late_s = max(0.0, found.ends_s - burst.onset_s)
    said = _LAST_DISCHARGE(late_s) if found.ended else _WENT_ON()
    return SPASM_STOPPED.row(recording.name, float(stopped), reasons=said)


_quantity = partial(Quantity, rows=spasm_rows, of="recording", during="spasm")

SPASM_DURATION = QUANTITIES.add(
    _quantity(
        name="spasm_duration",
        title="Duration of the spasm",
        unit="s",
        meaning="time from the end of the input to the last discharge",
        shown=("keys", "explore", "study", "picture", "answer"),
        rank=60,
    )
)
SPASM_TORQUE_INTEGRAL = QUANTITIES.add(
    _quantity(
        name="spasm_torque_integral",
        title="Torque-time integral",
        unit="torque s",
        meaning="area below the torque of the spasm",
        shown=("keys", "study"),
        rank=61,
    )
)
SPASM_UNITS = QUANTITIES.add(
    _quantity(
        name="spasm_units",
        title="Units that fire on",
        meaning="units that fire on by themselves",
        shown=("keys", "explore", "study"),
        rank=62,
    )
)
SPASM_MEAN_RATE = QUANTITIES.add(
    _quantity(
        name="spasm_mean_rate",
        title="Mean rate",
        unit="pps",
        meaning="mean rate of the units that fire on",
        shown=("keys", "explore"),
        rank=63,
    )
)
SPASM_PEAK_RATE = QUANTITIES.add(
    _quantity(
        name="spasm_peak_rate",
        title="Mean peak rate",
        unit="pps",
        meaning="highest rate of the units that fire on, on average",
        shown=(),
        rank=64,
    )
)
SPASM_STOPPED = QUANTITIES.add(
    _quantity(
        name="spasm_stopped",
        title="Stopped by inhibition (1: yes)",
        meaning="1 where a burst of inhibition ended the spasm, else 0",
        shown=(),
        rank=65,
    )
)
