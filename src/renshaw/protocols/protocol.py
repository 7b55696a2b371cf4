"""`Protocol`: what the person intends and what reaches the cord, as functions of time."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from renshaw.core.settings import Settings
from renshaw.data.recording import Event
from renshaw.model.cord import Cord
from renshaw.model.pool import Pool
from renshaw.protocols.arrivals import Arrivals
from renshaw.protocols.train import TriggeredTrain

FloatArray = NDArray[np.float64]

# Fine enough for the highest point of any protocol.
_LOOK_EVERY_s = 0.05


@dataclass(frozen=True, kw_only=True)
class Protocol(Settings):
    """Base of all protocols. Time runs from 0 to `duration_s`.

    Attributes
    ----------
    name : str
        What it is called on the command line and in study files, where it is one that people do;
        such a protocol adds itself to `PROTOCOLS`, in a file of its own.
    rank : float
        Its place in lists: lower comes first.
    title : str
        What the page calls it.
    """

    name: ClassVar[str] = ""
    # Built-in ones say where they stand; others come after them.
    rank: ClassVar[float] = 1000
    title: ClassVar[str] = ""

    def as_python(self) -> str:
        """Return the expression that makes it again, defaults left out."""
        kind, room = type(self), importlib.import_module("renshaw.protocols")
        mine = getattr(room, kind.__name__, None) is kind
        if mine or room.PROTOCOLS.get(self.name) is not kind:
            return super().as_python()
        # What another package has added is found by its name alone.
        arguments = self.as_call().removeprefix(kind.__name__)
        return f"rs.protocols.PROTOCOLS[{self.name!r}]{arguments}"

    @property
    def duration_s(self) -> float:
        """Length of the trial."""
        raise NotImplementedError

    @property
    def tracks_torque(self) -> bool:
        """Whether the person sees her torque and makes it follow the effort asked for."""
        return False

    @property
    def highest_effort_pct_mvc(self) -> float:
        """The highest effort, on which neuromodulation depends."""
        times_s = np.arange(0.0, self.duration_s + _LOOK_EVERY_s, _LOOK_EVERY_s)
        return float(np.max(self.effort_pct_mvc(times_s)))

    def effort_pct_mvc(self, times_s: FloatArray) -> FloatArray:
        """Return the effort asked for, shape of `times_s`, in % MVC; none by default."""
        return np.zeros(np.shape(times_s))

    def imposed_drive(self, times_s: FloatArray) -> FloatArray:
        """Return the drive M_e (1e-5 S/cm2) of a protocol that sets it; none by default.

        Parameters
        ----------
        times_s : array
            Evenly spaced.
        """
        return np.zeros(np.shape(times_s))

    def arrivals(self, times_s: FloatArray, cord: Cord, pool: Pool) -> Arrivals:
        """Return what reaches the motoneurons besides the descending drive; nothing by default.

        Parameters
        ----------
        times_s : array, shape (times,)
            Evenly spaced.
        cord : Cord
            Of the person who does the protocol: gain and duration of reflexes.
        pool : Pool
            Her motoneurons.
        """
        return Arrivals.none(len(times_s), len(pool))

    @property
    def triggered(self) -> tuple[TriggeredTrain, ...]:
        """What is given only when the muscle fires by itself (closed loop); nothing by default."""
        return ()

    def reciprocal_gate(self, times_s: FloatArray) -> FloatArray:
        """Return which share of reciprocal inhibition gets through, shape of `times_s`."""
        return np.ones(np.shape(times_s))

    def events(self) -> tuple[Event, ...]:
        """Return what happens when, for the recording."""
        return ()

    def assumptions(self) -> tuple[str, ...]:
        """Return what is taken for granted, in sentences."""
        return ()
