"""What `firing` measures: the name, unit and meaning of every quantity."""

from __future__ import annotations

from dataclasses import dataclass

from renshaw.estimation.behavior.coherence import BANDS_hz


@dataclass(frozen=True)
class FiringQuantity:
    """One number about how the units of a contraction fire.

    Parameters
    ----------
    name : str
    title : str
    unit : str
    meaning : str
    """

    name: str
    title: str
    unit: str
    meaning: str


QUARTER_WORDS = ("first", "second", "third", "last")


def band_name(low_hz: float, high_hz: float) -> str:
    """Return the name of the coherence of a band: ``"coherence_1_5"``."""
    return f"coherence_{low_hz:g}_{high_hz:g}"


def _of_quarters(name: str, title: str, meaning: str) -> list[FiringQuantity]:
    return [
        FiringQuantity(
            f"{name}_q{k}",
            f"{title}, {word} quarter",
            "pps",
            f"{meaning}; mean of the {word} quarter of units by recruitment threshold",
        )
        for k, word in enumerate(QUARTER_WORDS, start=1)
    ]


_ALL = (
    FiringQuantity(
        "cov_isi_hold",
        "CoV of intervals",
        "%",
        "coefficient of variation of the intervals in the hold, relative to the smoothed rate; "
        "median of units",
    ),
    *(
        FiringQuantity(
            band_name(low, high),
            f"Coherence, {low:g} to {high:g} Hz",
            "",
            "coherence of two sums of spike trains in the hold, mean over random splits and band",
        )
        for low, high in BANDS_hz
    ),
    FiringQuantity(
        "coherence_bias",
        "Coherence by chance",
        "",
        "mean coherence of trains that share nothing, for this length of hold",
    ),
    FiringQuantity(
        "common_input_strength",
        "Common-input strength",
        "1/s",
        "synchronous discharges beyond chance in the hold, per second; mean of pairs",
    ),
    FiringQuantity(
        "derecruitment_minus_recruitment",
        "Derecruitment minus recruitment torque",
        "% MVC",
        "torque at the last discharge minus torque at the first; median of units",
    ),
    FiringQuantity(
        "share_below_recruitment",
        "Units that stop below their recruitment torque",
        "%",
        "share of units whose last discharge is at a lower torque than their first",
    ),
    *_of_quarters(
        "rate_recruitment", "Rate at recruitment", "smoothed rate where the unit is recruited"
    ),
    *_of_quarters("rate_early", "Rate early in the hold", "rate in the first part of the hold"),
    *_of_quarters("rate_late", "Rate late in the hold", "rate in the last part of the hold"),
    *_of_quarters(
        "rate_derecruitment", "Rate at derecruitment", "smoothed rate where the unit stops"
    ),
    FiringQuantity(
        "rate_fall",
        "Fall of the rate in the hold",
        "pps",
        "rate early minus rate late in the hold; mean of units that fire in both",
    ),
    FiringQuantity("rate_hold", "Rate in the hold", "pps", "rate in the hold; mean of units"),
    FiringQuantity(
        "peak_rate", "Peak rate", "pps", "highest smoothed rate of a unit; mean of units"
    ),
    FiringQuantity(
        "fastest_rate", "Peak rate of the fastest unit", "pps", "highest smoothed rate of any unit"
    ),
    FiringQuantity(
        "rate_recruitment_rise",
        "Rise of the rate at recruitment",
        "pps",
        "smoothed rate at recruitment: last quarter of units by threshold minus first quarter",
    ),
    FiringQuantity("delta_f", "ΔF", "pps", "ΔF; mean of test units"),
    *_of_quarters("delta_f", "ΔF", "ΔF of test units"),
    FiringQuantity(
        "r_delta_f_peak_rate", "r of ΔF with peak rate", "", "Pearson correlation over test units"
    ),
    FiringQuantity(
        "r_delta_f_threshold",
        "r of ΔF with recruitment torque",
        "",
        "Pearson correlation over test units",
    ),
    FiringQuantity(
        "torque_fall",
        "Fall of torque in the hold",
        "% MVC",
        "torque early minus torque late in the hold: rates say little of a hold that is none",
    ),
    FiringQuantity(
        "torque_cov",
        "CoV of torque",
        "%",
        "coefficient of variation of torque in the hold, less a straight line",
    ),
)

FIRING_QUANTITIES = {each.name: each for each in _ALL}
