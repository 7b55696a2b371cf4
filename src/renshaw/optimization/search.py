"""The search: therapies that are laid out, and therapies that optuna asks for, batch by batch.

A batch is asked for by a sampler that knows all batches before and nothing else, with a seed of its
own: so neither the number of workers nor an interruption changes what is asked.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from renshaw.core.errors import RenshawError
from renshaw.core.fingerprint import fingerprint
from renshaw.core.seeds import derived_seed
from renshaw.optimization.axes import AXES
from renshaw.optimization.goal import Goal
from renshaw.optimization.price import sought_drugs
from renshaw.optimization.rule import broken_limits
from renshaw.optimization.therapy import NONE, TRIGGERED, Therapy
from renshaw.study.pieces import code_fingerprint

Measure = Callable[[Sequence[Therapy]], list[dict[str, float]]]

JOURNAL = "optuna.journal"
_LEVELS = (0.25, 0.5, 0.75, 1.0)
_DOSES_pct = (2.5, 5.0, 7.5, 10.0, 15.0, 20.0, 25.0, 35.0, 50.0)
_DOSE_STEP_pct = 1.25
# Of three batches, one is of stimulation alone: as a single treatment it has most to be searched.
_ALONE_EVERY = 3


class OptunaMissingError(RenshawError):
    """optuna, the extra `design`, is not installed."""


def laid_out(goal: Goal) -> list[Therapy]:
    """Return nothing, relaxation alone and drugs alone, at several levels each."""
    search = goal.search
    found = [Therapy()]
    if search.depth_max > 0:
        found += [Therapy(depth=round(search.depth_max * level, 3)) for level in _LEVELS]
    for drug in search.drugs:
        doses = [dose for dose in _DOSES_pct if dose <= search.dose_pct_max]
        found += [Therapy(drug=drug, dose_pct=dose) for dose in doses]
    return found


def composed(
    goal: Goal, therapies: Sequence[Therapy], axes: Sequence[dict[str, float]]
) -> list[Therapy]:
    """Return combinations of what does best alone within the limits, with shares of the dose.

    Stimulation is the best there is and the best that is triggered, which costs no force.
    """
    alone = [
        (found["burden"], each)
        for each, found in zip(therapies, axes, strict=True)
        if len(each.parts) == 1 and max(broken_limits(found, goal.rule)) <= 0
    ]
    stimulated = _best(alone, lambda each: each.stimulated)
    triggered = _best(alone, lambda each: each.timing == TRIGGERED)
    relaxed = _best(alone, lambda each: each.depth > 0)
    drugged = _best(alone, lambda each: each.drug != NONE)
    made = [
        first.replace(depth=depth, drug=drugged.drug if share else NONE, dose_pct=dose)
        for first in (Therapy(), triggered, stimulated)
        for depth in (0.0, relaxed.depth)
        for share in (0.0, 1.0, 0.75, 0.5, 0.25)
        if (dose := drugged.dose_pct * share) > 0 or not share
    ]
    return [each for each in dict.fromkeys(made) if len(each.parts) > 1]


def _best(alone: Sequence[tuple[float, Therapy]], mine: Callable[[Therapy], bool]) -> Therapy:
    """Return the one with the least burden among mine; nothing where there is none."""
    some = [(burden, k) for k, (burden, each) in enumerate(alone) if mine(each)]
    return alone[min(some)[1]][1] if some else Therapy()


def searched(
    goal: Goal, measure: Measure, folder: Path | None = None, whom: str = ""
) -> tuple[list[Therapy], list[dict[str, float]]]:
    """Return all therapies that were tried, and the axes of each.

    Parameters
    ----------
    goal : Goal
    measure : callable
        Returns the axes of some therapies.
    folder : Path, optional
        Where optuna's journal is kept, which holds every finished batch.
    whom : str
        Fingerprint of the people: batches of others are not taken from the journal.
    """
    optuna = _optuna()
    therapies = laid_out(goal)
    axes = measure(therapies)
    with _quiet():
        kept = _kept(optuna, goal, folder, whom)
        known = [_trial(optuna, t, a, goal) for t, a in zip(therapies, axes, strict=True)]
        size = goal.search.batch
        for number in range(-(-goal.search.therapies // size)):
            wanted = min(size, goal.search.therapies - number * size)
            place = slice(number * size, number * size + wanted)
            batch = kept.get_trials(deepcopy=False)[place]
            if len(batch) < wanted:
                asked = _asked(optuna, goal, known, number, wanted)
                some = [_therapy(trial.params, goal) for trial in asked]
                values = measure(some)
                fresh = [
                    _trial(optuna, each, value, goal, trial)
                    for each, value, trial in zip(some, values, asked, strict=True)
                ]
                # Whoever was stopped while writing a batch finds its beginning there.
                kept.add_trials(fresh[len(batch) :])
                batch = kept.get_trials(deepcopy=False)[place]
            known += batch
            therapies += [_therapy(trial.params, goal) for trial in batch]
            axes += [dict(trial.user_attrs["axes"]) for trial in batch]
            if number == 0:
                # Now that stimulation alone has been searched.
                together = composed(goal, therapies, axes)
                found = measure(together)
                known += [_trial(optuna, t, a, goal) for t, a in zip(together, found, strict=True)]
                therapies += together
                axes += found
    return therapies, axes


def _asked(optuna: Any, goal: Goal, known: list[Any], number: int, wanted: int) -> list[Any]:
    """Return so many trials that a sampler asks for which knows the others."""
    sampler = optuna.samplers.TPESampler(
        seed=derived_seed(goal.seed, "search", number) % 2**32,
        n_startup_trials=0,
        multivariate=True,
        group=True,
        constant_liar=True,
        constraints_func=lambda trial: trial.system_attrs.get("constraints", (0.0,)),
    )
    study = optuna.create_study(directions=["minimize"] * len(AXES), sampler=sampler)
    study.add_trials(known)
    alone = number % _ALONE_EVERY == 0 and bool(goal.search.timings)
    found = []
    for k in range(wanted):
        if alone:
            timing = goal.search.timings[k % len(goal.search.timings)]
            study.enqueue_trial({"timing": timing, "relaxed": False, "drug": NONE})
        trial = study.ask()
        _suggest(trial, goal)
        found.append(trial)
    return found


def _suggest(trial: Any, goal: Goal) -> None:
    s = goal.search
    if trial.suggest_categorical("timing", [NONE, *s.timings]) != NONE:
        low, high = max(1, round(s.frequency_hz_min)), round(s.frequency_hz_max)
        trial.suggest_int("frequency_hz", low, max(low, high), log=True)
        trial.suggest_float("intensity_xmt", s.intensity_xmt_min, s.intensity_xmt_max)
    if s.depth_max > 0 and trial.suggest_categorical("relaxed", [False, True]):
        trial.suggest_float("depth", 0.0, s.depth_max)
    if s.drugs and trial.suggest_categorical("drug", [NONE, *s.drugs]) != NONE:
        trial.suggest_float("dose_pct", 0.0, s.dose_pct_max)


def _therapy(params: dict[str, Any], goal: Goal) -> Therapy:
    """Return the therapy of a trial, in numbers that a device and a person can keep to."""
    values: dict[str, Any] = {"timing": params.get("timing", NONE)}
    if "frequency_hz" in params:
        values["frequency_hz"] = float(params["frequency_hz"])
        values["intensity_xmt"] = round(params["intensity_xmt"], 2)
        values["pulse_width_ms"] = goal.search.pulse_width_ms
    if "depth" in params:
        values["depth"] = round(params["depth"], 2)
    if "dose_pct" in params:
        values["drug"] = params["drug"]
        steps = max(1, round(params["dose_pct"] / _DOSE_STEP_pct))
        values["dose_pct"] = min(steps * _DOSE_STEP_pct, goal.search.dose_pct_max)
    return Therapy(**values)


def _trial(
    optuna: Any, therapy: Therapy, axes: dict[str, float], goal: Goal, asked: Any = None
) -> Any:
    """Return a finished trial for optuna."""
    params, distributions = (
        (asked.params, asked.distributions) if asked else _as_params(optuna, therapy, goal)
    )
    return optuna.trial.create_trial(
        params=params,
        distributions=distributions,
        values=[axes[name] for name in AXES],
        user_attrs={"axes": axes, "therapy": therapy.words()},
        system_attrs={"constraints": broken_limits(axes, goal.rule)},
    )


def _as_params(optuna: Any, therapy: Therapy, goal: Goal) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return how optuna would have asked for a therapy."""
    s, d = goal.search, optuna.distributions
    params: dict[str, Any] = {"timing": therapy.timing}
    kinds: dict[str, Any] = {"timing": d.CategoricalDistribution([NONE, *s.timings])}
    if therapy.timing != NONE:
        low, high = max(1, round(s.frequency_hz_min)), round(s.frequency_hz_max)
        params |= {"frequency_hz": round(therapy.frequency_hz)}
        params |= {"intensity_xmt": therapy.intensity_xmt}
        kinds["frequency_hz"] = d.IntDistribution(low, max(low, high), log=True)
        kinds["intensity_xmt"] = d.FloatDistribution(s.intensity_xmt_min, s.intensity_xmt_max)
    if s.depth_max > 0:
        params["relaxed"] = therapy.depth > 0
        kinds["relaxed"] = d.CategoricalDistribution([False, True])
    if therapy.depth > 0:
        params["depth"], kinds["depth"] = therapy.depth, d.FloatDistribution(0.0, s.depth_max)
    if s.drugs:
        params["drug"] = therapy.drug
        kinds["drug"] = d.CategoricalDistribution([NONE, *s.drugs])
    if therapy.drug != NONE:
        params["dose_pct"] = therapy.dose_pct
        kinds["dose_pct"] = d.FloatDistribution(0.0, s.dose_pct_max)
    return params, kinds


