"""AcqKnowledge's own files (``.acq``, Biopac), opened by the library bioread.

They have no mark; what stands at fixed places of their beginning tells them: a version, the length
of the header, how many channels, and the time between samples.

Source: Biopac, application note 156 ("ACQ file format"), as bioread has it too.
"""

from __future__ import annotations

import math
import re
import struct
from dataclasses import dataclass

from renshaw.data.recording import Event, Recording
from renshaw.io.containers import labs
from renshaw.io.format import FORMATS, Format
from renshaw.io.limits import MOST_EVENTS, checked_rate
from renshaw.io.probe import Probe
from renshaw.io.raw import Channel, is_emg, raw_recording
from renshaw.io.refusal import Refusal

# Versions 2.0 to 5, with room for those to come.
_VERSIONS = range(30, 400)
_VERSION_4, _VERSION_WITH_PADDING = 61, 124
# Where the header counts blocks of padding, and that of a channel its samples.
_PADDINGS_AT, _POINTS_AT = 2398, 88
_LONGEST_HEADER = 1 << 20
# The types of the samples come within so many bytes, of two bytes each at least.
_SEARCHED, _FEWEST_BYTES = 4096, 2
_MOST_CHANNELS = 1000
_SLOWEST_MS = 1e6
_CURE = (
    "In AcqKnowledge: File, Save As, choose MATLAB (*.mat) or Text (*.txt), and read that file "
    "instead"
)


@dataclass(frozen=True)
class _Header:
    """What the beginning of a file says.

    Parameters
    ----------
    order : str
        ``"<"`` or ``">"``: the order of its bytes.
    version, length, channels : int
        Of the file, of its header in bytes, and how many channels there are.
    """

    order: str
    version: int
    length: int
    channels: int

    @property
    def late(self) -> bool:
        """Whether it is of version 4 or later, whose headers are others."""
        return self.version >= _VERSION_4

    def at(self, content: bytes, layout: str, place: int) -> int:
        """Return a whole number of the file."""
        if not 0 <= place <= len(content) - struct.calcsize(layout):
            raise Refusal(f"It ends within its headers. Copy it again. {_CURE}")
        return int(struct.unpack_from(self.order + layout, content, place)[0])


def recognizes(probe: Probe) -> bool:
    """Whether its beginning is one of AcqKnowledge, in either order of bytes."""
    return _header(probe) is not None


def _header(probe: Probe) -> _Header | None:
    for order in "<>":
        layout = f"{order}hiihhhd"
        if len(probe.head) < struct.calcsize(layout):
            return None
        _, version, length, channels, _, _, step_ms = struct.unpack_from(layout, probe.head)
        if (
            version in _VERSIONS
            and 0 < length <= min(_LONGEST_HEADER, probe.size)
            and 1 <= channels <= _MOST_CHANNELS
            and math.isfinite(step_ms)
            and 0 < step_ms < _SLOWEST_MS
        ):
            return _Header(order, version, length, channels)
    return None


def _check(probe: Probe) -> None:
    """Refuse headers that lead nowhere, in which the library would look for long."""
    header = _header(probe)
    if header is None:
        raise Refusal(f"Its header is none of AcqKnowledge. {_CURE}")
    with probe.stream() as stream:
        content = stream.read(_LONGEST_HEADER)
    at = header.length
    if header.version >= _VERSION_WITH_PADDING:
        paddings = header.at(content, "h", _PADDINGS_AT)
        for _ in range(min(paddings, _MOST_CHANNELS)):
            at += max(1, header.at(content, "i", at))
    claimed = 0
    for _ in range(header.channels):
        claimed += max(0, header.at(content, "i", at + _POINTS_AT)) * _FEWEST_BYTES
        at += max(1, header.at(content, "i", at))
    at += header.at(content, "i" if header.late else "h", at)
    said = b"|".join(
        re.escape(struct.pack(f"{header.order}hh", *each)) for each in ((8, 0), (8, 1), (2, 2))
    )
    kinds = re.compile(b"(?:%s){%d}" % (said, header.channels), re.S)
    window = content[max(0, at) : max(0, at) + _SEARCHED + 4 * header.channels]
    if kinds.search(window) is None:
        raise Refusal(f"It ends within its headers, or these are damaged. {_CURE}")
    # Packed samples may be more than the file has bytes, but not by any factor.
    probe.budget.spend(claimed, "Its channels")


def read(probe: Probe) -> Recording:
    """Read the EMG, the force and other channels, and the markers."""
    _check(probe)
    parts = labs.parts(probe, "acq", _CURE)
    notes = ["AcqKnowledge file."]
    notes += [part.about["title"] for part in parts if part.about["kind"] == "note"]
    marks = [part.about for part in parts if part.about["kind"] == "event"]
    if len(marks) > MOST_EVENTS:
        raise Refusal(f"It holds more than {MOST_EVENTS:,} markers")
    events = [
        Event(about["time_s"], 0.0, about["title"].strip() or "marker")
        for about in marks
        if math.isfinite(about["time_s"])
    ]
    made = [
        Channel(
            part.about["title"].strip(),
            part.about["unit"].strip(),
            part.scaled,
            checked_rate(part.about["fs_hz"], f"The rate of {part.about['title']}"),
        )
        for part in parts
        if part.about["kind"] == "wave"
    ]
    emg = [channel for channel in made if is_emg(channel.name, channel.unit)]
    others = [channel for channel in made if not is_emg(channel.name, channel.unit)]
    return raw_recording(emg, others, budget=probe.budget, events=events, notes=notes)


FORMATS.add(
    Format(
        name="acqknowledge_acq",
        title="AcqKnowledge",
        description="AcqKnowledge's own .acq with EMG and force",
        rank=28,
        endings=(".acq",),
        holds="raw EMG, force, other channels, markers",
        recognizes=recognizes,
        read=read,
        raw=True,
        install="pip install 'renshaw[labs]'",
    )
)
