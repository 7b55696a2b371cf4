"""The study file: TOML to `StudyPlan`; faults are reported by file, line and entry."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from renshaw.core.errors import SettingsError, did_you_mean
from renshaw.core.files import nearest
from renshaw.core.settings import Settings
from renshaw.decompose.settings import DecomposeSettings
from renshaw.estimate import EstimateSettings, rules
from renshaw.estimate.rules import RULES
from renshaw.experiment.observation import ObservationSettings
from renshaw.interventions import INTERVENTIONS, Intervention, intervention
from renshaw.protocols import PROTOCOLS
from renshaw.study.cohort import CohortSettings
from renshaw.study.plan import Arm, Condition, Published, StudyPlan, Task
from renshaw.study.plan_as_toml import plan_to_toml
from renshaw.study.recordings import RecordingsSettings
from renshaw.study.toml_lines import Path as Place
from renshaw.study.toml_lines import entry_lines, line_of

__all__ = ["built_in_plan", "data_set_plan", "load_plan", "plan_from_toml", "plan_to_toml"]

S = TypeVar("S", bound=Settings)

_LARGEST_FILE_BYTES = 1_000_000

# What an arm says, a study of one arm may say at the top; `ramps` is what repeats was called first.
_ARM_KEYS = (
    "cohort",
    "recordings",
    "protocol",
    "protocols",
    "conditions",
    "repeats",
    "ramps",
    "observed",
    "tracked",
)
_TOP_KEYS = (
    "name",
    "title",
    "question",
    "seed",
    "rules",
    "estimate",
    "decompose",
    "formula",
    "mixed_models",
    "keep",
    "pairs",
    "arms",
    "published",
)


def built_in_plan() -> StudyPlan:
    """Return the built-in study "calm-the-cord", after Mesquita et al. 2022."""
    text = files("renshaw.study").joinpath("calm_the_cord.toml").read_text(encoding="utf-8")
    return plan_from_toml(text, "calm_the_cord.toml")


def load_plan(path: str | Path) -> StudyPlan:
    """Read a study file.

    Raises
    ------
    SettingsError
        The file can't be read, is not TOML, or has an unknown or impossible entry; the message
        names the file, the line and the entry.
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
    if not text.strip():
        raise SettingsError(f"{path} is empty; a study file says who does what (TOML).")
    return plan_from_toml(text, str(path), path.parent)


def data_set_plan(folder: str | Path) -> StudyPlan:
    """Return the study of a BIDS data set: its sessions are the conditions that are compared."""
    folder = Path(folder).resolve()
    arm = Arm(name="data set", recordings=RecordingsSettings(folder=str(folder)), conditions=())
    return StudyPlan(name=folder.name or "study", arms=(arm,))


def plan_from_toml(text: str, where: str, base: Path | None = None) -> StudyPlan:
    """Make a plan from the text of a study file.

    Parameters
    ----------
    text : str
    where : str
        Name of the file in errors.
    base : Path, optional
        Folder from which the plan's own folders start; where Python runs by default.
    """
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        last = f"at line {text.rstrip().count(chr(10)) + 1}, the last"
        why = str(error).replace("at end of document", last)
        raise SettingsError(f"{where} is not valid TOML: {why}.") from None
    try:
        return _placed(_plan(raw), base)
    except _FaultError as fault:
        line = line_of(entry_lines(text), fault.place)
        at = f"{where}, line {line}" if line else where
        entry = _words(fault.place)
        raise SettingsError(f"{at}: {entry + ': ' if entry else ''}{fault.why}") from None


def _placed(plan: StudyPlan, base: Path | None) -> StudyPlan:
    """Return the plan with folders that are the same from wherever it is run."""
    if base is None:
        return plan
    arms = []
    for arm in plan.arms:
        files = arm.recordings
        if files is not None:
            folder = (base / Path(files.folder).expanduser()).resolve()
            table = str((base / Path(files.table).expanduser()).resolve()) if files.table else ""
            arm = arm.replace(recordings=files.replace(folder=str(folder), table=table))
        arms.append(arm)
    return plan.replace(arms=tuple(arms))


class _FaultError(Exception):
    """What is wrong with the entry at a place."""

    def __init__(self, place: Place, why: str) -> None:
        super().__init__(why)
        self.place, self.why = place, why


