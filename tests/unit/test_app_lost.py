"""What a person did in the tab Recording is there again after the page was killed."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("starlette", reason="needs the extra app")
pytest.importorskip("httpx2", reason="needs the dependency group browser")

import httpx2

import renshaw as rs
from renshaw.app.recording.case import Case
from renshaw.app.recording.desk import MOST_OPEN, Desk
from renshaw.app.recording.journal import FOLDER, cases_in, lasting_place, written
from renshaw.core.errors import RenshawError
from renshaw.decomposition.edits import RemoveDischarges, SetAside
from renshaw.estimation.settings import rules
from renshaw.io import ReadOptions

KILLS = 3
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/[\w-]+/")


def case_of(folder: Path) -> Case:
    """A case that was read and edited."""
    found = Case("a1", "x.h5", "x.h5", folder, folder / "upload-1.h5", options=ReadOptions(mvc=4.0))
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
    (again,) = cases_in(tmp_path)
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
    (again,) = cases_in(tmp_path)
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


def test_a_spoiled_journal_is_set_aside_and_takes_nothing_with_it(tmp_path: Path) -> None:
    written(case_of(tmp_path))
    (tmp_path / "b2-case.json").write_text('{"id": "b2"')
    (tmp_path / "b2-read-1.h5").write_bytes(b"read")
    assert [case.id for case in cases_in(tmp_path)] == ["a1"]
    assert (tmp_path / "b2-read-1.h5").exists()
    assert (tmp_path / "b2-case.unreadable").exists()


def test_what_was_being_written_is_removed_at_the_next_start(tmp_path: Path) -> None:
    written(case_of(tmp_path))
    for name in ("upload-2.h5", "c3-read-1.h5", "a1-case.part"):
        (tmp_path / name).write_bytes(b"x")
    cases_in(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "a1-case.json",
        "a1-read-1.h5",
        "upload-1.h5",
    ]


def test_a_second_page_of_a_folder_leaves_the_first_one_alone(tmp_path: Path) -> None:
    with lasting_place(tmp_path) as first, lasting_place(tmp_path) as second:
        assert first == tmp_path / FOLDER
        assert second is None
    with lasting_place(tmp_path) as again:
        assert again == first


def test_no_edited_recording_is_closed_to_make_room(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for number in range(MOST_OPEN):
        desk.put(str(number), "", Path(str(number))).change(SetAside(1))
    with pytest.raises(RenshawError, match="all of them with edits"):
        desk.put("one more", "", Path("more"))
    assert len(desk.all()) == MOST_OPEN


@contextmanager
def served(folder: Path) -> Iterator[tuple[httpx2.Client, subprocess.Popen[str]]]:
    """Serve a folder as the command does; killed, not ended, when the block is left."""
    code = (
        "import sys; from pathlib import Path; from renshaw.app.server import page_server\n"
        "page = page_server(Path(sys.argv[1])); print(page.address, flush=True); page.run()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    try:
        found = _ADDRESS.search(process.stdout.readline())
        assert found is not None
        origin = found[0].rsplit("/", 2)[0]
        with httpx2.Client(base_url=found[0], headers={"origin": origin}, timeout=120) as client:
            yield client, process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()


def settled(client: httpx2.Client, id: str) -> dict[str, Any]:
    while (state := client.get(f"recording/{id}/stage").json())["stage"] == "opening":
        time.sleep(0.05)
    assert isinstance(state, dict)
    return state


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    times = tuple(np.arange(1.0 + unit, 9.0, 0.11) for unit in range(4))
    rs.Recording(rs.MotorUnits(times, (0.0, 10.0))).save(tmp_path / "units.h5")
    return tmp_path


def test_killed_at_random_moments_nothing_that_was_answered_is_lost(folder: Path) -> None:
    chance = random.Random(19)
    content = (folder / "units.h5").read_bytes()
    answered: list[str] = []
    id = ""
    for _ in range(KILLS):
        with served(folder) as (client, process):
            if not id:
                sent = client.post(
                    "recording/drop", content=content, headers={"x-file-name": "mine.h5"}
                )
                id = sent.json()["id"]
            assert settled(client, id)["stage"] == "ready"
            # As it was: every edit that was answered, one more where the answer was cut off.
            found = client.get(f"recording/{id}/source/1").json()["edits"]
            assert found[: len(answered)] == answered
            assert len(found) <= len(answered) + 1
            answered = found
            for _ in range(chance.randrange(1, 4)):
                edit = {"kind": "set_aside", "unit": chance.randrange(1, 5), "why": str(len(found))}
                answered = client.post(f"recording/{id}/change", json=edit).json()["edits"]
            # The kill meets a last one at some moment.
            moment = threading.Timer(chance.random() * 0.03, process.kill)
            moment.start()
            with suppress(httpx2.HTTPError, ValueError):
                edit = {"kind": "set_aside", "unit": 1, "why": "cut off"}
                answered = client.post(f"recording/{id}/change", json=edit).json()["edits"]
            moment.join()
    with served(folder) as (client, _):
        assert settled(client, id)["stage"] == "ready"
        found = client.get(f"recording/{id}/source/1").json()["edits"]
        assert found[: len(answered)] == answered
        answered = found
        said = client.post(f"recording/{id}/change", json={"kind": "undo"}).json()
        assert said["edits"] == answered[:-1]
        assert "mine.h5" in client.get("recording").text
        assert client.post(f"recording/{id}/close", json={}).status_code == 200
    left = sorted(path.name for path in (folder / FOLDER).iterdir())
    assert left == [".gitignore", "lock"]


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
