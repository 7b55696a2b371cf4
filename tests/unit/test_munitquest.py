"""The field's competition: its score, and an entry that its validator takes."""

from __future__ import annotations

import csv
import dataclasses
import json
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from decompose_samples import found, raw

import renshaw as rs
from renshaw.cli.app import main
from renshaw.cli.munitquest import Entry, enter
from renshaw.core.fingerprint import fingerprint
from renshaw.decomposition.munitquest.entry import TRUTH
from renshaw.decomposition.munitquest.refitted import Refit, Whitened
from renshaw.decomposition.munitquest.trains import common, twins

FS = 2048.0
PUBLIC = Path(__file__).resolve().parents[3] / "shared" / "data" / "munitquest"
SHORT = {"starts": 32, "rounds": 2, "extension": 12, "iterations": 6}
QUICK = [word for name, value in SHORT.items() for word in (f"--{name}", str(value))]


def units(*trains):
    return rs.MotorUnits(tuple(np.asarray(t, dtype=float) for t in trains), (0.0, 20.0))


def every(interval_s, start_s=1.0, count=100):
    return start_s + interval_s * np.arange(count)


def test_a_match_counts_its_f1_at_the_best_common_lag():
    true = every(0.1)
    # 80 of 100 are found, 50 ms late; 20 more are false.
    answer = np.sort(np.concatenate([true[:80] + 0.05, every(0.1, 12.03, 20)]))
    score = rs.emg.munitquest_score(units(answer), units(true, every(0.13)))
    (unit,) = score.units
    assert (unit.match, unit.f1, unit.points) == ("1", 0.8, 0.8)
    assert score.score == 0.8


def test_one_unit_matches_one_and_less_than_half_is_none():
    # Irregular: no other lag makes regular trains coincide.
    rng = np.random.default_rng(1)
    true = np.cumsum(rng.uniform(0.06, 0.14, 100)) + 1
    half = np.sort(np.concatenate([true[:49], rng.uniform(0.5, 19, 51)]))
    score = rs.emg.munitquest_score(units(half), units(true))
    assert (score.units[0].match, score.units[0].points) == ("", 0.0)
    assert score.units[0].reason == "no true unit is like it"
    # Two halves that share nothing are no twins, and only one of them can be the unit.
    score = rs.emg.munitquest_score(units(true[::2], true[1::2]), units(true))
    assert [unit.points for unit in score.units] == [pytest.approx(100 / 150), 0.0]


def test_a_twin_of_an_earlier_unit_counts_nothing():
    rng = np.random.default_rng(2)
    true = np.cumsum(rng.uniform(0.06, 0.14, 100)) + 1
    other = np.linspace(13, 19, 100)
    # 29 and 30 of 100 within 1 ms, at a lag of less than 10 ms.
    almost = np.sort(np.concatenate([true[:29] + 0.004, other[29:]]))
    twin = np.sort(np.concatenate([true[:30] + 0.004, other[30:]]))
    assert twins([true, almost]) == [0, 1]
    assert twins([true, twin]) == [0, 0]
    assert twins([true, true + 0.02]) == [0, 1]
    score = rs.emg.munitquest_score(units(true, twin), units(true))
    assert [unit.reason for unit in score.units] == ["", "the same unit as 1"]


def test_discharges_are_paired_one_by_one():
    # Two discharges cannot both be the one between them.
    first, second = np.array([1.0, 1.0009, 2.0]), np.array([1.0005, 2.0])
    assert common(first, second) == (2, 1, 0)
    assert common(first[:0], second) == (0, 0, 2)
    assert common(first[:0], second).f1 == 0


def test_without_truth_a_source_is_refitted():
    recording = found()
    score = rs.emg.munitquest_score(raw().units, emg=recording.signal("emg"))
    points = [unit.points for unit in score.units]
    assert score.score > 3
    assert all(0 <= p <= 1 for p in points)
    # The refitted source has its pulses where the discharges are, so chance trains count nothing.
    rng = np.random.default_rng(0)
    chance = units(np.sort(rng.uniform(0.1, 9.9, 90)), [1.0, 1.1, 1.2])
    told = rs.emg.munitquest_score(chance, emg=recording.signal("emg")).units
    assert told[0].reason == "the source of its discharges has a silhouette below .9"
    assert told[1].reason == "fewer than 10 discharges"
    # With truth beside it, those that match count their F1, whatever their source is like.
    both = rs.emg.munitquest_score(chance, chance, emg=recording.signal("emg"))
    assert [unit.points for unit in both.units] == [1.0, 1.0]


