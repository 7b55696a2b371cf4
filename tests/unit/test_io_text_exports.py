"""Text exports of Spike2, LabChart, AcqKnowledge, and annotations of EMGlab."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import renshaw as rs
from renshaw.core.errors import ReadError
from renshaw.data.recording import Event

TRAIN = [0.5, 0.625, 0.75, 0.9]


def read(folder: Path, *lines: str, **options: object) -> rs.Recording:
    path = folder / "a.txt"
    path.write_text("\r\n".join(lines) + "\r\n", encoding="cp1252")
    return rs.read(path, options=rs.ReadOptions(**options))


def refused(folder: Path, *lines: str, match: str, **options: object) -> None:
    with pytest.raises(ReadError, match=match):
        read(folder, *lines, **options)


INFORMATION = ('"INFORMATION"', '"trial.smr"', '""', '"SUMMARY"', '"1"\t"Evt+"\t"x"')


def channel(number: int, kind: str, title: str, *rows: str) -> tuple[str, ...]:
    return ("", f'"CHANNEL"\t"{number}"', f'"{kind}"', '"No comment"', f'"{title}"', "", *rows)


EVENTS = channel(2, "Evt+", "MU 1", *map(str, TRAIN))
FORCE = channel(
    1, "Waveform", "Kraft", '" N"\t100', '"START"\t0.00000\t0.01000', *["1.5"] * 100, "2.0"
)


def test_spike2_events_and_force(tmp_path):
    recording = read(tmp_path, *INFORMATION, *FORCE, *EVENTS)
    assert recording.history.steps[-1].settings["format"] == "spike2_text"
    assert recording.units.labels == ("MU 1",)
    assert recording.units[0].tolist() == TRAIN
    assert recording.torque is not None
    assert (recording.torque.fs_hz, recording.torque.unit) == (100, "N")
    assert recording.units.window_s == (0, 1.01)


@pytest.mark.parametrize("interval", ["", "\t0.00005"])
def test_spike2_spikes_are_sorted_by_their_codes(interval, tmp_path):
    rows: list[str] = []
    for at, time in enumerate([*TRAIN, 0.95]):
        rows += [f'"WAVMK"\t{time}{interval}\t{at % 2 + 1}\t0\t0\t0', "0.01", "-0.02", "3"]
    rows += [f'"WAVMK"\t0.99{interval}\t0\t0\t0\t0', "0.01"]
    recording = read(tmp_path, *INFORMATION, *channel(3, "WaveMark", "nw-1", *rows))
    assert recording.units.labels == ("nw-1 1", "nw-1 2")
    assert [t.tolist() for t in recording.units] == [[0.5, 0.75, 0.95], [0.625, 0.9]]
    assert any("belong to no unit" in note for note in recording.notes)


def test_spike2_keys_and_stimuli_are_no_units(tmp_path):
    keys = channel(31, "Marker", "Keyboard", '0.25\t"A"\t0\t0\t0')
    stimuli = channel(4, "Evt+", "Stim", "0.1", "0.2")
    recording = read(tmp_path, *INFORMATION, *EVENTS, *keys, *stimuli)
    assert len(recording.units) == 1
    assert [event.label for event in recording.events] == ["Keyboard", "Stim", "Stim"]


def test_spike2_raw_emg(tmp_path):
    rows = ('" mV"\t1000', '"START"\t0.00000\t0.00100', *map(str, np.arange(50) / 100))
    recording = read(tmp_path, *INFORMATION, *channel(1, "Waveform", "EMG TA", *rows))
    assert recording.signals["emg"].fs_hz == 1000
    assert recording.signals["emg"].values[1, 0] == pytest.approx(10)


def test_spike2_without_units_or_emg(tmp_path):
    refused(tmp_path, *INFORMATION, *FORCE, match="'Kraft'")


LABCHART = (
    "Interval=\t0.5 ms",
    "ExcelDateTime=\t4.5E+04\t01/05/2025 15:08:44.15",
    "TimeFormat=\tStartOfBlock",
    "ChannelTitle=\tEMG TA\tForce",
    "Range=\t10.000 mV\t10.000 V",
    "UnitName=\t*\tN",
)


def test_labchart(tmp_path):
    rows = [f"{at / 2000:.4f}\t{at % 7 / 10:.1f}\t{at}" for at in range(300)]
    rows[100] += "\t#* go"
    recording = read(tmp_path, *LABCHART, *rows)
    assert recording.signals["emg"].fs_hz == 2000
    assert recording.signals["emg"].values[:3, 0].tolist() == pytest.approx([0, 100, 200])
    assert recording.torque is not None
    assert recording.torque.unit == "N"
    assert recording.torque.values[-1] == 299
    assert recording.events == (Event(0.05, 0.0, "go"),)


def test_labchart_without_times_and_with_decimal_commas(tmp_path):
    head = [line.replace("0.5 ms", "0,0005 s") for line in LABCHART]
    rows = [f"{at % 7 / 10:.1f}\t{at / 10:.1f}".replace(".", ",") for at in range(300)]
    recording = read(tmp_path, *head, *rows)
    assert recording.signals["emg"].fs_hz == 2000
    assert recording.torque is not None
    assert recording.torque.values[1] == pytest.approx(0.1)


def test_labchart_channels_of_zeros_and_ones_are_units(tmp_path):
    head = [line.replace("EMG TA", "MU 1") for line in LABCHART]
    rows = [f"{at / 2000:.4f}\t{int(at % 100 == 50)}\t{at}" for at in range(300)]
    recording = read(tmp_path, *head, *rows)
    assert recording.units[0].tolist() == [0.025, 0.075, 0.125]
    assert recording.torque is not None


def test_a_channel_called_after_times_is_no_time_axis(tmp_path):
    head = [line.replace("Force", "Sample") for line in LABCHART]
    rows = [f"{at / 2000:.4f}\t{at % 7 / 10:.1f}\t{at % 3}" for at in range(300)]
    recording = read(tmp_path, *head, *rows)
    assert recording.signals["emg"].fs_hz == 2000
    assert recording.signals["Sample"].unit == "N"


def test_labchart_blocks_are_recordings_of_their_own(tmp_path):
    block = (*LABCHART, "0.0000\t0.1\t1", "0.0005\t0.2\t1")
    refused(tmp_path, *block, *block, match=r"2 blocks.*--variable 1")
    refused(tmp_path, *block, *block, match="no block 3, but 2", variable="3")


@pytest.mark.parametrize("number", [1, 2])
def test_a_block_of_labchart_is_read_by_its_number(number, tmp_path):
    rows = [[f"{at / 2000:.4f}\t{n + at % 3}\t{at % 5}" for at in range(9 * n)] for n in (1, 2)]
    path = tmp_path / "a.txt"
    path.write_text("\n".join([*LABCHART, *rows[0], *LABCHART, *rows[1]]) + "\n")
    recording = rs.read(path, options=rs.ReadOptions(variable=str(number)))
    emg = recording.signals["emg"]
    assert (len(emg), emg.values[0, 0]) == (9 * number, 1000.0 * number)
    whole = rs.read(_alone(tmp_path, rows[number - 1]))
    assert recording.signals["emg"].fingerprint() == whole.signals["emg"].fingerprint()


def _alone(folder: Path, rows: list[str]) -> Path:
    path = folder / "alone.txt"
    path.write_text("\n".join([*LABCHART, *rows]) + "\n")
    return path


def test_a_rate_that_contradicts_labchart(tmp_path):
    refused(tmp_path, *LABCHART, "0.0000\t0.1\t1", "0.0005\t0.2\t1", match="contradicts", fs_hz=100)


@pytest.mark.parametrize("count", ["", "300\t300", "300 samples\t300 samples"])
@pytest.mark.parametrize("time", ["", "milliSec\t", "min\t"])
@pytest.mark.parametrize("date", [(), ("Recording on: 2025-02-21 11:05:38.634",)])
def test_acqknowledge(count, time, date, tmp_path):
    head = [
        "a.acq",
        *date,
        "0.5 msec/sample",
        "2 channels",
        "EMG TA - EMG100C",
        "mV",
        "Torque",
        "Nm",
    ]
    rows = [f"{time}CH1\tCH2"] + [f"{time and chr(9)}{count}"] * bool(count)
    rows += [
        f"{at / 2 if time else ''}{time and chr(9)}{at % 7 / 10:.1f}\t{at}" for at in range(300)
    ]
    recording = read(tmp_path, *head, *rows)
    emg = recording.signals["emg"]
    assert (emg.fs_hz, len(emg)) == (2000, 300)
    assert emg.values[:3, 0].tolist() == pytest.approx([0, 100, 200])
    assert recording.torque is not None
    assert recording.torque.values[-1] == 299


EAF = (
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<emglab_annotation_file xmlns="http://ece.wpi.edu/~ted">',
    "<emglab_version>0.01</emglab_version>",
    "<emglab_general_information>",
    "<samprate>10000</samprate><datastop>3</datastop>",
    "</emglab_general_information>",
    "<emglab_spike_header>",
    "<time></time><unit></unit><chan></chan>",
    "</emglab_spike_header>",
    "<emglab_spike_events>",
)
END = ("</emglab_spike_events>", "</emglab_annotation_file>")


def test_emglab(tmp_path):
    rows = [f"{time} {unit} 1" for unit in (2, 10) for time in TRAIN]
    recording = read(tmp_path, *EAF, *rows, "0.951 2 3", *END)
    assert recording.units.labels == ("2", "10")
    assert recording.units[0].tolist() == TRAIN
    assert recording.units.fs_hz == 10_000
    assert recording.units.window_s == (0, 3)
    assert any("channel with most discharges" in note for note in recording.notes)


def test_a_truncated_emglab_file(tmp_path):
    refused(tmp_path, *EAF, "0.5 1 1", match="truncated")


def test_emglab_columns(tmp_path):
    head = [line.replace("<unit></unit>", "") for line in EAF]
    refused(tmp_path, *head, "0.5 1", *END, match="time and unit are needed")
