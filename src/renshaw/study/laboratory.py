"""A virtual laboratory: series of recordings of groups of virtual people, made in parallel.

A series is what is measured of one group in one condition: who, what they do, what is given. The
numbers don't depend on how many processes make them.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from renshaw.core.machine import cores
from renshaw.core.seeds import derived_seed, stream
from renshaw.data.estimates import Estimates
from renshaw.data.recording import Recording
from renshaw.engine.settings import EngineSettings
from renshaw.estimation import estimate
from renshaw.experiment.observation import observe
from renshaw.experiment.reflexes import ReflexSettings
from renshaw.experiment.simulate import Trial, simulate_many
from renshaw.interventions import Intervention
from renshaw.model.participant import Participant
from renshaw.protocols import Protocol, Ramp
from renshaw.study.impaled import impaled_rows
from renshaw.study.population import Population, population_of
from renshaw.study.reflexed import reflex_rows

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]
T = TypeVar("T")
Progress = Callable[[int, int, str], None]

# People whose recordings are made side by side: enough to fill vectors, few enough to share work.
_SIDE_BY_SIDE = 4
KEPT_COLUMNS = ("unit", "quantity", "value", "bound", "ok")


@dataclass(frozen=True)
class Series:
    """What is measured of a group in a condition.

    Parameters
    ----------
    name : str
        Of the series, unique.
    people : int
    protocol : Protocol
    traits : tuple of (str, value)
        Settings of `Participant` that all people share: muscle, age, condition.
    given : tuple of Intervention
    trials : int
        Recordings of each person.
    session : int
        People are not quite the same in another session, and nor is their noise.
    group : str
        Series of the same group are of the same people.
    observed : bool
        Whether only those units are seen that surface electrodes see.
    impaled : bool
        Whether nothing is recorded, and an electrode is put into the motoneurons instead.
    reflexes : tuple of ReflexSettings
        Reflex tests that are done instead of recordings.
    """

    name: str
    people: int
    protocol: Protocol = field(default_factory=Ramp)
    traits: tuple[tuple[str, Any], ...] = ()
    given: tuple[Intervention, ...] = ()
    trials: int = 2
    session: int = 1
    group: str = ""
    observed: bool = True
    impaled: bool = False
    reflexes: tuple[ReflexSettings, ...] = ()


def people_of(series: Series, seed: int, population: Population | None = None) -> list[Participant]:
    """Return the people of a series, drawn so that together they represent who they stand for.

    Each trait is drawn once from each of as many equal slices of its distribution as there are
    people (Latin hypercube; McKay et al. 1979, doi:10.1080/00401706.1979.10489755), because a
    handful drawn freely may be weak or strong by chance.

    Parameters
    ----------
    series : Series
    seed : int
    population : Population, optional
        How they differ; as the people of their edition do if not given.
    """
    group = series.group or series.name
    traits = _stratified(series.people, 4, stream(seed, group))
    sessions = _stratified(series.people, 1, stream(seed, group, "session", series.session))[:, 0]
    typical = Participant(**dict(series.traits))
    spread = population or population_of(typical.edition)
    return [
        spread.person(typical, traits[k], float(sessions[k])).replace(name=f"{group} {k + 1}")
        for k in range(series.people)
    ]


def _stratified(people: int, traits: int, chance: np.random.Generator) -> FloatArray:
    """Return normal deviates, shape (people, traits), one from each slice of the distribution."""
    from scipy.special import ndtri

    slices = np.argsort(chance.random((people, traits)), axis=0)
    return np.asarray(ndtri((slices + chance.random((people, traits))) / people), dtype=float)


def recorded(
    series: Series,
    people: range,
    seed: int,
    population: Population | None,
    engine: EngineSettings | None = None,
) -> Iterator[tuple[int, int, Recording]]:
    """Yield person, trial and recording of some people of a series, as electrodes see it.

    Parameters
    ----------
    series : Series
    people : range
        Which of its people, counted from 0.
    seed : int
    population : Population
    engine : EngineSettings, optional
        How motoneurons are integrated.
    """
    who = people_of(series, seed, population)
    trials = [
        Trial(
            who[k], series.protocol, series.given, _noise(series, k, number, seed), f"{k} {number}"
        )
        for k in people
        for number in range(series.trials)
    ]
    for recording in simulate_many(trials, engine=engine, threads=1):
        k, number = map(int, recording.name.split())
        yield k, number, observe(recording, seed=seed) if series.observed else recording


def measured(
    series: Series,
    people: range,
    seed: int,
    population: Population | None,
    engine: EngineSettings | None = None,
) -> pd.DataFrame:
    """Return the estimates of some people of a series.

    Returns
    -------
    DataFrame
        Columns series, participant (number), trial, unit, quantity, value, bound, ok; and quantity
        ``effort`` (% of the largest drive; highest of the trial, from the truth).
    """
    import pandas as pd

    if series.impaled:
        who = people_of(series, seed, population)
        cells = [impaled_rows(who[k]).assign(participant=k) for k in people]
        return pd.concat(cells, ignore_index=True).assign(series=series.name, trial=0)
    if series.reflexes:
        who = people_of(series, seed, population)
        tests = [
            reflex_rows(
                who[k], series.reflexes, series.given, _noise(series, k, 0, seed), engine
            ).assign(participant=k)
            for k in people
        ]
        return pd.concat(tests, ignore_index=True).assign(series=series.name, trial=0)
    tables = []
    for k, number, recording in recorded(series, people, seed, population, engine):
        table = _plain(estimate(recording))
        if recording.truth is not None:
            effort = float(recording.truth.signals["effort"].values.max())
            row = pd.DataFrame([(0, "effort", effort, "exact", True)], columns=list(KEPT_COLUMNS))
            table = pd.concat([table, row], ignore_index=True)
        tables.append(table.assign(series=series.name, participant=k, trial=number))
    return pd.concat(tables, ignore_index=True)


def _noise(series: Series, k: int, number: int, seed: int) -> int:
    # The same in every condition of a session: what differs between conditions is the condition.
    return derived_seed(seed, series.group or series.name, k, "noise", series.session, number)


def _plain(estimates: Estimates) -> pd.DataFrame:
    return estimates.to_table()[list(KEPT_COLUMNS)].reset_index(drop=True)


def measure_all(
    series: Sequence[Series],
    *,
    seed: int = 0,
    population: Population | None = None,
    work: Callable[[Series, range, int, Population | None], pd.DataFrame] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Return the estimates of all series, made by several processes.

    Parameters
    ----------
    series : sequence of Series
    seed : int
    population : Population, optional
    work : callable, optional
        How a few people of a series are measured; `measured` if not given.
    workers : int, optional
        As many as there are cores if not given; the numbers don't depend on it.
    progress : callable, optional
    """
    import pandas as pd

    tables = in_pieces(
        work or measured,
        series,
        seed=seed,
        population=population,
        workers=workers,
        progress=progress,
    )
    return pd.concat(tables, ignore_index=True)