def test_points_of_a_source_follow_the_table_of_the_competition():
    assert Refit(0.899, 50, 0.1).points == 0
    assert Refit(0.9, 29.9, 0.04).points == pytest.approx(0.5 / 3)
    assert Refit(0.93, 33.9, 0.2).points == pytest.approx(2.25 / 3)
    assert Refit(0.95, 37.1, 0.05).points == 1
    assert Refit(0.95, 37.1, 0.372).points == pytest.approx(2.5 / 3)
    assert Refit(0.95, 37.1, 0.73).points == pytest.approx(2 / 3)


def test_whitening_in_chunks_is_whitening():
    rng = np.random.default_rng(3)
    emg = rng.normal(size=(20_000, 3)) @ np.diag([1.0, 5.0, 20.0])
    whitened = Whitened(emg)
    white = np.concatenate([whitened._whitening @ chunk for chunk in whitened._chunks()], axis=1)
    variances = np.linalg.eigvalsh(white @ white.T / (len(emg) - 1))
    # The mean of the smaller half of the variances, (12 x 1 + 6 x 25) / 18, is added to each.
    expected = np.repeat([1 / 10, 25 / 34, 400 / 409], 12)
    np.testing.assert_allclose(variances, expected, rtol=0.05)


def test_what_cannot_be_scored_is_a_sentence():
    with pytest.raises(rs.DataError, match="give the true units, the EMG, or both"):
        rs.emg.munitquest_score(units(every(0.1)))
    slow = rs.Signal(np.zeros((100, 4)), 1000.0, "uV")
    with pytest.raises(rs.DataError, match="1000 Hz; the competition's are at 2048 Hz"):
        rs.emg.munitquest_score(units(every(0.1)), emg=slow)
    with pytest.raises(rs.SettingsError, match="needs a MotorUnits"):
        rs.emg.munitquest_score([1, 2])


@pytest.mark.filterwarnings("error")
def test_an_emg_without_sources_counts_nothing():
    train, flat = units(every(0.1)), np.zeros((40_960, 4))
    for emg in (flat, flat + 7, flat[:, :1], flat[:30], flat[:0]):
        (unit,) = rs.emg.munitquest_score(train, emg=rs.Signal(emg, FS, "uV")).units
        assert unit.points == 0
        assert not np.isinf([unit.silhouette, unit.pnr_db, unit.dispersion]).any()
    for odd in (np.nan, np.inf):
        emg = np.random.default_rng(0).normal(size=(40_960, 4))
        emg[500:600, 1] = odd
        with pytest.raises(rs.DataError, match="samples that are no numbers, or endless"):
            rs.emg.munitquest_score(train, emg=rs.Signal(emg, FS, "uV"))


def test_an_entry_is_best_first_without_twins_and_ends():
    recording = found()
    emg = dataclasses.replace(recording.signal("emg"), start_s=0.0)
    trains = [every(0.1, 1, 60), every(0.13, 0.005, 70), every(0.1, 1.003, 60), [5.0]]
    fired = rs.MotorUnits(
        tuple(np.asarray(t, dtype=float) for t in trains),
        (0.0, 10.0),
        labels=("a", "b", "c", "d"),
        flags=("odd", "", "", ""),
        quality={"confidence": np.array([0, 0.7, 0.9, 1]), "silhouette": np.ones(4)},
    )
    entry = rs.emg.munitquest_entry(
        dataclasses.replace(recording, units=fired, signals={"emg": emg}), "sub-1"
    )
    # c before b, as it is surer; a has a flag and doubles c; d fires once.
    assert entry.units.labels == ("c", "b")
    assert entry.twins == 1
    assert entry.units.times_s[1][0] == pytest.approx(0.135)
    rows = list(csv.DictReader(entry.events().splitlines(), delimiter="\t"))
    assert [float(row["onset"]) for row in rows] == sorted(float(row["onset"]) for row in rows)
    assert {row["event_type"] for row in rows} == {row["description"] for row in rows}
    for row in rows:
        assert float(row["onset"]) == int(row["sample"]) / FS
        assert (row["duration"], row["unit_id"] in "01") == ("0", True)
    said = json.loads(entry.log(0.0))
    assert said["Execution"]["Runtime"] > 0
    nothing = dataclasses.replace(recording, units=rs.MotorUnits((), (0.0, 10.0)))
    with pytest.raises(rs.DataError, match="refuses an answer without one"):
        rs.emg.munitquest_entry(nothing)


