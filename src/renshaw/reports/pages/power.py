"""The page of a plan: how many participants it takes, and what a test-retest says."""

from __future__ import annotations

from renshaw.core.numbers import between, number
from renshaw.findings.power import size_words
from renshaw.reports.figures.power import power_curves
from renshaw.reports.method import joined
from renshaw.reports.page import Content, Section, drawing, page_of
from renshaw.reports.pages.reliability import retest
from renshaw.reports.tables import Column, Row, Table, table_of
from renshaw.statistics.planning.plan_settings import CLUSTER, CROSSOVER, MEAN, N_OF_1, SPASMS
from renshaw.statistics.planning.planned_analysis import (
    comparisons_words,
    methods_words,
    planned_analysis,
)
from renshaw.statistics.planning.power import Power
from renshaw.statistics.planning.reporting_items import protocol_items
from renshaw.statistics.trials.reliability import Reliability


@page_of(Power)
def page(power: Power, *, reliability: Reliability | None = None) -> Content:
    """Return the page about a planned study, with the test and retest behind it."""
    again = [] if reliability is None else [reliability]
    settings = power.settings
    return Content(
        title=f"Plan: {settings.measured}",
        kind=f"Plan of a {settings.design} study: two-sided tests at {settings.alpha:g}, "
        f"{settings.simulations:,} simulated studies each",
        question=(
            "How many participants are needed, and what is the smallest change that can "
            "be detected?"
        ),
        findings=[*power.findings(), *(each for r in again for each in r.findings())],
        sections=[
            _power(power),
            _analysis(power),
            _protocol(power),
            *map(retest, again),
            _assumed(power),
        ],
        history=joined([each.history for each in (*again, power)]),
        settings=settings,
        settings_title="Settings of the plan",
    )


def _times(power: Power) -> str:
    settings = power.settings
    if settings.outcome == SPASMS:
        return "Days"
    return "Ramps" if settings.of_units else "Tests"


def _power(power: Power) -> Section:
    settings = power.settings
    shown = drawing(
        power_curves(power),
        "power",
        "Power against the number of participants",
        "Power of the study against its number of participants; each line is a true effect, "
        "its band the Monte-Carlo interval. Rings: the fewest participants with the target power, "
        "the dashed line, with the number below; bars: what the simulation's error leaves of it.",
    )
    of_units = settings.of_units
    times = _times(power)
    cells = power.table.drop_duplicates(["participants", "units", "ramps"])
    columns = [Column("Participants"), *([Column("Units")] if of_units else [])]
    columns += [Column(times), Column("Effect", settings.unit), Column("Monte-Carlo 95 %")]
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
                    between(float(low), float(high)),
                ]
            )
            for n, m, r, least, low, high in cells[
                [
                    "participants",
                    "units",
                    "ramps",
                    "detectable",
                    "detectable_low",
                    "detectable_high",
                ]
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
            "power": "Assurance" if settings.assured else "Power",
            "power_low": "Low",
            "power_high": "High",
        },
    )
    return Section("power", "Power", pictures=[shown], folded=[detectable, every])


def _analysis(power: Power) -> Section:
    analysis = planned_analysis(power.settings)
    return Section(
        "analysis",
        "The analysis that will be done",
        [
            f"{analysis.formula} – {analysis.response}. The answer is {analysis.effect}. In "
            f"balanced data it is {analysis.test}, with {analysis.df} degrees of freedom; that is "
            "the test of every simulated study.",
            f"By renshaw: {analysis.command}",
            f"For the paper: {methods_words(power.settings, size_words(power))}",
        ],
        code=analysis.script,
    )


def _protocol(power: Power) -> Section:
    items = protocol_items(power.settings, size_words(power), power.randomized)
    columns = [Column("Guideline"), Column("Item"), Column("Formerly", numeric=False)]
    columns.append(Column("Asks", numeric=False))
    columns.append(Column("Text", numeric=False, wide=True))
    rows = [Row([each.guideline, each.item, each.formerly, each.asks, each.text]) for each in items]
    table = Table(
        "Items that the plan can fill in; gaps in brackets are yours",
        columns,
        rows,
        summary="Text for the protocol (SPIRIT, CONSORT)",
    )
    return Section("protocol", "For the protocol", folded=[table])


def _assumed(power: Power) -> Section:
    settings = power.settings
    if settings.outcome == SPASMS:
        notes = [
            "Daily counts are Poisson with a gamma-distributed rate (negative binomial). Each "
            "participant has a rate and a ratio of their own, both log-normal.",
            "Tested: log(mean a day + 0.5 / days) after minus before.",
        ]
    elif settings.outcome == MEAN and not settings.of_units:
        notes = [
            "Values of tests are normal: a participant's own true change, and a residual of every "
            "test.",
        ]
    else:
        notes = [
            "Unit values are normal: a participant's own true change, and residuals of every unit "
            "and ramp."
            + (
                "" if settings.tracked else " Units aren't tracked: they differ between conditions."
            ),
        ]
    if settings.has_groups:
        notes.append("Participants of all groups differ in their change, treated or not.")
    if settings.design == CLUSTER:
        notes.append("Participants of a cluster share the cluster's own change.")
    if settings.design == CROSSOVER:
        share = "Half" if settings.treatments == 2 else "An equal share"
        notes.append(f"{share} of the participants have each sequence; periods may differ.")
    if settings.design == CROSSOVER and settings.treatments > 2:
        notes.append(
            "Orders are those of a Williams design: each treatment follows each other equally "
            "often. People differ in what each treatment does by as much; of what is carried over, "
            "the mean alone."
        )
    if settings.design == N_OF_1:
        notes.append(
            f"Everyone has {settings.pairs} pairs of periods, one of each treatment in random "
            "order, with nothing carried over and errors of tests that do not depend on each "
            "other. Of one person alone the pairs are tested by Student's t."
        )
    if words := comparisons_words(settings):
        notes.append(f"{words[0].upper()}{words[1:]}.")
    if settings.assured:
        notes.append(
            "Assurance: each simulated study has a true mean change and a spread of its own, as "
            "uncertain as they are said to be (effect_se, spread_from)."
        )
    notes.append(
        "A study counts where its test is significant in the direction of the true change."
    )
    return Section("assumed", "What was assumed", notes=notes)
