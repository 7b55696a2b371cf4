"""Any MATLAB file: its motor units are known by their shape, whatever the variables are called.

A cell of rising numbers, a padded matrix, a matrix of zeros and ones, columns of unit and time, a
variable or a struct a unit: whatever there is one of is read. Of several the person chooses, by
`ReadOptions.variable`. The sampling rate, the torque and the EMG go by the names that laboratories
give them. What only MATLAB can open is named.
"""

from __future__ import annotations

from renshaw.data.recording import Recording
from renshaw.io.format import FORMATS, LAST, Format
from renshaw.io.formats.matlab.anything import read_any
from renshaw.io.probe import Probe


def recognizes(probe: Probe) -> bool:
    """Whether it is a MATLAB file of any version."""
    return probe.kind in ("mat4", "mat5", "mat73")


def read(probe: Probe) -> Recording:
    """Read whatever can be motor units, else raw EMG."""
    return read_any(probe.matlab, probe.options, "a MATLAB")


FORMATS.add(
    Format(
        name="matlab",
        title="MATLAB",
        description="any other MATLAB .mat with discharge times, spike trains or raw EMG, "
        "v4, v5 or v7.3",
        # After plug-ins too: whoever knows a file better comes first.
        rank=2 * LAST,
        endings=(".mat",),
        holds="units, force, raw EMG; variables of any name, in structs too",
        recognizes=recognizes,
        read=read,
    )
)
