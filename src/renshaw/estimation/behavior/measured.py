"""The verb `firing`: how the units of a recording fire, in numbers that people and models share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from renshaw.core.errors import needs
from renshaw.core.seeds import checked_seed, stream
from renshaw.core.settings import settings_for
from renshaw.data.arrays import FloatArray
from renshaw.data.motor_units import MotorUnits
from renshaw.data.reasons import NO_REASONS, Cause, Reasons
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.estimation.behavior.catalog import FIRING_QUANTITIES, band_name
from renshaw.estimation.behavior.coherence import BANDS_hz, Coherence, coherence_of
from renshaw.estimation.behavior.common_input import common_input_strength, mean_of_pairs
from renshaw.estimation.behavior.holds import Hold, hold_of
from renshaw.estimation.behavior.hysteresis import median_hysteresis, share_below_pct
from renshaw.estimation.behavior.rates import QUARTERS
from renshaw.estimation.behavior.settings import FiringSettings
from renshaw.estimation.behavior.steadiness import mean_torque, torque_cov_pct
from renshaw.estimation.behavior.units import FiringUnits, units_of
from renshaw.estimation.contractions.contractions import contractions
from renshaw.estimation.estimate import rows_of
from renshaw.estimation.recorded import usable_torque
from renshaw.estimation.settings import EstimateSettings
from renshaw.estimation.settings import rules as rules_named
from renshaw.estimation.smoothing import smoothed_rates

if TYPE_CHECKING:
    import pandas as pd

# Fewer units make no correlation and no median worth a verdict.
_FEWEST_FOR_R, _FEWEST_FOR_MEDIAN = 5, 3

FEW_UNITS = Cause(
    "firing_few_units",
    "only {} of the units count, at least {} are needed",
    name="too few units count",
)
_NOBODY_KNOWN = Cause(
    "firing_unknown",
    "known of {} of the units that count, at least {} are needed",
    name="known of too few units",
)
_SHORT = Cause("coherence_short", "the hold is too short, or fewer than {} units fire in it")
_UNMEASURED = Cause("hold_unmeasured", "torque was not measured throughout the hold")
_SAME = Cause("firing_constant", "it is the same in all units")


@dataclass(frozen=True)
class FiringValue:
    """One number about how units fire.

    Parameters
    ----------
    name : str
        As in `FIRING_QUANTITIES`.
    value : float
        NaN where it can't be computed.
    error : float
        Standard error, over units (of coherence, over time); NaN where it is not known.
    n : int
        How many units it rests on.
    reasons : Reasons
        Why it can't be computed; nothing where it can.
    """

    name: str
    value: float
    error: float = np.nan
    n: int = 0
    reasons: Reasons = NO_REASONS


@dataclass(frozen=True, eq=False)
class ContractionFiring:
    """How the units of one contraction fire.

    Parameters
    ----------
    values : mapping of str to FiringValue
    units : FiringUnits
    hold : Hold or None
    coherence : Coherence or None
    """

    values: dict[str, FiringValue]
    units: FiringUnits
    hold: Hold | None
    coherence: Coherence | None


@dataclass(frozen=True, eq=False)
class Firing:
    """How the units of a recording fire.

    Parameters
    ----------
    found : mapping of str to FiringValue
        Means over contractions, where there are several.
    contractions : tuple of ContractionFiring
    """

    found: dict[str, FiringValue]
    contractions: tuple[ContractionFiring, ...]

    def __getitem__(self, name: str) -> FiringValue:
        return self.found[name]

    @property
    def values(self) -> dict[str, float]:
        """The numbers alone, NaN where one can't be computed."""
        return {name: each.value for name, each in self.found.items()}

    def to_table(self) -> pd.DataFrame:
        """Return one row a quantity: quantity, value, error, n, units, reason."""
        import pandas as pd

        rows = [
            (x.name, x.value, x.error, x.n, FIRING_QUANTITIES[x.name].unit, str(x.reasons))
            for x in self.found.values()
        ]
        return pd.DataFrame(rows, columns=["quantity", "value", "error", "n", "units", "reason"])