def test_units_without_a_known_confidence_are_ordered_by_their_silhouette():
    silhouette = np.array([0.88, 0.9, np.nan, 0.95, 0.93])
    fired = rs.MotorUnits(
        tuple(every(0.1 + 0.013 * i, 1 + 0.02 * i, 50) for i in range(5)),
        (0.0, 10.0),
        quality={
            "confidence": np.array([np.nan, 0.5, np.nan, np.nan, 0.0]),
            "silhouette": silhouette,
        },
    )
    emg = dataclasses.replace(found().signal("emg"), start_s=0.0)
    bare = rs.Recording(fired, signals={"emg": emg})
    assert rs.emg.munitquest_entry(bare).units.labels == ("2", "4", "5", "1", "3")


def test_times_of_an_entry_are_counted_from_the_start_of_the_emg():
    recording = found()
    late = dataclasses.replace(recording.signal("emg"), start_s=3.0)
    moved = dataclasses.replace(
        recording,
        units=dataclasses.replace(
            recording.units, times_s=tuple(t + 3 for t in recording.units), window_s=(3.0, 13.0)
        ),
        signals={"emg": late},
    )
    one, other = (rs.emg.munitquest_entry(each, "x").events() for each in (recording, moved))
    assert one == other


@pytest.fixture(scope="module")
def data_set(tmp_path_factory):
    """Two recordings, and the truth of one of them beside, as the competition has it."""
    home = tmp_path_factory.mktemp("munitquest")
    for seed, name in ((0, "sub-01_task-hold"), (1, "sub-02_task-hold")):
        rs.files.write_bids(
            dataclasses.replace(raw(seed), units=rs.MotorUnits((), (0, 10))), home, name
        )
    rows = sorted((t, i) for i, train in enumerate(raw(0).units) for t in train)
    labels = home / "labels"
    labels.mkdir()
    lines = [f"{t!r}\t0\t{round(t * FS)}\t{i}\tmotor-unit-spike" for t, i in map(_plain, rows)]
    head = "onset\tduration\tsample\tunit_id\tevent_type"
    truth = labels / "sub-01_task-hold_desc-groundtruthspikes_events.tsv"
    truth.write_text("\n".join([head, *lines]) + "\n")
    return home


def _plain(row):
    return float(row[0]), row[1]


def test_a_data_set_becomes_an_archive_and_finished_recordings_stay(data_set, tmp_path, capsys):
    path = tmp_path / "entry.zip"
    call = ["decompose", str(data_set), "--munitquest", str(path), "-q", *QUICK]
    call += ["--code-url", "https://example.org/ours"]
    assert main(call) == 0
    printed = capsys.readouterr().out
    assert "true discharges" in printed
    assert "refitted sources" in printed
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        log = json.loads(archive.read("sub-01_task-hold_desc-decomposition_log.json"))
        table = archive.read("sub-01_task-hold_desc-decomposition_events.tsv").decode()
    # No folders, and of each recording a table and a log by the names that the scorer looks for.
    assert sorted(names) == [
        f"sub-0{i}_task-hold_desc-decomposition_{end}"
        for i in (1, 2)
        for end in ("events.tsv", "log.json")
    ]
    (made,) = log["GeneratedBy"]
    assert all(isinstance(made[key], str) and made[key] for key in ("Name", "Description"))
    assert (made["CodeURL"], made["License"]) == ("https://example.org/ours", "BSD-3-Clause")
    assert isinstance(log["Execution"]["Runtime"], float)
    # The estimate is the score of what is in the archive.
    answer = tmp_path / "sub-01_task-hold_events.tsv"
    answer.write_text(table)
    score = rs.emg.munitquest_score(rs.read(answer).units, raw(0).units).score
    assert log["Estimate"]["Score"] == pytest.approx(score, abs=1e-12)
    assert score > 4
    # What is finished stays: bytes and dates; what is damaged, or made otherwise, is made anew.
    folder, before = tmp_path / "entry", path.read_bytes()
    dates = {each.name: each.stat().st_mtime_ns for each in folder.iterdir()}
    damaged = folder / "sub-02_task-hold_desc-decomposition_events.tsv"
    damaged.write_text(damaged.read_text()[:-30])
    assert main(call) == 0
    changed = {e.name for e in folder.iterdir() if dates.get(e.name) != e.stat().st_mtime_ns}
    assert changed == {name for name in names if "sub-02" in name}
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(tmp_path / "entry.zip"):
        assert archive.read("sub-01_task-hold_desc-decomposition_events.tsv").decode() == table
    assert len(path.read_bytes()) == pytest.approx(len(before), abs=20)


