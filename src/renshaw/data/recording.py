"""`Recording`: what was observed, by electrodes or by a computer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from renshaw.core.errors import DataError
from renshaw.core.fingerprint import fingerprint
from renshaw.core.history import History
from renshaw.core.made_of import MadeOf
from renshaw.core.results import Result
from renshaw.data.decomposition import Decomposition
from renshaw.data.grid import Grid
from renshaw.data.motor_units import MotorUnits
from renshaw.data.signal import Signal

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Event:
    """Something that happened: a stimulus, a cue, a mark.

    Parameters
    ----------
    onset_s, duration_s : float
        When it began and how long it lasted, which is 0 where that is not known.
    label : str

    Raises
    ------
    DataError
        A time that is none: infinite, or no number.
    """

    onset_s: float
    duration_s: float
    label: str

    def __post_init__(self) -> None:
        if not math.isfinite(self.onset_s):
            raise DataError(f"An event can't be at {self.onset_s!r} s.")
        if not math.isfinite(self.duration_s):
            raise DataError(f"An event can't last {self.duration_s!r} s.")


@dataclass(frozen=True, eq=False)
class Truth:
    """What was really there, known only of a simulated recording.

    Parameters
    ----------
    signals : mapping of str to Signal
        ``"drive"``, ``"inhibition"``, ``"neuromodulation"`` (one channel each), ``"pic_current"``
        (nA, one channel a unit, inward positive), ...
    parameters : mapping of str to float
        Numbers that hold throughout, e.g. ``{"neuromodulation": 0.95}``.
    """

    signals: Mapping[str, Signal] = field(default_factory=dict)
    parameters: Mapping[str, float] = field(default_factory=dict)

    def fingerprint(self) -> str:
        """Return a short hash of the content."""
        parts = {name: signal.fingerprint() for name, signal in self.signals.items()}
        return fingerprint(parts, dict(self.parameters))


# How a note begins that is to be told wherever numbers of the recording are.
WARNING = "Warning: "


@dataclass(frozen=True, eq=False)
class Recording(Result):
    """What was observed in one trial; a simulation is a recording whose `truth` is known.

    Parameters
    ----------
    units : MotorUnits
    signals : mapping of str to Signal
        ``"torque"`` (% MVC), ``"emg"`` (uV, samples x channels), ...
    events : tuple of Event
    truth : Truth or None
        None for real data.
    name : str
        What reports and tables call it.
    notes : tuple of str
        Whatever a reader has to say of the file, in sentences.
    history : History
    grids : tuple of Grid
        Where the electrodes of ``"emg"`` lie; raw EMG that waits to be decomposed has no units.
    participant : str
        Who; ``""`` where it is not known.
    muscle : str
        The muscle; ``""`` where several are recorded or none is known. What units and grids say
        themselves goes before it.
    sources : tuple of str
        Paths of the files that it was read from, the last one last.
    made_of : MadeOf
        The file that was read last and everything that was read, or looked for, beside it.
    decomposition : Decomposition or None
        How the units were found; None where it is not known, or where they are all there are.
    others : mapping
        What a file of a newer version says beyond that, as plain values: kept, and written again.
    """

    units: MotorUnits
    signals: Mapping[str, Signal] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    truth: Truth | None = None
    name: str = "recording"
    notes: tuple[str, ...] = ()
    history: History = field(default_factory=History)
    grids: tuple[Grid, ...] = ()
    participant: str = ""
    muscle: str = ""
    sources: tuple[str, ...] = ()
    made_of: MadeOf = field(default_factory=MadeOf)
    decomposition: Decomposition | None = None
    others: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "signals", dict(self.signals))
        object.__setattr__(self, "grids", tuple(self.grids))
        object.__setattr__(self, "events", tuple(self.events))
        object.__setattr__(self, "notes", tuple(self.notes))
        object.__setattr__(self, "sources", tuple(self.sources))
        object.__setattr__(self, "others", dict(self.others))
        if self._named:
            object.__setattr__(self, "muscle", "" if len(self._named) > 1 else self._named[0])

    @property
    def muscles(self) -> tuple[str, ...]:
        """The muscles that are known to be recorded, each once."""
        return self._named or ((self.muscle,) if self.muscle else ())

    @property
    def _named(self) -> tuple[str, ...]:
        named = (*self.units.muscles, *(grid.muscle for grid in self.grids))
        return tuple(dict.fromkeys(muscle for muscle in named if muscle))

    @property
    def torque(self) -> Signal | None:
        """The torque (or force), or None where it was not recorded."""
        return self.signals.get("torque")

    @property
    def simulated(self) -> bool:
        """Whether the truth behind this recording is known."""
        return self.truth is not None

    def signal(self, name: str) -> Signal:
        """Return a signal by name, or raise `DataError` that lists the names there are.

        Parameters
        ----------
        name : str
            E.g. ``"torque"``.

        Examples
        --------
        >>> import renshaw as rs
        >>> torque = rs.Signal([0.0, 10.0, 20.0], fs_hz=1.0, unit="% MVC")
        >>> recording = rs.Recording(rs.MotorUnits((), (0, 3)), {"torque": torque})
        >>> recording.signal("torque").values.tolist()
        [0.0, 10.0, 20.0]
        """
        try:
            return self.signals[name]
        except KeyError:
            known = ", ".join(sorted(self.signals)) or "none"
            raise DataError(f"{self.name} has no signal {name!r}; it has: {known}.") from None

    def to_table(self) -> pd.DataFrame:
        """Return one row a unit."""
        return self.units.to_table()

    def fingerprint(self) -> str:
        """Return a short hash of what was observed.

        What it is called, of whom and of which muscle, notes and history don't count.
        """
        return fingerprint(
            self.units.fingerprint(),
            {name: signal.fingerprint() for name, signal in self.signals.items()},
            self.events,
            self.truth.fingerprint() if self.truth else None,
            *(grid.fingerprint() for grid in self.grids),
        )

    def __repr__(self) -> str:
        kind = "simulated" if self.simulated else "recorded"
        return f"Recording({self.name!r}, {kind}, {self.units!r}, signals {sorted(self.signals)})"

    def __str__(self) -> str:
        lines = [repr(self), *self.notes]
        if len(self.units):
            lines.append(self.to_table().to_string(index=False))
        return "\n".join(lines)


def without_emg(recording: Recording) -> Recording:
    """Return a recording without raw EMG, sources and grids: some hundred times smaller."""
    kept = {name: s for name, s in recording.signals.items() if name not in ("emg", "sources")}
    return replace(recording, signals=kept, grids=())
