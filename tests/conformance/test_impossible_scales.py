"""Gains, ranges, offsets and rates that no amplifier has, and values of JSON that are no numbers.

A sample divided by a gain of 0, or multiplied by NaN, is silently nothing. Each setting that
samples
go through is refused by its name, in every reader that has one.
"""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import h5py
import numpy as np
import pytest
from samples import edf, otb_archive
from scipy.io import savemat

import renshaw as rs
from renshaw.io.containers import labs
from renshaw.io.refusal import Refusal

OPENHDEMG = {
    "SOURCE": '"CUSTOMCSV"',
    "FSAMP": "2048.0",
    "MUPULSES": "[[1, 2000, 4000, 6000], [2, 3000, 5000]]",
    "EMG_LENGTH": "8192",
}
NUMBERS = '{"columns": [0], "index": [0, 1], "data": %s}'


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("MUPULSES", "[[true, false]]"),
        ("MUPULSES", "[true, false]"),
        ("MUPULSES", "[[1, true, 5]]"),
        ("MUPULSES", '[["12", "13"]]'),
        ("MUPULSES", "[[1" + 400 * "0" + "]]"),
        ("BINARY_MUS_FIRING", NUMBERS % "[[true], [false]]"),
        ("REF_SIGNAL", NUMBERS % "[[true], [false]]"),
        ("RAW_SIGNAL", NUMBERS % '[["1"], ["2"]]'),
        ("ACCURACY", NUMBERS % '[[true], ["0.9"]]'),
        ("FSAMP", "true"),
        ("FSAMP", "[2048]"),
        ("FSAMP", "0"),
        ("FSAMP", "NaN"),
        ("FSAMP", "1" + 400 * "0"),
    ],
)
@pytest.mark.parametrize("wrapped", [True, False])
def test_only_numbers_are_numbers_in_json(tmp_path, key, text, wrapped):
    held = {**OPENHDEMG, key: text}
    if key == "BINARY_MUS_FIRING":
        del held["MUPULSES"]
    path = tmp_path / "units.json"
    if wrapped:
        path.write_text(json.dumps(held), encoding="utf-8")
    else:
        members = ", ".join(f'"{k}": {v}' for k, v in held.items())
        path.write_text(f"{{{members}}}", encoding="utf-8")
    with pytest.raises(rs.ReadError, match=key):
        rs.read(path)


def changed(archive: Path, old: str, new: str) -> None:
    """Change the description in an archive of OT Bioelettronica."""
    with tarfile.open(archive) as tar:
        members = {m.name: tar.extractfile(m).read() for m in tar}  # type: ignore[union-attr]
    with tarfile.open(archive, "w") as tar:
        for name, content in members.items():
            if name.endswith(".xml"):
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


@pytest.mark.parametrize("value", ["0", "NaN", "inf", "-inf", "-1", "1e400", "abc", "1_5"])
@pytest.mark.parametrize(
    ("write", "old", "new", "named"),
    [
        (otb_archive.otb_plus, 'Gain="150"', 'Gain="{}"', "Gain of the adapter 'MULTI IN'"),
        (
            otb_archive.otb_plus,
            'Gain="1" Description="e3"',
            'Gain="{}" Description="e3"',
            "Gain of the channel 'e3'",
        ),
        (otb_archive.otb_plus, 'ad_bits="16"', 'ad_bits="{}"', "ad_bits"),
        (otb_archive.otb_plus, 'SampleFrequency="2000"', 'SampleFrequency="{}"', "SampleFreq"),
        (otb_archive.otb4, "<Gain>8<", "<Gain>{}<", "Gain of 'Soleus'"),
        (otb_archive.otb4, "<ADC_Range>4.8<", "<ADC_Range>{}<", "ADC_Range of 'Soleus'"),
        (otb_archive.otb4, "Factor>1000<", "Factor>{}<", "UnitOfMeasurementFactor of 'Soleus'"),
        (otb_archive.otb4, "Nbits>24<", "Nbits>{}<", "ADC_Nbits of 'Soleus'"),
    ],
)
def test_an_otb_archive_with_an_impossible_scale_is_refused(
    tmp_path, write, old, new, named, value
):
    if (new, value) == ("Nbits>{}<", "0"):
        pytest.skip("0 bits: the samples are in the unit already.")
    path = tmp_path / "a.otb+"
    write(path)
    changed(path, old, new.format(value))
    with pytest.raises(rs.ReadError, match=named):
        rs.read(path)


@pytest.mark.parametrize("new", ["", 'Gain=""', 'Gain="1"'])
def test_an_otb_archive_that_says_no_gain_has_that_of_its_device(tmp_path, new):
    stated, silent = tmp_path / "a.otb+", tmp_path / "b.otb+"
    otb_archive.otb_plus(stated)
    otb_archive.otb_plus(silent)
    changed(silent, 'Gain="150"', new)
    first, second = (rs.read(path).signals["emg"].values for path in (stated, silent))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(("low", "high"), [("5", "5"), ("0", "0")])
