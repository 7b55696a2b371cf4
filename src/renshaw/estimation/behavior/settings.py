"""`FiringSettings`: which units count, what a hold is, and how coherence is read."""

from __future__ import annotations

from dataclasses import dataclass

from renshaw.core.settings import Settings, setting


@dataclass(frozen=True, kw_only=True)
class FiringSettings(Settings):
    """Which units count, what a hold is, and how coherence and synchrony are read in it."""

    threshold_min_pct_mvc: float = setting(
        5.0,
        "units count that are recruited at this torque or above: at rest and just above it, torque "
        "is read least surely",
        unit="% MVC",
        ge=0,
        le=100,
    )
    hold_min_s: float = setting(4.0, "shortest hold", unit="s", ge=2, le=600)
    hold_band_pct: float = setting(
        7.5,
        "in a hold torque stays within this part of its level; a rounded top is none",
        unit="%",
        gt=0,
        le=50,
    )
    hold_margin_s: float = setting(
        0.5, "what is left out at either end of a hold", unit="s", ge=0, le=60
    )
    hold_part_s: float = setting(
        3.0,
        "early and late: the first and last so many seconds of what is left, at most half of it",
        unit="s",
        gt=0,
        le=60,
    )
    trains: int = setting(5, "spike trains that are summed on either side", ge=1, le=50)
    splits: int = setting(
        100, "random splits into two sums of trains over which coherence is averaged", ge=1, le=5000
    )
    segment_s: float = setting(
        1.0, "segments of which spectra are made; they overlap by half", unit="s", ge=0.25, le=10
    )
    synchrony_ms: float = setting(
        5.0,
        "two discharges within that time are synchronous",
        unit="ms",
        gt=0,
        le=20,
        source="Nordstrom et al. 1992, doi:10.1113/jphysiol.1992.sp019244",
    )
    resamples: int = setting(
        200,
        "resamples of the units, for standard errors (0: none has one, sooner done)",
        ge=0,
        le=100_000,
    )
