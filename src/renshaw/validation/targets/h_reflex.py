"""The H-reflex at rest: its latency, its size beside the M-wave, and the order of muscles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.experiment.reflexes import HReflexSettings
from renshaw.study.laboratory import Series
from renshaw.study.measures import Measure, Measured, mean, person_means
from renshaw.validation.target import PREDICTED, TARGET_GROUPS, Target, TargetGroup

if TYPE_CHECKING:
    import pandas as pd

_TEST = HReflexSettings(points=15, strongest_xmt=2.0, repeats=4)
_REMEMBERED = "from memory of the literature, not read"


def _series(people: int, trials: int) -> tuple[Series, ...]:
    return tuple(
        Series(
            f"{muscle} H-reflex",
            people,
            traits=(("muscle", muscle), ("n_units", 100)),
            trials=1,
            group=f"{muscle} reflexes",
            reflexes=(_TEST,),
        )
        for muscle in ("SOL", "GM", "TA")
    )


def _smaller(muscle: str, than: str) -> Measure:
    """Measure the mean H_max/M_max of a muscle relative to that of another."""

    def measure(table: pd.DataFrame) -> Measured:
        means = [
            person_means(table, f"{each} H-reflex", "H_max/M_max").mean() for each in (muscle, than)
        ]
        ratio = float(means[0] / means[1])
        return Measured(ratio, ratio, ratio)

    return measure


T27 = TARGET_GROUPS.add(
    TargetGroup(
        name="T27",
        rank=12.5,
        title="The H-reflex at rest",
        series=_series,
        targets=(
            Target(
                "T27 SOL: H latency",
                "from the pulse in the hollow of the knee to the H-reflex (ms)",
                "251 people: 30.3 +- 2.4 ms (Buschbacher 1999, normative series of the calf)",
                PREDICTED,
                27.9,
                32.7,
                mean("SOL H-reflex", "latency of H"),
            ),
            Target(
                "T27 SOL: H_max/M_max",
                "largest H-reflex (% of the largest M-wave)",
                "means of studies from 31 % (young adults, Authorea 567641) to 50 % "
                f"({_REMEMBERED})",
                PREDICTED,
                30.0,
                60.0,
                mean("SOL H-reflex", "H_max/M_max"),
                ("circuits.ia_volley",),
            ),
            Target(
                "T27 SOL: M at H_max",
                "M-wave at the largest H-reflex (% of the largest M-wave)",
                "young adults 5 %, older ones 29 % (Scaglioni et al. 2003, PMC2342873)",
                PREDICTED,
                0.0,
                15.0,
                mean("SOL H-reflex", "M at H_max"),
            ),
            Target(
                "T27 GM: H_max/M_max beside SOL",
                "largest H-reflex relative to the soleus's",
                f"smaller than in the soleus ({_REMEMBERED})",
                PREDICTED,
                0.3,
                0.9,
                _smaller("GM", "SOL"),
                ("circuits.ia_volley",),
            ),
            Target(
                "T27 TA: H_max/M_max beside SOL",
                "largest H-reflex relative to the soleus's",
                f"often none at rest ({_REMEMBERED})",
                PREDICTED,
                0.0,
                0.4,
                _smaller("TA", "SOL"),
                ("circuits.ia_volley",),
            ),
        ),
    )
)
