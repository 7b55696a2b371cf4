"""The ankle that is turned, tapped and pushed: stretch reflex, tendon jerk and clonus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.experiment.reflexes import (
    ClonusSettings,
    ReflexSettings,
    StretchSettings,
    TapSettings,
)
from renshaw.study.laboratory import Series
from renshaw.study.measures import Measure, Measured, mean, person_means
from renshaw.validation.target import PREDICTED, TARGET_GROUPS, Target, TargetGroup

if TYPE_CHECKING:
    import pandas as pd

_STRETCHES = StretchSettings(
    velocities_deg_per_s=(20.0, 40.0, 60.0, 80.0, 100.0, 150.0, 220.0, 300.0), repeats=2
)
_TAPS = TapSettings(repeats=2, taps_mm=(2.0, 6.0), intervals_s=())
_PUSHES = ClonusSettings(repeats=1)
_WALLACE = "Wallace et al. 2005, doi:10.1152/japplphysiol.00649.2005"
# Each costs half a minute.
_PEOPLE = 6
_SOLEUS = (("muscle", "SOL"), ("n_units", 100))
_HEALTHY, _INJURED, _SCLEROSIS = "SOL ankle", "SOL ankle, injured", "SOL ankle, MS"


def _series(people: int, trials: int) -> tuple[Series, ...]:
    def of(name: str, *tests: ReflexSettings, **condition: object) -> Series:
        traits = (*_SOLEUS, *condition.items())
        few = min(people, _PEOPLE)
        return Series(name, few, traits=traits, trials=1, group="SOL ankle", reflexes=tests)

    return (
        of(_HEALTHY, _STRETCHES, _TAPS, _PUSHES),
        of(_INJURED, _PUSHES, condition="spinal-cord-injury"),
        of(_SCLEROSIS, _STRETCHES, condition="multiple-sclerosis"),
    )


def _steeper() -> Measure:
    """Measure how many times steeper the stretch reflex is in multiple sclerosis."""

    def measure(table: pd.DataFrame) -> Measured:
        sclerosis = person_means(table, _SCLEROSIS, "slope").mean()
        ratio = float(sclerosis / person_means(table, _HEALTHY, "1: slope").mean())
        return Measured(ratio, ratio, ratio)

    return measure


T30 = TARGET_GROUPS.add(
    TargetGroup(
        name="T30",
        rank=12.8,
        title="The ankle that moves",
        series=_series,
        targets=(
            Target(
                "T30 SOL: stretch threshold",
                "velocity at which the stretch reflex begins, sitting at rest (deg/s)",
                "71 deg/s, mean of ten people (Nielsen 1998); half-width chosen, no SD seen",
                PREDICTED,
                50.0,
                95.0,
                mean(_HEALTHY, "1: threshold velocity"),
                ("circuits.spindle_velocity",),
            ),
            Target(
                "T30 SOL: stretch latency",
                "from the beginning of a fast stretch to the reflex (ms)",
                "42 +- 3.2 ms, standing and walking (doi:10.1152/jn.1996.76.2.1112; two SD)",
                PREDICTED,
                35.6,
                48.4,
                mean(_HEALTHY, "1: latency"),
            ),
            Target(
                "T30 SOL: jerk latency",
                "from a tap on the Achilles tendon to the jerk (ms)",
                "31.0 +- 3.0 ms in 50 people (J Korean Acad Rehabil Med 1996; 20(3); two SD)",
                PREDICTED,
                25.0,
                37.0,
                mean(_HEALTHY, "2: latency"),
            ),
            Target(
                "T30 SOL: clonus",
                "beats within five seconds, under the load with most",
                "none or a few beats (from memory of clinical teaching, not read)",
                PREDICTED,
                0.0,
                5.0,
                mean(_HEALTHY, "3: most beats"),
            ),
            Target(
                "T30 SOL injured: clonus",
                "beats within five seconds, under the load with most",
                "sustained clonus: 4.7 to 7 beats a second for as long as it is tested "
                f"({_WALLACE}); that severity .5 has it is an assumption",
                PREDICTED,
                15.0,
                35.0,
                mean(_INJURED, "most beats"),
            ),
            Target(
                "T30 SOL injured: clonus frequency",
                "under the load with most beats (Hz)",
                f"4.7 to 7.0 Hz ({_WALLACE})",
                PREDICTED,
                4.7,
                7.0,
                mean(_INJURED, "frequency"),
            ),
            Target(
                "T30 SOL injured: once a beat",
                "motoneurons that fire once in a beat (% of those that fire)",
                f"98 % of 166 units ({_WALLACE}); half-width chosen",
                PREDICTED,
                90.0,
                100.0,
                mean(_INJURED, "motoneurons that fire once a beat"),
            ),
            Target(
                "T30 SOL MS: stretch slope",
                "growth of the stretch reflex with velocity, times that in health",
                "2.6 in 20 patients and .6 (.1 to 2.2) uV/(deg/s) in ten healthy people (Nielsen "
                "et al. 2004, doi:10.1111/j.1468-1331.2004.00891.x)",
                PREDICTED,
                1.5,
                8.0,
                _steeper(),
            ),
        ),
        untestable=("T30: the pendulum test and the knee jerk: the quadriceps is not in renshaw.",),
    )
)
