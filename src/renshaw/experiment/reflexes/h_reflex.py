"""The recruitment curve: H-reflex and M-wave against the intensity of the pulse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from renshaw.core.settings import setting
from renshaw.data.arrays import FloatArray
from renshaw.experiment.reflexes.bench import Bench, Progress, Volleys, amplitude, onset_s
from renshaw.experiment.reflexes.register import Found, tests
from renshaw.experiment.reflexes.result import Outcome
from renshaw.experiment.reflexes.settings import ReflexSettings

if TYPE_CHECKING:
    import pandas as pd

# An H-reflex of this size counts as one (% of M_max).
_SEEN_pct = 2.0
# Healthy people, by muscle: H_max/M_max (%).
_RATIO = {"SOL": (25.0, 80.0), "GM": (10.0, 45.0), "TA": (0.0, 20.0)}
_RATIO_SOURCE = (
    "soleus: means of studies from 31 % (read) to 50 % with people from 20 to 90 %, others: from "
    "memory, not read"
)


@dataclass(frozen=True, kw_only=True)
class HReflexSettings(ReflexSettings):
    """A pulse to the muscle's own nerve, weak to strong: H-reflex and M-wave."""

    name: ClassVar[str] = "h-reflex"
    title: ClassVar[str] = "H-reflex and M-wave"

    weakest_xmt: float = setting(
        0.6, "weakest pulse, relative to motor threshold", unit="x MT", ge=0, le=5
    )
    strongest_xmt: float = setting(
        2.6, "strongest pulse, relative to motor threshold", unit="x MT", gt=0, le=5
    )
    points: int = setting(21, "intensities", ge=3, le=200)
    interval_s: float = setting(10.0, "time between pulses", unit="s", ge=1, le=600)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.strongest_xmt <= self.weakest_xmt:
            raise self.refusal("strongest_xmt", f"must be above weakest_xmt = {self.weakest_xmt:g}")


@tests(HReflexSettings)
def h_reflex(bench: Bench, settings: HReflexSettings, progress: Progress | None) -> Found:
    """Return the curve of H and M, and what is read from it."""
    import pandas as pd

    intensities = np.linspace(settings.weakest_xmt, settings.strongest_xmt, settings.points)
    largest = bench.m_max()
    released = settled(bench, settings.interval_s)
    reflexes = evoked(bench, intensities, released, progress)
    rows, waves = [], []
    for intensity, answers in zip(intensities, reflexes, strict=True):
        excited = bench.nerve.excited(intensity)
        m_wave = bench.m_wave(excited)
        h_waves = [bench.h_wave(fired_s, but=excited) for fired_s in answers]
        sizes = 100.0 * np.array([amplitude(wave) for wave in h_waves]) / largest
        rows.append(
            {
                "intensity_xmt": intensity,
                "h_pct": sizes.mean(),
                "h_sd": sizes.std(ddof=1) if len(sizes) > 1 else np.nan,
                "m_pct": 100.0 * amplitude(m_wave) / largest,
            }
        )
        waves.append((np.mean(h_waves, axis=0) / largest, m_wave / largest))
    table = pd.DataFrame(rows)
    best = int(table["h_pct"].argmax())
    seen = table["h_pct"] >= _SEEN_pct
    shown = {
        f"{table['intensity_xmt'][i]:.2f} x MT": waves[i][0] + waves[i][1]
        for i in sorted({int(seen.argmax()), best, len(table) - 1})
    }
    return Found(table, _outcomes(bench, table, waves[best][0]), shown)


def _outcomes(bench: Bench, table: pd.DataFrame, wave: FloatArray) -> tuple[Outcome, ...]:
    best = int(table["h_pct"].argmax())
    seen = table["h_pct"] >= _SEEN_pct
    there = bool(seen.any())
    at_rest = not bench.settings.background_pct_mvc
    low, high = _RATIO.get(bench.pool.muscle, (None, None)) if at_rest else (None, None)
    soleus = bench.pool.muscle == "SOL" and at_rest
    return (
        Outcome("H_max/M_max", float(table["h_pct"][best]), "%", low, high, _RATIO_SOURCE),
        Outcome(
            "M at H_max",
            float(table["m_pct"][best]) if there else float("nan"),
            "% M_max",
            0.0 if soleus else None,
            29.0 if soleus else None,
            "soleus: 5 % in young adults, 29 % in older ones (Scaglioni et al. 2003, PMC2342873)",
        ),
        Outcome(
            "threshold of H",
            float(table["intensity_xmt"][int(seen.argmax())]) if there else float("nan"),
            "x MT",
            0.6,
            1.0,
            "from memory of the literature, not read",
        ),
        Outcome(
            "latency of H",
            1000.0 * onset_s(wave) if there else float("nan"),
            "ms",
            25.5 if soleus else None,
            35.1 if soleus else None,
            "30.3 +- 2.4 ms, 251 people (normative series of the calf; two SD)",
        ),
    )


def settled(bench: Bench, interval_s: float) -> float:
    """Return what each of many pulses releases that are given at an interval."""
    return float(bench.released(np.linspace(0.0, 19.0 * interval_s, 20))[-1])


def evoked(
    bench: Bench, intensities: FloatArray, released: float, progress: Progress | None = None
) -> list[list[FloatArray]]:
    """Return, for each intensity and repeat, when each motoneuron fires in answer (NaN: not)."""
    arrives = np.array([bench.nerve.arrives_s])
    trials = [
        Volleys(arrives, np.array([bench.area(intensity, released)]), repeat)
        for intensity in intensities
        for repeat in range(bench.settings.repeats)
    ]
    answers = bench.reflexes(trials, progress=progress)
    each = bench.settings.repeats
    return [answers[i : i + each] for i in range(0, len(answers), each)]


def test_intensity(bench: Bench, pct_hmax: float, released: float) -> float:
    """Return the intensity on the rising limb that evokes a share of the largest H-reflex.

    Parameters
    ----------
    bench : Bench
    pct_hmax : float
        The size of the reflex that is wanted, in % of H_max.
    released : float
        What a pulse releases.
    """
    intensities = np.linspace(0.6, 2.0, 29)
    sizes = []
    for intensity, answers in zip(intensities, evoked(bench, intensities, released), strict=True):
        excited = bench.nerve.excited(intensity)
        sizes.append(np.mean([amplitude(bench.h_wave(a, but=excited)) for a in answers]))
    best = int(np.argmax(sizes))
    rising = np.maximum.accumulate(sizes[: best + 1])
    wanted = pct_hmax / 100.0 * rising[-1]
    return float(np.interp(wanted, rising + 1e-12 * np.arange(best + 1), intensities[: best + 1]))
