"""The page on a therapy that was designed: what, beside what, at which cost, resting on what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.core.numbers import number, signed
from renshaw.core.results import plot
from renshaw.findings.design import fresh_axes, row_of
from renshaw.interventions import Intervention
from renshaw.optimization.design import Design
from renshaw.optimization.price import DISCOMFORT_ASSUMED, DOSE_ASSUMED
from renshaw.optimization.rule import broken_words, rule_words
from renshaw.reports.design_sections import beside, front, interaction, nights
from renshaw.reports.figures.design import pareto_front
from renshaw.reports.figures.power import power_curves
from renshaw.reports.page import Content, Section, drawing, page_of
from renshaw.reports.tables import Column, Row, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ASSUMED = (
    DISCOMFORT_ASSUMED,
    DOSE_ASSUMED,
    "Charge of an hour: pulses x width x current. Current at motor threshold, provocations and "
    "movements an hour, and the share of provocations that a person foresees are assumed (settings "
    "`price`); stimulation before movement helps only where the provocation is foreseen.",
    "The burden of a spasm test is the torque of involuntary firing over time, from the end of a "
    "touch or stretch until silence: how strong times how long, % MVC s. A part of it is the "
    "reflex itself, which no therapy here is meant to abolish.",
    "What ends a spasm is an assumption of the model (the part of neuromodulation that needs no "
    "serotonin wears off while motoneurons fire), and so are the sizes of what injury changes.",
    "Relaxation has no price here: its depth is a scale of the model, not of a person, and not "
    "everyone reaches all of it. It does nothing to receptors that are active without serotonin.",
    "Force is the best half second of one maximal effort, relative to the same person untreated.",
)


@plot.register(Design)
def plot_design(noun: Design, /) -> Figure:
    """Draw burden against each cost."""
    return pareto_front(noun).draw()


@page_of(Design)
def page(design: Design) -> Content:
    """Return the page about a therapy that was designed."""
    sections = [
        _recommended(design),
        beside(design),
        front(design),
        interaction(design),
        *([nights(design)] if len(design.nights) else []),
        _trial(design),
        _rests_on(design),
        Section("assumptions", "What was assumed", notes=_ASSUMED),
    ]
    return Content(
        title=design.goal.heading,
        kind="Therapy designed on virtual people: a prediction",
        findings=design.findings(),
        sections=sections,
        history=design.history,
        settings=design.goal,
    )


def _recommended(design: Design) -> Section:
    rows = []
    for name, therapy in design.chosen.items():
        row, rule = row_of(design, name), design.goal.rule
        broken = broken_words(row, rule)
        again = broken_words(fresh_axes(row), rule)
        kept = [f"no: {'; '.join(each)}" if each else "yes" for each in (broken, again)]
        rows.append(Row([name, therapy.words(), therapy.kind, *kept], ok=not broken))
    table = Table(
        "Each at its best by the rule; gray: no therapy of this kind stays within the "
        "limits, and the one "
        "is shown that breaks them by least",
        [
            Column("Alternative", numeric=False),
            Column("What is given", numeric=False, wide=True),
            Column("Kind", numeric=False),
            Column("Within the limits: in the search", numeric=False),
            Column("in fresh people", numeric=False),
        ],
        rows,
    )
    words = f"The rule: {rule_words(design.goal.rule)}"
    return Section("recommended", "Recommended therapy", [words], tables=[table])


def _trial(design: Design) -> Section:
    rows = []
    for name, power in design.plans.items():
        for needed in power.needed:
            full = needed.effect == power.settings.effects[0]
            rows.append(
                Row(
                    [
                        f"{name}, {'as predicted' if full else 'half of it'}",
                        signed(needed.effect, 1),
                        number(power.settings.value("effect_sd")),
                        number(power.settings.value("residual_sd")),
                        str(needed.ramps),
                        f"{needed.bound} {needed.participants}".strip(),
                    ]
                )
            )
    columns = [
        Column("Recommended against", numeric=False),
        Column("True difference", "% MVC s"),
        Column("SD between people", "% MVC s"),
        Column("SD of a test", "% MVC s"),
        Column("Tests each"),
        Column("Participants"),
    ]
    table = Table("Participants of a crossover trial for 80 % power, by rs.plan", columns, rows)
    words = (
        "The burden of spasm tests, every participant under both, in random order (AB/BA); "
        "nothing is assumed to carry over to the next period. The spread between participants "
        "is that of fresh virtual people, the error of a test (at least) "
        f"{100 * design.goal.retest_cv:.0f} % of the untreated burden (assumed: the model's own "
        "noise is less). A prediction may be too good: plan with half of it. study.toml in the "
        "folder is this study on virtual participants (renshaw run study.toml), "
        "protocol_sheet.html the sheet to print."
    )
    shown = [
        drawing(
            power_curves(power),
            f"power-{place}",
            f"Power against participants, against {name}",
            f"Against {name}: power of a crossover trial if all of the predicted difference is "
            "true, and if half of it is. The dashed line is the target power.",
            small=True,
        )
        for place, (name, power) in enumerate(design.plans.items())
    ]
    return Section("trial", "The trial that would test it", [words], pictures=shown, tables=[table])


def _rests_on(design: Design) -> Section:
    chosen = {type(each): each for each in _all_given(design)}
    rows = [
        Row(
            [
                kind.name,
                kind.mechanism,
                kind.certainty,
                kind.fitted or "assumed",
                kind.source,
            ]
        )
        for kind in chosen
    ]
    columns = [
        Column("Intervention", numeric=False),
        Column("What it does in the model", numeric=False, wide=True),
        Column("Where its effect was measured", numeric=False),
        Column("What its size was fitted to", numeric=False, wide=True),
        Column("Source", numeric=False),
    ]
    notes = list(dict.fromkeys(s for each in chosen.values() for s in each.assumptions()))
    return Section(
        "rests",
        "What it rests on",
        notes=notes,
        tables=[Table("Every intervention that is shown here", columns, rows)],
    )


def _all_given(design: Design) -> list[Intervention]:
    goal = design.goal
    return [
        each
        for therapy in design.chosen.values()
        for each in therapy.given("foreseen", goal.test, goal.price)
    ]
