"""What a recording is made of: every file that was opened is listed, and nothing foreign is."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

import renshaw as rs
from renshaw.core.errors import ReadError
from renshaw.core.made_of import MadeOf, absolute, gathering, seen, sum_of

NAME = "sub-01_ses-pre_task-ramp_run-1"


def raw(seed: int = 3) -> rs.Recording:
    """Return EMG of four channels with three units that fire."""
    rng = np.random.default_rng(seed)
    fs_hz, samples = 1000.0, 4000
    trains = tuple(np.arange(0.2 + 0.03 * k, 3.8, 0.1 + 0.01 * k) for k in range(3))
    units = rs.MotorUnits(trains, (0.0, samples / fs_hz), fs_hz=fs_hz)
    emg = rs.Signal((50 * rng.standard_normal((samples, 4))).astype(np.float32), fs_hz, "uV")
    grid = rs.Grid("GR", (0, 1, 2, 3), np.zeros(4), np.arange(4) * 8.0)
    torque = rs.Signal(20 * np.sin(np.linspace(0, np.pi, samples)), fs_hz, "% MVC")
    return rs.Recording(units, {"emg": emg, "torque": torque}, grids=(grid,))


@pytest.fixture
def data_set(tmp_path: Path) -> Path:
    """A data set of one recording, with everything that may lie beside it."""
    return Path(rs.files.write_bids(raw(), tmp_path / "set", NAME))


_OPENED: list[str] = []
_WATCHED = [False]


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if _WATCHED[0] and event == "open" and isinstance(arguments[0], str | os.PathLike):
        _OPENED.append(str(absolute(arguments[0])))


sys.addaudithook(_hear)


def opened_by(path: Path, folder: Path) -> tuple[set[str], rs.Recording]:
    """Return every file below a folder that reading opened, whoever opened it."""
    _OPENED.clear()
    _WATCHED[0] = True
    try:
        recording = rs.read(path)
    finally:
        _WATCHED[0] = False
    return {name for name in _OPENED if name.startswith(str(folder))}, recording


def test_every_file_that_was_opened_is_listed(data_set, tmp_path):
    opened, recording = opened_by(data_set, tmp_path)
    listed = {str(absolute(path)) for path in recording.made_of.files}
    assert opened == listed
    # The data set has tables of channels, electrodes and events, sidecars and derivatives.
    assert len(listed) >= 6
    assert next(iter(recording.made_of.files)) == str(data_set)
    assert any("derivatives" in path for path in listed)
    said = [note for note in recording.notes if note.startswith("Read with it: ")]
    assert len(said) == 1
    assert f"{NAME}_channels.tsv" in said[0]


def test_each_sidecar_changes_the_fingerprint_and_what_is_stale(data_set, tmp_path):
    before = rs.read(data_set)
    for path in map(Path, before.made_of.files):
        content = path.read_bytes()
        path.write_bytes(content + b" ")
        assert before.made_of.changed() == (str(path),), path
        again = MadeOf(tuple(dataclasses.replace(p, sum=p.now()) for p in before.made_of.parts))
        assert again.fingerprint() != before.made_of.fingerprint()
        path.write_bytes(content)
    assert before.made_of.changed() == ()
    assert rs.read(data_set).history.steps[-1].input == before.history.steps[-1].input


def test_a_sidecar_that_comes_later_is_missed(data_set):
    before = rs.read(data_set)
    root = data_set.parents[3]
    for new in (
        root / "task-ramp_channels.tsv",
        root / "derivatives" / "other" / "sub-01" / "ses-pre" / "emg" / f"{NAME}_events.tsv",
        data_set.parent / "sub-01_ses-pre_task-ramp_emg.json",
    ):
        new.parent.mkdir(parents=True, exist_ok=True)
        new.write_text("{}")
        assert before.made_of.changed(), new
        top = root / "derivatives" / "other"
        shutil.rmtree(top) if top.is_dir() else new.unlink()
        assert not before.made_of.changed(), new


def test_a_file_alone_has_the_sum_of_its_bytes(tmp_path):
    path = rs.write(raw(), tmp_path / "a.h5")
    recording = rs.read(path)
    assert recording.history.steps[-1].input == sum_of(path)
    assert list(recording.made_of.files) == [str(path)]


def test_a_data_set_that_is_moved_is_the_same(data_set, tmp_path):
    before = rs.read(data_set).made_of.fingerprint()
    moved = tmp_path / "elsewhere" / "set"
    shutil.copytree(tmp_path / "set", moved)
    assert rs.read(moved / data_set.relative_to(tmp_path / "set")).made_of.fingerprint() == before


def foreign(folder: Path) -> None:
    """Put what belongs to another data set into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dataset_description.json").write_text('{"Name": "x", "BIDSVersion": "1.11.0"}')
    (folder / "_emg.json").write_text('{"RecordingDuration": 0.2}')
    (folder / "emg.json").write_text('{"RecordingDuration": 0.2}')
    rows = "".join(f"CH{k}\tEMG\tuV\tbad\n" for k in range(1, 5))
    (folder / "_channels.tsv").write_text("name\ttype\tunits\tstatus\n" + rows)
    (folder / "channels.tsv").write_text("name\ttype\tunits\tstatus\n" + rows)


