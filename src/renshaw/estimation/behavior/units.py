"""What is known of every unit of one contraction: thresholds, rates, regularity, ΔF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from renshaw.data.arrays import FloatArray
from renshaw.data.estimates import Estimate
from renshaw.data.reasons import NO_REASONS, Reason, Reasons, tallied
from renshaw.data.recording import Recording
from renshaw.estimation.behavior.holds import Hold
from renshaw.estimation.behavior.rates import both_known, quarters_of, rates_in
from renshaw.estimation.behavior.settings import FiringSettings
from renshaw.estimation.quantities.rates import cov_of_intervals_pct
from renshaw.estimation.settings import EstimateSettings
from renshaw.estimation.smoothing import SmoothedRate

# Quantities of `estimate` that are taken over as they are.
TAKEN = (
    "recruitment_torque",
    "derecruitment_torque",
    "recruitment_rate",
    "derecruitment_rate",
    "peak_rate",
    "delta_f",
)


@dataclass(frozen=True, eq=False)
class FiringUnits:
    """Every unit of one contraction; arrays of shape (units,), NaN where a value is not known.

    Parameters
    ----------
    known : mapping of str to array
        By the names of `TAKEN`, and ``rate_early``, ``rate_late``, ``rate_hold`` (pps) and ``cov``
        (%) of the hold. Values that only bound, or that fail a rule, are not known.
    counts : array of bool
        Whether it was recruited above the threshold, and so counts.
    quarter : array of int
        Quarter of recruitment threshold among those that count, from 0; -1 for the others.
    why : mapping of str to Reasons
        Why values of those that count are not known, in one sentence; mostly nothing.
    """

    known: dict[str, FloatArray]
    counts: NDArray[np.bool_]
    quarter: NDArray[np.intp]
    why: dict[str, Reasons] = field(default_factory=dict)

    def of(self, name: str, quarter: int | None = None) -> FloatArray:
        """Return a value of the units that count, of a quarter or of all.

        Parameters
        ----------
        name : str
        quarter : int, optional
            From 0.
        """
        chosen = self.counts if quarter is None else self.quarter == quarter
        return np.asarray(self.known[name][chosen])


def units_of(
    recording: Recording,
    rows: Sequence[Estimate],
    smoothed: Sequence[SmoothedRate],
    hold: Hold | None,
    settings: FiringSettings,
    rules: EstimateSettings,
) -> FiringUnits:
    """Return what is known of every unit of a contraction.

    Parameters
    ----------
    recording : Recording
    rows : sequence of Estimate
        Of `estimate`.
    smoothed : sequence of SmoothedRate
        One a unit.
    hold : Hold or None
    settings : FiringSettings
    rules : EstimateSettings
        By which the rows were made.
    """
    n = len(recording.units)
    known = {name: np.full(n, np.nan) for name in TAKEN}
    refused: dict[str, dict[int, Reasons]] = {name: {} for name in TAKEN}
    for row in rows:
        if row.quantity not in TAKEN or not row.unit:
            continue
        if row.ok and row.bound == "exact":
            known[row.quantity][row.unit - 1] = row.value
        else:
            refused[row.quantity][row.unit - 1] = Reasons.made(row.reasons)
    known |= _in_hold(recording, smoothed, hold, rules)
    counts = known["recruitment_torque"] >= settings.threshold_min_pct_mvc
    quarter = np.full(n, -1)
    at = np.flatnonzero(counts)
    if len(at) >= 4:
        for number, members in enumerate(quarters_of(known["recruitment_torque"][at])):
            quarter[at[members]] = number
    # Where no threshold is known, that is the reason for everything.
    looked = at if len(at) else np.arange(n)
    why = {
        name: _together([each for unit, each in found.items() if unit in looked])
        for name, found in refused.items()
    }
    return FiringUnits(known, counts, quarter, why)


def _in_hold(
    recording: Recording,
    smoothed: Sequence[SmoothedRate],
    hold: Hold | None,
    rules: EstimateSettings,
) -> dict[str, FloatArray]:
    trains = recording.units.times_s
    if hold is None:
        nothing = np.full(len(trains), np.nan)
        return dict.fromkeys(("rate_early", "rate_late", "rate_hold", "cov"), nothing)
    pause_s = rules.rates.cov_interval_max_s
    early, late = both_known(
        rates_in(trains, hold.early_s, pause_s), rates_in(trains, hold.late_s, pause_s)
    )
    covs = []
    for times_s, rate in zip(trains, smoothed, strict=True):
        inside = times_s[(times_s >= hold.start_s) & (times_s <= hold.end_s)]
        covs.append(cov_of_intervals_pct(inside, rate, rules.rates)[0])
    whole = rates_in(trains, (hold.start_s, hold.end_s), pause_s)
    return {"rate_early": early, "rate_late": late, "rate_hold": whole, "cov": np.array(covs)}


def _together(refused: Sequence[Reasons]) -> Reasons:
    """Return the reasons of several units as one sentence."""
    every = tallied(reason for reasons in refused for reason in reasons)
    if not every:
        return NO_REASONS
    most = sorted(every.items(), key=lambda each: -each[1])[:2]
    words = "; ".join(f"{what} ({times} units)" for what, times in most)
    return Reasons((Reason("units_refused", words, "; ".join(what for what, _ in most)),))
