"""A recording of the variables of a MATLAB workspace, once it is known which hold the units."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.data.recording import WARNING, Recording
from renshaw.data.signal import Signal
from renshaw.io.containers import matlab
from renshaw.io.formats.matlab.trains import Trains
from renshaw.io.formats.matlab.workspace import Workspace
from renshaw.io.limits import checked_rate
from renshaw.io.options import IN_SECONDS, ReadOptions, spelled
from renshaw.io.raw import FORCE, WAITS, to_microvolts
from renshaw.io.refusal import Refusal
from renshaw.io.trains import float32, indices_to_times, motor_units

_FORCES = ("ref_signal", "forceSig", "force", "torque", "ref", "path", "performed_path")
_FORCE_RATES = (
    *("fs_force", "force_fs", "fsforce", "forcefs", "fs_torque", "torque_fs", "fstorque"),
    *("torquefs", "fs_ref", "ref_fs", "fsref", "fsamp_ref", "fsamp_force", "fsamp_torque"),
)
_UNITS = ("unit", "units", "torque_unit", "force_unit", "unit_torque", "unit_force", "ref_unit")
_UNIT = re.compile(r"%.{0,8}|k?N([ ·.*]?m)?|mN[ ·.*]?m|k?g|lbs?|m?V|a\.?u\.?", re.I)
_MVCS = ("MVC", "mvc_torque", "mvc_force", "mvc_Nm", "mvc_N", "torque_mvc", "force_mvc", "maxforce")
_TIMES = ("time", "t", "time_s", "times", "timevec", "timevector", "tvec")
_STEPS = ("dt", "sample_interval", "sampleinterval", "ts", "interval")
_EMGS = ("SIG", "emg", "hdemg", "hd_emg", "emg_data", "emgdata", "raw", "raw_emg", "rawemg", "data")
_SOURCES = ("IPTs", "IPT", "sources", "Pulsetrain", "pulse_trains")
_QUALITY = {"PNR": "pnr_db", "SIL": "silhouette", "silhouette": "silhouette"}
# Two lengths that differ by less are those of one rate, cut differently.
_SAME_LENGTH = 0.01
_FEWEST_SAMPLES = 50
# A torque that ends before so much of the discharges do was sampled at another rate.
_FEWEST_LASTING = 0.75
# Slower than any motor unit that fires on: one discharge in 2 s.
_LONGEST_INTERVAL_S = 2.0
# Grids have more channels; a matrix of fewer may be anything.
_FEWEST_CHANNELS = 4


@dataclass
class _Found:
    """What is read, as it comes together."""

    workspace: Workspace
    home: str
    options: ReadOptions
    fs_hz: float = float("nan")
    notes: list[str] = field(default_factory=list)
    signals: dict[str, Signal] = field(default_factory=dict)

    def path(self, *wanted: str) -> str | None:
        """Return the path of a variable, beside the units before anywhere else."""
        return self.workspace.path(*wanted, beside=self.home)

    def value(self, *wanted: str) -> Any:
        """Return the value of a variable, or None."""
        return self.workspace.find(*wanted, beside=self.home)


def recording_of(trains: Trains, workspace: Workspace, options: ReadOptions) -> Recording:
    """Return the recording whose motor units are known; the rest is found by its names.

    Parameters
    ----------
    trains : Trains
    workspace : Workspace
    options : ReadOptions
    """
    found = _Found(workspace, trains.path, options)
    stated = _rate(found)
    times_s, found.fs_hz = _times(trains, stated, found)
    fs_hz = None if np.isnan(found.fs_hz) else found.fs_hz
    samples = _add_emg(found)
    samples = samples or trains.samples or _length(found)
    _add_torque(found, samples, max((t.max() for t in times_s if t.size), default=0.0))
    lasts_s = [len(signal) / signal.fs_hz for signal in found.signals.values()]
    if samples and fs_hz:
        lasts_s.append(samples / fs_hz)
    quality = {kind: matlab.vector(found.value(name)) for name, kind in _QUALITY.items()}
    units, remarks = motor_units(
        times_s,
        length_s=max(lasts_s, default=0.0),
        fs_hz=fs_hz,
        labels=trains.labels,
        quality={kind: values for kind, values in quality.items() if values.size},
    )
    muscles = [word.strip() for word in matlab.texts(found.value("muscle")) if word.strip()]
    if len(set(muscles)) == 1:
        units = replace(units, muscles=(muscles[0],) * len(units))
    return Recording(units, found.signals, notes=(*found.notes, *remarks))


def raw_of(workspace: Workspace, options: ReadOptions, path: str | None = None) -> Recording | None:
    """Return the raw EMG of a workspace without motor units; None where there is none.

    Parameters
    ----------
    workspace : Workspace
    options : ReadOptions
    path : str, optional
        Of the EMG; by default it is found by its name.
    """
    path = path or workspace.path(*_EMGS) or _matrix(workspace)
    emg = None if path is None else _channels(workspace[path])
    if path is None or emg is None:
        return None
    found = _Found(workspace, path, options)
    found.fs_hz = _needed(_rate(found), path)
    found.signals["emg"] = Signal(emg, found.fs_hz, _emg_unit(found, path))
    found.notes.append(f"The EMG is the file's {path}, {emg.shape[1]} channels.")
    _add_torque(found, len(emg), 0.0)
    units, _ = motor_units([], length_s=len(emg) / found.fs_hz, fs_hz=found.fs_hz)
    return Recording(units, found.signals, notes=(*found.notes, WAITS))


def _matrix(workspace: Workspace) -> str | None:
    """Return the one matrix that is wide and long enough to be EMG; None if there are several."""
    like = [p for p, v in workspace.items() if (emg := _channels(v)) is not None and len(emg) > 999]
    return like[0] if len(like) == 1 else None


def _rate(found: _Found) -> float | None:
    """Return the sampling rate: what the person says, the file states, or its time axis tells."""
    if found.options.fs_hz is not None:
        found.notes.append(f"The sampling rate of {found.options.fs_hz:g} Hz is the one given.")
        return found.options.fs_hz
    path = found.path(*matlab.RATE_NAMES)
    if path is not None and (values := matlab.vector(found.workspace[path])).size:
        return checked_rate(values[0], f"The sampling rate ({path})")
    path = found.path(*_STEPS)
    if path is not None and (values := matlab.vector(found.workspace[path])).size == 1:
        return checked_rate(1 / values[0] if values[0] > 0 else 0.0, f"The rate of {path}")
    path = found.path(*_TIMES)
    told = None if path is None else matlab.rate_of_axis(found.workspace[path])
    if told is None:
        return None
    found.notes.append(f"The sampling rate of {told[0]:g} Hz is that of the axis of time, {path}.")
    return checked_rate(told[0])


def _needed(rate: float | None, path: str) -> float:
    if rate is None:
        raise matlab.no_rate("fsamp", path)
    return rate


def _times(trains: Trains, stated: float | None, found: _Found) -> tuple[list[FloatArray], float]:
    """Return discharge times (s), and the rate at which they were counted (NaN: not known)."""
    rate = float("nan") if stated is None else stated
    counted = _counted(trains, found)
    if counted == "samples":
        rate = _needed(stated, trains.path)
        first = trains.first
        if first is None:
            first = 0 if trains.samples or np.any(trains.flat == 0) else 1
        if first:
            found.notes.append(matlab.FROM_ONE)
        else:
            found.notes.append("Discharge times were sample indices from 0 and were converted.")
        return [indices_to_times(train, rate, first) for train in trains.trains], rate
    found.notes.append(f"The discharge times ({trains.path}) were taken to be in {counted}.")
    return [train * IN_SECONDS[counted] for train in trains.trains], rate


def _counted(trains: Trains, found: _Found) -> str:
    """Return what discharge times are counted in: what the person says, or they show."""
    if trains.samples or not trains.flat.size:
        return "samples"
    if found.options.time_unit is not None:
        return found.options.time_unit
    flat = trains.flat[np.isfinite(trains.flat)]
    name = trains.path.rpartition(".")[2].lower()
    if np.all(flat == np.rint(flat)):
        return "ms" if name.endswith("_ms") else "samples"
    if name.endswith(("_ms", "_msec")) or not trains.typical > _LONGEST_INTERVAL_S:
        return "ms" if name.endswith(("_ms", "_msec")) else "s"
    raise Refusal(
        f"{trains.path} holds fractions, so they are no samples, but in seconds a unit would fire "
        f"every {trains.typical:.3g} s. Say what they are: {spelled('time_unit', 'ms')}, or "
        f"{spelled('time_unit', 'samples')} with the sampling rate"
    )


def _channels(value: Any) -> Any:
    """Return EMG as samples x channels; None for what is none."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        rows = [matlab.vector(cell) for row in np.atleast_2d(value) for cell in row]
        rows = [row for row in rows if row.size > 1]
        if len({row.size for row in rows}) != 1:
            return None
        return float32(rows).T
    if not isinstance(value, np.ndarray) or value.ndim != 2 or value.dtype.kind not in "biuf":
        return None
    values = value if value.shape[0] >= value.shape[1] else value.T
    wide, long = values.shape[1] >= _FEWEST_CHANNELS, values.shape[0] >= _FEWEST_SAMPLES
    return float32(values) if wide and long else None


