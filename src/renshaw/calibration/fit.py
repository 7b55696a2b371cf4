"""`fit_person`: the parameters of the second edition, fitted to what people do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from renshaw.calibration.candidates import Candidate, FloatArray, Space, candidate, told_of
from renshaw.calibration.emulator import Emulator
from renshaw.calibration.evaluation import Evaluation, Job, Values, evaluate
from renshaw.calibration.quantities import tasks_of
from renshaw.calibration.search import design, proposals
from renshaw.calibration.store import Store
from renshaw.calibration.targets import FITTED, FitTarget, targets_in
from renshaw.calibration.workers import Workers
from renshaw.core.errors import DataError
from renshaw.core.files import given_path
from renshaw.core.received import text_of
from renshaw.core.seeds import derived_seed, stream
from renshaw.core.settings import Settings, setting
from renshaw.engine.settings import EngineSettings
from renshaw.model.muscles import MUSCLES
from renshaw.model.second_edition.table import Parameter, parsed, table_text

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, kw_only=True)
class FitSettings(Settings):
    """How long is searched, and how many seeds each candidate has."""

    muscle: str = setting("TA", "muscle that is fitted", choices=tuple(MUSCLES))
    evaluations: int = setting(
        400, "evaluations in all, those of earlier runs included", ge=1, le=1_000_000
    )
    seeds: int = setting(2, "seeds of synaptic noise in one evaluation", ge=2, le=100)
    design: int = setting(
        80, "candidates that fill the bounds before anything is proposed", ge=8, le=100_000
    )
    wave: int = setting(16, "evaluations between two fits of the emulators", ge=4, le=10_000)
    again: float = setting(
        0.25,
        "share of a wave in which the best so far are tried with other seeds, so that luck shows",
        ge=0,
        le=0.9,
    )
    checked: int = setting(
        3, "best candidates that are held against all targets, with fresh seeds", ge=1, le=100
    )
    fresh_seeds: int = setting(4, "fresh seeds of that check", ge=2, le=1000)


@dataclass(frozen=True, eq=False)
class Checked:
    """A person held against all targets with fresh seeds.

    Parameters
    ----------
    targets : tuple of FitTarget
    quantities : mapping of str to tuple of float
        Everything that was measured, one value a seed.
    means, errors : array, shape (targets,)
        Of each target's quantity.
    """

    targets: tuple[FitTarget, ...]
    quantities: dict[str, tuple[float, ...]]
    means: FloatArray
    errors: FloatArray


@dataclass(frozen=True, eq=False)
class Fit:
    """What a fit found.

    Parameters
    ----------
    settings : FitSettings
        How it was fitted.
    space : Space
    targets : tuple of FitTarget
        Those that drew the fit.
    candidates : tuple of Candidate
        All that were tried, the best first.
    emulator : Emulator
    """

    settings: FitSettings
    space: Space
    targets: tuple[FitTarget, ...]
    candidates: tuple[Candidate, ...]
    emulator: Emulator

    @property
    def best(self) -> Candidate:
        """Who explains the data best, among those that more than one batch of seeds has tried."""
        return self.tried_again[0]

    @property
    def tried_again(self) -> tuple[Candidate, ...]:
        """Candidates of more than one batch of seeds, the best first; all, if there are none."""
        again = tuple(each for each in self.candidates if each.batches > 1)
        return again or self.candidates


def fit_person(
    folder: Path,
    settings: FitSettings | None = None,
    *,
    table: Path | None = None,
    targets: Path | None = None,
    seed: int = 0,
    workers: int | None = None,
    adopt: bool = False,
    progress: Progress | None = None,
) -> Fit:
    """Fit the parameters of a muscle's pool to what people do.

    Every evaluation is written to the folder as soon as it is made; the same call goes on where an
    earlier one stopped. What is proposed depends on evaluations of earlier waves alone, so that
    numbers don't depend on the number of workers or on interruptions.

    Parameters
    ----------
    folder : Path
        Where evaluations are kept.
    settings : FitSettings, optional
    table, targets : Path, optional
        Table of parameters and file of targets, if not those of the package. A fit that goes on
        does so with the table that it began with.
    seed : int
        Of the search and of the synaptic noise.
    workers : int, optional
        Processes; as many as there are cores if not given.
    adopt : bool
        Use evaluations that other code made, after some of them, made again, were the same.
    progress : callable, optional

    Raises
    ------
    DataError
        A file that can't be used, or evaluations to adopt that today's code makes otherwise.
    """
    settings = settings or FitSettings()
    folder = given_path("fit_person", folder)
    table = None if table is None else given_path("fit_person", table)
    targets = None if targets is None else given_path("fit_person", targets)
    declared = targets_in(targets, settings.muscle)
    store = Store(folder)
    search = _Search(store, settings, _parameters(folder, table), declared, seed)
    with Workers(workers) as hands:
        if adopt:
            _adopt(store, hands, seed)
        for wave in search.waves():
            search.make(wave, hands, progress)
    return search.found()


def check(
    folder: Path,
    found: Fit,
    values: Sequence[Values],
    *,
    targets: Path | None = None,
    seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[Checked]:
    """Hold persons against all targets, held out ones too, with fresh seeds and usual steps.

    Parameters
    ----------
    folder : Path
        Where evaluations are kept.
    found : Fit
        Whose settings say for which muscle, and how many seeds.
    values : sequence of tuple
        Of the persons; an empty one stands for the first edition's.
    targets : Path, optional
    seed : int
        That of the fit: fresh seeds are none of its.
    workers, progress : optional
        As in `fit_person`.
    """
    settings = found.settings
    every = targets_in(targets, settings.muscle)
    tasks = tasks_of(each.quantity for each in every)
    store = Store(folder)
    names = [derived_seed(seed, "fresh", i) for i in range(settings.fresh_seeds)]
    # One job a pair of seeds, so that several workers share them.
    pairs = [tuple(names[i : i + 2]) for i in range(0, len(names), 2)]
    jobs = [
        [
            Job(settings.muscle, each, tasks, pair, EngineSettings(), _CHECKED_UNITS)
            for pair in pairs
        ]
        for each in values
    ]
    with Workers(workers) as hands:
        _make(store, [job for row in jobs for job in row], hands, 0, progress)
    return [_checked(every, [_known(store, job) for job in row]) for row in jobs]


# Pools as large as those of `Participant`.
_CHECKED_UNITS = 40


def _checked(targets: Sequence[FitTarget], evaluations: Sequence[Evaluation]) -> Checked:
    names = dict.fromkeys(name for each in evaluations for name in each.quantities)
    quantities = {
        name: tuple(x for each in evaluations for x in each.quantities.get(name, ()))
        for name in names
    }
    told = [told_of(target, evaluations) for target in targets]
    return Checked(
        tuple(targets), quantities, *(np.array(column) for column in zip(*told, strict=True))
    )


# The table with which a fit began: going on with another one would be another search.
_BEGAN_WITH = "start.toml"


def _parameters(folder: Path, table: Path | None) -> tuple[Parameter, ...]:
    """Return the parameters with which the fit of a folder began, or begins now.

    Raises
    ------
    DataError
        No table, or another one than the fit began with.
    """
    began = folder / _BEGAN_WITH
    text = table_text() if table is None else _text(table)
    if began.exists():
        if table is not None and text != _text(began):
            raise DataError(
                f"{folder} holds a fit that began with another table, {began}. Leave --table out "
                "to go on with it, or give another folder."
            )
        text, table = _text(began), began
    try:
        found = parsed(text)
    except ValueError as error:
        raise DataError(f"{table}: no table of parameters: {error}.") from None
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"{table}: no table of parameters as the package has one: something is missing or "
            f"wrong at {error}."
        ) from None
    began.write_text(text, encoding="utf-8")
    return found


def _text(table: Path) -> str:
    try:
        return text_of(table)
    except (OSError, ValueError) as error:
        raise DataError(f"{table}: no table of parameters: {error}.") from None


class _Search:
    """The waves of a fit; each is known when all before it have been made."""

    def __init__(
        self,
        store: Store,
        settings: FitSettings,
        parameters: Sequence[Parameter],
        targets: Sequence[FitTarget],
        seed: int,
    ) -> None:
        self.settings, self.store, self.seed = settings, store, seed
        self.targets = tuple(each for each in targets if each.role == FITTED)
        self.tasks = tasks_of(each.quantity for each in self.targets)
        lacking = [p.name for p in parameters if settings.muscle not in p.values]
        if lacking:
            raise DataError(f"The table has no {lacking[0]} for the muscle {settings.muscle}.")
        self.space = Space.of(parameters, settings.muscle)
        start = tuple((p.name, p.values[settings.muscle]) for p in parameters)
        self.start = self.space.point(start)
        self.made: dict[Values, list[Evaluation]] = {}
        self.done = 0

    def waves(self) -> Iterator[list[Job]]:
        """Yield the evaluations of one wave after the other, until there are enough."""
        chance = stream(self.seed, "fit", self.settings.muscle, "design")
        points = design(self.start, self.settings.design, chance)
        left = self.settings.evaluations
        yield [self._job(self.space.values(x)) for x in points][:left]
        while (left := self.settings.evaluations - self.done) > 0:
            yield self._proposed()[:left]

    def make(self, wave: Sequence[Job], hands: Workers, progress: Progress | None) -> None:
        """Make what is not on disk yet."""
        total = self.settings.evaluations
        told = None if progress is None else lambda done, _, what: progress(done, total, what)
        _make(self.store, wave, hands, self.done, told)
        for job in wave:
            self.made.setdefault(job.values, []).append(_known(self.store, job))
        self.done += len(wave)

    def found(self) -> Fit:
        """Return what is known so far."""
        tried = self._candidates()
        return Fit(self.settings, self.space, self.targets, tried, Emulator(self.targets, tried))

    def _candidates(self) -> tuple[Candidate, ...]:
        tried = [candidate(self.space, self.targets, each) for each in self.made.values()]
        return tuple(sorted(tried, key=lambda each: each.loss))

    def _proposed(self) -> list[Job]:
        tried = self._candidates()
        again = self._once_more(tried, round(self.settings.again * self.settings.wave))
        chance = stream(self.seed, "fit", self.settings.muscle, "wave", self.done)
        new = self.settings.wave - len(again)
        points = proposals(Emulator(self.targets, tried), tried, new, chance)
        return again + [self._job(self.space.values(x)) for x in points]

    def _once_more(self, tried: Sequence[Candidate], n: int) -> list[Job]:
        """Return other seeds for the best, those that few seeds have tried first."""
        best = sorted(tried[: 2 * n], key=lambda each: (each.batches, each.loss))[:n]
        return [self._job(each.values) for each in best]

    def _job(self, values: Values) -> Job:
        batch = len(self.made.get(values, ()))
        seeds = tuple(derived_seed(self.seed, "fit", batch, i) for i in range(self.settings.seeds))
        return Job(self.settings.muscle, values, self.tasks, seeds)


# So many evaluations of other code are made again before the others are believed.
_MADE_AGAIN = 3


def _adopt(store: Store, hands: Workers, seed: int) -> None:
    """Take over evaluations of other code, if some of them, made again, are the same."""
    others = store.of_other_code()
    if not others:
        return
    some = stream(seed, "fit", "adopt").permutation(len(others))[:_MADE_AGAIN].tolist()
    before = {others[i].job: others[i] for i in some}
    for _, again in hands.each(evaluate, list(before)):
        if not _same(again, before[again.job]):
            raise DataError(
                "Today's code makes other numbers of an evaluation that is on disk: the "
                f"{len(others)} evaluations of other code can't be adopted. Go on without them, "
                "or in another folder."
            )
    for each in others:
        store.add(each)


def _same(one: Evaluation, other: Evaluation) -> bool:
    return one.quantities.keys() == other.quantities.keys() and all(
        np.array_equal(values, other.quantities[name], equal_nan=True)
        for name, values in one.quantities.items()
    )


def _known(store: Store, job: Job) -> Evaluation:
    found = store.get(job)
    assert found is not None
    return found


def _make(
    store: Store, jobs: Sequence[Job], hands: Workers, before: int, progress: Progress | None
) -> None:
    missing = list({job.key: job for job in jobs if store.get(job) is None}.values())
    total, done = before + len(jobs), before + len(jobs) - len(missing)
    for _, evaluation in hands.each(evaluate, missing):
        store.add(evaluation)
        done += 1
        if progress is not None:
            progress(done, total, "evaluating candidates")
