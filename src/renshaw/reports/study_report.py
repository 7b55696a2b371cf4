"""The page of a study: does it calm, by how much, and how sure are we?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from renshaw.core.files import write_text
from renshaw.reports import study_examples, study_models
from renshaw.reports import study_sections as sections
from renshaw.reports.page import KeyFigure, rendered
from renshaw.reports.study_decomposition import decomposition
from renshaw.reports.tables import settings_table
from renshaw.reports.words import p_words, signed, title_of, title_of_group

if TYPE_CHECKING:
    from renshaw.study.compare import Comparison
    from renshaw.study.result import Group, StudyResult

# What the mission asks for, best answer first.
ANSWERS = ("delta_f", "delta_f_mean", "torque_sust", "spasm_duration")


class Answer(NamedTuple):
    """The study's question, answered for one condition."""

    verdict: str
    words: str


def write_study_report(result: StudyResult, path: str | Path) -> Path:
    """Write a self-contained HTML page about a study.

    Parameters
    ----------
    result : StudyResult
    path : path
        Replaced whole, or not at all.

    Raises
    ------
    OSError
        The page can't be written.
    """
    return write_text(path, study_report(result))


def study_report(result: StudyResult) -> str:
    """Return the page of `write_study_report` as text."""
    shown = (
        sections.failures(result),
        sections.published(result),
        *(sections.differences(result, n) for n in range(len(result.groups))),
        study_models.models(result),
        study_models.whole_model(result),
        sections.participants(result),
        decomposition(result),
        study_examples.examples(result),
        sections.assumptions(result),
        sections.exclusions(result),
    )
    return rendered(
        "study.html.j2",
        title=result.plan.title or result.plan.name,
        kind="Study",
        question=result.plan.question,
        answers=answers(result),
        caveat=caveat(result),
        keys=_keys(result),
        sections=[section for section in shown if section is not None],
        python=result.history.as_python(),
        citations=result.history.citations(),
        settings=settings_table(result.plan.settings),
    )


def caveat(result: StudyResult) -> str:
    """Return what a reader must know before quoting the answers; empty for recorded people."""
    examples = [each for group in result.groups for each in group.examples.values()]
    virtual = "simulated" in result.design and result.design["simulated"].astype(bool).any()
    if not virtual and not any(recording.simulated for recording in examples):
        return ""
    return (
        "This is what the model predicts for virtual participants, under assumptions that the "
        "report lists; it is not a measurement on people."
    )


def main_quantity(comparison: Comparison) -> str | None:
    """Return the quantity that answers the question, or None where nothing was compared."""
    there = list(dict.fromkeys(comparison.table["quantity"]))
    return next((q for q in ANSWERS if q in there), there[0] if there else None)


def answers(result: StudyResult) -> list[Answer]:
    """Return for each condition whether it calms, by how much, and how sure that is."""
    found = []
    for group in result.groups:
        place = f" ({title_of_group(result, group)})" if len(result.groups) > 1 else ""
        quantity = main_quantity(group.comparison)
        table = group.comparison.table
        for row in table[table["quantity"] == quantity].to_dict("records"):
            if not _mere_repeat(result, group, str(row["condition"])):
                found.append(_answer(row, place))
    return found


def _mere_repeat(result: StudyResult, group: Group, condition: str) -> bool:
    """Whether nothing is done in a condition of virtual participants: it answers no question."""
    arm = next((arm for arm in result.plan.arms if arm.name == group.arm), None)
    if arm is None or not arm.virtual:
        return False
    return any(c.name == condition and not c.given for c in arm.conditions)


def _answer(row: Mapping[Any, Any], place: str) -> Answer:
    name = str(row["condition"]).replace("-", " ").replace("_", " ")
    name = name[:1].upper() + name[1:]
    difference, low, high = (float(row[key]) for key in ("difference", "ci_low", "ci_high"))
    quantity = str(row["quantity"])
    what = "ΔF" if quantity.startswith("delta_f") else _uncapital(title_of(quantity))
    units = str(row["units"])
    if not (np.isfinite(difference) and np.isfinite(low) and np.isfinite(high)):
        return Answer(
            f"{name}: no answer{place}.", f"Too few participants have {what} in both conditions."
        )
    size = f"{abs(difference):.2f} {units}"
    percent = float(row.get("percent", np.nan))
    if np.isfinite(percent):
        size += f" ({abs(percent):.0f} %)"
    sure = (
        f"95 % confidence interval of the difference {signed(low)} to {signed(high)} {units}, "
        f"n = {int(row['n'])}, p {_equals(float(row['p_value']))}."
    )
    if high < 0:
        return Answer(f"{name} calms{place}.", f"It lowered {what} by {size}; {sure}")
    if low > 0:
        return Answer(f"{name} does not calm{place}.", f"It raised {what} by {size}; {sure}")
    change = "lower" if difference < 0 else "higher"
    return Answer(
        f"{name}: not shown to calm{place}.",
        f"{what[:1].upper() + what[1:]} was {size} {change}, which these data can't tell from no "
        f"change; {sure}",
    )


def _uncapital(words: str) -> str:
    return words[:1].lower() + words[1:]


def _equals(p: float) -> str:
    words = p_words(p)
    return words if words.startswith("<") else f"= {words}"


def _keys(result: StudyResult) -> list[KeyFigure]:
    design = result.design
    people = design[["arm", "participant"]].drop_duplicates() if "arm" in design else design
    keys = [
        KeyFigure("Participants", str(people["participant"].count())),
        KeyFigure("Conditions", str(design["condition"].nunique())),
        KeyFigure("Recordings", str(len(design))),
    ]
    if len(result.plan.arms) > 1:
        keys.insert(0, KeyFigure("Arms", str(len(result.plan.arms))))
    if len(result.failures):
        keys.append(KeyFigure("Failed", str(len(result.failures))))
    return keys
