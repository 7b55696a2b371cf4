"""The search: rounds of starts, fixed points and polishing, each away from what is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.seeds import stream
from renshaw.decomposition.contrast import fixed_points, places_to_start
from renshaw.decomposition.extension import Extended
from renshaw.decomposition.known import known_directions, near_known
from renshaw.decomposition.pulses import Pulses, found_pulses
from renshaw.decomposition.refinement import Rules, centered, one_each, polished
from renshaw.decomposition.settings import DecomposeSettings

Array = NDArray[Any]

# Filters ring at the ends of a recording, and no two starts lie closer than this.
_EDGE_S = 0.010
_BATCH = 64


@dataclass(frozen=True)
class Search:
    """Everything one search needs.

    Parameters
    ----------
    settings : DecomposeSettings
    rules : Rules
    seed : int
    grid : int
        Number of the grid, so that each has chances of its own.
    tick : callable
        Told in words what is done next; may raise to stop.
    """

    settings: DecomposeSettings
    rules: Rules
    seed: int
    grid: int
    tick: Callable[[str], None]


def searched(extended: Extended, search: Search) -> list[Pulses]:
    """Return the distinct units of one grid, best first, good or not."""
    settings = search.settings
    search.tick("whitening")
    step = max(1, -(-len(extended.windows) // settings.iteration_samples))
    whitened = extended.projected(extended.whitening, step)
    if extended.doubtful is not None:
        whitened[:, extended.doubtful[::step]] = 0
    units: list[Pulses] = []
    for number in range(settings.rounds):
        fresh = _round(extended, whitened, step, units, search, number)
        if not fresh:
            break
        units = one_each(units + fresh, search.rules, extended.copies)
    del whitened
    search.tick("centering")
    return one_each(centered(extended, units, search.rules), search.rules, extended.copies)


def _round(
    extended: Extended, whitened: Array, step: int, known: list[Pulses], search: Search, number: int
) -> list[Pulses]:
    """Return units found from new starts."""
    settings = search.settings
    search.tick(f"round {number + 1}: iterating")
    activity = np.einsum("ij,ij->j", whitened, whitened)
    reach = search.rules.reach(extended.copies)
    activity[near_known(known, len(extended.windows), reach)[::step]] = 0
    edge = max(1, round(_EDGE_S * search.rules.fs_hz / step))
    activity[:edge] = activity[-edge:] = 0
    rng = stream(search.seed, "decompose", search.grid, number)
    starts = places_to_start(activity, settings.starts, edge, rng)
    if not len(starts):
        return []
    directions = known_directions(extended, known, reach) if settings.peel_off else None
    vectors = fixed_points(whitened, starts, settings.contrast, settings.iterations, directions)
    search.tick(f"round {number + 1}: refining")
    return polished(extended, _first_pulses(extended, vectors, search.rules), search.rules)


def _first_pulses(extended: Extended, vectors: Array, rules: Rules) -> list[Pulses]:
    filters = extended.whitening @ vectors
    found: list[Pulses] = []
    for first in range(0, filters.shape[1], _BATCH):
        sources = extended.projected(filters[:, first : first + _BATCH])
        found += found_pulses(sources, rules.refractory)
    return found
