"""MATLAB files with ``MUPulses``: DEMUSE, and the many laboratories that keep its names.

Holobar & Zazula (2007), doi:10.1109/TSP.2007.896108; files as shared by Caillet et al. (2022).
``MUPulses`` is a cell array of sample indices from 1 (where it holds fractions, of seconds);
``fsamp`` the sampling rate; ``ref_signal`` (or ``forceSig``) the force; ``IPTs`` the sources,
``PNR`` their pulse-to-noise ratios (dB), ``SIG`` the EMG as a cell array in the shape of the grid.
All of them may lie in one struct.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from renshaw.data.recording import Recording
from renshaw.io.containers import matlab
from renshaw.io.format import FORMATS, Format
from renshaw.io.formats.matlab import trains
from renshaw.io.formats.matlab.reading import recording_of
from renshaw.io.formats.matlab.workspace import Workspace
from renshaw.io.probe import Probe
from renshaw.io.refusal import Refusal

_PULSES = ("MUPulses", "MU_Pulses")


def recognizes(probe: Probe) -> bool:
    """Whether there is a variable ``MUPulses``, on its own or in the one struct of that kind."""
    return _place(probe) is not None


def read(probe: Probe) -> Recording:
    """Read the discharge times, the force and the EMG."""
    place = _place(probe)
    if place is None:
        raise Refusal("It has no MUPulses")
    struct, name = place
    workspace = Workspace(probe.matlab, structs=(struct,))
    path = f"{struct}.{name}" if struct else name
    value = workspace.get(path)
    if not isinstance(value, np.ndarray):
        raise Refusal(f"Its {path} hold no numbers. Save them as a cell of sample indices")
    found = trains.pulses(path, value)
    return recording_of(replace(found, first=0 if found.samples else 1), workspace, probe.options)


def _place(probe: Probe) -> tuple[str, str] | None:
    """Return the struct (or nothing) and the name of the pulses."""
    kinds = probe.matlab_kinds
    name = matlab.spelled(kinds, *_PULSES)
    if name is not None:
        return "", name
    fields = {struct: probe.matlab.fields(struct) for struct in kinds}
    inside = {s: name for s, f in fields.items() if (name := matlab.spelled(f, *_PULSES))}
    return next(iter(inside.items())) if len(inside) == 1 else None


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
