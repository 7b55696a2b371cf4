"""Every Python example in README and docs runs; every relative link and picture is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(language):
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for number, code in enumerate(re.findall(rf"```{language}\n(.*?)```", text, flags=re.S), 1):
            found.append(pytest.param(code, id=f"{page.name}-{number}"))
    return found


@pytest.mark.parametrize("code", blocks("python"))
def test_python_examples_run(code, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "example", "exec"), {})


@pytest.mark.parametrize("text", blocks("toml"))
def test_files_of_the_docs_are_plans_goals_and_registries(text, request, tmp_path):
    from renshaw.optimization.goal_file import goal_from_toml
    from renshaw.study.study_file import plan_from_toml

    if request.node.callspec.id.startswith("therapy.md"):
        assert goal_from_toml(text, "example.toml").search.therapies > 0
        return
    if request.node.callspec.id.startswith("data.md"):
        from renshaw.datasets import known, listing

        (tmp_path / "ours.toml").write_text(text)
        assert all(listing(found) for found in known(tmp_path / "ours.toml").values())
        return
    plan = plan_from_toml(text, "example.toml")
    assert all(arm.cohort is None or arm.trials_each > 0 for arm in plan.arms)


@pytest.mark.parametrize(
    "page", [*PAGES, *(ROOT / "docs" / "tutorials").glob("*.md")], ids=lambda page: page.name
)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_the_study_page_shows_the_built_in_study():
    from renshaw.study import built_in_plan
    from renshaw.study.study_file import plan_from_toml

    text = (ROOT / "docs" / "study.md").read_text(encoding="utf-8")
    shown = re.findall(r"```toml\n(.*?)```", text, flags=re.S)[-1]
    assert plan_from_toml(shown, "docs/study.md") == built_in_plan()


def test_the_study_page_lists_every_trait_of_a_cohort_with_its_default():
    from renshaw.study import CohortSettings

    text = (ROOT / "docs" / "study.md").read_text(encoding="utf-8")
    usual = CohortSettings()
    for info in CohortSettings.describe():
        value = getattr(usual, info.name)
        assert f"| `{info.name}` | {'' if value is None else value} |" in text, info.name
        assert info.help in text


def test_questions_to_the_tables_are_answered(tmp_path, monkeypatch):
    duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed")

    import renshaw as rs

    arm = rs.study.Arm(
        repeats=1,
        cohort=rs.study.CohortSettings(participants=3, n_units=6),
        protocols=(rs.study.Task(protocol=rs.Ramp(rise_s=6, fall_s=6, follows="drive")),),
        conditions=(
            rs.study.Condition(name="control"),
            rs.study.Condition(name="again", noise="own"),
        ),
    )
    rs.run_study(rs.StudyPlan(arms=(arm,)), tmp_path / "results")
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / "study.md").read_text(encoding="utf-8")
    questions = re.findall(r"```sql\n(.*?)```", text, flags=re.S)
    assert len(questions) == 2
    for question in questions:
        assert len(duckdb.sql(question).fetchall()) >= 2
