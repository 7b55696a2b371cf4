"""What a therapy costs besides force: discomfort and charge of stimulation, and dose.

Discomfort is an assumption. That the sensation of an electric current grows as about the 3.5th
power of the current was measured (Stevens 1961, doi:10.1126/science.133.3446.80); that it is 1 of
10 at motor threshold, and how it grows with frequency, is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass

from renshaw.core.settings import Settings, setting
from renshaw.interventions import Drug, drugs

DOSE_ASSUMED = (
    "Dose is counted in % of a usual maximum, alike for all drugs. Sedation is not modeled: it is "
    "taken to rise with the dose, which is why dose is an axis of its own. Force lost is modeled."
)
DISCOMFORT_ASSUMED = (
    "Discomfort of stimulation, 0 to 10, is an assumption: it grows as the 3.5th power of the "
    "current (sensation of electric current, Stevens 1961), is 1 at motor threshold for single "
    "pulses, and doubles from there to 100 pulses a second. It says how it feels while it is on."
)

_SENSATION_POWER = 3.5
_DOUBLED_AT_hz = 100.0


def sought_drugs() -> dict[str, Drug]:
    """Return the facts of the drugs that a search tries, by name."""
    facts = {name: kind.drug for name, kind in drugs().items()}
    return {name: drug for name, drug in facts.items() if drug is not None and drug.sought}


@dataclass(frozen=True, kw_only=True)
class Price(Settings):
    """What is assumed about stimulation in daily life."""

    threshold_mA: float = setting(
        10.0,
        "current at motor threshold, with pulses of 1 ms",
        unit="mA",
        gt=0,
        le=200,
        source="assumed",
    )
    provocations_per_hour: float = setting(
        16.0,
        "touches and stretches per hour, each of which may trigger stimulation",
        unit="1/h",
        ge=0,
        le=1000,
        source="assumed, as in the night",
    )
    foreseen: float = setting(
        0.5,
        "share of touches and stretches that the person can foresee, because of a movement; "
        "only for these can stimulation begin beforehand",
        ge=0,
        le=1,
        source="assumed",
    )
    movements_per_hour: float = setting(
        20.0,
        "movements per hour before which stimulation is started",
        unit="1/h",
        ge=0,
        source="assumed",
    )
    before_s: float = setting(
        1.0, "time from the start of stimulation to the movement", unit="s", ge=0, le=60
    )
    after_s: float = setting(
        5.0, "time for which stimulation continues after the movement", unit="s", ge=0, le=600
    )


def discomfort(frequency_hz: float, intensity_xmt: float) -> float:
    """Return how stimulation feels while it is on, from 0 (nothing) to 10 (`DISCOMFORT_ASSUMED`).

    Parameters
    ----------
    frequency_hz : float
    intensity_xmt : float
        Current relative to motor threshold, at whatever pulse width.
    """
    if frequency_hz == 0:
        return 0.0
    felt = intensity_xmt**_SENSATION_POWER * (1.0 + frequency_hz / _DOUBLED_AT_hz)
    return float(min(10.0, felt))


def pulse_uC(intensity_xmt: float, width_ms: float, price: Price) -> float:
    """Return the charge of one pulse; motor threshold is taken from the strength-duration curve."""
    from renshaw.protocols.nerve import CHRONAXIE_MOTOR_ms

    # Weiss: the charge at threshold grows in a straight line with the width of the pulse.
    threshold_uC = price.threshold_mA * (width_ms + CHRONAXIE_MOTOR_ms) / (1.0 + CHRONAXIE_MOTOR_ms)
    return intensity_xmt * threshold_uC
