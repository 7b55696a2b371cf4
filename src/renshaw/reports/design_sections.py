"""What a design found, section by section: beside its alternatives, at which cost, together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from renshaw.core.numbers import number, signed
from renshaw.findings.design import records, row_of
from renshaw.optimization.design import RECOMMENDED, Design
from renshaw.optimization.rule import broken_words, worst_words
from renshaw.optimization.therapy import ALL
from renshaw.reports.figures.design import burden_by_person, interaction_map, pareto_front
from renshaw.reports.page import Section, drawing
from renshaw.reports.tables import Column, Row, Table

NO_FACTORIAL = (
    "There are no data on people who were given stimulation, relaxation and a drug in all "
    "combinations; their combined effects are predictions throughout."
)
NO_COMBINATION = "No combination of all three was evaluated, so combined effects are not shown."


def beside(design: Design) -> Section:
    shown = drawing(
        burden_by_person(design),
        "burden",
        "Burden of spasms of every fresh person under each alternative",
        "Each dot and line is a new virtual person, who was not part of the search, with new "
        f"noise. Filled: mean of {worst_words(design.goal.rule)}, with the 95 % interval over "
        "people. Hollow: the same in the search, on other people. What a therapy loses from there "
        "to here, beyond what doing nothing loses, is the winner's curse.",
    )
    return Section(
        "beside",
        "Comparison with its alternatives, in new people",
        pictures=[shown],
        tables=[_alternatives(design), _contrasts(design)],
    )


def _alternatives(design: Design) -> Table:
    rows = []
    for row in records(design.alternatives):
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
        f"Means of {worst_words(design.goal.rule)}, in each respect, with 95 % intervals over "
        "fresh people; gray: not within the limits there",
        columns,
        rows,
    )


def _between(row: Mapping[str, Any], key: str) -> str:
    low, high = number(row[f"{key}_low"], 2), number(row[f"{key}_high"], 2)
    return f"{number(row[key], 2)} [{low}, {high}]"


def _contrasts(design: Design) -> Table:
    rows = []
    for row in records(design.contrasts):
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
        Column(f"Burden, {worst_words(design.goal.rule)}", "% MVC s"),
        Column("Force, mean", "% of untreated"),
        Column("People better off", "%"),
    ]
    return Table("Differences within fresh people, with 95 % intervals", columns, rows)


def front(design: Design) -> Section:
    shown = drawing(
        pareto_front(design),
        "front",
        "Burden of spasms against force kept, dose, discomfort and charge",
        "Every therapy that was evaluated on all people of the search; mean of "
        f"{worst_words(design.goal.rule)}. Circles: no other therapy is at least as good in "
        "every respect and "
        "better in one. Shaded: outside the rule's limits.",
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
        for row in records(design.front)
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


def interaction(design: Design) -> Section:
    title = "Combined effects: a prediction"
    if design.cells.empty:
        return Section("interaction", title, [NO_COMBINATION, NO_FACTORIAL])
    shown = drawing(
        interaction_map(design),
        "map",
        "Burden of spasms for none, half and all of stimulation, relaxation and drug",
        "Above: mean burden over people. Below: what combinations leave (red, interval against the "
        "sum) beside what the sum of each alone would leave (bar), and what would be left if each "
        "took its share of what the others leave (cross).",
    )
    whole = design.chosen[ALL]
    broken = broken_words(row_of(design, ALL), design.goal.rule)
    beyond = f" It is beyond the limits ({'; '.join(broken)})." if broken else ""
    words = (
        f"Whole is: {whole.words()}.{beyond} Half is half the pulses a second, half the depth, "
        "half the dose. Additive: what is left agrees with the sum of the single effects. "
        "Synergistic: less is left; less than additive: more; independent: more than the sum "
        "leaves, but as much as if each took its share of what the others leave. At a floor: "
        "hardly more is left than the reflex of a cord without persistent inward currents."
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
        for row in records(design.interactions)
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


def nights(design: Design) -> Section:
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
    table = Table(
        f"Means over {who} of the new people, for a night under each therapy", columns, rows
    )
    words = (
        f"The same touches and stretches over {design.goal.night.hours:g} hours. Stimulation "
        "before movement is not used at night, when no movement can be foreseen."
    )
    return Section("nights", "A night in bed", [words], tables=[table])