def _words(place: Place) -> str:
    """Return a place for a person: arms and conditions count from 1."""
    words = ""
    for part in place:
        words += f" {part + 1}" if isinstance(part, int) else f"{'.' if words else ''}{part}"
    return words


def _plan(raw: Mapping[str, Any]) -> StudyPlan:
    _refuse_unknown(raw, (*_TOP_KEYS, *_ARM_KEYS), (), "A study")
    values: dict[str, Any] = {key: raw[key] for key in _TOP_KEYS if key in raw}
    shared = {key: raw[key] for key in _ARM_KEYS if key in raw}
    if "estimate" in raw:
        values["estimate"] = _estimate_settings(raw)
    if "decompose" in raw:
        table = _table(raw["decompose"], ("decompose",))
        values["decompose"] = _changed(DecomposeSettings(), table, ("decompose",))
    if "arms" in raw:
        tables = _tables(raw["arms"], ("arms",))
        if not tables:
            raise _FaultError(("arms",), "a study needs at least one arm, one [[arms]] for each.")
        values["arms"] = tuple(_arm(t, ("arms", n), shared) for n, t in enumerate(tables))
    else:
        values["arms"] = (_arm(shared, (), {}),)
    if "published" in raw:
        values["published"] = tuple(
            _settings(Published, table, ("published", n))
            for n, table in enumerate(_tables(raw["published"], ("published",)))
        )
    return _made(StudyPlan, values, ())


def _arm(raw: Mapping[str, Any], place: Place, shared: Mapping[str, Any]) -> Arm:
    """Make an arm; what it leaves out is as the top of the file says."""
    _refuse_unknown(raw, ("name", *_ARM_KEYS), place, "An arm")
    at: dict[str, Place] = {key: (key,) for key in shared} | {key: (*place, key) for key in raw}
    both = _without_rivals(shared, raw) | dict(raw)
    values: dict[str, Any] = {key: both[key] for key in ("name", "tracked") if key in both}
    for key in ("ramps", "repeats"):
        if key in both:
            values["repeats"], at["repeats"] = both[key], at[key]
    if "cohort" in both and "recordings" in both:
        raise _FaultError(at["recordings"], "an arm has a cohort or recordings; use two arms.")
    if "cohort" in both:
        common = shared.get("cohort", {}) if "cohort" in raw else {}
        table = _table(both["cohort"], at["cohort"])
        common = _table(common, ("cohort",))
        values["cohort"] = _settings(CohortSettings, {**common, **table}, at["cohort"])
    if "recordings" in both:
        values["recordings"] = _settings(RecordingsSettings, both["recordings"], at["recordings"])
        values["conditions"] = ()
    if "protocol" in both and "protocols" in both:
        raise _FaultError(at["protocols"], "an arm has either a protocol or several protocols.")
    if "protocol" in both:
        values["protocols"] = (_task(both["protocol"], at["protocol"]),)
    if "protocols" in both:
        found = _tables(both["protocols"], at["protocols"])
        values["protocols"] = tuple(_task(t, (*at["protocols"], n)) for n, t in enumerate(found))
    if "conditions" in both:
        values["conditions"] = _conditions(both["conditions"], at["conditions"])
    if "observed" in both:
        values["observed"] = _observed(both["observed"], at["observed"])
    return _made(Arm, values, place, at)


