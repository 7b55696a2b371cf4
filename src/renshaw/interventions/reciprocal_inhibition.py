"""Reciprocal inhibition: electrical stimulation of the nerve to the antagonist muscle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from renshaw.core.settings import Knob, setting
from renshaw.interventions.intervention import PEOPLE, Intervention
from renshaw.interventions.register import INTERVENTIONS
from renshaw.model.effects import effect
from renshaw.model.participant import Participant
from renshaw.protocols import NerveStimulation, Protocol, TriggeredStimulation, stimulated

# Peak inhibition by one volley of all Ia afferents, M_i in 1e-5 S/cm2. The one number that was
# fitted, so that the default stimulation lowers delta F as much as antagonist vibration does.
STRENGTH = 4.0

CONTINUOUS, TRIGGERED = "continuous", "triggered"


@INTERVENTIONS.add
@dataclass(frozen=True, kw_only=True)
class ReciprocalInhibition(Intervention):
    """Antagonist nerve stimulation: each pulse inhibits the motoneurons for some milliseconds.

    Below motor threshold only afferents respond. Above it the antagonist twitches as well, against
    which the person must drive harder. `renshaw.protocols.NerveStimulation` has the time course.
    """

    name: ClassVar[str] = "reciprocal-inhibition"
    rank: ClassVar[float] = 10
    title: ClassVar[str] = "Reciprocal inhibition"
    mechanism: ClassVar[str] = (
        "Pulses to the antagonist's nerve excite its Ia afferents; each volley opens an inhibitory "
        "conductance of the motoneurons for some 10 ms."
    )
    certainty: ClassVar[str] = PEOPLE
    source: ClassVar[str] = "doi:10.1113/JP282765; size: doi:10.1113/JP283708"
    fitted: ClassVar[str] = (
        "delta F under antagonist tendon vibration, -0.2 to -0.95 pps at 20 to 30 % MVC"
    )
    assumed: ClassVar[tuple[str, ...]] = (
        "The settings of antagonist nerve stimulation in the seed study are not known here; its "
        "strength was chosen so that the default acts like antagonist tendon vibration did in "
        "Orssatto et al. 2022.",
        "How inhibition grows with the intensity, width and frequency of pulses is a textbook "
        "recruitment curve with mild depression, not a measurement on delta F.",
        "Triggered stimulation is a device of the model: it knows firing from its absence within a "
        "quarter of a second, answers a tenth of a second later, and is off when the person means "
        "to move.",
    )

    frequency_hz: float = setting(
        10.0, "pulses per second", unit="Hz", ge=0, le=500, knob=Knob(1, 100, 1, start=50)
    )
    intensity_xmt: float = setting(
        1.0,
        "intensity relative to the antagonist's motor threshold",
        unit="x MT",
        ge=0,
        le=5,
        knob=Knob(0.6, 1.6, 0.05),
    )
    pulse_width_ms: float = setting(
        1.0, "width of a pulse; wide pulses favor afferents", unit="ms", gt=0.01, le=5
    )
    timing: str = setting(
        CONTINUOUS,
        "continuous: as set by start, stop, trains and pauses; triggered: in bouts, whenever "
        "the muscle fires while the person rests (closed loop)",
        choices=(CONTINUOUS, TRIGGERED),
    )
    on_s: float = setting(
        1.0,
        "length of a train, if there are pauses, or of a triggered bout",
        unit="s",
        gt=0,
        le=600,
    )
    off_s: float = setting(
        0.0, "pause between trains (0: steady stimulation)", unit="s", ge=0, le=600
    )
    start_s: float = setting(0.0, "time of the first pulse", unit="s", ge=0, le=86400)
    stop_s: float | None = setting(
        None, "time at which stimulation ends (empty: end of the trial)", unit="s", ge=0
    )
    late_inhibition: float = setting(
        0.0, "size of the late components D1 and D2 relative to the disynaptic one", ge=0, le=1
    )
    strength: float = setting(
        STRENGTH,
        "peak inhibition of the tibialis anterior by one volley of all Ia afferents, M_i in "
        "1e-5 S/cm2; other muscles in proportion",
        ge=0,
        le=1000,
    )

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the same participant, stimulated during the protocol."""
        if self.frequency_hz * self.intensity_xmt == 0.0:
            return participant, protocol
        pathway = effect(participant.edition, "reciprocal_inhibition.pathway", participant.muscle)
        strength = self.strength * pathway
        settings = {**self.to_mapping(), "strength": strength}
        triggered = settings.pop("timing") == TRIGGERED
        kind = TriggeredStimulation if triggered else NerveStimulation
        train = kind(**settings)
        return participant, stimulated(protocol, train)
