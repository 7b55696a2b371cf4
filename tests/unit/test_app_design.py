"""The tab Design without a browser: what is refused, and what a form writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="needs the extra app")
pytest.importorskip("httpx2", reason="needs the dependency group browser")

from starlette.testclient import TestClient

from renshaw.app.design.form import toml_from
from renshaw.app.server import application
from renshaw.core.errors import SettingsError
from renshaw.model.editions import ON_THE_FIRST_EDITION
from renshaw.optimization.goal import Goal, goal_for
from renshaw.optimization.goal_file import goal_from_toml

HERE = "http://127.0.0.1:8000"
ORIGIN = {"origin": HERE}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The page's folder, with somebody's posterior beside it."""
    for place in (tmp_path / "elsewhere", tmp_path / "page" / "person"):
        place.mkdir(parents=True)
        (place / "posterior.toml").write_text("")
        (place / "samples.parquet").write_bytes(b"")
    return tmp_path / "page"


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    with TestClient(application(folder, "token", 8000), base_url=HERE) as client:
        client.base_url = client.base_url.join("/token/")
        yield client


def _checked(client: TestClient, toml: str) -> Any:
    return client.post("design/check", json={"toml": toml}, headers=ORIGIN).json()


def test_a_goal_is_answered_with_its_size(client: TestClient) -> None:
    found = _checked(client, 'condition = "spinal cord injury, mild"\nfew = 3\n')
    size = f"{Goal().search.therapies} therapies"
    assert found["words"].startswith(f"Therapy for spinal cord injury, mild: {size}")
    assert "on 3 people" in found["words"]


@pytest.mark.parametrize(
    ("toml", "line", "words"),
    [
        ("[search]\ndrugs = ['aspirin']\n", 2, "there is no 'aspirin'"),
        ("seed = 1\nfoo = 2\n", 2, "foo"),
        ("[rule]\nforce_pct_min = 101\n", 2, "from 0 to 100"),
        ("[rule\n", 1, "not valid TOML"),
    ],
)
def test_a_faulty_goal_is_refused_by_line(
    client: TestClient, toml: str, line: int, words: str
) -> None:
    found = _checked(client, toml)
    assert words in found["error"]
    assert found["line"] == line


# A posterior goes with the condition of the person.
WHO = "condition = 'stroke'\nposterior = "


def test_only_people_of_the_folder_are_treated(client: TestClient, folder: Path) -> None:
    for place in ("../elsewhere", "/", "~", str(folder.parent / "elsewhere")):
        assert "outside the folder" in _checked(client, f"{WHO}'{place}'")["error"], place
    assert "There is no posterior" in _checked(client, WHO + "'nobody'")["error"]
    assert "error" not in _checked(client, WHO + "'person'")
    (folder / "link").mkdir()
    (folder / "link" / "samples.parquet").symlink_to(folder.parent / "elsewhere/samples.parquet")
    assert "outside the folder" in _checked(client, WHO + "'link'")["error"]
    assert ">person</option>" in client.get("design/new").text


def test_every_page_begins_with_the_edition_that_it_runs_on(
    client: TestClient, folder: Path
) -> None:
    (folder / "begun").mkdir()
    (folder / "begun" / "design.toml").write_text("seed = 1\n")
    (folder / "begun" / "measured.jsonl").write_text("")
    for asked in ("design", "design/new", "design/results?path=begun"):
        first = client.get(asked).text.split('<p class="note">')[1]
        assert first.startswith(ON_THE_FIRST_EDITION) or asked.endswith("begun"), asked
        assert ON_THE_FIRST_EDITION in client.get(asked).text, asked


def test_nothing_outside_the_folder_is_served(client: TestClient) -> None:
    for path in ("../elsewhere", "/", "..", "missing", "."):
        for asked in ("results", "report", "sheet", "download", "table", "found", "map"):
            query = {"path": path, "name": "trials", "file": "design.toml"}
            assert client.get(f"design/{asked}", params=query).status_code in (400, 404)


def test_a_damaged_design_is_a_sentence(client: TestClient, folder: Path) -> None:
    (folder / "broken").mkdir()
    (folder / "broken" / "design.toml").write_text("seed = 1\n")
    for name in ("trials", "alternatives", "cells", "interactions"):
        (folder / "broken" / f"{name}.csv").write_text("alternative,burden\ndo nothing,x\n")
    for asked in ("found", "figure/front", "figure/map"):
        found = client.get(f"design/{asked}", params={"path": "broken"})
        assert found.status_code == 400
        assert re.search("design|map|combination", found.json()["error"])


def test_a_form_writes_the_goal_that_it_means() -> None:
    assert goal_from_toml(toml_from({}), "x") == goal_for("spinal cord injury, severe").replace(
        name=Goal().name
    )
    values = {
        "condition": "spinal-cord-injury",
        "severity": "mild",
        "rule.dose_pct_max": "10",
        "rule.charge_mC_per_h_max": "",
        "timing.continuous": False,
        "drug.tizanidine": False,
        "goal.few": "4",
        "test.watched_s": "12",
    }
    goal = goal_from_toml(toml_from(values), "x")
    assert goal.cohort is not None
    assert goal.cohort.severity == 0.25
    assert goal.rule.dose_pct_max == 10
    assert goal.search.drugs == ("baclofen", "cyproheptadine")
    assert "continuous" not in goal.search.timings
    assert (goal.few, goal.test.watched_s) == (4, 12.0)
    with pytest.raises(SettingsError, match="few = 1"):
        toml_from({"goal.few": "1"})
