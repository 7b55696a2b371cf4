"""Options that hold for every format, applied once after the reader: torque, window, names, muscle.

What was done stands in the recording's notes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from renshaw.core.errors import DataError
from renshaw.data.arrays import FloatArray
from renshaw.data.cut import cut
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.data.rest import peak_of, rest_of, still
from renshaw.data.signal import Signal
from renshaw.io.options import ReadOptions, spelled
from renshaw.io.refusal import Refusal

PCT_MVC = "% MVC"
_TORQUE = ("torque_fs_hz", "torque_offset", "torque_sign", "torque_unit", "mvc", "mvc_file")

# Reads the torque of another file.
TorqueOf = Callable[[str], Signal | None]


def applied(recording: Recording, options: ReadOptions, torque_of: TorqueOf) -> Recording:
    """Return a recording with every option of `renshaw.io.options.APPLIED` that was given.

    Parameters
    ----------
    recording : Recording
        As a reader gave it.
    options : ReadOptions
    torque_of : callable
        ``torque_of(path)``: the torque of another file, for the MVC.

    Raises
    ------
    Refusal
        An option that can't be applied to this recording.
    """
    if asked := [name for name in _TORQUE if name in options.given]:
        recording = _with_torque(recording, options, asked, torque_of)
    if options.unit_names:
        recording = _named(recording, options.unit_names)
    if options.muscle is not None:
        recording = _over(recording, options.muscle.strip())
    if options.window_s:
        recording = _within(recording, (options.window_s[0], options.window_s[1]))
    return recording


def _with_torque(
    recording: Recording, options: ReadOptions, asked: list[str], torque_of: TorqueOf
) -> Recording:
    torque = recording.torque
    if torque is None:
        raise Refusal(
            f"It holds no torque, so that {spelled(asked[0])} has no effect. Leave it out"
        )
    if torque.values.ndim != 1:
        raise Refusal("Its torque has several channels; save one of them")
    said: list[str] = []
    units = recording.units
    # A reader that took the rate itself has said so.
    if options.torque_fs_hz not in (None, torque.fs_hz):
        said.append(f"The torque was sampled at {options.torque_fs_hz:g} Hz, as was given.")
        torque = replace(torque, fs_hz=options.torque_fs_hz)
        # Where the reader took the end of a torque of a wrong rate for that of the recording.
        start, end = units.window_s
        units = replace(units, window_s=(start, max(end, torque.end_s)))
    if options.torque_unit is not None:
        was = "" if torque.unit in ("", options.torque_unit) else f", not in {torque.unit}"
        said.append(f"The torque is in {options.torque_unit}{was}, as was given.")
        torque = replace(torque, unit=options.torque_unit)
    torque = _turned(torque, options, units, said)
    mvc = options.mvc
    if options.mvc_file is not None:
        mvc = _mvc_of(options, torque_of)
    if mvc is not None:
        if torque.unit == PCT_MVC:
            raise Refusal(
                f"Its torque is in {PCT_MVC} already, so that {spelled('mvc')} has no effect. "
                f"If it is in another unit, give that too: {spelled('torque_unit', 'Nm')}"
            )
        said.append(f"The torque was divided by the MVC of {mvc:g} {torque.unit}".rstrip() + ".")
        torque = replace(torque, values=torque.values * (100 / mvc), unit=PCT_MVC)
    signals = {**recording.signals, "torque": torque}
    return replace(recording, units=units, signals=signals, notes=(*recording.notes, *said))


def _turned(torque: Signal, options: ReadOptions, units: MotorUnits, said: list[str]) -> Signal:
    """Return the torque without its offset, turned over where that was asked."""
    values, unit = np.asarray(torque.values, dtype=float), f" {torque.unit}".rstrip()
    if options.offset is not None:
        values = values - options.offset
        said.append(f"An offset of {options.offset:g}{unit} was taken off the torque.")
    elif options.torque_offset == "rest":
        values = values - _rest(replace(torque, values=values), units, said)
    if options.torque_sign == -1:
        values = -values
        said.append("The torque was turned over.")
    return replace(torque, values=values)


def _rest(torque: Signal, units: MotorUnits, said: list[str]) -> FloatArray | float:
    before, after = (still(each, torque) for each in rest_of(torque, units))
    unit = f" {torque.unit}".rstrip()
    if before is None and after is None:
        raise Refusal(
            "There is no rest in it, before or after the contraction, whose torque could be taken "
            f"off. Give the torque at rest as a number: {spelled('torque_offset', '1.5')}"
        )
    if before is not None and after is not None:
        said.append(
            f"The torque at rest was taken off: {before.level:.3g}{unit} before the contraction, "
            f"{after.level:.3g}{unit} after it, and a straight line between."
        )
        slope = (after.level - before.level) / (after.at_s - before.at_s)
        return np.asarray(before.level + slope * (torque.times_s - before.at_s), dtype=float)
    rest = before or after
    assert rest is not None
    when = "before" if before is not None else "after"
    said.append(
        f"The torque at rest {when} the contraction, {rest.level:.3g}{unit}, was taken off."
    )
    return rest.level


def _mvc_of(options: ReadOptions, torque_of: TorqueOf) -> float:
    path = str(options.mvc_file)
    torque = torque_of(path)
    if torque is None or torque.values.ndim != 1:
        raise Refusal(f"The recording of the MVC, {path}, holds no torque of one channel")
    torque = _turned(torque, options, MotorUnits((), (torque.start_s, torque.end_s)), [])
    peak = peak_of(torque)
    if not peak > 0:
        raise Refusal(f"The torque in the recording of the MVC, {path}, never rises above 0")
    return peak


def _named(recording: Recording, names: tuple[str, ...]) -> Recording:
    units = recording.units
    if len(names) != len(units):
        raise Refusal(
            f"It holds {len(units)} motor units, but {len(names)} names were given "
            f"({spelled('unit_names')})"
        )
    return replace(recording, units=replace(units, labels=names))


def _over(recording: Recording, muscle: str) -> Recording:
    units, grids = recording.units, recording.grids
    named = [name for name in recording.muscles if name != muscle]
    if named:
        raise Refusal(
            f"Its own muscle is {', '.join(named)}, not {muscle}. Leave {spelled('muscle')} out, "
            "or correct the file"
        )
    return replace(
        recording,
        muscle=muscle,
        units=replace(units, muscles=(muscle,) * len(units)),
        grids=tuple(grid.over(muscle) for grid in grids),
    )


def _within(recording: Recording, window_s: tuple[float, float]) -> Recording:
    try:
        part = cut(recording, *window_s)
    except DataError:
        start, end = recording.units.window_s
        raise Refusal(
            f"It lasts from {start:g} to {end:g} s; the window from {window_s[0]:g} to "
            f"{window_s[1]:g} s is not in it ({spelled('window_s')})"
        ) from None
    # The history says it by the options that the file is read with.
    return replace(part, history=recording.history)
