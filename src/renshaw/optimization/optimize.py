"""The verb `optimize`: from a goal to a therapy, its alternatives, and the trial that tests it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.errors import SettingsError, needs
from renshaw.core.files import alone, given_path
from renshaw.core.fingerprint import fingerprint
from renshaw.core.history import History, Step
from renshaw.core.seeds import derived_seed
from renshaw.core.settings import as_python
from renshaw.core.version import __version__
from renshaw.model.participant import Participant
from renshaw.optimization.axes import axes_of, by_person
from renshaw.optimization.bench import Bench, Test
from renshaw.optimization.comparison import alternatives_of, contrasts_of
from renshaw.optimization.design import RECOMMENDED, Design
from renshaw.optimization.goal import Goal, goal_for
from renshaw.optimization.interaction import cells, interactions
from renshaw.optimization.people import People, people_of
from renshaw.optimization.rule import allowed, chosen_row, mildest_row, on_front
from renshaw.optimization.search import searched
from renshaw.optimization.therapy import ALL, ALTERNATIVES, NOTHING, UNFORESEEN, Therapy
from renshaw.optimization.trial import plans_of

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int, str], None]

_CITES = ("powers2017", "destexhe2001", "fuglevand1993", "optuna2019", "bliss1939", "stevens1961")
# On few people force is known to so much; what misses the limit by less is still promising.
_SLACK_PCT = 3.0
# Tried on all at once, where nothing of their kind has kept the limits so far.
_MORE_OF_A_KIND = 8


def optimize(
    goal: Goal | str,
    persons: Sequence[Participant] = (),
    *,
    folder: str | Path | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> Design:
    """Find the therapy that calms a cord at the smallest cost.

    Therapies are tried on a few people, the promising ones on all, and what the rule chooses, of
    each kind, on fresh people with fresh noise. Every number is a prediction of the model.

    Parameters
    ----------
    goal : Goal or str
        Or a condition in words: ``"spinal cord injury, severe"``.
    persons : sequence of Participant
        For whom, in place of the goal's cohort, e.g. persons drawn from a posterior; every second
        one is held out.
    folder : path, optional
        Where what is finished is kept: a run that was stopped goes on from there.
    workers : int
        Processes; no number depends on it. Scripts that ask for several need Python's
        ``if __name__ == "__main__":``.
    progress : callable, optional
        Called with (tests done, tests in all, what is done now).

    Returns
    -------
    Design

    Raises
    ------
    SettingsError
        An unknown condition, or an impossible goal.
    BusyError
        Another program is at work in the folder.
    OptunaMissingError
        optuna, the extra `design`, is not installed.
    """
    goal = goal_for(goal) if isinstance(goal, str) else goal
    needs("optimize", goal, Goal)
    persons = (persons,) if isinstance(persons, Participant) else persons
    for person in persons:
        needs("optimize", person, Participant)
    if workers < 1:
        raise SettingsError(f"workers = {workers}: at least one is needed.")
    place = given_path("optimize", folder) if folder is not None else None
    if place is not None:
        place.mkdir(parents=True, exist_ok=True)
    people = people_of(goal, tuple(persons))
    mine = contextlib.nullcontext() if place is None else alone(place)
    with mine, Bench(place, workers, progress) as bench:
        bench.expected = _expected(goal, people)
        trials, therapies = _tried(goal, people, bench, place)
        chosen = _chosen(goal, trials, therapies)
        return _designed(goal, people, bench, trials, chosen, tuple(persons))


def _expected(goal: Goal, people: People) -> int:
    """Return about how many tests there will be: a spasm and an effort for each person."""
    few, many, fresh = min(goal.few, len(people.search)), len(people.search), len(people.held_out)
    tried = (goal.search.therapies + 25) * few * 2
    kinds = 6
    return (
        tried
        + goal.search.promising * many * 2
        + kinds * fresh * (1 + goal.repeats)
        + 27 * many * 2
        + kinds * goal.sleepers
    )


def _tried(
    goal: Goal, people: People, bench: Bench, folder: Path | None
) -> tuple[pd.DataFrame, list[Therapy]]:
    """Return a row for every therapy tried, and the therapies."""
    few = people.search[: goal.few]

    def on(who: Sequence[Participant], some: Sequence[Therapy]) -> list[dict[str, float]]:
        what = f"{len(some)} therapies on {len(who)} people"
        table = by_person(some, who, goal, bench, what)
        return [
            axes_of(each, table[table["therapy"] == number], goal)
            for number, each in enumerate(some)
        ]

    therapies, axes = searched(
        goal, lambda some: on(few, some), folder, fingerprint(as_python(few))
    )
    therapies, axes = _each_once(therapies, axes)
    trials = _table(therapies, axes)
    queues = _queues(trials, goal)
    judged: list[int] = []
    wanted = _in_turn(queues, goal.search.promising)
    while wanted:
        found = on(people.search, [therapies[i] for i in wanted])
        for number, each in zip(wanted, found, strict=True):
            axes[number] = each
        judged += wanted
        trials = _table(therapies, axes)
        wanted = _in_turn(_without_success(queues, trials, judged, goal), _MORE_OF_A_KIND)
    trials["judged"] = np.isin(np.arange(len(trials)), judged)
    rivals = _rivals(goal, trials, therapies)
    for rival, of_rival in zip(rivals, on(people.search, rivals), strict=True):
        if rival not in therapies:
            therapies.append(rival)
            axes.append(of_rival)
        axes[therapies.index(rival)] = of_rival
        judged.append(therapies.index(rival))
    trials = _table(therapies, axes)
    trials["judged"] = np.isin(np.arange(len(trials)), judged)
    trials["allowed"] = allowed(trials, goal.rule)
    trials["front"] = False
    trials.loc[trials["judged"], "front"] = on_front(trials[trials["judged"]])
    return trials, therapies


def _each_once(
    therapies: Sequence[Therapy], axes: Sequence[dict[str, float]]
) -> tuple[list[Therapy], list[dict[str, float]]]:
    once: dict[Therapy, dict[str, float]] = {}
    for each, found in zip(therapies, axes, strict=True):
        once.setdefault(each, found)
    return list(once), list(once.values())


def _table(therapies: Sequence[Therapy], axes: Sequence[dict[str, float]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        [
            {"number": n, "kind": each.kind, "therapy": each.words(), **each.to_mapping(), **found}
            for n, (each, found) in enumerate(zip(therapies, axes, strict=True))
        ]
    )


def _queues(trials: pd.DataFrame, goal: Goal) -> dict[str, list[int]]:
    """Return the therapies of each kind in the order in which they deserve to be tried on all."""
    slack = goal.rule.replace(force_pct_min=max(0.0, goal.rule.force_pct_min - _SLACK_PCT))
    fine = allowed(trials, slack)
    return {
        str(kind): sorted(group.index, key=lambda i: (not fine[i], trials["burden"].iloc[i], i))
        for kind, group in trials.groupby("kind", sort=False)
    }


def _in_turn(queues: Mapping[str, list[int]], number: int) -> list[int]:
    """Take so many therapies off the queues, one of each kind in turn, and at least one of each."""
    number = max(number, len(queues))
    found: list[int] = []
    while len(found) < number and any(queues.values()):
        found += [queue.pop(0) for queue in queues.values() if queue]
    return sorted(found[:number])


def _without_success(
    queues: dict[str, list[int]], trials: pd.DataFrame, judged: Sequence[int], goal: Goal
) -> dict[str, list[int]]:
    """Return the queues of the kinds of which nothing that was tried on all keeps the limits.

    A few people may promise what all of them don't keep: then gentler therapies get their turn.
    """
    tried = trials.loc[list(judged)]
    kept = set(tried.loc[allowed(tried, goal.rule), "kind"])
    return {kind: queue for kind, queue in queues.items() if queue and kind not in kept}


def _rivals(goal: Goal, trials: pd.DataFrame, therapies: Sequence[Therapy]) -> list[Therapy]:
    """Return the parts of what is best, each as strong as in it, that were not tried on all yet.

    They are its hardest rivals: the treatment alone that keeps as much force.
    """
    best = _chosen(goal, trials, therapies)[RECOMMENDED]
    judged = {therapies[i] for i in trials.index[trials["judged"]]}
    return [part for part in best.alone if part not in judged]


def _chosen(goal: Goal, trials: pd.DataFrame, therapies: Sequence[Therapy]) -> dict[str, Therapy]:
    """Return the best of each kind by the rule, and the best of all."""
    judged = trials[trials["judged"]]
    untreated = float(trials.loc[trials["kind"] == NOTHING, "burden"].iloc[0])
    found = {NOTHING: Therapy()}
    for kind in ALTERNATIVES[1:]:
        mine = judged[judged["kind"] == kind]
        row = chosen_row(mine, goal.rule, untreated)
        if row is None and kind == ALL and len(mine):
            # What all of it would do is asked anyway; that it breaks limits is said beside it.
            row = mildest_row(mine, goal.rule)
        if row is not None:
            found[kind] = therapies[int(mine["number"].iloc[row])]
    row = chosen_row(judged, goal.rule, untreated)
    best = Therapy() if row is None else therapies[int(judged["number"].iloc[row])]
    return {**found, RECOMMENDED: best}


def _designed(
    goal: Goal,
    people: People,
    bench: Bench,
    trials: pd.DataFrame,
    chosen: dict[str, Therapy],
    persons: tuple[Participant, ...],
) -> Design:
    """Try what was chosen on fresh people, map interactions, sleep, and plan the trial."""
    import pandas as pd

    names, tried = list(chosen), list(chosen.values())
    fresh = by_person(
        tried,
        people.held_out,
        goal,
        bench,
        "fresh people",
        noise="held out",
        repeats=goal.repeats,
    )
    fresh.insert(0, "alternative", [names[k] for k in fresh.pop("therapy")])
    whole = chosen.get(ALL)
    found = pd.DataFrame()
    said = pd.DataFrame()
    if whole is not None:
        found = cells(whole, people.search, goal, bench)
        said = interactions(found)
    nights = _nights(goal, people, bench, chosen)
    bench.say("planning the trial")
    contrasts = contrasts_of(fresh, goal)
    return Design(
        goal=goal,
        chosen=chosen,
        trials=trials,
        alternatives=alternatives_of(chosen, trials, fresh, goal),
        contrasts=contrasts,
        fresh=fresh,
        nights=nights,
        cells=found,
        interactions=said,
        plans=plans_of(fresh, contrasts, chosen, goal),
        people=people.search,
        held_out=people.held_out,
        persons_given=bool(persons),
        warnings=people.warnings,
        history=History((_step(goal, persons),)),
    )


def _nights(goal: Goal, people: People, bench: Bench, chosen: dict[str, Therapy]) -> pd.DataFrame:
    import pandas as pd

    sleepers = people.held_out[: goal.sleepers]
    pairs = [(name, therapy, who) for name, therapy in chosen.items() for who in sleepers]
    tests = [
        Test(
            goal.night,
            therapy.given(UNFORESEEN, goal.test, goal.price),
            who,
            derived_seed(goal.seed, "night", who.name),
        )
        for _, therapy, who in pairs
    ]
    slept = bench.results(tests, "nights")
    return pd.DataFrame(
        [
            {"alternative": name, "person": who.name, **found}
            for (name, _, who), found in zip(pairs, slept, strict=True)
        ]
    )


def _step(goal: Goal, persons: tuple[Participant, ...]) -> Step:
    whom = ", persons" if persons else ""
    return Step(
        "optimize",
        f"design = rs.optimize({goal.as_python()}{whom})",
        goal.to_mapping(),
        goal.seed,
        "",
        _CITES,
        __version__,
    )
