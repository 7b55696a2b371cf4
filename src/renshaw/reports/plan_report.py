"""The page of a plan: how many participants it takes, and what a test-retest says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from renshaw.core.files import write_text
from renshaw.reports.figures.power import agreement, effect_words, panel_words, power_curves
from renshaw.reports.method import joined
from renshaw.reports.model_report import table_of
from renshaw.reports.page import KeyFigure, Section, drawing, rendered
from renshaw.reports.tables import Column, Row, Table, settings_table
from renshaw.reports.words import number
from renshaw.statistics.power import DELTA_F, MEAN, SPASMS

if TYPE_CHECKING:
    from renshaw.statistics.power import Power
    from renshaw.statistics.reliability import Reliability


_CI = ("typical_error", "loa", "icc")


def write_plan_report(
    power: Power, path: str | Path, reliability: Reliability | None = None
) -> Path:
    """Write a self-contained HTML page about a planned study.

    Raises
    ------
    OSError
        The page can't be written.
    """
    return write_text(path, plan_report(power, reliability))


def plan_report(power: Power, reliability: Reliability | None = None) -> str:
    """Return the page of `write_plan_report` as text."""
    histories = [power.history] if reliability is None else [reliability.history, power.history]
    history = joined(histories)
    sections = [_power(power), *([_retest(reliability)] if reliability else []), _assumed(power)]
    return rendered(
        "model.html.j2",
        title=f"Plan: {power.settings.measured}",
        kind="Plan of a study",
        question="How many participants does it take, and what is the least change to be seen?",
        warnings=(),
        answers=needed_words(power)[:8],
        keys=_keys(power),
        sections=sections,
        python=history.as_python(),
        citations=history.citations(),
        settings=settings_table(power.settings, "Settings of the plan"),
    )


def needed_words(power: Power) -> list[str]:
    """Return how many participants each effect takes, in sentences."""
    target = f"{100 * power.settings.target_power:g} %"
    each = " a group" if power.settings.design == "parallel" else ""
    found = []
    for effect, units, ramps, fewest in power.needed():
        most = int(power.table["participants"].max())
        enough = (
            f"about {fewest} participants{each} give {target} power"
            if fewest is not None
            else f"more than {most} participants{each} are needed for {target} power"
        )
        found.append(
            f"{effect_words(power, effect)}, {panel_words(power, units, ramps)}: {enough}."
        )
    return found


def _keys(power: Power) -> list[KeyFigure]:
    settings = power.settings
    return [
        KeyFigure("Design", settings.design),
        KeyFigure("Test level", f"{settings.alpha:g}", "two-sided"),
        KeyFigure("Target power", f"{100 * settings.target_power:g}", "%"),
        KeyFigure("Simulations", str(settings.simulations), "a cell"),
    ]


def _power(power: Power) -> Section:
    shown = drawing(
        power_curves(power),
        "power",
        "Power against the number of participants",
        "Power of the study against its number of participants; a line is a true effect, its band "
        "the Monte-Carlo interval. The dashed line is the power aimed at.",
    )
    settings = power.settings
    of_units = settings.outcome == DELTA_F
    times = {DELTA_F: "Ramps", SPASMS: "Days"}.get(settings.outcome, "Tests")
    cells = power.table.drop_duplicates(["participants", "units", "ramps"])
    columns = [Column("Participants"), *([Column("Units")] if of_units else [])]
    columns += [Column(times), Column("Effect", settings.unit)]
    detectable = Table(
        "The least true effect that is found with the power aimed at",
        columns,
        [
            Row(
                [
                    str(int(n)),
                    *([str(int(m))] if of_units else []),
                    str(int(r)),
                    number(float(least)),
                ]
            )
            for n, m, r, least in cells[
                ["participants", "units", "ramps", "detectable"]
            ].itertuples(index=False)
        ],
        summary="Least detectable effects",
    )
    every = table_of(
        power.table,
        "Every cell",
        {
            "participants": "Participants",
            **({"units": "Units"} if of_units else {}),
            "ramps": times,
            "effect": f"True effect ({settings.unit})" if settings.unit else "True effect",
            "power": "Power",
            "power_low": "Low",
            "power_high": "High",
        },
    )
    return Section("power", "Power", pictures=[shown], folded=[detectable, every])


def _retest(reliability: Reliability) -> Section:
    columns = ["Of", "n", "Mean difference", "SD of it", "Typical error"]
    columns += ["Limits of agreement", "ICC(2,1)", "CV (%)", "Detectable in one"]
    rows = []
    for row in reliability.table.to_dict("records"):
        between = {
            key: f"{number(row[f'{key}_low'])} to {number(row[f'{key}_high'])}" for key in _CI
        }
        cells = [str(row["level"]), str(row["n"]), number(row["mean_difference"])]
        cells += [number(row["sd_difference"])]
        cells += [f"{number(row['typical_error'])} ({between['typical_error']})", between["loa"]]
        cells += [f"{number(row['icc'])} ({between['icc']})", number(row["cv_pct"], 0)]
        rows.append(Row([*cells, number(row["detectable_change"])]))
    heads = [Column(name, numeric=n > 0) for n, name in enumerate(columns)]
    table = Table("Test-retest reliability (95 % confidence intervals)", heads, rows)
    shown = drawing(
        agreement(reliability),
        "retest",
        f"Agreement of {reliability.value} between sessions",
        "Differences between sessions: solid, their mean; dashed, limits of agreement.",
    )
    words = (
        "Detectable in one: a change of a single participant (or unit) larger than this is more "
        "than chance makes of the measurement itself (95 %)."
    )
    parts = ", ".join(f"{k} {v:.3g}" for k, v in reliability.components.items())
    notes = [f"Standard deviations by a mixed model: {parts}."] if parts else []
    return Section("retest", "Test and retest", [words], notes, [shown], [table])


def _assumed(power: Power) -> Section:
    settings = power.settings
    if settings.outcome == SPASMS:
        notes = [
            "Daily counts are Poisson with a gamma-distributed rate (negative binomial). Each "
            "participant has a rate and a ratio of their own, both log-normal.",
            "Tested: log(mean a day + 0.5 / days) after minus before, by a t-test of participants.",
        ]
    elif settings.outcome == MEAN:
        notes = [
            "Values of tests are normal: a participant's own true change, and a residual of every "
            "test. What participants differ by cancels within them.",
            "Tested: participants' mean changes by a t-test, as a balanced mixed model does.",
        ]
    else:
        notes = [
            "Unit values are normal: a participant's own true change, and residuals of every unit "
            "and ramp. What units and participants differ by cancels within them"
            + ("." if settings.tracked else "; for units it does not, as they aren't tracked."),
            "Tested: participants' mean changes by a t-test, as a balanced mixed model does.",
        ]
    notes.append(
        "Power answers to the spread of the true change between participants (effect_sd, "
        "ratio_sd_log) more than to anything else, and that is the least known: vary it."
    )
    return Section("assumed", "What was assumed", notes=notes)
