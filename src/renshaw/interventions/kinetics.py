"""How much of a drug there is at a time: one compartment, from which a constant share leaves.

What is swallowed is absorbed at a rate k_a of what is left of it, and leaves the plasma at a rate
k_e: the Bateman function,

    C(t) = F D / V  k_a / (k_a - k_e)  (exp(-k_e t) - exp(-k_a t)),

with the bioavailability F, the dose D and the volume V; k_e from the half-life, and k_a from the
time of the peak, ln(k_a / k_e) / (k_a - k_e). Doses at equal intervals add up: each exponential of
rate k is divided by 1 - exp(-k interval). The mean over a day is F D / (V k_e interval), whatever
the absorption.

What is injected beside the cord does not act at once: baclofen leaves the cerebrospinal fluid with
a half-life of an hour and a half, but acts most after four hours. Two stages of the same rate k
between the fluid and where it acts bring

    C(t) = (k t / 2)^2 exp(2 - k t),

which is 1 at its peak, 2 / k = 4.4 h.

Constants stand in `kinetics.toml`, each with its source.
"""

from __future__ import annotations

import functools
import itertools
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from math import exp, expm1, log
from typing import Any

# Of baclofen in the cerebrospinal fluid: the label's mean after a bolus (1.51 h, from memory); .9
# to 5 h in four people (doi:10.1007/BF00265844, abstract read).
CSF_HALF_LIFE_h: float = 1.51
# Stages between the fluid and where it acts: with two, the peak is where the label has it (read),
# at about four hours.
_STAGES = 2


@dataclass(frozen=True, kw_only=True)
class Kinetics:
    """How one drug, taken by mouth, comes and goes.

    Parameters
    ----------
    bioavailability : float
        Share of a dose that reaches the circulation.
    half_life_h : float
        Of what is in the plasma (h).
    peak_h : float
        From a single dose to the highest concentration (h); less than 1.44 half-lives.
    volume_L : float
        Of distribution (L).
    """

    bioavailability: float
    half_life_h: float
    peak_h: float
    volume_L: float

    def __post_init__(self) -> None:
        if not 0 < self.bioavailability <= 1 or self.volume_L <= 0 or self.half_life_h <= 0:
            raise ValueError(f"Impossible constants of a drug: {self}.")
        if not 0 < self.peak_h < 1 / self.eliminated_per_h:
            raise ValueError(f"No absorption puts a peak at {self.peak_h:g} h: {self}.")

    @property
    def eliminated_per_h(self) -> float:
        """Rate of elimination (1/h)."""
        return log(2) / self.half_life_h

    @property
    def absorbed_per_h(self) -> float:
        """Rate of absorption (1/h)."""
        return _absorption(self.eliminated_per_h, self.peak_h)

    @property
    def clearance_L_per_h(self) -> float:
        """Volume of plasma that is cleared of the drug in an hour (L/h)."""
        return self.eliminated_per_h * self.volume_L

    def after_one(self, dose_mg: float, hours: float) -> float:
        """Return the concentration after a single dose (mg/L).

        Parameters
        ----------
        dose_mg : float
        hours : float
            Since the dose; 0 before it.
        """
        return self._course(dose_mg, hours, float("inf"))

    def after_many(self, dose_mg: float, hours: float, interval_h: float) -> float:
        """Return the concentration after the last of very many doses at an interval (mg/L).

        Parameters
        ----------
        dose_mg : float
            Each of them.
        hours : float
            Since the last one; longer than the interval where it was the last of all.
        interval_h : float
            From dose to dose (h).
        """
        return self._course(dose_mg, hours, interval_h)

    def mean(self, dose_mg: float, interval_h: float) -> float:
        """Return the mean concentration between doses at an interval (mg/L).

        Parameters
        ----------
        dose_mg : float
            Each of them.
        interval_h : float
            From dose to dose (h).
        """
        return self.bioavailability * dose_mg / (self.clearance_L_per_h * interval_h)

    def _course(self, dose_mg: float, hours: float, interval_h: float) -> float:
        if hours < 0:
            return 0.0
        k_a, k_e = self.absorbed_per_h, self.eliminated_per_h
        leaving, arriving = (exp(-k * hours) / -expm1(-k * interval_h) for k in (k_e, k_a))
        scale = self.bioavailability * dose_mg / self.volume_L * k_a / (k_a - k_e)
        return scale * (leaving - arriving)


