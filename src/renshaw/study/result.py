"""`StudyResult`: what a study gave; a folder of tables, opened again without computing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renshaw.core.errors import DataError, Place, ReadError, RenshawError
from renshaw.core.files import at_home, given_path, is_folder, is_there, near
from renshaw.core.history import History, Step
from renshaw.core.plain_json import read_json
from renshaw.core.received import text_of
from renshaw.core.results import Result
from renshaw.core.version import __version__
from renshaw.data.estimates import Estimates
from renshaw.data.recording import Recording
from renshaw.estimation.quantity import shown_in, unknown_among
from renshaw.io import read
from renshaw.model.editions import EDITIONS, in_words
from renshaw.statistics.mixed import MODEL_CITES, MixedModel, mixed_model
from renshaw.statistics.settings import MixedModelSettings
from renshaw.study import commit
from renshaw.study.arms import Changes, between_arms
from renshaw.study.compare import (
    CompareSettings,
    Comparison,
    compared_means,
    in_one_unit,
    people_of,
)
from renshaw.study.dictionary import COLUMNS as DICTIONARY
from renshaw.study.families import corrected
from renshaw.study.plan import Arm, StudyPlan
from renshaw.study.recordings import RecordingsSettings
from renshaw.study.store import file_stem
from renshaw.study.study_file import built_in_plan, load_finished_plan
from renshaw.study.tables import read_table

if TYPE_CHECKING:
    import pandas as pd

_WANTED = "Name the folder of a study; renshaw run -o FOLDER makes one."

# Bootstraps and sign flips of so many values take longer than the study.
_MOST_MODELED = 50_000


@dataclass(frozen=True, eq=False)
class Group:
    """What one arm did in one protocol: people who can be compared within themselves.

    Parameters
    ----------
    arm, protocol : str
        What they are called.
    comparison : Comparison
        Of the conditions.
    examples : mapping of str to Recording
        One recording a condition, for pictures.
    """

    arm: str
    protocol: str
    comparison: Comparison
    examples: Mapping[str, Recording] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, repr=False)
class StudyResult(Result):
    """Everything that a study gave.

    Parameters
    ----------
    plan : StudyPlan
    groups : tuple of Group
        One an arm and protocol.
    design : DataFrame
        One row a recording: recording, arm, participant, condition, protocol, trial, visit,
        analyzed, simulated, seed, source, fingerprint, notes, and columns of your own.
    estimates : Estimates
        Of all recordings; read when first asked for.
    exclusions : DataFrame
        How many values fail the rules: quantity, reason, times.
    failures : DataFrame
        Recordings that gave no numbers: recording, arm, reason.
    model : MixedModel or None
        Of the study file's formula.
    unmodeled : str
        Why there is none, though there is a formula.
    assumptions : tuple of str
        What the simulation takes for granted, in sentences.
    folder : Path or None
    notes : tuple of str
        What else there is to say of the folder, in sentences: that a newer version wrote it.
    history : History
        How it came about.
    kept : Estimates, optional
        Those of every recording, where they are at hand.
    """

    plan: StudyPlan
    groups: tuple[Group, ...]
    design: pd.DataFrame
    exclusions: pd.DataFrame
    failures: pd.DataFrame
    model: MixedModel | None = None
    unmodeled: str = ""
    assumptions: tuple[str, ...] = ()
    history: History = field(default_factory=History)
    folder: Path | None = None
    kept: Estimates | None = None
    notes: tuple[str, ...] = ()

    @cached_property
    def estimates(self) -> Estimates:
        """Every estimate of every recording."""
        if self.kept is not None:
            return self.kept
        if self.folder is None:
            return Estimates((), self.history)
        table = read_table(self.folder, "estimates")
        return Estimates.from_table(table, made_with=self.plan.settings, history=self.history)

    @property
    def comparison(self) -> Comparison:
        """The comparison of the first arm and protocol."""
        return self.groups[0].comparison

    @property
    def examples(self) -> dict[str, Recording]:
        """One recording of each condition of the first arm and protocol."""
        return dict(self.groups[0].examples)

    def group(self, arm: str, protocol: str | None = None) -> Group:
        """Return what an arm did in a protocol, by default its first.

        Parameters
        ----------
        arm : str
            As the plan calls it.
        protocol : str, optional
            As the plan calls it.
        """
        for group in self.groups:
            if group.arm == arm and protocol in (None, group.protocol):
                return group
        known = ", ".join(f"{group.arm} ({group.protocol})" for group in self.groups)
        raise DataError(f"The study has no arm {arm!r} with that protocol; it has: {known}.")

    @cached_property
    def between_arms(self) -> pd.DataFrame:
        """Differences between what conditions change in the arms, a protocol after the other."""
        import pandas as pd

        parts = []
        for protocol in dict.fromkeys(group.protocol for group in self.groups):
            mine = [group for group in self.groups if group.protocol == protocol]
            changes = [Changes(g.arm, g.comparison.table, g.comparison.pairs) for g in mine]
            parts.append(between_arms(changes).assign(protocol=protocol))
        return corrected([pd.concat(parts, ignore_index=True)])[0]

    def to_table(self) -> pd.DataFrame:
        """Return the differences between conditions, of all arms."""
        import pandas as pd

        parts = [
            group.comparison.table.assign(arm=group.arm, protocol=group.protocol)
            for group in self.groups
        ]
        table = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
        first = ["arm", "protocol"]
        return table[[*first, *(name for name in table.columns if name not in first)]]


def open_study(directory: str | Path) -> StudyResult:
    """Open the folder of a study that has been run; only comparisons are made again.

    Parameters
    ----------
    directory : str or Path
        What `run_study` wrote into.

    Raises
    ------
    ReadError
        The folder is not there, or holds no study that is finished.
    """
    folder = given_path("open_study", directory)
    plan, said = plan_of_finished(folder)
    return result_in(folder, plan, notes=(said,) if said else ())


def plan_of_finished(folder: Path) -> tuple[StudyPlan, str]:
    """Return the plan of a study that has been run, and what of it this version does not know.

    Raises
    ------
    ReadError
        The folder is not there, or holds no study that is finished.
    """
    if not is_folder(folder):
        there = is_there(folder)
        what = "a file, not a folder" if there else "not there"
        hint = "" if there else near(folder)
        raise ReadError(f"{folder} is {what}.", hint=f"{hint} {_WANTED}".lstrip())
    if not (folder / "study.toml").is_file():
        raise ReadError(f"{folder} holds no study: study.toml is missing. {_WANTED}")
    finished = any((folder / f"unit_means.{kind}").is_file() for kind in ("parquet", "csv"))
    if not finished:
        raise ReadError(f"{folder}: the study is not finished; the same renshaw run goes on.")
    news = commit.news_of(folder)
    measured = read_table(folder, "unit_means")["quantity"].astype(str)
    lost = unknown_among(dict.fromkeys(measured))
    path = folder / "study.toml"
    plan, said = load_finished_plan(path, _written_by(folder), lost, partial(_editions, folder))
    return plan, " ".join([*filter(None, [said]), *news])


def _written_by(folder: Path) -> str:
    """Return which version of renshaw ran a study; empty where nobody says it."""
    try:
        said = read_json(text_of(folder / "provenance.json"))
        return str(said["renshaw"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""


def _editions(folder: Path) -> dict[str, int]:
    """Return of which edition the people of each arm are, as the table of participants says it."""
    people = read_table(folder, "participants")
    if not {"arm", "edition"} <= set(people):
        return {}
    # Real participants are of none.
    known = {str(form(number)): number for number in EDITIONS for form in (int, float)}
    said = zip(people["arm"].astype(str), people["edition"].astype(str), strict=True)
    return {arm: known[edition] for arm, edition in said if edition in known}


def result_in(
    folder: Path, plan: StudyPlan, *, examples: bool = True, notes: Sequence[str] = ()
) -> StudyResult:
    """Return what the tables of a finished study say.

    Parameters
    ----------
    folder : Path
    plan : StudyPlan
    examples : bool
        Whether to read a recording of each condition, which may lie in another folder.
    notes : sequence of str
        As in `StudyResult`.
    """
    design = read_table(folder, "recordings")
    means = read_table(folder, "unit_means")
    _refuse_strangers(folder, means, design)
    asked = {*shown_in("study"), (plan.formula or "").partition("~")[0].strip()}
    means = means[means["quantity"].isin(asked)].reset_index(drop=True)
    for name in ("arm", "protocol", "quantity", "units", "participant", "condition", "unit"):
        means[name] = means[name].astype(str).astype(object)
    if "bound" not in means:
        # Older versions knew none.
        means["bound"] = "exact"
    means["bound"] = means["bound"].astype(str).astype(object)
    history = History((_run_step(plan),))
    groups = tuple(
        _group(plan, arm, str(protocol), design, means, folder if examples else None, history)
        for arm in plan.arms
        for protocol in dict.fromkeys(design.loc[design["arm"] == arm.name, "protocol"])
    )
    if not groups:
        raise DataError("Not one recording could be read; see failures.csv.")
    groups = _together(plan, groups)
    model, why = _model(plan, design, means)
    last = groups[0].comparison.history
    return StudyResult(
        plan=plan,
        groups=groups,
        design=design,
        exclusions=read_table(folder, "exclusions"),
        failures=read_table(folder, "failures"),
        model=model,
        unmodeled=why,
        assumptions=_assumptions(plan),
        history=last,
        folder=folder,
        notes=tuple(notes),
    )


def _refuse_strangers(folder: Path, means: pd.DataFrame, design: pd.DataFrame) -> None:
    """Refuse means of whom there is no recording: the tables are of two studies."""
    keys = ["arm", "protocol", "participant", "condition"]
    known = set(design[keys].astype(str).itertuples(index=False, name=None))
    for who in means[keys].drop_duplicates().astype(str).itertuples(index=True, name=None):
        if who[1:] not in known:
            words = ", ".join(f"{key} {cell!r}" for key, cell in zip(keys, who[1:], strict=True))
            raise ReadError(
                f"Of {words} there is no row in the table recordings: the tables are not of one "
                "study.",
                place=Place(file=str(folder / "unit_means"), row=int(who[0]) + 1),
                hint="Run the study again; what it has finished is kept.",
            )


def _together(plan: StudyPlan, groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Correct p-values over all that the study asks."""
    nothing = {
        arm.name: {c.name for c in arm.conditions if not c.given}
        for arm in plan.arms
        if arm.virtual
    }
    repeats = [nothing.get(group.arm, set()) for group in groups]
    tables = corrected([group.comparison.table for group in groups], repeats)
    return tuple(
        replace(group, comparison=replace(group.comparison, table=table))
        for group, table in zip(groups, tables, strict=True)
    )


