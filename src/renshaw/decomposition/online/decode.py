"""The verbs `decoder`, which learns, and `decode`, which decodes a whole recording as a stream."""

from __future__ import annotations

import dataclasses
import math

from renshaw.core.errors import DataError, needs
from renshaw.core.history import Step
from renshaw.core.settings import settings_for
from renshaw.core.version import __version__
from renshaw.data.recording import Recording
from renshaw.decomposition.online.decoder import Decoder
from renshaw.decomposition.online.learned import learned_from
from renshaw.decomposition.online.settings import DecodeSettings

# Of a rate, by which an hour is off by a few ms.
_ROUNDED = 1e-6


def same_rate(one_hz: float, other_hz: float) -> bool:
    """Whether filters of one rate hold at another: some files give theirs with a rounding error.

    Parameters
    ----------
    one_hz, other_hz : float
    """
    return math.isclose(one_hz, other_hz, rel_tol=_ROUNDED)


def decoder(learned: Recording, settings: DecodeSettings | None = None) -> Decoder:
    """Learn the filters of a decomposed recording's units, to find them in EMG as it comes in.

    Parameters
    ----------
    learned : Recording
        With the raw EMG that its units were found in; those without a flag are learned.
    settings : DecodeSettings, optional

    Returns
    -------
    Decoder

    Raises
    ------
    DataError
        No EMG, or no unit without a flag.
    """
    needs("decoder", learned, Recording, made_by="rs.read")
    settings = settings_for("decoder", settings, DecodeSettings)
    return Decoder(learned_from(learned, settings), settings)


def decode(learned: Recording, raw: Recording, settings: DecodeSettings | None = None) -> Recording:
    """Find the units of one recording in the raw EMG of another, as if it came in just now.

    Parameters
    ----------
    learned : Recording
        As of `decoder`.
    raw : Recording
        With EMG of the same electrodes, at the same rate.
    settings : DecodeSettings, optional

    Returns
    -------
    Recording
        `raw` with the units of `learned` as they are found in it; no sample was looked at before
        its time.

    Raises
    ------
    DataError
        No EMG, other channels or another rate, or nothing to learn.
    """
    needs("decode", raw, Recording, made_by="rs.read")
    online = decoder(learned, settings)
    emg = raw.signals.get("emg")
    if emg is None or emg.values.ndim != 2:
        raise DataError(f"{raw.name} has no raw EMG to decode.")
    if not same_rate(emg.fs_hz, online.fs_hz):
        raise DataError(
            f"{raw.name} was sampled at {emg.fs_hz:.10g} Hz, but its units were learned at "
            f"{online.fs_hz:.10g} Hz: filters hold for one rate only."
        )
    online.push(emg.values)
    found = online.recording(raw.name)
    units = dataclasses.replace(
        found.units,
        times_s=tuple(times + emg.start_s for times in found.units),
        window_s=(emg.start_s, emg.end_s),
    )
    step = Step(
        verb="decode",
        code=f"recording = rs.emg.decode(learned, recording, {online.settings.as_python()})",
        settings=online.settings.to_mapping(),
        input=raw.fingerprint(),
        cites=("holobar2007",),
        version=__version__,
    )
    return dataclasses.replace(
        raw,
        units=units,
        notes=(*raw.notes, *found.notes),
        history=raw.history.then(step),
        decomposition=found.decomposition,
    )
