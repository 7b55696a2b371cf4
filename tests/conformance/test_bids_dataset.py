"""A BIDS-EMG data set: written as published, read back whole, and studied as it lies."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import renshaw as rs
from renshaw.core.errors import WriteError
from renshaw.data.suspicion import suspicions
from renshaw.io import bids_losses
from renshaw.study.recordings import found_recordings

NAME = "sub-01_ses-pre_task-ramp_run-1"


def recording(fs_hz: float = 2048.0, samples: int = 5000, **changes: object) -> rs.Recording:
    """Return EMG of two grids, one channel of them bad, with torque, events and units."""
    rng = np.random.default_rng(3)
    emg = (50 * rng.standard_normal((samples, 7))).astype(np.float32)
    names = (*(f"TIBIALIS ANTERIOR GR08MM1305 ({i})" for i in range(6)), "x")
    first = rs.Grid(
        "GR", (2, 0, 1), np.array([0.0, 8, 16]), np.array([0.0, 0, 8]), ("", "is flat", "")
    )
    second = rs.Grid("thigh", (3, 4, 5, 6), np.full(4, np.nan), np.full(4, np.nan))
    seconds = samples / fs_hz
    units = rs.MotorUnits(
        (np.array([0.1234567, 0.5, 1.0001]), np.zeros(0), np.arange(0.2, 2.0, 0.1)),
        (0.0, seconds),
        labels=("a", "b", "c"),
        flags=("", "never fires", ""),
        fs_hz=2000.0,
        quality={"silhouette": [0.91, np.nan, 1 / 3], "PNR": [30.0, 20.0, 10.0]},
    )
    signals = {
        "emg": rs.Signal(emg, fs_hz, "uV", channels=names),
        "torque": rs.Signal(np.linspace(0, 20, samples), fs_hz, "% MVC"),
        "temperature of the skin": rs.Signal(np.full(samples, 30.0), fs_hz, "degrees C"),
    }
    events = (rs.Event(0.25, 0.5, "go"), rs.Event(1.0, 0.0, "stop it"))
    made = rs.Recording(units, signals, events, grids=(first, second))
    return dataclasses.replace(made, **changes)


def test_a_data_set_gives_its_recording_back(tmp_path):
    for fs_hz, samples in ((2048.0, 5000), (2148.1481481481483, 4999), (2222.2222222, 4444)):
        before = recording(fs_hz, samples)
        after = rs.read(rs.files.write_bids(before, tmp_path / f"{fs_hz:.0f}", NAME))
        emg, was = after.signals["emg"], before.signals["emg"]
        assert (emg.fs_hz, emg.values.shape, emg.unit) == (fs_hz, (samples, 7), "uV")
        assert emg.channels == was.channels
        # 24 bits of the largest value.
        np.testing.assert_allclose(emg.values, was.values, atol=3e-5)
        assert set(after.signals) == set(before.signals)
        for name in ("torque", "temperature of the skin"):
            one, other = after.signals[name], before.signals[name]
            np.testing.assert_allclose(one.values, other.values, atol=1e-5)
            assert (one.fs_hz, one.unit) == (other.fs_hz, other.unit)
        assert after.units.fingerprint() == before.units.fingerprint()
        assert after.events == before.events
        assert [g.fingerprint() for g in after.grids] == [g.fingerprint() for g in before.grids]


def test_the_layout_is_that_of_the_standard(tmp_path):
    path = rs.files.write_bids(recording(), tmp_path / "set", NAME)
    root = tmp_path / "set"
    assert path.relative_to(root).as_posix() == f"sub-01/ses-pre/emg/{NAME}_emg.bdf"
    about = json.loads((root / "dataset_description.json").read_text())
    assert (about["BIDSVersion"], about["DatasetType"]) == ("1.11.0", "raw")
    sidecar = json.loads(path.with_suffix(".json").read_text())
    required = ("EMGPlacementScheme", "EMGReference", "SamplingFrequency", "PowerLineFrequency")
    assert {*required, "SoftwareFilters", "TaskName"} <= sidecar.keys()
    channels = [
        line.split("\t") for line in (path.parent / f"{NAME}_channels.tsv").read_text().splitlines()
    ]
    assert channels[0][:3] == ["name", "type", "units"]
    assert [row[1] for row in channels[1:]] == ["EMG"] * 7 + ["MISC"] * 2
    assert all(len(row) == len(channels[0]) for row in channels)
    head = path.read_bytes()[:256]
    assert head[:8] == b"\xffBIOSEMI"
    own = json.loads((path.parent / f"{NAME}_channels.json").read_text())
    assert set(own) <= set(channels[0])
    system = json.loads((path.parent / "sub-01_ses-pre_space-grid_coordsystem.json").read_text())
    assert system["EMGCoordinateUnits"] == "mm"
    electrodes = (path.parent / "sub-01_ses-pre_electrodes.tsv").read_text().splitlines()
    assert electrodes[0].startswith("name\tx\ty")
    derived = root / "derivatives" / "renshaw" / "sub-01" / "ses-pre" / "emg"
    assert (derived / f"{NAME}_events.tsv").is_file()


def test_recordings_of_a_session_share_their_electrodes_and_keep_their_own_grids(tmp_path):
    first = recording()
    moved = tuple(rs.Grid(g.name, g.channels, g.x_mm * 2, g.y_mm + 1) for g in first.grids)
    alike = (
        rs.Grid("GR08MM1305", (0, 1, 2), np.arange(3.0), np.zeros(3)),
        rs.Grid("GR08MM1305", (3, 4, 5, 6), np.arange(4.0) * 8, np.ones(4)),
    )
    grids = {"run-1": first.grids, "run-2": first.grids, "run-3": moved, "run-4": alike}
    grids["run-5"] = alike
    for run, own in grids.items():
        made = dataclasses.replace(first, grids=own)
        path = rs.files.write_bids(made, tmp_path / "set", f"sub-01_ses-pre_task-ramp_{run}")
    for run, own in grids.items():
        again = rs.read(path.parent / f"sub-01_ses-pre_task-ramp_{run}_emg.bdf").grids
        assert [g.fingerprint() for g in again] == [g.fingerprint() for g in own], run
    sheet = (path.parent / "sub-01_ses-pre_electrodes.tsv").read_text().splitlines()[1:]
    # Runs 1 and 2 share theirs, and so do 4 and 5; of run 3 one grid moved.
    assert len(sheet) == 7 + 3 + 7


def test_a_recording_written_again_replaces_what_was_there(tmp_path):
    first = recording()
    path = rs.files.write_bids(first, tmp_path / "set", NAME)
    (grid, thigh), none = first.grids, rs.MotorUnits((), first.units.window_s, fs_hz=2048.0)
    moved = rs.Grid(grid.name, grid.channels, grid.x_mm + 4, grid.y_mm)
    rs.files.write_bids(
        dataclasses.replace(first, grids=(moved, thigh), units=none), path.parents[3], NAME
    )
    again = rs.read(path)
    assert [g.fingerprint() for g in again.grids] == [moved.fingerprint(), thigh.fingerprint()]
    assert len(again.units) == 0
    sheet = (path.parent / "sub-01_ses-pre_electrodes.tsv").read_text().splitlines()[1:]
    assert len(sheet) == 7


def test_another_programs_table_of_electrodes_is_left_alone(tmp_path):
    path = rs.files.write_bids(recording(), tmp_path / "set", NAME)
    theirs = path.parent / "sub-01_ses-pre_electrodes.tsv"
    theirs.write_text("name\tx\ty\nR1\t1\t2\n")
    rs.files.write_bids(recording(), tmp_path / "set", NAME)
    assert theirs.read_text() == "name\tx\ty\nR1\t1\t2\n"
    again = rs.read(path).grids
    assert [g.fingerprint() for g in again] == [g.fingerprint() for g in recording().grids]


def earlier_layout(path: Path) -> None:
    """Make of a data set what renshaw wrote before its electrodes were those of a session."""
    folder, root = path.parent, path.parents[3]
    sheet = [
        line.split("\t") for line in (folder / f"{NAME}_channels.tsv").read_text().splitlines()
    ]
    at = sheet[0].index("grid_name")
    kept = ["\t".join(row[:at] + row[at + 1 :]) for row in sheet]
    (folder / f"{NAME}_channels.tsv").write_text("\n".join(kept) + "\n")
    (folder / f"{NAME}_channels.json").unlink()
    rows = (folder / "sub-01_ses-pre_electrodes.tsv").read_text().splitlines()
    cells = [row.split("\t") for row in rows]
    lines = [rows[0], *("\t".join([*c[:3], c[4], c[4]]) for c in cells[1:])]
    (folder / f"{NAME}_electrodes.tsv").write_text("\n".join(lines) + "\n")
    (folder / "sub-01_ses-pre_electrodes.tsv").unlink()
    system = json.loads((folder / "sub-01_ses-pre_space-grid_coordsystem.json").read_text())
    (folder / "sub-01_ses-pre_space-grid_coordsystem.json").unlink()
    systems = dict.fromkeys({c[4] for c in cells[1:]}, system)
    (folder / f"{NAME}_coordsystem.json").write_text(json.dumps(systems))
    derived = root / "derivatives" / "renshaw" / folder.relative_to(root)
    about = json.loads((derived / f"{NAME}_events.json").read_text())
    units = about.pop("MotorUnits")
    old = derived / f"{NAME}_desc-decomposed_events.json"
    old.write_text(json.dumps(about))
    (derived / f"{NAME}_events.json").unlink()
    (derived / f"{NAME}_events.tsv").rename(old.with_suffix(".tsv"))
    table = ["\t".join(units[0])]
    table += ["\t".join("n/a" if v in (None, "") else str(v) for v in u.values()) for u in units]
    (derived / f"{NAME}_desc-decomposed_units.tsv").write_text("\n".join(table) + "\n")


def test_data_sets_of_the_earlier_layout_are_read_and_renewed(tmp_path):
    before = recording()
    path = rs.files.write_bids(before, tmp_path / "set", NAME)
    earlier_layout(path)
    after = rs.read(path)
    assert after.units.fingerprint() == before.units.fingerprint()
    assert [g.fingerprint() for g in after.grids] == [g.fingerprint() for g in before.grids]
    rs.files.write_bids(before, tmp_path / "set", NAME)
    names = {file.name for file in (tmp_path / "set").rglob("*.*")}
    assert not any("desc-decomposed" in name for name in names)
    assert f"{NAME}_electrodes.tsv" not in names
    assert rs.read(path).units.fingerprint() == before.units.fingerprint()


def test_electrodes_of_one_name_in_two_grids_and_systems_are_told_apart(tmp_path):
    """As in the standard's own example of two grids (emg_TwoHDsEMG)."""
    path = rs.files.write_bids(recording(), tmp_path / "set", NAME)
    folder = path.parent
    for old in (*folder.glob("*_electrodes.tsv"), *folder.glob("*_coordsystem.json")):
        old.unlink()
    names = [
        line.split("\t")[0]
        for line in (folder / f"{NAME}_channels.tsv").read_text().splitlines()[1:]
    ]
    (folder / f"{NAME}_channels.json").unlink()
    lines = ["name\ttype\tunits\tgroup\tsignal_electrode"]
    for i, name in enumerate(names[:7]):
        lines.append(
            f"{name}\tEMG\tuV\t{'Grid1' if i < 3 else 'Grid2'}\tE{i + 1 if i < 3 else i - 2}"
        )
    lines += [f"{name}\tMISC\tn/a\tn/a\tn/a" for name in names[7:]]
    (folder / f"{NAME}_channels.tsv").write_text("\n".join(lines) + "\n")
    rows = ["name\tx\ty\tz\tcoordinate_system\tgroup"]
    rows += [f"E{i}\t{i}\t0\t0\tgrid1\tGrid1" for i in (1, 2, 3)]
    rows += [f"E{i}\t{i}\t1\t0\tgrid2\tGrid2" for i in (1, 2, 3, 4)]
    rows += ["R1\t0\t100\t0\tforearm\tGrid1"]
    (folder / "sub-01_ses-pre_electrodes.tsv").write_text("\n".join(rows) + "\n")
    for space, unit in (("grid1", "mm"), ("grid2", "cm"), ("forearm", "percent")):
        system = {"EMGCoordinateSystem": "Other", "EMGCoordinateUnits": unit}
        (folder / f"sub-01_ses-pre_space-{space}_coordsystem.json").write_text(json.dumps(system))
    first, second = rs.read(path).grids
    assert (first.name, second.name) == ("Grid1", "Grid2")
    np.testing.assert_allclose(first.x_mm, [1, 2, 3])
    np.testing.assert_allclose(second.x_mm, [10, 20, 30, 40])
    np.testing.assert_allclose(second.y_mm, 10)
    sheet = folder / "sub-01_ses-pre_electrodes.tsv"
    sheet.write_text(sheet.read_text().replace("grid1", "forearm"))
    # Percents of a forearm are no places in mm.
    assert not rs.read(path).grids[0].placed


