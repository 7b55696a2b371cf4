"""OT Bioelettronica's own files: ``.otb+`` of OT Biolab+ and ``.otb4`` of OT Biolab Light.

Both are tar archives of binary signals (``.sig``, all channels of a sample side by side) and XML
descriptions. ``.otb+``: ``<Device>`` with ``<Adapter>`` and ``<Channel>``, raw counts that become
volts by the device's range, bits and gain. ``.otb4``: one ``<TrackInfo>`` a grid or sensor, with
its own range, bits, gain and unit.

Source: OT Bioelettronica, OTB-Matlab (scripts that open these files).
"""

from __future__ import annotations

import tarfile
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from renshaw.data.recording import Recording
from renshaw.io.budget import Budget
from renshaw.io.containers import xml
from renshaw.io.format import FORMATS, Format
from renshaw.io.limits import MOST_VARIABLES, checked_rate
from renshaw.io.probe import Probe
from renshaw.io.raw import Channel, raw_recording, to_microvolts, whole_numbers
from renshaw.io.refusal import Refusal

Array = np.ndarray[Any, Any]

_MOST_CHANNELS = 2048
# Range (V), bits and gain by device; what OTB-Matlab's OpenOTBfilesConvFact lists.
_DEVICES = {
    "QUATTRO": (5.0, 150.0),
    "QUATTROCENTO": (5.0, 150.0),
    "DUE": (5.0, 200.0),
    "DUE+": (3.3, 202.0),
    "QUATTRO+": (3.3, 202.0),
}
_OTHER_DEVICE = (4.8, 256.0)
_DIRECT = (5.0, 0.5)
_CONTROL = ("control", "quaternion", "buffer", "ramp", "trigger")
_AUXILIARY = ("aux", "load", "direct", "force")


def recognizes(probe: Probe) -> bool:
    """Whether it is a tar archive whose first member is a signal or a description."""
    if probe.head[257:262] != b"ustar":
        return False
    first = probe.head[:100].split(b"\0")[0].lower()
    return first.endswith((b".sig", b".xml", b".otb", b".bin", b".pro", b".png", b".txt"))


def read(probe: Probe) -> Recording:
    """Read the raw EMG with its grids, and the force."""
    archive = _Archive(probe)
    tracks = [
        track
        for name in archive.names
        if name.endswith(".xml") and b"TrackInfo" in (content := archive.content(name))
        for track in xml.parsed(content, name, archive.budget).iter("TrackInfo")
    ]
    if tracks:
        return _from_tracks(archive, tracks)
    for name in archive.names:
        if name.endswith(".xml") and b"<Device" in archive.content(name):
            root = xml.parsed(archive.content(name), name, archive.budget)
            if root.tag == "Device":
                return _from_device(archive, name, root)
    raise Refusal("It is an archive, but no recording of OT Bioelettronica is in it")


class _Archive:
    """The members of a tar archive, read on demand and never written anywhere."""

    def __init__(self, probe: Probe) -> None:
        self._path, self._budget = probe.path, probe.budget
        self._sizes: dict[str, int] = {}
        self._starts: dict[str, int] = {}
        self._kept: dict[str, bytes] = {}
        self._by_base: dict[str, str] = {}
        try:
            with tarfile.open(self._path, "r:") as tar:
                for count, member in enumerate(tar):
                    if count > MOST_VARIABLES:
                        raise Refusal("It claims more members than any recording")
                    if member.isreg():
                        if member.name in self._sizes:
                            raise Refusal(f"It holds {member.name} twice. Export it again")
                        if member.size > probe.size:
                            raise Refusal(f"{member.name} claims more bytes than the file has")
                        self._sizes[member.name] = member.size
                        self._starts[member.name] = member.offset_data
                        self._by_base.setdefault(PurePosixPath(member.name).name, member.name)
        except tarfile.TarError as error:
            raise Refusal(f"The archive is truncated or damaged ({error})") from None

    @property
    def names(self) -> list[str]:
        """Names of the members."""
        return list(self._sizes)

    def content(self, name: str) -> bytes:
        """Return the bytes of a member."""
        if name not in self._sizes:
            raise Refusal(f"Its description names {name!r}, which is not in the archive")
        if name not in self._kept:
            self._budget.spend(self._sizes[name], name)
            # To look a member up in the archive again would walk through all of them.
            with self._path.open("rb") as stream:
                stream.seek(self._starts[name])
                content = stream.read(self._sizes[name])
            if len(content) < self._sizes[name]:
                raise Refusal(f"{name} is truncated. Copy the file again")
            if not name.endswith(".xml"):
                return content
            self._kept[name] = content
        return self._kept[name]

    def named_like(self, name: str) -> str:
        """Return the member of this name, wherever in the archive it lies."""
        if name in self._sizes:
            return name
        base = PurePosixPath(name.replace("\\", "/")).name
        found = self._by_base.get(base)
        if found is None:
            raise Refusal(f"Its description names {name!r}, which is not in the archive")
        return found

    @property
    def budget(self) -> Budget:
        """What may still be made of it."""
        return self._budget


