"""Whole BIDS trees: what is a recording is taken, what the standard has besides is passed over."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from test_bids_dataset import NAME, recording

import renshaw as rs
from renshaw.io.formats.edf.writing import Track, store_bdf
from renshaw.study.recordings import found_recordings, recording_files

# Each kind of file that the standard has in a data set of EMG, and that is no recording of EMG.
COMPANIONS = (
    *("participants.tsv", "participants.json", "samples.tsv", "samples.json"),
    *("README.md", "CHANGES", "LICENSE", "CITATION.cff", "dataset_description.json", ".bidsignore"),
    *("emg.json", "task-ramp_emg.json", "channels.tsv", "task-ramp_channels.tsv", "channels.json"),
    *("electrodes.tsv", "coordsystem.json", "task-ramp_events.json", "task-ramp_events.tsv"),
    *("scans.json", "sessions.json", "events.json", "task-ramp_physio.json"),
    *("code/fit.csv", "code/units.mat", "code/analysis/results.json", "code/model.npz"),
    *("sourcedata/sub-01/raw.otb+", "sourcedata/sub-01_task-ramp_emg.mat"),
    *("phenotype/spasticity.tsv", "phenotype/spasticity.json"),
    *("stimuli/tone.wav", "stimuli/stimuli.tsv", "stimuli/stimuli.json"),
    *("sub-01/sub-01_sessions.tsv", "sub-01/sub-01_sessions.json"),
    *("sub-01/ses-pre/sub-01_ses-pre_scans.tsv", "sub-01/ses-pre/sub-01_ses-pre_scans.json"),
    *(f"sub-01/ses-pre/eeg/sub-01_ses-pre_task-ramp_{e}" for e in ("eeg.edf", "events.tsv")),
    *(f"sub-01/ses-pre/eeg/sub-01_ses-pre_task-ramp_{e}" for e in ("channels.tsv", "eeg.json")),
    *(f"sub-01/ses-pre/beh/sub-01_ses-pre_task-ramp_{e}" for e in ("beh.tsv", "beh.json")),
    *(f"sub-01/ses-pre/beh/sub-01_ses-pre_task-ramp_{e}" for e in ("events.tsv", "physio.tsv.gz")),
    "sub-01/ses-pre/motion/sub-01_ses-pre_task-ramp_tracksys-a_motion.tsv",
    *(f"sub-01/ses-pre/emg/sub-01_ses-pre_{e}" for e in ("photo.jpg", "electrodes.json")),
    *(f"sub-01/ses-pre/emg/{NAME}_{e}" for e in ("physio.tsv.gz", "stim.tsv.gz", "events.json")),
    *("derivatives/log/run.txt", "derivatives/log/times.csv", "derivatives/log/log.json"),
    *("derivatives/bids-validator/output.json", "derivatives/bids-validator/output.txt"),
    *("derivatives/quality/README", "derivatives/quality/dataset_description.json"),
    f"derivatives/quality/sub-01/ses-pre/emg/{NAME}_desc-quality_emg.json",
    f"derivatives/quality/sub-01/ses-pre/emg/{NAME}_channels.tsv",
    f"derivatives/clean/sub-01/ses-pre/emg/{NAME}_desc-clean_emg.edf",
    f"derivatives/quality/sub-01/ses-pre/figures/{NAME}_table.csv",
)


def names(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in recording_files(folder)]


def touched(folder: Path, *files: str) -> None:
    for name in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            named = "name" if name.endswith(("channels.tsv", "electrodes.tsv")) else "onset"
            path.write_text("{}" if name.endswith(".json") else f"{named}\tunit\n1\t1\n")


def test_no_companion_of_a_recording_is_one(tmp_path):
    rs.files.write_bids(recording(), tmp_path / "set", NAME)
    touched(tmp_path / "set", *COMPANIONS)
    assert names(tmp_path / "set") == [f"sub-01/ses-pre/emg/{NAME}_emg.bdf"]
    assert names(tmp_path) == [f"set/sub-01/ses-pre/emg/{NAME}_emg.bdf"]
    found = found_recordings(rs.study.RecordingsSettings(folder=str(tmp_path / "set")), Path(), ())
    assert not found.refused
    read = rs.read(found.entries[0].path)
    assert len(read.units) == 3
    assert [grid.name for grid in read.grids] == ["GR", "thigh"]


def test_what_the_standard_does_not_have_there_is_not_lost(tmp_path):
    odd = (
        *("sub-02/emg/sub-02_task-ramp.mat", "sub-02/rec.h5", "sub-02/grids/rec.otb+"),
        "sub-03_task-ramp_emg.edf",
    )
    touched(tmp_path, "dataset_description.json", *odd)
    assert names(tmp_path) == sorted(odd)


def test_discharges_are_recordings_where_no_raw_emg_is(tmp_path):
    inside = "sub-01/emg/sub-01_task-ramp"
    touched(tmp_path, "dataset_description.json", f"{inside}_events.tsv")
    assert names(tmp_path) == [f"{inside}_events.tsv"]
    derived = "derivatives/muniverse/sub-02/emg/sub-02_task-ramp_desc-decomposed_events.tsv"
    touched(tmp_path, derived, "sub-02/emg/sub-02_task-ramp_emg.json")
    assert names(tmp_path) == [derived, f"{inside}_events.tsv"]
    touched(tmp_path, "sub-02/emg/sub-02_task-ramp_emg.edf", f"{inside}_emg.bdf")
    assert names(tmp_path) == [f"{inside}_emg.bdf", "sub-02/emg/sub-02_task-ramp_emg.edf"]


def test_an_archive_of_muedit2_stands_for_its_table_of_events(tmp_path):
    home = tmp_path / "derivatives/muedit/sub-01"
    saved = [f"decomp/sub-01_task-ramp_{e}" for e in ("decomp.npz", "edited.npz", "edited.json")]
    touched(home, *saved, "emg/sub-01_task-ramp_desc-decomposition_events.tsv")
    touched(tmp_path, "dataset_description.json")
    assert names(tmp_path) == ["derivatives/muedit/sub-01/decomp/sub-01_task-ramp_edited.npz"]
    # Elsewhere, too, the list of edits is read with its archive.
    assert names(home / "decomp") == ["sub-01_task-ramp_decomp.npz", "sub-01_task-ramp_edited.npz"]


def test_units_that_muedit2_saved_are_read_with_the_raw_emg(tmp_path):
    bare = recording(units=rs.MotorUnits((), (0.0, 5000 / 2048), fs_hz=2048.0))
    path = rs.files.write_bids(bare, tmp_path, NAME)
    home = tmp_path / f"derivatives/muedit/sub-01/ses-pre/decomp/{NAME}_edited.npz"
    home.parent.mkdir(parents=True)
    trains = np.empty(2, dtype=object)
    trains[0], trains[1] = np.arange(200, 4000, 200), np.arange(300, 4100, 170)
    stream = io.BytesIO()
    np.savez(stream, pulse_trains=np.zeros((2, 5000)), discharge_times=trains, fsamp=2048.0)
    home.write_bytes(stream.getvalue())
    log = {"mu_uids": ["a", "b"], "history": [{"type": "add_spikes", "mu_uid": "a"}]}
    home.with_suffix(".json").write_text(json.dumps(log))
    read = rs.read(path)
    assert [len(t) for t in read.units.times_s] == [19, 23]
    assert read.torque is not None
    assert read.decomposition.by == "muedit2"
    assert any("1 edits of 1 unit" in note for note in read.notes)


def test_channels_that_muedit2_names_after_the_file_are_found(tmp_path):
    path = rs.files.write_bids(recording(), tmp_path, NAME)
    for table in path.parent.glob("*_channels.*"):
        table.rename(table.with_name(table.name.replace("_channels", "_emg_channels")))
    assert "Kinds of channels are those of the BIDS table of channels." in rs.read(path).notes
    assert names(tmp_path) == [f"sub-01/ses-pre/emg/{NAME}_emg.bdf"]


def rows() -> list[list[str]]:
    """Return the rows of two units as MUnitQuest has them."""
    fired = [(round((4 + k * s) * 2048), u) for u, s in ((12, 0.1), (5, 0.13)) for k in range(60)]
    made = sorted(fired)
    return [[repr(n / 2048), "0", str(n), str(u), "motor-unit-spike"] for n, u in made]


HEAD = "onset\tduration\tsample\tunit_id\tevent_type"


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ([(18, 0, "abc")], "Line 20: 'abc' is not a time; left out."),
        ([(10, 0, "-"), (20, 0, "-")], "2 units have faulty discharge times; see the flags."),
        ([(0, 1, "1"), (10, 1, "1")], ""),
        ([(0, 2, "-"), (10, 2, "-")], "and 1 line more; the onsets were taken."),
        ([(0, 2, "8192.5"), (10, 2, "abc")], "Line 2: '8192.5' is not a sample"),
        ([(0, 3, "-"), (10, 3, "-")], "has a negative number, and 1 line more; left out."),
        ([(0, 3, "abc")], "The other units have numbers; is 'abc' one of them?"),
        ([(0, 3, "-"), (1, 0, "-"), (1, 1, "1"), (9, 2, "abc")], "Line 11: 'abc' is not a sample"),
    ],
    ids=["onset-type", "onset", "duration", "sample", "sample-type", "unit", "unit-type", "mixed"],
)
def test_events_that_munitquest_calls_invalid_are_read_but_for_the_rows_that_are(
    tmp_path, edits, said
):
    sheet = rows()
    for at, column, cell in edits:
        sheet[at][column] = "-" + sheet[at][column] if cell == "-" else cell
    path = tmp_path / "sub-01_task-ramp_events.tsv"
    path.write_text("\n".join([HEAD, *map("\t".join, sheet)]) + "\n")
    read = rs.read(path)
    lengths = dict(zip(read.units.labels, map(len, read.units.times_s), strict=True))
    lost = sum(1 for _, column, _ in edits if column in (0, 3))
    assert 120 - lost <= lengths["12"] + lengths["5"] <= 120
    assert any(said in note for note in read.notes), read.notes
    # Whatever is odd in one row, all others keep the times of their samples.
    exact = {float(row[0]) for row in rows()}
    assert all(
        t in exact
        for label in ("12", "5")
        for t in read.units.times_s[read.units.labels.index(label)]
    )


def test_events_without_columns_that_are_needed_or_with_other_words_are_told_apart(tmp_path):
    path = tmp_path / "sub-01_task-ramp_events.tsv"
    short = ["\t".join((r[0], r[2], r[3])) for r in rows()]
    path.write_text("\n".join(["onset\tsample\tunit_id", *short]) + "\n")
    assert [len(t) for t in rs.read(path).units.times_s] == [60, 60]
    path.write_text("\n".join([HEAD, *("\t".join([*r[:4], "abc"]) for r in rows())]) + "\n")
    with pytest.raises(rs.ReadError, match="line 2 says 'abc'. Write 'motor-unit-spike'"):
        rs.read(path)
    joined = ["\t".join(("0", r[2], r[3], r[4])) for r in rows()]
    path.write_text("\n".join(["onset\tduration\tsample\tunit_id description", *joined]) + "\n")
    with pytest.raises(rs.ReadError, match="'unit_id description' as one column"):
        rs.read(path)


def test_a_table_of_events_that_cannot_be_read_is_refused_beside_raw_emg(tmp_path):
    path = rs.files.write_bids(recording(), tmp_path, NAME)
    events = path.parent / f"{NAME}_events.tsv"
    clock = [f"{1e8 + i}\t0\t1\tmotor-unit-spike" for i in range(9)]
    events.write_text("\n".join(["onset\tduration\tunit_id\tevent_type", *clock]))
    with pytest.raises(rs.ReadError, match=rf"{events.name}, beside it, can't be read"):
        rs.read(path)


def sheet_of(rows: list[dict[str, object]]) -> str:
    """Return a table of a data set; what a row doesn't say is n/a."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [columns, *([str(row.get(name, "n/a")) for name in columns] for row in rows)]
    return "\n".join("\t".join(line) for line in lines) + "\n"


