"""The tendon tap: a hammer stretches the calf for some milliseconds.

A tap on the Achilles tendon shakes the muscle in a damped oscillation of four to five phases, and
its afferents fire for 25 to 30 ms, each two to five times when the tap is too weak for a jerk
(Burke, Gandevia & McKeon 1983, doi:10.1113/jphysiol.1983.sp014732). Here the fascicles are
stretched by

    a sin(2 pi f t) exp(-t / T),    f = 80 Hz, T = 10 ms,

which makes such phases; the size of a tap is a, in mm. With 6 mm each afferent fires twice, as in
the weakest of those taps: that is the tap of which the latency is told and which is repeated. It
reaches the spindles after 1 ms: impulses pass the hollow of the knee 3.5 ms after the tap at the
earliest, of which the nerve takes 2.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from renshaw.core.settings import setting
from renshaw.data.arrays import FloatArray
from renshaw.experiment.reflexes.bench import Bench, EMG_hz, Progress, Volleys
from renshaw.experiment.reflexes.limb import Limb
from renshaw.experiment.reflexes.register import Found, tests
from renshaw.experiment.reflexes.result import Outcome
from renshaw.experiment.reflexes.settings import ReflexSettings
from renshaw.experiment.reflexes.stretch import SEEN_pct, latency_s, threshold

if TYPE_CHECKING:
    import pandas as pd

_PHASES_hz, _DECAY_s, _SHAKES_s = 80.0, 0.010, 0.060
_REACHES_s = 0.001
# When after the tap the electrode is looked at.
_WINDOW_s = (0.020, 0.070)
# Time between taps of which none is to feel the one before.
_RESTED_s = 60.0
_LATENCY = (
    25.0,
    37.0,
    "30.97 +- 2.99 ms in 50 healthy people (J Korean Acad Rehabil Med 1996; 20(3); two SD)",
)
_SIZE = "2.60 +- 1.98 mV in 50 healthy people; relative to M_max not found"
_REPEATED = (
    "tendon jerks fall when repeated soon (doi:10.1007/BF00314505), and inhibition lasts for more "
    "than 8 s (Crone & Nielsen 1989)"
)


@dataclass(frozen=True, kw_only=True)
class TapSettings(ReflexSettings):
    """Taps on the Achilles tendon, weak to strong, and the second of two: the tendon jerk."""

    name: ClassVar[str] = "tap"
    title: ClassVar[str] = "Tendon jerk"

    taps_mm: tuple[float, ...] = setting(
        (0.25, 0.5, 1.0, 2.0, 4.0, 6.0, 8.0),
        "sizes of the taps: by how much the fascicles are stretched",
        unit="mm",
    )
    repeated_mm: float = setting(6.0, "the tap that is repeated", unit="mm", gt=0, le=20)
    intervals_s: tuple[float, ...] = setting(
        (0.5, 1.0, 2.0, 4.0, 8.0), "intervals of pairs of taps, both rested before", unit="s"
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.taps_mm or not all(0 < a <= 20 for a in self.taps_mm):
            raise self.refusal("taps_mm", "at least one, each above 0 and up to 20 mm.")
        if not all(0.3 <= t <= 100 for t in self.intervals_s):
            raise self.refusal("intervals_s", "each from 0.3 to 100 s.")
        object.__setattr__(self, "taps_mm", tuple(sorted(set(self.taps_mm))))
        object.__setattr__(self, "intervals_s", tuple(sorted(set(self.intervals_s))))


@tests(TapSettings)
def tap(bench: Bench, settings: TapSettings, progress: Progress | None) -> Found:
    """Return the jerk by the size of the tap and by the time since another, and what is read."""
    import pandas as pd

    limb, repeats = Limb(bench), settings.repeats
    shapes = shaken(np.array([*settings.taps_mm, settings.repeated_mm]), limb.step_s)
    rested = limb.stretched(shapes, _RESTED_s, 0, _REACHES_s)
    pairs = [
        limb.stretched(shapes[-1:], every_s, 1, _REACHES_s)[0] for every_s in settings.intervals_s
    ]
    trials = [
        Volleys(np.empty(0), np.empty(0), repeat, excitation=course)
        for course in (None, *rested, *pairs)
        for repeat in range(repeats)
    ]
    spikes = bench.record(trials, before_s=0.05, after_s=0.1, progress=progress)
    largest = bench.m_max()
    waves = np.array([bench.emg(each, 0.1) for each in spikes]) / largest
    waves = waves.reshape(2 + len(settings.taps_mm) + len(pairs), repeats, -1)
    window = slice(*(round(t * EMG_hz) for t in _WINDOW_s))
    sizes = 100.0 * np.ptp(waves[:, :, window], axis=2)
    sizes = sizes[1:] - sizes[0].mean()
    control = float(sizes[len(settings.taps_mm)].mean())
    rows = [
        _row("tap", mm, np.nan, mine, control)
        for mm, mine in zip(settings.taps_mm, sizes, strict=False)
    ]
    of_pairs = sizes[1 + len(settings.taps_mm) :]
    rows += [
        _row("pair", settings.repeated_mm, every_s, mine, control)
        for every_s, mine in zip(settings.intervals_s, of_pairs, strict=True)
    ]
    table = pd.DataFrame(rows)
    shown = {
        f"{settings.taps_mm[i]:g} mm": waves[1 + i].mean(axis=0)
        for i in sorted({0, len(settings.taps_mm) // 2, len(settings.taps_mm) - 1})
    }
    single = waves[1 + len(settings.taps_mm)].mean(axis=0)
    return Found(table, _outcomes(bench, table, single, waves[0].mean(axis=0), control), shown)


def shaken(sizes_mm: FloatArray, step_s: float) -> FloatArray:
    """Return the stretch of the fascicles (mm) by taps of some sizes, shape (taps, steps)."""
    t = step_s * np.arange(round(_SHAKES_s / step_s))
    return np.outer(sizes_mm, np.sin(2 * np.pi * _PHASES_hz * t) * np.exp(-t / _DECAY_s))


def _row(
    kind: str, mm: float, interval_s: float, sizes: FloatArray, control: float
) -> dict[str, object]:
    return {
        "tap_mm": mm,
        "interval_s": interval_s,
        "kind": kind,
        "reflex_pct": sizes.mean(),
        "reflex_sd": sizes.std(ddof=1) if len(sizes) > 1 else np.nan,
        "pct_of_rested": 100.0 * sizes.mean() / control if control > 0 else np.nan,
    }


def _outcomes(
    bench: Bench, table: pd.DataFrame, wave: FloatArray, without: FloatArray, control: float
) -> tuple[Outcome, ...]:
    taps = table[table["kind"] == "tap"]
    soleus = bench.pool.muscle == "SOL"
    repeated_mm = float(table["tap_mm"].iloc[-1])
    found = [
        Outcome(f"jerk after {repeated_mm:g} mm", control, "% M_max", None, None, _SIZE),
        Outcome(
            "latency",
            1000.0 * latency_s(wave, without) if control >= SEEN_pct else float("nan"),
            "ms",
            *(_LATENCY if soleus else (None, None, "")),
        ),
        Outcome(
            "threshold",
            threshold(taps["tap_mm"].to_numpy(), taps["reflex_pct"].to_numpy()),
            "mm",
        ),
    ]
    found += [
        Outcome(
            f"jerk {row['interval_s']:g} s after another",
            row["pct_of_rested"],
            "% of control",
            None,
            None,
            _REPEATED,
        )
        for row in table[table["kind"] == "pair"].to_dict("records")
    ]
    return tuple(found)
