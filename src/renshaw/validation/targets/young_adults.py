"""Young adults in triangles to 20 % MVC: amplification and rates of three muscles."""

from __future__ import annotations

from renshaw.study.laboratory import Series
from renshaw.study.measures import mean
from renshaw.validation.series import young
from renshaw.validation.sources import ORSSATTO_2021
from renshaw.validation.target import FITTED, TARGET_GROUPS, Target, TargetGroup

_RATES = "means of studies in the open data of Orssatto et al. (SRMA_MU)"


def _level(
    name: str, muscle: str, source: str, delta_f: tuple[float, float], peak: tuple[float, float]
) -> tuple[Target, Target]:
    series = f"{muscle} young"
    return (
        Target(
            f"{name} {muscle}: delta F",
            f"delta F (pps), young, {muscle}, triangles to 20 % MVC",
            source,
            FITTED,
            *delta_f,
            mean(series, "delta_f"),
            (f"{muscle}.delta_f",),
        ),
        Target(
            f"{name} {muscle}: peak rate",
            f"peak discharge rate (pps), young, {muscle}, triangles to 20 % MVC",
            source,
            FITTED,
            *peak,
            mean(series, "peak_rate"),
            (f"{muscle}.peak_rate",),
        ),
    )


def _tibialis(people: int, trials: int) -> tuple[Series, ...]:
    return (young("TA", people, trials),)


def _calf(people: int, trials: int) -> tuple[Series, ...]:
    return tuple(young(muscle, people, trials) for muscle in ("SOL", "GM"))


T1 = TARGET_GROUPS.add(
    TargetGroup(
        name="T1",
        rank=1,
        title="Young adults: tibialis anterior",
        series=_tibialis,
        targets=_level("T1", "TA", ORSSATTO_2021, (3.9, 4.9), (13.0, 16.0)),
    )
)
T2 = TARGET_GROUPS.add(
    TargetGroup(
        name="T2",
        rank=2,
        title="Young adults: soleus, gastrocnemius",
        series=_calf,
        targets=(
            *_level("T2", "SOL", ORSSATTO_2021, (2.4, 3.3), (9.5, 11.5)),
            *_level("T2b", "GM", f"{_RATES}; delta F recalled", (3.0, 4.0), (8.5, 11.5)),
        ),
    )
)
