"""Files of raw EMG, written to their published layouts without renshaw."""

from __future__ import annotations

import io
import struct
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import scipy.io

FS_HZ = 2000.0
SAMPLES = 1024
CHANNELS = 8


def emg_uv(seed: int = 0) -> Any:
    """EMG of some hundred microvolts, samples x channels."""
    return np.random.default_rng(seed).normal(0, 200, (SAMPLES, CHANNELS))


def force() -> Any:
    """A ramp in volts."""
    return np.linspace(0, 2, SAMPLES)


def tar(path: Path, members: dict[str, bytes]) -> None:
    """Write a plain tar archive."""
    with tarfile.open(path, "w:") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


def otb_plus(path: Path, bits: int = 16) -> None:
    """Write what OT Biolab+ does for a Quattrocento with one grid of 8 and a load cell."""
    counts = np.empty((SAMPLES, CHANNELS + 1))
    counts[:, :CHANNELS] = emg_uv() / 1e6 * 150 * 2**bits / 5
    counts[:, CHANNELS] = force() * 0.5 * 2**bits / 5
    channels = "".join(
        f'<Channel Index="{i}" ID="HD10MM0402" Muscle="Soleus" Gain="1" Description="e{i}"/>'
        for i in range(CHANNELS)
    )
    device = f"""<?xml version="1.0" encoding="utf-8"?>
    <Device Name="QUATTROCENTO" ID="0" SampleFrequency="{FS_HZ:g}" ad_bits="{bits}"
      DeviceTotalChannels="{CHANNELS + 1}"><Channels>
      <Adapter ID="MULTI IN" Gain="150" ChannelStartIndex="0">{channels}</Adapter>
      <Adapter ID="Direct connection" Gain="0.5" ChannelStartIndex="{CHANNELS}">
      <Channel Index="0" ID="AUX" Gain="1" Description="Force"/></Adapter>
      </Channels></Device>"""
    members = {"abc.sig": integers(counts, bits // 8), "abc.xml": device.encode()}
    tar(path, members)


def integers(counts: Any, size: int) -> bytes:
    """Return little-endian integers of 2, 3 or 4 bytes."""
    steps = np.rint(counts).astype("<i4")
    if size == 3:
        return _three(steps)
    return steps.astype(f"<i{size}").tobytes()


def _three(steps: Any) -> bytes:
    return np.ascontiguousarray(
        np.ascontiguousarray(steps).view(np.uint8).reshape(*steps.shape, 4)[..., :3]
    ).tobytes()


def otb4(path: Path) -> None:
    """Write what OT Biolab Light does: two tracks in one stream of four-byte integers."""
    counts = np.empty((SAMPLES, CHANNELS + 1))
    counts[:, :CHANNELS] = emg_uv() / 1e3 / (1000 * 4.8 / 2**24 / 8)
    counts[:, CHANNELS] = force() / (5 / 2**24 / 0.5)

    def track(title: str, first: int, count: int, span: float, gain: float, unit: str) -> str:
        factor = 1000 if unit == "mV" else 1
        return f"""<TrackInfo><Device>MUOVI;1</Device><Title>{title}</Title>
        <SubTitle>{"HD10MM0402" if count > 1 else "Load cell"}</SubTitle>
        <SignalStreamPath>stream.sig</SignalStreamPath><AcquisitionChannel>{first}
        </AcquisitionChannel><NumberOfChannels>{count}</NumberOfChannels>
        <TotalChannelsInFile>{CHANNELS + 1}</TotalChannelsInFile><SampleSize>4</SampleSize>
        <SamplingFrequency>{FS_HZ:g}</SamplingFrequency><ADC_Nbits>24</ADC_Nbits>
        <ADC_Range>{span}</ADC_Range><Gain>{gain}</Gain><UnitOfMeasurement>{unit}
        </UnitOfMeasurement><UnitOfMeasurementFactor>{factor}</UnitOfMeasurementFactor>
        </TrackInfo>"""

    tracks = track("Soleus", 0, CHANNELS, 4.8, 8, "mV") + track("Load", CHANNELS, 1, 5, 0.5, "V")
    xml = f"<?xml version='1.0'?><ArrayOfTrackInfo>{tracks}</ArrayOfTrackInfo>"
    tar(path, {"Tracks_000.xml": xml.encode(), "stream.sig": integers(counts, 4)})


def _qstring(text: str) -> bytes:
    raw = text.encode("utf-16-le")
    return struct.pack("<I", len(raw)) + raw


def intan(path: Path) -> None:
    """Write an Intan file of version 2 with one port and one analog input."""
    head = b"\x02\x27\x91\xc6" + struct.pack("<hhf", 2, 0, FS_HZ)
    head += struct.pack("<h6fh2f", 0, *[0.0] * 6, 0, 0.0, 0.0)
    head += _qstring("") * 3 + struct.pack("<hh", 0, 0) + _qstring("n/a")

    def channel(name: str, kind: int) -> bytes:
        order = struct.pack("<6h", 0, 0, kind, 1, 0, 0)
        return _qstring(name) * 2 + order + struct.pack("<4h2f", 0, 0, 0, 0, 0.0, 0.0)

    port = b"".join(channel(f"A-{i:03d}", 0) for i in range(CHANNELS))
    head += struct.pack("<h", 2)
    head += _qstring("Port A") + _qstring("A") + struct.pack("<3h", 1, CHANNELS, CHANNELS) + port
    head += _qstring("Board ADC") + _qstring("ADC") + struct.pack("<3h", 1, 1, 0)
    head += channel("force", 3)
    emg = np.rint(emg_uv() / 0.195 + 32768).astype("<u2")
    analog = np.rint(force() / 0.000050354).astype("<u2")
    blocks = b""
    for first in range(0, SAMPLES, 128):
        block = slice(first, first + 128)
        blocks += np.arange(first, first + 128, dtype="<i4").tobytes()
        blocks += np.ascontiguousarray(emg[block].T).tobytes() + analog[block].tobytes()
    path.write_bytes(head + blocks)


def edf(path: Path, bdf: bool = False) -> None:
    """Write EDF+ or BDF+ of 8 records with eight EMG channels, a force and annotations."""
    names = [f"EMG{i + 1}" for i in range(CHANNELS)] + ["Force"]
    names += ["BDF Annotations" if bdf else "EDF Annotations"]
    units = ["uV"] * CHANNELS + ["V", ""]
    highs = [2000.0] * CHANNELS + [5.0, 1.0]
    top = 2**23 - 1 if bdf else 2**15 - 1
    records, per = 8, SAMPLES // 8
    count = len(names)

    def column(values: list[Any], width: int) -> bytes:
        return b"".join(str(v)[:width].ljust(width).encode() for v in values)

    head = (b"\xffBIOSEMI" if bdf else b"0       ") + b" " * 176
    head += column([256 * (count + 1)], 8) + column(["EDF+C"], 44)
    head += column([records, per / FS_HZ], 8) + column([count], 4)
    head += column(names, 16) + column([""] * count, 80) + column(units, 8)
    head += column([f"{-h:g}" for h in highs], 8) + column([f"{h:g}" for h in highs], 8)
    head += column([-top] * count, 8) + column([top] * count, 8) + column([""] * count, 80)
    head += column([per] * count, 8) + column([""] * count, 32)
    physical = np.column_stack([emg_uv(), force()])
    steps = np.rint(physical / np.array(highs[:-1]) * top)
    size = 3 if bdf else 2
    body = b""
    for record in range(records):
        block = slice(record * per, (record + 1) * per)
        for i in range(count - 1):
            body += integers(steps[block, i : i + 1], size)
        mark = f"+{record * per / FS_HZ:g}\x14\x14\0".encode()
        if record == 2:
            mark += b"+0.125\x150.5\x14go\x14\0"
        body += mark.ljust(per * size, b"\0")
    path.write_bytes(head + body)


def delsys(path: Path) -> None:
    """Write what Delsys's programs export for MATLAB."""
    data = np.vstack([emg_uv().T / 1e6, force()])
    names = np.empty(CHANNELS + 1, dtype=object)
    names[:] = [f"Galileo: EMG {i + 1}" for i in range(CHANNELS)] + ["Load cell"]
    rates = np.full(CHANNELS + 1, FS_HZ)
    scipy.io.savemat(path, {"Data": data, "Channels": names, "Fs": rates, "Time": data[:1]})


def otb_export(path: Path) -> None:
    """Write what OT Biolab+ exports for MATLAB when nothing was decomposed."""
    names = np.empty((CHANNELS + 1, 1), dtype=object)
    names[:, 0] = [f"Soleus - HD10MM0402 ({i + 1})[uV]" for i in range(CHANNELS)] + ["Force[V]"]
    data = np.column_stack([emg_uv(), force()])
    content = {"Data": data, "Description": names, "SamplingFrequency": FS_HZ}
    scipy.io.savemat(path, content)


def muedit(path: Path) -> None:
    """Write what MUedit saves before it decomposes."""
    grid = np.empty((1, 1), dtype=object)
    grid[0, 0] = "HD10MM0402"
    signal = {"data": emg_uv().T, "fsamp": FS_HZ, "gridname": grid, "path": force()[None]}
    scipy.io.savemat(path, {"signal": signal})


# Reader, and how exactly the format holds the EMG (uV).
RAW_SAMPLES = {
    "otb_plus": (otb_plus, "otb_archive", 0.3),
    "otb_plus_24": (lambda path: otb_plus(path, 24), "otb_archive", 0.01),
    "otb4": (otb4, "otb_archive", 0.03),
    "intan": (intan, "intan", 0.1),
    "edf": (edf, "edf", 0.1),
    "bdf": (lambda path: edf(path, bdf=True), "edf", 0.01),
    "delsys": (delsys, "delsys", 0.01),
    "otb_export": (otb_export, "otb", 0.01),
    "muedit": (muedit, "muedit", 0.01),
}
