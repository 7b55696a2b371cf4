"""Settings of online decoding: the only home of their defaults, units, ranges and help."""

from __future__ import annotations

from dataclasses import dataclass

from renshaw.core.settings import Settings, setting

_HOLOBAR_2007 = "10.1109/TSP.2007.896108"


@dataclass(frozen=True, kw_only=True)
class DecodeSettings(Settings):
    """How motor units that are known are found in EMG while it is recorded."""

    adapt: bool = setting(
        False, "let the filter of each unit follow its action potential as the electrodes drift"
    )
    adapt_discharges: int = setting(
        150,
        "discharges over which a unit's action potential is averaged while it is followed; fewer "
        "follow faster, more resist noise",
        ge=10,
        le=10_000,
    )
    rate_discharges: int = setting(
        4, "discharges whose mean interval gives the current rate of a unit", ge=2, le=100
    )
    silence_s: float = setting(
        1.0, "a unit without a discharge for this long has a rate of 0", unit="s", gt=0, le=60
    )
    extension: int | None = setting(
        None,
        "delayed copies of each channel (empty: as in the decomposition)",
        ge=1,
        le=200,
        source=_HOLOBAR_2007,
    )