@pytest.fixture
def entering(tmp_path, capsys):
    """Hand in recordings whose units are known beforehand; returns code, calls, output, errors."""

    def call(source, path=None, **made_of):
        calls = []

        def decomposed(recording, _):
            calls.append(recording)
            return dataclasses.replace(recording, units=raw(0).units)

        code = enter(
            source, Entry(path or tmp_path / "entry.zip", decomposed, None, made_of), quiet=True
        )
        out, err = capsys.readouterr()
        return code, len(calls), out, " ".join(err.split())

    return call


def bare(fs_hz=FS):
    emg = dataclasses.replace(raw(0).signal("emg"), fs_hz=fs_hz)
    return rs.Recording(rs.MotorUnits((), (0, 10)), signals={"emg": emg}, name="bare")


def true_table(units, kind="event_type"):
    rows = sorted((float(t), i) for i, train in enumerate(units) for t in train)
    lines = [f"{t!r}\t0\t{round(t * FS)}\t{i}\tmotor-unit-spike" for t, i in rows]
    return "\n".join([f"onset\tduration\tsample\tunit_id\t{kind}", *lines]) + "\n"


def test_what_cannot_be_judged_is_handed_in(tmp_path, entering):
    home = tmp_path / "data"
    home.mkdir()
    for name, fs_hz in (("slow", 2000.0), ("fast", 4096.0), ("usual", FS)):
        rs.write(bare(fs_hz), home / f"{name}.h5")
    code, calls, out, err = entering(home)
    assert (code, calls) == (0, 3)
    for name, words in (("slow", "2000 Hz"), ("fast", "4096 Hz")):
        assert f"{name}: What the answer scores can't be told. The EMG is sampled at {words}" in err
    assert "refitted sources" in out
    assert "nothing" in out
    assert "mean of 1 " in out
    with zipfile.ZipFile(tmp_path / "entry.zip") as archive:
        assert len(archive.namelist()) == 6
    # It is said again where the answer is kept.
    assert entering(home) == (code, 0, out, err)


@pytest.mark.parametrize(
    ("truth", "words"),
    [
        ("", "empty"),
        ("\0\1\2", "truth"),
        (true_table(()), "it has no true discharges"),
        (true_table([[1.0, 20.0]]), "it is of another recording"),
    ],
)
def test_truth_that_is_none_does_not_cost_the_answer(tmp_path, entering, truth, words):
    home = tmp_path / "data"
    home.mkdir()
    rs.write(bare(), home / "one.h5")
    (home / f"one{TRUTH}").write_text(truth)
    code, calls, out, err = entering(home)
    assert (code, calls) == (0, 1)
    assert "refitted sources" in out
    assert words in err
    assert "The answer is not judged by it." in err


@pytest.mark.parametrize("kind", ["event_type", "description"])
def test_a_name_may_hold_any_sign(tmp_path, entering, kind):
    home = tmp_path / "data"
    home.mkdir()
    name = "sub-1 [left] x.y é"
    rs.write(bare(), home / f"{name}.h5")
    (home / f"{name}{TRUTH}").write_text(true_table(raw(0).units, kind))
    code, calls, out, _ = entering(home)
    assert (code, calls) == (0, 1)
    assert "true discharges" in out
    with zipfile.ZipFile(tmp_path / "entry.zip") as archive:
        assert archive.namelist()[0] == f"{name}_desc-decomposition_events.tsv"
    if os.name == "nt":
        return
    (home / f"{name}.h5").rename(home / "new\nline.h5")
    code, calls, _, err = entering(home)
    assert (code, calls) == (1, 0)
    assert "rename the file" in err


def test_our_own_answers_are_no_recordings(tmp_path, entering):
    home = tmp_path / "data"
    home.mkdir()
    rs.write(bare(), home / "one.h5")
    first = entering(home, home / "entry.zip")
    assert first[:2] == (0, 1)
    assert entering(home, home / "entry.zip") == (0, 0, *first[2:])
    with pytest.raises(rs.SettingsError, match="that is the data set"):
        entering(home, tmp_path / "data.zip")
    with pytest.raises(rs.RenshawError, match="no such file"):
        entering(tmp_path / "nobody", tmp_path / "none.zip")
    assert not (tmp_path / "none").exists()


