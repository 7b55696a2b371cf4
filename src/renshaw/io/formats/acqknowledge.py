"""MATLAB files that AcqKnowledge (Biopac) saves: samples by channels, with labels and units.

``data`` is a matrix of samples and channels, ``labels`` and ``units`` name them, ``isi`` is the
time between two samples in ``isi_units``.

Source: Biopac, AcqKnowledge software guide, "Save as MATLAB".
"""

from __future__ import annotations

import numpy as np

from renshaw.data.recording import Recording
from renshaw.io.containers import matlab
from renshaw.io.format import FORMATS, Format
from renshaw.io.limits import checked_rate
from renshaw.io.probe import Probe
from renshaw.io.raw import Channel, is_emg, raw_recording
from renshaw.io.refusal import Refusal

_NAMES = {"data", "labels", "units", "isi"}
_IN_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "sec": 1.0, "seconds": 1.0, "min": 60.0}


def recognizes(probe: Probe) -> bool:
    """Whether there are data with labels, units and the time between samples."""
    return set(probe.matlab_kinds) >= _NAMES


def read(probe: Probe) -> Recording:
    """Read the EMG, the force and other channels."""
    file = probe.matlab
    data = file.load("data")
    labels = [label.strip() for label in matlab.texts(file.load("labels"))]
    if not isinstance(data, np.ndarray) or data.ndim != 2 or data.dtype.kind not in "biuf":
        raise Refusal("Its data are not one matrix of numbers. Save it again")
    columns = data if data.shape[1] == len(labels) else data.T
    if columns.shape[1] != len(labels):
        raise Refusal(f"Its data have {min(data.shape)} channels but {len(labels)} labels")
    rate = probe.options.fs_hz or _rate(file)
    units = [unit.strip() for unit in matlab.texts(file.load("units"))]
    units += [""] * (len(labels) - len(units))
    made = [
        Channel(label, unit, columns[:, i].astype(float), rate)
        for i, (label, unit) in enumerate(zip(labels, units, strict=False))
    ]
    emg = [channel for channel in made if is_emg(channel.name, channel.unit)]
    others = [channel for channel in made if not is_emg(channel.name, channel.unit)]
    return raw_recording(emg, others, budget=probe.budget, notes=["AcqKnowledge file."])


def _rate(file: matlab.MatFile) -> float:
    step, words = matlab.vector(file.load("isi")), matlab.texts(matlab.load(file, "isi_units"))
    unit = words[0].strip().lower() if words else "ms"
    if step.size != 1 or not step[0] > 0 or unit not in _IN_SECONDS:
        raise matlab.no_rate("isi", "samples")
    return checked_rate(1 / (float(step[0]) * _IN_SECONDS[unit]))


FORMATS.add(
    Format(
        name="acqknowledge",
        title="AcqKnowledge",
        description="AcqKnowledge .mat with EMG and force",
        rank=27,
        endings=(".mat",),
        holds="raw EMG, force, other channels",
        recognizes=recognizes,
        read=read,
        raw=True,
    )
)
