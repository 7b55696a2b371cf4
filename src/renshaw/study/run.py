"""`run_study`: every piece of a plan, in any number of workers; what was finished is kept."""

from __future__ import annotations

import contextlib
import platform
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from renshaw.core.errors import DataError, RenshawError, SettingsError, needs
from renshaw.core.files import alone, given_path, write_text
from renshaw.core.fingerprint import fingerprint
from renshaw.core.machine import arithmetic, keeps_to_baseline
from renshaw.core.version import __version__
from renshaw.study import commit
from renshaw.study.outcome import Failure, Outcome
from renshaw.study.pieces import Piece, code_fingerprint, pieces_of, real_files
from renshaw.study.plan import StudyPlan
from renshaw.study.recordings import Found
from renshaw.study.result import StudyResult, result_in
from renshaw.study.store import Store
from renshaw.study.study_file import load_plan, plan_to_toml
from renshaw.study.tables import (
    ESTIMATE_COLUMNS,
    MEAN_COLUMNS,
    Gathering,
    dictionary_table,
    estimate_cells,
    sheet,
    write_table,
)
from renshaw.study.workers import in_process, processes

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int, str], None]
Machines = Literal["one", "any"]

_MACHINES: tuple[Machines, ...] = get_args(Machines)
_PACKAGES = ("numpy", "scipy", "pandas", "numba", "pyarrow", "scikit-learn", "h5py", "distributed")


class MixedMachinesError(RenshawError):
    """Machines that round differently would do parts of one study."""

    kind = "study.machines"


def run_study(
    plan: StudyPlan,
    directory: str | Path | None = None,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    machines: Machines = "one",
    progress: Progress | None = None,
) -> StudyResult:
    """Run a study: simulate or read, estimate, compare.

    Parameters
    ----------
    plan : StudyPlan
    directory : path, optional
        Where pieces are kept as they are finished, and tables once all are. A run that was stopped
        goes on from there; a piece made by another plan, seed or program is made anew.
    workers : int, optional
        Processes of this machine. Without it everything is done in this process, with as many
        threads as there are cores. Scripts that ask for several need Python's
        ``if __name__ == "__main__":``.
    scheduler : str, optional
        Address of a Dask scheduler whose workers do it, e.g. ``tcp://node17:8786``.
    machines : {"one", "any"}
        Whether all numbers must come from processors and libraries that round alike, those of an
        earlier run included. With ``"any"`` a mix is said in the notes.
    progress : callable, optional
        Called with (recordings done, recordings in all, what is done now).

    Returns
    -------
    StudyResult
        The numbers don't depend on how many do it. Their last digits depend on the processor and
        its libraries (a worker without FMA rounds otherwise), and by them what is chosen at a
        threshold: so a study is done by one kind of machine, unless you let it be mixed. Who did
        what stands in ``provenance.json``.

    Raises
    ------
    SettingsError
        There are no such files, workers or scheduler.
    DataError
        Not one recording gave numbers.
    BusyError
        Another program is at work in the directory.
    ClusterLostError
        The scheduler has gone; what was finished is kept.
    MixedMachinesError
        A worker rounds otherwise than those that did the rest; what was finished is kept.
    """
    needs("run_study", plan, StudyPlan, made_by="rs.load_plan")
    if workers is not None and workers < 1:
        raise SettingsError(f"workers = {workers}: at least one is needed.")
    if machines not in _MACHINES:
        raise SettingsError(f"machines = {machines!r}: must be one of {', '.join(_MACHINES)}.")
    how = _How(workers, scheduler, machines == "any")
    if directory is None:
        with tempfile.TemporaryDirectory(prefix="renshaw-study-") as temporary:
            result = _run(plan, Path(temporary), how, progress)
            return replace(result, folder=None, kept=result.estimates)
    return _run(plan, given_path("run_study", directory), how, progress)