def _kept(optuna: Any, goal: Goal, folder: Path | None, whom: str) -> Any:
    """Return the study that holds finished batches, in the folder if there is one."""
    if folder is None:
        return _study(optuna, goal, whom, None)
    path = folder / JOURNAL
    try:
        return _study(optuna, goal, whom, _journal(optuna, path))
    except (ValueError, KeyError):
        # What was measured is kept elsewhere: a damaged journal costs no more than asking again.
        path.unlink(missing_ok=True)
        return _study(optuna, goal, whom, _journal(optuna, path))


def _journal(optuna: Any, path: Path) -> Any:
    journal = optuna.storages.journal
    return optuna.storages.JournalStorage(journal.JournalFileBackend(str(path)))


def _study(optuna: Any, goal: Goal, whom: str, storage: Any) -> Any:
    return optuna.create_study(
        study_name=f"design {fingerprint(goal, whom, tuple(sought_drugs()), code_fingerprint())}",
        storage=storage,
        directions=["minimize"] * len(AXES),
        load_if_exists=True,
    )


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise OptunaMissingError(
            "Designing a therapy needs optuna: pip install 'renshaw[design]' "
            "(or: uv sync --extra design)."
        ) from None
    return optuna


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep optuna from writing to the terminal; the library never prints."""
    logger = logging.getLogger("optuna")
    before = logger.level
    logger.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            logger.setLevel(before)
