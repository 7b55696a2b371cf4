"""One motoneuron after the other with an electrode in it: afterhyperpolarization, gain, current.

Of people only the duration of the afterhyperpolarization is known, from the excitability of single
units after a discharge; the rest is held against the cat and the rat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.study.laboratory import Series
from renshaw.study.measures import Measure, Measured, mean
from renshaw.validation.target import PREDICTED, TARGET_GROUPS, Target, TargetGroup

if TYPE_CHECKING:
    import pandas as pd

_KUDINA = "Kudina & Alexeeva 1992, Electroencephalogr Clin Neurophysiol 85: 345-353"
_LEE = "cat: Lee & Heckman 1998, doi:10.1152/jn.1998.80.2.583"
_UNITS, _EARLY = 20, 10
# People differ little in this; each costs two seconds.
_PEOPLE = 4


def _impaled(muscle: str, people: int) -> Series:
    name = f"{muscle} impaled"
    traits = (("muscle", muscle), ("n_units", _UNITS))
    few = min(people, _PEOPLE)
    return Series(name, few, traits=traits, trials=1, group=name, impaled=True)


def _series(people: int, trials: int) -> tuple[Series, ...]:
    return tuple(_impaled(muscle, people) for muscle in ("TA", "SOL", "GM"))


def _early(series: str, quantity: str) -> Measure:
    """Measure the mean of the half of the pool that weak contractions recruit."""

    def measure(table: pd.DataFrame) -> Measured:
        return mean(series, quantity)(table[table.unit <= _EARLY])

    return measure


T21 = TARGET_GROUPS.add(
    TargetGroup(
        name="T21",
        # Before the sweep, which is no number of people.
        rank=12.2,
        title="An electrode in the motoneuron",
        series=_series,
        targets=(
            Target(
                "T21 SOL: AHP",
                "afterhyperpolarization, from the spike to 2 % of its depth (ms), first half of "
                "the pool",
                _KUDINA,
                PREDICTED,
                145.0,
                255.0,
                _early("SOL impaled", "ahp_duration"),
                ("SOL.ahp_ms",),
            ),
            Target(
                "T21 TA: AHP",
                "afterhyperpolarization, from the spike to 2 % of its depth (ms), first half of "
                "the pool",
                f"between flexor carpi ulnaris and soleus: {_KUDINA}; assumed for this muscle",
                PREDICTED,
                55.0,
                255.0,
                _early("TA impaled", "ahp_duration"),
                ("TA.ahp_ms",),
            ),
            Target(
                "T21 GM: steepest f-I",
                "steepest range of the f-I relation in any motoneuron (pps/nA)",
                "cat and rat: a few pps/nA, as usually reported; recalled, not read",
                PREDICTED,
                0.0,
                10.0,
                mean("GM impaled", "gain_steepest"),
            ),
            Target(
                "T21 TA: PIC, late over early",
                "persistent inward current of a late motoneuron, relative to an early one's",
                f"equally large; half allowed; {_LEE}",
                PREDICTED,
                0.67,
                1.5,
                mean("TA impaled", "pic_late_over_early"),
                ("TA.l_type_last_over_first",),
            ),
            Target(
                "T21 TA: PIC, hysteresis",
                "by how much more an early motoneuron's current outlasts its onset than a late "
                "one's (mV)",
                f"substantially more, without a number; {_LEE}",
                PREDICTED,
                1.0,
                20.0,
                mean("TA impaled", "pic_hysteresis_lost"),
            ),
        ),
    )
)
