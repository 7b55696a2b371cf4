"""What surface EMG decomposition would return of a simulated recording.

Surface electrodes see only part of the motor units that fire: units with many fibers near the skin.
In the open data of Orssatto et al. 2021, 18 to 20 units were found in the tibialis anterior of a
participant and 6.5 to 8 in the soleus (medians; from 1 to 33 and from 1 to 26), in ramps to 20 %
MVC. Of what is found, some discharges are missed and others are none, and now and then two units
are taken for one, or one for two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError, needs
from renshaw.core.history import Step
from renshaw.core.seeds import checked_seed, stream
from renshaw.core.settings import Settings, setting, settings_for
from renshaw.core.version import __version__
from renshaw.data.decomposition import OBSERVED, Decomposition
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording, Truth
from renshaw.data.signal import Signal

FloatArray = NDArray[np.float64]

# Units found of a participant, median (Orssatto et al. 2021, open data). That of the gastrocnemius
# is an assumption: between the two.
USUAL_UNITS = {"TA": 19.0, "SOL": 7.25, "GM": 10.0}
# Share of a simulated pool that fires in a ramp to 20 % MVC, in which those numbers were found.
_ACTIVE_AT_20 = {"TA": 0.55, "SOL": 0.55, "GM": 0.75}
# No electrode sees everything.
_LARGEST_SHARE = 0.95
# Two discharges within this time are one to a decomposition.
_SAME_s = 0.002
# What is still taken for a train of discharges in the noise.
_FALSE_APART_s = 0.02


@dataclass(frozen=True, kw_only=True)
class ObservationSettings(Settings):
    """How much of a simulated recording is seen, and how well."""

    units: float | None = setting(
        None,
        "median number of motor units found in a ramp to 20 % MVC (empty: usual for the muscle)",
        gt=0,
        le=1000,
        source="open data of Orssatto et al. 2021 (github.com/orssatto/PICs-ageing)",
    )
    units_sd: float = setting(
        0.6,
        "spread of that number between participants (standard deviation of its logarithm)",
        ge=0,
        le=3,
    )
    size_advantage: float = setting(
        2.0,
        "how much likelier the last recruited unit is found than the first (log odds)",
        ge=0,
        le=20,
    )
    fewest_discharges: int = setting(
        10, "smallest number of discharges of a unit that is found", ge=1, le=1000
    )
    tracked: bool = setting(
        True,
        "keep a place for units that are silent in a trial, so that unit k is the same in all "
        "trials of a person",
    )
    fs_hz: float = setting(
        2048.0, "sampling rate, to which discharge times are rounded", unit="Hz", ge=100, le=1e6
    )
    errors: bool = setting(False, "add the decomposition errors below")
    missed_pct: float = setting(1.5, "discharges missed, on average", unit="%", ge=0, le=50)
    false_pct: float = setting(0.5, "false discharges, on average", unit="%", ge=0, le=50)
    merged_pct: float = setting(1.0, "units merged with another one", unit="%", ge=0, le=100)
    split_pct: float = setting(1.0, "units split into two", unit="%", ge=0, le=100)


def observe(
    recording: Recording, settings: ObservationSettings | None = None, *, seed: int = 0
) -> Recording:
    """Return what surface EMG decomposition would find in a simulated recording.

    Which units are seen belongs to the person: it is the same in all trials of a participant of
    that name, under the same seed. Errors belong to the trial. The truth of the units that are kept
    is kept; labels stay those of the motoneurons.

    Parameters
    ----------
    recording : Recording
        Of `simulate`, with all motoneurons.
    settings : ObservationSettings, optional
    seed : int
        Of who is seen and of errors.

    Raises
    ------
    DataError
        A recording that is not simulated, or that has been observed already.
    """
    needs("observe", recording, Recording, made_by="rs.read")
    settings = settings_for("observe", settings, ObservationSettings)
    seed = checked_seed(seed)
    if recording.truth is None:
        raise DataError(f"{recording.name} is a real recording: what was seen of it is all there.")
    if recording.decomposition is not None and recording.decomposition.by == OBSERVED:
        raise DataError(f"{recording.name} has been observed already.")
    seen = np.flatnonzero(_visible(recording, settings, seed)).tolist()
    if not settings.tracked:
        seen = [i for i in seen if len(recording.units[i]) >= settings.fewest_discharges]
    print_ = recording.units.fingerprint()
    found = [_found(recording, i, settings, seed, print_) for i in seen]
    places = [_Found(str(t.label), t.times_s, t.unit) for t in found] + [
        _Found(t.label + "b", t.rest_s, t.unit) for t in found if t.rest_s is not None
    ]
    return replace(
        recording,
        units=_units(recording, places, settings),
        truth=_truth(recording, [place.unit for place in places]),
        history=recording.history.then(_step(recording, settings, seed)),
        decomposition=Decomposition(OBSERVED, settings.to_mapping()),
    )


@dataclass(frozen=True, eq=False)
class _Found:
    """A train of discharges that was found, and of which motoneuron; the rest if it was split."""

    label: str
    times_s: FloatArray
    unit: int
    rest_s: FloatArray | None = None


def visibility(n_units: int, active: float, share: float, size_advantage: float) -> FloatArray:
    """Return the probability that each unit of a pool is seen, shape (n_units,).

    Parameters
    ----------
    n_units : int
    active : float
        Share of the pool that fires in a ramp to 20 % MVC.
    share : float
        Share of these that is seen; of larger units it is more.
    size_advantage : float
        How much better the last unit is seen than the first, as a log odds.
    """
    x = np.linspace(0.0, 1.0, n_units) if n_units > 1 else np.zeros(1)
    usual = x <= active
    low, high = -60.0, 60.0
    for _ in range(60):
        middle = (low + high) / 2
        odds = 1.0 / (1.0 + np.exp(middle - size_advantage * x))
        low, high = (middle, high) if odds[usual].mean() > share else (low, middle)
    return np.asarray(odds)


def usual_visibility(muscle: str, n_units: int) -> FloatArray:
    """Return the probability that each unit of a pool is seen of a usual participant.

    Parameters
    ----------
    muscle : str
    n_units : int
    """
    active = _ACTIVE_AT_20[muscle]
    share = min(_LARGEST_SHARE, USUAL_UNITS[muscle] / max(1.0, active * n_units))
    return visibility(n_units, active, share, ObservationSettings().size_advantage)


def _visible(recording: Recording, settings: ObservationSettings, seed: int) -> NDArray[np.bool_]:
    """Return which motoneurons the electrodes see, whether they fire or not."""
    n = len(recording.units)
    if n == 0:
        return np.zeros(0, dtype=bool)
    chance = stream(seed, "observed", recording.participant or recording.name)
    muscle = recording.muscle if recording.muscle in USUAL_UNITS else "TA"
    number = settings.units or USUAL_UNITS[muscle]
    number *= np.exp(settings.units_sd * chance.standard_normal())
    active = _ACTIVE_AT_20[muscle]
    share = min(_LARGEST_SHARE, number / max(1.0, active * n))
    odds = visibility(n, active, share, settings.size_advantage)
    drawn = chance.random(n)
    seen = drawn < odds
    usual = np.arange(n) <= active * (n - 1)
    if not seen[usual].any():
        # A participant in whom nothing at all was found is none: the best seen unit is kept.
        seen[int(np.argmin(np.where(usual, drawn / odds, np.inf)))] = True
    return np.asarray(seen)


def _found(
    recording: Recording, i: int, settings: ObservationSettings, seed: int, print_: str
) -> _Found:
    """Return what is found of one motoneuron in this trial."""
    units, label = recording.units, recording.units.labels[i]
    times_s = units[i]
    if len(times_s) < settings.fewest_discharges:
        return _Found(label, np.empty(0), i)
    if not settings.errors:
        return _Found(label, _sampled(times_s, units.window_s, settings.fs_hz), i)
    chance = stream(seed, "decomposition", recording.name, print_, i)
    missed, false = chance.exponential([settings.missed_pct, settings.false_pct]) / 100
    merged, split = 100 * chance.random(2) < [settings.merged_pct, settings.split_pct]
    others = [k for k in range(len(units)) if k != i and len(units[k])]
    if merged and others:
        other = int(chance.choice(others))
        times_s = _apart(np.sort(np.concatenate([times_s, units[other]])), _SAME_s)
        label = f"{label}+{units.labels[other]}"
    times_s = _mistaken(times_s, missed, false, chance)
    times_s = _sampled(times_s, units.window_s, settings.fs_hz)
    if split and len(times_s) > 1:
        cut = int(chance.integers(1, len(times_s)))
        return _Found(label, times_s[:cut], i, times_s[cut:])
    return _Found(label, times_s, i)


def _mistaken(
    times_s: FloatArray, missed: float, false: float, chance: np.random.Generator
) -> FloatArray:
    """Return the discharges less those that are missed, with some that are none."""
    kept = times_s[chance.random(len(times_s)) >= missed]
    wrong = chance.uniform(times_s[0], times_s[-1], size=chance.poisson(false * len(times_s)))
    # One right beside a true discharge would have been taken for that one.
    apart = [np.min(np.abs(times_s - t)) > _FALSE_APART_s for t in wrong]
    return np.sort(np.concatenate([kept, wrong[np.array(apart, dtype=bool)]]))


def _sampled(times_s: FloatArray, window_s: tuple[float, float], fs_hz: float) -> FloatArray:
    """Return the times rounded to samples, none of them twice, all of them in the window."""
    start_s, end_s = window_s
    samples = np.unique(np.rint((times_s - start_s) * fs_hz))
    last = np.floor((end_s - start_s) * fs_hz + 1e-9)
    return np.asarray(np.minimum(start_s + samples[samples <= last] / fs_hz, end_s))


def _apart(times_s: FloatArray, least_s: float) -> FloatArray:
    return times_s[np.diff(times_s, prepend=-np.inf) >= least_s]


def _units(recording: Recording, places: list[_Found], settings: ObservationSettings) -> MotorUnits:
    units = recording.units
    agreement = [rate_of_agreement_pct(place.times_s, units[place.unit]) for place in places]
    return MotorUnits(
        tuple(place.times_s for place in places),
        units.window_s,
        labels=tuple(place.label for place in places),
        fs_hz=settings.fs_hz,
        quality={"rate_of_agreement_pct": np.array(agreement)},
        muscles=tuple(units.muscles[place.unit] for place in places),
    )


def rate_of_agreement_pct(
    found_s: FloatArray, true_s: FloatArray, within_s: float = 0.0005
) -> float:
    """Return discharges in both trains in % of those in either; NaN where there are none at all.

    The measure by which decompositions are compared (Holobar et al. 2014).
    """
    if len(found_s) + len(true_s) == 0:
        return float("nan")
    if len(found_s) == 0 or len(true_s) == 0:
        return 0.0
    nearest = np.abs(found_s[:, None] - true_s[None, :]).min(axis=1)
    common = int(np.sum(nearest <= within_s))
    return 100.0 * common / (len(found_s) + len(true_s) - common)


def _truth(recording: Recording, kept: list[int]) -> Truth | None:
    if recording.truth is None:
        return None
    n = len(recording.units)
    signals = {name: _columns(signal, kept, n) for name, signal in recording.truth.signals.items()}
    return replace(recording.truth, signals=signals)


def _columns(signal: Signal, kept: list[int], n: int) -> Signal:
    """Return a signal with one channel a unit of those units only; others as they are."""
    if signal.values.ndim != 2 or signal.values.shape[1] != n:
        return signal
    return replace(signal, values=signal.values[:, kept])


def _step(recording: Recording, settings: ObservationSettings, seed: int) -> Step:
    arguments = "" if settings == ObservationSettings() else f", {settings.as_python()}"
    return Step(
        "observed",
        f"recording = rs.observe(recording{arguments}, seed={seed})",
        settings.to_mapping(),
        seed,
        recording.fingerprint(),
        ("orssatto2021",),
        __version__,
    )