def _add_emg(found: _Found) -> int:
    """Add the EMG, and return its length."""
    path = found.path(*_EMGS)
    if path is None or path == found.home or np.isnan(found.fs_hz):
        return 0
    value = found.workspace[path]
    emg = _channels(value)
    if emg is None:
        if isinstance(value, np.ndarray) and value.dtype == object and value.size:
            found.notes.append(f"The EMG ({path}) was not read: its channels differ in length.")
        return 0
    found.signals["emg"] = Signal(emg, found.fs_hz, _emg_unit(found, path))
    return len(emg)


def _emg_unit(found: _Found, path: str) -> str:
    """Return uV for the cells of DEMUSE, which has no other, and what is stated for the rest."""
    if isinstance(found.workspace[path], np.ndarray) and found.workspace[path].dtype == object:
        return "uV"
    stated = matlab.texts(found.value("emg_unit", "emg_units", "unit_emg"))
    return stated[0].strip() if stated and to_microvolts(stated[0]) is not None else ""


def _length(found: _Found) -> int:
    """Return the length of the recording in samples, by its sources or its axis of time."""
    sources = found.value(*_SOURCES)
    if isinstance(sources, np.ndarray) and sources.dtype.kind in "biuf" and sources.size:
        return int(max(sources.shape))
    axis = matlab.vector(found.value(*_TIMES))
    rises = axis.size >= _FEWEST_SAMPLES and bool(np.all(np.diff(axis) > 0))
    return axis.size if rises else 0


