"""What may differ between the people of the training simulations, and how likely each value is.

Broad and physiological: from the calmest cord that can still contract to one in which persistent
inward currents hold firing by themselves, with inhibition from none to twice that of health.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from renshaw.core.seeds import stream
from renshaw.model.cord import USUAL_PCT_MVC
from renshaw.model.editions import TRAINED_EDITION
from renshaw.model.muscles import MUSCLES
from renshaw.model.participant import Participant
from renshaw.protocols import Ramp


@dataclass(frozen=True)
class Trait:
    """One number of a person that is drawn evenly, or evenly on a logarithmic scale."""

    name: str
    low: float
    high: float
    logarithmic: bool = False

    def at(self, share: float) -> float:
        """Return the value below which this share of people lies."""
        if self.logarithmic:
            return float(self.low * (self.high / self.low) ** share)
        return float(self.low + (self.high - self.low) * share)

    def reflected(self, value: float) -> float:
        """Return a value within the limits: what leaves at one of them comes back from it."""
        span = self.high - self.low
        away = (value - self.low) % (2 * span)
        return float(self.low + min(away, 2 * span - away))


# `neuromodulation` is that during the task (`Cord.neuromodulation_at`), `synaptic_noise` relative
# to what is usual for the muscle.
TRAITS = (
    Trait("neuromodulation", 0.75, 1.15),
    Trait("inhibition", 0.0, 3.0),
    Trait("inhibition_per_drive", -0.1, 0.3),
    Trait("ahp_scale", 0.7, 1.4, logarithmic=True),
    Trait("pic_shift_mV", -0.4, 0.4),
    Trait("synaptic_noise", 0.5, 2.0, logarithmic=True),
    Trait("largest_drive", 12.0, 40.0, logarithmic=True),
)
# Of the electrodes, not of the person. Early recruited units are few among those found, even with
# the densest grid (29 %, Caillet et al. 2023, doi:10.1523/ENEURO.0064-23.2023).
SIZE_ADVANTAGE = Trait("size_advantage", 0.0, 16.0)
TRAIT = {trait.name: trait for trait in (*TRAITS, SIZE_ADVANTAGE)}

# How much the state of a cord changes between two recordings of one person: Laplace, by scale.
# Small changes are likely, large ones possible.
CHANGE_neuromodulation: float = 0.025
CHANGE_inhibition: float = 0.4
SHARE_STIMULATED = 0.25

# Three vectors of the engine.
SIMULATED_UNITS = 48
_REST_s = 1.5
_FASTEST_pct_per_s = 10.0
_SHARE_TRIANGLES = 0.55
_SHARE_SYMMETRIC = 0.6


@dataclass(frozen=True)
class Case:
    """A person who does the same contraction twice, before and after something.

    Parameters
    ----------
    number : int
    participant : Participant
        Before; her `neuromodulation` is stated at 20 % MVC, as everywhere.
    synaptic_noise : float
    ramp : Ramp
    neuromodulation_change, inhibition_change : float
    pulses_hz, pulse_strength : float
        The antagonist's nerve is stimulated in the second contraction; 0 for not.
    """

    number: int
    participant: Participant
    synaptic_noise: float
    ramp: Ramp
    neuromodulation_change: float
    inhibition_change: float
    pulses_hz: float
    pulse_strength: float


def draw_case(number: int, seed: int) -> Case:
    """Return one case of the prior; the same for the same number and seed."""
    chance = stream(seed, "inference", "case", number)
    muscle = tuple(MUSCLES)[int(chance.integers(len(MUSCLES)))]
    shares = chance.random(len(TRAITS))
    values: dict[str, Any] = {
        trait.name: trait.at(share) for trait, share in zip(TRAITS, shares, strict=True)
    }
    ramp = _ramp(chance)
    noise = values.pop("synaptic_noise")
    changed = _changed("neuromodulation", values, CHANGE_neuromodulation, chance)
    inhibited = _changed("inhibition", values, CHANGE_inhibition, chance)
    pulsed = bool(chance.random() < SHARE_STIMULATED)
    pulses_hz, strength = float(chance.uniform(5.0, 50.0)), _spread(0.5, 8.0, chance)
    values["neuromodulation"] -= more_than_usual(muscle, ramp.peak_pct_mvc)
    return Case(
        number,
        Participant(edition=TRAINED_EDITION, muscle=muscle, n_units=SIMULATED_UNITS, **values),
        noise,
        ramp,
        changed,
        0.0 if pulsed else inhibited,
        pulses_hz if pulsed else 0.0,
        strength if pulsed else 0.0,
    )


def more_than_usual(muscle: str, peak_pct_mvc: float) -> float:
    """Return by how much neuromodulation in a task exceeds that in an effort of 20 % MVC."""
    cord = Participant(edition=TRAINED_EDITION, muscle=muscle).cord
    return cord.neuromodulation_at(peak_pct_mvc) - cord.neuromodulation_at(USUAL_PCT_MVC)


def _changed(name: str, values: dict[str, Any], scale: float, chance: np.random.Generator) -> float:
    """Return a change that leaves a value within its limits, and its distribution as it is."""
    now = float(values[name])
    return TRAIT[name].reflected(now + float(chance.laplace(0.0, scale))) - now


def _spread(low: float, high: float, chance: np.random.Generator) -> float:
    """Return a number drawn evenly on a logarithmic scale."""
    return float(np.exp(chance.uniform(np.log(low), np.log(high))))


def _ramp(chance: np.random.Generator) -> Ramp:
    """Return a triangle or a trapezoid, at speeds that laboratories ask for."""
    peak = _spread(8.0, 50.0, chance)
    rise, fall = _spread(3.0, 15.0, chance), _spread(3.0, 15.0, chance)
    symmetric, flat = chance.random(2)
    hold = float(chance.uniform(1.0, 20.0)) if flat > _SHARE_TRIANGLES else 0.0
    rise = max(rise, peak / _FASTEST_pct_per_s)
    fall = rise if symmetric < _SHARE_SYMMETRIC else max(fall, peak / _FASTEST_pct_per_s)
    return Ramp(peak_pct_mvc=peak, rise_s=rise, fall_s=fall, hold_s=hold, rest_s=_REST_s)
