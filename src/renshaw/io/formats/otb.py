"""MATLAB files that OT Biolab+ exports, with the units that it decomposed.

``Data`` is a matrix of samples and channels, ``Description`` names the channels: raw EMG,
"Decomposition of ..." (0 and 1), "Source for decomposition of ...", "acquired data[ %(MVC)]" (the
performed force at full rate) or "performed path" (the same at a lower rate, repeated).
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.io.containers import matlab
from renshaw.io.format import FORMATS, Format
from renshaw.io.probe import Probe
from renshaw.io.raw import WAITS, grids_of_names
from renshaw.io.refusal import Refusal
from renshaw.io.trains import float32, indices_to_times, motor_units

_SOURCE = re.compile(r"source for decomposition", re.I)
_DECOMPOSED = re.compile(r"decomposition of", re.I)
# The performed force, the best first; the requested path is no measurement.
_FORCES = ("acquired data", "performed path", "force", "torque")
_REQUESTED = re.compile(r"(requested|original|target) path", re.I)
_FEWEST_CHANNELS = 4
_UNIT = re.compile(r"\[([^\[\]]*+)\]\s*+$")


def recognizes(probe: Probe) -> bool:
    """Whether there are ``Data``, ``Description`` and ``SamplingFrequency``."""
    return {"Data", "Description", "SamplingFrequency"} <= set(probe.matlab_kinds)


def read(probe: Probe) -> Recording:
    """Read the discharge times, the performed force and the raw EMG."""
    file = probe.matlab
    stated = file.load("SamplingFrequency")
    fs_hz = matlab.rate(stated, "SamplingFrequency", probe.options.fs_hz)
    data, names = _table(file)
    roles = [_role(name) for name in names]
    columns = {role: [i for i, r in enumerate(roles) if r == role] for role in set(roles)}
    fired = columns.get("unit", [])
    if not fired and len(columns.get("emg", [])) < _FEWEST_CHANNELS:
        raise Refusal(
            "It is an OT Biolab+ file without decomposed units, and without a grid of raw EMG "
            "to find them in. Export it again with 'Decomposition of ...' ticked, or with the EMG"
        )
    notes = [f"OT Biolab+: {len(names)} channels, {len(fired)} of them decomposed units."]
    signals = _signals(data, names, columns, fs_hz, notes)
    units, remarks = motor_units(
        [indices_to_times(np.flatnonzero(data[:, i] > 0), fs_hz, 0) for i in fired],
        length_s=len(data) / fs_hz,
        fs_hz=fs_hz,
    )
    if not fired:
        remarks = [WAITS]
    grids = grids_of_names(signals["emg"].channels) if "emg" in signals else ()
    return Recording(units, signals, notes=(*notes, *_clock(file), *remarks), grids=grids)


def _table(file: matlab.MatFile) -> tuple[Any, list[str]]:
    parts = [p for p in matlab.cells(file.load("Data")) if isinstance(p, np.ndarray) and p.size]
    names = [name.strip() for name in matlab.texts(file.load("Description"))]
    if len(parts) != 1 or parts[0].ndim != 2 or parts[0].dtype.kind not in "biuf":
        raise Refusal("Its Data are not one matrix of numbers. Export one recording a file")
    data = parts[0]
    if data.shape[1] != len(names) == data.shape[0]:
        data = data.T
    if data.shape[1] != len(names):
        raise Refusal(f"Its Data have {data.shape[1]} channels but {len(names)} names")
    return data, names


def _role(name: str) -> str:
    if _SOURCE.search(name):
        return "source"
    if _DECOMPOSED.search(name):
        return "unit"
    lower = name.lower()
    if any(force in lower for force in _FORCES):
        return "force"
    if _REQUESTED.search(name):
        return "target"
    unit = _UNIT.search(name)
    return "emg" if unit and unit[1].strip().lower() in ("uv", "µv", "μv", "mv", "v") else "other"


def _signals(
    data: Any, names: list[str], columns: dict[str, list[int]], fs_hz: float, notes: list[str]
) -> dict[str, Signal]:
    signals: dict[str, Signal] = {}
    force = min(columns.get("force", []), key=lambda i: _rank(names[i]), default=None)
    if force is None:
        notes.append("It has no force channel.")
    else:
        unit = _unit(names[force])
        signals["torque"] = Signal(data[:, force].astype(float), fs_hz, unit)
        notes.append(f"The torque is the channel {names[force]!r}.")
    for i in columns.get("target", [])[:1]:
        signals["target"] = Signal(data[:, i].astype(float), fs_hz, _unit(names[i]))
    channels = columns.get("emg", [])
    if channels:
        unit = _unit(names[channels[0]])
        values = float32(data[:, channels])
        signals["emg"] = Signal(values, fs_hz, unit, channels=tuple(names[i] for i in channels))
    return signals


def _rank(name: str) -> int:
    return next(rank for rank, force in enumerate(_FORCES) if force in name.lower())


def _unit(name: str) -> str:
    found = _UNIT.search(name)
    if not found:
        return ""
    unit = found[1].strip()
    if "MVC" in unit.upper() and "%" in unit:
        return "% MVC"
    return {"uv": "uV", "µv": "uV", "μv": "uV", "a.u": ""}.get(unit.lower(), unit)


def _clock(file: matlab.MatFile) -> list[str]:
    start = matlab.vector(matlab.load(file, "Time"))[:1]
    if start.size and np.isfinite(start[0]) and start[0] != 0:
        return [f"The file's clock starts at {start[0]:g} s; times count from its first sample."]
    return []


FORMATS.add(
    Format(
        name="otb",
        title="OT Biolab+",
        description="OT Biolab+ exported .mat, decomposed or raw, v5 or v7.3",
        rank=120,
        endings=(".mat",),
        holds="units, raw EMG with its grid, performed path, target",
        recognizes=recognizes,
        read=read,
    )
)