def test_discharges_among_the_events_are_motor_units(tmp_path):
    path = rs.files.write_bids(recording(), tmp_path / "set", NAME)
    derived = tmp_path / "set" / "derivatives"
    spikes = next(derived.rglob("*_events.tsv"))
    spikes.replace(path.with_name(f"{NAME}_events.tsv"))
    (path.with_name(f"{NAME}_events.json")).unlink(missing_ok=True)
    units = rs.read(path).units
    np.testing.assert_array_equal(units.times_s[0], recording().units.times_s[0])
    assert len(units) == 2  # the third never fires, and events name only what happens


@pytest.mark.parametrize("events", [(), (rs.Event(0.25, 0.5, "go"),)])
def test_a_table_of_events_that_has_no_discharges_is_nothing_to_tell(tmp_path, events):
    waits = recording(units=rs.MotorUnits((), (0.0, 5000 / 2048.0)), events=events)
    after = rs.read(rs.files.write_bids(waits, tmp_path, NAME))
    assert not [note for note in after.notes if "no motor units" in note]
    assert after.events == events


def test_people_are_listed_once_and_what_is_there_is_kept(tmp_path):
    rs.files.write_bids(recording(), tmp_path / "set", NAME)
    people = tmp_path / "set" / "participants.tsv"
    people.write_text("participant_id\tage\nsub-01\t44\n")
    rs.files.write_bids(recording(), tmp_path / "set", NAME.replace("pre", "post"))
    rs.files.write_bids(recording(), tmp_path / "set", "sub-02_task-ramp")
    assert people.read_text() == "participant_id\tage\nsub-01\t44\nsub-02\tn/a\n"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("01_pre", "no BIDS name"),
        ("sub-01", "lacks task"),
        ("task-ramp", "lacks sub"),
        ("sub-../../etc_task-x", "no BIDS name"),
        ("sub-01_task-x_sub-02", "no BIDS name"),
        ("sub-01_task-x_color-red", "no part of a BIDS-EMG name"),
        ("", "no BIDS name"),
    ],
)
def test_odd_names_are_refused(tmp_path, name, why):
    with pytest.raises(WriteError, match=why):
        rs.files.write_bids(recording(), tmp_path / "set", name)
    assert not (tmp_path / "set").exists()


