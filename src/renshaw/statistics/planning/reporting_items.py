"""Items of SPIRIT, CONSORT and CENT, filled in from a plan and from a result.

Items and what they ask, in our own words, after SPIRIT 2013 (doi:10.7326/0003-4819-158-3-201302050-
00583), CONSORT 2010 (doi:10.1136/bmj.c332) and its extension CENT 2015 for N-of-1 trials
(doi:10.1136/bmj.h1738). What a program can't know is left as a gap in brackets. Of CENT's numbers
3a was compared with the published checklist; 8a, 8c, 12b, 12c and 17a were not, and the text says
so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from renshaw.core.numbers import between, number, p_equals
from renshaw.statistics.planning.plan_settings import (
    ANCOVA,
    CLUSTER,
    CROSSOVER,
    N_OF_1,
    PAIRED,
    PlanSettings,
)
from renshaw.statistics.planning.planned_analysis import methods_words, planned_analysis
from renshaw.statistics.planning.randomization import Randomization
from renshaw.statistics.trials.trial import Trial

SPIRIT, CONSORT, CENT = "SPIRIT 2013", "CONSORT 2010", "CENT 2015"


class Item(NamedTuple):
    """One item of a guideline.

    Parameters
    ----------
    guideline, item : str
        ``"SPIRIT 2013"``, ``"14"``.
    asks : str
        What it asks, in our own words.
    text : str
        What is said, ready to be pasted; gaps in brackets are to be filled in.
    """

    guideline: str
    item: str
    asks: str
    text: str


def protocol_items(
    settings: PlanSettings, participants: str, made: Randomization | None = None
) -> tuple[Item, ...]:
    """Return the items of a protocol that a plan can fill in.

    Parameters
    ----------
    settings : PlanSettings
    participants : str
        How many give which power, in words.
    made : Randomization, optional
    """
    measured = settings.measured + (f" ({settings.unit})" if settings.unit != "ratio" else "")
    design = _design_words(settings)
    analysis = planned_analysis(settings)
    missing = (
        f"{100 * settings.dropout:g} % of participants are expected to be lost"
        if settings.dropout
        else "[How many participants may be lost, and how that is kept low]"
    )
    method = methods_words(settings, participants)
    size, _, how = method.partition(" The analysis is ")
    found = [
        Item(SPIRIT, "8", "design, allocation ratio, framework", design),
        Item(
            SPIRIT,
            "12",
            "outcomes: what is measured, how it is summed up, when",
            f"Primary outcome: {measured}, {_measure(settings)}. [When, and why it matters.]",
        ),
        Item(SPIRIT, "14", "sample size and what it rests on", size),
        Item(SPIRIT, "15", "how enough participants are found", "[Where and how they are found.]"),
        *_allocation(settings, made),
        Item(
            SPIRIT,
            "17a",
            "who is blinded",
            "[Who does not know the allocation: participants, assessors, who analyzes.]",
        ),
        Item(SPIRIT, "20a", "analysis of the outcomes", f"The analysis is {how}"),
        Item(
            SPIRIT,
            "20b",
            "further analyses",
            "[Subgroups and adjusted analyses, or none.] What is not named here is exploratory.",
        ),
        Item(
            SPIRIT,
            "20c",
            "who is analyzed, and what is done about missing values",
            f"All randomized participants as randomized. {missing}; the model {analysis.formula} "
            + (
                "uses every value that there is, which holds if values are missing at random."
                if "|" in analysis.formula
                else "needs both values of a participant."
            ),
        ),
        Item(CONSORT, "7a", "how sample size was determined", size),
    ]
    return tuple(found)


def _design_words(settings: PlanSettings) -> str:
    ratio, arms = ":".join(map(str, settings.shares)), f"{settings.treatments} arms"
    washout = "Washout between periods: [how long, and why that is enough]."
    if settings.design == PAIRED:
        return (
            "Single group, everyone measured before and after [or under both conditions]; no "
            "randomization. A change may be due to time alone."
        )
    if settings.design == N_OF_1:
        return (
            f"Series of N-of-1 trials: {settings.pairs} pairs of periods a participant, the order "
            f"within each pair by chance; superiority. {washout}"
        )
    if settings.design == CROSSOVER:
        orders = "AB/BA" if settings.treatments == 2 else "Williams design"
        return (
            f"Crossover ({orders}) with {settings.treatments} periods, allocation to the "
            f"{len(settings.sizes(1))} orders 1:1; superiority. {washout}"
        )
    if settings.design == CLUSTER:
        return f"Cluster-randomized, {arms}, allocation of clusters {ratio}; superiority."
    return f"Parallel groups, {arms}, allocation {ratio}; superiority."


def _measure(settings: PlanSettings) -> str:
    if settings.design == ANCOVA:
        return "after treatment, adjusted for the value before"
    if settings.design in (CROSSOVER, N_OF_1):
        return "difference between treatments within participants"
    return "change from before to after"


def _allocation(settings: PlanSettings, made: Randomization | None) -> list[Item]:
    if settings.design == PAIRED:
        text = "Not applicable: nothing is allocated."
        return [Item(SPIRIT, "16a", "how the allocation sequence is made", text)]
    method = made.method() if made else "[How the list is made: renshaw plan --randomize.]"
    sealed = (
        f"The list was sealed beforehand; SHA-256 of its seed and of the list: {made.seal}. "
        if made
        else ""
    )
    return [
        Item(SPIRIT, "16a", "how the allocation sequence is made", method),
        Item(
            SPIRIT,
            "16b",
            "how it is concealed until allocation",
            f"{sealed}[Who keeps it, and how allocations are given out one at a time.]",
        ),
        Item(
            SPIRIT,
            "16c",
            "who makes the list, who enrols, who allocates",
            "[Names; the one who enrols does not know the list.]",
        ),
    ]


def result_items(trial: Trial) -> tuple[Item, ...]:
    """Return the items of a report that a result can fill in.

    Parameters
    ----------
    trial : Trial
    """
    rows = trial.table.to_dict("records")
    row = rows[0]
    sure = []
    if not math.isnan(float(row["low"])):
        sure.append(f"95 % CI {between(float(row['low']), float(row['high']))}")
    if not math.isnan(float(row["p_value"])):
        sure.append(p_equals(float(row["p_value"])))
    if not math.isnan(float(row["df"])):
        sure.append(f"{number(float(row['df']), 1)} degrees of freedom")
    answer = f"{row['question']}: {number(float(row['estimate']))} ({'; '.join(sure)})."
    randomized = trial.kind in ("crossover", "baseline", "n_of_1")
    left = " ".join(trial.left_out) or "None was left out of the analysis."
    notes = " ".join((*trial.warnings, *trial.notes))
    found = [
        Item(CONSORT, "12a", "analysis of the outcomes", f"The model was {trial.model}."),
        Item(
            CONSORT,
            "13a",
            "how many were randomized, treated and analyzed",
            "[Randomized and treated, by group.] " * randomized
            + f"Analyzed: {trial.n} {trial.of}.",
        ),
        Item(CONSORT, "13b", "who was lost or left out, and why", left),
        Item(CONSORT, "16", "how many each analysis rests on", f"{trial.n} {trial.of}."),
        Item(CONSORT, "17a", "result, effect size and its precision", answer),
        Item(CONSORT, "20", "limitations", notes),
    ]
    if trial.kind == "n_of_1":
        found += _cent(trial, rows)
    return tuple(found)


def _cent(trial: Trial, rows: Sequence[dict[Any, Any]]) -> list[Item]:
    series = trial.of == "participants"
    each = "; ".join(
        f"{row['question']} {number(float(row['estimate']))} "
        f"({between(float(row['low']), float(row['high']))})"
        for row in rows[1:]
    )
    pairs = trial.points.groupby("who").size()
    return [
        Item(
            CENT,
            "3a",
            "design: number and length of periods, run-in and washout",
            f"Pairs of periods: {', '.join(map(str, sorted(set(pairs))))} a participant. [Length "
            "of a period; run-in and washout.]",
        ),
        Item(
            CENT,
            "8a",
            "whether and how the order of periods was randomized",
            "[Order within each pair by chance: renshaw trial randomize --kind n-of-1.]",
        ),
        Item(CENT, "8c", "the whole sequence of periods", "[As the list has it.]"),
        *(
            [
                Item(
                    CENT,
                    "12b",
                    "how the trials of a series were put together, and how people differ",
                    f"The model was {trial.model}. {trial.notes[0]}",
                )
            ]
            if series
            else []
        ),
        Item(
            CENT,
            "12c",
            "what was done about carry-over, periods and correlation within a person",
            "Differences within pairs were analyzed, which takes slow changes out. "
            + trial.notes[-1],
        ),
        Item(
            CENT,
            "17a",
            "results of each period, shown in a picture",
            f"{each} [Of these CENT numbers, 3a was compared with the published checklist; compare "
            "8a, 8c, 12b, 12c and 17a before you submit.]".strip(),
        ),
    ]


def as_markdown(items: Sequence[Item]) -> str:
    """Return items as text for a manuscript.

    Parameters
    ----------
    items : sequence of Item
    """
    parts = [f"**{i.guideline}, item {i.item}** ({i.asks})\n\n{i.text}\n" for i in items]
    numbered = (
        "Item numbers are those of SPIRIT 2013, CONSORT 2010 and CENT 2015; the versions of 2025 "
        "of SPIRIT and CONSORT number theirs anew.\n"
    )
    return "\n".join([numbered, *parts])
