"""What turns neuromodulation up, a remote handgrip, and down, relaxation."""

from __future__ import annotations

from renshaw.study.laboratory import Series
from renshaw.study.measures import change
from renshaw.validation.series import ramps, vibstim, young
from renshaw.validation.sources import MESQUITA_2022, ORSSATTO_2022
from renshaw.validation.target import ASSUMED, FITTED, TARGET_GROUPS, Target, TargetGroup


def _series(people: int, trials: int) -> tuple[Series, ...]:
    def done(name: str, muscle: str, what: str) -> Series:
        return ramps(name, muscle, people, trials, group=f"{muscle} young", given=[what])

    return (
        *(young(muscle, people, trials) for muscle in ("TA", "SOL", "GM")),
        done("GM relaxed", "GM", "relaxation"),
        done("SOL handgrip", "SOL", "remote-handgrip"),
        done("TA handgrip", "TA", "remote-handgrip"),
        vibstim("control", people),
        vibstim("relaxed", people, given=["relaxation"]),
    )


T5 = TARGET_GROUPS.add(
    TargetGroup(
        name="T5",
        rank=5,
        title="Remote handgrip and relaxation",
        series=_series,
        targets=(
            Target(
                "T5 handgrip TA: delta F",
                "remote handgrip minus control (pps), TA",
                ORSSATTO_2022,
                FITTED,
                0.23,
                0.58,
                change("TA handgrip", "TA young", "delta_f"),
                ("remote_handgrip.TA.delta_f",),
            ),
            Target(
                "T5 handgrip SOL: delta F",
                "remote handgrip minus control (pps), SOL",
                ORSSATTO_2022,
                FITTED,
                0.16,
                0.55,
                change("SOL handgrip", "SOL young", "delta_f"),
                ("remote_handgrip.SOL.delta_f",),
            ),
            Target(
                "T5 relaxation GM: delta F",
                "relaxed minus control (pps), GM",
                f"{MESQUITA_2022} (direction); mirror of handgrip (size)",
                FITTED,
                -0.6,
                -0.2,
                change("GM relaxed", "GM young", "delta_f"),
                ("remote_handgrip.TA.delta_f", "remote_handgrip.SOL.delta_f"),
            ),
            Target(
                "T5 relaxation: T_vib",
                "relaxed minus control (% MVC); weaker L-type current by assumption, so it falls",
                MESQUITA_2022,
                ASSUMED,
                -5.0,
                -0.01,
                change("VibStim relaxed", "VibStim control", "torque_vib"),
            ),
            Target(
                "T5 relaxation: T_sust",
                "relaxed minus control (% MVC); weaker L-type current by assumption, so it falls",
                MESQUITA_2022,
                ASSUMED,
                -5.0,
                -0.01,
                change("VibStim relaxed", "VibStim control", "torque_sust"),
            ),
        ),
    )
)
