"""The tab Recording without a browser: opening, edits, settings, the Python that does the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("starlette", reason="needs the extra app")
pytest.importorskip("httpx2", reason="needs the dependency group browser")

import pandas as pd
from starlette.testclient import TestClient

import renshaw as rs
from renshaw.app import figures as page_figures
from renshaw.app.keeping import Keeping, keeping
from renshaw.app.recording.desk import MOST_OPEN, Desk
from renshaw.app.recording.downloads import plain_name
from renshaw.app.server import application
from renshaw.app.uploads import _ending
from renshaw.figures import Figure
from renshaw.io import FORMATS, known_endings

HERE = "http://127.0.0.1:8000"
HOSTILE = "<img src=x onerror=alert(1)>"


def pool(units: int = 5, label: str = "") -> rs.Recording:
    """Units on a ramp up and down: later ones start later and stop earlier."""
    times = []
    for unit in range(units):
        start, end = 2.0 + 2.0 * unit, 28.0 - 1.5 * unit
        at, found = start, []
        while at < end:
            found.append(at)
            drive = 1 - abs(at - 15) / 15
            at += 1 / (6 + 9 * drive + 0.4 * np.sin(7 * at + unit))
        times.append(np.array(found))
    labels = tuple(label or str(unit + 1) for unit in range(units))
    ramp = np.interp(np.arange(0, 30, 0.02), [0, 15, 30], [0.0, 20.0, 0.0])
    return rs.Recording(
        rs.MotorUnits(tuple(times), (0.0, 30.0), labels=labels, fs_hz=2048.0),
        signals={"torque": rs.Signal(ramp, 50.0, "% MVC")},
    )


class Page:
    """One page and the recording that is open in it."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.id = ""

    def post(self, path: str, sent: Any = None, **options: Any) -> Any:
        more = {"json": sent} if sent is not None else {}
        headers = {"origin": HERE, **options.pop("headers", {})}
        return self.client.post(f"/t/recording{path}", headers=headers, **more, **options)

    def get(self, path: str) -> Any:
        return self.client.get(f"/t/recording/{self.id}{path}")

    def change(self, **sent: Any) -> Any:
        return self.post(f"/{self.id}/change", sent)

    def drop(self, content: bytes, name: str) -> dict[str, Any]:
        found = self.post("/drop", content=content, headers={"x-file-name": name})
        assert found.status_code == 200, found.text
        self.id = found.json()["id"]
        return self.settled()

    def settled(self) -> dict[str, Any]:
        while (state := self.get("/stage").json())["stage"] in ("opening", "decomposing"):
            time.sleep(0.05)
        assert isinstance(state, dict)
        return state


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place: Path = tmp_path_factory.mktemp("folder")
    pool().save(place / "ramp.h5")
    (place / "notes.docx").write_text("not one")
    return place


@pytest.fixture(scope="module")
def page(folder: Path) -> Iterator[Page]:
    with TestClient(application(folder, "t", 8000), base_url=HERE) as client:
        yield Page(client)


@pytest.fixture(scope="module")
def opened(page: Page) -> Page:
    """A page in which ramp.h5 is open."""
    found = page.post("/open", {"path": "ramp.h5"})
    page.id = found.json()["id"]
    assert page.settled()["stage"] == "ready"
    other = Page(page.client)
    other.id = page.id
    return other


@pytest.fixture
def fresh(opened: Page) -> Iterator[Page]:
    """The same, with every edit and setting taken back afterwards."""
    yield opened
    while opened.change(kind="undo").json()["undoable"]:
        pass
    opened.post(f"/{opened.id}/settings", {"rules": "renshaw"})


def test_the_folder_lists_what_may_be_a_recording(page: Page) -> None:
    found = page.client.get("/t/recording/files").json()
    assert [entry["name"] for entry in found] == ["ramp.h5"]


