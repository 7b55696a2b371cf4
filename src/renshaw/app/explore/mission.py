"""The mission in one minute: make a cord too excitable, watch a spasm, calm it in two ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from renshaw.app.explore.knobs import Scene
from renshaw.data.estimates import Estimates
from renshaw.interventions import ReciprocalInhibition, Relaxation
from renshaw.protocols import SpasmTest

# Where the hand is led to in each edition of the person, neuromodulation and inhibition: with both,
# a touch brings a spasm that goes on and on.
_LED_TO = {1: (1.02, 0.6), 2: (1.3, 0.2)}
# Firing goes on "for seconds"; what relaxation leaves of it in the second edition is shorter.
_SPASM_s = 2.0


@dataclass(frozen=True)
class Step:
    """One step.

    Parameters
    ----------
    title, text : str
    button : str
        What the button says that does the step.
    knobs : mapping
        Values that the button sets, by name.
    pins : bool
        Whether what is seen now is pinned first, as the picture to compare with.
    """

    title: str
    text: str
    button: str
    knobs: Mapping[str, Any] = field(default_factory=dict)
    pins: bool = False


def steps_of(edition: int) -> tuple[Step, ...]:
    """Return the steps for the person of an edition.

    Parameters
    ----------
    edition : int
    """
    monoamines, inhibition = _LED_TO[edition]
    return (
        replace(_UP, knobs={"participant.neuromodulation": monoamines}),
        replace(_DOWN, knobs={"participant.inhibition": inhibition}),
        *_THEN,
    )


_UP = Step(
    "Turn serotonin up",
    "Serotonin and noradrenaline from the brain stem turn up the amplifier in each "
    "motoneuron: the same input now drives more firing.",
    "Turn it up",
)
_DOWN = Step(
    "Turn inhibition down",
    "Inhibition is the brake on this amplifier. After a spinal cord injury much of it is lost.",
    "Turn it down",
)
_THEN = (
    Step(
        "Touch the leg",
        "A touch of half a second. The motoneurons keep firing for seconds: a spasm, sustained by "
        "their own inward current.",
        "Touch the leg",
        {"protocol": "spasm"},
    ),
    Step(
        "Calm it: stimulate the nerve",
        "Each pulse to the antagonist's nerve inhibits the motoneurons for a few milliseconds.",
        "Stimulate the nerve",
        {"nerve": True, "relaxation.depth": 0},
        pins=True,
    ),
    Step(
        "Or calm it: relax",
        "Deep relaxation turns the amplifier down; no device needed.",
        "Relax",
        {"nerve": False, "relaxation.depth": 1},
    ),
)


def steps_done(scene: Scene, estimates: Estimates) -> list[bool]:
    """Return which steps a picture shows to be done."""
    monoamines, inhibition = _LED_TO[scene.participant.edition]
    spasm = _has_spasm(scene, estimates)
    calmed = isinstance(scene.protocol, SpasmTest) and not spasm
    kinds = {type(each) for each in scene.given}
    return [
        scene.participant.neuromodulation >= monoamines,
        scene.participant.inhibition <= inhibition,
        spasm,
        calmed and ReciprocalInhibition in kinds,
        calmed and Relaxation in kinds and ReciprocalInhibition not in kinds,
    ]


def _has_spasm(scene: Scene, estimates: Estimates) -> bool:
    if not isinstance(scene.protocol, SpasmTest) or "spasm_duration" not in estimates.quantities:
        return False
    return bool(estimates.select("spasm_duration").rows[0].value >= _SPASM_s)
