"""Archives of OT Biolab+ and OT Biolab Light."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from samples._containers import integers, tar
from samples._raw import CHANNELS, FS_HZ, RawSample, emg_uv, force
from samples._raw import SAMPLES as LENGTH


def otb_plus(path: Path, bits: int = 16) -> None:
    """Write what OT Biolab+ does for a Quattrocento with one grid of 8 and a load cell."""
    counts = np.empty((LENGTH, CHANNELS + 1))
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


def otb4(path: Path) -> None:
    """Write what OT Biolab Light does: two tracks in one stream of four-byte integers."""
    counts = np.empty((LENGTH, CHANNELS + 1))
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


SAMPLES = (
    RawSample("otb_plus", otb_plus, 0.3),
    RawSample("otb_plus_24", lambda path: otb_plus(path, 24), 0.01),
    RawSample("otb4", otb4, 0.03),
)
