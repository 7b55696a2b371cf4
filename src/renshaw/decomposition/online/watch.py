"""Whether the EMG that comes in is that which was learned: channels, loudness, order."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.numbers import counted
from renshaw.decomposition.online.learned import LearnedGrid

Array = NDArray[Any]

# No electrode on skin sees more than this.
ABSURD_UV = 1e7
# A period in which more of a channel is no number is lost for it.
_LOST = 0.2
# A channel is too loud that is so many times as loud as it was, and as the others are.
_LOUD, _LOUDER_THAN_OTHERS = 4.0, 8.0
# A channel that was bad is used again after so many good periods.
_GOOD_AGAIN = 4
# With more of the channels bad, the others don't tell the units apart.
_MOST_BAD = 0.6
# The whole grid is told to be too loud, or too quiet, from these ratios on.
_TOO_LOUD, _TOO_QUIET, _QUIET_FOR = 4.0, 0.01, 20
# Correlations are compared once so many periods were as loud as this part of what was learned.
_ACTIVE, _ACTIVE_FOR, _ALIKE = 0.25, 20, 0.5


def repaired(raw: Array, last: Array) -> tuple[Array, Array, Array]:
    """Return raw EMG with the last value of a channel in place of what is none.

    Parameters
    ----------
    raw : array, shape (samples, channels)
    last : array, shape (channels,)
        Value of each channel before.

    Returns
    -------
    raw : array, shape (samples, channels)
    wrong : array of bool, shape (samples, channels)
    last : array, shape (channels,)
        Value of each channel at the end.
    """
    wrong = ~(np.abs(raw) <= ABSURD_UV)
    if wrong.any():
        raw = raw.copy()
        for row, lost in zip(raw, wrong, strict=True):
            row[lost] = last[lost]
            last = row
    return raw, wrong, np.array(raw[-1]) if len(raw) else last


class Watch:
    """Looks at a grid's EMG, a period at a time.

    Parameters
    ----------
    learned : LearnedGrid
    """

    def __init__(self, learned: LearnedGrid) -> None:
        self._learned = learned
        channels = len(learned.channels)
        self.bad: Array = np.zeros(channels, dtype=bool)
        self.notes: list[str] = []
        self._told: set[str] = set()
        self._good_for = np.full(channels, _GOOD_AGAIN)
        self._together = np.zeros((channels, channels))
        self._periods = self._active = 0
        self._loudest = 0.0
        self._begin()

    def _begin(self) -> None:
        channels = len(self._learned.channels)
        self._low, self._high = np.full(channels, np.inf), np.full(channels, -np.inf)
        self._power, self._wrong = np.zeros((channels, channels)), np.zeros(channels, dtype=int)
        self._samples = self._raw_samples = 0

    def see(self, raw: Array, wrong: Array, band: Array) -> None:
        """Take in a frame.

        Parameters
        ----------
        raw, band : array, shape (samples, channels)
        wrong : array of bool, shape (samples, channels)
            Which values were none.
        """
        np.minimum(self._low, raw.min(axis=0), out=self._low)
        np.maximum(self._high, raw.max(axis=0), out=self._high)
        self._power += band.T @ band
        self._wrong += wrong.sum(axis=0)
        self._samples += len(band)
        self._raw_samples += len(raw)

    @property
    def blind(self) -> bool:
        """Whether too many channels are bad to tell units apart."""
        return bool(self.bad.mean() > _MOST_BAD)

    def judge(self, time_s: float) -> bool:
        """End a period; return whether other channels are bad than before.

        Parameters
        ----------
        time_s : float
            When it is, for the notes.
        """
        rms = np.sqrt(np.diag(self._power) / self._samples)
        ratio = rms / np.maximum(self._learned.loudest_uv, 1e-9)
        dead = self._low == self._high
        lost = self._wrong > _LOST * self._raw_samples
        usual = float(np.median(ratio[~dead])) if (~dead).any() else 0.0
        loud = (ratio > _LOUD) & (ratio > _LOUDER_THAN_OTHERS * usual)
        now = dead | lost | loud
        self._good_for = np.where(now, 0, self._good_for + 1)
        before, self.bad = self.bad, self._good_for < _GOOD_AGAIN
        for word, which in (("nothing", dead), ("no numbers", lost), ("far too much", loud)):
            self._tell(f"with {word} on it", which & self.bad & ~before, time_s)
        self._tell("used again", before & ~self.bad, time_s)
        self._compare(usual, time_s)
        self._begin()
        return bool((before != self.bad).any())

    def _tell(self, word: str, which: Array, time_s: float) -> None:
        if which.any():
            numbers = [str(self._learned.channels[i] + 1) for i in np.flatnonzero(which)]
            more = f" and {len(numbers) - 8} more" if len(numbers) > 8 else ""
            end = "" if "again" in word else "; decoded without"
            many = counted(len(numbers), "channel", "channels")
            self.notes.append(
                f"At {time_s:.1f} s: {many} {word} ({', '.join(numbers[:8])}{more}){end}."
            )

    def _once(self, name: str, note: str) -> None:
        if name not in self._told:
            self._told.add(name)
            self.notes.append(note)

    def _compare(self, usual: float, time_s: float) -> None:
        """Compare the grid as a whole with what was learned."""
        self._periods += 1
        self._loudest = max(self._loudest, usual)
        if usual > _TOO_LOUD:
            self._once(
                "loud",
                f"At {time_s:.1f} s the EMG is {usual:.2g} times as loud as it ever was where its "
                "units were learned: is it in microvolts (--scale-uv)?",
            )
        if self._periods == _QUIET_FOR and self._loudest < _TOO_QUIET:
            self._once(
                "quiet",
                f"Up to {time_s:.1f} s the EMG is never louder than {100 * self._loudest:.1g} % of "
                "what it was where its units were learned: is it in microvolts (--scale-uv)?",
            )
        if usual > _ACTIVE and self._active < _ACTIVE_FOR:
            self._active += 1
            self._together += self._power
            if self._active == _ACTIVE_FOR and self.alike < _ALIKE:
                self._once(
                    "order",
                    f"Up to {time_s:.1f} s the channels have little in common with those learned "
                    f"(their correlations: {self.alike:.2f}): are they in the same order, on the "
                    "same electrodes?",
                )

    @property
    def alike(self) -> float:
        """How far the correlations of channels are those learned; 1 where they are the same."""
        sizes = np.sqrt(np.maximum(np.diag(self._together), 1e-12))
        shared = self._together / sizes / sizes[:, None]
        pairs = np.triu(np.ones_like(shared, dtype=bool), 1)
        pairs &= ~(self.bad | self.bad[:, None])
        here, there = shared[pairs], self._learned.shared[pairs]
        size = float(np.linalg.norm(here) * np.linalg.norm(there))
        return float(here @ there) / size if size > 0 else 1.0
