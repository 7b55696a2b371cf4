"""Post-activation depression of the H-reflex: in health, in a contraction, after stroke."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.experiment.reflexes import DepressionSettings
from renshaw.study.laboratory import Series
from renshaw.study.measures import Measure, Measured, change, mean
from renshaw.validation.target import ASSUMED, PREDICTED, TARGET_GROUPS, Target, TargetGroup

if TYPE_CHECKING:
    import pandas as pd

_IN_HEALTH = DepressionSettings(frequencies_hz=(0.1, 1.0, 5.0), pairs_s=(8.0,), repeats=3)
_SMALL = _IN_HEALTH.replace(
    test_pct_hmax=25.0, frequencies_hz=(0.1, 1.0), pairs_s=(), stretches_s=()
)
_LARGE = _SMALL.replace(test_pct_hmax=99.0)
_CONTRACTING = _SMALL.replace(test_pct_hmax=50.0, background_pct_mvc=10.0)
_PAIRS = DepressionSettings(
    frequencies_hz=(0.1, 0.2),
    pairs_s=(1.0, 1 / 0.3, 5.0, 10.0),
    stretches_s=(),
    reflexes=2,
    repeats=4,
)
_STROKE = "15 people after stroke, doi:10.1080/08990220.2020.1807925"
_HARRIS = "depression by 65 % at a quarter of H_max and 19 % at H_max (Harris & Koceja 2006)"
# Each costs half a minute.
_PEOPLE = 6
_SOLEUS = (("muscle", "SOL"), ("n_units", 100))


def _series(people: int, trials: int) -> tuple[Series, ...]:
    def of(name: str, *tests: DepressionSettings, **condition: object) -> Series:
        traits = (*_SOLEUS, *condition.items())
        few = min(people, _PEOPLE)
        return Series(name, few, traits=traits, trials=1, group="SOL depression", reflexes=tests)

    return (
        of("SOL depression", _IN_HEALTH, _SMALL, _LARGE, _CONTRACTING),
        of("SOL pairs after stroke", _PAIRS, condition="stroke"),
        of("SOL depression, injured", _IN_HEALTH, condition="spinal-cord-injury"),
    )


def _by_size() -> Measure:
    """Measure by how much more a small reflex is depressed than the largest, % of control."""

    def measure(table: pd.DataFrame) -> Measured:
        rows = table.assign(
            series=table.series + table.quantity.str[:1], quantity=table.quantity.str[3:]
        )
        return change("SOL depression3", "SOL depression2", "H at 1 Hz")(rows)

    return measure


def _injured(table: pd.DataFrame) -> Measured:
    """Measure by how much less the injured are depressed than the healthy at 1 Hz."""
    mine = table.assign(quantity=table.quantity.str.removeprefix("1: "))
    return change("SOL depression, injured", "SOL depression", "H at 1 Hz")(mine)


T28 = TARGET_GROUPS.add(
    TargetGroup(
        name="T28",
        rank=12.6,
        title="Post-activation depression",
        series=_series,
        targets=(
            Target(
                "T28 SOL: H at 1 Hz",
                "H-reflex at 1 Hz (% of that at .1 Hz)",
                "62.5 % in ten people (Imura et al. 1997), less in others",
                PREDICTED,
                35.0,
                65.0,
                mean("SOL depression", "1: H at 1 Hz"),
                ("circuits.depression",),
            ),
            Target(
                "T28 SOL: H at 5 Hz",
                "H-reflex at 5 Hz (% of that at .1 Hz)",
                "a reduction by up to 90 % (doi:10.3390/medsci14010050), or to 63 % (Imura)",
                PREDICTED,
                10.0,
                63.0,
                mean("SOL depression", "1: H at 5 Hz"),
                ("circuits.fast_depression",),
            ),
            Target(
                "T28 SOL: H 2 s after a stretch",
                "H-reflex after a slow stretch of the calf (% of control)",
                "about 30 % in ten people ('H-reflexes are less depressed following muscle stretch "
                "in spastic spinal cord injured patients', abstract); half-width chosen",
                PREDICTED,
                15.0,
                50.0,
                mean("SOL depression", "1: H 2 s after a slow stretch"),
            ),
            Target(
                "T28 SOL: H 8 s after H",
                "second H-reflex of a pair (% of the first)",
                "still inhibited after 8 s (Crone & Nielsen 1989, doi:10.1007/BF00230683)",
                PREDICTED,
                0.0,
                97.0,
                mean("SOL depression", "1: H 8 s after H"),
            ),
            Target(
                "T28 SOL: small and large reflexes",
                "H-reflex at 1 Hz, at H_max minus at a quarter of it (% of control)",
                _HARRIS,
                PREDICTED,
                20.0,
                70.0,
                _by_size(),
            ),
            Target(
                "T28 SOL: in a contraction",
                "H-reflex at 1 Hz during 10 % MVC (% of that at .1 Hz)",
                "drastically less depression in a contraction (Stein et al. 2007)",
                ASSUMED,
                85.0,
                115.0,
                mean("SOL depression", "4: H at 1 Hz"),
            ),
            *(
                Target(
                    f"T28 SOL after stroke: {interval:.2g} s",
                    "second H-reflex of a pair (% of the first)",
                    f"{value:g} %, {_STROKE}; half-width chosen, no SD seen",
                    PREDICTED,
                    value - half,
                    value + half,
                    mean("SOL pairs after stroke", f"H {interval:g} s after H"),
                    ("circuits.depression_lost",) if interval == 1.0 else (),
                )
                for interval, value, half in (
                    (1.0, 74.3, 9.0),
                    (1 / 0.3, 84.1, 7.0),
                    (5.0, 85.5, 6.5),
                    (10.0, 92.7, 5.5),
                )
            ),
            Target(
                "T28 SOL injured - healthy",
                "H-reflex at 1 Hz after chronic injury of the cord, minus in health (% of control)",
                "depression is much weaker in chronic injury (Schindler-Ivens & Shields 2000)",
                ASSUMED,
                5.0,
                60.0,
                _injured,
            ),
        ),
        untestable=(
            "T28: post-activation depression in cerebral palsy and hereditary spastic paraplegia: "
            "no such person is in renshaw.",
        ),
    )
)
