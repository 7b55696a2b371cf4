"""What to think of units after an edit: their figures, their flags, and how sure we are."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.numbers import told_apart
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.decomposition.edits import Accept, SetAside
from renshaw.decomposition.following import of_the_ends
from renshaw.decomposition.separation import weakest_silhouette
from renshaw.decomposition.settings import TrustSettings
from renshaw.decomposition.source import Source, found_again, settings_of
from renshaw.decomposition.states import State, left_out_s
from renshaw.decomposition.stimuli import follows
from renshaw.decomposition.trust import judged

Array = NDArray[Any]

# What a filter of half of the discharges finds of the other half (F1), at least, of a unit.
_FOUND_AGAIN = 0.5
ASIDE = "set aside by hand"


def set_aside(flag: str) -> bool:
    """Return whether a person set the unit of this flag aside.

    Parameters
    ----------
    flag : str
    """
    return flag == ASIDE or flag.startswith(f"{ASIDE}: ")


def judged_anew(
    raw: Recording,
    decomposed: Recording,
    states: Mapping[int, State],
    seen: Mapping[int, Source | None],
) -> MotorUnits:
    """Return the units with those that were edited as they are now, and what to think of them.

    Parameters
    ----------
    raw, decomposed : Recording
    states : mapping of int to State
        Of each edited unit, by its number.
    seen : mapping of int to Source
        Its source; None where there is none.
    """
    units = decomposed.units
    times, flags = list(units.times_s), list(units.flags)
    quality = {name: values.copy() for name, values in units.quality.items()}
    own = "confidence" in quality
    if not own and any(isinstance(state.hand, SetAside) for state in states.values()):
        quality["confidence"] = np.full(len(units), np.nan)
    for unit, state in states.items():
        at, source = unit - 1, seen[unit]
        times[at] = state.times_s
        fresh = _figures(decomposed, at, state, source)
        faults = fresh.pop("faults")
        if not own:
            # Another tool's unit is judged by nobody but the person.
            fresh["confidence"], faults = np.nan, flags[at]
        if state.estimated and source is not None:
            doubts = _doubts(found_again(raw, decomposed, unit, state.times_s, state.grid))
            if doubts:
                fresh["confidence"] = 0.0 if own else np.nan
                faults = "; ".join(filter(None, [doubts, faults]))
        if isinstance(state.hand, SetAside):
            fresh["confidence"] = 0.0
            faults = f"{ASIDE}: {state.hand.why}" if state.hand.why else ASIDE
        elif isinstance(state.hand, Accept):
            fresh["confidence"], faults = fresh.pop("accepted"), ""
        flags[at] = faults
        for name in quality.keys() & fresh.keys():
            quality[name][at] = fresh[name]
    return dataclasses.replace(units, times_s=tuple(times), flags=tuple(flags), quality=quality)


def _figures(decomposed: Recording, at: int, state: State, source: Source | None) -> dict[str, Any]:
    """Return the quality of an edited unit; without a source that of its source stays."""
    settings = settings_of(decomposed)
    rules = settings.trust
    quality = decomposed.units.quality
    if source is None:
        old = [quality.get(name) for name in ("silhouette", "pnr_db")]
        figures = [float(v[at]) if v is not None else np.nan for v in old]
    else:
        figures = [source.silhouette, source.pnr_db]
    others, gaps_s = (
        _others(decomposed.units, at, rules),
        left_out_s(decomposed, at + 1, state.grid),
    )
    weakest = np.nan if source is None else _weakest(source, state.times_s)
    verdict = judged(state.times_s, figures[0], figures[1], rules, others, gaps_s, weakest)
    # That its ends may be the electrodes' is no edit's to judge, but for that which accepts it.
    ends = of_the_ends(decomposed.units.flags[at]) if at < len(decomposed.units) else ()
    locked = follows(state.times_s, np.array(settings.stimuli_s))
    faults = [*verdict.faults, *ends, *filter(None, [locked])]
    return {
        "silhouette": figures[0],
        "pnr_db": figures[1],
        "cov_isi_pct": verdict.cov_isi_pct,
        "cv2_pct": verdict.cv2_pct,
        "rate_pps": verdict.rate_pps,
        "confidence": 0.0 if faults else verdict.confidence,
        "accepted": verdict.certainty,
        "faults": "; ".join(faults),
    }


def _weakest(source: Source, times_s: Array) -> float:
    """Return the silhouette of the discharges that stand out least of an edited unit's source."""
    signal = source.signal
    samples = np.rint((times_s - signal.start_s) * signal.fs_hz).astype(np.int64)
    inside = samples[(samples >= 0) & (samples < len(signal.values))]
    return weakest_silhouette(np.asarray(signal.values), inside, signal.fs_hz)


def _doubts(again: float) -> str:
    """Return what speaks against discharges of which a filter knows only those it was made of."""
    if not again < _FOUND_AGAIN:
        return ""
    words = (
        "a filter of half of its discharges finds {:.0f} % of the other half (F1), less than {:g} %"
    )
    return told_apart(words, 100 * again, 100 * _FOUND_AGAIN)


def _others(units: MotorUnits, at: int, rules: TrustSettings) -> list[Array]:
    """Return the trains of the other units of a unit's grid that stand out of their source."""
    grids, certain = (units.quality.get(name) for name in ("grid", "silhouette"))
    return [
        units[i]
        for i in range(len(units))
        if i != at
        and (grids is None or grids[i] == grids[at])
        and (certain is None or not certain[i] < rules.silhouette_min)
    ]
