"""What a mixed model says: its contrasts, or its slopes where it has no factors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import between_signed, counted, p_equals, signed
from renshaw.findings.exclusions import reasons
from renshaw.statistics.mixed import MixedModel

_MOST = 6
_INTERCEPT = "(Intercept)"


@finds(MixedModel)
def findings(model: MixedModel) -> tuple[Finding, ...]:
    """Return the contrasts of the main effects, else what the covariates do."""
    contrasts = model.contrasts
    rows = contrasts[(contrasts["within"] == "") & contrasts["estimate"].notna()]
    if len(rows):
        found = [_contrast(model, row) for row in rows.head(_MOST).to_dict("records")]
        kind = "contrast"
    else:
        rows = model.fixed_effects[model.fixed_effects["term"] != _INTERCEPT]
        found = [_slope(model, row) for row in rows.head(_MOST).to_dict("records")]
        kind = "effect"
    if not found:
        found = [_mean(model)]
    more = len(rows) - _MOST
    further = [f"{counted(more, kind)} more: see the tables."] if more > 0 else []
    first = replace(
        found[0],
        warnings=tuple(model.warnings),
        left_out=(*_dropped(model), *further),
    )
    return (first, *found[1:])


def _contrast(model: MixedModel, row: Mapping[Any, Any]) -> Finding:
    what, name = str(model.formula.response), f"{row['term']}, {row['contrast']}"
    sure = _sure(model, row, "p_adjusted", _correction(model))
    return _finding(
        model, row, name, f"{name}: {what} differs by {signed(float(row['estimate']))} ({sure})."
    )


def _slope(model: MixedModel, row: Mapping[Any, Any]) -> Finding:
    what, name = str(model.formula.response), str(row["term"])
    words = (
        f"{what} changes by {signed(float(row['estimate']))} for each unit of {name} "
        f"({_sure(model, row, 'p_value')})."
    )
    return _finding(model, row, name, words)


def _mean(model: MixedModel) -> Finding:
    row = model.fixed_effects.iloc[0].to_dict()
    words = (
        f"The mean of {model.formula.response} is {signed(float(row['estimate']))} "
        f"({_sure(model, row, 'p_value')})."
    )
    return _finding(model, row, str(row["term"]), words)


def _finding(model: MixedModel, row: Mapping[Any, Any], name: str, words: str) -> Finding:
    estimate, low, high = (float(row[key]) for key in ("estimate", "ci_low", "ci_high"))
    percent = f"{100 * model.settings.confidence:g} % CI"
    shown = Number(name=name, value=estimate, low=low, high=high, interval=percent)
    return Finding(sentence=words, numbers=[shown], n=int(model.statistics["n"]), of="rows")


def _sure(model: MixedModel, row: Mapping[Any, Any], p: str, correction: str = "") -> str:
    ends = between_signed(float(row["ci_low"]), float(row["ci_high"]))
    rows = counted(int(model.statistics["n"]), "row")
    groups = "".join(
        f", {counted(int(value), 'level')} of {name.removeprefix('levels of ')}"
        for name, value in model.statistics.items()
        if name.startswith("levels of ")
    )
    return (
        f"{100 * model.settings.confidence:g} % CI {ends}, {p_equals(float(row[p]))}{correction}; "
        f"{rows}{groups}"
    )


def _correction(model: MixedModel) -> str:
    name = model.settings.correction
    several = model.contrasts.groupby("term").size().max() > 1 if len(model.contrasts) else False
    return f", {name.capitalize()}" if several and name != "none" else ""


def _dropped(model: MixedModel) -> list[str]:
    rows = sum(each.rows for each in model.dropped)
    if not rows:
        return []
    why = reasons({each.reason: each.rows for each in model.dropped})
    return [f"{counted(rows, 'row')}: {why}."]
