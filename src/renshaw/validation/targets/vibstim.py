"""VibStim: torque during and after vibration, and who responds."""

from __future__ import annotations

from renshaw.study.laboratory import Series
from renshaw.study.measures import mean_of_responders, share_of_people, spread_of_responders
from renshaw.validation.series import vibstim
from renshaw.validation.target import FITTED, PREDICTED, TARGET_GROUPS, Target, TargetGroup

_VIBSTIM = "Mesquita et al. 2021, Eur J Appl Physiol"


def _series(people: int, trials: int) -> tuple[Series, ...]:
    return (vibstim("control", people),)


T7 = TARGET_GROUPS.add(
    TargetGroup(
        name="T7",
        rank=7,
        title="VibStim",
        series=_series,
        targets=(
            Target(
                "T7 T_vib",
                "torque during vibration (% MVC), people who respond (n = 11)",
                _VIBSTIM,
                FITTED,
                7.0,
                10.0,
                mean_of_responders("VibStim control", "torque_vib"),
                ("vibstim.SOL.torque_vib",),
            ),
            Target(
                "T7 T_vib: spread",
                "its standard deviation (% MVC)",
                _VIBSTIM,
                FITTED,
                6.0,
                9.0,
                spread_of_responders("VibStim control", "torque_vib"),
                ("vibstim.SOL.torque_vib_sd",),
            ),
            Target(
                "T7 T_sust",
                "torque after vibration (% MVC), people who respond (n = 11)",
                _VIBSTIM,
                FITTED,
                4.0,
                5.5,
                mean_of_responders("VibStim control", "torque_sust"),
                ("vibstim.SOL.torque_sust",),
            ),
            Target(
                "T7 T_sust: spread",
                "its standard deviation (% MVC)",
                _VIBSTIM,
                PREDICTED,
                4.0,
                6.0,
                spread_of_responders("VibStim control", "torque_sust"),
                ("vibstim.SOL.torque_sust_sd",),
            ),
            Target(
                "T7 responders",
                "people with torque after vibration (%; 11 of 20)",
                _VIBSTIM,
                FITTED,
                35.0,
                75.0,
                share_of_people("VibStim control", "responder"),
                ("vibstim.SOL.responders",),
            ),
        ),
    )
)