def test_the_folder_lists_every_ending_that_a_format_has(page: Page, folder: Path) -> None:
    place = folder / "formats"
    place.mkdir()
    names = {f"ramp{ending}" for ending in known_endings()} | {"LOUD.MAT"}
    for name in (*names, "ramp", "notes.docx", ".h5"):
        (place / name).write_text("x")
    found = page.client.get("/t/recording/files?path=formats").json()
    shutil.rmtree(place)
    assert {entry["name"] for entry in found} == names


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        *(("a.otb+", ".otb+"), ("A.MAT", ".mat"), ("a.json.gz", ".gz"), ("a.new", ".new")),
        *(("a", ""), (".h5", ""), ("a.b/c", ""), ("a.<b>", ""), ("a.toolongtobetrue", "")),
    ],
)
def test_an_upload_keeps_only_a_plain_ending(name: str, ending: str) -> None:
    assert _ending(name) == ending


def test_the_page_names_every_format(page: Page) -> None:
    text = page.client.get("/t/recording").text
    for each in FORMATS.values():
        assert f"{each.title}" in text
        assert all(f"<code>{ending}</code>" in text for ending in each.endings)


@pytest.mark.parametrize("path", ["../ramp.h5", "/etc/passwd", "none.h5", None, 3])
def test_nothing_else_is_opened(page: Page, path: Any) -> None:
    found = page.post("/open", {"path": path})
    assert found.status_code == 400
    assert found.json()["error"].endswith(".")


def test_what_is_drawn_is_what_is_estimated(opened: Page) -> None:
    data = opened.get("/data").json()
    estimates = rs.estimate(pool())
    assert [unit["discharges"] for unit in data["units"]] == [len(t) for t in pool().units]
    accepted = [pair[2] for pair in data["pairs"] if pair[6]]
    assert sorted(accepted) == pytest.approx(sorted(estimates.values("delta_f_pair")), rel=1e-5)
    assert data["figures"]["raster"]["panels"][-1]["y"]["words"] == "Torque (% MVC)"
    assert all(pair[7] for pair in data["pairs"] if not pair[6]), "each exclusion has its reason"


def test_a_pair_is_shown_with_its_verdict(opened: Page) -> None:
    test, control = opened.get("/data").json()["typical"]
    found = opened.get(f"/pair/{test}/{control}").json()
    assert [panel["name"] for panel in found["figure"]["panels"]] == ["control", "test", "torque"]
    assert found["words"].startswith("Accepted")
    refused = opened.get(f"/pair/{control}/{control}")
    assert refused.json() == {"error": "There is no such pair of units."}


