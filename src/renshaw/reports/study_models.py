"""The sections of a study's page about mixed models."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from renshaw.core.numbers import number, p_value, signed, unbroken
from renshaw.findings.words import title_of, title_of_group
from renshaw.reports.page import Section
from renshaw.reports.tables import Column, Row, Table

if TYPE_CHECKING:
    from renshaw.study.compare import Comparison
    from renshaw.study.result import StudyResult


def models(result: StudyResult) -> Section | None:
    """The mixed models beside the paired tests."""
    several = len(result.groups) > 1
    return models_of(
        [
            (title_of_group(result, group) if several else "", group.comparison)
            for group in result.groups
        ]
    )


def models_of(comparisons: Sequence[tuple[str, Comparison]]) -> Section | None:
    """The mixed models of some comparisons, beside their paired tests."""
    found = [
        (group, quantity, model)
        for group, comparison in comparisons
        for quantity, model in comparison.models.items()
    ]
    without = [
        (group, quantity, why)
        for group, comparison in comparisons
        for quantity, why in comparison.unmodelled.items()
    ]
    if not found and not without:
        return None

    def named(group: str, quantity: str) -> str:
        return f"{title_of(quantity)} ({group})" if group else title_of(quantity)

    body = []
    for group, quantity, model in found:
        first = model.factors[0].levels[0]
        rows = model.contrasts[model.contrasts["second"] == str(first)]
        for row in rows.to_dict("records"):
            low, high = float(row["ci_low"]), float(row["ci_high"])
            body.append(
                Row(
                    [
                        named(group, quantity),
                        str(row["first"]),
                        signed(float(row["estimate"])),
                        unbroken(f"{signed(low)} to {signed(high)}"),
                        number(float(row["df"]), 1),
                        unbroken(p_value(float(row["p_adjusted"]))),
                        signed(float(row["standardized"])),
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
                unbroken(f"{signed(float(row['ci_low']))} to {signed(float(row['ci_high']))}"),
                number(float(row["df"]), 1),
                unbroken(p_value(float(row["p_value"]))),
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
