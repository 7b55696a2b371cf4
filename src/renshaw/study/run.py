"""`run_study`: simulate every trial of a plan, estimate, compare; interrupted runs are resumed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import RenshawError
from renshaw.core.fingerprint import fingerprint
from renshaw.core.history import History, Step
from renshaw.core.results import Result
from renshaw.core.seeds import derived_seed
from renshaw.core.version import __version__
from renshaw.data.estimates import Estimates
from renshaw.data.recording import Recording
from renshaw.estimate import estimate
from renshaw.experiment import rehearse, simulate, simulation_step
from renshaw.io import read
from renshaw.model.participant import Participant
from renshaw.study.cohort import draw_cohort
from renshaw.study.compare import Comparison, compare
from renshaw.study.plan import Condition, StudyPlan, built_in_plan
from renshaw.study.study import DESIGN_COLUMNS, Study

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int, str], None]
FloatArray = NDArray[np.float64]

# File systems allow 255 bytes, and a temporary file needs some of them.
_LONGEST_STEM = 100


@dataclass(frozen=True, eq=False)
class StudyResult(Result):
    """Everything that a study gave.

    Parameters
    ----------
    plan : StudyPlan
    estimates : Estimates
        Of all recordings; a recording is called e.g. ``"P01 control 1"``.
    design : DataFrame
        Columns recording, participant, condition, trial.
    comparison : Comparison
    examples : mapping of str to Recording
        One recording of each condition, all of the same participant.
    assumptions : tuple of str
        What the simulation takes for granted, in sentences.
    history : History
    """

    plan: StudyPlan
    estimates: Estimates
    design: pd.DataFrame
    comparison: Comparison
    examples: Mapping[str, Recording]
    assumptions: tuple[str, ...] = ()
    history: History = field(default_factory=History)

    def to_table(self) -> pd.DataFrame:
        """Return the differences between conditions."""
        return self.comparison.to_table()


@dataclass(frozen=True)
class Trial:
    """One recording to be made."""

    participant: Participant
    condition: Condition
    number: int
    seed: int

    @property
    def name(self) -> str:
        """What tables and reports call the recording."""
        return f"{self.participant.name} {self.condition.name} {self.number}"


def trials(plan: StudyPlan) -> tuple[Trial, ...]:
    """Return every trial of the plan.

    A participant's trial has the same synaptic noise in every condition, so that what differs
    between conditions is the condition.
    """
    return tuple(
        Trial(person, condition, number, derived_seed(plan.seed, "noise", person.name, number))
        for person in draw_cohort(plan.cohort, plan.seed)
        for condition in plan.conditions
        for number in range(1, plan.ramps + 1)
    )


def run_study(
    plan: StudyPlan,
    directory: str | Path | None = None,
    *,
    progress: Progress | None = None,
) -> StudyResult:
    """Run a study: simulate, estimate, compare.

    Parameters
    ----------
    plan : StudyPlan
    directory : path, optional
        Where recordings are kept as they are made (``recordings/*.h5``). A run that was interrupted
        goes on from there; a recording made by another plan, seed or version is made anew.
    progress : callable, optional
        Called with (trials done, trials in all, what is done now).
    """
    folder = None if directory is None else Path(directory) / "recordings"
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    todo = trials(plan)
    study = _recorded_study(plan, todo, folder, progress)
    history = History((_step(plan),))
    estimates = _estimated(plan, study, history, progress)
    comparison = compare(estimates, study.design)
    return StudyResult(
        plan=plan,
        estimates=estimates,
        design=study.design,
        comparison=comparison,
        examples=_examples(study),
        assumptions=_assumptions(plan),
        history=comparison.history,
    )


def _recorded_study(
    plan: StudyPlan, todo: tuple[Trial, ...], folder: Path | None, progress: Progress | None
) -> Study:
    import pandas as pd

    recordings = []
    practiced: dict[tuple[str, str], FloatArray] = {}
    for done, trial in enumerate(todo):
        if progress:
            progress(done, 2 * len(todo), f"simulating {trial.name}")
        told = _within(progress, done, 2 * len(todo), trial)
        recordings.append(_recorded(plan, trial, folder, practiced, told))
    rows = [(t.name, t.participant.name, t.condition.name, t.number) for t in todo]
    return Study(tuple(recordings), pd.DataFrame(rows, columns=list(DESIGN_COLUMNS)))


def _within(progress: Progress | None, done: int, total: int, trial: Trial) -> Progress | None:
    """Let a trial say what it does, in words, without counting for more than one trial."""
    if progress is None:
        return None
    return lambda _done, _total, what: progress(done, total, f"{trial.name}: {what}")


def _recorded(
    plan: StudyPlan,
    trial: Trial,
    folder: Path | None,
    practiced: dict[tuple[str, str], FloatArray],
    progress: Progress | None,
) -> Recording:
    """Return the trial's recording: the one already in the folder, or a new one."""
    given = trial.condition.given
    path = None if folder is None else folder / f"{_file_stem(trial.name)}.h5"
    if path is not None and path.is_file():
        wanted = simulation_step(trial.participant, plan.protocol, given, trial.seed)
        kept = _kept(path, trial.name, wanted)
        if kept is not None:
            return kept
    # A person practices once for all trials of a condition.
    key = (trial.participant.name, trial.condition.name)
    if key not in practiced:
        practiced[key] = rehearse(trial.participant, plan.protocol, given, progress=progress)
    recording = simulate(
        trial.participant,
        plan.protocol,
        given,
        seed=trial.seed,
        learned=practiced[key],
        name=trial.name,
        progress=progress,
    )
    if path is not None:
        recording.save(path)
    return recording


def _kept(path: Path, name: str, wanted: Step) -> Recording | None:
    """Return the recording in the file if it is what this run would make; None otherwise."""
    try:
        recording = read(path)
    except RenshawError:
        return None
    made = next((step for step in recording.history.steps if step.verb == "simulate"), None)
    if made is None or _origin(made) != _origin(wanted):
        return None
    return replace(recording, name=name, history=History((wanted,)))


def _origin(step: Step) -> tuple[str, str, str]:
    return (step.code, step.input, step.version)


def _estimated(
    plan: StudyPlan, study: Study, history: History, progress: Progress | None
) -> Estimates:
    n = len(study)

    def later(done: int, total: int, what: str) -> None:
        if progress:
            progress(n + done, n + total, f"estimating {what}" if done < total else "comparing")

    estimates = estimate(study, plan.rules, seed=plan.seed, progress=later)
    return replace(estimates, history=history)


def _examples(study: Study) -> dict[str, Recording]:
    """Return the first participant's first trial in every condition."""
    examples: dict[str, Recording] = {}
    for recording, condition in zip(study, study.design["condition"], strict=True):
        examples.setdefault(condition, recording)
    return examples


def _assumptions(plan: StudyPlan) -> tuple[str, ...]:
    n, seed = plan.cohort.participants, plan.seed
    general = (
        f"The {n} participants are virtual: pools of {plan.cohort.n_units} motoneurons after "
        f"Powers & Heckman 2017 that differ by chance (seed {seed}). This is a prediction of the "
        "model, not a measurement on people.",
        "In every condition torque follows the same target: after practice the person finds the "
        "drive that it takes, which is more where the cord is calmed.",
        "A participant's synaptic noise is the same in every condition; what differs is the "
        "condition.",
    )
    given = [each for condition in plan.conditions for each in condition.given]
    return general + tuple(dict.fromkeys(line for each in given for line in each.assumptions()))


def _step(plan: StudyPlan) -> Step:
    source = "rs.built_in_plan()" if plan == built_in_plan() else "rs.load_plan('study.toml')"
    code = f"result = rs.run_study({source})\n"
    code += "estimates, design = result.estimates, result.design"
    cites: tuple[str, ...] = (
        "powers2017",
        "destexhe2001",
        "fuglevand1993",
        "gorassini2002",
        "beauchamp2022",
    )
    cites += ("beauchamp2022", "beauchamp2023", "mesquita2022", "orssatto2022")
    return Step("run_study", code, plan.to_mapping(), plan.seed, "", cites, __version__)


def _file_stem(name: str) -> str:
    # Two names that differ only in what a file name can't hold must not share a file.
    plain = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")
    plain, whole = plain[:_LONGEST_STEM].rstrip("-"), plain
    honest = plain == whole and plain.replace("-", " ") == name
    return plain if honest else f"{plain}-{fingerprint(name)[:6]}"
