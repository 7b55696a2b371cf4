"""The study file: TOML to `StudyPlan`; faults are reported by file, line and entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from renshaw.core.errors import SettingsError
from renshaw.core.files import given_path
from renshaw.core.kinds import Register
from renshaw.core.received_code import UNNAMED_EDITION
from renshaw.core.toml import Entry
from renshaw.decomposition.settings import DecomposeSettings
from renshaw.estimation import EstimateSettings, rules
from renshaw.estimation.settings import RULES
from renshaw.experiment.observation import ObservationSettings
from renshaw.interventions import INTERVENTIONS, Intervention, intervention
from renshaw.io import ReadOptions
from renshaw.protocols import PROTOCOLS
from renshaw.study.cohort import CohortSettings
from renshaw.study.plan import Arm, Condition, Published, StudyPlan, Task
from renshaw.study.plan_as_toml import plan_to_toml
from renshaw.study.recordings import RecordingsSettings
from renshaw.study.toml_settings import (
    changed_settings,
    fault,
    loaded,
    made_from,
    parsed,
    parsed_of_other_version,
    placed,
    refuse_unknown,
    settings_from,
    table_at,
    tables_at,
)

__all__ = ["built_in_plan", "data_set_plan", "load_plan", "plan_from_toml", "plan_to_toml"]

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


def built_in_plan(edition: int | None = None) -> StudyPlan:
    """Return the built-in study "calm-the-cord", after Mesquita et al. 2022.

    Parameters
    ----------
    edition : int, optional
        Of the virtual people, to make published numbers again; the usual one if not given.
    """
    plan = plan_from_toml(built_in_text(), "calm_the_cord.toml")
    if edition is None:
        return plan
    arms = [
        arm.replace(cohort=arm.cohort.replace(edition=edition))
        for arm in plan.arms
        if arm.cohort is not None
    ]
    return plan.replace(arms=tuple(arms))


def built_in_text() -> str:
    """Return the study file of the built-in study."""
    return files("renshaw.study").joinpath("calm_the_cord.toml").read_text(encoding="utf-8")


def load_plan(path: str | Path) -> StudyPlan:
    """Read a study file.

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
    return loaded(path, "a study file", "renshaw run", "says who does what", plan_from_toml)


def load_finished_plan(
    path: str | Path,
    written_by: str = "",
    without: Iterable[str] = (),
    editions: Callable[[], Mapping[str, int]] = dict,
) -> tuple[StudyPlan, str]:
    """Read the study file of a study that has been run, perhaps by a newer version.

    Parameters
    ----------
    path : path
    written_by : str
        The version that ran it.
    without : iterable of str
        Which of its quantities are left out, because this version does not know them.
    editions : callable, optional
        Says of which edition the virtual people of each arm were; asked where the file does not
        name it.

    Returns
    -------
    plan : StudyPlan
    said : str
        What of it this version does not know, in a sentence; empty where it knows all.
    """

    def make(text: str, where: str, base: Path) -> tuple[StudyPlan, str]:
        return parsed_of_other_version(
            text,
            where,
            lambda raw: _placed(_plan(_naming_editions(raw, editions)), base),
            written_by,
            without,
        )

    return loaded(path, "a study file", "renshaw run", "says who does what", make)


def _naming_editions(
    raw: dict[str, Any], editions: Callable[[], Mapping[str, int]]
) -> dict[str, Any]:
    """Return what a finished study's file says, with the edition of people where it names none.

    Tables of participants have it, since there is more than one.
    """
    arms = raw.get("arms", [raw])
    for arm in arms if isinstance(arms, list) else ():
        if not isinstance(arm, dict) or "recordings" in {**_without_rivals(raw, arm), **arm}:
            continue
        cohorts = [arm.setdefault("cohort", {}), raw.get("cohort", {})]
        if all(isinstance(each, dict) and "edition" not in each for each in cohorts):
            name = "study" if arm is raw else str(arm.get("name", "study"))
            cohorts[0]["edition"] = editions().get(name, UNNAMED_EDITION)
    return raw


def data_set_plan(folder: str | Path) -> StudyPlan:
    """Return the study of a BIDS data set: its sessions are the conditions that are compared.

    Parameters
    ----------
    folder : str or Path
        The data set.
    """
    folder = Path(placed(str(given_path("data_set_plan", folder)), Path()))
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
    return parsed(text, where, lambda raw: _placed(_plan(raw), base))


def _placed(plan: StudyPlan, base: Path | None) -> StudyPlan:
    """Return the plan with folders that are the same from wherever it is run."""
    arms = []
    for arm in plan.arms:
        files = arm.recordings
        if files is not None:
            folder = placed(files.folder or ".", base)
            table = placed(files.table, base)
            options = files.options
            if options.mvc_file is not None:
                options = options.replace(mvc_file=placed(options.mvc_file, base))
            files = files.replace(folder=folder, table=table, options=options)
            arm = arm.replace(recordings=files)
        arms.append(arm)
    return plan.replace(arms=tuple(arms))


def _plan(raw: Mapping[str, Any]) -> StudyPlan:
    refuse_unknown(raw, (*_TOP_KEYS, *_ARM_KEYS), (), "A study")
    values: dict[str, Any] = {key: raw[key] for key in _TOP_KEYS if key in raw}
    shared = {key: raw[key] for key in _ARM_KEYS if key in raw}
    if "estimate" in raw:
        values["estimate"] = _estimate_settings(raw)
    if "decompose" in raw:
        table = table_at(raw["decompose"], ("decompose",))
        values["decompose"] = changed_settings(DecomposeSettings(), table, ("decompose",))
    if "arms" in raw:
        tables = tables_at(raw["arms"], ("arms",))
        if not tables:
            raise fault(("arms",), "a study needs at least one arm, one [[arms]] for each.")
        values["arms"] = tuple(_arm(t, ("arms", n), shared) for n, t in enumerate(tables))
    else:
        values["arms"] = (_arm(shared, (), {}),)
    if "published" in raw:
        values["published"] = tuple(
            settings_from(Published, table, ("published", n))
            for n, table in enumerate(tables_at(raw["published"], ("published",)))
        )
    return made_from(StudyPlan, values, ())