def _run(
    plan: StudyPlan,
    folder: Path,
    how: _How,
    progress: Progress | None,
) -> StudyResult:
    files = real_files(plan)
    store = Store(folder)
    told = _Told(plan, files, progress)
    with alone(folder):
        store.sweep()
        failures, kept = _done(plan, files, store, how, told)
        told.say("gathering tables")
        _gathered(plan, files, folder, store, failures, kept)
        told.say("comparing")
        return result_in(folder, plan, notes=commit.news_of(folder))


@dataclass(frozen=True)
class _How:
    """Who does the pieces of a study, and whether machines that round differently may."""

    workers: int | None
    scheduler: str | None
    mixed: bool


class _Told:
    """Counts recordings that are done, and says so."""

    def __init__(self, plan: StudyPlan, files: dict[str, Found], progress: Progress | None) -> None:
        self._progress = progress
        self._total = plan.trials + sum(len(found.entries) for found in files.values())
        self._done = 0

    def add(self, piece: Piece, what: str = "") -> None:
        self._done += len(piece.rows)
        self.say(what or piece.name)

    def say(self, what: str) -> None:
        if self._progress is not None:
            self._progress(self._done, self._total, what)

    def within(self, done: int, total: int, what: str) -> None:
        self.say(what)


class _Alike:
    """Sees to it that one kind of machine makes all numbers, unless they may be mixed."""

    def __init__(self, how: _How) -> None:
        self._mixed = how.mixed
        # What this process gathers is no part of another kind's study, in an older folder either.
        # A cluster may be of another kind than the computer that asks it, but for a baseline.
        alone = how.scheduler is None or keeps_to_baseline()
        self._first = arithmetic() if alone else ""

    def refuse_found(self, machine: str) -> None:
        """Refuse to go on with what another kind has finished."""
        self._refuse_other(
            machine,
            f"What is finished of this study was made by {machine}; what is missing, and its "
            f"tables, would now be made by {self._first}, which rounds differently.",
            "Run it as before (with or without --baseline, with the same libraries), or in a new "
            "folder",
        )

    def refuse_made(self, machine: str) -> None:
        """Refuse what a worker of another kind has made."""
        self._refuse_other(
            machine,
            "Numbers would be mixed of machines that round differently: "
            f"{self._first}; and {machine}.",
            "Let machines of one kind do all of it, in a new folder where another kind did a "
            "part; start each worker with the variables of renshaw run --baseline",
        )

    def _refuse_other(self, machine: str, what: str, hint: str) -> None:
        # What failed before it was measured, and pieces of older versions, name no machine.
        self._first = self._first or machine
        if machine and machine != self._first and not self._mixed:
            raise MixedMachinesError(
                f"{what} What was finished is kept.",
                code="study.machines",
                hint=f"{hint}; or let them be mixed (--machines any), which the study will say.",
            )


def _done(
    plan: StudyPlan,
    files: dict[str, Found],
    store: Store,
    how: _How,
    told: _Told,
) -> tuple[dict[Path, Outcome], list[Path]]:
    """Do what is not done yet; return what failed, and the files of all pieces in order."""
    failed: dict[Path, Outcome] = {}
    paths: list[Path] = []
    alike = _Alike(how)

    def missing() -> Iterator[Piece]:
        for piece in pieces_of(plan, files):
            path = store.path(piece)
            paths.append(path)
            if store.whole(path):
                alike.refuse_found(store.machine(path))
                told.add(piece, "found finished")
            else:
                yield piece

    for piece, outcome in _worked(missing(), how, told):
        alike.refuse_made(outcome.machine)
        # Tables of an earlier run don't belong to what is being made.
        store.unfinish()
        if outcome.failures:
            # Not kept, so that it is tried again; the rest of the piece counts all the same.
            failed[store.path(piece)] = outcome
        else:
            store.put(piece, outcome)
        told.add(piece)
    return failed, paths


