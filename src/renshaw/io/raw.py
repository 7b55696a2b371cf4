"""What every reader of raw EMG needs: microvolts, grids, and which channel is the force."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from renshaw.data.grid import Grid, otb_grid
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Event, Recording
from renshaw.data.signal import Signal
from renshaw.io.budget import Budget
from renshaw.io.limits import LONGEST_RECORDING_S
from renshaw.io.refusal import Refusal

Array = np.ndarray[Any, Any]

_TO_UV = {
    **{"uv": 1.0, "µv": 1.0, "μv": 1.0, "mv": 1e3, "v": 1e6, "nv": 1e-3},
    **{"microvolt": 1.0, "microvolts": 1.0, "millivolt": 1e3, "millivolts": 1e3},
    **{"volt": 1e6, "volts": 1e6},
}
# The note of a recording that has no motor units yet.
WAITS = "Raw EMG that waits to be decomposed: renshaw decompose."
FORCE = re.compile(r"force|torque|load ?cell|dynamomet|performed path|acquired data", re.I)
INTRAMUSCULAR = re.compile(
    r"intra.?muscular|fine.?wire|hook.?wire|needle|indwelling|concentric|thin.?film|\bi-?emg(?![a-z])",
    re.I,
)
_NOT_EMG = re.compile(r"trig|status|aux|acc|gyro|annot|force|torque|load|path|ecg|eeg|sync", re.I)
_NUMBERED = re.compile(r"^(.*)\((\d++)\)\s*+(?:\[[^\[\]]*+\])?\s*+$")


@dataclass(frozen=True, eq=False)
class Channel:
    """One channel of an amplifier.

    Parameters
    ----------
    name : str
    unit : str
        As the file states it.
    values : array, shape (samples,)
    fs_hz : float
    group : str
        Grid or sensor that it belongs to; ``""`` where it stands alone.
    muscle : str
        That it lies over; ``""`` where the file doesn't say.
    """

    name: str
    unit: str
    values: Array
    fs_hz: float
    group: str = ""
    muscle: str = ""


def to_microvolts(unit: str) -> float | None:
    """Return the factor that makes microvolts of a unit, or None for another quantity."""
    return _TO_UV.get(unit.strip().lower())


def is_emg(name: str, unit: str) -> bool:
    """Whether a channel is EMG, by its name and unit, where nothing else tells."""
    named_otherwise = _NOT_EMG.search(name) or FORCE.search(name)
    return to_microvolts(unit) is not None and not named_otherwise


def raw_recording(
    emg: Sequence[Channel],
    others: Sequence[Channel] = (),
    *,
    budget: Budget | None = None,
    grids: Sequence[Grid] = (),
    events: Sequence[Event] = (),
    notes: Sequence[str] = (),
    intramuscular: Sequence[Channel] = (),
) -> Recording:
    """Make a recording of raw EMG: no units yet, the EMG in uV, the force as torque.

    Parameters
    ----------
    emg : sequence of Channel
        Those of another rate than the first are left out, with a note.
    others : sequence of Channel
        The first that is a force by its name becomes ``"torque"``; the others keep their names.
    budget : Budget, optional
        Of the file, where several channels may name the same samples.
    grids : sequence of Grid
        By default one a group of channels, placed where its code is known.
    events, notes
        As in `Recording`.
    intramuscular : sequence of Channel
        Kept aside as the signal ``"intramuscular"``: it is not decomposed with the surface EMG.
    """
    said = list(notes)
    if not emg and intramuscular:
        raise Refusal(
            "Its EMG is intramuscular only; renshaw decomposes surface EMG. Read its motor units "
            "from the file of the program that found them"
        )
    if not emg:
        raise Refusal("It holds no EMG channels. Export the recording with its raw signals")
    if budget is not None:
        _charge((*emg, *intramuscular), 4, budget)
        _charge(others, 8, budget)
    kept, signal = _together(emg, said)
    if not 0 < signal.end_s <= LONGEST_RECORDING_S:
        raise Refusal("Its EMG has no samples, or lasts for months; it is damaged")
    signals = {"emg": signal}
    if intramuscular:
        signals["intramuscular"] = _together(intramuscular, said)[1]
        said.append(f"{len(intramuscular)} intramuscular channels were kept aside.")
    signals |= _other_signals(others, said)
    units = MotorUnits((), (0.0, signal.end_s), fs_hz=signal.fs_hz)
    placed = tuple(grids) or _grids([c.group for c in kept])
    placed = tuple(grid if grid.muscle else grid.over(_muscle(grid, kept)) for grid in placed)
    said.append(WAITS)
    return Recording(units, signals, tuple(events), notes=tuple(said), grids=placed)


def _charge(channels: Sequence[Channel], itemsize: int, budget: Budget) -> None:
    for channel in channels:
        budget.step("Its channels")
        budget.spend(len(channel.values) * itemsize, "Its channels")


def _together(channels: Sequence[Channel], said: list[str]) -> tuple[list[Channel], Signal]:
    """Return the channels that were sampled as the first one was, and their signal in uV."""
    fs_hz, length = channels[0].fs_hz, len(channels[0].values)
    kept = [c for c in channels if c.fs_hz == fs_hz and len(c.values) == length]
    if len(kept) < len(channels):
        said.append(f"{len(channels) - len(kept)} channels of another sampling rate were left out.")
    values: Array = np.empty((length, len(kept)), dtype=np.float32)
    for i, channel in enumerate(kept):
        factor = to_microvolts(channel.unit)
        with np.errstate(all="ignore"):
            values[:, i] = channel.values * (1.0 if factor is None else factor)
    in_uv = all(to_microvolts(c.unit) is not None for c in kept)
    names = tuple(channel.name for channel in kept)
    return kept, Signal(values, fs_hz, "uV" if in_uv else "", channels=names)


def _other_signals(others: Sequence[Channel], said: list[str]) -> dict[str, Signal]:
    signals: dict[str, Signal] = {}
    force = next((c for c in others if FORCE.search(c.name) or FORCE.search(c.group)), None)
    for channel in others:
        name = "torque" if channel is force else channel.name.strip() or "other"
        if name in signals or name == "emg" or not len(channel.values):
            continue
        signals[name] = Signal(np.asarray(channel.values, float), channel.fs_hz, channel.unit)
    if force is not None:
        said.append(f"The torque is the channel {force.name!r} ({force.unit or 'no unit'}).")
    return signals


def _muscle(grid: Grid, channels: Sequence[Channel]) -> str:
    """Return the muscle of a grid's channels, where they all name the same."""
    named = {channels[c].muscle for c in grid.channels}
    return named.pop() if len(named) == 1 else ""