def _arm(raw: Mapping[str, Any], place: Entry, shared: Mapping[str, Any]) -> Arm:
    """Make an arm; what it leaves out is as the top of the file says."""
    refuse_unknown(raw, ("name", *_ARM_KEYS), place, "An arm")
    at: dict[str, Entry] = {key: (key,) for key in shared} | {key: (*place, key) for key in raw}
    both = _without_rivals(shared, raw) | dict(raw)
    values: dict[str, Any] = {key: both[key] for key in ("name", "tracked") if key in both}
    for key in ("ramps", "repeats"):
        if key in both:
            values["repeats"], at["repeats"] = both[key], at[key]
    if "cohort" in both and "recordings" in both:
        raise fault(at["recordings"], "an arm has a cohort or recordings; use two arms.")
    if "cohort" in both:
        common = shared.get("cohort", {}) if "cohort" in raw else {}
        table = table_at(both["cohort"], at["cohort"])
        common = table_at(common, ("cohort",))
        values["cohort"] = settings_from(CohortSettings, {**common, **table}, at["cohort"])
    if "recordings" in both:
        table = dict(table_at(both["recordings"], at["recordings"]))
        if "options" in table:
            place_of = (*at["recordings"], "options")
            table["options"] = settings_from(ReadOptions, table["options"], place_of)
        values["recordings"] = settings_from(RecordingsSettings, table, at["recordings"])
        values["conditions"] = ()
    if "protocol" in both and "protocols" in both:
        raise fault(at["protocols"], "an arm has either a protocol or several protocols.")
    if "protocol" in both:
        values["protocols"] = (_task(both["protocol"], at["protocol"]),)
    if "protocols" in both:
        found = tables_at(both["protocols"], at["protocols"])
        values["protocols"] = tuple(_task(t, (*at["protocols"], n)) for n, t in enumerate(found))
    if "conditions" in both:
        values["conditions"] = _conditions(both["conditions"], at["conditions"])
    if "observed" in both:
        values["observed"] = _observed(both["observed"], at["observed"])
    return made_from(Arm, values, place, at)


def _without_rivals(shared: Mapping[str, Any], raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the top says, but for what the arm says in another way."""
    rivals = {"cohort": "recordings", "recordings": "cohort", "protocol": "protocols"}
    rivals |= {"protocols": "protocol", "ramps": "repeats", "repeats": "ramps"}
    return {key: value for key, value in shared.items() if rivals.get(key) not in raw}


def _conditions(raw: Any, place: Entry) -> tuple[Condition, ...]:
    made = []
    if isinstance(raw, list) and not raw:
        raise fault(place, "a study needs at least one condition.")
    for n, entry in enumerate(tables_at(raw, place, texts="name")):
        here = (*place, n)
        values = dict(entry)
        given = values.get("given", [])
        if not isinstance(given, list):
            raise fault((*here, "given"), "given must be a list of interventions.")
        values["given"] = tuple(
            _intervention(each, (*here, "given", k)) for k, each in enumerate(given)
        )
        made.append(settings_from(Condition, values, here))
    return tuple(made)


def _intervention(raw: Any, place: Entry) -> Intervention:
    """Return what a table, or a text such as ``relaxation:depth=0.8``, stands for."""
    if not isinstance(raw, str):
        made: Intervention = _of_kind(raw, INTERVENTIONS, place)
        return made
    try:
        return intervention(raw)
    except SettingsError as error:
        raise error.at(entry=place) from None


def _task(raw: Any, place: Entry) -> Task:
    values = dict(raw) if isinstance(raw, Mapping) else raw
    name = values.pop("name", "") if isinstance(values, dict) else ""
    protocol = _of_kind(values, PROTOCOLS, place, "ramp")
    return made_from(Task, {"name": name, "protocol": protocol}, place)


def _observed(raw: Any, place: Entry) -> ObservationSettings | None:
    if isinstance(raw, bool):
        return ObservationSettings() if raw else None
    if not isinstance(raw, Mapping):
        raise fault(place, "observed must be true, false, or a table of its settings.")
    return settings_from(ObservationSettings, raw, place)


def _estimate_settings(raw: Mapping[str, Any]) -> EstimateSettings:
    name = raw.get("rules", "renshaw")
    base = rules(name) if name in RULES else rules("renshaw")
    return changed_settings(base, table_at(raw["estimate"], ("estimate",)), ("estimate",))


def _of_kind(raw: Any, kinds: Register[Any], place: Entry, default: str = "") -> Any:
    if isinstance(raw, str):
        raw = {"kind": raw}
    if not isinstance(raw, Mapping):
        example = next(iter(kinds))
        raise fault(place, f"must be a table with a kind, e.g. kind = {example!r}.")
    values = dict(raw)
    kind = values.pop("kind", default)
    if not isinstance(kind, str) or kind not in kinds:
        at = (*place, "kind") if "kind" in raw else place
        raise fault(at, f"there is no kind {kind!r}.", kinds.hint(str(kind)))
    return settings_from(kinds[kind], values, place)
