"""Items of SPIRIT, CONSORT and CENT, filled in from a plan and from a result.

Items and what they ask, in our own words, after SPIRIT 2025 (doi:10.1136/bmj-2024-081477), CONSORT
2025 (doi:10.1136/bmj-2024-081123) and the extension of CONSORT 2010 for N-of-1 trials, CENT 2015
(doi:10.1136/bmj.h1738). Beside each stands its number in SPIRIT 2013
(doi:10.7326/0003-4819-158-3-201302050-00583) or CONSORT 2010 (doi:10.1136/bmj.c332), which journals
still ask for. Numbers of these four were compared with the published checklists (those of 2025
with copies of their tables). Of CENT's numbers 3a was; 8a, 8c, 12b, 12c and 17a were not, and the
text says so. What a program can't know is left as a gap in brackets.
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

SPIRIT, CONSORT, CENT = "SPIRIT 2025", "CONSORT 2025", "CENT 2015"
# The numbers that items had before, by the numbers that they have.
_SPIRIT_2013 = {
    "12": "8",
    "16": "12",
    "19": "14",
    "20": "15",
    "21a": "16a",
    "21b": "16a",
    "22": "16b",
    "23": "16c",
    "24a": "17a",
    "27a": "20a",
    "27b": "20c",
    "27c": "20c",
    "27d": "20b",
}
_CONSORT_2010 = {
    "16a": "7a",
    "21a": "12a",
    "22a": "13a",
    "22b": "13b",
    "26": "16 and 17a",
    "30": "20",
}


class Item(NamedTuple):
    """One item of a guideline.

    Parameters
    ----------
    guideline, item : str
        ``"SPIRIT 2025"``, ``"19"``.
    asks : str
        What it asks, in our own words.
    text : str
        What is said, ready to be pasted; gaps in brackets are to be filled in.
    """

    guideline: str
    item: str
    asks: str
    text: str

    @property
    def formerly(self) -> str:
        """Its number in the version before: ``"SPIRIT 2013, item 14"``; empty where none is."""
        version, known = {
            SPIRIT: ("SPIRIT 2013", _SPIRIT_2013),
            CONSORT: ("CONSORT 2010", _CONSORT_2010),
        }.get(self.guideline, ("", {}))
        old = known.get(self.item, "")
        return f"{version}, item {old}" if old else ""


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
        Item(SPIRIT, "12", "design, allocation ratio, framework", design),
        Item(
            SPIRIT,
            "16",
            "outcomes: what is measured, how it is summed up, when",
            f"Primary outcome: {measured}, {_measure(settings)}. [When, and why it matters.]",
        ),
        Item(SPIRIT, "19", "sample size and what it rests on", size),
        Item(SPIRIT, "20", "how enough participants are found", "[Where and how they are found.]"),
        *_allocation(settings, made),
        Item(
            SPIRIT,
            "24a",
            "who is blinded",
            "[Who does not know the allocation: participants, assessors, who analyzes.]",
        ),
        Item(SPIRIT, "27a", "analysis of the outcomes", f"The analysis is {how}"),
        Item(
            SPIRIT,
            "27b",
            "who is analyzed, and in which group",
            "All randomized participants as randomized.",
        ),
        Item(
            SPIRIT,
            "27c",
            "what is done about missing values",
            f"{missing}; the model {analysis.formula} "
            + (
                "uses every value that there is, which holds if values are missing at random."
                if "|" in analysis.formula
                else "needs both values of a participant."
            ),
        ),
        Item(
            SPIRIT,
            "27d",
            "further analyses",
            "[Subgroups and adjusted analyses, or none.] What is not named here is exploratory.",
        ),
        Item(CONSORT, "16a", "how sample size was determined", size),
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
        return [Item(SPIRIT, "21a", "who makes the allocation sequence, and how", text)]
    method = made.method() if made else "[How the list is made: renshaw plan --randomize.]"
    sealed = (
        "The list was sealed beforehand; SHA-256 of its seed, of 64 random digits and of the list: "
        f"{made.seal}. "
        if made
        else ""
    )
    return [
        Item(
            SPIRIT,
            "21a",
            "who makes the allocation sequence, and how",
            f"{method} [Who makes it.]",
        ),
        Item(
            SPIRIT,
            "21b",
            "restrictions and strata; sizes of blocks in a document apart",
            "Blocks and strata as said above; sizes of blocks are in the sealed list, which nobody "
            "who enrolls or assigns sees.",
        ),
        Item(
            SPIRIT,
            "22",
            "how the sequence is concealed until allocation",
            f"{sealed}[Who keeps it, and how allocations are given out one at a time.]",
        ),
        Item(
            SPIRIT,
            "23",
            "whether those who enroll and assign can see the sequence",
            "[Names; the one who enrolls does not know the list.]",
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
        Item(CONSORT, "21a", "analysis of the outcomes", f"The model was {trial.model}."),
        Item(
            CONSORT,
            "22a",
            "how many were randomized, treated and analyzed",
            "[Randomized and treated, by group.] " * randomized
            + f"Analyzed: {trial.n} {trial.of}.",
        ),
        Item(CONSORT, "22b", "who was lost or left out, and why", left),
        Item(
            CONSORT,
            "26",
            "how many the analysis rests on; result, effect size and its precision",
            f"{answer} Analyzed: {trial.n} {trial.of}.",
        ),
        Item(CONSORT, "30", "limitations", notes),
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
    parts = []
    for i in items:
        formerly = f"; {i.formerly}" if i.formerly else ""
        parts.append(f"**{i.guideline}, item {i.item}**{formerly} ({i.asks})\n\n{i.text}\n")
    numbered = (
        "Item numbers are those of SPIRIT 2025 and CONSORT 2025, with those of SPIRIT 2013 and "
        "CONSORT 2010 beside them, and of CENT 2015, which extends CONSORT 2010.\n"
    )
    return "\n".join([numbered, *parts])