def test_what_is_saved_is_what_is_shown(opened: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    saved: list[Figure] = []
    monkeypatch.setattr(page_figures, "as_bytes", lambda figure, _: saved.append(figure) or b"")
    data = opened.get("/data").json()
    test, control = data["typical"]
    shown = {
        "raster": data["figures"]["raster"],
        "pairs": data["figures"]["pairs"],
        "construction": opened.get(f"/pair/{test}/{control}").json()["figure"],
        "source": {**opened.get("/source/1").json()["figure"], "window": None},
    }
    for name, plain in shown.items():
        asked = f"/figure/{name}?test={test}&control={control}&unit=1"
        assert opened.get(asked).json() == plain, name
        opened.get(f"{asked}&as=svg")
        assert json.loads(json.dumps(saved[-1].to_plain())) == plain, name
    near = opened.get("/figure/raster?from=5&to=8.5&chosen=2").json()
    assert (near["window"], near["chosen"]) == ([5.0, 8.5], 2)
    opened.get("/figure/raster?from=5&to=8.5&chosen=2&as=csv")
    assert json.loads(json.dumps(saved[-1].to_plain())) == near


@pytest.mark.parametrize(
    "asked",
    [
        "none",
        "raster?as=exe",
        "raster?from=2",
        "raster?from=3&to=1",
        "raster?from=nan&to=inf",
        "construction?test=1",
        "multiverse?as=svg",
        "source?unit=99",
    ],
)
def test_an_impossible_figure_is_refused_in_words(opened: Page, asked: str) -> None:
    found = opened.get(f"/figure/{asked}")
    assert found.status_code == 400
    assert found.json()["error"].endswith(".")


def test_a_unit_set_aside_gives_no_pair_and_comes_back(fresh: Page) -> None:
    before = fresh.get("/data").json()
    said = fresh.change(kind="set_aside", unit=1, why=HOSTILE).json()
    assert said["undoable"] == f"Unit 1: set aside, {HOSTILE}"
    during = fresh.get("/data").json()
    assert during["units"][0]["aside"]
    assert during["units"][0]["flag"] == f"set aside by hand: {HOSTILE}"
    assert not any(pair[6] for pair in during["pairs"] if 1 in pair[:2])
    assert fresh.change(kind="undo").json()["redoable"] == said["undoable"]
    assert fresh.get("/data").json()["pairs"] == before["pairs"]
    fresh.change(kind="redo")
    assert fresh.get("/data").json()["pairs"] == during["pairs"]


@pytest.mark.parametrize(
    "sent",
    [
        {"kind": "set_aside", "unit": 99},
        {"kind": "set_aside", "unit": "1"},
        {"kind": "set_aside", "unit": True},
        {"kind": "dance", "unit": 1},
        {"kind": "remove", "unit": 1, "times_s": [0.001]},
        {"kind": "remove", "unit": 1, "times_s": "all"},
        {"kind": "remove", "unit": 1, "box": [0, 1]},
        {"kind": "remove", "unit": 1, "box": ["x", 1, 2, 3]},
        {"kind": "add", "unit": 1, "times_s": [1e9]},
        {"kind": "reestimate", "unit": 1},
        {"kind": "reestimate", "unit": 1, "box": [3, 2, 0, 1]},
        {"kind": "merge", "unit": 1},
        {"kind": "merge", "unit": 1, "other": 1},
        {"kind": "merge", "unit": 1, "other": 99},
        {"kind": "artifact", "unit": 1, "box": [2, 2, 0, 1]},
        {"kind": "new_unit", "unit": 1, "box": [0, 1, 0, 1]},
        {"kind": "split", "unit": 1, "box": [-2, -1, -1, 1]},
        {"kind": "duplicates", "unit": 1},
    ],
)
def test_an_impossible_edit_is_refused_and_forgotten(fresh: Page, sent: dict[str, Any]) -> None:
    found = fresh.change(**sent)
    assert found.status_code == 400, found.text
    assert found.json()["error"]
    assert fresh.change(kind="undo").json()["edits"] == []


def test_units_are_split_merged_locked_and_marked(fresh: Page) -> None:
    before = fresh.get("/source/1").json()
    times, there = before["times"], len(before["facts"])
    box = [times[4] - 0.001, times[9] + 0.001, -1e9, 1e9]
    said = fresh.change(kind="split", unit=1, box=box).json()["edits"][-1]
    assert said.startswith("Unit 1: 6 discharges split off from")
    found = fresh.get(f"/source/{there + 1}").json()
    assert found["times"] == times[4:10]
    assert len(found["facts"]) == there + 1
    assert fresh.change(kind="merge", unit=1, other=there + 1).json()["edits"][-1] == (
        f"Unit 1: merged with unit {there + 1}"
    )
    assert fresh.get("/source/1").json()["times"] == times
    stretch = [times[0], times[2] + 0.001, 0, 1]
    said = fresh.change(kind="artifact", unit=1, box=stretch).json()["edits"][-1]
    assert said.startswith("Unit 1: artifact from ")
    assert fresh.get("/source/1").json()["times"] == times[3:]
    fresh.change(kind="lock", unit=1)
    assert fresh.get("/source/1").json()["locked"]
    refused = fresh.change(kind="set_aside", unit=1)
    assert refused.status_code == 400
    assert "unit 1 is locked" in refused.json()["error"]
    fresh.change(kind="unlock", unit=1)
    assert not fresh.get("/source/1").json()["locked"]
    for _ in range(5):
        fresh.change(kind="undo")
    after = fresh.get("/source/1").json()
    assert after["times"] == times
    assert len(after["facts"]) == there


def test_one_channel_of_emg_is_no_hindrance(page: Page, tmp_path: Path) -> None:
    one = rs.Recording(pool().units, signals={"emg": rs.Signal(np.zeros(3000), 100.0, "uV")})
    one.save(tmp_path / "one.h5")
    mine = Page(page.client)
    mine.drop((tmp_path / "one.h5").read_bytes(), "one.h5")
    assert mine.change(kind="set_aside", unit=1).json()["edits"] == ["Unit 1: set aside"]


def test_discharges_are_removed_and_added(fresh: Page) -> None:
    times = fresh.get("/source/1").json()["times"]
    fresh.change(kind="remove", unit=1, times_s=[times[3]])
    fresh.change(kind="remove", unit=1, box=[times[10] - 0.001, times[12] + 0.001, -1e9, 1e9])
    fresh.change(kind="add", unit=1, times_s=[times[3]])
    found = fresh.get("/source/1").json()
    assert found["times"] == times[:10] + times[13:]
    assert len(found["edits"]) == 3
    assert "no raw EMG" in found["note"]
    assert found["facts"][0]["discharges"] == len(times) - 3


@pytest.mark.parametrize("path", ["/source/99", "/source/1?start=now", "/pair/1/zero"])
def test_an_impossible_look_is_refused_in_words(opened: Page, path: str) -> None:
    found = opened.get(path)
    assert found.status_code == 400
    assert found.json()["error"].endswith(".")


def test_settings_and_rules_change_the_answer(fresh: Page) -> None:
    before = fresh.get("/data").json()
    values = {**before["settings"], "delta_f.recruitment_gap_s": "5"}
    strict = fresh.post(f"/{fresh.id}/settings", {"rules": "renshaw", "values": values}).json()
    assert sum(pair[6] for pair in strict["pairs"]) < sum(pair[6] for pair in before["pairs"])
    assert "recruitment_gap_s=5.0" in strict["program"]
    other = fresh.post(f"/{fresh.id}/settings", {"rules": "openhdemg", "values": values}).json()
    assert other["settings"]["delta_f.recruitment_gap_s"] == "1"
    assert "rs.estimate(recording, 'openhdemg')" in other["program"]
    bad = fresh.post(
        f"/{fresh.id}/settings", {"values": {**values, "delta_f.recruitment_gap_s": "-1"}}
    )
    assert bad.status_code == 400
    assert "must be at least 0" in bad.json()["error"] or "recruitment_gap_s" in bad.json()["error"]


def test_a_contraction_is_chosen_and_seen(page: Page, tmp_path: Path) -> None:
    once = pool()
    torque = once.signals["torque"]
    settled = np.concatenate([np.zeros(100), torque.values, np.zeros(100)])
    signals = {"torque": rs.Signal(np.tile(settled, 2), torque.fs_hz, torque.unit)}
    trains = tuple(np.concatenate([t + 2, t + 36]) for t in once.units)
    twice = rs.Recording(rs.MotorUnits(trains, (0.0, 68.0), fs_hz=2048.0), signals)
    other = Page(page.client)
    assert other.drop(twice.save(tmp_path / "twice.h5").read_bytes(), "twice.h5")["units"] == 5
    data = other.get("/data").json()
    assert data["contractions"]["numbers"] == [1, 2]
    assert data["contractions"]["shown"] == 1
    assert data["figures"]["contractions"]["name"] == "contractions"
    assert "mean of 2 contractions" in data["findings"]["sentences"][0]
    chosen = {"rules": "renshaw", "values": {}, "contraction": 2}
    data = other.post(f"/{other.id}/settings", chosen).json()
    assert data["contractions"]["shown"] == 2
    part = rs.contractions(twice).part(2)
    pairs = {(r.unit, r.control): r.value for r in rs.estimate(part).select("delta_f_pair").rows}
    test, control, value, *_ = data["pairs"][0]
    assert value == pytest.approx(pairs[test, control], abs=1e-4)
    assert other.get(f"/pair/{test}/{control}").json()["figure"]
    assert other.get("/figure/contractions?as=svg").status_code == 200
    # What is not there is none.
    data = other.post(f"/{other.id}/settings", {**chosen, "contraction": 9}).json()
    assert data["contractions"]["shown"] == 1
    assert other.post(f"/{other.id}/report").status_code == 200
    assert "SD between contractions" in other.get("/report.html").text


def test_the_program_gives_the_same_numbers(fresh: Page, tmp_path: Path) -> None:
    fresh.change(kind="set_aside", unit=2, why='it "doubles"')
    times = fresh.get("/source/3").json()["times"]
    fresh.change(kind="remove", unit=3, times_s=[times[0]])
    values = {**fresh.get("/data").json()["settings"], "smoothing.method": "hann"}
    fresh.post(f"/{fresh.id}/settings", {"rules": "renshaw", "values": values})
    (tmp_path / "program.py").write_text(fresh.get("/program.py").text)
    ran = subprocess.run(
        [sys.executable, "program.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "report.html").exists()
    (tmp_path / "page.csv").write_text(fresh.get("/estimates.csv").text)
    mine, theirs = (pd.read_csv(tmp_path / name) for name in ("page.csv", "estimates.csv"))
    pd.testing.assert_frame_equal(mine, theirs)


def test_a_saved_recording_goes_on_where_it_was(fresh: Page, page: Page) -> None:
    fresh.change(kind="set_aside", unit=2)
    saved = fresh.get("/recording.h5")
    assert saved.headers["content-disposition"] == 'attachment; filename="ramp-edited.h5"'
    again = Page(page.client)
    again.drop(saved.content, "again.h5")
    data = again.get("/data").json()
    assert data["undoable"] == "Unit 2: set aside"
    assert "rs.edit.unedited(recording)" in data["program"]
    again.change(kind="undo")
    assert not again.get("/data").json()["units"][1]["aside"]


def test_a_list_of_edits_replays(fresh: Page) -> None:
    fresh.change(kind="set_aside", unit=2)
    text = fresh.get("/edits.json").text
    fresh.change(kind="undo")
    found = fresh.post(f"/{fresh.id}/replay", {"edits": text})
    assert found.json()["edits"] == ["Unit 2: set aside"]
    for bad in ("[", "{}", json.dumps([{"kind": "remove", "unit": 1, "times_s": [0.001]}]), 7):
        refused = fresh.post(f"/{fresh.id}/replay", {"edits": bad})
        assert refused.status_code == 400
        assert fresh.change(kind="undo").json()["redoable"], "what was there is kept"
        fresh.change(kind="redo")


def test_the_report_comes_sandboxed(opened: Page) -> None:
    assert opened.post(f"/{opened.id}/report").json() == {}
    found = opened.get("/report.html")
    assert "sandbox" in found.headers["content-security-policy"]
    assert "ΔF" in found.text


def test_two_recordings_of_one_name_are_told_apart_and_compared(page: Page) -> None:
    contents = []
    for units in (5, 4):
        lines = [f"{k},{t:.5f}" for k, train in enumerate(pool(units).units, 1) for t in train]
        contents.append("\n".join(["unit,time_s", *lines]).encode())
    ids = []
    for content in contents:
        assert page.drop(content, "same name.csv")["stage"] == "ready"
        ids.append(page.id)
    start = page.client.get("/t/recording").text
    assert ">same name.csv</a>" in start and ">same name.csv (2)</a>" in start
    assert "A before and an after" in start
    asked = {"before": ids[0], "after": ids[1], "match": "labels"}
    found = page.client.get("/t/recording/compared", params=asked)
    assert found.status_code == 200
    assert "sandbox" in found.headers["content-security-policy"]
    for words in ("Before and after, one person", "same name.csv (2)", "After minus before"):
        assert words in found.text
    assert found.text.count("<svg") >= 2
    twice = page.client.get("/t/recording/compared", params={**asked, "after": ids[0]})
    assert twice.status_code == 400 and "two recordings" in twice.text
    assert twice.text.startswith("<!doctype html>")
    gone = page.client.get("/t/recording/compared", params={**asked, "after": "gone"})
    assert gone.status_code >= 400
    for id in ids:
        page.id = id
        page.post(f"/{id}/close")


def test_hostile_names_are_words(page: Page) -> None:
    rows = "".join(f'"{HOSTILE}",{0.1 * i}\n' for i in range(1, 30))
    text = f"unit,time_s\n{rows}"
    hostile = Page(page.client)
    state = hostile.drop(text.encode(), f"../../{HOSTILE}.csv")
    assert state["stage"] == "ready", state
    assert state["name"] == f"{HOSTILE}.csv"
    shown = hostile.get("").text
    assert HOSTILE not in shown
    assert "&lt;img src=x" in shown
    assert hostile.get("/data").json()["units"][0]["label"] == HOSTILE
    named = hostile.get("/estimates.csv").headers["content-disposition"]
    assert named == 'attachment; filename="img-src-x-onerror-alert-1-estimates.csv"'


def test_a_name_becomes_plain() -> None:
    assert plain_name("ramp 1.mat") == "ramp-1"
    assert plain_name("\r\n\u202e.h5") == "recording"
    assert plain_name('a"; filename="b') == "a-filename-b"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7\n\0\xff\xfe\0", "a PDF document"),
        (b"\x89HDF\r\n\x1a\n" + b"\0" * 4000, "damaged"),
        (b"unit,time_s\n1,zero\n", "strange.bin"),
    ],
)
def test_a_file_that_is_none_is_refused_by_its_name(page: Page, content: bytes, words: str) -> None:
    state = Page(page.client).drop(content, "strange.bin")
    assert state["stage"] == "failed"
    assert words in state["error"]
    assert "strange.bin" in state["error"]
    assert "upload-" not in state["error"], "the page's own places stay unsaid"


def test_uploads_do_not_pile_up(page: Page) -> None:
    place = page.client.app.app.state.desk.folder  # type: ignore[attr-defined]
    before = set(place.glob("upload-*"))
    mine = Page(page.client)
    mine.drop(b"nothing of the kind", "x.mat")
    # It is kept to be read again, with what its refusal asks for, until it is closed.
    assert len(set(place.glob("upload-*")) - before) == 1
    assert mine.post(f"/{mine.id}/close").status_code == 200
    assert set(place.glob("upload-*")) == before


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Keeping]:
    with keeping(tmp_path, tmp_path) as kept:
        yield kept