def _group(
    plan: StudyPlan,
    arm: Arm,
    protocol: str,
    design: pd.DataFrame,
    means: pd.DataFrame,
    folder: Path | None,
    history: History,
) -> Group:
    mine = design[(design["arm"] == arm.name) & (design["protocol"] == protocol)]
    part, mixed = in_one_unit(means[(means["arm"] == arm.name) & (means["protocol"] == protocol)])
    there = list(dict.fromkeys(mine.loc[mine["analyzed"].astype(bool), "condition"]))
    asked = [c.name for c in arm.conditions if c.analyzed and c.name in there]
    conditions = asked + [name for name in there if name not in asked]
    settings = CompareSettings(
        matched_units=arm.same_units, mixed_models=plan.mixed_models and len(part) <= _MOST_MODELED
    )
    reference = conditions[0] if conditions else ""
    table, pairs, models, without = compared_means(
        part, conditions, reference, settings, seed=plan.seed
    )
    if plan.mixed_models and len(part) > _MOST_MODELED:
        words = f"More than {_MOST_MODELED} values would take longer than the study."
        without = dict.fromkeys(dict.fromkeys(table["quantity"]), words)
    step = Step(
        "compare",
        "estimates, design = result.estimates, result.design",
        settings.to_mapping(),
        plan.seed if models else None,
        "",
        MODEL_CITES if models else (),
        __version__,
    )
    comparison = Comparison(
        table,
        people_of(part),
        pairs,
        models,
        without,
        history.then(step),
        mixed,
        arm.same_units and not arm.virtual,
    )
    examples = {} if folder is None else _examples(mine, folder, arm.recordings)
    return Group(arm.name, protocol, comparison, examples)


