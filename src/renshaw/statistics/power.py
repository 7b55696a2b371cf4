"""`plan`: how many participants, units and ramps show a change, by simulation."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from renshaw.core.errors import SettingsError
from renshaw.core.history import History, Step
from renshaw.core.results import Result
from renshaw.core.seeds import checked_seed, stream
from renshaw.core.settings import Settings, setting, settings_for
from renshaw.core.version import __version__
from renshaw.data.arrays import FloatArray

if TYPE_CHECKING:
    import pandas as pd

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
    "unit",
)
DELTA_F, MEAN, SPASMS = "delta_f", "mean", "spasms"
_AT_ONCE = 2_000_000


@dataclass(frozen=True, kw_only=True)
class PlanSettings(Settings):
    """A study to be planned: how many, how variable, and what change there is to be seen.

    The defaults of the variances are those measured for reciprocal inhibition and repeated ramps
    (Orssatto et al. 2022, doi:10.1113/JP283708, and the data of Orssatto et al. 2023).
    """

    outcome: str = setting(
        DELTA_F,
        "what is measured: a mean over motor units (ΔF), any other mean, or a count (spasms)",
        choices=(DELTA_F, MEAN, SPASMS),
    )
    outcome_name: str = setting("", "name of the other mean, e.g. burden of spasms")
    outcome_unit: str = setting("", "unit of the other mean, e.g. % MVC s")
    design: str = setting(
        "paired",
        "paired: everyone in both conditions; parallel: two groups, each measured before and after",
        choices=("paired", "parallel"),
    )
    participants: tuple[int, ...] = setting(
        (8, 10, 12, 15, 20, 25, 30, 40), "numbers of participants (per group if parallel)"
    )
    units: tuple[int, ...] = setting((3, 8), "numbers of motor units per participant, for ΔF")
    ramps: tuple[int, ...] = setting(
        (1,),
        "ramps per condition; tests, for another mean; days of the diary before and after, "
        "for spasms",
    )
    effects: tuple[float, ...] = setting(
        (-0.3, -0.4, -0.5), "true mean changes, in the unit of the outcome (pps for ΔF)"
    )
    ratios: tuple[float, ...] = setting(
        (0.8, 0.7, 0.5), "true ratios of the spasm rate, after relative to before"
    )
    effect_sd: float = setting(
        0.35, "spread of the true effect between participants, in the unit of the outcome", ge=0
    )
    residual_sd: float = setting(
        0.6,
        "spread of a unit from ramp to ramp, or of a person from test to test, in the unit of "
        "the outcome",
        ge=0,
        source="10.1113/JP283708",
    )
    unit_sd: float = setting(
        0.7,
        "spread between a participant's motor units (pps); constant differences cancel where "
        "units are tracked",
        ge=0,
    )
    participant_sd: float = setting(
        0.8,
        "spread between participants, in the unit of the outcome; constant differences cancel "
        "in a paired design",
        ge=0,
    )
    tracked: bool = setting(True, "the same units are found in both conditions")
    units_vary: bool = setting(
        False, "numbers of units vary by chance between participants (Poisson, at least 1)"
    )
    spasms_per_day: float = setting(10.0, "median spasm rate of participants", unit="1/day", gt=0)
    rate_sd_log: float = setting(
        0.8, "spread of the logarithm of the rate between participants", ge=0
    )
    ratio_sd_log: float = setting(
        0.3, "spread of the logarithm of the ratio between participants", ge=0
    )
    dispersion: float = setting(
        0.3,
        "overdispersion of daily counts: variance = mean + dispersion x mean^2 (0: Poisson)",
        ge=0,
    )
    alpha: float = setting(0.05, "significance level of the two-sided test", gt=0, lt=0.5)
    target_power: float = setting(0.8, "power from which a change counts as detectable", gt=0, lt=1)
    simulations: int = setting(
        10_000, "simulated studies for each combination", ge=100, le=10_000_000
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, least in (("participants", 2), ("units", 1), ("ramps", 1)):
            object.__setattr__(
                self, name, tuple(self._count(name, v, least) for v in self._all(name))
            )
        for name in ("effects", "ratios"):
            object.__setattr__(self, name, tuple(self._real(name, v) for v in self._all(name)))
        if any(ratio <= 0 for ratio in self.ratios):
            raise self.refusal("ratios", "a ratio must be above 0.")
        for name in ("outcome_name", "outcome_unit"):
            if self.outcome != MEAN and getattr(self, name):
                why = f"is for another mean, outcome = {MEAN!r}; {self.outcome} has its own."
                raise self.refusal(name, why)

    @property
    def measured(self) -> str:
        """What is measured, in words."""
        return {DELTA_F: "ΔF", SPASMS: "spasms"}.get(self.outcome) or self.outcome_name or "a mean"

    @property
    def unit(self) -> str:
        """The unit of effects, as tables and pictures state it."""
        return {DELTA_F: "pps", SPASMS: "ratio"}.get(self.outcome, self.outcome_unit)

    def _all(self, name: str) -> tuple[Any, ...]:
        values = getattr(self, name)
        if not isinstance(values, tuple) or not values:
            raise self.refusal(name, "must be a list of numbers.")
        if len(values) > 200:
            raise SettingsError(
                f"PlanSettings.{name}: {len(values)} values are too many.",
                code="settings.impossible",
                owner="PlanSettings",
                name=name,
            )
        return values

    def _count(self, name: str, value: Any, least: int) -> int:
        whole = not isinstance(value, bool) and hasattr(value, "__index__")
        if not whole or not least <= int(value) <= 100_000:
            why = f"{value!r} must be a whole number from {least} to 100000."
            raise self.refusal(name, why)
        return int(value)

    def _real(self, name: str, value: Any) -> float:
        number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if not number or not math.isfinite(value):
            raise self.refusal(name, f"{value!r} must be a number.")
        return float(value)


class Needed(NamedTuple):
    """How many participants give the target power.

    Parameters
    ----------
    effect : float
    units, ramps : int
    participants : int
        The fewest; between the numbers that were simulated, power is taken as a straight line.
    bound : str
        ``"about"``; or what the number only bounds, because nothing beyond it was simulated:
        ``"at most"`` (it is the smallest), ``"more than"`` (it is the largest).
    """

    effect: float
    units: int
    ramps: int
    participants: int
    bound: Literal["about", "at most", "more than"]


def _fewest(
    n: FloatArray, power: FloatArray, target: float
) -> tuple[int, Literal["about", "at most", "more than"]]:
    """Return where a line of power over participants reaches the target."""
    enough = np.flatnonzero(power >= target)
    if not len(enough):
        return int(n[-1]), "more than"
    k = int(enough[0])
    if k == 0:
        return int(n[0]), "at most"
    share = (target - power[k - 1]) / (power[k] - power[k - 1])
    return (math.ceil(n[k - 1] + share * (n[k] - n[k - 1])) if share > 0 else int(n[k])), "about"


@dataclass(frozen=True, eq=False, repr=False)
class Power(Result):
    """Power of planned studies.

    Parameters
    ----------
    table : DataFrame
        One row a cell: outcome, design, participants, units, ramps, effect (true change, or ratio
        of rates), power with its Monte-Carlo interval, detectable (the change, or ratio, that is
        found with the target power), unit (of effect and detectable).
    settings : PlanSettings
    history : History
    """

    table: pd.DataFrame
    settings: PlanSettings
    history: History = field(default_factory=History)

    def to_table(self) -> pd.DataFrame:
        """Return the table."""
        return self.table.copy()

    def needed(self) -> list[Needed]:
        """Return how many participants give the target power, for each effect, units and ramps."""
        keys = ["effect", "units", "ramps"]
        found = []
        for key in self.table[keys].drop_duplicates().itertuples(index=False):
            effect, units, ramps = float(key[0]), int(key[1]), int(key[2])
            mine = (self.table[keys] == [effect, units, ramps]).all(axis=1)
            line = self.table[mine].sort_values("participants")
            n, power = line["participants"].to_numpy(float), line["power"].to_numpy(float)
            found.append(
                Needed(effect, units, ramps, *_fewest(n, power, self.settings.target_power))
            )
        return found

    def __str__(self) -> str:
        return self.table.to_string(index=False)


def plan(
    settings: PlanSettings | None = None, *, seed: int = 0, progress: Progress | None = None
) -> Power:
    """Return the power of a planned study over participants, units and ramps, by simulation.

    Every simulated study is tested by a t-test of participants' means (which is what a balanced
    mixed model gives): paired, or between the changes of two groups. Spasm counts enter as
    ``log(mean a day + 0.5 / days)``.

    Parameters
    ----------
    settings : PlanSettings, optional
    seed : int
        Each cell has a stream of its own, so that adding cells changes none.
    progress : callable, optional

    Examples
    --------
    >>> import renshaw as rs
    >>> settings = rs.PlanSettings(
    ...     participants=(10, 20), units=(10,), ramps=(2,), effects=(-0.5,), simulations=200
    ... )
    >>> table = rs.plan(settings, seed=1).to_table()
    >>> table["power"].tolist()
    [0.95, 1.0]
    """
    import pandas as pd

    settings = settings_for("plan", settings, PlanSettings)
    seed = checked_seed(seed)
    # Of anything but a mean of motor units, a test (or a day) gives one value.
    units = settings.units if settings.outcome == DELTA_F else (1,)
    cells = list(itertools.product(settings.participants, units, settings.ramps))
    rows: list[dict[str, Any]] = []
    for done, (n, m, r) in enumerate(cells):
        if progress:
            progress(done, len(cells), f"{n} participants, {m} units, {r} ramps")
        cell = _spasms if settings.outcome == SPASMS else _means
        for effect, power, detectable in cell(settings, n, m, r, seed):
            low, high = _wilson(power, settings.simulations)
            values = (settings.outcome, settings.design, n, m, r, effect, power, low, high)
            rows.append(dict(zip(COLUMNS, (*values, detectable, settings.unit), strict=True)))
    code = f"power = rs.plan({settings.as_python() if settings != PlanSettings() else ''}"
    code += f"{', ' if settings != PlanSettings() else ''}seed={seed})" if seed else ")"
    step = Step("plan", code, settings.to_mapping(), seed, "", (), __version__)
    return Power(pd.DataFrame(rows, columns=list(COLUMNS)), settings, History((step,)))


def _wilson(share: float, n: int) -> tuple[float, float]:
    z = 1.959964
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _critical(settings: PlanSettings, n: int) -> float:
    from scipy import stats

    df = n - 1 if settings.design == "paired" else 2 * n - 2
    return float(stats.t.isf(settings.alpha / 2, df))


def _tested(settings: PlanSettings, change: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the mean change of each simulated study, against 0 or the other group, and its SE."""
    if settings.design == "paired":
        n = change.shape[-1]
        return change.mean(axis=-1), change.std(axis=-1, ddof=1) / math.sqrt(n)
    treated, other = change[:, 0], change[:, 1]
    n = treated.shape[-1]
    spread = treated.var(axis=-1, ddof=1) + other.var(axis=-1, ddof=1)
    return treated.mean(axis=-1) - other.mean(axis=-1), np.sqrt(spread / n)


