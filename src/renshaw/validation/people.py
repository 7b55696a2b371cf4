"""What people's recordings say, how far people differ in it, and where that is known from.

A recording is of one person. The model stands for all of them: its mean is held against the range
in which, by that one recording, the mean of people is to be expected.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from renshaw.estimation.behavior.catalog import QUARTER_WORDS, band_name
from renshaw.estimation.behavior.coherence import BANDS_hz
from renshaw.estimation.behavior.measured import FiringValue
from renshaw.validation.roles import fitted_groups, fitted_quantities
from renshaw.validation.target import FITTED, PREDICTED

_Z = 1.96


@dataclass(frozen=True)
class Between:
    """People differ by that much: the range is the recording's value and 1.96 SD on either side.

    Parameters
    ----------
    sd : float
        Standard deviation between people, to which the recording's own error is added.
    source : str
    """

    sd: float
    source: str

    def range_of(self, found: FiringValue) -> tuple[float, float]:
        """Return the range for a recording."""
        error = found.error if math.isfinite(found.error) else 0.0
        half = _Z * math.hypot(self.sd, error)
        return found.value - half, found.value + half


@dataclass(frozen=True)
class Published:
    """People lie between two published numbers, or where the recording's own interval reaches.

    Parameters
    ----------
    low, high : float
    source : str
    """

    low: float
    high: float
    source: str

    def range_of(self, found: FiringValue) -> tuple[float, float]:
        """Return the range for a recording."""
        half = _Z * found.error if math.isfinite(found.error) else 0.0
        return min(self.low, found.value - half), max(self.high, found.value + half)


Range = Between | Published


@dataclass(frozen=True)
class PeopleTarget:
    """One quantity in which virtual people are held against a recording.

    Parameters
    ----------
    target : str
        Its group: ``"T13"``.
    quantity : str
        As in `FIRING_QUANTITIES`.
    ranges : mapping of str to Between or Published
        By muscle; ``""`` for the others.
    least, most : float
        What the quantity can be at all.
    """

    target: str
    quantity: str
    ranges: Mapping[str, Range]
    least: float = -math.inf
    most: float = math.inf

    def role_in(self, edition: int) -> str:
        """Return whether an edition of the virtual person was fitted to this, or predicts it."""
        # In a group that drew the fit a recording tests nothing that is new; nor in delta F.
        of_delta_f = self.quantity.startswith("delta_f") and "delta_f" in fitted_quantities(edition)
        drew = self.target in fitted_groups(edition) or of_delta_f
        return FITTED if drew else PREDICTED

    def range_for(self, muscle: str) -> Range:
        """Return how far people differ in a muscle."""
        return self.ranges.get(muscle) or self.ranges[""]

    def range_of(self, found: FiringValue, muscle: str) -> tuple[float, float]:
        """Return where the mean of people is to be expected; NaN where the recording can't tell."""
        if not math.isfinite(found.value):
            return math.nan, math.nan
        low, high = self.range_for(muscle).range_of(found)
        return max(low, self.least), min(high, self.most)


TITLES = {
    "T13": "Regularity of firing",
    "T14": "Common input",
    "T15": "Derecruitment against recruitment",
    "T16": "Rates in a hold",
    "T17": "Rates and torque",
    "T18": "Rates at recruitment and derecruitment",
    "T19": "ΔF among units",
    "T25": "Steadiness",
}

_TWO = (
    "two people who hold 35 and 30 % MVC with the tibialis anterior (data of Caillet et al. 2022, "
    "doi:10.1371/journal.pcbi.1010556, and 2023, doi:10.1371/journal.pcbi.1011606): standard "
    "deviation from their difference (of coherence no less than .05), so roughly known"
)
_RATES = (
    "open data of Orssatto et al. 2021: peak rates of units have a standard deviation of {} pps, "
    "of whose variance up to .41 is between people (Tenan et al. 2014)"
)
_DELTA_F = "open data of Orssatto et al. 2021: standard deviation of ΔF between young people, {}"
_USUAL = "as usually reported; recalled, not computed from open data"

_RATE = {
    "TA": Between(1.5, _RATES.format("2.3")),
    "SOL": Between(1.2, _RATES.format("1.8")),
    "": Between(1.5, _RATES.format("2.3") + "; those of the tibialis anterior"),
}
_DF = {
    "TA": Between(0.89, _DELTA_F.format("tibialis anterior")),
    "SOL": Between(0.67, _DELTA_F.format("soleus")),
    "": Between(0.89, _DELTA_F.format("tibialis anterior; this muscle is not in them")),
}


def _everywhere(known: Range) -> dict[str, Range]:
    return {"": known}


def _quarters(target: str, name: str, ranges: Mapping[str, Range]) -> tuple[PeopleTarget, ...]:
    numbers = range(1, len(QUARTER_WORDS) + 1)
    return tuple(PeopleTarget(target, f"{name}_q{k}", ranges) for k in numbers)


_BANDS = dict(zip(BANDS_hz, (0.14, 0.05, 0.05), strict=True))

PEOPLE_TARGETS: tuple[PeopleTarget, ...] = (
    PeopleTarget(
        "T13", "cov_isi_hold", _everywhere(Published(10.0, 20.0, f"10 to 20 % in holds, {_USUAL}"))
    ),
    *(
        PeopleTarget("T14", band_name(*band), _everywhere(Between(sd, _TWO)), 0.0, 1.0)
        for band, sd in _BANDS.items()
    ),
    PeopleTarget("T14", "common_input_strength", _everywhere(Between(0.08, _TWO))),
    PeopleTarget("T15", "derecruitment_minus_recruitment", _everywhere(Between(2.0, _TWO))),
    PeopleTarget(
        "T15",
        "share_below_recruitment",
        {
            "TA": Published(55.0, 65.0, "open data of Orssatto et al. 2021 and 2022, ramps"),
            "SOL": Published(28.0, 32.0, "open data of Orssatto et al. 2021 and 2022, ramps"),
            "": Between(24.0, _TWO),
        },
        0.0,
        100.0,
    ),
    *_quarters("T16", "rate_early", _RATE),
    *_quarters("T16", "rate_late", _RATE),
    PeopleTarget("T16", "rate_fall", _everywhere(Between(1.6, _TWO))),
    PeopleTarget("T17", "rate_hold", _RATE),
    PeopleTarget("T17", "peak_rate", _RATE),
    PeopleTarget("T17", "fastest_rate", _everywhere(Between(4.5, _TWO))),
    *_quarters("T18", "rate_recruitment", _RATE),
    *_quarters("T18", "rate_derecruitment", _RATE),
    PeopleTarget("T18", "rate_recruitment_rise", _everywhere(Between(2.2, _TWO))),
    PeopleTarget("T19", "delta_f", _DF),
    *_quarters("T19", "delta_f", _DF),
    PeopleTarget(
        "T19",
        "r_delta_f_peak_rate",
        {
            "SOL": Published(0.25, 0.25, "open data of Orssatto et al. 2021, soleus"),
            "": Published(0.47, 0.47, "open data of Orssatto et al. 2021, tibialis anterior"),
        },
    ),
    PeopleTarget(
        "T19",
        "r_delta_f_threshold",
        _everywhere(Published(0.27, 0.29, "open data of Orssatto et al. 2021, both muscles")),
    ),
    PeopleTarget(
        "T25",
        "torque_cov",
        _everywhere(Published(1.0, 2.0, f"1 to 2 % at 20 to 50 % MVC, {_USUAL}")),
    ),
)
