"""`plan`: how many participants, units and ramps show a change, by simulation."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from renshaw.core.history import History, Step
from renshaw.core.numbers import counted
from renshaw.core.results import Result
from renshaw.core.seeds import checked_seed
from renshaw.core.settings import settings_for
from renshaw.core.version import __version__
from renshaw.statistics.planning.diary_moments import change_moments, diary_of
from renshaw.statistics.planning.plan_settings import CLUSTER, N_OF_1, SPASMS, PlanSettings
from renshaw.statistics.planning.sample_size import Z_95, Needed, share_interval, smallest
from renshaw.statistics.planning.studies import (
    Cell,
    Studies,
    error_variance,
    gain,
    needs_participants,
    studies,
)
from renshaw.statistics.planning.verdicts import found_it, one_test

if TYPE_CHECKING:
    import pandas as pd

    from renshaw.statistics.planning.randomization import Randomization

Progress = Callable[[int, int, str], None]

COLUMNS = (
    "outcome",
    "design",
    "participants",
    "units",
    "ramps",
    "effect",
    "power",
    "power_low",
    "power_high",
    "detectable",
    "detectable_low",
    "detectable_high",
    "unit",
)
_MOST = 100_000
# Of the numbers that are needed: where the curve of power is drawn.
_AROUND = (0.4, 0.6, 0.8, 1.0, 1.25, 1.6)


class NeededPairs(NamedTuple):
    """How many pairs of periods show what a treatment does to one person.

    Parameters
    ----------
    effect : float
        This person's true change.
    pairs : int
        The fewest with the target power; the largest number that was tried where none has it.
    low, high : float
        What simulation leaves open of that number (95 %).
    bound : str
        ``""``; or ``"more than"``, where no number that was tried is enough.
    power : float
        Of so many.
    """

    effect: float
    pairs: int
    low: float
    high: float
    bound: Literal["", "more than"]
    power: float


class Checked(NamedTuple):
    """Power by `renshaw.stats.mixed_model` at a number of participants that was found.

    Parameters
    ----------
    effect : float
    participants : int
    fits : int
        How many studies were simulated row by row and fitted.
    power, low, high : float
        The share that found the change, with its Monte-Carlo interval.
    """

    effect: float
    participants: int
    fits: int
    power: float
    low: float
    high: float


@dataclass(frozen=True, eq=False, repr=False)
class Power(Result):
    """Power of planned studies.

    Parameters
    ----------
    table : DataFrame
        One row a cell: outcome, design, participants (a group, where groups are of one size),
        units, ramps, effect (true change, or ratio of rates), power with its Monte-Carlo interval
        (averaged over what is not known for sure, where the plan says what that is), detectable
        (the change, or ratio, that is found with the target power) with its interval, unit (of
        effect and detectable).
    needed : tuple of Needed
        How many participants give the target power, for each effect, units and ramps.
    settings : PlanSettings
    otherwise : tuple of (str, Needed)
        How many the first of them would take, were what is assumed otherwise, in words.
    alone : tuple of NeededPairs
        Of n-of-1: how many pairs of periods show each effect in one person.
    checked : Checked, optional
        Power by `renshaw.stats.mixed_model` itself, of studies that were simulated row by row.
    behind : tuple of str
        What the spreads rest on, in words: a pilot.
    warnings : tuple of str
        What is wrong with that.
    randomized : Randomization, optional
        The list of the trial; pages show its seal alone.
    history : History
    """

    table: pd.DataFrame
    needed: tuple[Needed, ...]
    settings: PlanSettings
    otherwise: tuple[tuple[str, Needed], ...] = ()
    alone: tuple[NeededPairs, ...] = ()
    checked: Checked | None = None
    behind: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    randomized: Randomization | None = None
    history: History = field(default_factory=History)

    def to_table(self) -> pd.DataFrame:
        """Return the table."""
        return self.table.copy()

    def __str__(self) -> str:
        return self.table.to_string(index=False)


def plan(
    settings: PlanSettings | None = None, *, seed: int = 0, progress: Progress | None = None
) -> Power:
    """Return the power of a planned study, and how many participants it takes, by simulation.

    Every simulated study is tested as `renshaw.stats.mixed_model` tests it by default, where
    participants differ in their change: in balanced data that is a t-test of participants' changes
    (paired), of two groups' changes (parallel), of the differences between treatments by sequence
    (crossover), of clusters' mean changes (cluster); with the baseline as covariate it is the
    analysis of covariance (ancova), of pairs of periods that of `renshaw.stats.n_of_1`. Spasm
    counts enter as ``log(mean a day + 0.5 / days)``. Several treatments are each compared with the
    control, their residual variance is that of all groups. A study counts where it finds a change
    of the right direction.

    Parameters
    ----------
    settings : PlanSettings, optional
    seed : int
        Each cell has a stream of its own, so that adding cells changes none.
    progress : callable, optional

    Examples
    --------
    >>> import renshaw as rs
    >>> settings = rs.PlanSettings(units=(10,), ramps=(2,), effects=(-0.5,))
    >>> needed = rs.plan(settings, seed=1).needed[0]
    >>> needed.participants
    8
    """
    import pandas as pd

    settings = settings_for("plan", settings, PlanSettings)
    seed = checked_seed(seed)
    sizes = list(itertools.product(settings.value("units"), settings.ramps))
    rows: list[dict[str, Any]] = []
    needed: list[Needed] = []
    for done, (m, r) in enumerate(sizes):
        if progress:
            progress(done, len(sizes), size_words(settings, m, r))
        found = [_needed(settings, m, r, effect, seed) for effect in settings.changes]
        needed += found
        for n in settings.participants or _curve(settings, found):
            rows += _rows(settings, Cell(n, m, r), seed)
    code = f"power = rs.plan({settings.as_python() if settings != PlanSettings() else ''}"
    code += f"{', ' if settings != PlanSettings() else ''}seed={seed})" if seed else ")"
    otherwise = _otherwise(settings, needed[0], seed)
    alone = _alone(settings, sizes[0], seed) if settings.design == N_OF_1 else ()
    step = Step("plan", code, settings.to_mapping(), seed, "", (), __version__)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return Power(table, tuple(needed), settings, otherwise, alone, history=History((step,)))


def size_words(settings: PlanSettings, units: int, ramps: int) -> str:
    """Return how many units and ramps (tests, days) a cell has."""
    if settings.outcome == SPASMS:
        return f"{counted(ramps, 'day')} of diary"
    pairs = ""
    if settings.design == N_OF_1:
        pairs = f"{counted(settings.pairs, 'pair')} of periods, "
    if not settings.of_units:
        return f"{pairs}{counted(ramps, 'test')} a {'period' if pairs else 'condition'}"
    words = pairs + counted(units, "unit")
    return words if ramps == 1 else f"{words}, {ramps} ramps"


def _otherwise(settings: PlanSettings, needed: Needed, seed: int) -> tuple[tuple[str, Needed], ...]:
    """Return how many the first would take, were what is assumed of it otherwise."""
    if needs_participants(settings) or needed.bound:
        return ()
    cases = [("the true change is a fifth smaller", settings, 0.8 * needed.effect)]
    if spread := settings.value("effect_sd"):
        wider = settings.replace(effect_sd=1.5 * spread)
        words = "people differ half as much again in their true change"
        cases.append((words, wider, needed.effect))
    if settings.design == N_OF_1 and settings.pairs <= 500:
        twice = settings.replace(pairs=2 * settings.pairs)
        cases.append((f"each has {twice.pairs} pairs of periods", twice, needed.effect))
    if settings.dropout <= 0.8 and settings.design != CLUSTER:
        fewer = settings.replace(dropout=settings.dropout + 0.1)
        more = "more " if settings.dropout else ""
        cases.append((f"10 % {more}of participants are lost", fewer, needed.effect))
    return tuple(
        (words, _needed(each, needed.units, needed.ramps, effect, seed))
        for words, each, effect in cases
    )


def _alone(settings: PlanSettings, size: tuple[int, int], seed: int) -> tuple[NeededPairs, ...]:
    """Return how many pairs of periods show each effect in one person."""
    cell, most, found = Cell(1, *size), 1000, []

    def needed(effect: float) -> NeededPairs:
        @cache
        def power(pairs: int) -> tuple[float, float, float]:
            share = _share(settings.replace(pairs=pairs), cell, seed, effect)
            return (share, *share_interval(share, settings.simulations))

        def enough(end: int, pairs: int) -> bool:
            return power(pairs)[end] >= settings.target_power

        n, surely, maybe = (
            smallest(partial(enough, end), settings.pairs, least=3, most=most) for end in range(3)
        )
        return NeededPairs(
            effect,
            n or most,
            float(maybe or most),
            math.inf if surely is None else float(surely),
            "" if n else "more than",
            power(n or most)[0],
        )

    for effect in settings.changes:
        found.append(needed(effect))
    return tuple(found)


def _most(settings: PlanSettings) -> int:
    """Return the largest number of participants that is tried."""
    step, least = settings.step, settings.least
    return least + (_MOST - least) // step * step


def _share(settings: PlanSettings, cell: Cell, seed: int, effect: float) -> float:
    """Return the share of studies that find a change of the right direction."""
    of_counts = settings.outcome == SPASMS
    found = studies(
        settings, cell, seed, ratio=effect if of_counts else 1.0, assured=settings.assured
    )
    return float(found_it(settings, found, effect).mean())


def _needed(settings: PlanSettings, m: int, r: int, effect: float, seed: int) -> Needed:
    """Return the fewest participants, and between which numbers simulation leaves them."""
    step, least, most = settings.step, settings.least, _most(settings)

    @cache
    def power(n: int) -> tuple[float, float, float]:
        share = _share(settings, Cell(n, m, r), seed, effect)
        return (share, *share_interval(share, settings.simulations))

    def enough(end: int, n: int) -> bool:
        return power(n)[end] >= settings.target_power

    start = _guess(settings, Cell(least, m, r), effect, most)
    fewest = [
        smallest(partial(enough, k), start, least=least, most=most, step=step) for k in range(3)
    ]
    n, surely, maybe = fewest
    return Needed(
        effect,
        m,
        r,
        most if n is None else n,
        float(most if maybe is None else maybe),
        math.inf if surely is None else float(surely),
        "more than" if n is None else "",
        *power(most if n is None else n),
    )


def _guess(settings: PlanSettings, cell: Cell, effect: float, most: int) -> int:
    """Return about how many participants it takes: where the search begins."""
    from scipy.stats import norm

    if settings.outcome == SPASMS:
        own = settings.value("ratio_sd_log")
        diary = diary_of(settings, cell.ramps)
        effect, variance = change_moments(diary, math.log(effect), own)
    else:
        pairs = settings.pairs if settings.design == N_OF_1 else 1
        noise = float(error_variance(settings, cell, cell.units)) / pairs
        variance = settings.value("effect_sd") ** 2 + noise
    z = float(norm.isf(settings.alpha / 2) + norm.ppf(settings.target_power))
    groups = 2.0 if settings.has_groups else 1.0
    if settings.uneven:
        shares = settings.shares
        groups = sum(shares) * (1 / shares[0] + 1 / shares[-1])
    shown = effect * gain(settings)
    size = groups * variance * (max(z, 0.0) / shown) ** 2 if shown else math.inf
    return int(min(most, size)) + 2


def _curve(settings: PlanSettings, needed: list[Needed]) -> list[int]:
    """Return numbers of participants around those that are needed, for the picture."""
    step, least = settings.step, settings.least
    roots = sorted(each.participants for each in needed if not each.bound)
    if not roots:
        roots = [each.participants for each in needed][:1]
    ends = roots[0] * _AROUND[0], roots[-1] * _AROUND[-1]
    between = np.geomspace(*ends, num=8) if len(set(roots)) > 1 else np.array(_AROUND) * roots[0]
    whole = {least + max(0, round((n - least) / step)) * step for n in [*between, *roots]}
    return sorted(n for n in whole if n <= _most(settings))


def _rows(settings: PlanSettings, cell: Cell, seed: int) -> list[dict[str, Any]]:
    """Return a row for each true change."""
    detectable = _detectable(settings, cell, seed)
    rows = []
    for effect in settings.changes:
        power = _share(settings, cell, seed, effect)
        low, high = share_interval(power, settings.simulations)
        values = (settings.outcome, settings.design, *cell, effect, power, low, high)
        rows.append(dict(zip(COLUMNS, (*values, *detectable, settings.unit), strict=True)))
    return rows


def _detectable(settings: PlanSettings, cell: Cell, seed: int) -> tuple[float, float, float]:
    """Return the change (or the ratio below 1) that is found with the target power, and its error.

    Changes can be added to studies: each is found from some change on, and that of the share that
    is aimed at is a quantile.
    """
    target, count = settings.target_power, settings.simulations
    if settings.outcome == SPASMS:
        return _detectable_ratio(settings, cell, seed)
    found = studies(settings, cell, seed, assured=settings.assured)
    reach = Z_95 * math.sqrt(target * (1 - target) / count)
    shares = [min(max(each, 0.0), 1.0) for each in (target, target - reach, target + reach)]
    if not one_test(settings):
        return _by_halves(settings, found, shares)
    from_on = (found.reach(settings.alpha) - found.estimate)[:, 0] / found.gain
    ends = np.quantile(from_on, shares, method="higher")
    return tuple(float(v) if np.isfinite(v) else math.nan for v in ends)  # type: ignore[return-value]


def _by_halves(
    settings: PlanSettings, found: Studies, shares: list[float]
) -> tuple[float, float, float]:
    """Return the changes that shares of studies find, where several tests decide."""

    def share(effect: float) -> float:
        return float(found_it(settings, found, effect).mean())

    def smallest_change(target: float) -> float:
        high = float(np.median(found.error))
        for _ in range(40):
            if share(high) >= target:
                break
            high *= 2
        else:
            return math.nan
        low = 0.0
        for _ in range(20):
            middle = (low + high) / 2
            low, high = (low, middle) if share(middle) >= target else (middle, high)
        return high

    first, second, third = (smallest_change(each) for each in shares)
    return first, second, third


def _detectable_ratio(settings: PlanSettings, cell: Cell, seed: int) -> tuple[float, float, float]:
    """Return the ratio nearest to 1 that is found with the target power, by bisection."""
    # Some twenty-five times as often as for the power of one ratio.
    few = max(100, min(1000, 150_000 // cell.participants))
    fewer = settings.replace(simulations=min(settings.simulations, few))
    target = settings.target_power
    reach = Z_95 * math.sqrt(target * (1 - target) / fewer.simulations)

    def nearest(share: float) -> float:
        low, high = 0.02, 1.0
        if _share(fewer, cell, seed, low) < share:
            return math.nan
        for _ in range(8):
            middle = math.sqrt(low * high)
            enough = _share(fewer, cell, seed, middle) >= share
            low, high = (middle, high) if enough else (low, middle)
        return low

    far, near = nearest(min(target + reach, 1.0)), nearest(target - reach)
    return nearest(target), far, near
