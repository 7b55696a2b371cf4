"""The sections of a study's page, one function each; None where there is nothing to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.data.estimates import Estimate
from renshaw.data.recording import Recording
from renshaw.estimate.settings import EstimateSettings
from renshaw.estimate.smoothing import smoothed_rates
from renshaw.report import figures
from renshaw.report.page import Drawing, Section, drawing
from renshaw.report.tables import Column, Row, Table, reason_table
from renshaw.report.words import number, p_words, signed, title_of

if TYPE_CHECKING:
    from renshaw.study.run import StudyResult


def differences(result: StudyResult) -> Section:
    """Paired pictures and the table of differences."""
    comparison = result.comparison
    quantities = list(dict.fromkeys(comparison.table["quantity"]))
    pictures = [
        drawing(
            figures.paired_difference(comparison, quantity),
            f"paired-{n}",
            f"{title_of(quantity)} of each participant in each condition, and paired differences",
            f"{title_of(quantity)}. Left: a line is a participant, over all units measured in a "
            "condition; a bar is the mean. Right: paired differences, over the units measured in "
            "both conditions only, so that they may differ from what the lines show; the ring is "
            "their mean, the upright line its 95 % confidence interval.",
        )
        for n, quantity in enumerate(quantities)
    ]
    return Section(
        "differences",
        "What changed, and how sure that is",
        paragraphs=[
            "Each participant counts once: the mean over units and trials. Intervals and p-values "
            "are those of paired t-tests; they are not corrected for the number of quantities and "
            "conditions that are compared."
        ],
        pictures=pictures,
        tables=[_difference_table(comparison.table.to_dict("records"))],
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
    found, without = result.comparison.models, result.comparison.unmodelled
    if not found and not without:
        return None
    body = []
    for quantity, model in found.items():
        first = model.factors[0].levels[0]
        rows = model.contrasts[model.contrasts["contrast"].str.startswith(f"{first} - ")]
        for row in rows.to_dict("records"):
            # emmeans subtracts the later level; this page subtracts the reference.
            low, high = -float(row["ci_high"]), -float(row["ci_low"])
            body.append(
                Row(
                    [
                        title_of(quantity),
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
        (f"Model: {m.formula.text.partition('~')[2].strip()}.", q) for q, m in found.items()
    )
    notes += _shared((words, q) for q, m in found.items() for words in m.warnings)
    notes += [f"{title_of(q)} has no model. {why}" for q, why in without.items()]
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
        about.setdefault(words, []).append(title_of(quantity))
    return [f"{', '.join(titles)}. {words}" for words, titles in about.items()]


def participants(result: StudyResult) -> Section:
    """What each participant had in each condition."""
    values = result.comparison.participants
    conditions = [str(c) for c in dict.fromkeys(values["condition"])]
    means: dict[tuple[str, str], dict[str, float]] = {}
    for row in values.to_dict("records"):
        key = (str(row["participant"]), str(row["quantity"]))
        means.setdefault(key, {})[str(row["condition"])] = float(row["value"])
    body = [
        Row([person, title_of(quantity), *(number(each.get(c, np.nan)) for c in conditions)])
        for (person, quantity), each in sorted(means.items(), key=lambda item: item[0][0])
    ]
    table = Table(
        "Every participant: mean of each quantity in each condition",
        [
            Column("Participant", numeric=False),
            Column("Quantity", numeric=False),
            *(Column(c) for c in conditions),
        ],
        body,
        summary="Every participant",
    )
    return Section("participants", "Each participant", folded=[table])


def examples(result: StudyResult, settings: EstimateSettings) -> Section | None:
    """One recording of each condition."""
    if not result.examples:
        return None
    pictures: list[Drawing] = []
    for n, (condition, recording) in enumerate(result.examples.items()):
        pictures += _example(n, str(condition), recording, settings)
    return Section(
        "examples",
        "One recording of each condition",
        [
            "The smoothed rates of all units with the torque behind, in each condition; for a "
            "simulated one also the drive and currents that produced them."
        ],
        pictures=pictures,
    )


def _example(
    n: int, condition: str, recording: Recording, settings: EstimateSettings
) -> list[Drawing]:
    rates = smoothed_rates(recording.units, settings.smoothing)
    pictures = [
        drawing(
            figures.smoothed_overlay(recording, rates),
            f"example-{n}-rates",
            f"Smoothed discharge rates in {recording.name}",
            f"{_capital(condition)}: smoothed rates of {sum(r.ok for r in rates)} units in "
            f"{recording.name}.",
        )
    ]
    if recording.truth is not None:
        pictures.append(
            drawing(
                figures.truth_panel(recording),
                f"example-{n}-truth",
                f"Drive and persistent inward currents in {recording.name}",
                f"{_capital(condition)}: what the motoneurons of {recording.name} received, and "
                "their persistent inward currents.",
            )
        )
    return pictures


def assumptions(result: StudyResult) -> Section | None:
    """What was taken for granted."""
    if not result.assumptions:
        return None
    return Section("assumptions", "What was assumed", notes=[str(s) for s in result.assumptions])


def exclusions(result: StudyResult) -> Section | None:
    """How many values of each quantity fail the rules, by reason."""
    rows: list[Estimate] = [row for row in result.estimates.rows if not row.ok]
    if not rows:
        return None
    table = reason_table(rows, most=40)
    words = (
        f"{len(rows)} of {len(result.estimates)} values fail a rule; each keeps its row and its "
        "reason in estimates.csv."
    )
    return Section("exclusions", "What was excluded, and why", [words], folded=[table])


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
