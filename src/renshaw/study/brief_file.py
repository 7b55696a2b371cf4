"""The study file as a person would write it: what differs from the defaults, or may change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from renshaw.core.settings import Settings
from renshaw.interventions import INTERVENTIONS
from renshaw.protocols import PROTOCOLS
from renshaw.study.plan import Arm, Condition, StudyPlan, Task
from renshaw.study.plan_as_toml import with_kind
from renshaw.study.toml_settings import toml_block

_TOP = ("name", "title", "question", "seed", "rules", "formula", "mixed_models", "keep", "pairs")


def brief_toml(plan: StudyPlan) -> str:
    """Return a short study file that makes the same plan.

    Parameters
    ----------
    plan : StudyPlan
        Of one arm of virtual participants, with one protocol and the usual estimators.
    """
    (arm,) = plan.arms
    (task,) = arm.protocols
    assert arm.cohort is not None
    top = {"name": plan.name, "seed": plan.seed} | _changed(plan, _TOP)
    top |= {"repeats": arm.repeats, "observed": _observed(arm)}
    always = ("participants", "muscle", "edition", "n_units")
    cohort = {name: getattr(arm.cohort, name) for name in always} | _changed(arm.cohort)
    if cohort["prefix"] == "P":
        # What the people of the only arm are called anyway.
        del cohort["prefix"]
    conditions = [toml_block("[[conditions]]", _condition(each)) for each in arm.conditions]
    tables = [toml_block("[cohort]", cohort), toml_block("[protocol]", _task(task)), *conditions]
    return "\n\n".join([toml_block("", top), *tables]) + "\n"


def _task(task: Task) -> dict[str, Any]:
    named = {"name": task.name} if task.name else {}
    return named | _brief(task.protocol, PROTOCOLS)


def _condition(condition: Condition) -> dict[str, Any]:
    given = [_brief(each, INTERVENTIONS) for each in condition.given]
    changed = {k: v for k, v in _changed(condition).items() if k != "given"}
    return {"name": condition.name, **changed, **({"given": given} if given else {})}


def _observed(arm: Arm) -> Any:
    return False if arm.observed is None else _changed(arm.observed) or True


def _brief(value: Settings, kinds: Mapping[str, type[Any]]) -> dict[str, Any]:
    return {"kind": with_kind(value, kinds)["kind"], **_changed(value)}


def _changed(settings: Settings, names: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the plain values that differ from the defaults; None can't be written."""
    usual = {info.name: info.default for info in settings.describe()}
    plain = settings.to_mapping()
    return {
        name: value
        for name, value in plain.items()
        if (not names or name in names) and getattr(settings, name) != usual[name]
    }
