"""`Train`: what reaches the cord in addition to a protocol, always or when the muscle fires."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renshaw.core.settings import Settings
from renshaw.data.recording import Event
from renshaw.model.cord import Cord
from renshaw.model.pool import Pool
from renshaw.protocols.arrivals import Arrivals

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Train(Settings):
    """Base of what reaches the cord in addition to a protocol, through the antagonist's nerve."""

    def arrivals(self, times_s: FloatArray, gate: FloatArray, cord: Cord, pool: Pool) -> Arrivals:
        """Return what reaches the motoneurons.

        Parameters
        ----------
        times_s : array, shape (times,)
        gate : array, shape (times,)
            Share of reciprocal inhibition that the protocol lets through.
        cord : Cord
        pool : Pool
        """
        raise NotImplementedError

    def event(self, duration_s: float) -> Event:
        """Return what is written into the recording's list of events.

        Parameters
        ----------
        duration_s : float
            Of the recording.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Listening:
    """When a device that listens to a muscle begins a bout.

    Parameters
    ----------
    threshold_pps : float
        Firing that counts as a spasm: discharges a second of the pool, for each motoneuron in it.
    listen_s : float
        Time over which firing is counted.
    answer_s : float
        Time from detection to the beginning of the bout.
    bout_s : float
        Length of a bout, in which the device is deaf.
    start_s : float
        When it begins to listen.
    stop_s : float, optional
        When it ends to; none for the end of the trial.
    """

    threshold_pps: float
    listen_s: float
    answer_s: float
    bout_s: float
    start_s: float = 0.0
    stop_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class TriggeredTrain(Train):
    """Base of trains that come in bouts, each of which the muscle's own firing triggers."""

    @property
    def listening(self) -> Listening:
        """When a bout begins."""
        raise NotImplementedError

    def bout(
        self, at_s: float, times_s: FloatArray, gate: FloatArray, cord: Cord, pool: Pool
    ) -> Arrivals:
        """Return what one bout brings that begins at `at_s`; else as `arrivals`.

        Parameters
        ----------
        times_s : array
            Evenly spaced.
        gate : array
            Share of reciprocal inhibition that passes, at these times.
        cord : Cord
            Whose cord it reaches.
        pool : Pool
            The motoneurons.
        """
        raise NotImplementedError
