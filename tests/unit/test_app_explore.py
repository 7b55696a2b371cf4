"""The tab Explore without a browser: knobs, pictures, who is served when."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="needs the extra app")
pytest.importorskip("httpx2", reason="needs the dependency group browser")

from starlette.testclient import TestClient

import renshaw as rs
from renshaw.app import figures as page_figures
from renshaw.app.explore import studio as studio_module
from renshaw.app.explore.knobs import EDITION, first_values, knobs, scene_of
from renshaw.app.explore.mission import steps_of
from renshaw.app.explore.pictures import FULL, SKETCH, Picture, drawn, learned_drive, recorded
from renshaw.app.explore.studio import Studio
from renshaw.app.server import application
from renshaw.core.errors import RenshawError, SettingsError
from renshaw.figures import Figure
from renshaw.model.editions import DEFAULT_EDITION, EDITIONS

SPASM = {"protocol": "spasm", "protocol.spasm.watched_s": 5, "participant.n_units": 8}


def _scene(**values: Any) -> Any:
    return scene_of({**first_values(), **values})


def test_the_knobs_describe_a_trial() -> None:
    scene = _scene(
        **{
            "protocol": "ramp",
            "protocol.ramp.peak_pct_mvc": "30",
            "participant.inhibition": "0.6",
            "relaxation.depth": "1",
            "nerve": True,
            "nerve.frequency_hz": "20",
            "drug": "baclofen",
            "drug.baclofen.dose_mg_per_day": "30",
        }
    )
    assert scene.protocol == rs.Ramp(peak_pct_mvc=30)
    assert scene.participant == rs.Participant(n_units=20, inhibition=0.6)
    assert scene.given == (
        rs.Relaxation(depth=1),
        rs.ReciprocalInhibition(frequency_hz=20),
        rs.interventions.Baclofen(dose_mg_per_day=30),
    )


def test_at_first_nothing_is_done_to_calm() -> None:
    assert _scene().given == ()


@pytest.mark.parametrize(
    "values",
    [
        {"protocol": "night"},
        {"drug": "coffee"},
        {"drug": ["baclofen"]},
        {"participant.n_units": "100000"},
        {"protocol.spasm.watched_s": "3600", "protocol": "spasm"},
        {"participant.inhibition": "nan"},
        {"participant.inhibition": {}},
        {"seed": "many"},
        {"seed": "1e30"},
    ],
)
def test_beyond_its_end_no_knob_turns(values: dict[str, Any]) -> None:
    with pytest.raises(SettingsError):
        _scene(**values)


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_knob_starts_where_its_setting_does_and_within_its_range(edition: int) -> None:
    assert scene_of(first_values(edition)).participant == rs.Participant(
        n_units=20, edition=edition
    )
    for field in knobs(edition).fields():
        assert field.help
        if field.kind == "slider":
            assert float(field.minimum) <= float(field.value) <= float(field.maximum)


def test_a_sketch_is_much_like_the_whole() -> None:
    scene = _scene(**{"participant.n_units": 12})
    learned = learned_drive(scene, FULL)
    fired = {
        quality: sum(len(times) for times in recorded(scene, quality, learned).units)
        for quality in (SKETCH, FULL)
    }
    assert fired[SKETCH] == pytest.approx(fired[FULL], rel=0.1)


def test_the_whole_picture_is_what_the_verbs_say() -> None:
    scene = _scene(**SPASM)
    there = recorded(scene, FULL, None)
    again = rs.simulate(scene.participant, scene.protocol, scene.given, seed=scene.seed)
    assert there.fingerprint() == again.fingerprint()


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_mission_makes_a_spasm_and_calms_it(edition: int) -> None:
    values, done = first_values(edition), []
    for step in steps_of(edition):
        assert set(step.knobs) <= set(values)
        values = {**values, **step.knobs}
        if values["protocol"] == "spasm":
            done.append(drawn(scene_of(values), FULL, None).said["mission"])
    assert [steps[:3] for steps in done[:1]] == [[True, True, True]]
    assert [steps[3:] for steps in done] == [[False, False], [True, False], [False, True]]


def test_an_address_means_the_person_whom_it_names(client: TestClient) -> None:
    """What names no edition, and turns a knob, is of when there was but one."""

    def shown(query: str) -> int:
        text = client.get(f"/t/explore{query}").text
        return int(text.split(f'name="{EDITION}" value="')[1][0])

    assert shown("") == DEFAULT_EDITION
    for edition in EDITIONS:
        assert shown(f"?edition={edition}") == edition
        assert shown(f'?edition={edition}&knobs={{"nerve":true}}') == edition
        values = client.get(f"/t/explore/start?edition={edition}").json()["values"]
        assert values[EDITION] == edition
        assert float(values["participant.neuromodulation"]) == (
            rs.Participant(edition=edition).neuromodulation
        )
    assert shown('?knobs={"nerve":true}') == shown('?before={"nerve":true}') == 1
    for wrong in ("9", "", "two"):
        assert client.get(f"/t/explore?edition={wrong}").status_code == 400
    with pytest.raises(SettingsError, match="edition"):
        _scene(**{EDITION: {}})


def test_what_was_left_is_of_the_person_for_whom_the_knobs_stood_so(client: TestClient) -> None:
    here = {"origin": "http://127.0.0.1:8000"}
    other = 3 - DEFAULT_EDITION
    left = {"edition": str(other), "knobs": {"seed": "3"}, "before": {}}
    assert client.post("/t/explore/left", json=left, headers=here).status_code == 200
    assert f'name="{EDITION}" value="{other}"' in client.get("/t/explore").text
    assert client.get(f"/t/explore/start?edition={other}").json()["left"]["knobs"] == {"seed": "3"}
    assert client.get("/t/explore/start").json()["left"]["knobs"] == {}
    assert client.post("/t/explore/left", json={"knobs": {}, "before": {}}).status_code == 200
    assert f'name="{EDITION}" value="{DEFAULT_EDITION}"' in client.get("/t/explore").text


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder: Path = tmp_path_factory.mktemp("folder")
    here = "http://127.0.0.1:8000"
    with TestClient(
        application(folder, "t", 8000), base_url=here, headers={"origin": here}
    ) as client:
        yield client


def test_a_picture_has_every_panel_and_says_it_in_words(client: TestClient) -> None:
    wish = {"tab": "a", "quality": "full", "values": {**first_values(), **SPASM}}
    found = client.post("/t/explore/picture", json=wish).json()
    assert [panel["name"] for panel in found["figure"]["panels"]] == [
        "discharges",
        "rates",
        "torque",
        "pic",
        "inputs",
        "delta_f",
    ]
    assert "Duration of the spasm" in found["words"]
    assert "rs.SpasmTest" in found["python"]


def test_what_is_seen_can_be_saved(client: TestClient) -> None:
    values = {**first_values(), **SPASM}
    sent = {"before": values, "values": {**values, "nerve": True}, "as": "svg"}
    found = client.post("/t/explore/figure", json=sent)
    assert found.headers["content-type"] == "image/svg+xml"
    for words in ("Before", "Now", "Torque", "Time (s)", "% MVC"):
        assert f">{words}" in found.text


@pytest.mark.parametrize("before", [False, True])
def test_what_is_saved_is_what_is_shown(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    saved: list[Figure] = []
    monkeypatch.setattr(page_figures, "as_bytes", lambda figure, _: saved.append(figure) or b"")
    values = {**first_values(), **SPASM}
    asked = {"values": {**values, "nerve": True}, "before": values if before else None}
    shown = client.post("/t/explore/picture", json={"tab": "b", "quality": "full", **asked}).json()
    client.post("/t/explore/figure", json={"as": "pdf", **asked})
    assert json.loads(json.dumps(saved[0].to_plain())) == shown["figure"]
    assert shown["figure"]["heads"] == (["Before", "Now"] if before else ["Now"])


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"quality": "full"},
        {"quality": "huge", "values": {}},
        {"quality": "full", "values": {"participant.age_years": "<b>"}},
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_in_words(
    client: TestClient, wish: dict[str, Any]
) -> None:
    found = client.post("/t/explore/picture", json=wish)
    assert found.status_code == 400
    assert found.json()["error"]


def test_what_is_not_json_is_refused(client: TestClient) -> None:
    for body in (b"", b"[]", b"{", b"[" * 100_000, b'{"a":"' + b"a" * 300_000 + b'"}'):
        assert client.post("/t/explore/picture", content=body).status_code == 400


def _in_studio(
    monkeypatch: pytest.MonkeyPatch, steps: Callable[[Studio], Awaitable[Any]], made: Any
) -> Any:
    """Run steps in a studio whose pictures are made by a function of ours."""
    monkeypatch.setattr(studio_module, "drawn", made)
    monkeypatch.setattr(studio_module, "learned_drive", lambda *_: None)

    async def whole() -> Any:
        studio = Studio()
        async with studio.open():
            return await steps(studio)

    return asyncio.run(whole())


def _said(scene: Any, quality: str, drive: Any, progress: Any = None) -> Picture:
    return Picture(Figure("sample", ()), {"made": [scene.seed, quality]})


def test_of_each_tab_the_newest_wish_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    async def steps(studio: Studio) -> list[Any]:
        wishes = [studio.picture("a", _scene(seed=i), SKETCH) for i in range(5)]
        wishes += [studio.picture(f"tab {i}", _scene(seed=i), SKETCH) for i in range(20)]
        return [made and made.said["made"] for made in await asyncio.gather(*wishes)]

    found = _in_studio(monkeypatch, steps, _said)
    assert found[:4] == [None] * 4
    assert found[4] == [4, "sketch"]
    assert [seed for seed, _ in found[5:]] == list(range(20))


def test_a_whole_picture_that_no_one_wants_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    given_up = []

    def slowly(scene: Any, quality: str, drive: Any, progress: Any = None) -> Picture:
        if progress is not None and scene.seed == 0:
            try:
                while True:
                    progress(0, 1, "")
            except Exception as error:
                given_up.append(type(error).__name__)
                raise
        return _said(scene, quality, drive)

    async def steps(studio: Studio) -> list[Any]:
        first = asyncio.create_task(studio.picture("a", _scene(seed=0), FULL, 0))
        while studio._now[FULL] is None:
            await asyncio.sleep(0.01)
        second = await studio.picture("a", _scene(seed=1), SKETCH, 1)
        return [await first, second.said["made"]]

    assert _in_studio(monkeypatch, steps, slowly) == [None, [1, "sketch"]]
    assert given_up == ["GivenUpError"]


def test_a_late_sketch_leaves_the_whole_picture_of_the_same_move(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sketched = threading.Event()

    def after_the_sketch(scene: Any, quality: str, drive: Any, progress: Any = None) -> Picture:
        if quality == FULL:
            while not sketched.wait(0.01):
                progress(0, 1, "")
        elif scene.seed == 7:
            sketched.set()
        return _said(scene, quality, drive)

    async def steps(studio: Studio) -> list[Any]:
        whole = asyncio.create_task(studio.picture("a", _scene(seed=7), FULL, 3))
        while studio._now[FULL] is None:
            await asyncio.sleep(0.01)
        sketch = await studio.picture("a", _scene(seed=7), SKETCH, 3)
        return [(await whole).said["made"], sketch.said["made"]]

    assert _in_studio(monkeypatch, steps, after_the_sketch) == [[7, "full"], [7, "sketch"]]


def test_a_picture_that_fails_says_why_and_the_next_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def sometimes(scene: Any, quality: str, drive: Any, progress: Any = None) -> Picture:
        if scene.seed == 1:
            raise RenshawError("not this one")
        return _said(scene, quality, drive)

    async def steps(studio: Studio) -> Any:
        with pytest.raises(RenshawError, match="not this one"):
            await studio.picture("a", _scene(seed=1), FULL)
        return (await studio.picture("a", _scene(seed=2), FULL)).said["made"]

    assert _in_studio(monkeypatch, steps, sometimes) == [2, "full"]
