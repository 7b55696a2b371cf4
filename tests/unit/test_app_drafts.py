"""A study or goal that is being written is on disk as it is written, and there after a restart."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="needs the extra app")
pytest.importorskip("httpx2", reason="needs the dependency group browser")

from starlette.testclient import TestClient

from renshaw.app.explore.kept import keep
from renshaw.app.explore.kept import kept as kept_knobs
from renshaw.app.keeping import FOLDER, Keeping, keeping
from renshaw.app.runs import drafts as module
from renshaw.app.runs.drafts import MOST, MOST_STARTED, Drafts
from renshaw.app.server import application
from renshaw.core.errors import RenshawError
from renshaw.model.editions import DEFAULT_EDITION

MINE: dict[str, Any] = {
    "source": "form",
    "texts": [["form", "# ä\n"]],
    "values": {"plan.seed": "3"},
}
BASE = "http://127.0.0.1:4321/t"
ORIGIN = {"origin": "http://127.0.0.1:4321"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Keeping]:
    with keeping(tmp_path, tmp_path / "other") as place:
        yield place


def test_a_draft_is_there_after_a_restart(tmp_path: Path) -> None:
    with keeping(tmp_path, tmp_path) as place:
        kept = Drafts(place, "study").keep("", 0, MINE, "Mine")
    with keeping(tmp_path, tmp_path) as place:
        assert Drafts(place, "study").begun() == [kept]
        assert Drafts(place, "study").get(kept.id).content == MINE
        assert Drafts(place, "design").begun() == []


def test_of_two_tabs_with_one_draft_neither_loses_its_text(place: Keeping) -> None:
    drafts = Drafts(place, "study")
    first = drafts.keep("", 0, MINE, "Mine")
    one = drafts.keep(first.id, first.revision, {**MINE, "name": "one"}, "Mine")
    other = drafts.keep(first.id, first.revision, {**MINE, "name": "other"}, "Mine")
    assert one.id == first.id != other.id
    assert {draft.content["name"] for draft in drafts.begun()} == {"one", "other"}


def test_what_was_started_is_no_draft_but_there_for_whoever_goes_back(place: Keeping) -> None:
    drafts = Drafts(place, "study")
    made = [drafts.keep("", 0, MINE, str(number)) for number in range(MOST_STARTED + 2)]
    for draft in made:
        drafts.start(draft.id, "results")
    assert drafts.begun() == []
    assert drafts.get(made[-1].id).started == "results"
    with pytest.raises(RenshawError, match="was removed"):
        drafts.get(made[0].id)
    again = drafts.keep(made[-1].id, made[-1].revision, {**MINE, "name": "again"}, "again")
    assert drafts.begun() == [again]


def test_a_draft_that_was_removed_takes_the_empty_place_along(tmp_path: Path) -> None:
    with keeping(tmp_path, tmp_path) as place:
        drafts = Drafts(place, "study")
        assert drafts.begun() == []
        assert not list(tmp_path.iterdir()), "who only looks leaves nothing behind"
        drafts.remove(drafts.keep("", 0, MINE, "Mine").id)
        assert drafts.begun() == []
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "spoiled",
    ["", "{", "null", "[]", "[" * 100_000, json.dumps({"version": 2}), json.dumps({"version": 1})],
)
def test_a_draft_that_can_not_be_read_is_named_and_left(place: Keeping, spoiled: str) -> None:
    drafts = Drafts(place, "study")
    good, bad = (drafts.keep("", 0, MINE, "Mine") for _ in range(2))
    path = place.folder / module.FOLDER / f"study-{bad.id}.json"
    path.write_text(spoiled)
    assert drafts.begun() == [good]
    assert drafts.unreadable == [path.name]
    # A tab that still shows it goes on in a draft of its own.
    assert drafts.keep(bad.id, bad.revision, MINE, "Mine").id != bad.id
    assert path.read_text() == spoiled


def test_no_link_leads_to_a_text_elsewhere(place: Keeping, tmp_path: Path) -> None:
    drafts = Drafts(place, "study")
    folder = place.folder / module.FOLDER
    draft = drafts.keep("", 0, MINE, "Mine")
    elsewhere = (folder / f"study-{draft.id}.json").rename(tmp_path / "elsewhere.json")
    (folder / f"study-{draft.id}.json").symlink_to(elsewhere)
    assert drafts.begun() == []
    folder.rename(tmp_path / "folder")
    folder.symlink_to(tmp_path / "folder")
    with pytest.raises(RenshawError, match="link"):
        drafts.keep("", 0, MINE, "Mine")


def test_drafts_do_not_grow_without_bound(place: Keeping) -> None:
    drafts = Drafts(place, "study")
    made = [drafts.keep("", 0, MINE, "Mine") for _ in range(MOST)]
    with pytest.raises(RenshawError, match="remove one"):
        drafts.keep("", 0, MINE, "Mine")
    assert drafts.keep(made[0].id, 1, {**MINE, "name": "x"}, "Mine").id == made[0].id
    for number in range(1, 30):
        drafts.keep(made[1].id, number, {**MINE, "name": str(number)}, "Mine")
    assert len(list((place.folder / module.FOLDER).iterdir())) == MOST


@pytest.mark.parametrize("id", ["../../x", "x", "0" * 13, ""])
def test_no_id_is_a_path(place: Keeping, id: str) -> None:
    with pytest.raises(RenshawError):
        Drafts(place, "study").get(id)
        Drafts(place, "study").remove(id)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with TestClient(application(folder, "t", 4321), base_url=BASE) as client:
        yield client


def kept(client: TestClient, kind: str = "study", **more: Any) -> dict[str, Any]:
    sent = {"id": "", "revision": 0, "content": MINE, "title": "My <study>", **more}
    found = client.post(f"{kind}/draft", json=sent, headers=ORIGIN)
    assert found.status_code == 200, found.text
    return dict(found.json())


@pytest.mark.parametrize("kind", ["study", "design"])
def test_a_draft_is_listed_until_it_is_removed(client: TestClient, kind: str) -> None:
    id = kept(client, kind)["id"]
    assert client.get(f"{kind}/draft", params={"id": id}).json()["content"] == MINE
    text = client.get(kind).text
    assert f"{kind}/new?draft={id}" in text
    assert "My &lt;study&gt;" in text
    assert client.post(f"{kind}/draft/remove", json={"id": id}, headers=ORIGIN).status_code == 200
    assert id not in client.get(kind).text


def test_a_full_disk_is_said_and_what_was_kept_before_stays(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    first = kept(client)
    monkeypatch.setattr(module, "write_text", full)
    sent = {**first, "content": {"other": 1}}
    found = client.post("study/draft", json=sent, headers=ORIGIN)
    assert found.status_code == 400
    assert found.json()["error"] == "The disk is full; make room and try again."
    assert client.get("study/draft", params={"id": first["id"]}).json()["content"] == MINE


@pytest.mark.parametrize("sent", [{}, {"id": "", "revision": "x", "content": {}}, {"id": 3}])
def test_what_is_no_draft_is_refused_in_a_sentence(client: TestClient, sent: Any) -> None:
    found = client.post("study/draft", json=sent, headers=ORIGIN)
    assert found.status_code == 400
    assert "not a draft" in found.json()["error"]


def test_a_draft_that_can_not_be_read_is_said_on_the_page(client: TestClient, folder: Path) -> None:
    name = f"study-{kept(client)['id']}.json"
    (folder / FOLDER / "drafts" / name).write_text("{")
    text = client.get("study").text
    assert "1 draft can&#39;t be read" in text or "1 draft can't be read" in text
    assert name in text


def test_knobs_are_as_they_were_left_after_a_restart(tmp_path: Path) -> None:
    left = {"edition": 2, "knobs": {"seed": "3"}, "before": {"nerve": True}}
    nothing: dict[str, Any] = {"edition": DEFAULT_EDITION, "knobs": {}, "before": {}}
    with keeping(tmp_path, tmp_path) as place:
        assert kept_knobs(place) == nothing
        keep(place, left["knobs"], left["before"], left["edition"])
    with keeping(tmp_path, tmp_path) as place:
        assert kept_knobs(place) == left
        keep(place, {}, {})
        assert kept_knobs(place) == nothing
    assert not list(tmp_path.iterdir())


def test_the_page_keeps_the_knobs(client: TestClient) -> None:
    left = {"edition": DEFAULT_EDITION, "knobs": {"seed": "3"}, "before": {}}
    assert client.post("explore/left", json=left, headers=ORIGIN).status_code == 200
    assert client.get("explore/start").json()["left"] == left
    assert client.post("explore/left", json={}, headers=ORIGIN).status_code == 400


@pytest.mark.parametrize("spoiled", ["", "[]", '{"version": 2}', '{"version": 1, "knobs": 3}'])
def test_knobs_that_can_not_be_read_are_those_at_first(place: Keeping, spoiled: str) -> None:
    keep(place, {"seed": "3"}, {})
    (place.folder / "explore.json").write_text(spoiled)
    assert kept_knobs(place) == {"edition": DEFAULT_EDITION, "knobs": {}, "before": {}}


def test_knobs_that_were_kept_without_an_edition_are_of_the_first(place: Keeping) -> None:
    keep(place, {"seed": "3"}, {})
    path = place.folder / "explore.json"
    path.write_text('{"version": 1, "knobs": {"seed": "4"}, "before": {}}')
    assert kept_knobs(place) == {"edition": 1, "knobs": {"seed": "4"}, "before": {}}
