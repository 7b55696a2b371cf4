"""`StudyPlan`: the study file as a value, read from and written to TOML."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from renshaw.core.errors import SettingsError, did_you_mean
from renshaw.core.files import nearest
from renshaw.core.settings import Settings, setting
from renshaw.estimate.rules import RULES
from renshaw.interventions import INTERVENTIONS, Intervention, intervention
from renshaw.model.muscles import MUSCLES
from renshaw.protocols import PROTOCOLS, Protocol, Ramp
from renshaw.study.cohort import CohortSettings

_LARGEST_FILE_BYTES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Condition(Settings):
    """One condition that every participant goes through."""

    name: str = setting("control", "what tables and reports call the condition")
    given: tuple[Intervention, ...] = setting((), "interventions, applied in order")


@dataclass(frozen=True, kw_only=True)
class StudyPlan(Settings):
    """Who does what under which conditions, and how it is measured."""

    name: str = setting("study", "short name; also the default folder")
    title: str = setting("", "title of the report")
    question: str = setting("", "the question that the study answers")
    seed: int = setting(0, "seed of participants and synaptic noise", ge=0, le=2**63 - 1)
    ramps: int = setting(3, "trials of each participant in each condition", ge=1, le=100)
    rules: str = setting("renshaw", "rule set of the estimators", choices=tuple(RULES))
    cohort: CohortSettings = setting(CohortSettings, "the virtual participants")
    protocol: Protocol = setting(Ramp, "what they do")
    conditions: tuple[Condition, ...] = setting(
        (Condition(),), "conditions; the first is the reference"
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        names = [condition.name for condition in self.conditions]
        if not names:
            raise SettingsError("A study needs at least one condition.")
        if self.cohort.muscle not in MUSCLES:
            hint = did_you_mean(self.cohort.muscle, MUSCLES)
            raise SettingsError(f"cohort.muscle: there is no muscle {self.cohort.muscle!r}.{hint}")
        for name in names:
            if not name.strip():
                raise SettingsError("A condition needs a name.")
            if names.count(name) > 1:
                raise SettingsError(f"Two conditions are called {name!r}; give each its own name.")

    @property
    def trials(self) -> int:
        """Number of recordings."""
        return self.cohort.participants * len(self.conditions) * self.ramps

    def to_toml(self) -> str:
        """Return the study file that makes this plan again, every default written out."""
        plain = self.to_mapping()
        top = [f"{key} = {_toml(plain[key])}" for key in _TOP_KEYS]
        tables = [
            ("[cohort]", self.cohort.to_mapping()),
            ("[protocol]", _with_kind(self.protocol, PROTOCOLS)),
        ]
        for condition in self.conditions:
            given = [_with_kind(each, INTERVENTIONS) for each in condition.given]
            tables.append(("[[conditions]]", {"name": condition.name, "given": given}))
        blocks = ["\n".join(top)]
        for header, table in tables:
            lines = [f"{key} = {_toml(value)}" for key, value in table.items()]
            blocks.append("\n".join([header, *lines]))
        return "\n\n".join(blocks) + "\n"


_TOP_KEYS = ("name", "title", "question", "seed", "ramps", "rules")


def built_in_plan() -> StudyPlan:
    """Return the built-in study "calm-the-cord"."""
    text = files("renshaw.study").joinpath("calm_the_cord.toml").read_text(encoding="utf-8")
    return plan_from_toml(text, "calm_the_cord.toml")


def load_plan(path: str | Path) -> StudyPlan:
    """Read a study file.

    Raises
    ------
    SettingsError
        The file can't be read, is not TOML, or has an unknown or impossible entry; the message
        names the file and the entry.
    """
    path = Path(path)
    try:
        if not path.is_file():
            what = "a folder" if path.is_dir() else "not there" if not path.exists() else "no file"
            hint = "" if path.exists() else nearest(path)
            raise SettingsError(f"{path} is {what}; renshaw run needs a study file (TOML).{hint}")
        if path.stat().st_size > _LARGEST_FILE_BYTES:
            raise SettingsError(f"{path} is too large for a study file (over 1 MB).")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not a text file; a study file is TOML in UTF-8.") from None
    except OSError as error:
        raise SettingsError(f"{path} can't be read: {error.strerror}.") from None
    return plan_from_toml(text, str(path))


def plan_from_toml(text: str, where: str) -> StudyPlan:
    """Make a plan from the text of a study file; ``where`` names the file in errors."""
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"{where} is not valid TOML: {error}.") from None
    try:
        if "protocol" in raw:
            raw["protocol"] = _of_kind(raw["protocol"], PROTOCOLS, "protocol", "ramp")
        if "conditions" in raw:
            raw["conditions"] = _conditions(raw["conditions"])
        if not isinstance(raw.get("cohort", {}), Mapping):
            raise SettingsError("cohort must be a table, [cohort].")
        return StudyPlan.from_mapping(raw)
    except SettingsError as error:
        raise SettingsError(f"{where}: {error}") from None


def _conditions(raw: Any) -> tuple[Condition, ...]:
    if not isinstance(raw, list) or not all(isinstance(entry, Mapping) for entry in raw):
        raise SettingsError("conditions must be tables, one [[conditions]] for each.")
    made = []
    for number, entry in enumerate(raw, start=1):
        where = f"conditions {number}"
        given = entry.get("given", [])
        if not isinstance(given, list):
            raise SettingsError(f"{where}: given must be a list of interventions.")
        interventions = tuple(_intervention(each, f"{where}: given") for each in given)
        made.append(Condition.from_mapping({**entry, "given": interventions}, f"{where}."))
    return tuple(made)


def _intervention(raw: Any, where: str) -> Any:
    """Return what a table, or a text such as ``relaxation:depth=0.8``, stands for."""
    if not isinstance(raw, str):
        return _of_kind(raw, INTERVENTIONS, where)
    try:
        return intervention(raw)
    except SettingsError as error:
        raise SettingsError(f"{where}: {error}") from None


def _of_kind(raw: Any, kinds: Mapping[str, type[Any]], where: str, default: str = "") -> Any:
    if isinstance(raw, str):
        raw = {"kind": raw}
    if not isinstance(raw, Mapping):
        raise SettingsError(
            f"{where} must be a table with a kind, e.g. kind = {next(iter(kinds))!r}."
        )
    values = dict(raw)
    kind = values.pop("kind", default)
    if not isinstance(kind, str) or kind not in kinds:
        raise SettingsError(f"{where}: there is no kind {kind!r}.{did_you_mean(str(kind), kinds)}")
    return kinds[kind].from_mapping(values, f"{where}.")


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
