"""What the stimulation of a nerve nearby leaves in a raw EMG: an artifact for each stimulus."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from renshaw.core.errors import DataError, needs
from renshaw.core.history import Step
from renshaw.core.seeds import checked_seed, stream
from renshaw.core.settings import Settings, setting, settings_for
from renshaw.core.version import __version__
from renshaw.data.recording import Event, Recording

Array = NDArray[Any]

STIMULUS = "stimulus"
# Both halves of a biphasic pulse, as an amplifier's band passes them.
_HALF_S, _BACK = 0.0005, -0.6
# Time constants by which electrodes and high-pass filters discharge, from channel to channel.
_QUICK_S, _SLOW_S, _LASTS_S = (0.0015, 0.003), (0.006, 0.012), 0.08
_SPREAD = 0.4


@dataclass(frozen=True, kw_only=True)
class StimulationArtifactSettings(Settings):
    """How large artifacts of stimulation are, and how they differ."""

    peak_uv: float = setting(5000.0, "peak on a usual channel", unit="uV", ge=0, le=1e6)
    tail_pct: float = setting(
        15.0, "the slow part that follows, relative to the peak", unit="%", ge=0, le=100
    )
    varies_pct: float = setting(
        10.0, "standard deviation between stimuli, all channels together", unit="%", ge=0, le=50
    )
    own_pct: float = setting(
        5.0, "standard deviation between stimuli, each channel by itself", unit="%", ge=0, le=50
    )


def stimulated(
    recording: Recording,
    onsets_s: ArrayLike,
    settings: StimulationArtifactSettings | None = None,
    *,
    seed: int = 0,
) -> Recording:
    """Add to a raw EMG what stimuli leave in it, and an event for each.

    A spike of a millisecond, then a sum of two exponentials (1.5 to 3 and 6 to 12 ms) of each
    channel's own; spike and tail differ from stimulus to stimulus. What stimuli do to the cord is
    an intervention's business: `rs.ReciprocalInhibition`.

    Parameters
    ----------
    recording : Recording
        With the signal ``"emg"`` in uV, such as `rs.synthesize_emg` makes.
    onsets_s : array, shape (stimuli,)
        In seconds of the recording.
    settings : StimulationArtifactSettings, optional
    seed : int
        Seed of sizes and differences.

    Returns
    -------
    Recording
        With the artifacts, and events ``"stimulus"``.

    Raises
    ------
    DataError
        No EMG, or a stimulus that lies outside it.
    """
    needs("stimulated", recording, Recording, made_by="rs.synthesize_emg")
    settings = settings_for("stimulated", settings, StimulationArtifactSettings)
    checked_seed(seed)
    emg = recording.signal("emg")
    times_s = np.sort(np.atleast_1d(np.asarray(onsets_s, dtype=float)))
    if not np.all((times_s >= emg.start_s) & (times_s < emg.end_s)):
        raise DataError(
            f"stimulated: a stimulus lies outside the EMG, which was recorded from "
            f"{emg.start_s:g} to {emg.end_s:g} s."
        )
    values = np.array(emg.values, dtype=float).reshape(len(emg), -1)
    _add(values, times_s - emg.start_s, emg.fs_hz, settings, stream(seed, "electrodes", STIMULUS))
    shaped: Array = values.astype(np.float32).reshape(emg.values.shape)
    harmed = dataclasses.replace(emg, values=shaped)
    shown = [round(float(t), 6) for t in times_s]
    step = Step(
        verb="stimulated",
        code=f"recording = rs.emg.stimulated(recording, {shown}, {settings.as_python()}, "
        f"seed={seed})",
        settings=settings.to_mapping(),
        seed=seed,
        input=recording.fingerprint(),
        version=__version__,
    )
    return dataclasses.replace(
        recording,
        signals={**recording.signals, "emg": harmed},
        events=(*recording.events, *_events(shown)),
        history=recording.history.then(step),
    )


def _events(times_s: Sequence[float]) -> list[Event]:
    return [Event(time_s, 0.0, STIMULUS) for time_s in times_s]


def _add(
    emg: Array,
    onsets_s: Array,
    fs_hz: float,
    settings: StimulationArtifactSettings,
    rng: np.random.Generator,
) -> None:
    channels = emg.shape[1]
    size = settings.peak_uv * rng.lognormal(0, _SPREAD, channels) * rng.choice([-1, 1], channels)
    quick_s, slow_s = (rng.uniform(*limits, channels) for limits in (_QUICK_S, _SLOW_S))
    share = rng.uniform(0.3, 0.7, channels)

    def differing() -> Array:
        own = 1 + settings.own_pct / 100 * rng.standard_normal(channels)
        return np.asarray((1 + settings.varies_pct / 100 * rng.standard_normal()) * own)

    for onset_s in onsets_s:
        first = int(np.ceil(onset_s * fs_hz))
        samples = np.arange(first, min(len(emg), first + round(_LASTS_S * fs_hz)))
        after_s = (samples / fs_hz - onset_s)[:, None]
        spike = np.select([after_s < _HALF_S, after_s < 2 * _HALF_S], [1.0, _BACK], 0.0)
        since_s = np.maximum(after_s - 2 * _HALF_S, 0)
        decay = share * np.exp(-since_s / quick_s) + (1 - share) * np.exp(-since_s / slow_s)
        tail = settings.tail_pct / 100 * differing() * decay * (after_s >= 2 * _HALF_S)
        emg[samples] += size * differing() * (spike + tail)
