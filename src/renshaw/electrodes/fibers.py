"""What an electrode on the skin sees of one muscle fiber's action potential.

The potential of the fiber's membrane currents in a half space whose conductivity along the fibers
differs from that across: the analytic line-source model. Two action potentials leave the end plate
and go out at the tendons; because the current is the derivative of a product that ends with the
fiber, generation and extinction come out by themselves (Farina & Merletti 2001,
doi:10.1109/10.923782). Shape of the intracellular potential: Rosenfalck (1969).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

# Step along the fiber; an action potential is some 10 mm long.
_STEP_MM = 0.5
_MARGIN_MM = 3.0
_HEIGHT_MV = 96.0
# Radius (mm) and conductivities (S/m): inside the fiber, and of muscle across its fibers.
_RADIUS_MM, _INSIDE_S_M, _ACROSS_S_M = 0.025, 1.01, 0.063


def fiber_potentials(
    electrode_x_mm: Array,
    electrode_y_mm: Array,
    fiber_x_mm: float,
    depth_mm: float,
    endplate_mm: float,
    ends_mm: tuple[float, float],
    velocity_m_s: float,
    anisotropy: float,
    times_s: Array,
) -> Array:
    """Return the potential of one fiber at every electrode.

    Parameters
    ----------
    electrode_x_mm, electrode_y_mm : array, shape (electrodes,)
        x across, y along the fibers.
    fiber_x_mm, depth_mm : float
        Where the fiber runs.
    endplate_mm : float
        y of the end plate.
    ends_mm : (float, float)
        y of both tendons.
    velocity_m_s : float
    anisotropy : float
    times_s : array, shape (times,)
        0 is when the action potential leaves the end plate.

    Returns
    -------
    array, shape (electrodes, times)
        uV.
    """
    # A margin beyond both ends, so that the currents of a fiber sum to zero.
    y = np.arange(ends_mm[0] - _MARGIN_MM, ends_mm[1] + _MARGIN_MM, _STEP_MM)
    current = _current(y, endplate_mm, ends_mm, velocity_m_s, times_s)
    across = np.hypot(electrode_x_mm - fiber_x_mm, depth_mm)
    away = np.sqrt((y[None, :] - electrode_y_mm[:, None]) ** 2 + anisotropy * across[:, None] ** 2)
    # Half space: twice the potential of an infinite one. mV mm / mm of S/m ratios: uV by 1000.
    scale = 1000 * 2 * _INSIDE_S_M * _RADIUS_MM**2 / (4 * _ACROSS_S_M) * _STEP_MM
    return np.asarray(scale * (1 / away) @ current)


def _current(
    y: Array, endplate_mm: float, ends_mm: tuple[float, float], velocity_m_s: float, times_s: Array
) -> Array:
    """Return the second derivative of the membrane potential along the fiber (mV/mm2)."""
    gone = velocity_m_s * 1000 * times_s
    slope = np.zeros((len(y), len(times_s)))
    for side in (1.0, -1.0):
        # How far each place lies behind the wave front that runs to this side.
        behind = gone[None, :] - side * (y[:, None] - endplate_mm)
        here = (side * (y - endplate_mm) >= 0) & (y >= ends_mm[0]) & (y <= ends_mm[1])
        slope += np.where(here[:, None], -side * _slope(behind), 0.0)
    return np.asarray(np.gradient(slope, _STEP_MM, axis=0))


def _slope(behind_mm: Array) -> Array:
    """Return the derivative of Rosenfalck's potential, 96 z^3 exp(-z) - 90 mV."""
    z = np.maximum(behind_mm, 0.0)
    return np.asarray(_HEIGHT_MV * z**2 * (3 - z) * np.exp(-z))
