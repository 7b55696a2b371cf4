"""The page on a therapy that was designed: what, beside what, at which cost, resting on what."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renshaw.core.files import write_text
from renshaw.core.results import plot
from renshaw.interventions import Intervention
from renshaw.optimize.design import RECOMMENDED, Design
from renshaw.optimize.price import DISCOMFORT_ASSUMED, DOSE_ASSUMED
from renshaw.optimize.rule import rule_words
from renshaw.optimize.therapy import ALL, NOTHING
from renshaw.report.figures.design import burden_by_person, interaction_map, pareto_front
from renshaw.report.page import KeyFigure, Section, drawing, result_page
from renshaw.report.tables import Column, Row, Table
from renshaw.report.words import number, signed

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

PREDICTION = (
    "Every number here is the prediction of a model, not a measurement on people. This is "
    "research software and no medical device: it recommends nothing to a patient or a doctor."
)
NO_FACTORIAL = (
    "No data exist of people who were given stimulation, relaxation and a drug in all "
    "combinations: how they act together is a prediction throughout."
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
        _beside(design),
        _front(design),
        _interaction(design),
        *([_nights(design)] if len(design.nights) else []),
        _trial(design),
        _rests_on(design),
        Section("assumptions", "What was assumed", notes=_ASSUMED),
    ]
    return result_page(
        title=design.goal.heading,
        kind="Therapy designed on virtual people: a prediction",
        headline=headline(design),
        keys=_keys(design),
        warnings=[PREDICTION, *_warnings(design)],
        sections=sections,
        history=design.history,
        settings=design.goal,
    )


def row_of(design: Design, name: str) -> Mapping[str, Any]:
    """Return the row of an alternative."""
    table = design.alternatives
    return _records(table[table["alternative"] == name])[0]


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def headline(design: Design) -> str:
    """Return the answer in one sentence."""
    if design.recommended.kind == NOTHING:
        return "No therapy that keeps the limits calms these cords more than doing nothing."
    best, usual = row_of(design, RECOMMENDED), row_of(design, NOTHING)
    left = 100.0 * best["fresh_burden"] / max(1e-9, usual["fresh_burden"])
    given = design.recommended.words()
    return (
        f"{given[:1].upper() + given[1:]}: in fresh virtual people it leaves "
        f"{left:.0f} % of the burden of spasms and {best['fresh_force_pct']:.0f} % of maximal "
        "force (mean of the quarter who fare worst)."
    )


def _keys(design: Design) -> list[KeyFigure]:
    best, usual = row_of(design, RECOMMENDED), row_of(design, NOTHING)
    return [
        KeyFigure(
            "Spasm, worst quarter",
            f"{number(usual['fresh_duration_s'])} → {number(best['fresh_duration_s'])}",
            "s",
        ),
        KeyFigure(
            "Burden, worst quarter",
            f"{number(usual['fresh_burden'])} → {number(best['fresh_burden'])}",
            "% MVC s",
        ),
        KeyFigure("Maximal force kept", number(best["fresh_force_pct"]), "%"),
        KeyFigure("Dose", number(best["dose_pct"]), "% of usual maximum"),
        KeyFigure("Discomfort (assumed)", number(best["discomfort"]), "of 10"),
        KeyFigure("Charge", number(best["fresh_charge_mC_per_h"]), "mC/h"),
    ]


def _warnings(design: Design) -> list[str]:
    found = []
    best = row_of(design, RECOMMENDED)
    if not best["fresh_allowed"]:
        found.append(
            "On fresh people the recommended therapy no longer keeps all limits: force "
            f"{best['fresh_force_pct']:.1f} % where {design.goal.rule.force_pct_min:g} % were "
            "asked for. The search had seen "
            f"{best['force_pct']:.1f} %: this is the winner's curse; ask for a margin."
        )
    kinds = {"stimulation alone", "relaxation alone", "drug alone", ALL} - set(design.chosen)
    found += [f"No therapy of the kind “{kind}” keeps the limits." for kind in sorted(kinds)]
    return found


def _recommended(design: Design) -> Section:
    rows = [Row([name, therapy.words(), therapy.kind]) for name, therapy in design.chosen.items()]
    table = Table(
        "Each at its own best, by the same rule",
        [
            Column("Alternative", numeric=False),
            Column("What is given", numeric=False, wide=True),
            Column("Kind", numeric=False),
        ],
        rows,
    )
    words = f"The rule: {rule_words(design.goal.rule)}"
    return Section("recommended", "What is recommended, and by which rule", [words], tables=[table])


def _beside(design: Design) -> Section:
    shown = drawing(
        burden_by_person(design),
        "burden",
        "Burden of spasms of every fresh person under each alternative",
        "A dot is a fresh virtual person, never seen by the search, with fresh noise; a line "
        "follows her. Filled: the mean of the worst quarter, with the 95 % interval over "
        "people. Hollow: what the search had promised; the step between is the winner's curse.",
    )
    return Section(
        "beside",
        "Beside its alternatives, in fresh people",
        [_contrast_words(design)],
        pictures=[shown],
        tables=[_alternatives(design), _contrasts(design)],
    )


def _contrast_words(design: Design) -> str:
    clear: list[str] = []
    unclear: list[str] = []
    for row in _records(design.contrasts):
        (clear if row["difference_high"] < 0 else unclear).append(str(row["against"]))
    unclear = [name for name in unclear if design.chosen.get(name) != design.recommended]
    clear = [name for name in clear if design.chosen.get(name) != design.recommended]
    words = []
    if clear:
        words.append(
            f"The recommended therapy leaves less burden than {', '.join(clear)} (95 % interval of "
            "the difference within people below zero)."
        )
    if unclear:
        words.append(f"It is not clearly better than {', '.join(unclear)}.")
    return " ".join(words) or "There is nothing to compare."


def _alternatives(design: Design) -> Table:
    rows = []
    for row in _records(design.alternatives):
        rows.append(
            Row(
                [
                    str(row["alternative"]),
                    _between(row, "fresh_burden"),
                    number(row["burden"]),
                    _between(row, "fresh_duration_s"),
                    _between(row, "fresh_force_pct"),
                    number(row["force_pct"]),
                    number(row["dose_pct"]),
                    number(row["discomfort"]),
                    number(row["fresh_charge_mC_per_h"]),
                ],
                ok=bool(row["fresh_allowed"]),
            )
        )
    columns = [
        Column("Alternative", numeric=False),
        Column("Burden, fresh", "% MVC s"),
        Column("in the search"),
        Column("Spasm, fresh", "s"),
        Column("Force kept, fresh", "%"),
        Column("in the search"),
        Column("Dose", "% of max."),
        Column("Discomfort", "of 10"),
        Column("Charge", "mC/h"),
    ]
    return Table(
        "The quarter of people who fare worst, with 95 % intervals over fresh people; gray: no "
        "longer within the limits",
        columns,
        rows,
    )


def _between(row: Mapping[str, Any], key: str) -> str:
    low, high = number(row[f"{key}_low"], 2), number(row[f"{key}_high"], 2)
    return f"{number(row[key], 2)} [{low}, {high}]"


def _contrasts(design: Design) -> Table:
    rows = []
    for row in _records(design.contrasts):
        if design.chosen.get(row["against"]) == design.recommended:
            continue
        cells = [str(row["against"])]
        for key in ("difference", "worse_difference", "force_difference"):
            low, high = signed(row[f"{key}_low"], 1), signed(row[f"{key}_high"], 1)
            cells.append(f"{signed(row[key], 1)} [{low}, {high}]")
        rows.append(Row([*cells, f"{row['better_pct']:.0f}"]))
    columns = [
        Column("Recommended minus", numeric=False),
        Column("Burden, mean", "% MVC s"),
        Column("Burden, worst quarter", "% MVC s"),
        Column("Force, mean", "% of untreated"),
        Column("People better off", "%"),
    ]
    return Table("Differences within fresh people, with 95 % intervals", columns, rows)


def _front(design: Design) -> Section:
    shown = drawing(
        pareto_front(design),
        "front",
        "Burden of spasms against force kept, dose, discomfort and charge",
        "Every therapy that was judged on all people of the search; mean of the worst quarter. "
        "Circles: no other therapy is better on every axis. Shaded: outside the rule's limits.",
    )
    trials = design.trials
    words = (
        f"{len(trials)} therapies were tried, {int(trials['judged'].sum())} of them on all "
        f"{len(design.people)} people; {len(design.front)} are on the front."
    )
    return Section("front", "What calm costs", [words], pictures=[shown], folded=[_tried(design)])


def _tried(design: Design) -> Table:
    rows = [
        Row(
            [
                str(row["therapy"]),
                number(row["burden"]),
                number(row["force_pct"]),
                number(row["dose_pct"]),
                number(row["discomfort"]),
                number(row["charge_mC_per_h"]),
            ],
            ok=bool(row["allowed"]),
        )
        for row in _records(design.front)
    ]
    columns = [
        Column("Therapy", numeric=False),
        Column("Burden", "% MVC s"),
        Column("Force kept", "%"),
        Column("Dose", "% of max."),
        Column("Discomfort", "of 10"),
        Column("Charge", "mC/h"),
    ]
    return Table(
        "The front, least burden first; gray: outside the limits", columns, rows, "The front"
    )


def _interaction(design: Design) -> Section:
    title = "How they act together: a prediction"
    if design.cells.empty:
        words = "No combination of all three keeps the limits, so that none was taken apart."
        return Section("interaction", title, [words, NO_FACTORIAL])
    shown = drawing(
        interaction_map(design),
        "map",
        "Burden of spasms for none, half and all of stimulation, relaxation and drug",
        "Above: mean burden over people. Below: what combinations leave (red, interval against the "
        "sum) beside what the sum of each alone would leave (bar), and what would be left if each "
        "took its share of what the others leave (cross).",
    )
    whole = design.chosen[ALL]
    words = (
        f"Whole is: {whole.words()}. Half is half the pulses a second, half the depth, half the "
        "dose. Additive: what is left agrees with the sum of the single effects. Synergistic: less "
        "is left; less than additive: more; independent: more than the sum leaves, but as much "
        "as if each took its share of what the others leave. At a floor: hardly more is left than "
        "the reflex of a "
        "cord without persistent inward currents."
    )
    return Section(
        "interaction", title, [NO_FACTORIAL, words], pictures=[shown], tables=[_together(design)]
    )


def _together(design: Design) -> Table:
    rows = [
        Row(
            [
                f"{row['parts']}, {'whole' if row['strength'] == 1 else 'half'}",
                number(row["burden"]),
                number(row["sum_expected"]),
                _against(row, "above_sum"),
                number(row["bliss_expected"]),
                _against(row, "above_bliss"),
                f"{row['left_pct']:.0f}",
                str(row["verdict"]),
            ]
        )
        for row in _records(design.interactions)
    ]
    columns = [
        Column("Combination", numeric=False),
        Column("Left", "% MVC s"),
        Column("Sum says"),
        Column("More than the sum"),
        Column("Bliss says"),
        Column("More than Bliss"),
        Column("Above the floor", "%"),
        Column("Verdict", numeric=False),
    ]
    return Table("Mean burden, with 95 % intervals over people", columns, rows)


def _against(row: Mapping[str, Any], key: str) -> str:
    low, high = signed(row[f"{key}_low"], 1), signed(row[f"{key}_high"], 1)
    return f"{signed(row[key], 1)} [{low}, {high}]"


def _nights(design: Design) -> Section:
    means = design.nights.groupby("alternative", sort=False).mean(numeric_only=True)
    rows = [
        Row(
            [
                str(name),
                number(row["spasms_per_hour"]),
                number(row["full_spasms_per_hour"]),
                number(row["total_spasm_s"] / 60.0),
                number(row["longest_calm_min"], 1),
                number(row["penn_spasm_frequency"], 1),
            ]
        )
        for name, row in means.iterrows()
        if name == RECOMMENDED or design.chosen[str(name)] != design.recommended
    ]
    columns = [
        Column("Alternative", numeric=False),
        Column("Spasms", "1/h"),
        Column("Full spasms", "1/h"),
        Column("In spasm", "min"),
        Column("Longest calm", "min"),
        Column("Penn score"),
    ]
    who = design.nights["person"].nunique()
    table = Table(f"Means over {who} of the fresh people, who sleep under each", columns, rows)
    words = (
        f"The same touches and stretches over {design.goal.night.hours:g} hours. Stimulation "
        "before movement plays no part at night: nothing is foreseen."
    )
    return Section("nights", "A night in bed", [words], tables=[table])


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
        "is that of fresh virtual people, the error of a test "
        f"{100 * design.goal.retest_cv:.0f} % of the untreated burden (assumed: the model's own "
        "noise is less). A prediction may be too good: plan with half of it. study.toml in the "
        "folder is this study on virtual participants (renshaw run study.toml), "
        "protocol_sheet.html the sheet to print."
    )
    return Section("trial", "The trial that would test it", [words], tables=[table])


def _rests_on(design: Design) -> Section:
    chosen = {type(each): each for each in _all_given(design)}
    rows = [
        Row(
            [
                kind.key,
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
