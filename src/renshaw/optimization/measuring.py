"""What one test of some people gives: a spasm, a maximal effort, or a night."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.settings import Settings
from renshaw.engine.run import EngineSettings
from renshaw.experiment.maximal import MaximalEffort, largest_torques, mvc_force
from renshaw.experiment.night import night
from renshaw.experiment.sleeper import NightSettings
from renshaw.experiment.tracking import (
    Part,
    Performance,
    TORQUE_hz,
    TorqueTrackingSettings,
    imposed_drive,
    perform,
)
from renshaw.experiment.trial import edited
from renshaw.interventions import Intervention
from renshaw.model.participant import Participant
from renshaw.muscle.twitches import Twitches
from renshaw.protocols import SpasmTest

FloatArray = NDArray[np.float64]
Numbers = dict[str, float]

# People side by side: enough to fill vectors, few enough to share work. No number depends on it.
SIDE_BY_SIDE = 8
# A spasm is over after this much silence of all motoneurons (as `rs.estimate` has it).
SILENCE_s: float = 1.0
# By then a reflex has faded to a twentieth.
_DECAYS = 3.0


@dataclass(frozen=True, eq=False)
class Job:
    """Some people doing the same under the same interventions.

    Parameters
    ----------
    task : SpasmTest, MaximalEffort or NightSettings
    given : tuple of Intervention
    people : tuple of Participant
    seeds : tuple of int
        Of the noise, one a person.
    """

    task: Settings
    given: tuple[Intervention, ...]
    people: tuple[Participant, ...]
    seeds: tuple[int, ...]


def measured(job: Job) -> list[Numbers]:
    """Return what was measured of each person.

    Of a spasm test: ``burden`` (torque of involuntary firing over time, % MVC s, from the end of
    the input until silence), ``duration_s`` (until the last discharge), ``stimulated_s`` (in
    triggered bouts). Of a maximal effort: ``force_pct`` (of the untreated person's). Of a night:
    the numbers of `Night.measures`, and ``burden_per_hour``.
    """
    if isinstance(job.task, SpasmTest):
        return _spasms(job, job.task)
    if isinstance(job.task, MaximalEffort):
        return _forces(job)
    assert isinstance(job.task, NightSettings)
    settings = job.task
    return [_night(w, job.given, settings, s) for w, s in zip(job.people, job.seeds, strict=True)]


def _forces(job: Job) -> list[Numbers]:
    engine = EngineSettings()
    parts = []
    for who in job.people:
        person, protocol = edited(who, MaximalEffort(), job.given)
        force = mvc_force(who.untreated, engine=engine)
        parts.append(Part(person.pool, person.cord, protocol, force, 0))
    return [{"force_pct": pct} for pct in largest_torques(parts, engine, threads=1)]


def _night(
    who: Participant, given: Sequence[Intervention], settings: NightSettings, seed: int
) -> Numbers:
    slept = night(who, given, settings, seed=seed, threads=1)
    burden = sum(spasm.torque_integral_pct_mvc_s for spasm in slept.spasms)
    return {**slept.measures(), "burden_per_hour": burden / settings.hours}


def _spasms(job: Job, test: SpasmTest) -> list[Numbers]:
    engine = EngineSettings()
    parts = [
        _part(who, test, job.given, seed, engine)
        for who, seed in zip(job.people, job.seeds, strict=True)
    ]
    ends = [_End(part, test) for part in parts]

    def all_over(now_s: float, fired: Sequence[Sequence[FloatArray]]) -> bool:
        over = [end.after(now_s, spikes) for end, spikes in zip(ends, fired, strict=True)]
        return all(over)

    done = perform(parts, TorqueTrackingSettings(), engine, threads=1, until=all_over)
    return [
        _spasm(part, each, end, test) for part, each, end in zip(parts, done, ends, strict=True)
    ]


def _part(
    who: Participant,
    test: SpasmTest,
    given: Sequence[Intervention],
    seed: int,
    engine: EngineSettings,
) -> Part:
    person, protocol = edited(who, test, given)
    part = Part(person.pool, person.cord, protocol, mvc_force(who.untreated, engine=engine), seed)
    return replace(part, learned=imposed_drive(part, engine))


class _End:
    """When a person's spasm is over: the first long silence after the input is no longer felt."""

    def __init__(self, part: Part, test: SpasmTest) -> None:
        given_s = test.rest_before_s + test.input_s
        self.last_s = given_s
        self.at_s: float | None = None
        self._felt_until_s = given_s + _DECAYS * part.cord.afferent_decay_s

    def after(self, now_s: float, spikes_s: Sequence[FloatArray]) -> bool:
        """Take in what was fired up to now; return whether it is over."""
        if self.at_s is None:
            latest = max((float(t[-1]) for t in spikes_s if len(t)), default=0.0)
            self.last_s = max(self.last_s, latest)
            if now_s - max(self.last_s, self._felt_until_s) >= SILENCE_s:
                self.at_s = now_s
        return self.at_s is not None


def _spasm(part: Part, done: Performance, end: _End, test: SpasmTest) -> Numbers:
    given_s = test.rest_before_s + test.input_s
    until_s = test.duration_s if end.at_s is None else end.at_s
    # The agonist's torque alone: what the antagonist pulls does not make a spasm less.
    force = Twitches(part.pool, 1 / TORQUE_hz).advance(
        [np.asarray(t) for t in done.response.spikes_s], round(until_s * TORQUE_hz)
    )
    after = 100.0 * force[round(given_s * TORQUE_hz) :] / part.mvc_force
    bouts: list[Any] = [event for event in done.events if event.onset_s < until_s]
    return {
        "burden": float(after.sum() / TORQUE_hz),
        "duration_s": end.last_s - given_s,
        "stimulated_s": float(sum(bout.duration_s for bout in bouts)),
    }
