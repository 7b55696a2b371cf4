"""The motor units in the muscle: how large, where, how fast, and what the grid sees of each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.seeds import stream
from renshaw.electrodes.fibers import fiber_potentials
from renshaw.electrodes.settings import ElectrodeSettings

Array = NDArray[Any]

# Fibers whose potential is computed; each stands for its share of the unit.
_SAMPLED = 16
_BEFORE_S, _AFTER_S = 0.002, 0.040


@dataclass(frozen=True, eq=False)
class MuscleUnits:
    """Motor units as the electrodes see them.

    Parameters
    ----------
    potentials : array, shape (units, samples, electrodes)
        Action potential of each unit (uV).
    first : int
        Sample of `potentials` at which the discharge lies.
    depth_mm : array, shape (units,)
        From the skin to the middle of the territory.
    fibers : array, shape (units,)
    velocity_m_s : array, shape (units,)
    """

    potentials: Array
    first: int
    depth_mm: Array
    fibers: Array
    velocity_m_s: Array


def electrode_places(settings: ElectrodeSettings) -> tuple[Array, Array]:
    """Return x (across) and y (along the fibers) of each electrode, the muscle's middle at 0."""
    x = (np.arange(settings.columns) - (settings.columns - 1) / 2) * settings.distance_mm
    y = (np.arange(settings.rows) - (settings.rows - 1) / 2) * settings.distance_mm
    places_x, places_y = np.meshgrid(x, y)
    return places_x.T.ravel() + settings.offset_x_mm, places_y.T.ravel() + settings.offset_y_mm


def places_in_muscle(settings: ElectrodeSettings, moved: float) -> tuple[Array, Array]:
    """Return x and y of each electrode as seen from the muscle, once it has shifted and turned.

    Parameters
    ----------
    settings : ElectrodeSettings
    moved : float
        Part of the movement that is done, from 0 to 1.
    """
    x, y = electrode_places(settings)
    x, y = x - moved * settings.shift_x_mm, y - moved * settings.shift_y_mm
    angle = math.radians(moved * settings.rotate_deg)
    return x * math.cos(angle) + y * math.sin(angle), y * math.cos(angle) - x * math.sin(angle)


def muscle_units(
    count: int,
    settings: ElectrodeSettings,
    seed: int,
    *,
    aside_mm: float = 0.0,
    name: str = "own",
    moved: float = 0.0,
) -> MuscleUnits:
    """Place motor units in a muscle and return what the grid sees of them.

    Parameters
    ----------
    count : int
        In the order of recruitment: later ones have more and faster fibers.
    settings : ElectrodeSettings
    seed : int
    aside_mm : float
        How far aside of the grid the muscle lies.
    name : str
        Name of the stream of chance.
    moved : float
        Part of the movement that is done, from 0 to 1; the units are the same at each.
    """
    rank = np.linspace(0, 1, count) if count > 1 else np.zeros(count)
    fibers = np.rint(settings.fibers_smallest * settings.size_ratio**rank)
    rng = stream(seed, "muscle", name)
    # Faster fibers belong to later units; half of the spread is chance.
    velocity = settings.velocity_m_s + settings.velocity_sd_m_s * (
        1.5 * (rank - 0.5) + 0.7 * rng.standard_normal(count)
    )
    velocity = np.clip(velocity, 1.5, 8.0)
    middle_x = aside_mm + (rng.random(count) - 0.5) * settings.muscle_width_mm
    depth = settings.skin_mm + rng.random(count) * settings.muscle_depth_mm
    radius = settings.territory_mm * np.sqrt(fibers / fibers.max(initial=1.0))
    times_s = np.arange(-_BEFORE_S, _AFTER_S, 1 / settings.sampling_hz)
    places = places_in_muscle(settings, moved)
    shorter = 1 - moved * settings.shorten_pct / 100
    potentials = np.zeros((count, len(times_s), len(places[0])), dtype=np.float32)
    for unit in range(count):
        own = stream(seed, "motor unit", name, unit)
        potentials[unit] = _unit_potential(
            own,
            settings,
            places,
            middle_x[unit],
            depth[unit],
            radius[unit],
            velocity[unit],
            fibers[unit],
            times_s,
            shorter,
        )
    return MuscleUnits(potentials, round(_BEFORE_S * settings.sampling_hz), depth, fibers, velocity)


def _unit_potential(
    rng: np.random.Generator,
    settings: ElectrodeSettings,
    places: tuple[Array, Array],
    x_mm: float,
    depth_mm: float,
    radius_mm: float,
    velocity_m_s: float,
    fibers: float,
    times_s: Array,
    shorter: float,
) -> Array:
    # A muscle keeps its volume.
    thicker = 1 / math.sqrt(shorter)
    half = settings.fiber_mm / 2
    total = np.zeros((len(places[0]), len(times_s)))
    endplate = (rng.random() - 0.5) * settings.endplate_spread_mm
    for _ in range(_SAMPLED):
        angle, away = 2 * np.pi * rng.random(), radius_mm * np.sqrt(rng.random())
        depth = max(settings.skin_mm, depth_mm + away * np.sin(angle))
        # Fibers of one unit are innervated within a few mm and end within some more.
        own_plate = endplate + rng.normal(0, 0.1 * settings.endplate_spread_mm)
        ends = (-half + rng.normal(0, 3.0), half + rng.normal(0, 3.0))
        total += fiber_potentials(
            *places,
            (x_mm + away * np.cos(angle)) * thicker,
            settings.skin_mm + (depth - settings.skin_mm) * thicker,
            own_plate * shorter,
            (ends[0] * shorter, ends[1] * shorter),
            velocity_m_s,
            settings.anisotropy,
            times_s,
        )
    return np.asarray(total.T * (fibers / _SAMPLED), dtype=np.float32)
