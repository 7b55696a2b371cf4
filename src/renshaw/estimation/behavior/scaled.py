"""The torque of a recording in % MVC, 0 at rest, where the file says only how strong it was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from renshaw.core.errors import DataError
from renshaw.core.numbers import number
from renshaw.data.arrays import FloatArray
from renshaw.data.recording import Recording
from renshaw.data.rest import peak_of, rest_of, still, without_artefacts
from renshaw.data.signal import Signal
from renshaw.data.suspicion import TORQUE, suspicions
from renshaw.estimation.behavior.holds import hold_of
from renshaw.estimation.behavior.settings import FiringSettings
from renshaw.estimation.contractions.course import coarse, smoothed

PCT_MVC = "% MVC"
# A file in % MVC whose peak is farther from the stated one contradicts it.
_APART = 0.15
# A torque without rest has none to be taken off if it comes down to this part of its height.
_NEAR_REST = 0.1
_SMOOTH_s = 0.5


def in_pct_mvc(
    recording: Recording,
    peak_pct_mvc: float | None = None,
    settings: FiringSettings | None = None,
) -> Recording:
    """Return a recording whose torque is in % MVC, 0 at rest.

    Torque at rest is taken off, a line between rest before and after. A torque in another unit, or
    in none, is scaled so that the level of its longest hold, or without a hold its highest smoothed
    value, is the stated one.

    Parameters
    ----------
    recording : Recording
    peak_pct_mvc : float, optional
        How strong the contraction was; needed where the file's torque is not in % MVC.
    settings : FiringSettings, optional
        What a hold is.

    Raises
    ------
    DataError
        No torque of one channel, none that rises above rest, no unit and no peak stated, or a peak
        that the file contradicts.
    """
    torque = _sound(recording)
    rested, said = _above_rest(torque, recording)
    level = _level(rested, settings)
    if not level > 0:
        raise DataError(
            f"{recording.name}: its torque never rises above rest. Choose another part with "
            "--window, or turn it over with --torque-sign -1."
        )
    if torque.unit == PCT_MVC:
        if peak_pct_mvc is not None and abs(level - peak_pct_mvc) > _APART * peak_pct_mvc:
            raise DataError(
                f"{recording.name}: its torque is in % MVC and reaches {number(level)} % MVC, not "
                f"{number(peak_pct_mvc)}. Leave --peak-pct-mvc out, or say in which unit the "
                "torque really is: --torque-unit Nm."
            )
    elif peak_pct_mvc is None:
        unit = f"in {torque.unit}" if torque.unit else "without a unit"
        raise DataError(
            f"{recording.name}: its torque is {unit}. Say how strong the contraction was "
            "(--peak-pct-mvc 35), or how strong the maximal one (--mvc, --mvc-file)."
        )
    else:
        said.append(
            f"Torque was scaled so that {number(level)} {torque.unit}".rstrip()
            + f" above rest are {number(peak_pct_mvc)} % MVC."
        )
        rested = replace(rested, values=rested.values * (peak_pct_mvc / level))
    signals = {**recording.signals, "torque": replace(rested, unit=PCT_MVC)}
    return replace(recording, signals=signals, notes=(*recording.notes, *said))


def _sound(recording: Recording) -> Signal:
    torque = recording.torque
    if torque is None:
        said = "".join(f" {note}" for note in recording.notes if "torque" in note.lower())
        raise DataError(
            f"{recording.name} holds no torque, without which nobody can do the same.{said} Read a "
            "version of the file that has it, or name its column (renshaw convert --help)."
        )
    if torque.values.ndim != 1:
        raise DataError(f"{recording.name}: its torque has several channels. Save one of them.")
    for each in suspicions(recording):
        if TORQUE in each.doubts:
            raise DataError(f"{recording.name}: {each}")
    if not np.isfinite(peak_of(torque)):
        raise DataError(f"{recording.name}: its torque holds no numbers.")
    return without_artefacts(torque)


def _above_rest(torque: Signal, recording: Recording) -> tuple[Signal, list[str]]:
    before, after = (still(each, torque) for each in rest_of(torque, recording.units))
    unit = f" {torque.unit}".rstrip()
    if before is not None and after is not None:
        slope = (after.level - before.level) / (after.at_s - before.at_s)
        rest: FloatArray | float = before.level + slope * (torque.times_s - before.at_s)
        said = f"{number(before.level)}{unit} before and {number(after.level)}{unit} after"
    elif before is not None or after is not None:
        only = before or after
        assert only is not None
        rest, said = only.level, f"{number(only.level)}{unit}"
    else:
        values = torque.values[np.isfinite(torque.values)]
        low, high = float(values.min()), float(values.max())
        if low > _NEAR_REST * high:
            raise DataError(
                f"{recording.name}: units fire from its beginning to its end, and torque never "
                "comes to rest. Read a part that begins or ends at rest (--window)."
            )
        return torque, []
    return replace(torque, values=torque.values - rest), [f"Torque at rest, {said}, was taken off."]


def _level(torque: Signal, settings: FiringSettings | None) -> float:
    hold, _ = hold_of(torque, settings)
    if hold is not None:
        return hold.level
    sampled = coarse(torque)
    if sampled is None:
        return float("nan")
    return float(smoothed(sampled.values, _SMOOTH_s * sampled.fs_hz).max())
