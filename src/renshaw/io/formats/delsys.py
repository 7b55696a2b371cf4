"""MATLAB files that Delsys programs (EMGworks, Neuromap) export: raw EMG without motor units.

``Data`` is a matrix of channels and samples, ``Channels`` names them, ``Fs`` holds the sampling
rate of each, ``Time`` the time of each sample (s).
"""

from __future__ import annotations

import re

import numpy as np

from renshaw.core.made_of import names_in
from renshaw.data.recording import Recording
from renshaw.io.containers import matlab
from renshaw.io.format import FORMATS, Format
from renshaw.io.probe import Probe
from renshaw.io.raw import FORCE, Channel, raw_recording
from renshaw.io.refusal import Refusal

# How the files end in which Neuromap writes the times of the units; `renshaw.io.tables.neuromap`.
FIRINGS = "_Firings"


def recognizes(probe: Probe) -> bool:
    """Whether there are ``Data``, ``Channels`` and ``Fs``."""
    return {"Data", "Channels", "Fs"} <= set(probe.matlab_kinds)


def read(probe: Probe) -> Recording:
    """Read the EMG (volts by Delsys's custom) and every other channel."""
    file = probe.matlab
    names = [name.strip() for name in matlab.texts(file.load("Channels"))]
    data = file.load("Data")
    if not isinstance(data, np.ndarray) or data.ndim != 2 or data.dtype.kind not in "biuf":
        raise Refusal("Its Data are not one matrix of numbers")
    rows = data if data.shape[0] == len(names) else data.T
    if rows.shape[0] != len(names):
        raise Refusal(f"Its Data have {min(data.shape)} channels but {len(names)} names")
    rates = matlab.vector(file.load("Fs"))
    if not rates.size:
        raise Refusal("It has no sampling rate (Fs)")
    emg: list[Channel] = []
    others: list[Channel] = []
    for i, (name, row) in enumerate(zip(names, rows, strict=True)):
        fs_hz = matlab.rate(rates[i : i + 1] if rates.size == len(names) else rates[:1], "Fs")
        is_emg = "emg" in name.lower() and not FORCE.search(name)
        unit = "V" if is_emg else ""
        (emg if is_emg else others).append(Channel(name, unit, row, fs_hz))
    notes = ["Delsys file; its EMG was taken to be in volts."]
    found = sorted(
        each.name
        for each in names_in(probe.path.parent, f"{re.escape(probe.path.stem)}.*")
        if each.stem.endswith(FIRINGS)
    )
    if found:
        notes.append(f"Its motor units lie beside it: read {', '.join(found)} instead.")
    return raw_recording(emg, others, budget=probe.budget, notes=notes)


FORMATS.add(
    Format(
        name="delsys",
        title="Delsys",
        description="Delsys .mat with raw EMG",
        rank=20,  # before the other MATLAB files
        endings=(".mat",),
        holds="raw EMG, other sensors",
        recognizes=recognizes,
        read=read,
        raw=True,
    )
)
