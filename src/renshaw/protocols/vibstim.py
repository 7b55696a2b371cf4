"""`VibStim`: vibrate the tendon, stimulate the muscle, and see what goes on without will.

Mesquita et al. 2021 (Eur J Appl Physiol), 2022 (doi:10.1113/JP282765); Blazevich et al. 2024 (Eur J
Appl Physiol).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import SettingsError
from renshaw.core.settings import Knob, setting
from renshaw.data.event_labels import BOUT, VIBRATION
from renshaw.data.recording import Event
from renshaw.model.cord import Cord
from renshaw.model.effects import effect
from renshaw.model.pool import Pool
from renshaw.protocols.afferents import volleys
from renshaw.protocols.arrivals import Arrivals
from renshaw.protocols.nerve import afferents_excited, shocked_motoneurons, shocks_nA
from renshaw.protocols.protocol import Protocol
from renshaw.protocols.register import PROTOCOLS

FloatArray = NDArray[np.float64]

_PARAMETERS = "Mesquita et al. 2021, Eur J Appl Physiol"


@PROTOCOLS.add
@dataclass(frozen=True, kw_only=True)
class VibStim(Protocol):
    """Tendon vibration with bouts of electrical stimulation, in a person who does nothing.

    Excitation by the vibrated spindles adds up with that by the stimulated nerve until persistent
    inward currents start; what fires on after both have ended is self-sustained.
    """

    name: ClassVar[str] = "vibstim"
    rank: ClassVar[float] = 40
    title: ClassVar[str] = "VibStim"

    vibration_hz: float = setting(
        115.0,
        "frequency of tendon vibration",
        unit="Hz",
        gt=0,
        le=300,
        source=_PARAMETERS,
        knob=Knob(20, 150, 5),
    )
    vibration_s: float = setting(
        33.0, "duration of vibration", unit="s", gt=0, le=600, source=_PARAMETERS
    )
    vibrated: float = setting(
        0.7, "share of the spindle afferents excited by vibration (assumed)", ge=0, le=1
    )
    bouts: int = setting(5, "number of stimulation bouts", ge=0, le=100, source=_PARAMETERS)
    bout_s: float = setting(2.0, "duration of a bout", unit="s", gt=0, le=60, source=_PARAMETERS)
    between_s: float = setting(2.0, "time between bouts (assumed)", unit="s", ge=0, le=60)
    start_s: float = setting(
        10.0, "time from the start of vibration to the first bout (assumed)", unit="s", ge=0, le=600
    )
    stimulation_hz: float = setting(
        20.0, "pulses per second in a bout", unit="Hz", gt=0, le=100, source=_PARAMETERS
    )
    pulse_ms: float = setting(
        1.0,
        "width of a pulse, 0.2 or 1 ms; a wide one excites more afferents",
        unit="ms",
        ge=0.05,
        le=2,
        source=_PARAMETERS,
    )
    evoked_pct_mvc: float = setting(
        20.0,
        "strength of stimulation, as the torque it evokes by itself",
        unit="% MVC",
        ge=0,
        le=90,
        source=_PARAMETERS,
        knob=Knob(0, 50, 1),
    )
    tone: float = setting(
        0.4,
        "descending drive of a person who is awake and sits still, M_e in 1e-5 S/cm2 (assumed)",
        ge=0,
        le=5,
    )
    slow_share: float = setting(
        0.95,
        "share of afferent excitation that passes through interneurons (assumed; vibration "
        "blocks the direct part)",
        ge=0,
        le=1,
    )
    slow_decay_s: float = setting(
        10.0,
        "time constant with which their excitation outlasts its input (assumed)",
        unit="s",
        gt=0,
        le=60,
    )
    occlusion: float = setting(
        0.9,
        "share of reciprocal inhibition that vibration blocks, as strong homonymous afferents "
        "inhibit the interneurons of their antagonists",
        ge=0,
        le=1,
        source="doi:10.1111/j.1748-1716.1976.tb10188.x",
    )
    nerve_after_s: float = setting(
        0.0,
        "time for which stimulation of the antagonist's nerve, if there is any, goes on after "
        "vibration (assumed)",
        unit="s",
        ge=0,
        le=600,
    )
    rest_before_s: float = setting(
        2.0, "rest before vibration, from which torque is measured", unit="s", gt=0, le=60
    )
    rest_after_s: float = setting(8.0, "time recorded after vibration", unit="s", ge=0, le=600)

    def __post_init__(self) -> None:
        super().__post_init__()
        last_s = self.start_s + self.bouts * (self.bout_s + self.between_s) - self.between_s
        if self.bouts and last_s > self.vibration_s:
            raise SettingsError(
                f"VibStim: the last bout ends {last_s:g} s after vibration has begun, which lasts "
                f"{self.vibration_s:g} s; take fewer or shorter bouts, or vibrate longer."
            )

    @property
    def duration_s(self) -> float:
        """Length of the trial."""
        return self.rest_before_s + self.vibration_s + self.rest_after_s

    @property
    def ends_s(self) -> float:
        """When vibration ends."""
        return self.rest_before_s + self.vibration_s

    @property
    def _until(self) -> str:
        if not self.nerve_after_s:
            return "no longer than that"
        return f"for {self.nerve_after_s:g} s more, unhindered"

    @property
    def bouts_s(self) -> FloatArray:
        """When each bout begins, shape (bouts,)."""
        first_s = self.rest_before_s + self.start_s
        return np.asarray(first_s + (self.bout_s + self.between_s) * np.arange(self.bouts))

    @property
    def stimuli_s(self) -> FloatArray:
        """When each pulse is given, shape (bouts x pulses,)."""
        pulses = max(1, round(self.bout_s * self.stimulation_hz))
        each_s = np.arange(pulses) / self.stimulation_hz
        return np.asarray((self.bouts_s[:, None] + each_s).ravel())

    def imposed_drive(self, times_s: FloatArray) -> FloatArray:
        """Return the tone of the person, shape of `times_s`."""
        return np.full(np.shape(times_s), self.tone)

    def arrivals(self, times_s: FloatArray, cord: Cord, pool: Pool) -> Arrivals:
        """Return what the spindles send and which axons fire under the electrode."""
        sent = volleys(
            self.vibration_hz,
            (self.rest_before_s, self.ends_s),
            self.vibrated,
            self.stimuli_s,
            afferents_excited(self.evoked_pct_mvc, self.pulse_ms) if self.bouts else 0.0,
        )
        excitation = sent.excitation(np.asarray(times_s), self.slow_share, self.slow_decay_s)
        excitation = effect(pool.edition, "vibstim.excitation", pool.muscle) * excitation
        quiet = np.zeros(len(times_s))
        return Arrivals(
            excitation=cord.afferent_gain * excitation,
            inhibition=quiet,
            stimulus_nA=shocks_nA(np.asarray(times_s), self.stimuli_s),
            stimulated=shocked_motoneurons(pool, self.evoked_pct_mvc),
            antagonist_pct_mvc=quiet,
        )

    def reciprocal_gate(self, times_s: FloatArray) -> FloatArray:
        """Return which share of reciprocal inhibition gets through while the nerve is stimulated.

        During vibration it is little: the muscle's own spindles inhibit the interneurons that would
        inhibit it (Hultborn, Illert & Santini 1976). After vibration, for `nerve_after_s`, all of
        it. Both are assumptions on what was done and happens in people.
        """
        times_s = np.asarray(times_s)
        vibrating = (times_s >= self.rest_before_s) & (times_s < self.ends_s)
        after = (times_s >= self.ends_s) & (times_s < self.ends_s + self.nerve_after_s)
        return np.where(vibrating, 1.0 - self.occlusion, np.where(after, 1.0, 0.0))

    def events(self) -> tuple[Event, ...]:
        """Return vibration and bouts."""
        bouts = tuple(Event(float(t), self.bout_s, BOUT) for t in self.bouts_s)
        return (Event(self.rest_before_s, self.vibration_s, VIBRATION), *bouts)

    def assumptions(self) -> tuple[str, ...]:
        """Return what is taken for granted, in sentences."""
        return (
            "How strongly spindle afferents excite motoneurons, through how many interneurons and "
            "for how long was chosen so that torque comes out as measured.",
            "Reciprocal inhibition is taken to be occluded while the muscle's own spindles are "
            f"vibrated (Hultborn et al. 1976), and its nerve to be stimulated {self._until}.",
        )
