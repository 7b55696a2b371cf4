"""A brief input, and how long motoneurons fire after it."""

from __future__ import annotations

from renshaw.protocols import SpasmTest
from renshaw.study.laboratory import Series
from renshaw.study.measures import mean, share_of_people
from renshaw.validation.series import INJURED, spasm
from renshaw.validation.target import ASSUMED, FITTED, TARGET_GROUPS, Target, TargetGroup

_SPASMS = "doi:10.1152/jn.2003.89.4.2065; Zijdewind et al. 2014, doi:10.3389/fnhum.2014.00922"


def _series(people: int, trials: int) -> tuple[Series, ...]:
    return (
        spasm("healthy", people, SpasmTest()),
        spasm("injured", people, SpasmTest(), INJURED),
        spasm("stopped", people, SpasmTest(burst_strength=30.0, burst_after_s=1.0), INJURED),
    )


T12 = TARGET_GROUPS.add(
    TargetGroup(
        name="T12",
        rank=12,
        title="Spasms",
        series=_series,
        targets=(
            Target(
                "T12 healthy: spasm",
                "firing after a brief input (s)",
                _SPASMS,
                FITTED,
                0.0,
                1.0,
                mean("spasm healthy", "spasm_duration"),
            ),
            Target(
                "T12 injured: spasm",
                "firing after a brief input (s), spinal cord injury",
                _SPASMS,
                FITTED,
                2.0,
                60.0,
                mean("spasm injured", "spasm_duration"),
                ("spinal_cord_injury.TA.spasm_duration",),
            ),
            Target(
                "T12 injured: rate",
                "mean rate in a spasm (pps)",
                _SPASMS,
                FITTED,
                5.0,
                10.0,
                mean("spasm injured", "spasm_mean_rate"),
                ("spinal_cord_injury.TA.spasm_rate",),
            ),
            Target(
                "T12 injured: stopped",
                "spasms that a burst of inhibition, twenty times tonic inhibition, stops (%)",
                "Powers & Heckman pool",
                ASSUMED,
                90.0,
                100.0,
                share_of_people("spasm stopped", "spasm_stopped"),
            ),
        ),
    )
)
