"""`write`: a recording to a file of another program, and what that program can't hold."""

from __future__ import annotations

import os
from pathlib import Path

from renshaw.core.errors import DataError, FormatError, Place, RenshawError, needs, suggestion
from renshaw.core.files import given_path, refuse_place, replacing, unwritable, writing
from renshaw.data.recording import Recording
from renshaw.io.format import FORMATS, Format, missing, written_formats
from renshaw.io.limits import HIGHEST_RATE_HZ, LONGEST_RECORDING_S, LOWEST_RATE_HZ


def write(recording: Recording, path: str | os.PathLike[str], *, format: str | None = None) -> Path:
    """Write a recording to a file, whole or not at all.

    Parameters
    ----------
    recording : Recording
    path : path-like
        Its ending tells the format, e.g. ``.h5``, which holds everything.
    format : str, optional
        Name of the format, where the ending is another one.

    Returns
    -------
    path : Path

    Raises
    ------
    FormatError
        Unknown ending or format.
    WriteError
        The file the recording was read from, or a place that can't be written to.

    Examples
    --------
    >>> import tempfile
    >>> import renshaw as rs
    >>> recording = rs.Recording(rs.MotorUnits(([0.5, 0.6],), (0, 1)), name="one unit")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = rs.read(rs.write(recording, f"{folder}/one.h5"))
    >>> again.units[0].tolist()
    [0.5, 0.6]
    """
    needs("write", recording, Recording)
    target = given_path("write", path)
    refuse_place(target)
    known = _format_for(target, format)
    _refuse_input(recording, target)
    try:
        with writing(target), replacing(target) as temporary:
            _store(known, recording, temporary)
    except ModuleNotFoundError as error:
        raise unwritable(target, f"Writing it needs {missing(known, error)}.") from None
    except DataError as error:
        raise unwritable(target, str(error)) from None
    except Exception as error:
        plugin = FORMATS.plugin_of(known.name)
        if not plugin or isinstance(error, RenshawError):
            raise
        reason = f"{type(error).__name__}: {error}"
        raise unwritable(
            target,
            f"The plug-in {plugin} can't write it ({reason}).",
            "Tell the authors of the plug-in, or write another format.",
        ) from error
    return target


def losses(recording: Recording, format: str) -> tuple[str, ...]:
    """Return what a format can't hold of a recording, in sentences; empty if it holds all.

    Parameters
    ----------
    recording : Recording
    format : str
        Name of a format, e.g. ``"csv"``, an ending, or a path.

    Raises
    ------
    FormatError
        Unknown format.
    SettingsError
        Neither a name nor a path.
    """
    format = os.fspath(given_path("losses", format)) if not isinstance(format, str) else format
    named = format if any(format == each.name for each in written_formats()) else None
    ending = format.startswith(".") and Path(format).name == format
    known = _format_for(Path(f"x{format}" if ending else format), named)
    if known.losses is None:
        return (f"What {known.title} can't hold is not known.",)
    plugin = FORMATS.plugin_of(known.name)
    try:
        return tuple(known.losses(recording))
    except Exception as error:
        if not plugin:
            raise
        reason = f"the plug-in {plugin} failed to say it, {type(error).__name__}: {error}"
        return (f"What {known.title} can't hold is not known ({reason}).",)


def _store(format: Format, recording: Recording, path: Path) -> None:
    assert format.write is not None
    format.write(recording, path)


def _format_for(target: Path, name: str | None) -> Format:
    """Return the format of a name, or of a file's ending, among those that are written."""
    written = {each.name: each for each in written_formats()}
    if name is not None:
        if name not in written:
            raise FormatError(
                f"There is no format {name!r} to write.",
                code="format.unknown",
                name="format",
                value=name,
                hint=suggestion(name, written),
            )
        return written[name]
    file = target.name.lower()
    fitting = [f for f in written.values() if file.endswith(f.ending) and file != f.ending]
    if fitting:
        # Of .gz and .csv.gz the longer says more; of two formats the one of lower rank has it.
        return max(fitting, key=lambda each: len(each.ending))
    ending = target.suffix.lower()
    endings = ", ".join(f"{each.ending} ({each.name})" for each in written.values())
    what = f"The ending {ending!r} names no format" if ending else "A name without ending"
    raise FormatError(
        f"{what}.",
        code="format.unknown",
        value=ending,
        place=Place(file=str(target)),
        hint=f"Write to a name that ends in {endings}.",
    )


def _refuse_input(recording: Recording, target: Path) -> None:
    for source in recording.sources:
        if _same(Path(source), target):
            raise unwritable(
                target,
                "This is the file that the recording was read from.",
                "Write to another name, so that nothing is lost.",
            )


def _same(source: Path, target: Path) -> bool:
    try:
        return source.samefile(target)
    except (OSError, ValueError):
        return False


def refuse_unreadable(recording: Recording) -> None:
    """Refuse rates and times that every reader takes for damage.

    Parameters
    ----------
    recording : Recording

    Raises
    ------
    DataError
        It says which, and what is accepted.
    """
    signals = {**recording.signals, **(recording.truth.signals if recording.truth else {})}
    rates = {f"the sampling rate of {name}": signal.fs_hz for name, signal in signals.items()}
    if recording.units.fs_hz is not None:
        rates["the sampling rate of the units"] = recording.units.fs_hz
    for what, rate_hz in rates.items():
        if not LOWEST_RATE_HZ <= rate_hz <= HIGHEST_RATE_HZ:
            raise DataError(
                f"With {what}, {rate_hz:g} Hz, it would not be read again ({LOWEST_RATE_HZ:g} to "
                f"{HIGHEST_RATE_HZ:g} Hz are accepted).",
                code="data.rate",
                value=rate_hz,
                hint="Correct the rate, or resample.",
            )
    times = [*recording.units.window_s, *(signal.start_s for signal in signals.values())]
    latest = max(times, key=abs)
    if abs(latest) > LONGEST_RECORDING_S:
        raise DataError(
            f"With a time of {latest:g} s, over a month from 0, it would not be read again.",
            code="data.times",
            value=latest,
            hint="Subtract the start of the recording.",
        )


def common_losses(
    recording: Recording,
    *,
    signals: tuple[str, ...] = (),
    events: bool = False,
    grids: bool = False,
    flags: bool = False,
    participant: bool = False,
    muscles: bool = False,
) -> list[str]:
    """Return what foreign formats leave out, but for what this one holds.

    Parameters
    ----------
    recording : Recording
    signals : tuple of str
        Names of the signals that the format does hold.
    events, grids, flags, participant, muscles : bool
        Whether the format holds these.
    """
    lost = []
    left = [name for name in recording.signals if name not in signals]
    if left:
        lost.append(f"Signals are left out: {', '.join(left)}.")
    if recording.grids and not grids:
        lost.append("The places and faults of the electrodes are left out.")
    if recording.events and not events:
        lost.append(f"Events are left out ({len(recording.events)}).")
    if recording.truth is not None:
        lost.append("The truth behind the simulation is left out.")
    if any(recording.units.flags) and not flags:
        lost.append("Flags of units are left out.")
    if recording.participant and not participant:
        lost.append("The name of the participant is left out.")
    if recording.muscles and not muscles:
        lost.append("Which muscle was recorded is left out.")
    if recording.notes:
        lost.append("Notes are left out.")
    if len(recording.history):
        lost.append("The history is left out.")
    return lost
