"""Intrathecal baclofen after severe injury of the cord: H-reflex and spasms."""

from __future__ import annotations

from renshaw.experiment.reflexes import HReflexSettings
from renshaw.interventions import IntrathecalBaclofen
from renshaw.protocols import SpasmTest
from renshaw.study.laboratory import Series
from renshaw.study.measures import share_left
from renshaw.validation.target import PREDICTED, TARGET_GROUPS, Target, TargetGroup

_TEST = HReflexSettings(points=15, strongest_xmt=2.0, repeats=4)
_SEVERE = (("condition", "spinal-cord-injury"), ("severity", 1.0))
_F_WAVE = (
    "T31: the F-wave, which falls as well under intrathecal baclofen: there is none in the model."
)


def _series(people: int, trials: int) -> tuple[Series, ...]:
    reflexes = tuple(
        Series(
            f"SOL severe injury{suffix}",
            max(6, people // 2),
            traits=(("muscle", "SOL"), ("n_units", 100), *_SEVERE),
            given=given,
            trials=1,
            group="SOL severe injury",
            reflexes=(_TEST,),
        )
        for suffix, given in (("", ()), (", baclofen", (IntrathecalBaclofen(),)))
    )
    spasms = tuple(
        Series(
            f"spasm severe injury{suffix}",
            max(6, people // 2),
            SpasmTest(),
            (("muscle", "TA"), *_SEVERE),
            given,
            trials=1,
            group="spasm severe injury",
            observed=False,
        )
        for suffix, given in (("", ()), (", baclofen", (IntrathecalBaclofen(),)))
    )
    return reflexes + spasms


T31 = TARGET_GROUPS.add(
    TargetGroup(
        name="T31",
        rank=12.9,
        title="Intrathecal baclofen after severe injury",
        series=_series,
        targets=(
            Target(
                "T31 SOL: H_max/M_max under baclofen",
                "H_max/M_max after a bolus of 50 ug (% of that without)",
                "-77 % (Azouvi et al. 1993, doi:10.1136/jnnp.56.5.515; the abstract was read, the "
                "number is from notes on the paper; half-width chosen)",
                PREDICTED,
                13.0,
                33.0,
                share_left("SOL severe injury, baclofen", "SOL severe injury", "H_max/M_max"),
                ("circuits.intrathecal_postsynaptic",),
            ),
            Target(
                "T31 TA: spasms under baclofen",
                "firing after a brief input, under a bolus of 50 ug (% of that without)",
                "score of spasms 3.3 +- 1.2 to .4 +- .8 in 19 people with a pump (Penn et al. "
                "1989, doi:10.1056/NEJM198906083202303): what is left and one SD of it; a score of "
                "frequency, held against a duration",
                PREDICTED,
                0.0,
                36.0,
                share_left(
                    "spasm severe injury, baclofen", "spasm severe injury", "spasm_duration"
                ),
            ),
        ),
        untestable=(_F_WAVE,),
    )
)
