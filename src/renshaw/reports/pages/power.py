"""The page of a plan: how many participants it takes, and what a test-retest says."""

from __future__ import annotations

from renshaw.core.numbers import number
from renshaw.reports.figures.power import power_curves
from renshaw.reports.method import joined
from renshaw.reports.page import Content, Section, drawing, page_of
from renshaw.reports.pages.reliability import retest
from renshaw.reports.tables import Column, Row, Table, table_of
from renshaw.statistics.power import DELTA_F, MEAN, SPASMS, Power
from renshaw.statistics.reliability import Reliability


@page_of(Power)
def page(power: Power, *, reliability: Reliability | None = None) -> Content:
    """Return the page about a planned study, with the test and retest behind it."""
    again = [] if reliability is None else [reliability]
    settings = power.settings
    return Content(
        title=f"Plan: {settings.measured}",
        kind=f"Plan of a {settings.design} study: two-sided tests at {settings.alpha:g}, "
        f"{settings.simulations} simulated studies each",
        question=(
            "How many participants are needed, and what is the smallest change that can "
            "be detected?"
        ),
        findings=[*power.findings(), *(each for r in again for each in r.findings())],
        sections=[_power(power), *map(retest, again), _assumed(power)],
        history=joined([each.history for each in (*again, power)]),
        settings=settings,
        settings_title="Settings of the plan",
    )


def _power(power: Power) -> Section:
    shown = drawing(
        power_curves(power),
        "power",
        "Power against the number of participants",
        "Power of the study against its number of participants; each line is a true effect, "
        "its band "
        "the Monte Carlo interval. The dashed line is the target power.",
    )
    settings = power.settings
    of_units = settings.outcome == DELTA_F
    times = {DELTA_F: "Ramps", SPASMS: "Days"}.get(settings.outcome, "Tests")
    cells = power.table.drop_duplicates(["participants", "units", "ramps"])
    columns = [Column("Participants"), *([Column("Units")] if of_units else [])]
    columns += [Column(times), Column("Effect", settings.unit)]
    detectable = Table(
        "Smallest true effect that is detected with the target power",
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
            "test. Constant differences between people cancel in a paired design.",
            "Tested: participants' mean changes by a t-test, as a balanced mixed model does.",
        ]
    else:
        notes = [
            "Unit values are normal: a participant's own true change, and residuals of every unit "
            "and ramp. Constant differences between units and people cancel in a paired design"
            + ("." if settings.tracked else "; for units it does not, as they aren't tracked."),
            "Tested: participants' mean changes by a t-test, as a balanced mixed model does.",
        ]
    return Section("assumed", "What was assumed", notes=notes)
