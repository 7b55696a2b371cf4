import csv

import pytest

import renshaw as rs
from renshaw.cli import app
from renshaw.model.evidence import GRADES, evidence

NAMED_WITH_AGEING = ("carnitine", "vitamin D", "vitamin E", "leucine", "magnesium", "Tongkat ali")


def test_every_nutrient_is_there_graded_and_without_a_modeled_effect():
    rows = evidence()
    for name in NAMED_WITH_AGEING:
        row = next(row for row in rows if name in row.name)
        assert row.modeled == "no effect"
        assert row.motoneurons == "not studied"
    assert all(row.grade in GRADES and row.sources and row.trials for row in rows)


def test_only_training_is_modeled():
    modeled = [row.name for row in evidence() if row.modeled.startswith("yes")]
    assert modeled == ["resistance training (for comparison)"]
    names = {info.name for info in rs.Participant.describe()}
    assert not any(name in part for name in ("vitamin", "leucine", "magnesium") for part in names)


def test_the_table_has_text_only():
    table = rs.model.evidence_table()
    assert len(table) == len(evidence())
    assert table.map(lambda value: isinstance(value, str) and value != "").all().all()


@pytest.mark.parametrize("command", ["evidence", "interventions"])
def test_the_commands_print_and_write(command, tmp_path, capsys):
    assert app.main([command]) == 0
    printed = capsys.readouterr().out
    table = (
        rs.model.evidence_table()
        if command == "evidence"
        else rs.interventions.interventions_table()
    )
    assert all(name in printed for name in table["name"])
    assert max(len(line) for line in printed.splitlines()) <= 100
    assert app.main([command, "-o", str(tmp_path / "t.csv")]) == 0
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        assert [row["name"] for row in csv.DictReader(file)] == list(table["name"])
