"""More amplification never reads as less: from a calm cord to one whose units never stop.

The units of the most excitable cords still fire when the recording ends. What was not seen of them
must not read as a small value: each estimate rises with neuromodulation, or says that it is a bound
or not known.
"""

from __future__ import annotations

from renshaw.study.laboratory import Series
from renshaw.study.measures import falls
from renshaw.validation.series import ramps
from renshaw.validation.target import CHECK, TARGET_GROUPS, Target, TargetGroup

# From no self-sustained firing to units that never stop.
_LEVELS = (0.85, 0.90, 0.95, 1.00, 1.05, 1.10, 1.15, 1.20, 1.25)
_NAMES = tuple(f"neuromodulation {level:g}" for level in _LEVELS)
_OF = {
    "delta_f": "ΔF",
    "self_sustained_duration": "self-sustained firing",
    "peak_rate": "peak rate",
    "brace_height": "brace height",
}


def _series(people: int, trials: int) -> tuple[Series, ...]:
    return tuple(
        ramps(
            name,
            "TA",
            people,
            1,
            traits=(("neuromodulation", level), ("inhibition", 0.0)),
            group="neuromodulation",
        )
        for name, level in zip(_NAMES, _LEVELS, strict=True)
    )


SWEEP = TARGET_GROUPS.add(
    TargetGroup(
        name="Sweep",
        rank=13,
        title="More amplification",
        series=_series,
        targets=tuple(
            Target(
                f"Sweep: {words}",
                f"steps of {len(_LEVELS) - 1} up in neuromodulation at which {words} reads lower",
                "the model's own truth",
                CHECK,
                0.0,
                0.5,
                falls(_NAMES, quantity),
            )
            for quantity, words in _OF.items()
        ),
    )
)
