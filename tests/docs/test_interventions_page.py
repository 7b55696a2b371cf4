"""The page on interventions says what the package says."""

from pathlib import Path

import renshaw as rs
from renshaw.model.evidence import evidence

PAGE = (Path(__file__).parents[2] / "docs" / "interventions.md").read_text(encoding="utf-8")


def rows_of(marker):
    block = PAGE.split(f"<!-- {marker} -->")[1].split("<!-- end -->")[0]
    lines = [line.strip("| ") for line in block.strip().splitlines()[2:]]
    return [[cell.strip() for cell in line.split(" | ")] for line in lines]


def test_the_table_of_interventions_is_current():
    wanted = [
        [
            f"`{r['name']}`",
            r["mechanism"],
            r["certainty"],
            r["fitted"] or "**assumed**",
            r["source"],
        ]
        for r in rs.interventions.interventions_table().to_dict("records")
    ]
    assert rows_of("table") == wanted


def test_the_table_of_evidence_is_current():
    wanted = [
        [e.name, e.trials, e.muscle, e.strength, e.grade, e.modeled, "; ".join(e.sources)]
        for e in evidence()
    ]
    assert rows_of("evidence") == wanted