def _grids(groups: Sequence[str]) -> tuple[Grid, ...]:
    members: dict[str, list[int]] = {}
    for i, group in enumerate(groups):
        members.setdefault(group, []).append(i)
    return tuple(otb_grid(name, channels) for name, channels in members.items())


def grids_of_names(names: Sequence[str]) -> tuple[Grid, ...]:
    """Return the grids that channels named ``... GR08MM1305 (1)[uV]`` belong to, by OT Biolab+."""
    groups: list[str] = []
    for name in names:
        found = _NUMBERED.match(name)
        groups.append(found[1].strip() if found else "")
    return _grids(groups)


def whole_numbers(content: bytes, size: int, channels: int) -> Array:
    """Return samples of an interleaved stream of little-endian integers or doubles.

    Parameters
    ----------
    content : bytes
    size : int
        Bytes a number: 2, 3 or 4 (integers) or 8 (double).
    channels : int

    Returns
    -------
    array, shape (samples, channels)
        A last sample that is not complete is left out.
    """
    if size not in (2, 3, 4, 8) or channels < 1:
        raise Refusal(f"Its samples of {size} bytes in {channels} channels are of no known kind")
    samples = len(content) // (size * channels)
    flat = memoryview(content)[: samples * channels * size]
    if size == 3:
        parts = np.frombuffer(flat, np.uint8).reshape(-1, 3).astype(np.int32)
        numbers = parts[:, 0] | (parts[:, 1] << 8) | (parts[:, 2] << 16)
        numbers = np.where(numbers >= 1 << 23, numbers - (1 << 24), numbers)
    else:
        numbers = np.frombuffer(flat, {2: "<i2", 4: "<i4", 8: "<f8"}[size])
    return numbers.reshape(samples, channels)
