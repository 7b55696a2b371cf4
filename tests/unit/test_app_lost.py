"""What a person did in the tab Recording is there again after the page was killed."""

from __future__ import annotations

import errno
import json
import os
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("starlette", reason="needs the extra app")
pytest.importorskip("httpx2", reason="needs the dependency group browser")

import httpx2
from served_page import served, settled

import renshaw as rs
from renshaw.app.keeping import CLOSED, ENDED, FOLDER, FULL, OTHER, Keeping, keeping
from renshaw.app.recording import journal
from renshaw.app.recording.case import Case
from renshaw.app.recording.desk import MOST_OPEN, Desk
from renshaw.app.recording.journal import cases_in, written
from renshaw.core.errors import RenshawError
from renshaw.decomposition.edits import RemoveDischarges, SetAside
from renshaw.estimation.settings import rules
from renshaw.io import ReadOptions

# RENSHAW_KILLS=200 tries more moments (CONTRIBUTING.md).
KILLS = int(os.environ.get("RENSHAW_KILLS", "3"))
# Ids of open recordings.
A, B, C = ("a1" * 8, "b2" * 8, "c3" * 8)


def case_of(folder: Path) -> Case:
    """A case that was read and edited."""
    found = Case(A, "x.h5", "x.h5", folder, folder / "upload-1.h5", options=ReadOptions(mvc=4.0))
    found.source.write_bytes(b"x")  # type: ignore[union-attr]
    found.as_read.write_bytes(b"read")
    found.begun = True
    found.change(SetAside(1, at="now", why="ä"))
    found.change(RemoveDischarges(2, times_s=(0.1 + 0.2,)))
    return found


def everything(case: Case) -> tuple[Any, ...]:
    return (case.version, case.former, case.later, case.settings, case.rules, case.name, case.made)


def test_a_case_is_read_as_it_was_written(tmp_path: Path) -> None:
    case = case_of(tmp_path)
    case.undo()
    case.rules, case.settings = "openhdemg", rules("openhdemg")
    case.multiverse_of = case.choices
    written(case)
    ((again,), _) = cases_in(tmp_path)
    assert everything(again) == everything(case)
    assert (again.source, again.multiverse_of) == (case.source, case.choices)


def test_units_found_anew_replace_nothing_for_good(tmp_path: Path) -> None:
    case = case_of(tmp_path)
    before = case.edits
    case.decomposed_anew(replaces=True)
    case.file.write_bytes(b"units")
    case.change(SetAside(3))
    written(case)
    case.sweep()
    ((again,), _) = cases_in(tmp_path)
    for _ in range(2):
        again.undo()
    assert (again.edits, again.decomposed) == (before, 0)
    assert again.file.read_bytes() == b"read"
    for _ in range(2):
        again.redo()
    assert again.edits == (SetAside(3),)
    assert again.file.read_bytes() == b"units"


def test_what_no_undo_leads_to_is_removed(tmp_path: Path) -> None:
    case = case_of(tmp_path)
    case.decomposed_anew(replaces=True)
    lost = case.file
    lost.write_bytes(b"units")
    case.undo()
    case.change(SetAside(3))
    case.sweep()
    assert not lost.exists()
    assert case.file.exists()


def test_a_file_that_can_not_be_read_again_leaves_what_was_read(tmp_path: Path) -> None:
    case = case_of(tmp_path)
    before = case.version
    case.anew(ReadOptions(mvc=5.0))
    case.fault = "No."
    case.back()
    assert case.version == before
    assert case.fault == "No. What was read before is kept."


def test_units_are_not_exchanged_while_they_are_found(tmp_path: Path) -> None:
    case = case_of(tmp_path)
    case.decomposed_anew(replaces=True)
    case.job = "at work"
    with pytest.raises(RenshawError, match="work going on"):
        case.undo()


