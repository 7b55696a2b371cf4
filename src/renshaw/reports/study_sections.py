"""The sections of a study's page, one function each; None where there is nothing to say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.core.numbers import p_value, signed, unbroken
from renshaw.data.bounds import difference_words, mean_words
from renshaw.estimation.quantity import shown_in
from renshaw.findings.words import title_of, title_of_group
from renshaw.reports import figures
from renshaw.reports.page import Section, drawing
from renshaw.reports.tables import Column, Row, Table, reason_count_table
from renshaw.study.families import is_clear, judged_p

if TYPE_CHECKING:
    from renshaw.study.compare import Comparison
    from renshaw.study.result import StudyResult

_MOST_PEOPLE = 200
_BOUNDS = (
    "Means with a sign (>, <) hold values that are only bounds, as a beginning or an end was not "
    "observed; of their differences only the end of the interval that holds is shown, and no p."
)


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
                    "–" if row is None else unbroken(p_value(judged_p(row))),
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
        Column("p, Holm"),
        Column("n"),
        Column("Agree?", numeric=False),
        Column("Source", numeric=False),
    ]
    words = (
        "A direction agrees if the difference lies on its side and is clear by the corrected p "
        "(Holm, over all that the study asks; the interval is not corrected), and 'unchanged' if "
        "no difference is clear. Not shown does not mean absent: a small study misses small "
        "effects."
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
    return unbroken(f"{size}, {signed(low)} to {signed(high)}")


def _agreement(direction: str, row: Mapping[Any, Any] | None) -> str:
    if row is None or not np.isfinite(float(row["ci_low"])):
        return "–"
    change = float(row["difference"])
    clear = is_clear(row)
    if direction == "unchanged":
        return "yes" if not clear else "no: lower" if change < 0 else "no: higher"
    right = change < 0 if direction == "lower" else change > 0
    if clear:
        return "yes" if right else "no: the opposite"
    return "direction only" if right else "not shown"


def differences(result: StudyResult, n: int) -> Section:
    """Paired pictures and the table of differences of an arm."""
    group = result.groups[n]
    title = title_of_group(result, group) if len(result.groups) > 1 else ""
    return differences_of(group.comparison, n, title)


def differences_of(comparison: Comparison, n: int = 0, of: str = "") -> Section:
    """Paired pictures and the table of differences of a comparison, one of several if named."""
    several = bool(of)
    there = list(dict.fromkeys(comparison.table["quantity"]))
    # Of several arms, only what matters most has a picture; the table has the rest.
    pictured = [q for q in there if q in shown_in("picture")] if several else there
    drawn = [(quantity, figures.paired_difference(comparison, quantity)) for quantity in pictured]
    pictures = [
        drawing(
            figure,
            f"paired-{n}-{k}",
            f"{title_of(quantity)} of each participant in each condition, and paired differences",
            f"{title_of(quantity)}. Left: each line is a participant who has both conditions; bars "
            "are means. Right: the differences along these lines; ring: mean, vertical line: its "
            f"95 % confidence interval. {figure.caption}".rstrip(),
        )
        for k, (quantity, figure) in enumerate(drawn)
    ]
    title = "Changes between conditions"
    notes = [] if there else ["There are not two conditions to compare."]
    return Section(
        f"differences-{n}" if n else "differences",
        f"{of}: what changed" if several else title,
        paragraphs=[
            "Each participant counts once, with the mean over units and trials. Intervals and "
            "p-values are those of paired t-tests. The last column corrects p by Holm's method, "
            "for all comparisons of the quantity that answers the question, and for all others "
            "together; intervals are not corrected. A change in % is left out where the mean of "
            "the reference is near 0 or values lie on both sides of it."
            + (f" {_BOUNDS}" if _bounded(comparison) else "")
        ],
        notes=notes,
        pictures=pictures,
        tables=[_difference_table(comparison.table.to_dict("records"))] if there else [],
    )


def _difference_table(rows: Sequence[Mapping[Any, Any]]) -> Table:
    body = [
        Row(
            [
                f"{title_of(str(row['quantity']))} ({row['units']})",
                str(row["condition"]),
                str(int(row["n"])),
                mean_words(float(row["mean_reference"]), str(row.get("bound_reference", "exact"))),
                mean_words(float(row["mean_condition"]), str(row.get("bound_condition", "exact"))),
                difference_words(float(row["difference"]), str(row.get("bound", "exact"))),
                unbroken(_interval(float(row["ci_low"]), float(row["ci_high"]))),
                signed(float(row["percent"]), 0),
                unbroken(p_value(float(row["p_value"]))),
                unbroken(p_value(float(row.get("p_adjusted", np.nan)))),
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
        Column("p, Holm"),
    ]
    return Table(
        "Paired differences between conditions: mean over participants, 95 % confidence interval",
        columns,
        body,
    )


def between_arms(result: StudyResult) -> Section | None:
    """Whether arms differ in what a condition changes."""
    table = result.between_arms
    if table.empty:
        return None
    body = [
        Row(
            [
                f"{title_of(str(row['quantity']))} ({row['units']})",
                str(row["condition"]),
                f"{row['other_arm']} − {row['arm']}",
                str(row["n"]) if row["same_people"] else f"{row['n']}, {row['n_other']}",
                signed(float(row["change"])),
                signed(float(row["change_other"])),
                signed(float(row["difference"])),
                unbroken(_interval(float(row["ci_low"]), float(row["ci_high"]))),
                unbroken(p_value(float(row["p_value"]))),
                unbroken(p_value(float(row["p_adjusted"]))),
            ]
        )
        for row in table.to_dict("records")
    ]
    columns = [
        Column("Quantity", numeric=False),
        Column("Condition", numeric=False),
        Column("Arms", numeric=False),
        Column("n"),
        Column("Change, first arm"),
        Column("Change, other arm"),
        Column("Difference"),
        Column("95 % CI"),
        Column("p"),
        Column("p, Holm"),
    ]
    return Section(
        "between-arms",
        "Do the arms differ?",
        paragraphs=[
            "A change that is clear in one arm and not in another doesn't show that the arms "
            "differ. Here the changes themselves are compared: by Welch's t-test of the "
            "participants' changes, or by a paired one where the arms are the same people. The "
            "last column corrects p by Holm's method; intervals are not corrected."
        ],
        tables=[Table("Differences between arms in what a condition changes", columns, body)],
    )


def _bounded(comparison: Comparison) -> bool:
    """Whether any mean holds bounds; tables of older versions and other makers know none."""
    table = comparison.table
    return "bound" in table and bool((table["bound"] != "exact").any())


def _interval(low: float, high: float) -> str:
    if np.isfinite(low) == np.isfinite(high):
        return f"{signed(low)} to {signed(high)}"
    return f"from {signed(low)}" if np.isfinite(low) else f"up to {signed(high)}"


def participants(result: StudyResult) -> Section | None:
    """What each participant had in each condition."""
    return participants_of(_named_comparisons(result))


def _named_comparisons(result: StudyResult) -> list[tuple[str, Comparison]]:
    several = len(result.groups) > 1
    return [
        (title_of_group(result, group) if several else "", group.comparison)
        for group in result.groups
    ]


def participants_of(named: Sequence[tuple[str, Comparison]]) -> Section | None:
    """What each participant of some comparisons had in each condition."""
    tables = [
        _participant_table(comparison, name)
        for name, comparison in named
        if comparison.participants["participant"].nunique() <= _MOST_PEOPLE
    ]
    if not tables:
        return None
    return Section("participants", "Each participant", folded=tables)


def _participant_table(comparison: Comparison, of: str) -> Table:
    values = comparison.participants
    conditions = [str(c) for c in dict.fromkeys(values["condition"])]
    means: dict[tuple[str, str], dict[str, str]] = {}
    for row in values.to_dict("records"):
        key = (str(row["participant"]), str(row["quantity"]))
        words = mean_words(float(row["value"]), str(row.get("bound", "exact")))
        means.setdefault(key, {})[str(row["condition"])] = words
    body = [
        Row([person, title_of(quantity), *(each.get(c, "–") for c in conditions)])
        for (person, quantity), each in sorted(means.items(), key=lambda item: item[0][0])
    ]
    name = f" of {of}" if of else ""
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
    words = "Excluded values keep their row, with the reason, in estimates.csv."
    table = reason_count_table(counts.items(), most=40)
    return Section("exclusions", "Excluded values and reasons", [words], folded=[table])