def _without_rivals(shared: Mapping[str, Any], raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the top says, but for what the arm says in another way."""
    rivals = {"cohort": "recordings", "recordings": "cohort", "protocol": "protocols"}
    rivals |= {"protocols": "protocol", "ramps": "repeats", "repeats": "ramps"}
    return {key: value for key, value in shared.items() if rivals.get(key) not in raw}


def _conditions(raw: Any, place: Place) -> tuple[Condition, ...]:
    made = []
    if isinstance(raw, list) and not raw:
        raise _FaultError(place, "a study needs at least one condition.")
    for n, entry in enumerate(_tables(raw, place, texts="name")):
        here = (*place, n)
        values = dict(entry)
        given = values.get("given", [])
        if not isinstance(given, list):
            raise _FaultError((*here, "given"), "given must be a list of interventions.")
        values["given"] = tuple(
            _intervention(each, (*here, "given", k)) for k, each in enumerate(given)
        )
        made.append(_settings(Condition, values, here))
    return tuple(made)


def _intervention(raw: Any, place: Place) -> Intervention:
    """Return what a table, or a text such as ``relaxation:depth=0.8``, stands for."""
    if not isinstance(raw, str):
        made: Intervention = _of_kind(raw, INTERVENTIONS, place)
        return made
    try:
        return intervention(raw)
    except SettingsError as error:
        raise _FaultError(place, str(error)) from None


def _task(raw: Any, place: Place) -> Task:
    values = dict(raw) if isinstance(raw, Mapping) else raw
    name = values.pop("name", "") if isinstance(values, dict) else ""
    protocol = _of_kind(values, PROTOCOLS, place, "ramp")
    return _made(Task, {"name": name, "protocol": protocol}, place)


def _observed(raw: Any, place: Place) -> ObservationSettings | None:
    if isinstance(raw, bool):
        return ObservationSettings() if raw else None
    if not isinstance(raw, Mapping):
        raise _FaultError(place, "observed must be true, false, or a table of its settings.")
    return _settings(ObservationSettings, raw, place)


def _estimate_settings(raw: Mapping[str, Any]) -> EstimateSettings:
    name = raw.get("rules", "renshaw")
    base = rules(name) if name in RULES else rules("renshaw")
    return _changed(base, _table(raw["estimate"], ("estimate",)), ("estimate",))


def _changed(settings: S, raw: Mapping[str, Any], place: Place) -> S:
    """Return settings with those entries replaced; nested tables change nested settings."""
    _refuse_unknown(raw, [i.name for i in settings.describe()], place, type(settings).__name__)
    values: dict[str, Any] = {}
    for name, value in raw.items():
        old = getattr(settings, name)
        if isinstance(old, Settings):
            value = _changed(old, _table(value, (*place, name)), (*place, name))
        values[name] = value
    try:
        return settings.replace(**values)
    except SettingsError as error:
        _blame(error, type(settings), place, {})


def _of_kind(raw: Any, kinds: Mapping[str, type[Any]], place: Place, default: str = "") -> Any:
    if isinstance(raw, str):
        raw = {"kind": raw}
    if not isinstance(raw, Mapping):
        example = next(iter(kinds))
        raise _FaultError(place, f"must be a table with a kind, e.g. kind = {example!r}.")
    values = dict(raw)
    kind = values.pop("kind", default)
    if not isinstance(kind, str) or kind not in kinds:
        at = (*place, "kind") if "kind" in raw else place
        raise _FaultError(at, f"there is no kind {kind!r}.{did_you_mean(str(kind), kinds)}")
    return _settings(kinds[kind], values, place)


def _settings(kind: type[S], raw: Any, place: Place) -> S:
    """Make settings from a table."""
    _refuse_unknown(
        _table(raw, place), [info.name for info in kind.describe()], place, kind.__name__
    )
    return _made(kind, raw, place)


def _made(
    kind: type[S], values: Mapping[str, Any], place: Place, at: Mapping[str, Place] | None = None
) -> S:
    try:
        return kind(**values)
    except SettingsError as error:
        _blame(error, kind, place, at or {})


def _blame(
    error: SettingsError, kind: type[Settings], place: Place, at: Mapping[str, Place]
) -> NoReturn:
    """Say which entry of a table a refusal is about."""
    named = re.match(r"(\w+)\.(\w+) = ", str(error))
    known = [info.name for info in kind.describe()]
    mine = named is not None and named[1] == kind.__name__ and named[2] in known
    if named is not None and mine:
        place = at.get(named[2], (*place, named[2]))
    raise _FaultError(place, str(error)) from None


def _refuse_unknown(raw: Mapping[str, Any], known: Any, place: Place, who: str) -> None:
    for name in raw:
        if name not in known:
            raise _FaultError(
                (*place, name), f"{who} has no setting {name!r}.{did_you_mean(name, known)}"
            )


def _table(raw: Any, place: Place) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise _FaultError(place, f"must be a table, [{_words(place) or 'name'}].")
    return raw


def _tables(raw: Any, place: Place, texts: str = "") -> list[Mapping[str, Any]]:
    """Return a list of tables; where texts are fine as well, they stand for that entry."""
    name = place[-1]
    if not isinstance(raw, list):
        raise _FaultError(place, f"{name} must be tables, one [[{name}]] for each.")
    found = [{texts: each} if texts and isinstance(each, str) else each for each in raw]
    for n, each in enumerate(found):
        if not isinstance(each, Mapping):
            raise _FaultError((*place, n), f"{name} must be tables, one [[{name}]] for each.")
    return found
