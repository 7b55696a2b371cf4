"""The goal file: TOML to `Goal` and back; faults are reported by file, line and entry."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from renshaw.core.errors import SettingsError
from renshaw.core.settings import Settings
from renshaw.optimization.goal import Goal, goal_for
from renshaw.study.toml_settings import (
    changed_settings,
    fault,
    loaded,
    parsed,
    placed,
    refuse_unknown,
    table_at,
    toml_block,
)

_EXAMPLE = "severe_injury.toml"
# How many people there are is said by `few`, `people` and `held_out`.
_NOT_OF_COHORT = ("participants", "session_sd", "prefix")


def built_in_goal() -> Goal:
    """Return the built-in goal "spinal cord injury, severe"."""
    return goal_from_toml(example_goal(), _EXAMPLE)


def example_goal() -> str:
    """Return the text of the built-in goal, as a file to begin with."""
    return files("renshaw.optimization").joinpath(_EXAMPLE).read_text(encoding="utf-8")


def load_goal(path: str | Path) -> Goal:
    """Read a goal file.

    Parameters
    ----------
    path : str or Path
        The file, TOML.

    Raises
    ------
    SettingsError
        The file can't be read, is not TOML, or has an unknown or impossible entry; the message
        names the file, the line and the entry.
    """
    says = "says for whom a therapy is sought"
    return loaded(path, "a goal file", "renshaw design", says, goal_from_toml)


def goal_from_toml(text: str, where: str, base: Path | None = None) -> Goal:
    """Make a goal from the text of a goal file.

    Parameters
    ----------
    text : str
    where : str
        Name of the file in errors.
    base : Path, optional
        Folder from which that of the posterior starts; where Python runs by default.
    """
    goal = parsed(text, where, _goal)
    return goal.replace(posterior=placed(goal.posterior, base))


def _goal(raw: Mapping[str, Any]) -> Goal:
    usual = Goal()
    known = [info.name for info in Goal.describe()]
    refuse_unknown(raw, [*known, "condition"], (), "A goal")
    if "condition" in raw:
        if "cohort" in raw:
            raise fault(("cohort",), "a goal has a condition or a cohort, not both.")
        usual = _of_condition(raw["condition"])
    elif raw.get("posterior") and "cohort" not in raw:
        raise fault(
            ("posterior",),
            "a posterior needs the condition of the person as well, which a ramp does not show: "
            'e.g. condition = "spinal cord injury, severe".',
        )
    if "cohort" in raw:
        for name in _NOT_OF_COHORT:
            if name in table_at(raw["cohort"], ("cohort",)):
                raise fault(
                    ("cohort", name), f"a goal has no {name}; see few, people and held_out."
                )
    values = {name: value for name, value in raw.items() if name != "condition"}
    return changed_settings(usual, values, ())


def _of_condition(words: Any) -> Goal:
    if not isinstance(words, str):
        example = "spinal cord injury, severe"
        raise fault(("condition",), f"must be a text, such as {example!r}.")
    try:
        return goal_for(words)
    except SettingsError as error:
        raise error.at(entry=("condition",)) from None


def goal_to_toml(goal: Goal) -> str:
    """Return the goal file that makes a goal again, every default written out."""
    plain: dict[str, Any] = {}
    tables: dict[str, Settings] = {}
    for info in Goal.describe():
        value = getattr(goal, info.name)
        if isinstance(value, Settings):
            tables[info.name] = value
        elif value not in (None, ""):
            plain[info.name] = value
    blocks = [toml_block("", plain)]
    for name, settings in tables.items():
        left_out = _NOT_OF_COHORT if name == "cohort" else ()
        values = {k: v for k, v in settings.to_mapping().items() if k not in left_out}
        blocks.append(toml_block(f"[{name}]", values))
    return "\n\n".join(blocks) + "\n"
