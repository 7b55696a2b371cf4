"""The small form of a study: who, what, under which conditions; it writes a study file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from renshaw.app.forms import Field, Group, field_of, form_of, settings_from
from renshaw.app.runs.forms import calm
from renshaw.core.errors import SettingsError
from renshaw.experiment.observation import ObservationSettings
from renshaw.interventions import INTERVENTIONS
from renshaw.model.muscles import MUSCLES
from renshaw.protocols import PROTOCOLS
from renshaw.study import Arm, CohortSettings, Condition, StudyPlan, Task
from renshaw.study.brief_file import brief_toml

_PLAN = ("name", "question", "seed", "mixed_models")
_WHO = ("participants", "muscle", "n_units", "condition", "severity", "age_years", "women")
CONTROL, TOGETHER = "control", "together"


@dataclass(frozen=True)
class Choice:
    """One intervention that can be ticked, and its settings."""

    key: str
    title: str
    mechanism: str
    certainty: str
    settings: Group
    ticked: bool = False


@dataclass(frozen=True)
class StudyForm:
    """Everything that the form shows."""

    plan: Group
    who: Group
    more: Group
    trials: Group
    protocols: Mapping[str, Group]
    choices: tuple[Choice, ...]


def study_form() -> StudyForm:
    """Return the form, filled in with the defaults."""
    who = form_of(CohortSettings(), name="cohort", only=_WHO)
    shown = {*_WHO, "prefix"}
    others = [i.name for i in CohortSettings.describe() if i.name not in shown]
    return StudyForm(
        plan=calm(form_of(StudyPlan(), name="plan", only=_PLAN)),
        who=calm(replace(who, fields=tuple(_muscle(field) for field in who.fields))),
        more=form_of(CohortSettings(), name="cohort", only=others),
        trials=Group(
            "arm", "", (*form_of(Arm(), name="arm", only=["repeats"]).fields, _observed())
        ),
        protocols={
            kind: form_of(made(), name=f"protocol.{kind}") for kind, made in PROTOCOLS.items()
        },
        choices=tuple(_choice(key) for key in INTERVENTIONS),
    )


def plan_from(values: Mapping[str, Any]) -> StudyPlan:
    """Return the plan that a filled-in form describes.

    Raises
    ------
    SettingsError
        A value that is not allowed, by name and with what is.
    """
    kind = str(values.get("protocol", "ramp"))
    if kind not in PROTOCOLS:
        raise SettingsError(f"There is no protocol {kind!r}.")
    usual = Arm()
    seen = values.get("arm.observed") in (True, "on")
    arm = usual.replace(
        cohort=settings_from(CohortSettings(), values, "cohort"),
        protocols=(Task(protocol=settings_from(PROTOCOLS[kind](), values, f"protocol.{kind}")),),
        conditions=_conditions(values),
        observed=ObservationSettings() if seen else None,
    )
    arm = settings_from(arm, {k: v for k, v in values.items() if k == "arm.repeats"}, "arm")
    asked = {k: v for k, v in values.items() if k.removeprefix("plan.") in _PLAN}
    return settings_from(StudyPlan(arms=(arm,)), asked, "plan")


def toml_from(values: Mapping[str, Any]) -> str:
    """Return the study file that a filled-in form writes."""
    return brief_toml(plan_from(values))


def _conditions(values: Mapping[str, Any]) -> tuple[Condition, ...]:
    """Return the control, one condition for each intervention, and all of them together."""
    chosen = [
        settings_from(made(), values, f"given.{key}")
        for key, made in INTERVENTIONS.items()
        if values.get(f"use.{key}") is True
    ]
    found = [Condition(name=CONTROL)]
    found += [Condition(name=each.name.replace("-", " "), given=(each,)) for each in chosen]
    if len(chosen) > 1 and values.get(TOGETHER) is True:
        found.append(Condition(name="all together", given=tuple(chosen)))
    return tuple(found)


def _choice(key: str) -> Choice:
    made = INTERVENTIONS[key]
    group = form_of(made(), name=f"given.{key}")
    return Choice(
        key, made.title, made.mechanism, made.certainty, group, ticked=key == "relaxation"
    )


def _muscle(field: Field) -> Field:
    if field.name != "cohort.muscle":
        return field
    return replace(field, kind="choice", choices=tuple(MUSCLES))


def _observed() -> Field:
    info = next(info for info in Arm.describe() if info.name == "observed")
    field = field_of(info, "", "arm.observed")
    words = "See only what surface EMG decomposition would find, not every motoneuron"
    return replace(field, kind="switch", value=True, optional=False, help=words)
