"""The sections of a study's page, one function each; None where there is nothing to say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.data.recording import Recording
from renshaw.estimate.settings import EstimateSettings
from renshaw.estimate.smoothing import smoothed_rates
from renshaw.estimate.verb import involuntary
from renshaw.estimate.vibstim import is_vibstim
from renshaw.report import figures
from renshaw.report.page import Drawing, Section, drawing
from renshaw.report.tables import Column, Row, Table, reason_count_table
from renshaw.report.words import number, p_words, signed, title_of

if TYPE_CHECKING:
    from renshaw.study.result import Group, StudyResult


# Of several arms, only what matters most has a picture; the table has the rest.
_PICTURED = ("delta_f", "peak_rate", "torque_vib", "torque_sust", "spasm_duration")
_MOST_PEOPLE = 200


def title_of_group(result: StudyResult, group: Group) -> str:
    """Return what the page calls an arm, with the protocol where it did several."""
    several = sum(other.arm == group.arm for other in result.groups) > 1
    return f"{group.arm}, {group.protocol}" if several else group.arm


def failures(result: StudyResult) -> Section | None:
    """Which recordings gave no numbers, and why; first of all, for the answers are without them."""
    if result.failures.empty:
        return None
    body = [
        Row([str(row["recording"]), str(row["arm"]), str(row["reason"])])
        for row in result.failures.to_dict("records")
    ]
    columns = [
        Column("Recording", numeric=False),
        Column("Arm", numeric=False),
        Column("Why", numeric=False, wide=True),
    ]
    table = Table("Recordings without numbers, and why", columns, body)
    n = len(body)
    words = f"{n} recording{' is' if n == 1 else 's are'} missing from everything below."
    return Section("failures", "What could not be used", [words], tables=[table])


def published(result: StudyResult) -> Section | None:
    """What was found in people, beside what this study finds."""
    if not result.plan.published:
        return None
    differences = result.to_table()
    body = []
    for each in result.plan.published:
        rows = differences[
            (differences["arm"] == each.arm)
            & (differences["condition"] == each.condition)
            & (differences["quantity"] == each.quantity)
        ]
        row = rows.iloc[0].to_dict() if len(rows) else None
        body.append(
            Row(
                [
                    each.arm,
                    title_of(each.quantity),
                    _DIRECTIONS[each.direction],
                    _effect(row),
                    "–" if row is None else str(int(row["n"])),
                    _agreement(each.direction, row),
                    each.source,
                ]
            )
        )
    columns = [
        Column("Arm", numeric=False),
        Column("Quantity", numeric=False),
        Column("Published", numeric=False),
        Column("Here: difference, 95 % CI"),
        Column("n"),
        Column("Agree?", numeric=False),
        Column("Source", numeric=False),
    ]
    words = (
        "A direction agrees where the whole interval lies on its side of zero, and 'unchanged' "
        "where the interval holds zero. Not shown is not the same as absent: a small study misses "
        "small effects."
    )
    return Section(
        "published",
        "Published direction, and the effect found here",
        [words],
        tables=[Table("Published direction and effect found here", columns, body)],
    )


_DIRECTIONS = {"lower": "lower ↓", "higher": "higher ↑", "unchanged": "unchanged"}


def _effect(row: Mapping[Any, Any] | None) -> str:
    if row is None or not np.isfinite(float(row["difference"])):
        return "not measured"
    low, high = float(row["ci_low"]), float(row["ci_high"])
    size = f"{signed(float(row['difference']))} {row['units']}"
    return _unbroken(f"{size}, {signed(low)} to {signed(high)}")


def _agreement(direction: str, row: Mapping[Any, Any] | None) -> str:
    if row is None or not np.isfinite(float(row["ci_low"])):
        return "–"
    low, high, change = (float(row[key]) for key in ("ci_low", "ci_high", "difference"))
    if direction == "unchanged":
        return "yes" if low <= 0 <= high else "no: lower" if high < 0 else "no: higher"
    sign = -1 if direction == "lower" else 1
    if min(sign * low, sign * high) > 0:
        return "yes"
    if max(sign * low, sign * high) < 0:
        return "no: the opposite"
    return "direction only" if sign * change > 0 else "not shown"


def differences(result: StudyResult, n: int) -> Section:
    """Paired pictures and the table of differences of an arm."""
    group = result.groups[n]
    comparison = group.comparison
    several = len(result.groups) > 1
    there = list(dict.fromkeys(comparison.table["quantity"]))
    pictured = [q for q in there if q in _PICTURED] if several else there
    pictures = [
        drawing(
            figures.paired_difference(comparison, quantity),
            f"paired-{n}-{k}",
            f"{title_of(quantity)} of each participant in each condition, and paired differences",
            f"{title_of(quantity)}. Left: a line is a participant, over all that was measured in a "
            "condition; a bar is the mean. Right: paired differences, over what was measured in "
            "both conditions only, so that they may differ from what the lines show; the ring is "
            "their mean, the upright line its 95 % confidence interval.",
        )
        for k, quantity in enumerate(pictured)
    ]
    title = "What changed, and how sure that is"
    notes = [] if there else ["There are not two conditions to compare."]
    return Section(
        f"differences-{n}" if n else "differences",
        f"{title_of_group(result, group)}: what changed" if several else title,
        paragraphs=[
            "Each participant counts once: the mean over units and trials. Intervals and p-values "
            "are those of paired t-tests; they are not corrected for the number of quantities and "
            "conditions that are compared."
        ],
        notes=notes,
        pictures=pictures,
        tables=[_difference_table(comparison.table.to_dict("records"))] if there else [],
    )


def _unbroken(words: str) -> str:
    # Narrow columns on paper break cells at spaces, and a p-value must not come apart.
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def _difference_table(rows: Sequence[Mapping[Any, Any]]) -> Table:
    body = [
        Row(
            [
                f"{title_of(str(row['quantity']))} ({row['units']})",
                str(row["condition"]),
                str(int(row["n"])),
                number(float(row["mean_reference"])),
                number(float(row["mean_condition"])),
                signed(float(row["difference"])),
                _unbroken(f"{signed(float(row['ci_low']))} to {signed(float(row['ci_high']))}"),
                signed(float(row["percent"]), 0),
                _unbroken(p_words(float(row["p_value"]))),
            ]
        )
        for row in rows
    ]
    reference = str(rows[0]["reference"]) if rows else "reference"
    columns = [
        Column("Quantity", numeric=False),
        Column("Condition", numeric=False),
        Column("n"),
        Column(f"Mean, {reference}"),
        Column("Mean, condition"),
        Column("Difference"),
        Column("95 % CI"),
        Column("Change", "%"),
        Column("p"),
    ]
    return Table(
        "Paired differences between conditions: mean over participants, 95 % confidence interval",
        columns,
        body,
    )


def models(result: StudyResult) -> Section | None:
    """The mixed models beside the paired tests."""
    found = [
        (group, quantity, model)
        for group in result.groups
        for quantity, model in group.comparison.models.items()
    ]
    without = [
        (group, quantity, why)
        for group in result.groups
        for quantity, why in group.comparison.unmodelled.items()
    ]
    if not found and not without:
        return None
    several = len(result.groups) > 1

    def named(group: Group, quantity: str) -> str:
        title = title_of(quantity)
        return f"{title} ({title_of_group(result, group)})" if several else title

    body = []
    for group, quantity, model in found:
        first = model.factors[0].levels[0]
        rows = model.contrasts[model.contrasts["contrast"].str.startswith(f"{first} - ")]
        for row in rows.to_dict("records"):
            # emmeans subtracts the later level; this page subtracts the reference.
            low, high = -float(row["ci_high"]), -float(row["ci_low"])
            body.append(
                Row(
                    [
                        named(group, quantity),
                        str(row["contrast"]).removeprefix(f"{first} - "),
                        signed(-float(row["estimate"])),
                        _unbroken(f"{signed(low)} to {signed(high)}"),
                        number(float(row["df"]), 1),
                        _unbroken(p_words(float(row["p_adjusted"]))),
                        signed(-float(row["standardized"])),
                        number(model.statistics["icc"]),
                    ]
                )
            )
    columns = [
        Column("Quantity", numeric=False),
        Column("Condition", numeric=False),
        Column("Difference"),
        Column("CI, corrected"),
        Column("df"),
        Column("p, corrected"),
        Column("Standardized"),
        Column("ICC"),
    ]
    notes = _shared(
        (f"Model: {m.formula.text.partition('~')[2].strip()}.", named(g, q)) for g, q, m in found
    )
    notes += _shared((words, named(g, q)) for g, q, m in found for words in m.warnings)
    notes += _shared((f"No model. {why}", named(g, q)) for g, q, why in without)
    return Section(
        "models",
        "The same by mixed models",
        [
            "Linear mixed models (REML, Satterthwaite's degrees of freedom) of every unit that is "
            "ok, tracked or not, in the participant it belongs to; the participants' own slopes "
            "are in the model where the data support them. Corrected for all pairs of conditions "
            "by Holm's method. More degrees of freedom than participants mean that units count as "
            "replicates of the change, which holds only if participants do not differ in it; the "
            "paired tests above need no such assumption."
        ],
        notes,
        tables=[Table("Differences from the reference by mixed models", columns, body)],
    )


def _shared(said: Iterable[tuple[str, str]]) -> list[str]:
    """Return each remark once, with the quantities that it is about."""
    about: dict[str, list[str]] = {}
    for words, quantity in said:
        about.setdefault(words, []).append(quantity)
    return [f"{', '.join(titles)}. {words}" for words, titles in about.items()]


def whole_model(result: StudyResult) -> Section | None:
    """The mixed model that the study file asks for, of all arms together."""
    formula = result.plan.formula
    if not formula:
        return None
    if result.model is None:
        words = f"{formula} could not be fitted. {result.unmodeled}"
        return Section("model", "The study's own model", [words])
    body = [
        Row(
            [
                str(row["term"]),
                number(float(row["estimate"])),
                _unbroken(f"{signed(float(row['ci_low']))} to {signed(float(row['ci_high']))}"),
                number(float(row["df"]), 1),
                _unbroken(p_words(float(row["p_value"]))),
            ]
        )
        for row in result.model.fixed_effects.to_dict("records")
    ]
    columns = [
        Column("Term", numeric=False),
        Column("Estimate"),
        Column("95 % CI"),
        Column("df"),
        Column("p"),
    ]
    return Section(
        "model",
        "The study's own model",
        [f"{formula}; means of units over trials. All of it, with R's script, is in model/."],
        list(result.model.warnings),
        tables=[Table("Fixed effects of the study's own model", columns, body)],
    )


def participants(result: StudyResult) -> Section | None:
    """What each participant had in each condition."""
    tables = [
        _participant_table(result, group)
        for group in result.groups
        if group.comparison.participants["participant"].nunique() <= _MOST_PEOPLE
    ]
    if not tables:
        return None
    return Section("participants", "Each participant", folded=tables)


def _participant_table(result: StudyResult, group: Group) -> Table:
    values = group.comparison.participants
    conditions = [str(c) for c in dict.fromkeys(values["condition"])]
    means: dict[tuple[str, str], dict[str, float]] = {}
    for row in values.to_dict("records"):
        key = (str(row["participant"]), str(row["quantity"]))
        means.setdefault(key, {})[str(row["condition"])] = float(row["value"])
    body = [
        Row([person, title_of(quantity), *(number(each.get(c, np.nan)) for c in conditions)])
        for (person, quantity), each in sorted(means.items(), key=lambda item: item[0][0])
    ]
    name = f" of {title_of_group(result, group)}" if len(result.groups) > 1 else ""
    return Table(
        f"Every participant{name}: mean of each quantity in each condition",
        [
            Column("Participant", numeric=False),
            Column("Quantity", numeric=False),
            *(Column(c) for c in conditions),
        ],
        body,
        summary=f"Every participant{name}",
    )


def examples(result: StudyResult) -> Section | None:
    """One recording of each condition; of several arms, only their first and last condition."""
    pictures: list[Drawing] = []
    several = len(result.groups) > 1
    for n, group in enumerate(result.groups):
        chosen = [c for c in group.examples if _analyzed(result, group, c)]
        if several:
            chosen = list(dict.fromkeys([*chosen[:1], *chosen[-1:]]))
        for k, condition in enumerate(chosen):
            words = _capital(condition)
            if several:
                words = f"{title_of_group(result, group)}, {condition}"
            recording = group.examples[condition]
            pictures += _example(f"{n}-{k}", words, recording, result.plan.settings, not several)
    if not pictures:
        return None
    return Section(
        "examples",
        "One recording of each condition",
        [
            "What one participant did in each condition; for a simulated one, where there is room, "
            "also the drive and currents that produced it."
        ],
        pictures=pictures,
    )


def _analyzed(result: StudyResult, group: Group, condition: str) -> bool:
    arms = [arm for arm in result.plan.arms if arm.name == group.arm]
    return not any(c.name == condition and not c.analyzed for arm in arms for c in arm.conditions)


def _example(
    n: str, words: str, recording: Recording, settings: EstimateSettings, with_truth: bool
) -> list[Drawing]:
    if involuntary(recording):
        return [_involuntary_example(n, words, recording, settings)]
    rates = smoothed_rates(recording.units, settings.smoothing)
    pictures = [
        drawing(
            figures.smoothed_overlay(recording, rates),
            f"example-{n}-rates",
            f"Smoothed discharge rates in {recording.name}",
            f"{words}: smoothed rates of {sum(r.ok for r in rates)} units in {recording.name}, "
            "with the torque behind.",
        )
    ]
    if recording.truth is not None and with_truth:
        pictures.append(
            drawing(
                figures.truth_panel(recording),
                f"example-{n}-truth",
                f"Drive and persistent inward currents in {recording.name}",
                f"{words}: what the motoneurons of {recording.name} received, and "
                "their persistent inward currents.",
            )
        )
    return pictures


def _involuntary_example(
    n: str, words: str, recording: Recording, settings: EstimateSettings
) -> Drawing:
    from renshaw.report.figures.spasm import spasms
    from renshaw.report.figures.vibstim import vibstim_trial

    vibrated = is_vibstim(recording)
    figure = (
        vibstim_trial(recording, settings) if vibrated else spasms([recording], settings=settings)
    )
    return drawing(
        figure,
        f"example-{n}",
        f"Inputs, involuntary torque and discharges in {recording.name}",
        f"{words}: what was done, torque that nobody willed, and discharges in {recording.name}.",
    )


def assumptions(result: StudyResult) -> Section | None:
    """What was taken for granted."""
    if not result.assumptions:
        return None
    return Section("assumptions", "What was assumed", notes=[str(s) for s in result.assumptions])


def exclusions(result: StudyResult) -> Section | None:
    """How many values of each quantity fail the rules, by reason."""
    if result.exclusions.empty:
        return None
    counts: dict[str, Counter[str]] = {}
    for row in result.exclusions.to_dict("records"):
        reasons = counts.setdefault(str(row["reason"]), Counter())
        reasons[title_of(str(row["quantity"]))] += int(row["times"])
    words = "Each value that fails a rule keeps its row and its reason in estimates.csv."
    table = reason_count_table(counts, most=40)
    return Section("exclusions", "What was excluded, and why", [words], folded=[table])


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
