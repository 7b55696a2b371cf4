"""The soleus H-reflex after a volley in the antagonist's nerve: disynaptic, D1 and D2."""

from __future__ import annotations

from renshaw.experiment.reflexes import ReciprocalSettings
from renshaw.study.laboratory import Series
from renshaw.study.measures import mean
from renshaw.validation.target import ASSUMED, PREDICTED, TARGET_GROUPS, Target, TargetGroup

_TEST = ReciprocalSettings(repeats=4)
_REMEMBERED = "from memory of the literature, not read"


def _series(people: int, trials: int) -> tuple[Series, ...]:
    return (
        Series(
            "SOL after the antagonist",
            people,
            traits=(("muscle", "SOL"), ("n_units", 100)),
            trials=1,
            group="SOL reflexes",
            reflexes=(_TEST,),
        ),
    )


def _target(name: str, outcome: str, role: str, low: float, high: float) -> Target:
    return Target(
        f"T29 SOL: {name}",
        "smallest H-reflex in that window (% of control)",
        _REMEMBERED,
        role,
        low,
        high,
        mean("SOL after the antagonist", outcome),
    )


T29 = TARGET_GROUPS.add(
    TargetGroup(
        name="T29",
        rank=12.7,
        title="A volley in the antagonist's nerve",
        series=_series,
        targets=(
            _target("disynaptic", "disynaptic (1 to 5 ms)", PREDICTED, 65.0, 95.0),
            _target("D1", "D1 (10 to 30 ms)", ASSUMED, 60.0, 85.0),
            _target("D2", "D2 (70 to 150 ms)", ASSUMED, 50.0, 80.0),
        ),
    )
)
