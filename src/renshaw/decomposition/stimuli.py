"""When stimuli came: told by a trigger, by events or by times, or found in the EMG itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from renshaw.core.errors import DataError, suggestion
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.decomposition.filtering import filtered

Array = NDArray[Any]

AUTO = "auto"
# Action potentials have little above this, a stimulus has most of its power there.
_SHARP_HZ = 350.0
# A stimulus is so many times as sharp as nearly all of the EMG is, on most of the channels.
_USUAL_QUANTILE, _TIMES_USUAL = 0.8, 8.0
# Two stimuli lie no closer together, and every artifact falls within this after its onset.
_APART_S, _ARTIFACT_S = 0.004, 0.002
# Over at once: this long after it, it is down to this part.
_OVER_S, _OVER = (0.003, 0.008), 0.2
# All have the same pattern over the channels.
_ALIKE = 0.8
_CHANNELS = 32
_FEWEST = 5
# The onset is where it first has this part of its peak.
_ONSET = 0.2
# What follows stimuli has more than this part of its discharges within so little time of one delay.
_FOLLOWS, _TIMES_CHANCE, _TOGETHER_S = 0.5, 3.0, 0.003
_LONGEST_DELAY_S = 0.2
# A trigger may come a little before or after its artifact.
_TRIGGER_BEFORE_S, _TRIGGER_AFTER_S = 0.005, 0.010


def stimuli_of(recording: Recording, told: str) -> Array:
    """Return when stimuli came, in seconds of the recording.

    Parameters
    ----------
    recording : Recording
        With the signal ``"emg"``.
    told : str
        ``"auto"`` to find them in the EMG, the name of a signal that is a trigger, or the label of
        events.

    Raises
    ------
    DataError
        Nothing of that name, a trigger that never rises, or no stimulus in the EMG.
    """
    if told == AUTO and "emg" not in recording.signals:
        raise DataError(
            f"{recording.name}: it has no EMG in which stimuli could be found.",
            hint="Name the trigger's signal, the events or a file of times (s).",
        )
    if told == AUTO:
        found = found_in(recording.signals["emg"])
        if not len(found):
            raise DataError(
                f"{recording.name}: no stimuli were found in the EMG.",
                hint="Name the trigger's signal or a file of times (s), or leave stimuli out.",
            )
        return found
    if told in recording.signals:
        return _rises(recording.signals[told], told, recording.name)
    onsets = sorted(event.onset_s for event in recording.events if event.label == told)
    if not onsets:
        known = [name for name in recording.signals if name != "emg"]
        known += sorted({event.label for event in recording.events})
        raise DataError(
            f"{recording.name} has neither a signal nor events called {told!r}.",
            hint=f"{suggestion(told, [AUTO, *known])} Or give the times (s), or a file of them.",
        )
    return np.array(onsets)


def found_in(emg: Signal) -> Array:
    """Return the onsets (s) of stimuli that show in an EMG; empty where there are none.

    A stimulus is a sharp edge on most channels at once, many times as sharp as the muscle ever is,
    and all of them look the same over the channels. There must be five.

    Parameters
    ----------
    emg : Signal
        Shape (samples, channels).
    """
    if emg.fs_hz < 2.2 * _SHARP_HZ or len(emg) < emg.fs_hz / 2:
        return np.zeros(0)
    values = _some_of(emg)
    if not values.shape[1]:
        return np.zeros(0)
    sharp = filtered(values, emg.fs_hz, _SHARP_HZ, 0.49 * emg.fs_hz, line_noise=False)
    sharp = sharp / np.maximum(np.quantile(np.abs(sharp), _USUAL_QUANTILE, axis=0), 1e-30)
    size = np.median(np.abs(sharp), axis=1)
    size = scipy.ndimage.maximum_filter1d(size, 3)
    usual = float(np.quantile(size, _USUAL_QUANTILE))
    apart = max(1, round(_APART_S * emg.fs_hz))
    tops, _ = scipy.signal.find_peaks(size, height=_TIMES_USUAL * usual, distance=apart)
    if len(tops) < _FEWEST:
        return np.zeros(0)
    patterns = np.array([_pattern(sharp, int(top)) for top in tops])
    patterns /= np.linalg.norm(patterns, axis=1, keepdims=True)
    alike = np.abs(patterns @ patterns[np.argmax(np.abs(patterns @ patterns.T).sum(axis=0))])
    tops = tops[(alike >= _ALIKE) & _brief(size, tops, emg.fs_hz)]
    if len(tops) < _FEWEST:
        return np.zeros(0)
    back = round(_ARTIFACT_S * emg.fs_hz)
    onsets = []
    for top in tops:
        first = max(0, top - back)
        rising = size[first : top + 1] >= _ONSET * size[top]
        onsets.append(first + int(np.argmax(rising)))
    return at_artifacts(emg.start_s + np.array(onsets) / emg.fs_hz, emg)


def _some_of(emg: Signal) -> Array:
    """Return channels that show something, evenly spread and no more than tell of a stimulus."""
    values = emg.values.reshape(len(emg), -1)
    values = values[:, :: -(-values.shape[1] // _CHANNELS)]
    values = np.nan_to_num(values)
    return np.asarray(values[:, np.ptp(values, axis=0) > 0])


def _brief(size: Array, tops: Array, fs_hz: float) -> Array:
    """Return which edges are over at once: what a loose contact makes goes on for longer."""
    after = np.arange(round(_OVER_S[0] * fs_hz), round(_OVER_S[1] * fs_hz))
    later = size[np.minimum(tops[:, None] + after, len(size) - 1)]
    return np.asarray(np.median(later, axis=1) < _OVER * size[tops])


def _pattern(sharp: Array, top: int) -> Array:
    """Return how an edge is spread over the channels: its largest value on each."""
    part = sharp[max(0, top - 2) : top + 3]
    return np.asarray(part[np.argmax(np.abs(part).sum(axis=1))] + 1e-30)


def at_artifacts(times_s: Array, emg: Signal) -> Array:
    """Return times moved, all by the same, to where the EMG shows the artifact's onset.

    A trigger is not always sent when the current flows.

    Parameters
    ----------
    times_s : array, shape (stimuli,)
    emg : Signal
        Shape (samples, channels).
    """
    values = _some_of(emg)
    before, after = (round(s * emg.fs_hz) for s in (_TRIGGER_BEFORE_S, _TRIGGER_AFTER_S))
    first = np.rint((times_s - emg.start_s) * emg.fs_hz).astype(int) - before
    whole = first[(first >= 1) & (first + before + after < len(values))]
    if not len(whole) or not values.shape[1]:
        return times_s
    edges = np.abs(np.diff(values, axis=0, prepend=values[:1]))
    edges /= np.maximum(np.median(edges, axis=0), 1e-30)
    mean = np.median([edges[at : at + before + after].mean(axis=1) for at in whole], axis=0)
    if mean.max() < _TIMES_USUAL * np.median(mean):
        return times_s
    onset = int(np.argmax(mean >= _ONSET * mean.max()))
    return np.asarray(times_s + (onset - before) / emg.fs_hz)


def follows(times_s: Array, onsets_s: Array) -> str:
    """Return in words that discharges come at one delay after stimuli; nothing if they don't.

    What an artifact leaves behind fires once a stimulus, always at the same delay. Reflexes gather
    discharges as well, but never most of those of a motor unit that fires steadily.

    Parameters
    ----------
    times_s : array, shape (discharges,)
    onsets_s : array, shape (stimuli,)
        In order.
    """
    if len(onsets_s) < _FEWEST:
        return ""
    usual_s = float(np.median(np.diff(onsets_s)))
    last = np.searchsorted(onsets_s, times_s, side="right") - 1
    delays_s = (times_s - onsets_s[np.maximum(last, 0)])[last >= 0]
    delays_s = np.sort(delays_s[delays_s < min(usual_s, _LONGEST_DELAY_S)])
    if len(delays_s) < _FEWEST or 2 * len(delays_s) < len(times_s):
        return ""
    most = int(np.max(np.searchsorted(delays_s, delays_s + _TOGETHER_S) - np.arange(len(delays_s))))
    by_chance = _TOGETHER_S / min(usual_s, _LONGEST_DELAY_S)
    share = most / len(times_s)
    if share < max(_FOLLOWS, _TIMES_CHANCE * by_chance):
        return ""
    return f"it follows the stimuli: {100 * share:.0f} % of its discharges at one delay"


def _rises(trigger: Signal, name: str, recording: str) -> Array:
    """Return when a trigger rises through the middle between its lowest and highest value."""
    values = np.asarray(trigger.values, dtype=float).reshape(len(trigger), -1)
    if values.shape[1] != 1:
        raise DataError(f"{recording}: {name!r} has {values.shape[1]} channels; a trigger has one.")
    level = values[:, 0]
    low, high = np.nanmin(level), np.nanmax(level)
    above = level > 0.5 * (low + high)
    at = np.flatnonzero(above[1:] & ~above[:-1]) + 1
    if not high > low or not len(at):
        raise DataError(f"{recording}: the trigger {name!r} never rises.")
    return np.asarray(trigger.start_s + at / trigger.fs_hz)
