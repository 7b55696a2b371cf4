"""Post-activation depression: the H-reflex by the frequency of the pulses, and its recovery.

In the calf it is tested after a slow stretch of the muscle as well (17 deg/s, as in "H-reflexes are
less depressed following muscle stretch in spastic spinal cord injured patients than in healthy
subjects"). That was read as an abstract: the ten degrees are ours, by which each afferent has fired
a few times and more changes little, and so is that the muscle is let back before it is tested.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from renshaw.core.settings import setting
from renshaw.data.arrays import FloatArray
from renshaw.experiment.reflexes.bench import Bench, Progress, Volleys, amplitude
from renshaw.experiment.reflexes.h_reflex import settled, test_intensity
from renshaw.experiment.reflexes.limb import Limb
from renshaw.experiment.reflexes.register import Found, tests
from renshaw.experiment.reflexes.result import Outcome
from renshaw.experiment.reflexes.settings import ReflexSettings
from renshaw.muscle.ankle import LARGEST_Nm

if TYPE_CHECKING:
    import pandas as pd

# Earlier pulses within this time are simulated as well: what motoneurons remember of a discharge.
_REMEMBERED_s = 0.45
# Velocity (deg/s) and size (deg) of the slow stretch.
_SLOWLY = (17.0, 10.0)
_NOT_KNOWN: tuple[float | None, float | None, str] = (None, None, "")
_HEALTHY = {
    "H at 1 Hz": (35.0, 65.0, "62.5 % in ten people (Imura et al. 1997), less in others"),
    "H at 5 Hz": (
        10.0,
        62.9,
        "a reduction by up to 90 % (doi:10.3390/medsci14010050) or to 62.9 % (Imura)",
    ),
    "H 8 s after H": (0.0, 97.0, "inhibited for more than 8 s (Crone & Nielsen 1989)"),
    "H 2 s after a slow stretch": (
        15.0,
        50.0,
        "about 30 % in ten healthy people; after injury of the cord less is lost (abstract; the "
        "width is ours)",
    ),
}


@dataclass(frozen=True, kw_only=True)
class DepressionSettings(ReflexSettings):
    """H-reflexes at several frequencies, relative to the lowest: post-activation depression."""

    name: ClassVar[str] = "depression"
    title: ClassVar[str] = "Post-activation depression"

    frequencies_hz: tuple[float, ...] = setting(
        (0.1, 0.2, 0.5, 1.0, 2.0, 5.0), "frequencies; the lowest is the control", unit="Hz"
    )
    pairs_s: tuple[float, ...] = setting(
        (1.0, 2.0, 4.0, 8.0), "intervals of pairs of pulses, both rested before", unit="s"
    )
    stretches_s: tuple[float, ...] = setting(
        (2.0,), "times after a slow stretch, rested before; for the calf only", unit="s"
    )
    reflexes: int = setting(10, "pulses in a train; the first doesn't count", ge=2, le=100)
    test_pct_hmax: float = setting(
        50.0, "size of the tested reflex, on the rising limb", unit="% H_max", gt=0, le=100
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.frequencies_hz) < 2 or not all(0.01 <= f <= 20 for f in self.frequencies_hz):
            raise self.refusal("frequencies_hz", "at least two, each from 0.01 to 20 Hz.")
        if not all(0.1 <= t <= 100 for t in self.pairs_s):
            raise self.refusal("pairs_s", "each from 0.1 to 100 s.")
        if not all(0.1 <= t <= 100 for t in self.stretches_s):
            raise self.refusal("stretches_s", "each from 0.1 to 100 s.")
        object.__setattr__(self, "stretches_s", tuple(sorted(set(self.stretches_s))))
        object.__setattr__(self, "frequencies_hz", tuple(sorted(set(self.frequencies_hz))))
        object.__setattr__(self, "pairs_s", tuple(sorted(set(self.pairs_s))))


@tests(DepressionSettings)
def depression(bench: Bench, settings: DepressionSettings, progress: Progress | None) -> Found:
    """Return the reflex at each frequency and of each pair, and what is read from it."""
    import pandas as pd

    slowest = settings.frequencies_hz[0]
    intensity = test_intensity(bench, settings.test_pct_hmax, settled(bench, 1.0 / slowest))
    trains = [np.arange(settings.reflexes) / f for f in settings.frequencies_hz]
    pairs = [np.array([0.0, t]) for t in settings.pairs_s]
    sizes, waves = _sizes(bench, [*trains, *pairs], intensity, progress)
    largest = bench.m_max()
    rows = []
    control = np.nan
    for frequency, mine in zip(settings.frequencies_hz, sizes, strict=False):
        counted = mine[:, 1:].mean(axis=1)
        control = counted.mean() if frequency == slowest else control
        rows.append(_row("train", frequency, 1.0 / frequency, counted, control, largest))
    for interval_s, mine in zip(settings.pairs_s, sizes[len(trains) :], strict=True):
        rows.append(
            _row("pair", 1.0 / interval_s, interval_s, mine[:, 1], mine[:, 0].mean(), largest)
        )
    rows += [
        _row("stretch", 1.0 / t, t, mine, control, largest)
        for t, mine in zip(*_after_stretches(bench, settings, intensity), strict=True)
    ]
    table = pd.DataFrame(rows)
    shown = {
        f"{f:g} Hz": wave / largest
        for f, wave in zip(settings.frequencies_hz, waves, strict=False)
        if f in (slowest, 1.0, 5.0)
    }
    return Found(table, _outcomes(bench, table), shown)


def _row(
    kind: str, hz: float, interval_s: float, sizes: FloatArray, control: float, largest: float
) -> dict[str, object]:
    share = 100.0 * sizes / control if control > 0 else np.full(len(sizes), np.nan)
    return {
        "frequency_hz": hz,
        "interval_s": interval_s,
        "kind": kind,
        "h_pct_control": share.mean(),
        "h_sd": share.std(ddof=1) if len(share) > 1 else np.nan,
        "h_pct": 100.0 * sizes.mean() / largest,
    }


def _after_stretches(
    bench: Bench, settings: DepressionSettings, intensity: float
) -> tuple[tuple[float, ...], list[FloatArray]]:
    """Return when the muscle was stretched, and the size of the reflexes then.

    What the motoneurons themselves remember of a stretch is left out.
    """
    if bench.pool.muscle not in LARGEST_Nm or not settings.stretches_s:
        return (), []
    released = Limb(bench).releasing_after(*_SLOWLY, settings.stretches_s)
    excited, repeats = bench.nerve.excited(intensity), range(settings.repeats)
    arrives = np.array([bench.nerve.arrives_s])
    trials = [
        Volleys(arrives, np.array([bench.area(intensity, left)]), repeat)
        for left in released
        for repeat in repeats
    ]
    waves = [bench.h_wave(fired_s, but=excited) for fired_s in bench.reflexes(trials)]
    sizes = np.array([amplitude(wave) for wave in waves]).reshape(len(released), -1)
    return settings.stretches_s, list(sizes)


def _outcomes(bench: Bench, table: pd.DataFrame) -> tuple[Outcome, ...]:
    at_rest = bench.pool.muscle == "SOL" and not bench.settings.background_pct_mvc
    found = []
    for row in table.to_dict("records"):
        train = row["kind"] == "train"
        if train and row["frequency_hz"] == table["frequency_hz"].min():
            continue
        after = {"pair": "H", "stretch": "a slow stretch"}.get(str(row["kind"]))
        name = (
            f"H at {row['frequency_hz']:g} Hz"
            if train
            else f"H {row['interval_s']:g} s after {after}"
        )
        low, high, source = _HEALTHY.get(name, _NOT_KNOWN) if at_rest else _NOT_KNOWN
        found.append(Outcome(name, row["h_pct_control"], "% of control", low, high, source))
    order = {"H at 1 Hz": 0, "H at 5 Hz": 1}
    return tuple(sorted(found, key=lambda each: order.get(each.name, 2)))


def _sizes(
    bench: Bench, trains: list[FloatArray], intensity: float, progress: Progress | None
) -> tuple[list[FloatArray], list[FloatArray]]:
    """Return the amplitude of each reflex of each train, shape (repeats, pulses), and its last."""
    trials, excited = [], bench.nerve.excited(intensity)
    for pulses_s in trains:
        areas = np.array([bench.area(intensity, r) for r in bench.released(pulses_s)])
        for k, at_s in enumerate(pulses_s):
            near = (pulses_s <= at_s) & (pulses_s > at_s - _REMEMBERED_s)
            arrive = pulses_s[near] - at_s + bench.nerve.arrives_s
            trials += [
                Volleys(arrive, areas[near], k * bench.settings.repeats + repeat)
                for repeat in range(bench.settings.repeats)
            ]
    answers = bench.reflexes(trials, before_s=_REMEMBERED_s, progress=progress)
    waves = [bench.h_wave(fired_s, but=excited) for fired_s in answers]
    sizes, last, first = [], [], 0
    for pulses_s in trains:
        count = len(pulses_s) * bench.settings.repeats
        mine = np.array([amplitude(w) for w in waves[first : first + count]])
        sizes.append(mine.reshape(len(pulses_s), -1).T)
        last.append(np.mean(waves[first + count - bench.settings.repeats : first + count], axis=0))
        first += count
    return sizes, last