def _examples(
    design: pd.DataFrame, folder: Path, read_from: RecordingsSettings | None
) -> dict[str, Recording]:
    """Return the first recording of every condition that can be had."""
    examples: dict[str, Recording] = {}
    for row in design.to_dict("records"):
        condition, name = str(row["condition"]), str(row["recording"])
        if condition in examples:
            continue
        path = folder / "recordings" / f"{file_stem(name)}.h5"
        of_file = str(row["source"]) and not row.get("decomposed", False)
        source = Path(str(row["source"])) if of_file else path
        if not source.is_file():
            continue
        try:
            # What the study itself kept was read with them before.
            if of_file and read_from is not None:
                found = read(source, options=read_from.options, within=at_home(read_from.folder))
            else:
                found = read(source)
            examples[condition] = replace(found, name=name)
        except RenshawError:
            continue
    return examples


def _model(
    plan: StudyPlan, design: pd.DataFrame, means: pd.DataFrame
) -> tuple[MixedModel | None, str]:
    """Fit the formula of the study file to the means of units, all arms together."""
    if not plan.formula:
        return None, ""
    quantity = plan.formula.partition("~")[0].strip()
    part = means[means["quantity"] == quantity].rename(columns={"value": quantity})
    if part.empty:
        return None, f"Nothing called {quantity!r} was measured."
    traits = _traits(design, part.columns)
    part = part.merge(traits, on=["arm", "participant"], how="left")
    references = [
        f"{column}={level}"
        for column, level in (("arm", plan.arms[0].name), ("condition", plan.arms[0].reference))
        if level and column in plan.formula and level in set(part[column])
    ]
    try:
        settings = MixedModelSettings(references=tuple(references))
        return mixed_model(part.reset_index(drop=True), plan.formula, settings, seed=plan.seed), ""
    except RenshawError as error:
        return None, error.words