def numbers(recording: rs.Recording) -> tuple[object, ...]:
    return (recording.fingerprint(), recording.participant, recording.made_of.fingerprint())


@pytest.mark.parametrize("levels", range(6))
@pytest.mark.parametrize("name", ["r.bdf", f"{NAME}_emg.bdf", "emg.bdf", "sub-01_emg.bdf"])
def test_what_lies_above_a_file_outside_a_data_set_is_foreign(data_set, tmp_path, levels, name):
    alone = tmp_path / "1" / "2" / "3" / "4" / "5" / "6" / "7"
    alone.mkdir(parents=True)
    shutil.copy(data_set, alone / name)
    before = numbers(rs.read(alone / name))
    foreign(alone.parents[levels])
    if levels == 0:
        foreign(alone)
    assert numbers(rs.read(alone / name)) == before


def test_a_data_set_inside_a_foreign_one_is_its_own(data_set, tmp_path):
    before = numbers(rs.read(data_set))
    foreign(tmp_path)
    assert numbers(rs.read(data_set)) == before


@pytest.mark.parametrize(
    "inside",
    [
        "sub-02/ses-pre/emg",  # another person's folder
        "sub-01/ses-post/emg",  # another session
        "sub-01/emg",  # the name has a session, the folders have none
        "ses-pre/emg",
        "sub-01/ses-pre/anything",  # no datatype
        "sub-01/ses-pre/emg/deeper",
        ".",
    ],
)
def test_a_file_lies_in_a_data_set_only_where_the_standard_has_it(data_set, tmp_path, inside):
    alone = tmp_path / "other"
    (alone / inside).mkdir(parents=True)
    path = Path(shutil.copy(data_set, alone / inside))
    before = numbers(rs.read(path))
    for folder in (alone, path.parent.parent):
        foreign(folder)
    assert numbers(rs.read(path)) == before


def test_nothing_outside_the_folder_that_was_named_is_looked_at(data_set, tmp_path):
    person = tmp_path / "set" / "sub-01"
    whole = rs.read(data_set, within=tmp_path / "set")
    part = rs.read(data_set, within=person)
    assert len(whole.units) == 3
    assert all(Path(p.path).is_relative_to(person) for p in part.made_of.parts)
    assert any("reaches beyond the folder" in note for note in part.notes)
    assert not any("reaches beyond" in note for note in whole.notes)
    assert numbers(rs.read(data_set)) == numbers(whole)


def test_a_relative_path_finds_the_same(data_set, monkeypatch):
    whole = numbers(rs.read(data_set))
    monkeypatch.chdir(data_set.parent)
    assert numbers(rs.read(data_set.name)) == whole


def test_a_file_that_changes_while_it_is_read_is_refused(data_set, monkeypatch):
    from renshaw.io.formats import edf

    channels = data_set.parent / f"{NAME}_channels.tsv"
    was = edf.reading.Beside.grids

    def changing(self, emg):
        channels.write_text(channels.read_text() + "\n")
        return was(self, emg)

    monkeypatch.setattr(edf.reading.Beside, "grids", changing)
    with pytest.raises(ReadError, match="channels.tsv changed while it was read"):
        rs.read(data_set)