def a_journal(**others: Any) -> Callable[[str], str]:
    """Change some entries of a journal."""
    return lambda text: json.dumps({**json.loads(text), **others})


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda text: text[: len(text) // 2], id="truncated"),
        pytest.param(lambda _: "", id="empty"),
        pytest.param(lambda _: "[" * 100_000, id="deep"),
        pytest.param(lambda text: text.replace('"reading"', '"raeding"'), id="other entries"),
        pytest.param(lambda _: "null", id="null"),
        pytest.param(a_journal(version=2), id="newer"),
        pytest.param(a_journal(made=10**15), id="endless"),
        pytest.param(a_journal(rules="none"), id="no rules"),
        pytest.param(a_journal(id="../../x"), id="a path as id"),
        pytest.param(a_journal(dropped="../../units.h5"), id="a path as what was dropped"),
    ],
)
def test_a_spoiled_journal_is_left_as_it_is_and_takes_nothing_with_it(
    tmp_path: Path, spoil: Callable[[str], str]
) -> None:
    case = case_of(tmp_path)
    written(case)
    good = (tmp_path / f"{A}-case.json").read_text()
    bad = spoil(good.replace(A, B))
    (tmp_path / f"{B}-case.json").write_text(bad)
    (tmp_path / f"{B}-read-1.h5").write_bytes(b"read")
    cases, unreadable = cases_in(tmp_path)
    assert [case.id for case in cases] == [A]
    assert unreadable == [f"{B}-case.json"]
    assert (tmp_path / f"{B}-case.json").read_text() == bad
    assert (tmp_path / f"{B}-read-1.h5").exists()


def test_a_journal_that_is_huge_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(case_of(tmp_path))
    monkeypatch.setattr(journal, "_LARGEST_bytes", 100)
    assert cases_in(tmp_path) == ([], [f"{A}-case.json"])


def test_a_journal_leads_to_no_file_elsewhere(tmp_path: Path) -> None:
    place = tmp_path / "mine" / FOLDER
    place.mkdir(parents=True)
    (tmp_path / "secret.csv").touch()
    for source in (str(tmp_path / "secret.csv"), "../secret.csv"):
        written(case_of(place))
        path = place / f"{A}-case.json"
        path.write_text(a_journal(dropped=None, source=source)(path.read_text()))
        ((case,), _) = cases_in(place)
        assert case.source is None


def test_a_link_in_the_place_is_not_written_through(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    (mine / FOLDER).mkdir(parents=True)
    theirs = tmp_path / "theirs"
    theirs.write_text("kept")
    for name in ("lock", ".gitignore", f"{A}-case.json"):
        (mine / FOLDER / name).symlink_to(theirs)
    with keeping(mine, tmp_path / "other"):
        pass
    (mine / FOLDER / "lock").unlink()
    with keeping(mine, tmp_path / "other") as place:
        written(case_of(place.folder))
    assert theirs.read_text() == "kept"


def test_a_link_in_the_place_is_not_read_through(tmp_path: Path) -> None:
    (tmp_path / "secret.h5").write_bytes(b"secret")
    place = tmp_path / FOLDER
    place.mkdir()
    case = case_of(place)
    written(case)
    case.as_read.unlink()
    case.as_read.symlink_to(tmp_path / "secret.h5")
    assert cases_in(place) == ([], [f"{A}-case.json"])
    os.mkfifo(place / f"{B}-case.json")
    assert cases_in(place) == ([], [f"{A}-case.json", f"{B}-case.json"])


def test_a_folder_that_was_moved_has_its_recordings_open(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    (mine / FOLDER).mkdir(parents=True)
    case = case_of(mine / FOLDER)
    case.source = mine / "units.h5"
    case.source.touch()
    written(case)
    moved = mine.rename(tmp_path / "moved")
    ((again,), _) = cases_in(moved / FOLDER)
    assert again.source == moved / "units.h5"
    assert again.edits == case.edits


def test_what_was_being_written_is_removed_at_the_next_start(tmp_path: Path) -> None:
    written(case_of(tmp_path))
    for name in ("upload-2.h5", f"{C}-read-1.h5"):
        (tmp_path / name).write_bytes(b"x")
    cases_in(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"{A}-case.json",
        f"{A}-read-1.h5",
        "upload-1.h5",
    ]


def test_what_can_not_be_kept_was_not_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with keeping(tmp_path, tmp_path) as place:
        desk = Desk(place)
        case = desk.put("x", "x", Path("x"))
        desk.keep(case)
        before = everything(case)
        monkeypatch.setattr(journal, "write_text", full)
        with pytest.raises(OSError, match="No space"), desk.changing(case):
            case.change(SetAside(1))
        assert everything(case) == before


def test_a_second_page_of_a_folder_leaves_the_first_one_alone(tmp_path: Path) -> None:
    root, other = tmp_path / "root", tmp_path / "other"
    root.mkdir()
    with keeping(root, other) as first, keeping(root, other) as second:
        assert first.folder == root / FOLDER
        assert second.folder == other
        assert (first.why_not, second.why_not) == ("", OTHER)
        (first.folder / "kept").touch()
    with keeping(root, other) as again:
        assert again.there == root / FOLDER
        assert (again.folder / "kept").exists()


def test_a_page_waits_for_one_that_is_about_to_end(tmp_path: Path) -> None:
    first = Keeping(tmp_path, tmp_path)
    (first.folder / "kept").touch()
    ending = threading.Timer(0.3, first.close)
    ending.start()
    with keeping(tmp_path, tmp_path, patience_s=60.0) as second:
        assert second.there == tmp_path / FOLDER
    ending.join()
    assert first.why_not == ENDED


def test_a_second_page_knows_of_the_first_as_soon_as_that_keeps_something(tmp_path: Path) -> None:
    root, other = tmp_path / "root", tmp_path / "other"
    root.mkdir()
    with keeping(root, other) as first, keeping(root, other) as second:
        assert (first.why_not, second.why_not) == ("", "")
        assert first.folder == root / FOLDER
        assert second.why_not == OTHER
        assert second.folder == other


def test_who_only_looks_leaves_nothing_behind(tmp_path: Path) -> None:
    with keeping(tmp_path, tmp_path) as looked:
        assert looked.there is None
        assert not list(tmp_path.iterdir())
        assert looked.folder.is_dir()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("number", "why"), [(errno.EROFS, CLOSED), (errno.EACCES, CLOSED), (errno.ENOSPC, FULL)]
)
def test_a_place_that_can_not_be_made_is_one_until_the_page_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, why: str
) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "mkdir", refused)
    with keeping(tmp_path, tmp_path / "other") as place:
        assert place.folder == tmp_path / "other"
        assert place.why_not == why