def firing_of(
    trains_s: Sequence[ArrayLike],
    torque_pct_mvc: ArrayLike,
    fs_hz: float,
    settings: FiringSettings | None = None,
    *,
    rules: EstimateSettings | str = "renshaw",
    seed: int = 0,
) -> Firing:
    """Measure how units fire, from plain arrays: those of people or of a simulation.

    Parameters
    ----------
    trains_s : sequence of arrays
        Discharge times, one array a unit; time 0 is the first sample of the torque.
    torque_pct_mvc : array, shape (samples,)
        Upward, 0 at rest.
    fs_hz : float
        Sampling rate of the torque.
    settings : FiringSettings, optional
    rules : EstimateSettings or str
        By which thresholds, rates and ΔF are estimated.
    seed : int
        Of splits and resamples.
    """
    torque = Signal(np.asarray(torque_pct_mvc, dtype=float), fs_hz, "% MVC")
    trains = tuple(np.asarray(times, dtype=float) for times in trains_s)
    units = MotorUnits(trains, (0.0, torque.end_s))
    return firing(Recording(units, {"torque": torque}), settings, rules=rules, seed=seed)


def firing(
    recording: Recording,
    settings: FiringSettings | None = None,
    *,
    rules: EstimateSettings | str = "renshaw",
    seed: int = 0,
) -> Firing:
    """Measure how the units of a recording fire in a contraction by will.

    Thresholds, rates where units are recruited and stop, and ΔF are those of `estimate`. Several
    contractions are measured each by itself; numbers are means over them.

    Parameters
    ----------
    recording : Recording
        Torque in % MVC, 0 at rest, upward.
    settings : FiringSettings, optional
    rules : EstimateSettings or str
        Or the name of a rule set.
    seed : int
        Of splits and resamples.

    Returns
    -------
    Firing
        Every quantity of `FIRING_QUANTITIES`; NaN and the reason where it can't be computed.

    Examples
    --------
    >>> import numpy as np, renshaw as rs
    >>> torque = np.interp(np.arange(0, 30, 0.01), [2, 7, 22, 27], [0, 20, 20, 0])
    >>> trains = [np.arange(7 - k, 21 + k, 0.09 + k / 100) for k in (1, 2, 3)]
    >>> found = rs.estimation.firing_of(trains, torque, 100)
    >>> round(found["rate_hold"].value, 1), str(found["coherence_1_5"].reasons)[:28]
    (9.1, 'only 3 of the units count, a')
    """
    needs("firing", recording, Recording, made_by="rs.read")
    settings = settings_for("firing", settings, FiringSettings)
    chosen = rules_named(rules) if isinstance(rules, str) else rules
    seed = checked_seed(seed)
    parts = contractions(recording, chosen.contractions).parts()
    # Each part is one contraction: nobody looks for more in it.
    whole = chosen.replace(contractions=chosen.contractions.replace(find="never"))
    each = tuple(_of_one(part, settings, whole, seed) for part in parts)
    return Firing(_over(each), each)


def _of_one(
    recording: Recording, settings: FiringSettings, rules: EstimateSettings, seed: int
) -> ContractionFiring:
    torque, lacking = usable_torque(recording)
    hold, no_hold = (None, lacking) if torque is None else hold_of(torque, settings)
    smoothed = smoothed_rates(recording.units, rules.smoothing)
    rows = rows_of(recording, rules, smoothed)
    units = units_of(recording, rows, smoothed, hold, settings, rules)
    measure = _Measure(units, settings, seed)
    found = [*_regularity(measure, no_hold), *_thresholds(measure), *_by_quarter(measure, no_hold)]
    found += [*_whole_rates(measure, no_hold), *_delta_f(measure)]
    trains = [recording.units[i] for i in np.flatnonzero(units.counts).tolist()]
    coherence = None
    if hold is not None:
        span_s = (hold.start_s, hold.end_s)
        coherence = coherence_of(trains, span_s, settings, seed=seed)
    found += _steadiness(torque, hold, no_hold)
    found += _common_input(measure, trains, hold, coherence, no_hold)
    by_name = {each.name: each for each in found}
    values = {name: by_name[name] for name in FIRING_QUANTITIES}
    return ContractionFiring(values, units, hold, coherence)