def test_only_so_much_is_kept_of_what_was_dropped_in(
    kept: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("renshaw.app.recording.desk.MOST_DROPPED_BYTES", 250)
    desk = Desk(kept)
    paths = [desk.folder / f"upload-{k}" for k in range(4)]
    for path in paths:
        path.write_bytes(b"x" * 100)
        desk.put(path.name, path.name, path)
    assert [path.exists() for path in paths] == [False, False, True, True]


def test_a_closed_recording_is_gone(page: Page, folder: Path) -> None:
    other = Page(page.client)
    other.drop((folder / "ramp.h5").read_bytes(), "other.h5")
    place = page.client.app.app.state.desk.folder  # type: ignore[attr-defined]
    assert list(place.glob(f"{other.id}-*"))
    assert page.post(f"/{other.id}/close").status_code == 200
    assert list(place.glob(f"{other.id}-*")) == []
    assert other.get("/data").json()["error"] == (
        "This recording is not open any more; open it again."
    )


def test_only_so_many_stay_open(kept: Keeping) -> None:
    desk = Desk(kept)
    first = desk.put("first", "first", Path("first"))
    first.as_read.write_bytes(b"x")
    for number in range(MOST_OPEN):
        desk.put(str(number), "", Path(str(number)))
    assert len(desk.all()) == MOST_OPEN
    assert not first.as_read.exists()


def test_raw_emg_is_decomposed_edited_and_replayed(page: Page, tmp_path: Path) -> None:
    emg = np.random.default_rng(1).normal(0, 20, (2048 * 4, 16)).astype(np.float32)
    raw = rs.Recording(rs.MotorUnits((), (0.0, 4.0)), signals={"emg": rs.Signal(emg, 2048.0, "uV")})
    raw.save(tmp_path / "raw.h5")
    mine = Page(page.client)
    state = mine.drop((tmp_path / "raw.h5").read_bytes(), "raw.h5")
    assert (state["stage"], state["channels"]) == ("raw", 16)
    assert mine.post(f"/{mine.id}/decompose", {"decompose.starts": "nought"}).status_code == 400
    quick = {"decompose.starts": "8", "decompose.rounds": "1", "decompose.iterations": "2"}
    assert mine.post(f"/{mine.id}/decompose", quick).status_code == 200
    assert mine.post(f"/{mine.id}/decompose", quick).status_code == 400, "one at a time"
    state = mine.settled()
    assert (state["stage"], state["error"]) == ("ready", "")
    assert "starts=8" in mine.get("/data").json()["program"]


def test_a_reader_that_never_ends_is_ended() -> None:
    code = (
        "import signal\n"
        "from renshaw.app.recording.jobs import _within\n"
        "with _within(1, 'slow.mat'):\n"
        "    while True:\n"
        "        signal.pause()\n"
    )
    # In a process of its own: the limit on processor time holds for a whole one.
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert "slow.mat: It takes longer than 1 s to read" in ran.stderr


def in_ms() -> bytes:
    """A table of the discharges of `pool` in ms, under a head that says nothing of it."""
    lines = [
        f"{unit},{1000 * time:.2f}"
        for unit, times in enumerate(pool().units, start=1)
        for time in times
    ]
    return "\n".join(["unit,time", *lines]).encode()


def test_a_refusal_that_an_option_cures_leads_to_a_form_that_reads_it_again(page: Page) -> None:
    mine = Page(page.client)
    refused = mine.drop(in_ms(), "ms.csv")
    assert refused["stage"] == "failed"
    assert "options.time_unit" in refused["asks"]
    assert refused["given"] == []
    shown = page.client.get(f"/t/recording/{mine.id}").text
    for info in rs.ReadOptions.describe():
        assert (f'name="options.{info.name}"' in shown) == (info.name != "mvc_file")
    wrong = mine.post(f"/{mine.id}/read", {"options.fs_hz": "-5"})
    assert wrong.status_code == 400
    sent = {"options.time_unit": "ms", "options.muscle": "TA", "options.fs_hz": ""}
    assert mine.post(f"/{mine.id}/read", sent).status_code == 200
    state = mine.settled()
    assert state["stage"] == "ready"
    assert state["given"] == ["Time unit ms", "Muscle TA"]
    data = mine.get("/data").json()
    assert len(data["units"]) == 5
    program = mine.get("/program.py").text
    assert "options=rs.ReadOptions(time_unit='ms', muscle='TA')" in program
    assert "rs.read('ms.csv'" in program


def test_a_file_that_opened_is_read_again_and_edits_are_forgotten(opened: Page) -> None:
    mine = Page(opened.client)
    mine.id = mine.post("/open", {"path": "ramp.h5"}).json()["id"]
    assert mine.settled()["stage"] == "ready"
    mine.get("/data")
    mine.change(kind="set_aside", unit=1)
    sent = {"options.mvc": "40", "options.torque_unit": "Nm", "options.unit_names": "a, b, c, d, e"}
    assert mine.post(f"/{mine.id}/read", sent).status_code == 200
    assert mine.settled()["stage"] == "ready"
    units = mine.get("/data").json()["units"]
    assert [(unit["label"], unit["aside"]) for unit in units] == [(x, False) for x in "abcde"]
    assert {each.split()[0] for each in mine.settled()["given"]} == {"MVC", "Torque", "Unit"}
    # What the form leaves empty is as the file says again.
    assert mine.post(f"/{mine.id}/read", {"options.mvc": ""}).status_code == 200
    state = mine.settled()
    assert (state["given"], state["stage"]) == ([], "ready")


def test_what_was_dropped_in_goes_with_its_case_and_a_file_of_the_folder_stays(
    folder: Path, kept: Keeping
) -> None:
    desk = Desk(kept)
    mine, theirs = desk.folder / "upload-1.csv", folder / "ramp.h5"
    mine.touch()
    for path in (mine, theirs):
        desk.close(desk.put(path.name, path.name, path))
    assert not mine.exists()
    assert theirs.exists()