def test_what_is_read_within_another_counts_for_both(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("1")
    with gathering() as outer:
        with gathering() as inner:
            seen(one)
            seen(other)
        assert list(inner.closed().files) == [str(one)]
    assert outer.closed().parts == inner.closed().parts
    assert MadeOf.from_plain(json.loads(json.dumps(outer.closed().to_plain()))) == outer.closed()


def test_the_file_of_the_mvc_is_a_part(tmp_path):
    force = dataclasses.replace(
        raw(), signals={"torque": rs.Signal(np.r_[np.zeros(2000), np.full(2000, 9.0)], 1000, "Nm")}
    )
    paths = [rs.write(force, tmp_path / name) for name in ("a.h5", "mvc.h5")]
    options = rs.ReadOptions(mvc_file=str(paths[1]))
    assert list(rs.read(paths[0], options=options).made_of.files) == [*map(str, paths)]


def study_of(folder: Path) -> rs.StudyPlan:
    recordings = rs.study.RecordingsSettings(folder=str(folder), decompose="none")
    conditions = tuple(rs.study.Condition(name=name) for name in ("pre", "post"))
    arm = rs.study.Arm(name="lab", recordings=recordings, conditions=conditions)
    rules = rs.estimation.rules("renshaw")
    fast = rules.replace(smoothing=rules.smoothing.replace(method="polynomial"))
    return rs.StudyPlan(arms=(arm,), estimate=fast)


def test_a_study_sees_that_a_sidecar_has_changed(tmp_path):
    rs.files.write_bids(raw(), tmp_path / "set", NAME)
    rs.files.write_bids(raw(4), tmp_path / "set", NAME.replace("pre", "post"))
    plan, out = study_of(tmp_path / "set"), tmp_path / "out"
    said: list[str] = []

    def run() -> tuple[bytes, int]:
        said.clear()
        rs.run_study(plan, out, progress=lambda done, total, what: said.append(what))
        return (out / "estimates.csv").read_bytes(), said.count("found finished")

    first, found = run()
    assert found == 0
    assert run() == (first, 2)
    inputs = json.loads((out / "provenance.json").read_text())["made_of"]
    assert len(inputs) == 2
    derived = next((tmp_path / "set" / "derivatives").rglob("*ses-pre*_events.tsv"))
    assert any(str(derived) in files for files in inputs.values())
    derived.write_text("\n".join(derived.read_text().splitlines()[:20]) + "\n")
    cut, found = run()
    assert found == 1
    assert cut != first
    assert run() == (cut, 2)


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _without_a_head(path: Path) -> None:
    path.write_text("\n".join(path.read_text().splitlines()[1:]))


def _with_a_column_twice(path: Path) -> None:
    path.write_text(path.read_text().replace("duration", "onset", 1))


def _of_other_bytes(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 9)


def _a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _leading_nowhere(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere.tsv")


@pytest.mark.parametrize(
    "damage",
    [
        *(_emptied, _without_a_head, _with_a_column_twice, _of_other_bytes),
        *(_a_folder, _a_pipe, _leading_nowhere),
    ],
)
@pytest.mark.parametrize("derived", [True, False])
def test_discharges_that_can_not_be_read_are_not_passed_over(data_set, damage, derived):
    units = next(data_set.parents[3].glob("derivatives/**/*_events.tsv"))
    own = data_set.with_name(f"{NAME}_events.tsv")
    own.write_text("onset\tduration\ttrial_type\n0.5\t1\tramp\n")
    damage(units if derived else own)
    with pytest.raises(ReadError, match=rf"{NAME}_events\.tsv, beside it, .*take it away"):
        rs.read(data_set)


def test_rows_of_discharges_that_are_left_out_are_told(data_set):
    units = next(data_set.parents[3].glob("derivatives/**/*_events.tsv"))
    units.write_text(units.read_text() + "abc\t0\tn/a\t1\tmotor-unit-spike\n")
    own = data_set.with_name(f"{NAME}_events.tsv")
    own.write_text("onset\tduration\n" + "0.5\t1\n" * 5 + "later\t1\n")
    notes = rs.read(data_set).notes
    assert sum("'abc' is not a time; left out." in note for note in notes) == 1
    assert sum("'later' is not a time; left out." in note for note in notes) == 1


def test_units_of_a_crowded_data_set_are_found(data_set):
    for k in range(100):
        (data_set.parents[3] / "derivatives" / f"a{k}").mkdir()
    assert len(rs.read(data_set).units) == 3
    for k in range(200):
        (data_set.parents[3] / "derivatives" / f"b{k}").mkdir()
    with pytest.raises(ReadError, match="301 folders of derivatives"):
        rs.read(data_set)
