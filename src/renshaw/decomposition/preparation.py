"""From raw EMG of one grid to its extended signal: band, good channels, rate, scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError
from renshaw.data.grid import Grid
from renshaw.data.signal import Signal
from renshaw.decomposition.channels import bridged, channel_faults
from renshaw.decomposition.extension import Extended
from renshaw.decomposition.filtering import filtered
from renshaw.decomposition.refinement import Rules
from renshaw.decomposition.settings import DecomposeSettings

Array = NDArray[Any]

FEWEST_CHANNELS = 4
# Amplifiers with a higher rate than this are decimated: surface EMG ends below 1 kHz.
_RATE_ENOUGH_HZ = 2000.0


@dataclass(frozen=True, eq=False)
class Prepared:
    """The extended signal of a grid's good channels.

    Parameters
    ----------
    extended : Extended
    fs_hz : float
        Its sampling rate: that of the EMG, or a whole part of it.
    """

    extended: Extended
    fs_hz: float


def prepared_grid(
    emg: Signal, grid: Grid, settings: DecomposeSettings
) -> tuple[Grid, Prepared | None]:
    """Make a grid's EMG ready for separation.

    Parameters
    ----------
    emg : Signal
    grid : Grid
        Channels with a fault are left out.
    settings : DecomposeSettings

    Returns
    -------
    grid : Grid
        With the faults that were found.
    ready : Prepared or None
        None where too few channels are good, or all are silent.

    Raises
    ------
    DataError
        The grid names channels that the EMG does not have, or the sampling rate is too low for
        the band.
    """
    if max(grid.channels, default=0) >= emg.values.shape[1]:
        raise DataError(f"Grid {grid.name} names channels that the EMG does not have.")
    if settings.highpass_hz >= 0.49 * emg.fs_hz:
        raise DataError(
            f"At a sampling rate of {emg.fs_hz:g} Hz nothing is left above highpass_hz = "
            f"{settings.highpass_hz:g} Hz; EMG is sampled at 1 kHz or more."
        )
    raw = bridged(emg.values[:, list(grid.channels)])
    high = min(settings.lowpass_hz, 0.49 * emg.fs_hz)
    band = filtered(
        np.nan_to_num(raw), emg.fs_hz, settings.highpass_hz, high, line_noise=settings.line_noise
    )
    if settings.bad_channels:
        found = channel_faults(raw, band, grid)
        grid = grid.with_faults([old or new for old, new in zip(grid.faults, found, strict=True)])
    if grid.good.sum() < FEWEST_CHANNELS:
        return grid, None
    band = band[:, grid.good]
    factor = max(1, int(emg.fs_hz // _RATE_ENOUGH_HZ))
    band = band[::factor] if high * 2 * factor <= emg.fs_hz else _decimated(band, emg.fs_hz, factor)
    size = float(band.std())
    if size == 0:
        return grid, None
    band = np.ascontiguousarray((band - band.mean(axis=0)) / size, dtype=np.float32)
    copies = settings.extension or int(np.clip(round(1000 / band.shape[1]), 8, 40))
    extended = Extended(band, copies, settings.components_pct / 100)
    return grid, Prepared(extended, emg.fs_hz / factor)


def _decimated(band: Array, fs_hz: float, factor: int) -> Array:
    """Return every `factor`-th sample of a band that had to be narrowed for it first."""
    return filtered(band, fs_hz, 1.0, 0.45 * fs_hz / factor, line_noise=False)[::factor]


def rules_of(settings: DecomposeSettings, fs_hz: float) -> Rules:
    """Return what units are measured by, in samples of this rate."""
    return Rules(
        fs_hz=fs_hz,
        refractory=max(1, round(settings.refractory_s * fs_hz)),
        tolerance=max(1, round(settings.agreement_s * fs_hz)),
        agreement_max=settings.agreement_max,
        silence_s=settings.trust.silence_s,
        refinements=settings.refinements,
    )