def test_a_folder_that_may_not_be_written_to_is_said_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing is closed to the administrator, who may run the tests.
    monkeypatch.setattr(os, "access", lambda *_: False)
    with keeping(tmp_path, tmp_path / "other") as place:
        assert place.why_not == CLOSED


def test_no_edited_recording_is_closed_to_make_room(tmp_path: Path) -> None:
    with keeping(tmp_path, tmp_path) as place:
        desk = Desk(place)
        for number in range(MOST_OPEN):
            desk.put(str(number), "", Path(str(number))).change(SetAside(1))
        with pytest.raises(RenshawError, match="all of them with edits"):
            desk.put("one more", "", Path("more"))
        assert len(desk.all()) == MOST_OPEN


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    times = tuple(np.arange(1.0 + unit, 9.0, 0.11) for unit in range(4))
    rs.Recording(rs.MotorUnits(times, (0.0, 10.0))).save(tmp_path / "units.h5")
    return tmp_path


class Hand:
    """Edits, settings and drafts as a person makes them; knows what the page said was done."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.client: httpx2.Client
        self.id = ""
        self.edits: list[str] = []
        self.rules = "renshaw"
        self.draft: dict[str, Any] = {"id": "", "revision": 0}
        self.text = ""
        # What was sent last, of which no answer came.
        self.cut: Any = None

    def acts(self, times: int) -> None:
        for _ in range(times):
            self.chance.choice([self.edit, self.undo, self.set_rules, self.write])()

    def edit(self) -> None:
        sent = {
            "kind": "set_aside",
            "unit": self.chance.randrange(1, 5),
            "why": str(len(self.edits)),
        }
        self.edits = self._answered(f"recording/{self.id}/change", sent)["edits"]

    def undo(self) -> None:
        self.edits = self._answered(f"recording/{self.id}/change", {"kind": "undo"})["edits"]

    def set_rules(self) -> None:
        sent = {"rules": self.chance.choice(["renshaw", "openhdemg"])}
        self.rules = self._answered(f"recording/{self.id}/settings", sent)["rules"]

    def write(self) -> None:
        text = self.text + self.chance.choice("abc\n")
        sent = {**self.draft, "content": {"text": text}, "title": "mine"}
        said = self._answered("study/draft", sent)
        self.draft, self.text = {name: said[name] for name in ("id", "revision")}, text

    def _answered(self, path: str, sent: dict[str, Any]) -> dict[str, Any]:
        self.cut = sent
        answer = self.client.post(path, json=sent)
        assert answer.status_code == 200, answer.text
        self.cut = None
        return dict(answer.json())

    def looks(self) -> None:
        """Everything is as it was said to be, or one step further where the answer was cut off."""
        cut, self.cut = self.cut or {}, None
        edits = self.client.get(f"recording/{self.id}/source/1").json()["edits"]
        further = {"undo": self.edits[:-1], "set_aside": [*self.edits, *edits[-1:]]}
        assert edits in (self.edits, further.get(cut.get("kind", "")))
        rules = self.client.get(f"recording/{self.id}/data").json()["rules"]
        assert rules in (self.rules, cut.get("rules"))
        self.edits, self.rules = edits, rules
        if self.draft["id"]:
            kept = self.client.get("study/draft", params={"id": self.draft["id"]}).json()
            assert kept["content"]["text"] in (self.text, cut.get("content", {}).get("text"))
            self.text, self.draft["revision"] = kept["content"]["text"], kept["revision"]


def test_killed_at_random_moments_nothing_that_was_answered_is_lost(folder: Path) -> None:
    hand = Hand(KILLS)
    for _ in range(KILLS):
        with served(folder) as (hand.client, process):
            if not hand.id:
                content = (folder / "units.h5").read_bytes()
                named = {"x-file-name": "mine.h5"}
                sent = hand.client.post("recording/drop", content=content, headers=named)
                hand.id = sent.json()["id"]
            assert settled(hand.client, hand.id)["stage"] == "ready"
            hand.looks()
            hand.acts(hand.chance.randrange(1, 6))
            moment = threading.Timer(hand.chance.random() * 0.05, process.kill)
            moment.start()
            with suppress(httpx2.HTTPError, ValueError):
                hand.acts(100)
            moment.join()
    with served(folder) as (client, _):
        hand.client = client
        assert settled(client, hand.id)["stage"] == "ready"
        hand.looks()
        assert "mine.h5" in client.get("recording").text
        assert client.post(f"recording/{hand.id}/close", json={}).status_code == 200
        if hand.draft["id"]:
            client.post("study/draft/remove", json={"id": hand.draft["id"]})
    # It was killed, so that its lock is there still.
    left = sorted(path.name for path in (folder / FOLDER).iterdir())
    assert left == [".gitignore", "lock"]


def is_at_work(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False


def working(pid: int) -> list[str]:
    """Return the jobs of a page."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [
        each for each in children if b"job_process" in Path(f"/proc/{each}/cmdline").read_bytes()
    ]


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs Linux' /proc")
def test_killed_while_units_are_found_keeps_those_there_were_and_ends_the_search(
    folder: Path,
) -> None:
    emg = np.random.default_rng(1).normal(0, 20, (2048 * 30, 16)).astype(np.float32)
    times = tuple(np.arange(1.0 + unit, 9.0, 0.11) for unit in range(4))
    signals = {"emg": rs.Signal(emg, 2048.0, "uV")}
    rs.Recording(rs.MotorUnits(times, (0.0, 30.0)), signals=signals).save(folder / "raw.h5")
    with served(folder) as (client, process):
        id = client.post("recording/open", json={"path": "raw.h5"}).json()["id"]
        assert settled(client, id)["stage"] == "ready"
        assert client.post(f"recording/{id}/decompose", json={}).status_code == 200
        end_s = time.monotonic() + 60
        while not (work := working(process.pid)):
            assert time.monotonic() < end_s
            time.sleep(0.1)
    with served(folder) as (client, _):
        state = settled(client, id)
        assert (state["stage"], state["units"]) == ("ready", 4)
        assert "find them once more" in state["error"]
        # Going on unseen, it would write into what the next page finds.
        end_s = time.monotonic() + 60
        while any(map(is_at_work, work)):
            assert time.monotonic() < end_s
            time.sleep(0.1)


def test_a_file_that_was_being_read_is_read_after_the_restart(folder: Path) -> None:
    with served(folder) as (client, _):
        id = client.post("recording/open", json={"path": "units.h5"}).json()["id"]
    with served(folder) as (client, _):
        assert settled(client, id)["stage"] == "ready"


def test_a_failed_file_is_listed_as_failed_with_its_reason(folder: Path) -> None:
    with served(folder) as (client, _):
        id = client.post(
            "recording/drop", content=b"none", headers={"x-file-name": "bad.mat"}
        ).json()["id"]
        why = settled(client, id)["error"]
        text = client.get("recording").text
        opened, _, failed = text.partition("Could not be read")
        assert "bad.mat" not in opened.partition("Open now")[2]
        assert "bad.mat" in failed
        assert why.split(":")[0] in failed
