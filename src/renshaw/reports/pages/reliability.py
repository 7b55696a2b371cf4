"""The page of a test-retest: how well a measurement repeats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from renshaw.core.numbers import number, with_interval
from renshaw.reports.figures.power import agreement
from renshaw.reports.page import Content, Section, drawing, page_of
from renshaw.reports.tables import Column, Row, Table
from renshaw.statistics.trials.reliability import Reliability


@page_of(Reliability)
def page(reliability: Reliability) -> Content:
    """Return the page about how well a measurement repeats."""
    return Content(
        title=f"Test and retest: {reliability.value}",
        kind="Test-retest reliability",
        findings=reliability.findings(),
        sections=[retest(reliability)],
        history=reliability.history,
    )


def retest(reliability: Reliability) -> Section:
    """Return the section about how well the measurement repeats."""
    columns = ["Of", "n", "Mean difference", "SD of it", "Typical error"]
    columns += [
        "Lower limit of agreement",
        "Upper limit of agreement",
        "ICC(2,1)",
        "CV (%)",
        "Detectable in one",
    ]
    rows = []
    for row in reliability.table.to_dict("records"):
        cells = [
            str(row["level"]),
            str(row["n"]),
            with_interval(*_interval(row, "mean_difference")),
        ]
        cells += [number(row["sd_difference"]), with_interval(*_interval(row, "typical_error"))]
        limits = (with_interval(*_interval(row, name)) for name in ("loa_low", "loa_high"))
        cells += [*limits, with_interval(*_interval(row, "icc"))]
        cells += [number(row["cv_pct"], 0)]
        rows.append(Row([*cells, number(row["detectable_change"])]))
    heads = [Column(name, numeric=n > 0) for n, name in enumerate(columns)]
    table = Table("Test-retest reliability (95 % confidence intervals)", heads, rows)
    shown = drawing(
        agreement(reliability),
        "retest",
        f"Agreement of {reliability.value} between sessions",
        "Differences between sessions: solid, their mean; dashed, limits of agreement; "
        "bands, their 95 % intervals.",
    )
    words = (
        "Smallest detectable change: a larger change in one participant (or unit) exceeds the "
        "measurement error (95 %)."
    )
    return Section("retest", "Test and retest", [words], pictures=[shown], tables=[table])


def _interval(row: Mapping[Any, Any], name: str) -> tuple[float, float, float]:
    return row[name], row[f"{name}_low"], row[f"{name}_high"]
