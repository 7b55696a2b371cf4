"""The page of `validate_estimators`: every estimator against the truth that was set."""

from __future__ import annotations

from renshaw.core.numbers import number, signed
from renshaw.findings.words import title_of
from renshaw.reports.figures.estimators_truth import estimators_against_truth
from renshaw.reports.page import Content, Section, drawing, page_of
from renshaw.reports.tables import Column, Row, Table
from renshaw.validation.estimators_against_truth import EstimatorValidation


@page_of(EstimatorValidation)
def page(validation: EstimatorValidation) -> Content:
    """Return the page about estimators held against the truth."""
    shown = drawing(
        estimators_against_truth(validation.recordings),
        "truth",
        "Estimates against the simulated truth",
        "Each dot is a simulated recording: estimate against true value.",
    )
    return Content(
        title="Estimators against truth",
        kind="Validation of estimators on simulated recordings",
        findings=validation.findings(),
        sections=[
            Section(
                "truth", "Estimate against truth", pictures=[shown], tables=[_table(validation)]
            )
        ],
        history=validation.history,
    )


def _table(validation: EstimatorValidation) -> Table:
    rows = [
        Row(
            [
                title_of(str(row["quantity"])),
                str(row["manipulated"]),
                str(row["rules"]),
                number(row["low"]),
                number(row["high"]),
                *(signed(row[f"{name}_correlation"]) for name in ("rank", "pic", "unit")),
                signed(row["sensitivity"]),
                number(row["yield_pct"], 0),
            ]
        )
        for row in validation.table.to_dict("records")
    ]
    columns = [
        Column("Quantity", numeric=False),
        Column("What was set", numeric=False),
        Column("Rules", numeric=False),
        Column("Mean at the lowest"),
        Column("at the highest"),
        Column("Rank correlation with the true value"),
        Column("with the inward current"),
        Column("of units with their drive hysteresis"),
        Column("Change over noise"),
        Column("Values that pass", "%"),
    ]
    return Table("Every quantity against each true value", columns, rows)
