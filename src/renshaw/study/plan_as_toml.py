"""A `StudyPlan` as the study file that makes it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from renshaw.core.settings import Settings
from renshaw.interventions import INTERVENTIONS
from renshaw.protocols import PROTOCOLS
from renshaw.study.plan import Arm, StudyPlan
from renshaw.study.toml_settings import toml_block


def plan_to_toml(plan: StudyPlan) -> str:
    """Return the study file that makes a plan again, every default written out.

    Parameters
    ----------
    plan : StudyPlan
        Of which to write the file.
    """
    top = {key: getattr(plan, key) for key in ("name", "title", "question", "seed", "rules")}
    top |= {"formula": plan.formula, "mixed_models": plan.mixed_models}
    top |= {"keep": plan.keep, "pairs": plan.pairs}
    blocks = [toml_block("", top)]
    if plan.estimate is not None:
        blocks.append(toml_block("[estimate]", plan.estimate.to_mapping()))
    if plan.decompose is not None:
        blocks.append(toml_block("[decompose]", plan.decompose.to_mapping()))
    for arm in plan.arms:
        blocks += _arm_blocks(arm)
    blocks += [toml_block("[[published]]", each.to_mapping()) for each in plan.published]
    return "\n\n".join(blocks) + "\n"


def _arm_blocks(arm: Arm) -> list[str]:
    observed = arm.observed.to_mapping() if arm.observed is not None else False
    head: dict[str, Any] = {"name": arm.name, "tracked": arm.tracked}
    if arm.virtual:
        head |= {"repeats": arm.repeats, "observed": observed}
    blocks = [toml_block("[[arms]]", head)]
    if arm.cohort is not None:
        blocks.append(toml_block("[arms.cohort]", arm.cohort.to_mapping()))
        for task in arm.protocols:
            named = {"name": task.name} if task.name else {}
            block = {**named, **with_kind(task.protocol, PROTOCOLS)}
            blocks.append(toml_block("[[arms.protocols]]", block))
    if arm.recordings is not None:
        files = arm.recordings.to_mapping()
        files["options"] = {n: files["options"][n] for n in arm.recordings.options.given}
        blocks.append(toml_block("[arms.recordings]", {k: v for k, v in files.items() if v != {}}))
    for condition in arm.conditions:
        given = [with_kind(each, INTERVENTIONS) for each in condition.given]
        blocks.append(toml_block("[[arms.conditions]]", {**condition.to_mapping(), "given": given}))
    return blocks


def with_kind(value: Settings, kinds: Mapping[str, type[Any]]) -> dict[str, Any]:
    """Return settings as an entry of a study file that says which kind they are."""
    kind = next(name for name, made in kinds.items() if type(value) is made)
    return {"kind": kind, **value.to_mapping()}