def test_places_and_recordings_that_do_not_fit_are_refused(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(WriteError, match="no BIDS data set"):
        rs.files.write_bids(recording(), tmp_path / "mine", NAME)
    with pytest.raises(WriteError, match="no raw EMG"):
        rs.files.write_bids(recording(signals={}), tmp_path / "set", NAME)
    with pytest.raises(WriteError, match="can't be written"):
        rs.files.write_bids(recording(), tmp_path / "mine" / "letter.txt" / "set", NAME)


def test_hostile_texts_do_not_break_tables(tmp_path):
    before = recording()
    units = dataclasses.replace(
        before.units, labels=("a\tb", "c\nd", "é" * 99), flags=("x\ty\r\nz", "", "n/a")
    )
    names = tuple(f"chan\tnel\n{i} é" for i in range(7))
    emg = dataclasses.replace(before.signals["emg"], channels=names)
    odd = dataclasses.replace(before, units=units, signals={"emg": emg, "a/b\0c": before.torque})
    after = rs.read(rs.files.write_bids(odd, tmp_path / "set", NAME))
    assert after.units.labels == ("a\tb", "c\nd", "é" * 99)
    assert after.units.flags[0] == "x\ty\r\nz"
    assert len(after.signals["emg"].channels) == 7


def test_a_damaged_neighbor_is_named_and_nothing_that_it_said_is_lost(tmp_path):
    path = rs.files.write_bids(recording(), tmp_path / "set", NAME)
    for file in sorted((tmp_path / "set" / "sub-01").rglob("*_channels.tsv")):
        sound = file.read_bytes()
        file.write_bytes(b"\xff\xfe\x00[{" * 50)
        with pytest.raises(rs.ReadError, match=f"{file.name}, beside it, is no text in UTF-8"):
            rs.read(path)
        file.write_bytes(sound)
    assert len(rs.read(path).signals["emg"]) >= 5000


def test_what_is_lost_is_said():
    lost = " ".join(bids_losses(recording()))
    assert "24 bits" in lost
    assert "places" not in lost
    late = recording(signals={**recording().signals, "torque": rs.Signal(np.zeros(9), 10.0, "N")})
    assert "resampled" in " ".join(bids_losses(late))


def test_a_data_set_is_a_folder_of_recordings(tmp_path):
    for session in ("pre", "post"):
        for run in (1, 2):
            name = f"sub-01_ses-{session}_task-ramp_run-{run}"
            rs.files.write_bids(recording(), tmp_path / "set", name)
    settings = rs.study.RecordingsSettings(folder=str(tmp_path / "set"))
    found = found_recordings(settings, Path(), ())
    assert not found.refused
    assert [(e.condition, e.trial, e.path.suffix) for e in found.entries] == [
        ("post", 1, ".bdf"),
        ("post", 2, ".bdf"),
        ("pre", 1, ".bdf"),
        ("pre", 2, ".bdf"),
    ]


def test_tables_above_the_file_hold_for_it(tmp_path):
    path = rs.files.write_bids(recording(), tmp_path / "set", NAME)
    electrodes = path.parent / "sub-01_ses-pre_electrodes.tsv"
    electrodes.rename(path.parent.parent / electrodes.name)
    system = path.parent / "sub-01_ses-pre_space-grid_coordsystem.json"
    text = system.read_text().replace('"mm"', '"cm"')
    system.unlink()
    (path.parent.parent / "sub-01_ses-pre_coordsystem.json").write_text(text)
    grid = rs.read(path).grids[0]
    np.testing.assert_allclose(grid.x_mm, [0, 80, 160])


def test_sidecars_of_the_whole_data_set_lie_at_its_root(tmp_path):
    path = rs.files.write_bids(recording(), tmp_path / "set", NAME)
    root, before = tmp_path / "set", rs.read(path)
    for ending in ("channels.tsv", "electrodes.tsv", "coordsystem.json"):
        (there,) = (p for p in path.parent.iterdir() if p.name.endswith(ending))
        there.rename(root / ending)
    # What a nearer sidecar says goes before; what it leaves open, the farther one says.
    said = json.loads(path.with_suffix(".json").read_text())
    rate = said.pop("SamplingFrequency")
    path.with_suffix(".json").write_text(json.dumps(said))
    (root / "emg.json").write_text(json.dumps({"SamplingFrequency": rate, "RecordingDuration": 9}))
    (root / "events.json").write_text(json.dumps({"trial_type": {"Description": "cue"}}))
    after = rs.read(path)
    assert after.fingerprint() == before.fingerprint()
    for folder in ("code", "sourcedata", "stimuli"):
        (root / folder).mkdir()
        (root / folder / "sub-01_raw_emg.edf").write_bytes(b"no recording")
    settings = rs.study.RecordingsSettings(folder=str(root))
    found = found_recordings(settings, Path(), ())
    assert ([entry.path.name for entry in found.entries], found.refused) == ([path.name], ())


def test_intramuscular_channels_are_kept_aside(tmp_path):
    path = rs.files.write_bids(recording(), tmp_path / "set", NAME)
    sheet = path.parent / f"{NAME}_channels.tsv"
    sheet.write_text(sheet.read_text().replace("thigh", "fine wire"))
    after = rs.read(path)
    assert after.signal("emg").values.shape[1] == 3
    assert after.signal("intramuscular").values.shape[1] == 4
    assert [grid.name for grid in after.grids] == ["GR"]
    assert "4 intramuscular channels were kept aside." in after.notes


def test_discharges_beyond_the_emg_are_counted_or_make_the_window_wider(tmp_path):
    path = rs.files.write_bids(recording(), tmp_path / "set", NAME)
    events = tmp_path / "set/derivatives/renshaw/sub-01/ses-pre/emg" / f"{NAME}_events.tsv"
    text = events.read_text()
    events.write_text(text + "9.5\t0\tn/a\t1\tmotor-unit-spike\n")
    after = rs.read(path)
    assert "1 discharge was left out, outside the recording." in after.notes
    events.write_text(
        text + "".join(f"{9 + i / 9}\t0\tn/a\t1\tmotor-unit-spike\n" for i in range(40))
    )
    after = rs.read(path)
    assert after.units.window_s == (0.0, 9 + 39 / 9)
    assert "discharges lie outside" in " ".join(after.notes)


def restated(sheet: Path, row: str, column: str, cell: str) -> None:
    """Write another cell into the rows of a table whose name begins so."""
    lines = [line.split("\t") for line in sheet.read_text().splitlines()]
    for line in lines[1:]:
        if line[0].startswith(row):
            line[lines[0].index(column)] = cell
    sheet.write_text("\n".join("\t".join(line) for line in lines) + "\n")


@pytest.mark.parametrize(
    ("stated", "unit"), [("Nm", "Nm"), ("V", "mV"), ("mv", "mV"), ("n/a", "mV"), ("% MVC", "% MVC")]
)
def test_the_table_of_channels_goes_before_the_header_and_it_is_told(tmp_path, stated, unit):
    before = recording()
    signals = {**before.signals, "torque": rs.Signal(np.linspace(0, 20, 5000), 2048.0, "mV")}
    path = rs.files.write_bids(dataclasses.replace(before, signals=signals), tmp_path, NAME)
    restated(path.parent / f"{NAME}_channels.tsv", "torque", "units", stated)
    read = rs.read(path)
    assert read.torque.unit == unit
    told = [note for note in read.notes if "table of channels says" in note]
    assert bool(told) == (unit != "mV")
    if told:
        assert f"The unit of the channel 'torque' is {stated}" in told[0]
        assert "the header of the file says mV" in told[0]
        assert "--torque-unit mV" in told[0]
        said = rs.read(path, options=rs.ReadOptions(torque_unit="mV"))
        assert said.torque.unit == "mV"
    assert "reader_warns" not in {each.code for each in suspicions(read)}


def test_a_torque_is_known_by_its_description(tmp_path):
    before = recording()
    signals = {"emg": before.signals["emg"], "105": before.signals["torque"]}
    path = rs.files.write_bids(dataclasses.replace(before, signals=signals), tmp_path, NAME)
    sheet = path.parent / f"{NAME}_channels.tsv"
    lines = sheet.read_text().splitlines()
    for i, line in enumerate(lines):
        cell = "description" if not i else "Performed ankle torque" * line.startswith("105\t")
        lines[i] = f"{line}\t{cell or 'n/a'}"
    sheet.write_text("\n".join(lines) + "\n")
    assert rs.read(path).torque.unit == "% MVC"


@pytest.mark.parametrize(
    ("column", "cell"),
    [("type", "fine-wire"), ("electrode_type", "needle"), ("placement", "intramuscular")],
)
def test_what_the_electrodes_are_is_read_from_their_table_too(tmp_path, column, cell):
    path = rs.files.write_bids(recording(), tmp_path / "set", NAME)
    sheet = path.parent / "sub-01_ses-pre_electrodes.tsv"
    lines = sheet.read_text().splitlines()
    for i, line in enumerate(lines):
        lines[i] = f"{line}\t{(cell if 'thigh' in line else 'n/a') if i else column}"
    sheet.write_text("\n".join(lines) + "\n")
    after = rs.read(path)
    assert [grid.name for grid in after.grids] == ["GR"]
    assert after.signal("intramuscular").values.shape[1] == 4


def test_the_sidecar_says_what_all_electrodes_are_that_no_table_speaks_of(tmp_path):
    path = rs.files.write_bids(recording(), tmp_path / "set", NAME)
    sidecar = path.with_suffix(".json")
    said = json.loads(sidecar.read_text())
    sidecar.write_text(json.dumps({**said, "ElectrodeType": "Concentric needle"}))
    with pytest.raises(rs.ReadError, match="intramuscular only"):
        rs.read(path)
    sheet = path.parent / f"{NAME}_channels.tsv"
    sheet.write_text(sheet.read_text().replace("thigh", "surface grid"))
    assert rs.read(path).signal("emg").values.shape[1] == 4


@pytest.mark.parametrize(
    ("ending", "damage", "said"),
    [
        ("emg.json", ("{", '{"RecordingDuration": 1.0, '), "the key 'RecordingDuration' is there"),
        ("emg.json", ("}", ""), "it is no valid JSON"),
        ("emg.json", ("{", "[1]" + 100 * " " + "{"), "it is no valid JSON"),
        ("channels.tsv", ("status\t", "status\tname\t"), "has the column 'name' twice"),
        ("events.json", ("{", '{"MotorUnits": [], '), "the key 'MotorUnits' is there twice"),
    ],
)
def test_a_sidecar_that_says_two_things_or_nothing_is_named(tmp_path, ending, damage, said):
    path = rs.files.write_bids(recording(), tmp_path, NAME)
    (sidecar,) = tmp_path.rglob(f"*_{ending}")
    text = sidecar.read_text(encoding="utf-8")
    old, new = damage
    # The last of the closing ones, the first of all others.
    at = text.rindex(old) if old == "}" else text.index(old)
    sidecar.write_text(text[:at] + new + text[at + len(old) :], encoding="utf-8")
    with pytest.raises(rs.RenshawError, match=sidecar.name) as caught:
        rs.read(path)
    assert said in str(caught.value) and str(path) in str(caught.value)


def test_a_channel_with_two_rows_is_named(tmp_path):
    path = rs.files.write_bids(recording(), tmp_path, NAME)
    (sidecar,) = tmp_path.rglob("*_channels.tsv")
    lines = sidecar.read_text(encoding="utf-8").splitlines()
    # The same row once more says nothing else.
    sidecar.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    assert rs.read(path).signals["emg"].values.shape[1] == 7
    other = lines[1].replace("\tuV", "\tmV")
    assert other != lines[1]
    sidecar.write_text("\n".join([*lines, other]) + "\n", encoding="utf-8")
    with pytest.raises(rs.RenshawError, match=r"table of channels has .* twice, with different"):
        rs.read(path)


def _is_a_pipe(path: Path) -> str:
    path.unlink()
    os.mkfifo(path)
    return "it is no file"


def _is_a_folder(path: Path) -> str:
    path.unlink()
    path.mkdir()
    return "it is no file"


def _leads_to_itself(path: Path) -> str:
    path.unlink()
    path.symlink_to(path.name)
    return "can't be read"


def _leads_nowhere(path: Path) -> str:
    path.unlink()
    path.symlink_to(".git/annex/objects/x")
    return "leads to a file that is not there"


def _is_in_another_encoding(path: Path) -> str:
    path.write_text(path.read_text(encoding="utf-8"), encoding="utf-16")
    return "is no text in UTF-8"


def _is_too_large(path: Path) -> str:
    with path.open("ab") as stream:
        stream.truncate(2**31)
    return "it is larger than"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
@pytest.mark.parametrize(
    "ending", ["emg.json", "channels.tsv", "electrodes.tsv", "coordsystem.json"]
)
@pytest.mark.parametrize(
    "became",
    [
        *(_is_a_pipe, _is_a_folder, _leads_to_itself, _leads_nowhere),
        *(_is_in_another_encoding, _is_too_large),
    ],
)
def test_a_sidecar_that_is_there_and_cannot_be_read_is_not_passed_over(tmp_path, ending, became):
    path = rs.files.write_bids(recording(), tmp_path, NAME)
    (sidecar,) = tmp_path.rglob(f"*_{ending}")
    said = became(sidecar)
    with pytest.raises(rs.RenshawError, match=sidecar.name) as caught:
        rs.read(path)
    assert said in str(caught.value)


@pytest.mark.parametrize("number", ["1e999", "NaN", "-1", "true", '"2048"', "9" * 400])
def test_a_number_that_no_recording_has_is_none(tmp_path, number):
    path = rs.files.write_bids(recording(), tmp_path, NAME)
    (sidecar,) = tmp_path.rglob("*_emg.json")
    whole = rs.read(path)
    for key in ("RecordingDuration", "SamplingFrequency"):
        said = {**json.loads(sidecar.read_text(encoding="utf-8")), key: 0}
        sidecar.write_text(json.dumps(said).replace(f'"{key}": 0', f'"{key}": {number}'))
    emg = rs.read(path).signals["emg"]
    assert emg.fs_hz == whole.signals["emg"].fs_hz
    assert len(emg.values) >= len(whole.signals["emg"].values)


@pytest.mark.parametrize(("channels", "spread"), [(256, 1.0), (400, 1.0), (3, 0.0)])
def test_heads_of_letters_and_saturated_samples_are_no_text(tmp_path, channels, spread):
    rng = np.random.default_rng(channels)
    values = 5.0 + spread * rng.normal(size=(300, channels))
    emg = rs.Signal(values, 200.0, "uV")
    recording = rs.Recording(rs.MotorUnits((), (0.0, 1.5)), {"emg": emg})
    read = rs.read(rs.files.write_bids(recording, tmp_path / "set", "sub-1_task-a"))
    assert np.abs(read.signals["emg"].values - values).max() < 1e-4


def test_who_writes_at_the_same_time_loses_nobody(tmp_path):
    code = (
        "import sys, numpy as np, renshaw as rs\n"
        "who, root = sys.argv[1:]\n"
        "for k in range(4):\n"
        "    emg = rs.Signal(np.ones((50, 2)), 100.0, 'uV')\n"
        "    grid = rs.Grid(f'G{who}{k}', (0, 1), np.arange(2.0), np.arange(2.0), ('', ''))\n"
        "    made = rs.Recording(rs.MotorUnits((), (0, 0.5)), {'emg': emg}, grids=(grid,))\n"
        "    rs.files.write_bids(made, root, f'sub-1_task-t{who}{k}')\n"
        "    rs.files.write_bids(made, root, f'sub-{who}{k}_task-a')\n"
    )
    root = tmp_path / "set"
    words = [[sys.executable, "-c", code, str(who), str(root)] for who in range(3)]
    running = [subprocess.Popen(each) for each in words]
    assert [each.wait() for each in running] == [0, 0, 0]
    rows = (root / "participants.tsv").read_text().splitlines()[1:]
    assert sorted(rows) == sorted(["sub-1", *(f"sub-{w}{k}" for w in range(3) for k in range(4))])
    listed = (root / "sub-1" / "emg" / "sub-1_electrodes.tsv").read_text()
    assert all(f"G{who}{k}" in listed for who in range(3) for k in range(4))
    assert not list(root.rglob(".*"))
