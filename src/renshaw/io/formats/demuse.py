"""MATLAB files with ``MUPulses``: DEMUSE, and the many laboratories that keep its names.

Holobar & Zazula (2007), doi:10.1109/TSP.2007.896108; files as shared by Caillet et al. (2022).
``MUPulses`` is a cell array of sample indices from 1; ``fsamp`` the sampling rate; ``ref_signal``
(or ``forceSig``) the force; ``IPTs`` the sources, ``PNR`` their pulse-to-noise ratios (dB), ``SIG``
the EMG as a cell array in the shape of the grid.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.io.containers import matlab
from renshaw.io.containers.matlab import MatFile
from renshaw.io.format import FORMATS, Format
from renshaw.io.probe import Probe
from renshaw.io.refusal import Refusal
from renshaw.io.trains import float32, indices_to_times, motor_units

_PULSES = ("MUPulses", "MU_Pulses")
_FORCES = ("ref_signal", "forceSig", "force", "torque", "ref")


def recognizes(probe: Probe) -> bool:
    """Whether there is a variable ``MUPulses``."""
    return matlab.spelled(probe.matlab_kinds, *_PULSES) is not None


def read(probe: Probe) -> Recording:
    """Read the discharge times, the force and the EMG."""
    file = probe.matlab
    fs_hz = matlab.rate(matlab.load(file, *matlab.RATE_NAMES), "fsamp")
    pulses = matlab.load(file, *_PULSES)
    if pulses is None:
        raise Refusal("It has no MUPulses that can be read")
    notes = [matlab.FROM_ONE]
    signals: dict[str, Signal] = {}
    force_name = matlab.spelled(file.kinds, *_FORCES)
    force, channels = matlab.time_course(file.load(force_name)) if force_name else (np.zeros(0), 0)
    if force.size > 1:
        signals["torque"] = Signal(force, fs_hz)
        notes.append(f"The torque is the file's {force_name}; the file does not state its unit.")
    if channels > 1:
        notes.append(f"{force_name} has {channels} channels; the first one was taken.")
    emg = _emg(file, notes)
    if emg is not None:
        signals["emg"] = Signal(emg, fs_hz, "uV")
    samples = max([len(signal) for signal in signals.values()] + [_source_length(file)])
    units, remarks = motor_units(
        [indices_to_times(train, fs_hz, 1) for train in matlab.trains(pulses)],
        length_s=samples / fs_hz,
        fs_hz=fs_hz,
        quality={"pnr_db": matlab.vector(matlab.load(file, "PNR"))},
    )
    return Recording(units, signals, notes=(*notes, *remarks))


def _source_length(file: MatFile) -> int:
    if matlab.spelled(file.kinds, *_FORCES, "SIG") or not matlab.spelled(file.kinds, "IPTs"):
        return 0
    sources = matlab.load(file, "IPTs")
    return max(sources.shape) if isinstance(sources, np.ndarray) and sources.size else 0


def _emg(file: MatFile, notes: list[str]) -> Any:
    """Return the channels of the grid, row by row, or None; empty corners are left out."""
    if file.kinds.get("SIG") != "cell":
        return None
    grid = file.load("SIG")
    channels = [matlab.vector(cell) for row in np.atleast_2d(grid) for cell in row]
    channels = [channel for channel in channels if channel.size > 1]
    if len({len(channel) for channel in channels}) != 1:
        notes.append("The EMG (SIG) was not read: its channels differ in length.")
        return None
    return float32(channels).T


FORMATS.add(
    Format(
        name="demuse",
        title="DEMUSE",
        description="MATLAB .mat with MUPulses, fsamp and ref_signal (DEMUSE and others), "
        "v5 or v7.3",
        rank=30,  # before muedit and otb: who keeps MUPulses keeps units
        endings=(".mat",),
        holds="units, force, raw EMG, PNR",
        recognizes=recognizes,
        read=read,
    )
)