def _steadiness(
    torque: Signal | None, hold: Hold | None, no_hold: Reasons
) -> Iterator[FiringValue]:
    if torque is None or hold is None:
        yield from (FiringValue(x, np.nan, reasons=no_hold) for x in ("torque_fall", "torque_cov"))
        return
    fall = mean_torque(torque, hold.early_s) - mean_torque(torque, hold.late_s)
    cov = torque_cov_pct(torque, (hold.start_s, hold.end_s))
    for name, value in (("torque_fall", fall), ("torque_cov", cov)):
        why = NO_REASONS if np.isfinite(value) else _UNMEASURED()
        yield FiringValue(name, value, reasons=why)


Statistic = Callable[..., float]


class _Measure:
    """Statistics of the units that count, with their standard errors or why there is none."""

    def __init__(self, units: FiringUnits, settings: FiringSettings, seed: int) -> None:
        self.units, self.settings, self._seed = units, settings, seed
        self.counted = int(units.counts.sum())

    def mean(self, name: str, values: FloatArray, why: Reasons) -> FiringValue:
        """Return the mean of what is known, of how many units ever."""
        known = values[np.isfinite(values)]
        if not len(known):
            return self.refused(name, why, 0, 1)
        error = float(np.std(known, ddof=1) / np.sqrt(len(known))) if len(known) > 1 else np.nan
        return FiringValue(name, float(known.mean()), error, len(known))

    def statistic(
        self,
        name: str,
        statistic: Statistic,
        columns: Sequence[FloatArray],
        why: Reasons,
        fewest: int,
    ) -> FiringValue:
        """Return a statistic of columns of units, resampled for its error."""
        known = np.isfinite(np.array(columns)).all(axis=0)
        some = [column[known] for column in columns]
        n = int(known.sum())
        if n < fewest:
            return self.refused(name, why, n, fewest)
        value = statistic(*some)
        if not np.isfinite(value):
            return FiringValue(name, np.nan, n=n, reasons=_SAME())
        return FiringValue(name, value, self.error(name, n, lambda i: statistic(*_at(some, i))), n)

    def error(self, name: str, n: int, statistic: Callable[[np.ndarray], float]) -> float:
        """Return the standard error of a statistic of n units."""
        if not self.settings.resamples or n < 2:
            return np.nan
        chance = stream(self._seed, "firing", name)
        drawn = [statistic(chance.integers(0, n, n)) for _ in range(self.settings.resamples)]
        return float(np.nanstd(drawn, ddof=1)) if np.isfinite(drawn).sum() > 1 else np.nan

    def refused(self, name: str, why: Reasons, n: int, fewest: int) -> FiringValue:
        """Return that a quantity can't be computed, and why."""
        if self.counted < fewest:
            few = FEW_UNITS(self.counted, fewest)
            return FiringValue(name, np.nan, n=n, reasons=few + why)
        return FiringValue(name, np.nan, n=n, reasons=why or _NOBODY_KNOWN(n, fewest))


def _at(columns: Sequence[FloatArray], chosen: np.ndarray) -> list[FloatArray]:
    return [column[chosen] for column in columns]


def _regularity(measure: _Measure, no_hold: Reasons) -> list[FiringValue]:
    cov = measure.units.of("cov")
    return [
        measure.statistic("cov_isi_hold", _median, [cov], no_hold, _FEWEST_FOR_MEDIAN),
    ]


def _median(values: FloatArray) -> float:
    return float(np.median(values))


def _thresholds(measure: _Measure) -> list[FiringValue]:
    units = measure.units
    both = [units.of("recruitment_torque"), units.of("derecruitment_torque")]
    why = units.why["recruitment_torque"] or units.why["derecruitment_torque"]
    return [
        measure.statistic(name, statistic, both, why, _FEWEST_FOR_MEDIAN)
        for name, statistic in (
            ("derecruitment_minus_recruitment", median_hysteresis),
            ("share_below_recruitment", share_below_pct),
        )
    ]


# What is told by quarter, and of which value of the units.
_QUARTERED = {
    "rate_recruitment": "recruitment_rate",
    "rate_early": "rate_early",
    "rate_late": "rate_late",
    "rate_derecruitment": "derecruitment_rate",
    "delta_f": "delta_f",
}