def test_an_edf_channel_without_a_physical_range_is_refused(tmp_path, low, high):
    path = tmp_path / "a.edf"
    edf.edf(path)
    content = bytearray(path.read_bytes())
    channels = int(content[252:256])
    for width, text in ((104, low), (112, high)):
        at = 256 + width * channels
        content[at : at + 8] = text.ljust(8).encode()
    path.write_bytes(content)
    with pytest.raises(rs.ReadError, match="physical range of the channel 'EMG1'"):
        rs.read(path)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("scale", v) for v in (0.0, np.nan, np.inf)]
    + [("offset", v) for v in (np.nan, -np.inf)]
    + [("interval", v) for v in (0.0, -1.0, np.nan, np.inf)],
)
def test_a_spike2_waveform_with_an_impossible_scale_is_refused(tmp_path, setting, value):
    times = np.arange(0, 10, 0.1)
    every = {"comment": "", "interval": 1e-3, "scale": 1.0, "offset": 0.0, "units": "N"}
    wave = {**every, "title": "Force", "start": 0.0, "length": 1000}
    wave |= {"values": np.arange(1000, dtype=np.int16), setting: value}
    spikes = {**every, "title": "u", "resolution": 1e-5, "times": times, "length": len(times)}
    spikes |= {"codes": np.ones((len(times), 4), np.uint8), "values": np.zeros((len(times), 3))}
    path = tmp_path / "a.mat"
    savemat(path, {"A_Ch1": wave, "A_Ch2": {**spikes, "items": 1, "trigger": 0}})
    with pytest.raises(rs.ReadError, match=setting):
        rs.read(path)


@pytest.mark.parametrize(
    ("gain", "offset", "named"),
    [(0.0, 0.0, "scale factor"), (np.nan, 0.0, "scale factor"), (1.0, np.inf, "offset")],
)
def test_a_channel_of_a_laboratory_program_with_an_impossible_scale_is_refused(gain, offset, named):
    about = {"kind": "wave", "title": "Force", "gain": gain, "offset": offset}
    part = labs.Part(about, {"values": np.arange(5, dtype=np.int16)})
    with pytest.raises(Refusal, match=f"{named} of 'Force'"):
        _ = part.scaled


def nwb(path: Path) -> h5py.File:
    """Return an open file with units and a force, to be changed and closed."""
    file = h5py.File(path, "w")
    for name in ("identifier", "session_start_time", "session_description"):
        file[name] = "x"
    file.create_group("general")
    force = file.create_group("acquisition/force")
    force["data"] = np.linspace(0, 1, 3000)
    force["starting_time"] = 0.0
    force["starting_time"].attrs["rate"] = 1000.0
    file["units/id"] = [0]
    file["units/spike_times"] = np.arange(0.1, 2.9, 0.1)
    file["units/spike_times_index"] = [28]
    return file


@pytest.mark.parametrize(
    ("setting", "value"),
    [("conversion", v) for v in (0.0, np.nan, np.inf)] + [("offset", v) for v in (np.nan, np.inf)],
)
def test_an_nwb_series_with_an_impossible_scale_is_refused(tmp_path, setting, value):
    path = tmp_path / "a.nwb"
    with nwb(path) as file:
        file["acquisition/force/data"].attrs[setting] = value
    with pytest.raises(rs.ReadError, match=f"{setting} of 'force'"):
        rs.read(path)


@pytest.mark.parametrize("rate", [0.0, -1.0, np.nan, np.inf])
def test_an_nwb_series_at_an_impossible_rate_is_refused(tmp_path, rate):
    path = tmp_path / "a.nwb"
    with nwb(path) as file:
        file["acquisition/force/starting_time"].attrs["rate"] = rate
    with pytest.raises(rs.ReadError, match="rate"):
        rs.read(path)


def test_a_very_small_conversion_of_nwb_is_no_zero(tmp_path):
    path = tmp_path / "a.nwb"
    with nwb(path) as file:
        file["acquisition/force/data"].attrs["conversion"] = 1e-15
    assert np.ptp(rs.read(path).signals["torque"].values) == pytest.approx(1e-15)


def test_each_channel_of_nwb_has_its_own_conversion(tmp_path):
    plain, scaled = tmp_path / "a.nwb", tmp_path / "b.nwb"
    for path, factors in ((plain, None), (scaled, [3.0])):
        with nwb(path) as file:
            if factors is not None:
                file["acquisition/force/channel_conversion"] = factors
    one, other = (rs.read(path).signals["torque"].values for path in (plain, scaled))
    np.testing.assert_allclose(other, 3 * one)
    for factors, words in (([1.0, 2.0], "has 2 numbers for 1 channels"), ([0.0], "is 0")):
        with h5py.File(scaled, "a") as file:
            del file["acquisition/force/channel_conversion"]
            file["acquisition/force/channel_conversion"] = factors
        with pytest.raises(rs.ReadError, match=f"channel_conversion of 'force' {words}"):
            rs.read(scaled)


def test_spike_times_of_nwb_that_are_true_and_false_are_refused(tmp_path):
    path = tmp_path / "a.nwb"
    with nwb(path) as file:
        del file["units/spike_times"]
        file["units/spike_times"] = np.arange(28) % 2 == 0
    with pytest.raises(rs.ReadError, match="numbers"):
        rs.read(path)


@pytest.mark.parametrize("rate", ["0", "-10000", "1e12"])
def test_an_emglab_file_at_an_impossible_rate_is_refused(tmp_path, rate):
    from renshaw.io import FORMATS

    path = tmp_path / "a.eaf"
    FORMATS["emglab"].sample(path)
    text = path.read_text(encoding="utf-8")
    assert "<samprate>10000<" in text
    path.write_text(text.replace("<samprate>10000<", f"<samprate>{rate}<"), encoding="utf-8")
    with pytest.raises(rs.ReadError, match="samprate"):
        rs.read(path)