def _numbers(archive: _Archive, name: str, size: int, channels: int) -> Array:
    if not 1 <= channels <= _MOST_CHANNELS:
        raise Refusal(f"It claims {channels} channels; it is damaged")
    content = archive.content(archive.named_like(name))
    # Integers become float32, those of three bytes pass through int32.
    archive.budget.spend(len(content) // max(1, size) * 8, name)
    return whole_numbers(content, size, channels)


def _from_device(archive: _Archive, description: str, device: Element) -> Recording:
    channels = int(xml.number(device.get("DeviceTotalChannels"), 0))
    bits = int(xml.scale(device.get("ad_bits"), 16, "The number of bits (ad_bits)"))
    fs_hz = checked_rate(xml.number(device.get("SampleFrequency"), 0.0), "SampleFrequency")
    stem = description.removesuffix(".xml")
    signal = f"{stem}.sig" if f"{stem}.sig" in archive.names else _only_signal(archive)
    counts = _numbers(archive, signal, {16: 2, 24: 3, 32: 4}.get(bits, 0), channels)
    name = device.get("Name", "")
    emg: list[Channel] = []
    others: list[Channel] = []
    for adapter in device.iter("Adapter"):
        for _ in adapter.iter("Channel"):
            archive.budget.numbers(len(counts), 4, "The channels of its description")
        _take_adapter(adapter, name, bits, counts, fs_hz, emg, others)
    notes = [f"OT Biolab+ recording of a {name or 'device'}: {channels} channels, {bits} bits."]
    return raw_recording(emg, others, notes=notes)


def _only_signal(archive: _Archive) -> str:
    signals = [name for name in archive.names if name.endswith(".sig")]
    if not signals:
        raise Refusal("It is an OT Biolab+ archive without a signal")
    return signals[0]


def _take_adapter(
    adapter: Element,
    device: str,
    bits: int,
    counts: Array,
    fs_hz: float,
    emg: list[Channel],
    others: list[Channel],
) -> None:
    kind = adapter.get("ID", "")
    if any(word in kind.lower() for word in _CONTROL):
        return
    auxiliary = any(word in kind.lower() for word in _AUXILIARY)
    span, gain = _DIRECT if auxiliary else _DEVICES.get(device.upper(), _OTHER_DEVICE)
    if not auxiliary:
        stated = xml.scale(adapter.get("Gain"), 1.0, f"The Gain of the adapter {kind!r}")
        gain = gain if stated == 1 else stated
    start = int(xml.number(adapter.get("ChannelStartIndex"), 0))
    for channel in adapter.iter("Channel"):
        place = start + int(xml.number(channel.get("Index"), 0))
        code, label = channel.get("ID", ""), channel.get("Description", "")
        if not 0 <= place < counts.shape[1] or any(w in code.lower() for w in _CONTROL):
            continue
        own = xml.scale(channel.get("Gain"), 1.0, f"The Gain of the channel {label or code!r}")
        volts = counts[:, place] * np.float32(span / 2**bits / (gain * own))
        muscle = channel.get("Muscle", "")
        group = " - ".join(part for part in (muscle, code, f"at {start + 1}") if part)
        if auxiliary or any(word in code.lower() for word in _AUXILIARY):
            others.append(Channel(label or code or kind, "V", volts, fs_hz, f"{kind} {code}"))
        else:
            emg.append(Channel(f"{code} ({place + 1})", "V", volts, fs_hz, group, muscle))


def _from_tracks(archive: _Archive, tracks: Sequence[Element]) -> Recording:
    streams: dict[str, Array] = {}
    totals: dict[str, int] = {}
    for track in tracks:
        stream = xml.text(track, "SignalStreamPath")
        totals[stream] = totals.get(stream, 0) + _count(track)
    emg: list[Channel] = []
    others: list[Channel] = []
    device = ""
    for track in tracks:
        path = xml.text(track, "SignalStreamPath")
        if not path:
            continue
        device = device or xml.text(track, "Device")
        if path not in streams:
            size = int(xml.number(xml.text(track, "SampleSize"), 0)) or _size_of_bits(track)
            total = int(xml.number(xml.text(track, "TotalChannelsInFile"), 0)) or totals[path]
            streams[path] = _numbers(archive, path, size, total)
        archive.budget.numbers(
            max(0, _count(track)) * len(streams[path]), 4, "The tracks of its description"
        )
        _take_track(track, streams, path, emg, others)
    device = device.partition(";")[0]
    notes = [f"OT Biolab recording of a {device or 'device'}: {len(emg)} channels of EMG."]
    return raw_recording(emg, others, notes=notes)


def _size_of_bits(track: Element) -> int:
    bits = xml.number(xml.text(track, "ADC_Nbits"), 16)
    return 2 if bits <= 16 else 4


def _count(track: Element) -> int:
    return int(xml.number(xml.text(track, "NumberOfChannels"), 1))


def _take_track(
    track: Element,
    streams: Mapping[str, Array],
    path: str,
    emg: list[Channel],
    others: list[Channel],
) -> None:
    title, subtitle = xml.text(track, "Title"), xml.text(track, "SubTitle")
    words = f"{title} {subtitle}".lower()
    if any(word in words for word in _CONTROL) or xml.text(track, "IsControl").lower() == "true":
        return
    first, count = int(xml.number(xml.text(track, "AcquisitionChannel"), 0)), _count(track)
    stream = streams[path]
    if first < 0 or count < 1 or first + count > stream.shape[1]:
        raise Refusal(f"The track {title!r} claims channels that are not there; it is damaged")
    fs_hz = checked_rate(
        xml.number(xml.text(track, "SamplingFrequency"), 0.0), f"SamplingFrequency of {title}"
    )
    unit = xml.text(track, "UnitOfMeasurement")
    factor = np.float32(_track_factor(track, stream.dtype.itemsize))
    lone = count < 4 or any(word in words for word in _AUXILIARY)
    group = " - ".join(part for part in (title, subtitle) if part)
    for i in range(count):
        values = stream[:, first + i] * factor
        if lone or to_microvolts(unit) is None:
            others.append(
                Channel(f"{group} ({i + 1})" if count > 1 else group, unit, values, fs_hz)
            )
        else:
            emg.append(
                Channel(f"{group} ({i + 1})", unit, values, fs_hz, f"{group} at {first + 1}")
            )


def _track_factor(track: Element, itemsize: int) -> float:
    if itemsize == 8:
        return 1.0
    title = xml.text(track, "Title")
    unit_factor, gain, span = (
        xml.scale(xml.text(track, name), 1.0, f"The {name} of {title!r}")
        for name in ("UnitOfMeasurementFactor", "Gain", "ADC_Range")
    )
    # Without bits, or with 0 of them, the samples are in the unit already.
    words = xml.text(track, "ADC_Nbits")
    bits = (
        0.0 if words.strip() in ("", "0") else xml.scale(words, 0.0, f"The ADC_Nbits of {title!r}")
    )
    if bits > 64:
        raise Refusal(f"The ADC_Nbits of {title!r} is {bits:g}; it is damaged")
    return unit_factor if bits == 0 else span / 2**bits / gain * unit_factor


FORMATS.add(
    Format(
        name="otb_archive",
        title="OT Bioelettronica",
        description="OT Bioelettronica .otb+ and .otb4 with raw EMG",
        rank=110,
        endings=(".otb+", ".otb4"),
        holds="raw EMG with its grids, force",
        recognizes=recognizes,
        read=read,
        raw=True,
    )
)
