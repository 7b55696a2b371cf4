"""A `StudyPlan` as the study file that makes it again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from renshaw.core.settings import Settings
from renshaw.interventions import INTERVENTIONS
from renshaw.protocols import PROTOCOLS
from renshaw.study.plan import Arm, StudyPlan


def plan_to_toml(plan: StudyPlan) -> str:
    """Return the study file that makes a plan again, every default written out."""
    top = {key: getattr(plan, key) for key in ("name", "title", "question", "seed", "rules")}
    top |= {"formula": plan.formula, "mixed_models": plan.mixed_models}
    top |= {"keep": plan.keep, "pairs": plan.pairs}
    blocks = [_block("", top)]
    if plan.estimate is not None:
        blocks.append(_block("[estimate]", plan.estimate.to_mapping()))
    if plan.decompose is not None:
        blocks.append(_block("[decompose]", plan.decompose.to_mapping()))
    for arm in plan.arms:
        blocks += _arm_blocks(arm)
    blocks += [_block("[[published]]", each.to_mapping()) for each in plan.published]
    return "\n\n".join(blocks) + "\n"


def _arm_blocks(arm: Arm) -> list[str]:
    observed = arm.observed.to_mapping() if arm.observed is not None else False
    head: dict[str, Any] = {"name": arm.name, "tracked": arm.tracked}
    if arm.virtual:
        head |= {"repeats": arm.repeats, "observed": observed}
    blocks = [_block("[[arms]]", head)]
    if arm.cohort is not None:
        blocks.append(_block("[arms.cohort]", arm.cohort.to_mapping()))
        for task in arm.protocols:
            named = {"name": task.name} if task.name else {}
            block = {**named, **_with_kind(task.protocol, PROTOCOLS)}
            blocks.append(_block("[[arms.protocols]]", block))
    if arm.recordings is not None:
        blocks.append(_block("[arms.recordings]", arm.recordings.to_mapping()))
    for condition in arm.conditions:
        given = [_with_kind(each, INTERVENTIONS) for each in condition.given]
        blocks.append(_block("[[arms.conditions]]", {**condition.to_mapping(), "given": given}))
    return blocks


def _block(header: str, table: Mapping[str, Any]) -> str:
    lines = [f"{key} = {_toml(value)}" for key, value in table.items() if value is not None]
    return "\n".join([*([header] if header else []), *lines])


def _with_kind(value: Settings, kinds: Mapping[str, type[Any]]) -> dict[str, Any]:
    kind = next(name for name, made in kinds.items() if type(value) is made)
    return {"kind": kind, **value.to_mapping()}


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, str):
        # JSON strings are TOML strings, but for DEL, which TOML wants escaped.
        return json.dumps(value).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value)
