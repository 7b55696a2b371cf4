"""`Treatment`: what interventions have changed in a person, in a form in which order is nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, log
from typing import Self

from renshaw.core.settings import Settings, setting
from renshaw.model.cord import Cord
from renshaw.model.pool import Pool

# Shifts, and the logarithms of factors, are whole numbers of grains. Sums of whole numbers are
# exact, so that what is combined can't tell in which order it came.
_GRAINS = 1e12


@dataclass(frozen=True, kw_only=True)
class Treatment(Settings):
    """Factors and shifts by which a treated cord and muscle differ from the same untreated.

    Factors multiply and shifts add, so that interventions combine, and in any order.
    """

    monoamines: float = setting(
        1.0, "serotonin and noradrenaline that reach the cord, relative to usual", ge=0, le=10
    )
    receptors_driven: float = setting(
        1.0, "remaining share of the effect of serotonin and noradrenaline", ge=0, le=10
    )
    receptors_constitutive: float = setting(
        1.0, "remaining share of the receptor activity that needs no serotonin", ge=0, le=10
    )
    inhibition: float = setting(1.0, "tonic inhibition, relative to usual", ge=0, le=100)
    inhibition_added: float = setting(
        0.0, "additional tonic inhibition, M_i in 1e-5 S/cm2", ge=0, le=100
    )
    reciprocal: float = setting(
        1.0, "gain of reciprocal inhibition, relative to usual", ge=0, le=100
    )
    afferents: float = setting(
        1.0, "excitation by muscle and skin afferents, relative to usual", ge=0, le=100
    )
    interneurons: float = setting(
        1.0,
        "excitation by afferents through interneurons alone, relative to usual",
        ge=0,
        le=100,
    )
    presynaptic: float = setting(
        1.0, "presynaptic inhibition of Ia afferents, relative to usual", ge=0, le=100
    )
    largest_drive: float = setting(1.0, "largest descending drive, relative to usual", gt=0, le=10)
    potassium_leak: float = setting(
        0.0, "potassium conductance that is opened, relative to the leak", ge=0, le=100
    )
    pic_shift_mV: float = setting(0.0, "shift of the L-type activation", unit="mV", ge=-20, le=20)
    ahp: float = setting(
        1.0, "duration of the afterhyperpolarization, relative to usual", gt=0.2, le=5
    )
    fibers: float = setting(1.0, "share of the muscle fibers that answer their axons", ge=0, le=1)
    twitch: float = setting(
        1.0,
        "force of a single twitch, relative to usual (fused contractions keep theirs)",
        ge=0,
        le=1,
    )

    def with_(self, **changes: float) -> Self:
        """Return this treatment and one more: factors are multiplied, shifts added.

        Parameters
        ----------
        **changes : float
            Fields of this class.
        """
        combined = {}
        for name, change in changes.items():
            together = _sum if name in _SHIFTS else _product
            combined[name] = together(getattr(self, name), change)
        return replace(self, **combined)

    def of(self, cord: Cord) -> Cord:
        """Return the cord under this treatment.

        Parameters
        ----------
        cord : Cord
            As without treatment.
        """
        driven = self.monoamines * self.receptors_driven
        return replace(
            cord,
            monoaminergic=cord.monoaminergic * driven,
            monoaminergic_per_pct_mvc=cord.monoaminergic_per_pct_mvc * driven,
            constitutive=cord.constitutive * self.receptors_constitutive,
            inhibition=cord.inhibition * self.inhibition + self.inhibition_added,
            reciprocal_gain=cord.reciprocal_gain * self.reciprocal,
            afferent_gain=cord.afferent_gain * self.afferents * self.interneurons,
            presynaptic_gain=cord.presynaptic_gain * self.presynaptic,
            ia_gain=cord.ia_gain * self.afferents,
            largest_drive=cord.largest_drive * self.largest_drive,
            potassium_leak=cord.potassium_leak + self.potassium_leak,
            pic_shift_mV=cord.pic_shift_mV + self.pic_shift_mV,
            ahp_scale=cord.ahp_scale * self.ahp,
        )

    def of_muscle(self, units: Pool) -> Pool:
        """Return the motor units under this treatment.

        Parameters
        ----------
        units : Pool
            As without treatment.
        """
        if self.fibers == 1.0 and self.twitch == 1.0:
            return units
        return replace(
            units,
            fibers=units.fibers * self.fibers,
            uncoupled=1.0 - (1.0 - units.uncoupled) * self.twitch,
        )


_SHIFTS = ("inhibition_added", "potassium_leak", "pic_shift_mV")


def _sum(value: float, change: float) -> float:
    return (round(value * _GRAINS) + round(change * _GRAINS)) / _GRAINS


def _product(value: float, change: float) -> float:
    if value <= 0.0 or change <= 0.0:
        return value * change
    return exp((round(log(value) * _GRAINS) + round(log(change) * _GRAINS)) / _GRAINS)