def _means(
    settings: PlanSettings, n: int, m: int, r: int, seed: int
) -> list[tuple[float, float, float]]:
    """Return (effect, power, detectable change) of a mean over units and ramps."""
    rng = stream(seed, "delta_f", n, m, r)
    shape = (n,) if settings.design == "paired" else (2, n)
    means, errors = [], []
    size = max(1, _AT_ONCE // math.prod(shape))
    for start in range(0, settings.simulations, size):
        count = min(size, settings.simulations - start)
        each = _changes(settings, rng, (count, *shape), m, r)
        mean, error = _tested(settings, each)
        means.append(mean)
        errors.append(error)
    mean, error = np.concatenate(means), np.concatenate(errors)
    reach = _critical(settings, n) * error
    detectable = _least(lambda d: float((np.abs(mean + d) > reach).mean()), settings.target_power)
    return [
        (effect, float((np.abs(mean + effect) > reach).mean()), detectable)
        for effect in settings.effects
    ]


def _changes(
    settings: PlanSettings, rng: np.random.Generator, shape: tuple[int, ...], m: int, r: int
) -> FloatArray:
    """Return participants' mean changes where the mean true change is 0.

    Means of normal values are drawn as what they are, normal; the units' own variance is in the
    change only where the two conditions have different units.
    """
    units: FloatArray | float = float(m)
    if settings.units_vary and settings.outcome == DELTA_F:
        units = np.maximum(1, rng.poisson(m, size=shape)).astype(float)
    variance = 2 * settings.residual_sd**2 / (units * r)
    if not settings.tracked and settings.outcome == DELTA_F:
        variance = variance + 2 * settings.unit_sd**2 / units
    true = settings.effect_sd * rng.standard_normal(shape)
    found: FloatArray = true + np.sqrt(variance) * rng.standard_normal(shape)
    return found


def _least(power: Callable[[float], float], target: float) -> float:
    """Return the least positive change with the target power, by bisection."""
    high = 0.1
    while power(high) < target:
        high *= 2
        if high > 1e6:
            return math.nan
    low = 0.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if power(middle) < target else (low, middle)
    return high


def _spasms(
    settings: PlanSettings, n: int, m: int, r: int, seed: int
) -> list[tuple[float, float, float]]:
    """Return (ratio, power, detectable ratio) of a spasm diary of r days before and after."""
    few = settings.simulations
    critical = _critical(settings, n)
    shape = (n,) if settings.design == "paired" else (2, n)
    size = max(1, _AT_ONCE // math.prod(shape))

    def power(ratio: float, simulations: int) -> float:
        # The same stream whatever the ratio: power then falls smoothly with it.
        rng = stream(seed, "spasms", n, r)
        hits = 0
        for start in range(0, simulations, size):
            count = min(size, simulations - start)
            mean, error = _tested(settings, _log_ratios(settings, rng, (count, *shape), r, ratio))
            hits += int((np.abs(mean) > critical * error).sum())
        return hits / simulations

    less = min(few, 2000)
    rows = [(ratio, power(ratio, few)) for ratio in settings.ratios]
    low, high = 1e-3, 1.0
    if power(low, less) < settings.target_power:
        detectable = math.nan
    else:
        for _ in range(12):
            middle = math.sqrt(low * high)
            enough = power(middle, less) >= settings.target_power
            low, high = (middle, high) if enough else (low, middle)
        detectable = low
    return [(ratio, found, detectable) for ratio, found in rows]


def _log_ratios(
    settings: PlanSettings, rng: np.random.Generator, shape: tuple[int, ...], r: int, ratio: float
) -> FloatArray:
    """Return each participant's log ratio of mean counts, after over before."""
    rate = settings.spasms_per_day * np.exp(settings.rate_sd_log * rng.standard_normal(shape))
    own = np.exp(settings.ratio_sd_log * rng.standard_normal(shape))
    treated = np.full(shape, ratio)
    if settings.design == "parallel":
        treated[:, 1] = 1.0  # the other group changes by chance only
    before = _counted(settings, rng, rate, r)
    after = _counted(settings, rng, rate * own * treated, r)
    found: FloatArray = np.log(after / r + 0.5 / r) - np.log(before / r + 0.5 / r)
    return found


def _counted(
    settings: PlanSettings, rng: np.random.Generator, rate: FloatArray, r: int
) -> FloatArray:
    """Return counts of r days; daily rates are gamma distributed where there is overdispersion."""
    mean = rate * r
    if settings.dispersion > 0:
        shape = r / settings.dispersion
        mean = mean * rng.gamma(shape, 1 / shape, size=rate.shape)
    return rng.poisson(np.minimum(mean, 1e12)).astype(float)