def in_pieces(
    work: Callable[[Series, range, int, Population | None], T],
    series: Sequence[Series],
    *,
    seed: int = 0,
    population: Population | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[T]:
    """Return what is made of a few people of each series at a time, by several processes.

    Parameters
    ----------
    work : callable
        ``work(series, people, seed, population)``, which other processes can import.
    series : sequence of Series
    seed : int
    population : Population, optional
    workers : int, optional
        As many as there are cores if not given; the numbers don't depend on it.
    progress : callable, optional
    """
    pieces = list(_pieces(series))
    found: dict[int, T] = {}
    workers = workers or cores()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(pieces)), mp_context=context) as pool:
        waiting: dict[Future[T], int] = {
            pool.submit(work, each, people, seed, population): number
            for number, (each, people) in enumerate(pieces)
        }
        try:
            for done, future in enumerate(as_completed(waiting), start=1):
                number = waiting[future]
                found[number] = future.result()
                if progress is not None:
                    progress(done, len(pieces), pieces[number][0].name)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [found[number] for number in sorted(found)]


def _pieces(series: Sequence[Series]) -> Iterator[tuple[Series, range]]:
    for each in series:
        for first in range(0, each.people, _SIDE_BY_SIDE):
            yield each, range(first, min(each.people, first + _SIDE_BY_SIDE))
