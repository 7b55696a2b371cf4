"""`Therapy`: one therapy that can be tried: stimulation, relaxation and a drug, each or none."""

from __future__ import annotations

from dataclasses import dataclass

from renshaw.core.settings import Settings, setting
from renshaw.interventions import (
    INTERVENTIONS,
    Drug,
    Intervention,
    ReciprocalInhibition,
    Relaxation,
)
from renshaw.optimization.price import Price, discomfort, pulse_uC, sought_drugs
from renshaw.protocols import SpasmTest

CONTINUOUS, BEFORE, TRIGGERED = "continuous", "before movement", "triggered"
TIMINGS = (CONTINUOUS, BEFORE, TRIGGERED)
NONE = "none"

# Situations in which a therapy may be different things.
FORESEEN, UNFORESEEN, MOVING = "foreseen", "unforeseen", "moving"

PARTS = ("stimulation", "relaxation", "drug")
NOTHING, ALL = "do nothing", "all"
# What is always shown beside what is recommended.
ALTERNATIVES = (NOTHING, *(f"{part} alone" for part in PARTS), ALL)


@dataclass(frozen=True, kw_only=True)
class Therapy(Settings):
    """What is given; nothing by default."""

    timing: str = setting(NONE, "when the nerve is stimulated", choices=(NONE, *TIMINGS))
    frequency_hz: float = setting(0.0, "pulses per second", unit="Hz", ge=0, le=500)
    intensity_xmt: float = setting(
        0.0, "intensity relative to motor threshold", unit="x MT", ge=0, le=5
    )
    pulse_width_ms: float = setting(1.0, "width of a pulse", unit="ms", gt=0.01, le=5)
    depth: float = setting(0.0, "depth of relaxation", ge=0, le=1)
    drug: str = setting(NONE, "drug", choices=lambda: (NONE, *sought_drugs()))
    dose_pct: float = setting(0.0, "dose", unit="% of the usual maximum", ge=0, le=100)

    @property
    def parts(self) -> tuple[str, ...]:
        """What it is made of, of stimulation, relaxation and drug."""
        on = (self.stimulated, self.depth > 0, self.drug != NONE and self.dose_pct > 0)
        return tuple(name for name, there in zip(PARTS, on, strict=True) if there)

    @property
    def alone(self) -> tuple[Therapy, ...]:
        """Each of its parts by itself, as strong as here."""
        each = (
            Therapy(
                timing=self.timing,
                frequency_hz=self.frequency_hz,
                intensity_xmt=self.intensity_xmt,
                pulse_width_ms=self.pulse_width_ms,
            ),
            Therapy(depth=self.depth),
            Therapy(drug=self.drug, dose_pct=self.dose_pct),
        )
        return tuple(one for name, one in zip(PARTS, each, strict=True) if name in self.parts)

    @property
    def kind(self) -> str:
        """What tables call it: ``"drug alone"``, ``"stimulation + drug"``, ``"all"``, ..."""
        if not self.parts:
            return NOTHING
        if len(self.parts) == len(PARTS):
            return ALL
        return f"{self.parts[0]} alone" if len(self.parts) == 1 else " + ".join(self.parts)

    @property
    def stimulated(self) -> bool:
        """Whether the nerve is stimulated at any time."""
        return self.timing != NONE and self.frequency_hz * self.intensity_xmt > 0

    @property
    def facts(self) -> Drug | None:
        """The facts of the drug, where there is one."""
        return None if self.drug == NONE else sought_drugs()[self.drug]

    @property
    def dose_mg(self) -> float:
        """The dose, as the drug's setting states it."""
        facts = self.facts
        if facts is None or facts.maximum is None:
            return 0.0
        return facts.maximum * self.dose_pct / 100.0

    @property
    def discomfort(self) -> float:
        """How stimulation feels while it is on, of 10."""
        return discomfort(self.frequency_hz, self.intensity_xmt) if self.stimulated else 0.0

    def given(self, when: str, test: SpasmTest, price: Price) -> tuple[Intervention, ...]:
        """Return what is given in a situation.

        Parameters
        ----------
        when : str
            ``"foreseen"``: a provocation that the person foresees; ``"unforeseen"``, also at night;
            ``"moving"``: a voluntary effort.
        test : SpasmTest
            The provocation: says when stimulation before a movement begins and ends.
        price : Price
        """
        found: list[Intervention] = []
        if self.stimulated and self._on(when):
            steady = ReciprocalInhibition(
                frequency_hz=self.frequency_hz,
                intensity_xmt=self.intensity_xmt,
                pulse_width_ms=self.pulse_width_ms,
            )
            if self.timing == TRIGGERED:
                steady = steady.replace(timing=TRIGGERED)
            elif self.timing == BEFORE and when == FORESEEN:
                start_s = max(0.0, test.rest_before_s - price.before_s)
                stop_s = test.rest_before_s + test.input_s + price.after_s
                steady = steady.replace(start_s=start_s, stop_s=stop_s)
            found.append(steady)
        if "relaxation" in self.parts:
            found.append(Relaxation(depth=self.depth))
        if (facts := self.facts) is not None and "drug" in self.parts:
            found.append(INTERVENTIONS[self.drug](**{facts.dose: self.dose_mg}))
        return tuple(found)

    def _on(self, when: str) -> bool:
        """Whether stimulation plays a part in a situation."""
        if self.timing == TRIGGERED:
            # The person switches the device off when she means to move.
            return when != MOVING
        return self.timing == CONTINUOUS or when != UNFORESEEN

    def charge_mC_per_h(self, stimulated_s: float, price: Price) -> float:
        """Return the charge of an hour.

        Parameters
        ----------
        stimulated_s : float
            How long stimulation was on after one provocation, where it is triggered.
        price : Price
        """
        if not self.stimulated:
            return 0.0
        on_s = 3600.0
        if self.timing == BEFORE:
            on_s = price.movements_per_hour * (price.before_s + price.after_s)
        elif self.timing == TRIGGERED:
            on_s = price.provocations_per_hour * stimulated_s
        pulses = self.frequency_hz * min(3600.0, on_s)
        return pulses * pulse_uC(self.intensity_xmt, self.pulse_width_ms, price) / 1000.0

    def words(self) -> str:
        """Return the therapy for a person to read."""
        found = []
        if self.stimulated:
            when = {CONTINUOUS: "all the time", TRIGGERED: "whenever a spasm begins"}
            found.append(
                f"stimulation at {self.frequency_hz:g} Hz, {self.intensity_xmt:g} x motor "
                f"threshold, {when.get(self.timing, self.timing)}"
            )
        if "relaxation" in self.parts:
            found.append(f"relaxation to a depth of {self.depth:g}")
        if (facts := self.facts) is not None and "drug" in self.parts:
            unit = facts.setting(INTERVENTIONS[self.drug]).unit
            found.append(f"{self.drug} {self.dose_mg:.3g} {unit}")
        return "; ".join(found) or "nothing"