def _traits(design: pd.DataFrame, taken: Any) -> pd.DataFrame:
    """Return what a table of recordings always says the same of a participant."""
    keys = ["arm", "participant"]
    standard = {entry.name for entry in DICTIONARY if entry.table == "recordings"}
    others = [n for n in design.columns if n not in standard and n not in taken]
    different = design.groupby(keys)[others].nunique() if others else design[[]]
    constant = [n for n in others if different[n].max() <= 1]
    return design[[*keys, *constant]].drop_duplicates(keys)


def _run_step(plan: StudyPlan) -> Step:
    built_in = (n for n in EDITIONS if plan == built_in_plan(n))
    number = next(built_in, None)
    source = f"rs.study.built_in_plan(edition={number})" if number else "rs.load_plan('study.toml')"
    cites: tuple[str, ...] = ("gorassini2002", "beauchamp2022", "beauchamp2023")
    if any(arm.virtual for arm in plan.arms):
        cites += ("powers2017", "destexhe2001", "fuglevand1993", "mesquita2022", "orssatto2022")
    settings = json.loads(json.dumps(plan.to_mapping(), default=str))
    code = f"result = rs.run_study({source})"
    return Step("run_study", code, settings, plan.seed, "", cites, __version__)


def _assumptions(plan: StudyPlan) -> tuple[str, ...]:
    virtual = [arm for arm in plan.arms if arm.cohort is not None]
    if not virtual:
        return ()
    number = sum(arm.cohort.participants for arm in virtual if arm.cohort)
    general = [
        f"{number} participants are virtual ({in_words(plan.editions)}): pools of motoneurons "
        f"after Powers & Heckman 2017 that differ by chance (seed {plan.seed}). This is a "
        "prediction of the model, not a measurement on people.",
        "Where torque is to follow a target, the person finds, after practice, the drive that it "
        "takes, which is more where the cord is calmed.",
    ]
    conditions = [c for arm in virtual for c in arm.conditions]
    if any(c.noise == "shared" for c in conditions):
        general.append(
            "A participant's synaptic noise is the same in the conditions that share it; what "
            "differs is the condition."
        )
    if any(arm.observed for arm in virtual):
        general.append(
            "Of the motoneurons that fire, only as many are seen as surface EMG decomposition "
            "usually finds (Orssatto et al. 2021)."
        )
    protocols = [task.protocol.assumptions() for arm in virtual for task in arm.protocols]
    given = [each.assumptions() for c in conditions for each in c.given]
    return tuple(
        dict.fromkeys([*general, *(line for lines in protocols + given for line in lines)])
    )
