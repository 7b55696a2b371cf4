"""MATLAB files that Spike2 exports: a struct a channel.

A waveform has ``interval`` (s), ``start``, ``units`` and ``values``; events have ``times`` (s);
markers have ``times`` and ``codes`` (four a marker; the first tells the unit, 0 is none); the
spikes of a WaveMark have their shapes as ``values`` besides.

Source: Cambridge Electronic Design, Spike2 help, "Export to MATLAB".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.data.recording import Event, Recording
from renshaw.data.signal import Signal
from renshaw.io.containers import matlab
from renshaw.io.format import FORMATS, Format
from renshaw.io.limits import (
    FEWEST_DISCHARGES,
    MOST_EVENTS,
    checked_rate,
    checked_scale,
    checked_shift,
)
from renshaw.io.options import spelled
from renshaw.io.probe import Probe
from renshaw.io.raw import FORCE, WAITS, to_microvolts
from renshaw.io.refusal import Refusal
from renshaw.io.trains import float32, motor_units

_WAVEFORM = {"title", "interval", "values"}
_EVENTS = {"title", "times", "length"}
# Channels that Spike2 itself makes for keys and digital inputs.
_CUES = re.compile(r"keyboard|digmark|trig|stim|sync|cue|textmark|memory", re.I)
_FORCE_UNIT = re.compile(r"\A(?:k?N([ ·.*]?m)?|%.*MVC|kg)", re.I)
# A sample of 16 bits is a step of scale / 6553.6.
_STEPS = 6553.6


@dataclass(frozen=True, eq=False)
class TimedChannel:
    """A channel with times: events, markers or spikes.

    Parameters
    ----------
    name, title : str
        What Spike2 numbers it (``Ch3``), and what the laboratory calls it.
    times_s : array
    codes : array
        The first code of each marker or spike; empty for plain events.
    spikes : bool
        Whether they are spikes with their shapes (a WaveMark).
    labels : tuple of str
        The text of each marker, where it has one.
    """

    name: str
    title: str
    times_s: FloatArray
    codes: FloatArray
    spikes: bool
    labels: tuple[str, ...] = ()

    def label_of(self, at: int) -> str:
        """Return the text of a marker, or what its channel is called."""
        said = self.labels[at] if at < len(self.labels) else ""
        return said or self.title or self.name

    def __str__(self) -> str:
        return f"{self.name} ({self.title or 'no title'}, {self.times_s.size:,} times)"


def recognizes(probe: Probe) -> bool:
    """Whether there is a struct with the fields of a channel."""
    kinds = probe.matlab.kinds if probe.matlab is not None else {}
    return any(kind == "struct" and _is_channel(probe, name) for name, kind in kinds.items())


def read(probe: Probe) -> Recording:
    """Read spikes, a unit a code, or events, a unit a channel; and the waveforms."""
    file = probe.matlab
    timed: list[TimedChannel] = []
    waves: list[tuple[str, Signal]] = []
    for name, kind in file.kinds.items():
        if kind != "struct" or not _is_channel(probe, name):
            continue
        channel = file.load(name)
        if set(channel) >= _EVENTS:
            timed.append(_timed(name, channel))
        elif (wave := _waveform(channel)) is not None:
            waves.append((_text(channel, "title") or name, wave))
    return recording_of(timed, waves, probe.options.variable)


def recording_of(
    timed: Sequence[TimedChannel], waves: Sequence[tuple[str, Signal]], wanted: str | None
) -> Recording:
    """Return the recording that channels of Spike2 make.

    Parameters
    ----------
    timed : sequence of TimedChannel
    waves : sequence of (str, Signal)
        Title and values of each waveform.
    wanted : str or None
        The channel that holds the units, by name or title, where whoever reads the file says so.

    Raises
    ------
    Refusal
        No channel can be that of units, and none is EMG.
    """
    signals: dict[str, Signal] = {}
    emg: list[tuple[str, Signal]] = []
    for title, wave in waves:
        if "emg" in title.lower() and to_microvolts(wave.unit) is not None:
            emg.append((title, wave))
        else:
            signals[title] = wave
    notes = _name_the_torque(signals)
    _add_emg(emg, signals)
    chosen, said = _chosen(timed, wanted)
    times_s, labels = _units(chosen, notes)
    if not times_s and "emg" not in signals:
        raise _nothing(timed, signals)
    events = _events([channel for channel in timed if channel not in chosen])
    units, remarks = motor_units(
        times_s,
        length_s=max((signal.end_s for signal in signals.values()), default=None),
        labels=labels,
    )
    return Recording(
        units, signals, events, notes=(*said, *notes, *(remarks if labels else [WAITS]))
    )


def _is_channel(probe: Probe, name: str) -> bool:
    fields = set(probe.matlab.fields(name))
    return fields >= _WAVEFORM or fields >= _EVENTS


def _text(channel: Mapping[str, Any], name: str) -> str:
    words = matlab.texts(channel.get(name))
    return words[0].strip() if words else ""


def _number(channel: Mapping[str, Any], name: str, default: float) -> float:
    values = matlab.vector(channel.get(name))
    return float(values[0]) if values.size and np.isfinite(values[0]) else default


def _stated(channel: Mapping[str, Any], name: str, default: float) -> float:
    """Return a number as it stands in the file, be it NaN."""
    values = matlab.vector(channel.get(name))
    return float(values[0]) if values.size else default


def _timed(name: str, channel: Mapping[str, Any]) -> TimedChannel:
    times = matlab.vector(channel["times"])
    codes = channel.get("codes")
    first = np.zeros(0)
    if isinstance(codes, np.ndarray) and codes.dtype.kind in "biuf" and codes.ndim == 2:
        rows = codes if codes.shape[0] == times.size else codes.T
        first = rows[:, 0].astype(float) if rows.shape[0] == times.size and rows.size else first
    return TimedChannel(name, _text(channel, "title"), times, first, "values" in channel)


def _waveform(channel: Mapping[str, Any]) -> Signal | None:
    values = channel["values"]
    step = _number(channel, "interval", 0.0)
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "biuf" or values.size < 2:
        return None
    rate = rate_of(step)
    flat = values.ravel(order="F").astype(float)
    if values.dtype.kind in "iu":
        title = _text(channel, "title")
        scale = checked_scale(_stated(channel, "scale", 1.0), f"The scale of {title!r}")
        offset = checked_shift(_stated(channel, "offset", 0.0), f"The offset of {title!r}")
        flat = flat * scale / _STEPS + offset
    return Signal(flat, rate, _text(channel, "units"), _number(channel, "start", 0.0))


def rate_of(step_s: float) -> float:
    """Return the rate (Hz) of a waveform by the time between two samples (s)."""
    rate = checked_rate(1 / step_s if step_s > 0 else 0.0, "The rate of a waveform (1 / interval)")
    # Rates are whole numbers or nearly so; 1 / 0.0004882812 is 2048.0001.
    return float(round(rate)) if abs(rate - round(rate)) < 1e-6 * rate else rate


def _name_the_torque(signals: dict[str, Signal]) -> list[str]:
    """Call the force by the name that it has in every recording, and say which channel it is."""
    like = [title for title in signals if FORCE.search(title)]
    like = like or [t for t, s in signals.items() if _FORCE_UNIT.fullmatch(s.unit)]
    if not like:
        return ["No waveform is named force or torque, so there is no torque."] * bool(signals)
    torque = signals.pop(like[0])
    signals["torque"] = torque
    return [f"The torque is the channel {like[0]!r} ({torque.unit or 'no unit'})."]


def _add_emg(waves: list[tuple[str, Signal]], signals: dict[str, Signal]) -> None:
    """Add the EMG in uV, whose channels were sampled together; a differing one stays by itself."""
    if not waves:
        return
    first = waves[0][1]
    like = [(t, w) for t, w in waves if (w.fs_hz, w.start_s) == (first.fs_hz, first.start_s)]
    length = min(len(wave) for _, wave in like)
    scaled = [wave.values[:length] * (to_microvolts(wave.unit) or 1.0) for _, wave in like]
    titles = tuple(title for title, _ in like)
    values = float32(scaled).T
    signals["emg"] = Signal(values, first.fs_hz, "uV", first.start_s, channels=titles)
    signals |= {title: wave for title, wave in waves if title not in titles}


def _chosen(
    timed: Sequence[TimedChannel], wanted: str | None
) -> tuple[list[TimedChannel], list[str]]:
    """Return the channels that hold the units, and what there is to say of the choice."""
    if wanted is not None:
        named = [c for c in timed if wanted.lower() in (c.name.lower(), c.title.lower())]
        if not named:
            there = ", ".join(map(str, timed)) or "none"
            raise Refusal(f"It has no channel {wanted} with times. Channels with times: {there}")
        return named, []
    spikes = [channel for channel in timed if channel.spikes and channel.codes.size]
    if spikes:
        return spikes, []
    able = [channel for channel in timed if not _CUES.search(channel.title)]
    if all(channel.times_s.size < FEWEST_DISCHARGES for channel in able):
        return [], []
    plain = [channel for channel in able if not channel.codes.size]
    chosen = plain or able
    names = ", ".join(map(str, chosen))
    return chosen, [
        f"No channel holds sorted spikes (WaveMark); the units are those of {names}. To choose: "
        f"{spelled('variable', chosen[0].name)}."
    ]


def _units(chosen: list[TimedChannel], notes: list[str]) -> tuple[list[FloatArray], list[str]]:
    times_s: list[FloatArray] = []
    labels: list[str] = []
    for channel in chosen:
        prefix = f"{channel.title or channel.name}." if len(chosen) > 1 else ""
        if not channel.codes.size:
            times_s.append(channel.times_s)
            labels.append(channel.title or channel.name)
            continue
        codes = [int(code) for code in np.unique(channel.codes) if code]
        times_s += [channel.times_s[channel.codes == code] for code in codes]
        labels += [f"{prefix}{code}" for code in codes]
        unsorted = int(np.count_nonzero(channel.codes == 0))
        if unsorted:
            notes.append(f"{unsorted:,} spikes of no unit (code 0) in {channel} were left out.")
    return times_s, labels


def _events(timed: list[TimedChannel]) -> tuple[Event, ...]:
    if sum(channel.times_s.size for channel in timed) > MOST_EVENTS:
        raise Refusal(f"It holds more than {MOST_EVENTS:,} events")
    return tuple(
        Event(
            float(time),
            0.0,
            (channel.labels[at : at + 1] or ("",))[0] or channel.title or channel.name,
        )
        for channel in timed
        for at, time in enumerate(channel.times_s)
        if np.isfinite(time)
    )


def _nothing(timed: Sequence[TimedChannel], signals: Mapping[str, Signal]) -> Refusal:
    there = ", ".join(map(str, timed)) or "none"
    waves = ", ".join(signals) or "none"
    return Refusal(
        f"It is a Spike2 export without spikes and without EMG. Channels with times: {there}; "
        f"waveforms: {waves}. Export the WaveMark channel too, or name the channel of the units: "
        f"{spelled('variable', timed[0].name if timed else 'NAME')}"
    )


FORMATS.add(
    Format(
        name="spike2",
        title="Spike2",
        description="Spike2 exported .mat with spikes (WaveMark), events and waveforms, v5 or v7.3",
        rank=25,  # before muedit, whose struct a channel may be called
        endings=(".mat",),
        holds="units, force, EMG, events",
        recognizes=recognizes,
        read=read,
    )
)