def _worked(pieces: Iterable[Piece], how: _How, told: _Told) -> Iterator[tuple[Piece, Outcome]]:
    if how.scheduler is not None:
        from renshaw.study.workers.cluster import cluster

        return cluster(pieces, how.scheduler, told.within)
    if how.workers is not None and how.workers > 1:
        return processes(pieces, how.workers)
    return in_process(pieces, how.workers, told.within)


def _gathered(
    plan: StudyPlan,
    files: dict[str, Found],
    folder: Path,
    store: Store,
    failed: dict[Path, Outcome],
    paths: list[Path],
) -> None:
    """Write every table of the study, from its pieces."""
    # From here to the last line a crash leaves a study that is not finished.
    store.unfinish()
    gathering = Gathering(plan)
    for arm, found in files.items():
        gathering.failures += [Failure(name, arm, why) for name, why in found.refused]
    with (
        sheet(folder, "estimates", ESTIMATE_COLUMNS) as add_estimates,
        sheet(folder, "unit_means", MEAN_COLUMNS) as add_means,
    ):
        for path in paths:
            outcome = failed.get(path) or store.get(path)
            if outcome is None:
                raise DataError(f"{path} was damaged meanwhile; run the study again.")
            add_means(gathering.add(outcome))
            add_estimates(map(estimate_cells, outcome.estimates))
        add_means(gathering.rest())
    if not gathering.recordings:
        raise DataError(_nothing(gathering.failures))
    design = gathering.recording_table()
    write_table(design, folder, "recordings")
    write_table(_participants(plan, design), folder, "participants")
    write_table(gathering.exclusions(), folder, "exclusions")
    write_table(gathering.failure_table(), folder, "failures")
    write_table(dictionary_table(list(design.columns)), folder, "data_dictionary")
    _keep_plan(plan, folder / "study.toml")
    store.forget_others(set(paths))
    commit.commit(folder, _provenance(plan, design, gathering))


def _keep_plan(plan: StudyPlan, path: Path) -> None:
    """Write the study file, unless its author's own already lies there."""
    with contextlib.suppress(SettingsError):
        if load_plan(path) == plan:
            return
    write_text(path, plan_to_toml(plan))


def _nothing(failures: list[Failure]) -> str:
    first = failures[0] if failures else None
    why = f" The first: {first.recording}: {first.reason}" if first else ""
    return f"Not one recording gave numbers.{why}"


def _participants(plan: StudyPlan, design: pd.DataFrame) -> pd.DataFrame:
    """Return one row a participant and arm, with the traits of virtual ones."""
    import pandas as pd

    from renshaw.study.cohort import draw_cohort

    rows: list[dict[str, Any]] = []
    for arm in plan.arms:
        if arm.cohort is None:
            people = dict.fromkeys(design.loc[design["arm"] == arm.name, "participant"])
            rows += [{"arm": arm.name, "participant": name} for name in people]
            continue
        for who in draw_cohort(arm.cohort, plan.seed):
            traits = {name: getattr(who, name) for name in _TRAITS}
            rows.append({"arm": arm.name, "participant": who.name, **traits})
    return pd.DataFrame(rows, columns=["arm", "participant", *_TRAITS])


_TRAITS = (
    "muscle",
    "edition",
    "n_units",
    "age_years",
    "sex",
    "condition",
    "severity",
    "neuromodulation",
    "inhibition",
    "ahp_scale",
    "afferents",
)


def _provenance(plan: StudyPlan, design: pd.DataFrame, gathering: Gathering) -> dict[str, Any]:
    """Return what made the numbers: programs, seeds, and inputs with all that was read beside."""
    packages = {}
    for name in _PACKAGES:
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            continue
    real = design[~design["simulated"].astype(bool)]
    return {
        "renshaw": __version__,
        "program": code_fingerprint(),
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "packages": packages,
        "seed": plan.seed,
        "plan": fingerprint(plan_to_toml(plan)),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "recordings": len(design),
        "inputs": dict(zip(real["source"], real["fingerprint"], strict=True)),
        "machines": {name: n for name, n in gathering.machines.items() if n},
        "made_of": gathering.made_of,
    }