def _force_path(found: _Found) -> str | None:
    named = found.path(*_FORCES)
    if named is not None:
        return named
    like = [path for path in found.workspace if FORCE.search(path.rpartition(".")[2])]
    like = [path for path in like if matlab.vector(found.workspace[path]).size > _FEWEST_SAMPLES]
    if len(like) > 1:
        found.notes.append(
            f"{WARNING}Several variables may be the torque: {', '.join(like)}. The first was "
            "taken; if it is another, call that one ref_signal."
        )
    return like[0] if like else None


def _add_torque(found: _Found, samples: int, last_s: float) -> None:
    """Add the torque in the unit and at the rate that the file states or its length tells."""
    path = _force_path(found)
    force, channels = matlab.time_course(None if path is None else found.workspace[path])
    if path is None or force.size < 2:
        return
    rate = _force_rate(found, path, force.size, samples, last_s)
    if rate is None:
        return
    unit = _force_unit(found, path)
    said = f"in {unit}" if unit else "the file does not state its unit"
    found.notes.append(f"The torque is the file's {path}; {said}.")
    if channels > 1:
        found.notes.append(f"{path} has {channels} channels; the first one was taken.")
    found.signals["torque"] = _of_mvc(Signal(force, rate, unit), found)


def _force_rate(found: _Found, path: str, length: int, samples: int, last_s: float) -> float | None:
    """Return the rate of the torque; None, with a note, where it can't be told."""
    if found.options.torque_fs_hz is not None:
        return found.options.torque_fs_hz
    own = found.path(*_FORCE_RATES)
    if own is not None and (values := matlab.vector(found.workspace[own])).size:
        return checked_rate(values[0], f"The sampling rate ({own})")
    if np.isnan(found.fs_hz):
        found.notes.append(
            f"{WARNING}The torque ({path}) was left out: the file does not state its sampling "
            f"rate. Say it: {spelled('torque_fs_hz', '1000')}."
        )
        return None
    if samples and abs(length - samples) > _SAME_LENGTH * samples:
        rate = checked_rate(found.fs_hz * length / samples)
        found.notes.append(
            f"The torque has {length:,} samples for {samples:,} of the recording, so it was "
            f"sampled at {rate:g} Hz."
        )
        return rate
    if not samples and length / found.fs_hz < _FEWEST_LASTING * last_s:
        found.notes.append(
            f"{WARNING}The torque ({path}) was left out: its {length:,} samples last "
            f"{length / found.fs_hz:.3g} s at {found.fs_hz:g} Hz, but units discharge until "
            f"{last_s:.3g} s, so it has a rate of its own. Say it: "
            f"{spelled('torque_fs_hz', '100')}."
        )
        return None
    return found.fs_hz


def _force_unit(found: _Found, path: str) -> str:
    """Return the unit of the torque, as the file states it."""
    for name in (f"{path}_unit", f"{path}_units", *_UNITS):
        for word in matlab.texts(found.value(name)):
            if _UNIT.fullmatch(word.strip()):
                unit = word.strip()
                return "% MVC" if unit.startswith("%") else unit
    return ""


def _of_mvc(torque: Signal, found: _Found) -> Signal:
    """Return the torque in % MVC, where the file states its unit and the MVC."""
    path = found.path(*_MVCS)
    mvc = matlab.vector(None if path is None else found.workspace[path])
    if mvc.size != 1 or not mvc[0] > 0 or found.options.mvc or found.options.mvc_file:
        return torque
    unit = found.options.torque_unit or torque.unit
    if unit.startswith("%"):
        return torque
    if not unit:
        found.notes.append(
            f"The file states {path} = {mvc[0]:g}, but not in which unit the torque is; say "
            f"{spelled('torque_unit', 'Nm')} to have it in % MVC."
        )
        return torque
    found.notes.append(f"The torque was divided by {path} = {mvc[0]:g} {unit}.")
    return replace(torque, values=torque.values * (100.0 / float(mvc[0])), unit="% MVC")
