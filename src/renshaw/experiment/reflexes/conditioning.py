"""A test reflex after a conditioning volley, by the interval between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.settings import setting
from renshaw.data.arrays import FloatArray
from renshaw.experiment.reflexes.bench import Bench, Progress, Volleys, amplitude
from renshaw.experiment.reflexes.h_reflex import settled, test_intensity
from renshaw.experiment.reflexes.settings import ReflexSettings

if TYPE_CHECKING:
    import pandas as pd

Course = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, kw_only=True)
class ConditionedSettings(ReflexSettings):
    """Base of tests in which a pulse to another nerve comes before the one of the reflex."""

    intervals_ms: tuple[float, ...] = setting(
        (0.0,), "from the conditioning pulse to the one that evokes the reflex", unit="ms"
    )
    test_pct_hmax: float = setting(
        50.0, "size of the tested reflex, on the rising limb", unit="% H_max", gt=0, le=100
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.intervals_ms or not all(-50 <= t <= 2000 for t in self.intervals_ms):
            raise self.refusal("intervals_ms", "at least one, each from -50 to 2000 ms.")
        object.__setattr__(self, "intervals_ms", tuple(sorted(set(self.intervals_ms))))


def conditioned(
    bench: Bench,
    intervals_ms: Sequence[float],
    test_pct_hmax: float,
    left: Callable[[float], float],
    inhibition: Callable[[float], Course],
    progress: Progress | None,
) -> tuple[pd.DataFrame, Mapping[str, FloatArray]]:
    """Return the reflex at each interval in % of the unconditioned one, and some waves.

    Parameters
    ----------
    bench : Bench
    intervals_ms : sequence of float
        From the conditioning pulse to the test pulse.
    test_pct_hmax : float
        Size of the test reflex.
    left : callable
        From the interval (ms) to what the test volley releases, relative to usual.
    inhibition : callable
        From the interval (ms) to the course of the inhibition, whose time is counted from the test
        pulse.
    progress : callable, optional
    """
    import pandas as pd

    released = settled(bench, 10.0)
    intensity = test_intensity(bench, test_pct_hmax, released)
    excited = bench.nerve.excited(intensity)
    arrives = np.array([bench.nerve.arrives_s])
    area, repeats = bench.area(intensity, released), bench.settings.repeats
    trials = [Volleys(arrives, np.array([area]), repeat) for repeat in range(repeats)]
    for interval in intervals_ms:
        course, size = inhibition(interval), np.array([area * left(interval)])
        trials += [Volleys(arrives, size, repeat, course) for repeat in range(repeats)]
    answers = bench.reflexes(trials, before_s=0.02, progress=progress)
    waves = [bench.h_wave(each, but=excited) for each in answers]
    sizes = np.array([amplitude(wave) for wave in waves]).reshape(-1, repeats)
    control, largest = sizes[0].mean(), bench.m_max()
    share = 100.0 * sizes[1:] / control if control > 0 else np.full_like(sizes[1:], np.nan)
    table = pd.DataFrame(
        {
            "interval_ms": np.asarray(intervals_ms, dtype=float),
            "h_pct_control": share.mean(axis=1),
            "h_sd": share.std(axis=1, ddof=1) if repeats > 1 else np.nan,
            "h_pct": 100.0 * sizes[1:].mean(axis=1) / largest,
        }
    )
    least = int(np.nanargmin(table["h_pct_control"])) if control > 0 else 0
    means = np.array(waves).reshape(len(sizes), repeats, -1).mean(axis=1) / largest
    shown = {"alone": means[0], f"after {intervals_ms[least]:g} ms": means[1 + least]}
    return table, shown


def smallest(table: pd.DataFrame, first_ms: float, last_ms: float) -> float:
    """Return the smallest reflex within a window of intervals, % of control; NaN without any."""
    inside = table["interval_ms"].between(first_ms, last_ms)
    return float(table["h_pct_control"][inside].min()) if inside.any() else float("nan")
