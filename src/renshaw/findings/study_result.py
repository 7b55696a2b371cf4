"""What a study found: an answer for each condition, and what was left out of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from renshaw.core.finding import Finding, finds
from renshaw.core.numbers import counted
from renshaw.data.reasons import Reasons, tallied
from renshaw.findings.between_arms import arms_finding
from renshaw.findings.comparison import NOTHING, difference, unmatched
from renshaw.findings.exclusions import named, reasons
from renshaw.findings.words import title_of_group
from renshaw.model.editions import in_words
from renshaw.study.families import answer_of
from renshaw.study.result import Group, StudyResult


@finds(StudyResult)
def findings(result: StudyResult) -> tuple[Finding, ...]:
    """Return for each condition by how much it changes the main quantity, and how sure that is."""
    answers = [
        (row, group)
        for group in result.groups
        for row in _main_rows(group)
        if not _mere_repeat(result, group, str(row["condition"]))
    ]
    family = len(answers)
    found = [
        difference(
            row,
            place=f" ({title_of_group(result, group)})" if len(result.groups) > 1 else "",
            virtual=_virtual(result, group),
            family=family,
        )
        for row, group in answers
    ] or [Finding(sentence=f"Nothing could be compared. {NOTHING}")]
    first = replace(
        found[0],
        warnings=(*found[0].warnings, *_unmatched(answers), *_warnings(result)),
        left_out=(*found[0].left_out, *_left_out(result)),
    )
    return (first, *found[1:], *_between_arms(result))


def _unmatched(answers: Sequence[tuple[dict[str, object], Group]]) -> list[str]:
    return [said for row, group in answers for said in unmatched(group.comparison, [row])]


def _between_arms(result: StudyResult) -> list[Finding]:
    """Return whether arms differ in what is done to both: never said from their own answers."""
    table = result.between_arms
    quantities = {answer_of(group.comparison.table) for group in result.groups}
    asked = table[table["quantity"].isin([str(name) for name in quantities])]
    rows = [
        row
        for row in asked.to_dict("records")
        if not any(
            _mere_repeat(result, group, str(row["condition"]))
            for group in result.groups
            if group.arm in (row["arm"], row["other_arm"])
        )
    ]
    return [arms_finding(row, family=len(rows)) for row in rows]


def _main_rows(group: Group) -> list[dict[str, object]]:
    table = group.comparison.table
    mine = table[table["quantity"] == answer_of(group.comparison.table)]
    return [{str(key): value for key, value in row.items()} for row in mine.to_dict("records")]


def _mere_repeat(result: StudyResult, group: Group, condition: str) -> bool:
    """Whether nothing is done in a condition of virtual participants: it answers no question."""
    arm = next((arm for arm in result.plan.arms if arm.name == group.arm), None)
    # Of a plan that is not known in full, nobody can say that nothing was done.
    if arm is None or not arm.virtual or result.notes:
        return False
    return any(c.name == condition and not c.given for c in arm.conditions)


def _virtual(result: StudyResult, group: Group) -> bool:
    """Whether people of a group are virtual, be it by plan or by their recordings."""
    design = result.design
    if "simulated" in design:
        mine = design[design["arm"] == group.arm] if "arm" in design else design
        if mine["simulated"].astype(bool).any():
            return True
    return any(recording.simulated for recording in group.examples.values())


def _warnings(result: StudyResult) -> list[str]:
    warned = list(result.notes)
    if any(_virtual(result, group) for group in result.groups):
        warned.append(_prediction(result))
    mixed = [words for group in result.groups for words in group.comparison.not_compared.values()]
    warned += [*dict.fromkeys(mixed), *_suspected(result)]
    if result.plan.formula and result.model is None:
        warned.append(
            f"The study's own model, {result.plan.formula}, could not be fitted. {result.unmodeled}"
        )
    elif result.model is not None:
        warned += [f"The study's own model: {words}" for words in result.model.warnings]
    return warned


def _prediction(result: StudyResult) -> str:
    """Return that it is the model that answers, and which of its persons."""
    # Those of simulated recordings that were read are not known.
    who = f" of {in_words(result.plan.editions)}" if result.plan.editions else ""
    return (
        f"This is what the model predicts for virtual participants{who}, under assumptions that "
        "the report lists; it is not a measurement on people."
    )


def _suspected(result: StudyResult) -> list[str]:
    """Return what of the recordings is hardly true, each once with the recordings it is said of."""
    design = result.design
    if "suspected" not in design:
        return []
    of: dict[str, list[str]] = {}
    for name, words in zip(design["recording"], design["suspected"].fillna(""), strict=True):
        if words:
            of.setdefault(str(words), []).append(str(name))
    return [f"{named(who, 4)}: {words}" for words, who in of.items()]


def _left_out(result: StudyResult) -> list[str]:
    left = []
    if len(result.failures):
        rows = result.failures
        why = reasons(
            tallied(each for words in rows["reason"] for each in Reasons.made(str(words)))
        )
        left.append(
            f"{counted(len(rows), 'recording')} that gave no numbers "
            f"({named(map(str, rows['recording']), 4)}): {why}."
        )
    if len(result.exclusions):
        counts: Counter[str] = Counter()
        for row in result.exclusions.to_dict("records"):
            counts[str(row["reason"])] += int(row["times"])
        left.append(f"{counted(counts.total(), 'value')} excluded by the rules: {reasons(counts)}.")
    return left
