"""The form of a goal: for whom, within which limits, among what; it writes a goal file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from renshaw.app.forms import Group, form_of, settings_from
from renshaw.app.runs.forms import calm
from renshaw.core.settings import Settings
from renshaw.model.conditions import CONDITIONS, HEALTHY
from renshaw.optimization.goal import SEVERITIES, Goal, goal_for
from renshaw.optimization.price import sought_drugs
from renshaw.optimization.therapy import TIMINGS
from renshaw.study.toml_settings import toml_block

_TOP = ("name", "title", "seed")
_HOW_MANY = ("few", "people", "held_out", "repeats", "sleepers")
_LIMITS = ("force_pct_min", "discomfort_max", "dose_pct_max", "charge_mC_per_h_max")
_EFFORT = ("therapies", "batch", "promising")
_CHOSEN = ("timings", "drugs")
_TABLES = ("search", "rule", "price", "test", "night")


@dataclass(frozen=True)
class GoalForm:
    """Everything that the form shows."""

    top: Group
    conditions: tuple[str, ...]
    severities: tuple[str, ...]
    limits: Group
    rule: Group
    timings: tuple[str, ...]
    drugs: tuple[str, ...]
    search: Group
    effort: Group
    many: Group
    price: Group
    test: Group
    night: Group


def goal_form() -> GoalForm:
    """Return the form, filled in with the defaults."""
    goal = Goal()
    return GoalForm(
        top=calm(form_of(goal, name="goal", only=_TOP)),
        conditions=tuple(name for name in CONDITIONS if name != HEALTHY),
        severities=tuple(SEVERITIES),
        limits=calm(form_of(goal.rule, name="rule", only=_LIMITS)),
        rule=form_of(goal.rule, name="rule", only=_others(goal.rule, _LIMITS)),
        timings=TIMINGS,
        drugs=tuple(sought_drugs()),
        search=form_of(goal.search, name="search", only=_others(goal.search, (*_CHOSEN, *_EFFORT))),
        effort=form_of(goal.search, name="search", only=_EFFORT),
        many=form_of(goal, name="goal", only=_HOW_MANY),
        price=form_of(goal.price, name="price"),
        test=form_of(goal.test, name="test"),
        night=form_of(goal.night, name="night"),
    )


def toml_from(values: Mapping[str, Any]) -> str:
    """Return the goal file that a filled-in form writes: what differs from the defaults.

    Raises
    ------
    SettingsError
        A value that is not allowed, by name and with what is.
    """
    posterior = str(values.get("posterior") or "")
    condition, severity = _condition(values)
    base = goal_for(f"{condition}, {severity}").replace(posterior=posterior)
    goal = _filled(base.replace(name=Goal().name), values)
    whom = {"posterior": posterior or None, "condition": f"{condition}, {severity}"}
    top = {"name": goal.name, "title": goal.title or None, "seed": goal.seed} | whom
    top |= {name: value for name, value in _changed(goal, Goal()).items() if name in _HOW_MANY}
    limits = {name: getattr(goal.rule, name) for name in _LIMITS}
    blocks = [toml_block("", {name: value for name, value in top.items() if value is not None})]
    for name in _TABLES:
        mine = _changed(getattr(goal, name), getattr(Goal(), name))
        mine = {k: v for k, v in limits.items() if v is not None} | mine if name == "rule" else mine
        if mine:
            blocks.append(toml_block(f"[{name}]", mine))
    return "\n\n".join(blocks) + "\n"


def _condition(values: Mapping[str, Any]) -> tuple[str, str]:
    usual = Goal().cohort
    condition = str(values.get("condition") or usual.condition)
    return condition.replace("-", " "), str(values.get("severity") or "severe")


def _filled(goal: Goal, values: Mapping[str, Any]) -> Goal:
    """Return the goal with what the form has sent put in."""
    mine = {f"goal.{name}" for name in (*_TOP, *_HOW_MANY)}
    goal = settings_from(goal, {k: v for k, v in values.items() if k in mine}, "goal")
    changed: dict[str, Settings] = {
        name: settings_from(getattr(goal, name), values, name) for name in _TABLES
    }
    timings = _ticked("timing", TIMINGS, values)
    drugs = _ticked("drug", tuple(sought_drugs()), values)
    changed["search"] = changed["search"].replace(timings=timings, drugs=drugs)
    return goal.replace(**changed)


def _ticked(name: str, known: tuple[str, ...], values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what is ticked of a list; all of it where the form has not sent it."""
    return tuple(each for each in known if values.get(f"{name}.{each}", True) is True)


def _changed(settings: Settings, usual: Settings) -> dict[str, Any]:
    plain = settings.to_mapping()
    return {k: v for k, v in plain.items() if getattr(settings, k) != getattr(usual, k)}


def _others(settings: Settings, shown: tuple[str, ...]) -> list[str]:
    return [info.name for info in settings.describe() if info.name not in shown]
