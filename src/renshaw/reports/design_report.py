"""The page on a therapy that was designed: what, beside what, at which cost, resting on what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from renshaw.core.files import write_text
from renshaw.core.results import plot
from renshaw.interventions import Intervention
from renshaw.optimization.axes import AXES
from renshaw.optimization.design import RECOMMENDED, Design
from renshaw.optimization.price import DISCOMFORT_ASSUMED, DOSE_ASSUMED
from renshaw.optimization.rule import broken_words, rule_words, worst_words
from renshaw.optimization.therapy import ALTERNATIVES, NOTHING
from renshaw.reports.design_sections import beside, front, interaction, nights, row_of
from renshaw.reports.figures.design import pareto_front
from renshaw.reports.figures.power import power_curves
from renshaw.reports.page import KeyFigure, Section, drawing, result_page
from renshaw.reports.tables import Column, Row, Table
from renshaw.reports.words import number, signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PREDICTION = (
    "Every number here is the prediction of a model, not a measurement on people. This is "
    "research software and no medical device: it recommends nothing to a patient or a doctor."
)
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
    return pareto_front(noun)


def write_design_report(design: Design, path: str | Path) -> Path:
    """Write a self-contained HTML page about a therapy that was designed.

    Raises
    ------
    OSError
        The page can't be written.
    """
    return write_text(path, design_report(design))


def design_report(design: Design) -> str:
    """Return the page of `write_design_report` as text."""
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
    return result_page(
        title=design.goal.heading,
        kind="Therapy designed on virtual people: a prediction",
        headline=headline(design),
        keys=_keys(design),
        warnings=[PREDICTION, *cautions(design)],
        sections=sections,
        history=design.history,
        settings=design.goal,
    )


def headline(design: Design) -> str:
    """Return the answer in one sentence."""
    if not design.spastic:
        return _no_spasms(design)
    if design.recommended.kind == NOTHING:
        return "No therapy that keeps the limits calms these cords more than doing nothing."
    best, usual = row_of(design, RECOMMENDED), row_of(design, NOTHING)
    left = 100.0 * best["fresh_burden"] / max(1e-9, usual["fresh_burden"])
    given = design.recommended.words()
    return (
        f"{given[:1].upper() + given[1:]}: in fresh virtual people it leaves "
        f"{left:.0f} % of the burden of spasms and {best['fresh_force_pct']:.0f} % of maximal "
        f"force (mean of {worst_words(design.goal.rule)})."
    )


def _no_spasms(design: Design) -> str:
    usual = row_of(design, NOTHING)
    why = (
        "what was inferred of this person does not go with spasms of the condition that the goal "
        "says she has."
        if design.goal.posterior
        else "give the goal a more severe condition."
    )
    return (
        "These people have no spasms to calm: without any therapy firing ends "
        f"{number(usual['fresh_duration_s'])} s after a touch or stretch (mean of "
        f"{worst_words(design.goal.rule)}). What follows is about a reflex; {why}"
    )


def _keys(design: Design) -> list[KeyFigure]:
    best, usual = row_of(design, RECOMMENDED), row_of(design, NOTHING)
    who = worst_words(design.goal.rule)
    return [
        KeyFigure(
            f"Spasm, {who}",
            f"{number(usual['fresh_duration_s'])} → {number(best['fresh_duration_s'])}",
            "s",
        ),
        KeyFigure(
            f"Burden, {who}",
            f"{number(usual['fresh_burden'])} → {number(best['fresh_burden'])}",
            "% MVC s",
        ),
        KeyFigure("Maximal force kept", number(best["fresh_force_pct"]), "%"),
        KeyFigure("Dose", number(best["dose_pct"]), "% of usual maximum"),
        KeyFigure("Discomfort (assumed)", number(best["discomfort"]), "of 10"),
        KeyFigure("Charge", number(best["fresh_charge_mC_per_h"]), "mC/h"),
    ]


def cautions(design: Design) -> list[str]:
    """Return what speaks against the recommendation, or is left out of it, in sentences."""
    found = list(design.warnings)
    best, rule = row_of(design, RECOMMENDED), design.goal.rule
    again = {name: best[f"fresh_{name}"] for name in AXES} | {"force_pct": best["fresh_force_pct"]}
    if broken := broken_words(again, rule):
        found.append(
            f"On fresh people the recommended therapy no longer keeps all limits: "
            f"{'; '.join(broken)}. In the search it kept them (force {best['force_pct']:.1f} %): "
            "this is the winner's curse; ask for a margin."
        )
    for kind in ALTERNATIVES[1:]:
        if kind not in set(design.trials["kind"]):
            found.append(f"“{kind.capitalize()}” was not tried: the goal does not allow it.")
        elif kind not in design.chosen:
            found.append(f"No therapy of the kind “{kind}” keeps the limits.")
        elif broken := broken_words(row_of(design, kind), rule):
            found.append(
                f"No therapy of the kind “{kind}” keeps the limits; the one that breaks them by "
                f"least is shown ({'; '.join(broken)})."
            )
    return found


def _recommended(design: Design) -> Section:
    rows = []
    for name, therapy in design.chosen.items():
        broken = broken_words(row_of(design, name), design.goal.rule)
        kept = f"no: {'; '.join(broken)}" if broken else "yes"
        rows.append(Row([name, therapy.words(), therapy.kind, kept], ok=not broken))
    table = Table(
        "Each at its own best by the rule; gray: nothing of its kind keeps the limits, and the one "
        "is shown that breaks them by least",
        [
            Column("Alternative", numeric=False),
            Column("What is given", numeric=False, wide=True),
            Column("Kind", numeric=False),
            Column("Within the limits", numeric=False),
        ],
        rows,
    )
    words = f"The rule: {rule_words(design.goal.rule)}"
    return Section("recommended", "What is recommended, and by which rule", [words], tables=[table])


def _trial(design: Design) -> Section:
    rows = []
    for name, power in design.plans.items():
        for effect, _, tests, fewest in power.needed():
            most = int(power.table["participants"].max())
            full = effect == power.settings.effects[0]
            rows.append(
                Row(
                    [
                        f"{name}, {'as predicted' if full else 'half of it'}",
                        signed(effect, 1),
                        number(power.settings.effect_sd),
                        number(power.settings.residual_sd),
                        str(tests),
                        str(fewest) if fewest is not None else f"more than {most}",
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
        "The burden of spasm tests, every participant under both. The spread between participants "
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
            "true, and if half of it is. The dashed line is the power aimed at.",
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
