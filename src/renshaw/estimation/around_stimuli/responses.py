"""The responses of one unit, or of all together: the stretches most unlike usual firing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.estimation.around_stimuli.chance import locked, moved
from renshaw.estimation.around_stimuli.firing import spells_of, usual_interval_s, while_firing
from renshaw.estimation.around_stimuli.histograms import (
    Discharges,
    discharges_around,
    edges_of,
    frequencygram,
    histogram,
)
from renshaw.estimation.around_stimuli.scan import (
    EXCITATION,
    INHIBITION,
    Stretch,
    begins_before,
    most_unlike,
)
from renshaw.estimation.around_stimuli.settings import PeristimulusSettings

STEADY = "the stimuli and the unit are both too steady: their phases keep, and chance can't be told"
TOO_FEW = "too few discharges around stimuli that come while it fires"
ECHO = "a trough after a peak: as likely the unit's own refractoriness as inhibition"
REBOUND = "a peak after a trough, at rates no higher than usual: discharges that inhibition delayed"
CHANCE = "no larger than by chance"
TIED = "it is tied to the stimuli before a response can begin"
EARLY = "it begins before responses are looked for"
# Before a response can begin, firing is tied to stimuli if so few sets of moved ones do as much:
# few, for every unit that stimuli do something to is asked.
_TIED = 0.01
# Of two means, the larger is larger if it is by so many standard errors (one in twenty by chance).
_FASTER = 1.645
_FEWEST_STIMULI = 10
# Sets of resampled stimuli that tell when a response may begin, and the interval that they tell.
_RESAMPLED, _INTERVAL = 199, (2.5, 97.5)
# Progress is told once for so many sets of stimuli.
_SETS_A_STEP = 50


@dataclass(frozen=True)
class Group:
    """Units whose discharges are looked at together: one, or all (number 0)."""

    number: int
    label: str
    trains: Sequence[FloatArray]
    flag: str = ""

    @property
    def together(self) -> FloatArray:
        if len(self.trains) == 1:
            return self.trains[0]
        return np.sort(np.concatenate(self.trains)) if self.trains else np.zeros(0)


class Measured(NamedTuple):
    """Counts (PSTH, pps) and rates (PSF, pps) of a group, and its two rows."""

    counts_pps: FloatArray
    rates_pps: FloatArray
    rows: list[dict[str, object]]


@dataclass(frozen=True)
class _Seen:
    """What is counted of a group around stimuli."""

    around: Discharges
    stimuli: int
    counts: FloatArray
    # The first bin after the stimulus, and the first in which responses are looked for.
    zero: int
    first: int

    @property
    def usual(self) -> float:
        return float(self.counts[: self.zero].mean())


def responses_of(
    group: Group,
    stimuli_s: FloatArray,
    settings: PeristimulusSettings,
    chance: np.random.Generator,
    tick_s: float,
    step: Callable[[], None],
) -> Measured:
    """Return what stimuli do to a group; `step` is called once for fifty sets of moved stimuli."""
    edges_ms = edges_of(settings)
    together, before_s = group.together, settings.before_ms / 1000
    spells = spells_of(together)
    heard_s = stimuli_s[while_firing(spells, stimuli_s, before_s)]
    around = discharges_around(group.trains, heard_s, edges_ms)
    counts = np.bincount(around.bins, minlength=len(edges_ms) - 1).astype(float)
    zero = int(np.sum(edges_ms[:-1] < 0))
    seen = _Seen(around, len(heard_s), counts, zero, int(np.sum(edges_ms[:-1] < settings.first_ms)))
    enough = (
        counts[:zero].sum() >= settings.discharges_min
        and len(heard_s) >= _FEWEST_STIMULI
        and not group.flag
    )
    found, early = _most_unlike(seen.counts, seen.zero, seen.first)
    larger, sooner = {EXCITATION: 0, INHIBITION: 0}, 0
    for number in range(settings.moved):
        if number % _SETS_A_STEP == 0:
            step()
        if not enough:
            continue
        most_s = (settings.before_ms + settings.last_ms) / 1000
        other_s = moved(stimuli_s, chance, tick_s, most_s)
        other_s = other_s[while_firing(spells, other_s, before_s)]
        by_chance, elsewhere = _most_unlike(
            histogram(together, other_s, edges_ms), seen.zero, seen.first
        )
        sooner += elsewhere >= early
        for direction in larger:
            larger[direction] += by_chance[direction].ratio >= found[direction].ratio
    p = {
        direction: (1 + larger[direction]) / (1 + settings.moved) if enough else float("nan")
        for direction in larger
    }
    # Of few sets, none may do as much.
    tied = enough and (sooner == 0 or (1 + sooner) / (1 + settings.moved) <= _TIED)
    steady = enough and any(locked(train, stimuli_s) for train in group.trains)
    rows = []
    for direction in (EXCITATION, INHIBITION):
        reason = ""
        if group.flag:
            reason = group.flag
        elif not enough:
            reason = TOO_FEW
        elif steady:
            reason = STEADY
        elif p[direction] > settings.alpha:
            reason = f"{CHANCE} (p = {p[direction]:.2g})"
        elif tied or early >= found[direction].ratio:
            reason = TIED
        else:
            reason = _doubt(direction, found, p, group, seen, settings)
        rows.append(
            {
                "unit": group.number,
                "label": group.label,
                "direction": direction,
                **_sizes(seen, found[direction], settings),
                **_interval(seen, direction, found[direction], settings, chance, ok=not reason),
                "p": p[direction],
                "ok": not reason,
                "reason": reason,
            }
        )
    per_pps = max(len(heard_s), 1) * settings.bin_ms / 1000
    return Measured(counts / per_pps, frequencygram(around, len(counts)), rows)


def _most_unlike(counts: FloatArray, zero: int, first: int) -> tuple[dict[str, Stretch], float]:
    """Return the largest responses, and how unlike chance firing is before any can begin."""
    usual = float(counts[:zero].mean())
    early = most_unlike(counts[:first], usual)
    return most_unlike(counts[first:], usual), max(each.ratio for each in early.values())


def _doubt(
    direction: str,
    found: dict[str, Stretch],
    p: dict[str, float],
    group: Group,
    seen: _Seen,
    settings: PeristimulusSettings,
) -> str:
    """Return why what chance does not do may be no response all the same."""
    this = found[direction]
    other = INHIBITION if direction == EXCITATION else EXCITATION
    if begins_before(seen.counts, seen.usual, seen.first, this):
        return EARLY
    own_s = [usual_interval_s(train) for train in group.trains if len(train) > 1]
    interval = 1000.0 * float(np.median(own_s)) / settings.bin_ms if own_s else 0.0
    after = 0 <= this.first - found[other].last <= interval and p[other] <= settings.alpha
    if after and direction == INHIBITION:
        return ECHO
    if after and not _faster(seen, this):
        return REBOUND
    return ""


def _faster(seen: _Seen, this: Stretch) -> bool:
    """Return whether units discharge at higher rates within a stretch than before stimuli."""
    inside, before = _rates(seen, this), _rates_before(seen)
    if len(inside) < 2 or len(before) < 2:
        return False
    error = np.sqrt(inside.var(ddof=1) / len(inside) + before.var(ddof=1) / len(before))
    return bool(inside.mean() - before.mean() > _FASTER * error)


def _rates(seen: _Seen, this: Stretch) -> FloatArray:
    at = seen.around.bins - seen.first
    rates = seen.around.rates_pps[(at >= this.first) & (at < this.last)]
    return np.asarray(rates[np.isfinite(rates)])


def _rates_before(seen: _Seen) -> FloatArray:
    rates = seen.around.rates_pps[seen.around.bins < seen.zero]
    return np.asarray(rates[np.isfinite(rates)])


def _sizes(seen: _Seen, this: Stretch, settings: PeristimulusSettings) -> dict[str, object]:
    length = this.last - this.first
    off = seen.counts[seen.first :][this.first : this.last].sum() - seen.usual * length
    stimuli = max(seen.stimuli, 1)
    return {
        "onset_ms": _time_ms(seen, this.first, settings),
        "duration_ms": float(length * settings.bin_ms),
        "discharges_per_stimulus": abs(float(off)) / stimuli,
        "rate_change_pps": _mean(_rates(seen, this)) - _mean(_rates_before(seen)),
        "usual_pps": seen.usual / stimuli / (settings.bin_ms / 1000),
        "stimuli": seen.stimuli,
    }


def _interval(
    seen: _Seen,
    direction: str,
    this: Stretch,
    settings: PeristimulusSettings,
    chance: np.random.Generator,
    *,
    ok: bool,
) -> dict[str, float]:
    """Return between which times a response may begin, told by resampled stimuli."""
    if not ok:
        return {"onset_low_ms": float("nan"), "onset_high_ms": float("nan")}
    begins = []
    for _ in range(_RESAMPLED):
        weight = chance.multinomial(seen.stimuli, np.full(seen.stimuli, 1 / seen.stimuli))
        counts = np.bincount(
            seen.around.bins, weight[seen.around.stimuli], minlength=len(seen.counts)
        ).astype(float)
        usual = float(counts[: seen.zero].mean())
        found = most_unlike(counts[seen.first :], usual, (this.first, this.last))[direction]
        begins.append(found.first)
    low, high = np.percentile(begins, _INTERVAL, method="inverted_cdf")
    return {
        "onset_low_ms": _time_ms(seen, int(low), settings),
        "onset_high_ms": _time_ms(seen, int(high), settings),
    }


def _time_ms(seen: _Seen, at: int, settings: PeristimulusSettings) -> float:
    return float((seen.first - seen.zero + at) * settings.bin_ms)


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if len(values) else float("nan")
