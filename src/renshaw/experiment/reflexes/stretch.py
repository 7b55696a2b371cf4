"""The stretch reflex by velocity: the ankle is turned up at several speeds and held.

The reflex is what the electrode sees from 30 to 90 ms after the stretch begins, peak to peak, less
what it sees then without a stretch. Where it first exceeds 2 % of M_max lies its threshold, above
that the slope is that of a line through the points up to the largest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from renshaw.core.settings import setting
from renshaw.data.arrays import FloatArray
from renshaw.experiment.reflexes.bench import Bench, EMG_hz, Progress, Volleys
from renshaw.experiment.reflexes.limb import Limb, mean_of
from renshaw.experiment.reflexes.register import Found, tests
from renshaw.experiment.reflexes.result import Outcome
from renshaw.experiment.reflexes.settings import ReflexSettings
from renshaw.muscle.ankle import stretch_mm

if TYPE_CHECKING:
    import pandas as pd

# When after the stretch begins the electrode is looked at.
WINDOW_s: tuple[float, float] = (0.030, 0.090)
# A reflex of this size counts as one (% of M_max).
SEEN_pct: float = 2.0
# How long the motor takes to reach its velocity.
_SPEEDS_UP_s = 0.01
_AFTER_s = 0.4
_THRESHOLD = (
    50.0,
    95.0,
    "71 deg/s sitting at rest, mean of ten healthy people, and 74 after stroke (Nielsen 1998); no "
    "spread was read, the width is ours",
)
_LATENCY = (
    35.6,
    48.4,
    "42 +- 3.2 ms, standing and walking (doi:10.1152/jn.1996.76.2.1112; two SD)",
)
_SLOPE = (
    "2.6 uV/(deg/s) in multiple sclerosis and .6 in health, at rest "
    "(doi:10.1111/j.1468-1331.2004.00891.x): compare ratios"
)


@dataclass(frozen=True, kw_only=True)
class StretchSettings(ReflexSettings):
    """The ankle turned up at several velocities: the stretch reflex and its threshold."""

    name: ClassVar[str] = "stretch"
    title: ClassVar[str] = "Stretch reflex"

    velocities_deg_per_s: tuple[float, ...] = setting(
        (20.0, 40.0, 60.0, 80.0, 100.0, 140.0, 180.0, 220.0, 260.0, 300.0),
        "velocities of dorsiflexion",
        unit="deg/s",
    )
    amplitude_deg: float = setting(6.0, "by how much the ankle is turned", unit="deg", gt=0, le=30)
    interval_s: float = setting(10.0, "time between stretches", unit="s", ge=1, le=600)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.velocities_deg_per_s or not all(
            1 <= v <= 1000 for v in self.velocities_deg_per_s
        ):
            raise self.refusal("velocities_deg_per_s", "at least one, each from 1 to 1000 deg/s.")
        ordered = tuple(sorted(set(self.velocities_deg_per_s)))
        object.__setattr__(self, "velocities_deg_per_s", ordered)


@tests(StretchSettings)
def stretch(bench: Bench, settings: StretchSettings, progress: Progress | None) -> Found:
    """Return the reflex at each velocity, and what is read from it."""
    import pandas as pd

    limb, repeats = Limb(bench), settings.repeats
    angles = np.array(
        [
            ramp(velocity, settings.amplitude_deg, limb.step_s)
            for velocity in settings.velocities_deg_per_s
        ]
    )
    courses = [None, *limb.stretched(stretch_mm(np.radians(angles)), settings.interval_s)]
    trials = [
        Volleys(np.empty(0), np.empty(0), repeat, excitation=course)
        for course in courses
        for repeat in range(repeats)
    ]
    spikes = bench.record(trials, before_s=0.1, after_s=_AFTER_s, progress=progress)
    largest = bench.m_max()
    waves = np.array([bench.emg(each, 0.1) for each in spikes]) / largest
    waves = waves.reshape(len(courses), repeats, -1)
    window = slice(*(round(t * EMG_hz) for t in WINDOW_s))
    sizes = 100.0 * np.ptp(waves[:, :, window], axis=2)
    torques = [limb.torque_Nm(each, 0.1, _AFTER_s) for each in spikes]
    means = [mean_of(torques[i : i + repeats]) for i in range(0, len(torques), repeats)]
    fired = np.array([[_fired(s, bench) for s in each] for each in spikes])
    shares = 100.0 * fired.reshape(len(courses), repeats, -1).mean(axis=(1, 2))
    usual = float(sizes[0].mean())
    table = pd.DataFrame(
        {
            "velocity_deg_per_s": settings.velocities_deg_per_s,
            "reflex_pct": sizes[1:].mean(axis=1) - usual,
            "reflex_sd": sizes[1:].std(axis=1, ddof=1) if repeats > 1 else np.nan,
            "units_pct": shares[1:],
            "torque_nm": [float(np.max(each - means[0])) for each in means[1:]],
        }
    )
    shown = {
        f"{table['velocity_deg_per_s'][i]:g} deg/s": waves[1 + i].mean(axis=0)
        for i in sorted({0, len(table) // 2, len(table) - 1})
    }
    return Found(table, _outcomes(bench, table, waves.mean(axis=1)), shown)


def ramp(deg_per_s: float, amplitude_deg: float, step_s: float) -> FloatArray:
    """Return the angle (deg) of a stretch that is held, from its beginning on.

    Parameters
    ----------
    deg_per_s, amplitude_deg : float
        A stretch that is too short for its velocity doesn't reach it.
    step_s : float
    """
    times_s = step_s * np.arange(round(_AFTER_s / step_s))
    lasts_s = amplitude_deg / deg_per_s
    # Speeding up and slowing down take as long; the movement is as long as without them and once
    # the time to speed up.
    speeding_s = min(_SPEEDS_UP_s, lasts_s)
    rising = np.minimum(times_s / speeding_s, 1.0)
    falling = np.clip((lasts_s + speeding_s - times_s) / speeding_s, 0.0, 1.0)
    angle = np.cumsum(np.minimum(rising, falling)) * step_s * deg_per_s
    return np.asarray(np.minimum(angle, amplitude_deg))


def _fired(spikes_s: FloatArray, bench: Bench) -> bool:
    down_s = float(bench.nerve.down_s.mean())
    first, last = (t - down_s for t in WINDOW_s)
    return bool(np.any((spikes_s >= first) & (spikes_s < last)))


def threshold(velocities: FloatArray, sizes: FloatArray, seen: float = SEEN_pct) -> float:
    """Return the velocity at which the reflex reaches a size; NaN where it never does."""
    above = np.flatnonzero(sizes >= seen)
    if not len(above):
        return float("nan")
    i = int(above[0])
    if i == 0:
        return float(velocities[0])
    share = (seen - sizes[i - 1]) / (sizes[i] - sizes[i - 1])
    return float(velocities[i - 1] + share * (velocities[i] - velocities[i - 1]))


def slope(velocities: FloatArray, sizes: FloatArray, seen: float = SEEN_pct) -> float:
    """Return how much the reflex grows with the velocity, from its threshold to its largest."""
    least = threshold(velocities, sizes, seen)
    last = int(np.argmax(sizes))
    counted = np.arange(len(sizes)) <= last
    counted &= velocities >= least
    if not np.isfinite(least) or counted.sum() < 2:
        return float("nan")
    return float(np.polyfit(velocities[counted], sizes[counted], 1)[0])


def _outcomes(bench: Bench, table: pd.DataFrame, waves: FloatArray) -> tuple[Outcome, ...]:
    velocities, sizes = (table[c].to_numpy() for c in ("velocity_deg_per_s", "reflex_pct"))
    soleus = bench.pool.muscle == "SOL"
    at_rest = soleus and not bench.settings.background_pct_mvc
    there = bool(np.isfinite(threshold(velocities, sizes)))
    return (
        Outcome(
            "threshold velocity",
            threshold(velocities, sizes),
            "deg/s",
            *(_THRESHOLD if at_rest else (None, None, "")),
        ),
        Outcome("slope", slope(velocities, sizes), "% M_max/(deg/s)", None, None, _SLOPE),
        Outcome("reflex at the fastest", float(sizes[-1]), "% M_max"),
        Outcome("torque of the reflex at the fastest", float(table["torque_nm"].iloc[-1]), "Nm"),
        Outcome(
            "latency",
            1000.0 * latency_s(waves[-1], waves[0]) if there else float("nan"),
            "ms",
            *(_LATENCY if soleus else (None, None, "")),
        ),
    )


def latency_s(wave: FloatArray, without: FloatArray) -> float:
    """Return when a wave first exceeds a twentieth of its largest value and all there is without.

    Parameters
    ----------
    wave : array
        From the stretch on.
    without : array
        The same without a stretch.
    """
    size = np.abs(wave)
    over = size > max(0.05 * size.max(), float(np.abs(without).max()))
    return float(np.argmax(over) / EMG_hz) if over.any() else float("nan")
