"""Stimulation that a spasm triggers: a device listens to the muscle and answers its firing.

While the person rests, a muscle that fires is in spasm. The device sees it in the EMG, here as
discharges a second, and stimulates the antagonist's nerve for one bout; EMG can't be read while
pulses are given, so that it listens again before the next. A person who means to contract has
switched it off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from renshaw.core.settings import setting
from renshaw.data.event_labels import TRIGGERED
from renshaw.data.recording import Event
from renshaw.model.cord import Cord
from renshaw.model.pool import Pool
from renshaw.protocols.arrivals import Arrivals
from renshaw.protocols.nerve_stimulation import NerveStimulation
from renshaw.protocols.train import Listening, TriggeredTrain

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class TriggeredStimulation(NerveStimulation, TriggeredTrain):
    """Pulses to the antagonist's nerve, in bouts that begin when the muscle fires at rest."""

    threshold_pps: float = setting(
        0.5,
        "firing that counts as a spasm: mean discharge rate over all motoneurons of the pool",
        unit="pps",
        gt=0,
        le=100,
    )
    listen_s: float = setting(
        0.25, "time window in which firing is counted", unit="s", gt=0, le=10, source="assumed"
    )
    answer_s: float = setting(
        0.1, "delay from detection to the first pulse", unit="s", ge=0, le=10, source="assumed"
    )

    @property
    def listening(self) -> Listening:
        """When a bout begins: as its settings say."""
        return Listening(
            self.threshold_pps, self.listen_s, self.answer_s, self.on_s, self.start_s, self.stop_s
        )

    def arrivals(self, times_s: FloatArray, gate: FloatArray, cord: Cord, pool: Pool) -> Arrivals:
        """Return nothing: what is given depends on what the muscle does (`bout`)."""
        return Arrivals.none(len(times_s), len(pool))

    def bout(
        self, at_s: float, times_s: FloatArray, gate: FloatArray, cord: Cord, pool: Pool
    ) -> Arrivals:
        """Return what one bout brings that begins at `at_s`; else as `arrivals`."""
        steady = NerveStimulation(**{n: getattr(self, n) for n in _OF_STEADY})
        once = replace(steady, start_s=at_s, stop_s=at_s + self.on_s, off_s=0.0)
        return once.arrivals(times_s, gate, cord, pool)

    def event(self, duration_s: float) -> Event:
        """Return that the device listens, as one event."""
        words = (
            f"antagonist nerve stimulation at {self.frequency_hz:g} Hz, {self.intensity_xmt:g} x "
            f"motor threshold, for {self.on_s:g} s whenever the muscle fires at rest"
        )
        return Event(0.0, duration_s, words)


_OF_STEADY = tuple(info.name for info in NerveStimulation.describe())


class Device:
    """A stimulator that listens to one muscle.

    Parameters
    ----------
    train : TriggeredTrain
    n_units : int
        Motoneurons of the pool.
    """

    def __init__(self, train: TriggeredTrain, n_units: int) -> None:
        self.train = train
        self._listening = train.listening
        self.begun_s: list[float] = []
        self._n_units = n_units
        self._heard: list[tuple[float, int]] = []
        self._deaf_until_s = max(0.0, self._listening.start_s)

    def hear(
        self, now_s: float, seconds: float, spikes_s: Sequence[FloatArray], *, at_rest: bool
    ) -> bool:
        """Hear the discharges of the last seconds; return whether a bout begins for them.

        Parameters
        ----------
        now_s, seconds : float
            The end of the piece that was heard, and its length.
        spikes_s : sequence of arrays
            Discharges in that piece, one array a motoneuron.
        at_rest : bool
            Whether the person does nothing.
        """
        listening = self._listening
        if not at_rest or now_s - seconds < self._deaf_until_s - 1e-9:
            self._heard.clear()
            return False
        self._heard.append((now_s, sum(len(times_s) for times_s in spikes_s)))
        since_s = now_s - listening.listen_s
        self._heard = [(at_s, n) for at_s, n in self._heard if at_s > since_s + 1e-9]
        rate_pps = sum(n for _, n in self._heard) / (listening.listen_s * self._n_units)
        at_s = now_s + listening.answer_s
        over = listening.stop_s is not None and at_s >= listening.stop_s
        if rate_pps < listening.threshold_pps or over:
            return False
        self.begun_s.append(at_s)
        self._deaf_until_s = at_s + listening.bout_s
        self._heard.clear()
        return True

    def events(self) -> tuple[Event, ...]:
        """Return the bouts that were given."""
        return tuple(Event(at_s, self._listening.bout_s, TRIGGERED) for at_s in self.begun_s)


class Devices:
    """All stimulators of one trial, and what they have sent to the cord.

    Parameters
    ----------
    trains : sequence of TriggeredTrain
    cord : Cord
    pool : Pool
    """

    def __init__(self, trains: Sequence[TriggeredTrain], cord: Cord, pool: Pool) -> None:
        self._devices = [Device(train, len(pool)) for train in trains]
        self._cord, self._pool = cord, pool

    def hear(
        self, now_s: float, seconds: float, spikes_s: Sequence[FloatArray], *, at_rest: bool = True
    ) -> bool:
        """Let all of them hear; return whether any of them begins a bout.

        Parameters
        ----------
        now_s : float
            Where the recording has got to.
        seconds : float
            How much of it is new.
        spikes_s : sequence of array
            Discharges in it, one array a motoneuron.
        at_rest : bool
            Whether nobody contracts at will.
        """
        begun = [d.hear(now_s, seconds, spikes_s, at_rest=at_rest) for d in self._devices]
        return any(begun)

    def arrivals(self, times_s: FloatArray, gate: FloatArray) -> Arrivals:
        """Return what all bouts so far bring, at evenly spaced times.

        Parameters
        ----------
        times_s : array
            Evenly spaced.
        gate : array
            Share of reciprocal inhibition that passes, at these times.
        """
        found = Arrivals.none(len(times_s), len(self._pool))
        for device in self._devices:
            for at_s in device.begun_s:
                found = found + device.train.bout(at_s, times_s, gate, self._cord, self._pool)
        return found

    def events(self) -> tuple[Event, ...]:
        """Return the bouts that were given, in order."""
        found = [event for device in self._devices for event in device.events()]
        return tuple(sorted(found, key=lambda event: event.onset_s))