def example(
    folder: Path,
    stem: str,
    channels: list[dict[str, object]],
    electrodes: list[dict[str, object]] | None = None,
) -> Path:
    """Write a data set as those of the standard's examples: tables as given, noise as EMG."""
    inside = folder / "sub-01" / "emg"
    inside.mkdir(parents=True, exist_ok=True)
    (folder / "dataset_description.json").write_text('{"Name": "x", "BIDSVersion": "1.11.0"}')
    (inside / f"{stem}_channels.tsv").write_text(sheet_of(channels))
    if electrodes:
        (inside / "sub-01_electrodes.tsv").write_text(sheet_of(electrodes))
    rng = np.random.default_rng(0)
    tracks = [
        Track(str(c["name"]), str(c["units"])[:8], rng.normal(size=4000).astype(np.float32))
        for c in channels
    ]
    store_bdf(tracks, 2000.0, inside / f"{stem}_emg.bdf")
    return inside / f"{stem}_emg.bdf"


def test_the_standards_example_of_two_grids_is_read(tmp_path):
    channels = [
        {
            **{"name": f"Ch{i:02d}", "type": "EMG", "units": "uV"},
            **{"signal_electrode": f"E{i % 4 + 1}", "group": f"Grid{i // 4 + 1}"},
        }
        for i in range(8)
    ]
    electrodes = [
        {
            **{"name": f"E{i % 4 + 1}", "x": 10 * (i % 2), "y": 10 * (i % 4 // 2)},
            **{"coordinate_system": f"grid{i // 4 + 1}", "group": f"Grid{i // 4 + 1}"},
        }
        for i in range(8)
    ]
    path = example(tmp_path, "sub-01_task-isometric", channels, electrodes)
    (tmp_path / "task-isometric_emg.json").write_text('{"SamplingFrequency": 2000.05}')
    for grid, unit in (("grid1", "mm"), ("grid2", "cm")):
        system = path.with_name(f"sub-01_space-{grid}_coordsystem.json")
        system.write_text(json.dumps({"EMGCoordinateUnits": unit}))
    read = rs.read(path)
    assert [grid.name for grid in read.grids] == ["Grid1", "Grid2"]
    assert read.grids[0].x_mm.tolist() == [0, 10, 0, 10]
    assert read.grids[1].y_mm.tolist() == [0, 0, 100, 100]
    assert read.signal("emg").fs_hz == 2000.05
    assert names(tmp_path) == ["sub-01/emg/sub-01_task-isometric_emg.bdf"]


def test_the_example_of_surface_and_intramuscular_grids_is_read(tmp_path):
    surface = [
        {
            **{"name": i, "type": "EMG", "units": "uV", "description": "Monopolar surface EMG"},
            **{"signal_electrode": f"sEMG{i}", "target_muscle": "Tibialis anterior"},
            **{"Group": "Grid1"},
        }
        for i in range(1, 5)
    ]
    inside = [
        {
            **{"name": i, "type": "EMG", "units": "uV"},
            **{"description": "Monopolar intramuscular EMG", "signal_electrode": f"iEMG{i:02d}"},
            **{"target_muscle": "Tibialis anterior", "Group": "Grid2"},
        }
        for i in range(5, 8)
    ]
    torque = [
        {"name": 105 + i, "type": "MISC", "units": "% MVC", "description": f"{what} ankle torque"}
        for i, what in enumerate(("Performed", "Requested"))
    ]
    electrodes = [
        {"": i, "name": c["signal_electrode"], "x": 4.0 * i, "y": 0, "Group": c["Group"]}
        for i, c in enumerate([*surface, *inside])
    ]
    stem = "sub-01_task-isometric"
    read = rs.read(example(tmp_path, stem, [*surface, *inside, *torque], electrodes))
    assert read.signal("emg").values.shape[1] == 4
    assert read.signal("intramuscular").values.shape[1] == 3
    assert [(g.name, g.muscle) for g in read.grids] == [("Grid1", "Tibialis anterior")]
    assert read.torque.unit == "% MVC"
    assert "The torque is the channel '105' (% MVC)." in read.notes
    # The names of the electrodes tell it, where the descriptions say nothing.
    bare = [{**c, "description": "n/a"} for c in inside]
    read = rs.read(example(tmp_path, stem, [*surface, *bare, *torque], electrodes))
    assert read.signal("intramuscular").values.shape[1] == 3


def test_the_examples_of_wires_and_needles_are_refused_by_what_they_are(tmp_path):
    wire = {"name": "EMG1", "type": "EMG", "units": "uV", "description": "bipolar fine wire EMG"}
    events = [{"onset": 1, "duration": 0.0001, "event_description": "H-reflex"}]
    stem = "sub-01_task-reflexExamination"
    path = example(tmp_path, stem, [wire])
    path.with_name(f"{stem}_events.tsv").write_text(sheet_of(events))
    with pytest.raises(rs.ReadError, match=f"{stem}_emg.bdf: Its EMG is intramuscular only"):
        rs.read(path)
    other = {**wire, "description": "bipolar EMG"}
    path = example(tmp_path, stem, [other])
    assert [event.label for event in rs.read(path).events] == ["H-reflex"]
    path.with_suffix(".json").write_text('{"ElectrodeType": "Concentric needle"}')
    with pytest.raises(rs.ReadError, match="intramuscular only"):
        rs.read(path)


def test_the_example_of_two_devices_gives_two_recordings(tmp_path):
    many = [{"name": f"C{i}", "type": "EMG", "units": "uV"} for i in range(6)]
    stem = "sub-01_task-jumping_recording-"
    grid = example(tmp_path, f"{stem}highDensity", many)
    pair = example(tmp_path, f"{stem}bipolar", [{**c, "status": "bad"} for c in many[:2]])
    assert names(tmp_path) == [f"sub-01/emg/{p.name}" for p in (pair, grid)]
    assert rs.read(grid).grids[0].faults == ("",) * 6
    assert all(rs.read(pair).grids[0].faults)
    # Files of the examples hold nothing: they stand for recordings.
    grid.write_bytes(b"")
    with pytest.raises(rs.ReadError, match=f"{grid.name}.*empty"):
        rs.read(grid)


def test_the_layout_of_the_data_challenge_is_taken_whole(tmp_path):
    inside = "Caillet/sub-01/emg/sub-01_task-isometric50percentmvc_run-01_"
    tree = [
        f"{inside}{e}" for e in ("emg.json", "channels.tsv", "electrodes.tsv", "coordsystem.json")
    ]
    top = (
        "dataset_description.json",
        "participants.tsv",
        "participants.json",
        "README",
        "events.json",
    )
    touched(tmp_path, *(f"Caillet/{name}" for name in top), *tree, f"{inside}emg.edf")
    events = tmp_path / f"{inside}events.tsv"
    events.write_text(
        "onset\tduration\tsample\tmvc_rate\tmvc_level\tevent_type\tdescription\n"
        "2.5\t5\t5120\t10\t0\tlinear_isometric_ramp\tramp\n"
    )
    assert names(tmp_path) == [f"{inside}emg.edf"]
    # Answers to the algorithm challenge are no data set: events and a log a recording.
    answers = tmp_path / "answers"
    touched(answers, "sub-01_task-a_events.tsv", "sub-01_task-a_log.json")
    assert names(answers) == ["sub-01_task-a_events.tsv"]