@functools.cache
def table() -> dict[str, dict[str, dict[str, Any]]]:
    """Return the constants of each drug: value, source and certainty."""
    text = files("renshaw.interventions").joinpath("kinetics.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@functools.cache
def kinetics(drug: str) -> Kinetics:
    """Return how a drug that is swallowed comes and goes.

    Parameters
    ----------
    drug : str
        As the intervention is called.
    """
    return Kinetics(**{name: entry["value"] for name, entry in table()[drug].items()})


def absorbed_mg(drug: str, mg_per_day: float) -> float:
    """Return how much of a daily dose reaches the circulation (mg/day).

    Parameters
    ----------
    drug : str
    mg_per_day : float
    """
    entry = table()[drug]["bioavailability"]
    if "share" not in entry:
        return float(entry["value"]) * mg_per_day
    # Between doses of which it was measured what is absorbed is on a line, which never falls.
    doses, shares = entry["mg_per_day"], entry["share"]
    known = [(0.0, 0.0), *((dose, dose * share) for dose, share in zip(doses, shares, strict=True))]
    for (low, less), (high, more) in itertools.pairwise(known):
        if mg_per_day <= high:
            return float(less + (more - less) * (mg_per_day - low) / (high - low))
    return float(shares[-1] * mg_per_day)


def daily_dose_now(
    drug: str, mg_per_day: float, hours_after_dose: float | None, times_a_day: int
) -> float:
    """Return the daily dose whose mean concentration is the one that there is now.

    Parameters
    ----------
    drug : str
    mg_per_day : float
        Taken for long.
    hours_after_dose : float, optional
        Since the last dose. None for the mean of the day.
    times_a_day : int
        Into how many doses it is divided.
    """
    if hours_after_dose is None:
        return mg_per_day
    course, interval_h = kinetics(drug), 24.0 / times_a_day
    now = course.after_many(1.0, hours_after_dose, interval_h)
    return mg_per_day * now / course.mean(1.0, interval_h)


def single_dose_now(
    drug: str, dose_mg: float, hours_after_dose: float | None, studied_h: float
) -> float:
    """Return the dose that would bring what there is now at the time that was studied.

    Parameters
    ----------
    drug : str
    dose_mg : float
    hours_after_dose : float, optional
        None for the time that was studied.
    studied_h : float
        How long after the dose its effect was measured.
    """
    if hours_after_dose is None:
        return dose_mg
    course = kinetics(drug)
    return dose_mg * course.after_one(1.0, hours_after_dose) / course.after_one(1.0, studied_h)


def intrathecal(hours: float) -> float:
    """Return how much of an injected dose acts on the cord, relative to its peak.

    Parameters
    ----------
    hours : float
        Since the injection; 0 before it.
    """
    stages = log(2) / CSF_HALF_LIFE_h * hours / _STAGES
    return (stages * exp(1.0 - stages)) ** _STAGES if hours > 0 else 0.0


@functools.cache
def _absorption(k_e: float, peak_h: float) -> float:
    """Return the rate of absorption that puts the peak there: halving its logarithm's range."""
    low, high = log(k_e), log(k_e) + 60.0
    for _ in range(200):
        middle = (low + high) / 2
        k_a = exp(middle)
        # The peak comes the earlier the faster the absorption.
        later = k_a <= k_e or (middle - log(k_e)) / (k_a - k_e) > peak_h
        low, high = (middle, high) if later else (low, middle)
    return exp((low + high) / 2)