def test_settings_of_several_values_are_the_same_when_read_again(tmp_path, entering):
    rs.write(bare(), tmp_path / "one.h5")
    call = (tmp_path / "one.h5", tmp_path / "e.zip")
    assert entering(*call, times=(1.0, 2.0))[1] == 1
    assert entering(*call, times=(1.0, 2.0))[1] == 0
    assert entering(*call, times=(1.0, 3.0))[1] == 1


def test_a_log_that_is_not_ours_any_more_is_made_anew(tmp_path, entering):
    rs.write(bare(), tmp_path / "one.h5")
    call = (tmp_path / "one.h5", tmp_path / "e.zip")
    entering(*call)
    log = tmp_path / "e" / "one_desc-decomposition_log.json"
    good = log.read_text()
    for text in _damaged(json.loads(good)):
        log.write_text(text)
        assert entering(*call)[:2] == (0, 1), text[:200]
        assert "GeneratedBy" in log.read_text()
    assert entering(*call)[:2] == (0, 0)


def test_another_truth_is_another_score(tmp_path, entering):
    home = tmp_path / "data"
    home.mkdir()
    rs.write(bare(), home / "one.h5")
    truth = home / "one_desc-groundtruthspikes_events.tsv"
    call = (home, tmp_path / "e.zip")
    assert "refitted sources" in entering(*call)[2]
    truth.write_text(true_table(raw(0).units))
    _, calls, out, _ = entering(*call)
    assert calls == 1
    assert "true discharges" in out
    truth.write_text(true_table(raw(0).units.times_s[:1]))
    assert entering(*call)[2] != out
    assert entering(*call)[1] == 0


def test_a_folder_where_a_file_should_be_costs_that_recording_alone(tmp_path, entering):
    home = tmp_path / "data"
    home.mkdir()
    for name in ("one", "two"):
        rs.write(bare(), home / f"{name}.h5")
    (tmp_path / "e" / "one_desc-decomposition_log.json").mkdir(parents=True)
    code, _, out, err = entering(home, tmp_path / "e.zip")
    assert code == 1
    assert "renshaw: one: " in err
    assert "1 of 2 recordings failed and count 0" in err
    assert "two" in out


def _damaged(said):
    yield "[" * 100_000
    yield "[]"
    yield json.dumps({**said, "Estimate": {}})
    yield json.dumps({**said, "Execution": {"Runtime": "long"}})
    yield json.dumps({**said, "GeneratedBy": None})
    # Signed anew, and still no log.
    for changed in ({"Estimate": []}, {"Execution": {"Runtime": "long"}}):
        rest = {key: value for key, value in {**said, **changed}.items() if key != "Log"}
        whole = fingerprint(json.dumps(rest, indent=2) + "\n")
        yield json.dumps({**rest, "Log": whole}, indent=2)


def test_what_cannot_be_handed_in_is_a_sentence(data_set, tmp_path, capsys):
    for call, words in (
        (["--munitquest", "entry.tar"], "a file that ends in .zip"),
        (["--munitquest", "entry.zip", "-o", "x"], "leave out -o and --report"),
        ([], "Name a file or a folder for the result by -o"),
    ):
        assert main(["decompose", str(data_set), *call, "-q"]) == 2
        assert words in " ".join(capsys.readouterr().err.split())
    # Two of one name would be one file in the archive.
    twice = tmp_path / "twice"
    for home in ("a", "b"):
        (twice / home).mkdir(parents=True)
        rs.write(raw(0), twice / home / "same.h5")
    assert main(["decompose", str(twice), "--munitquest", str(tmp_path / "e.zip"), "-q"]) == 1
    assert "both called same" in " ".join(capsys.readouterr().err.split())


def test_the_public_pair_scores_as_its_authors_say():
    if not PUBLIC.is_dir():
        pytest.skip(
            "The competition's example_prediction.tsv and example_reference.tsv are not here."
        )
    pair = [rs.read(PUBLIC / f"example_{name}.tsv").units for name in ("prediction", "reference")]
    assert rs.emg.munitquest_score(*pair).score == pytest.approx(5.976824944609641, abs=1e-9)
