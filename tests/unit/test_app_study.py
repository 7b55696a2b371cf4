"""The tab Study without a browser: what is refused, what is found, what a form writes."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="needs the extra app")
pytest.importorskip("httpx2", reason="needs the dependency group browser")

from starlette.testclient import TestClient
from study_samples import virtual

from renshaw.app.forms import Group
from renshaw.app.runs import start
from renshaw.app.server import application
from renshaw.app.study.form import plan_from, study_form, toml_from
from renshaw.core.errors import SettingsError
from renshaw.model.editions import DEFAULT_EDITION
from renshaw.study import load_plan, plan_to_toml
from renshaw.study.brief_file import brief_toml
from renshaw.study.study_file import plan_from_toml

HERE = "http://127.0.0.1:8000"
ORIGIN = {"origin": HERE}
SMALL = brief_toml(virtual())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The page's folder, with a secret beside it."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "study.toml").write_text(SMALL)
    (tmp_path / "secret" / "pieces").mkdir()
    (tmp_path / "secret" / "report.html").write_text("secret")
    inner = tmp_path / "page"
    inner.mkdir()
    return inner


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    with TestClient(application(folder, "token", 8000), base_url=HERE) as client:
        client.base_url = client.base_url.join("/token/")
        yield client


@pytest.fixture
def run(folder: Path) -> Path:
    """The folder of a study that looks finished."""
    place = folder / "done"
    (place / "pieces").mkdir(parents=True)
    (place / "study.toml").write_text(SMALL)
    (place / "unit_means.csv").write_text("arm,quantity,value\nb,delta_f,2\na,delta_f,10\n,x,\n")
    (place / "report.html").write_text("<h1>Report</h1><script>alert(1)</script>")
    return place


def _checked(client: TestClient, toml: str, **sent: Any) -> Any:
    return client.post("study/check", json={"toml": toml, **sent}, headers=ORIGIN).json()


def test_an_empty_folder_says_what_can_be_done(client: TestClient) -> None:
    found = client.get("study")
    assert found.status_code == 200
    assert "No study in this folder yet" in found.text


def test_a_study_file_is_answered_with_its_size(client: TestClient) -> None:
    found = _checked(client, SMALL)
    who = f"3 virtual participants of edition {DEFAULT_EDITION}"
    assert found["words"] == f"{who}, 6 simulated recordings."
    assert found["name"] == "small"


@pytest.mark.parametrize(
    ("toml", "line", "words"),
    [
        ("repeats = 2\n\n[cohort]\nparticpants = 3\n", 4, "Did you mean 'participants'?"),
        ("[cohort\n", 1, "not valid TOML"),
        (f"seed = {'9' * 5000}\n", None, "too many digits"),
        (f"seed = {'[' * 50000}\n", None, "too deep"),
        ("seed = -1\n", 1, "must be from 0 to 9,223,372,036,854,775,807"),
        ("", None, "empty"),
    ],
)
def test_a_faulty_study_file_is_refused_by_line(
    client: TestClient, toml: str, line: int | None, words: str
) -> None:
    found = _checked(client, toml)
    assert words in found["error"]
    assert found.get("line") == line


def test_recordings_from_elsewhere_are_refused(client: TestClient, folder: Path) -> None:
    for place in ("/", "..", "../secret", "~"):
        toml = f'[recordings]\nfolder = "{place}"\npattern = "{{participant}}.csv"\n'
        assert "outside the folder" in _checked(client, toml)["error"], place
    (folder / "data").mkdir()
    (folder / "data" / "p1_pre.csv").symlink_to(folder.parent / "secret" / "study.toml")
    toml = '[recordings]\nfolder = "data"\npattern = "{participant}_{condition}.csv"\n'
    assert "outside the folder" in _checked(client, toml)["error"]
    (folder / "data" / "p1_pre.csv").unlink()
    (folder / "data" / "p1_pre.csv").write_text("unit,time_s\n1,0.5\n")
    assert _checked(client, toml)["words"] == "1 recording read from files."
    toml += f'table = "{folder.parent / "secret" / "who.csv"}"\n'
    assert "outside the folder" in _checked(client, toml.replace("pattern", "#"))["error"]


@pytest.mark.parametrize("file", ["../secret/study.toml", "/etc/passwd", "no.toml", "x\0.toml"])
def test_plans_from_elsewhere_are_not_read(client: TestClient, file: str) -> None:
    assert client.get("study/text", params={"file": file}).status_code == 400
    assert "error" in _checked(client, SMALL, file=file)


def test_nothing_outside_the_folder_is_served(client: TestClient, folder: Path) -> None:
    (folder / "link").symlink_to(folder.parent / "secret")
    for path in ("../secret", "link", "/", "..", "missing", ".", "a\0b"):
        for asked in ("results", "report", "download", "table", "found"):
            query = {"path": path, "name": "differences", "file": "study.toml"}
            found = client.get(f"study/{asked}", params=query)
            assert found.status_code in (400, 404), (path, asked)
            assert "secret" not in found.text.replace("../secret", "")
        again = client.post("study/again", json={"path": path}, headers=ORIGIN)
        assert again.status_code == 400


def test_a_link_inside_a_run_that_leads_out_is_refused(
    client: TestClient, folder: Path, run: Path
) -> None:
    (run / "report.html").unlink()
    (run / "report.html").symlink_to(folder.parent / "secret" / "report.html")
    found = client.get("study/report", params={"path": "done"})
    assert found.status_code == 400
    assert "leads out" in found.text


def test_only_files_of_the_study_are_downloaded(client: TestClient, run: Path) -> None:
    (run / "private.csv").write_text("private")
    for file in ("private.csv", "../page/done/study.toml", "pieces", "report.html", "", "."):
        found = client.get("study/download", params={"path": "done", "file": file})
        assert found.status_code == 400, file
    found = client.get("study/download", params={"path": "done", "file": "unit_means.csv"})
    assert found.headers["content-disposition"] == 'attachment; filename="unit_means.csv"'
    assert found.text.startswith("arm,")


def test_a_report_can_do_nothing(client: TestClient, run: Path) -> None:
    found = client.get("study/report", params={"path": run.name})
    assert found.status_code == 200
    policy = found.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy


def test_a_table_is_sorted_with_what_is_missing_last(client: TestClient, run: Path) -> None:
    rows = "arm,quantity,value\nb,delta_f,2\na,delta_f,10\n,x,\n"
    (run / "differences.csv").write_text(rows)

    def column(**asked: str) -> list[Any]:
        query = {"path": run.name, "name": "differences", **asked}
        return [row[2] for row in client.get("study/table", params=query).json()["rows"]]

    assert column() == [2, 10, None]
    assert column(sort="value", descending="true") == [10, 2, None]
    assert column(sort="value") == [2, 10, None]
    assert column(sort="arm")[:2] in ([10, 2], [None, 10])
    assert column(sort="no such column", offset="-5") == [2, 10, None]
    for name in ("secret", "../done/unit_means", ""):
        query = {"path": run.name, "name": name}
        assert client.get("study/table", params=query).status_code == 400


def test_a_damaged_table_is_a_sentence(client: TestClient, run: Path) -> None:
    (run / "differences.parquet").write_bytes(b"PAR1 no parquet at all PAR1")
    found = client.get("study/table", params={"path": run.name, "name": "differences"})
    assert found.status_code == 400
    assert "damaged" in found.json()["error"]


def test_hostile_names_are_shown_as_text(client: TestClient, folder: Path) -> None:
    name = "<img src=x onerror=alert(1)>"
    (folder / name / "pieces").mkdir(parents=True)
    (folder / name / "study.toml").write_text(SMALL.replace("small", "<script>1</script>"))
    (folder / f"{name}.toml").write_text(SMALL)
    for path in ("study", "study/new"):
        found = client.get(path).text
        assert name not in found
        assert "<script>1" not in found
        assert "&lt;img src=x" in found


def test_unfinished_and_finished_studies_are_told_apart(
    client: TestClient, folder: Path, run: Path
) -> None:
    half = folder / "deep" / "half"
    (half / "pieces").mkdir(parents=True)
    (half / "pieces" / "P01.piece").write_text("")
    found = client.get("study").text
    assert "badge-finished" in found
    assert "badge-unfinished" in found
    assert "1 finished piece is kept." in found
    page = client.get("study/results", params={"path": "deep/half"}).text
    assert "the renshaw command that started it" in page
    again = client.post("study/again", json={"path": "deep/half"}, headers=ORIGIN)
    assert "study.toml is missing" in again.json()["error"]


def test_the_folder_of_the_page_can_be_a_study_itself(client: TestClient, folder: Path) -> None:
    (folder / "pieces").mkdir()
    (folder / "study.toml").write_text(SMALL)
    assert "this folder" in client.get("study").text
    assert client.get("study/results", params={"path": ""}).status_code == 200


def test_another_site_can_start_nothing(client: TestClient, folder: Path) -> None:
    sent = {"toml": SMALL, "name": "evil"}
    found = client.post("study/start", json=sent, headers={"origin": "http://evil.example"})
    assert found.status_code == 403
    assert list(folder.iterdir()) == []


def test_a_full_disk_is_said_and_leaves_no_folder(
    client: TestClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(start, "write_text", full)
    found = client.post("study/start", json={"toml": SMALL}, headers=ORIGIN)
    assert found.status_code == 400
    assert found.json()["error"] == "The disk is full; make room and try again."
    assert not list(folder.iterdir())


def test_a_form_as_it_stands_is_a_study() -> None:
    plan = plan_from({})
    assert plan.arms[0].conditions[0].name == "control"
    assert plan_from_toml(toml_from({}), "x") == plan


def test_a_filled_in_form_writes_the_study_file_that_it_means() -> None:
    values = {
        "plan.name": "mine",
        "cohort.participants": "4",
        "cohort.women": "0.5",
        "protocol": "vibstim",
        "protocol.ramp.rise_s": "99999",
        "use.relaxation": True,
        "given.relaxation.depth": "0.7",
        "use.baclofen": True,
        "together": True,
        "arm.observed": True,
        "arm.repeats": "2",
    }
    plan = plan_from_toml(toml_from(values), "x")
    arm = plan.arms[0]
    assert plan == plan_from(values)
    assert [c.name for c in arm.conditions] == ["control", "relaxation", "baclofen", "all together"]
    assert arm.cohort is not None
    assert (arm.cohort.participants, arm.cohort.women, arm.repeats) == (4, 0.5, 2)
    assert arm.protocols[0].title == "vibstim"
    assert arm.observed is not None
    with pytest.raises(SettingsError, match="participants = 1"):
        plan_from({"cohort.participants": "1"})


def test_every_field_of_the_form_is_named_once() -> None:
    form = study_form()
    groups = [form.plan, form.who, form.more, form.trials, *form.protocols.values()]
    groups += [choice.settings for choice in form.choices]
    names = [field.name for group in groups for field in _fields(group)]
    assert len(names) == len(set(names))


def _fields(group: Group) -> list[Any]:
    return [*group.fields, *(field for inner in group.groups for field in _fields(inner))]


def test_a_short_study_file_makes_the_same_plan(tmp_path: Path) -> None:
    plan = virtual(observed=None)
    (tmp_path / "study.toml").write_text(brief_toml(plan))
    assert load_plan(tmp_path / "study.toml") == plan
    assert len(brief_toml(plan)) < len(plan_to_toml(plan)) / 2