def _by_quarter(measure: _Measure, no_hold: Reasons) -> list[FiringValue]:
    units, found = measure.units, []
    for name, column in _QUARTERED.items():
        why = units.why.get(column, no_hold)
        for quarter in range(QUARTERS):
            values = units.of(column, quarter)
            named = f"{name}_q{quarter + 1}"
            if measure.counted < QUARTERS:
                found.append(measure.refused(named, why, 0, QUARTERS))
            else:
                found.append(measure.mean(named, values, why))
    by_name = {each.name: each for each in found}
    first, last = (by_name[f"rate_recruitment_q{k}"] for k in (1, QUARTERS))
    error = float(np.hypot(first.error, last.error))
    rise = last.value - first.value
    reasons = first.reasons or last.reasons
    name = "rate_recruitment_rise"
    return [*found, FiringValue(name, rise, error, first.n + last.n, reasons)]


def _whole_rates(measure: _Measure, no_hold: Reasons) -> list[FiringValue]:
    units = measure.units
    peaks = units.of("peak_rate")
    fastest = measure.statistic(
        "fastest_rate", lambda x: float(np.max(x)), [peaks], units.why["peak_rate"], 1
    )
    return [
        measure.mean("rate_fall", units.of("rate_early") - units.of("rate_late"), no_hold),
        measure.mean("rate_hold", units.of("rate_hold"), no_hold),
        measure.mean("peak_rate", peaks, units.why["peak_rate"]),
        fastest,
    ]


def _delta_f(measure: _Measure) -> list[FiringValue]:
    units = measure.units
    delta_f, why = units.of("delta_f"), units.why["delta_f"]
    found = [measure.mean("delta_f", delta_f, why)]
    for name, column in (
        ("r_delta_f_peak_rate", "peak_rate"),
        ("r_delta_f_threshold", "recruitment_torque"),
    ):
        columns = [delta_f, units.of(column)]
        found.append(measure.statistic(name, _pearson, columns, why, _FEWEST_FOR_R))
    return found


def _pearson(x: FloatArray, y: FloatArray) -> float:
    if min(np.ptp(x), np.ptp(y)) <= 1e-12:
        return np.nan
    return float(np.corrcoef(x, y)[0, 1])


def _common_input(
    measure: _Measure,
    trains: Sequence[FloatArray],
    hold: Hold | None,
    coherence: Coherence | None,
    no_hold: Reasons,
) -> list[FiringValue]:
    settings, names = measure.settings, [band_name(*band) for band in BANDS_hz]
    found: list[FiringValue] = []
    if coherence is None:
        why = no_hold or _SHORT(2 * settings.trains)
        nothing = [*names, "coherence_bias"]
        found += [measure.refused(name, why, len(trains), 2 * settings.trains) for name in nothing]
    else:
        found += [
            FiringValue(name, float(value), float(error), coherence.units)
            for name, value, error in zip(names, coherence.bands, coherence.errors, strict=True)
        ]
        found.append(FiringValue("coherence_bias", coherence.bias, n=coherence.units))
    name = "common_input_strength"
    if hold is None:
        return [*found, measure.refused(name, no_hold, len(trains), 2)]
    strength = common_input_strength(
        trains, (hold.start_s, hold.end_s), settings.synchrony_ms / 1000
    )
    value, n = mean_of_pairs(strength), len(trains)
    if not np.isfinite(value):
        return [*found, measure.refused(name, NO_REASONS, n, 2)]
    error = measure.error(name, n, lambda chosen: mean_of_pairs(strength, chosen))
    return [*found, FiringValue(name, value, error, n)]


def _over(each: Sequence[ContractionFiring]) -> dict[str, FiringValue]:
    """Return the means over contractions."""
    if len(each) == 1:
        return each[0].values
    found = {}
    for name in FIRING_QUANTITIES:
        values = [part.values[name] for part in each]
        known = [x for x in values if np.isfinite(x.value)]
        if not known:
            found[name] = values[0]
            continue
        error = float(np.sqrt(np.mean([x.error**2 for x in known]) / len(known)))
        value = float(np.mean([x.value for x in known]))
        found[name] = FiringValue(name, value, error, max(x.n for x in known))
    return found
