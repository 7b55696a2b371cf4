"""`Decoder`: blocks of raw EMG in, discharges and current rates of known motor units out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from renshaw.core.errors import DataError
from renshaw.core.settings import settings_for
from renshaw.data.decomposition import DECODED, Decomposition
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.decomposition.online.band import Band
from renshaw.decomposition.online.following import Filters
from renshaw.decomposition.online.learned import Learned, LearnedGrid
from renshaw.decomposition.online.settings import DecodeSettings
from renshaw.decomposition.online.watch import Watch, repaired

Array = NDArray[Any]

# Whatever the blocks, EMG is worked on in frames of so many samples: a product of matrices of
# another shape would round differently. The filters follow, and channels are judged, every so many.
_FRAME, _FOLLOW, _JUDGE = 16, 8, 32


@dataclass(frozen=True, eq=False)
class Decoded:
    """What one block of EMG added.

    Parameters
    ----------
    time_s : float
        Up to where discharges are known now; the block ended later by the latency.
    discharges : tuple of (str, float)
        Label of the unit and time (s) of each new discharge, in order.
    rates_pps : mapping of str to float
        Current rate of every unit.
    notes : tuple of str
        What is the matter with the EMG, in sentences; each is told once.
    """

    time_s: float
    discharges: tuple[tuple[str, float], ...]
    rates_pps: dict[str, float]
    notes: tuple[str, ...] = ()


class _Grid:
    """One grid's EMG on its way: buffers of the band and of the sources."""

    def __init__(self, learned: Learned, grid: LearnedGrid, settings: DecodeSettings) -> None:
        self._learned = grid
        self.filters, self.watch = Filters(grid, settings), Watch(grid)
        self.band = Band(learned.band, learned.fs_hz, len(grid.channels))
        self._columns = list(grid.channels)
        self._last = np.zeros(len(grid.channels))
        self._wait, copies = grid.refractory, grid.copies
        rows = self._wait + _FRAME + copies - 1
        self._rows = np.zeros((rows, len(grid.channels)), dtype=np.float32)
        self._sources = np.zeros((len(grid.units), 2 * self._wait + _FRAME), dtype=np.float32)
        # The observations that begin in each of the rows, a view of them.
        self._windows = np.lib.stride_tricks.as_strided(
            self._rows,
            (self._wait + _FRAME, copies * len(grid.channels)),
            (self._rows.strides[0], self._rows.itemsize),
            writeable=False,
        )
        self._frames = 0

    @property
    def known_to(self) -> int:
        """Sample of the band up to which the discharges of all units are known."""
        return self._frames * _FRAME - self.ahead

    @property
    def ahead(self) -> int:
        """Samples of the band after a discharge that tell of it."""
        return self._learned.copies + self._wait + int(self._learned.starts.max())

    def frames(self, raw: Array) -> Iterator[tuple[int, float]]:
        """Take whole frames of all channels; yield unit and time (s) of each discharge now sure."""
        raw, wrong, self._last = repaired(raw[:, self._columns], self._last)
        band = self.band(raw)
        per_frame = _FRAME * self.band.factor
        for n in range(len(band) // _FRAME):
            part = slice(n * per_frame, (n + 1) * per_frame)
            yield from self._frame(raw[part], wrong[part], band[n * _FRAME : (n + 1) * _FRAME])

    def _frame(self, raw: Array, wrong: Array, band: Array) -> Iterator[tuple[int, float]]:
        self.watch.see(raw, wrong, band)
        self._frames += 1
        sources = self._sources
        self._rows[:-_FRAME] = self._rows[_FRAME:].copy()
        self._rows[-_FRAME:] = band / self._learned.size_uv
        sources[:, :-_FRAME] = sources[:, _FRAME:].copy()
        latest = np.ascontiguousarray(self._windows[-_FRAME:])
        sources[:, -_FRAME:] = 0 if self.watch.blind else (latest @ self.filters.filters).T
        yield from self._discharges()
        if self._frames % _FOLLOW == 0:
            self.filters.follow()
        if self._frames % _JUDGE == 0 and self.watch.judge(self._frames * _FRAME / self.band.fs_hz):
            self.filters.without(self.watch.bad)

    def _discharges(self) -> Iterator[tuple[int, float]]:
        middle = slice(self._wait, self._wait + _FRAME)
        width = 2 * self._wait - 1
        tops = scipy.ndimage.maximum_filter1d(self._sources, width, axis=1, mode="nearest")
        high = self._sources[:, middle]
        over = high > self.filters.thresholds[:, None]
        peaks = (high == tops[:, middle]) & (high > 0)
        low = peaks & ~over
        self.filters.passed_over(np.nonzero(low)[0], high[low])
        units, places = np.nonzero(peaks & over)
        # The sample at which the first of these observations begins.
        first = (self._frames - 1) * _FRAME - self._learned.copies - self._wait + 1
        for unit, place in zip(units.tolist(), places.tolist(), strict=True):
            height = float(high[unit, place])
            self.filters.saw(unit, height, self._windows[place], first + place)
            sample = first + place - int(self._learned.starts[unit])
            if sample >= 0:
                yield unit, sample / self.band.fs_hz


class Decoder:
    """Finds the discharges of known motor units in EMG that comes in block by block.

    Blocks may have any length, also from one to the next: how a stream is cut changes no number.

    Parameters
    ----------
    learned : Learned
        What `rs.emg.decoder` learned.
    settings : DecodeSettings, optional

    Examples
    --------
    ``decoder = rs.emg.decoder(found)``, then ``decoder.push(block).rates_pps`` as often as a block
    arrives.
    """

    def __init__(self, learned: Learned, settings: DecodeSettings | None = None) -> None:
        from threadpoolctl import ThreadpoolController

        self._learned = learned
        # Looked for once: to find the libraries takes as long as to decode a block.
        self._threads = ThreadpoolController()
        self.settings: DecodeSettings = settings_for("decoder", settings, DecodeSettings)
        self._grids = [_Grid(learned, grid, self.settings) for grid in learned.grids]
        self._raw_frame = _FRAME * self._grids[0].band.factor
        self._pending = np.zeros((0, learned.channels))
        self._times_s: list[list[float]] = [[] for _ in learned.labels]
        # Of every channel, so far.
        self.samples: int = 0
        self.notes: list[str] = []

    def __repr__(self) -> str:
        return (
            f"Decoder({len(self.labels)} units, {self.channels} channels, {self.fs_hz:g} Hz, "
            f"latency {self.latency_ms:.0f} ms, {self.samples / self.fs_hz:.1f} s decoded)"
        )

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the units, those of the recording that was learned from."""
        return self._learned.labels

    @property
    def fs_hz(self) -> float:
        """Sampling rate of the EMG."""
        return self._learned.fs_hz

    @property
    def channels(self) -> int:
        """Number of channels that each block must have, the bad ones of the recording included."""
        return self._learned.channels

    @property
    def latency_ms(self) -> float:
        """The longest time from a discharge to when it is told, blocks and computing aside."""
        return max(1000 * (_FRAME + grid.ahead) / grid.band.fs_hz for grid in self._grids)

    @property
    def time_s(self) -> float:
        """Up to when the discharges of all units are known, from the first sample on."""
        return max(0.0, min(grid.known_to / grid.band.fs_hz for grid in self._grids))

    @property
    def rates_pps(self) -> dict[str, float]:
        """Current rate of every unit."""
        now = self.time_s
        return {
            label: self._rate(times, now)
            for label, times in zip(self.labels, self._times_s, strict=True)
        }

    def push(self, block: ArrayLike) -> Decoded:
        """Decode the next samples.

        Parameters
        ----------
        block : array, shape (samples, channels)
            Raw EMG in microvolts, of all channels of the recording in its order. What is no number
            counts as not seen.

        Returns
        -------
        Decoded

        Raises
        ------
        DataError
            Another number of channels.
        """
        block = np.asarray(block, dtype=float)
        if block.ndim != 2 or block.shape[1] != self.channels:
            shape = " x ".join(map(str, block.shape)) or "a single number"
            raise DataError(
                f"A block must have samples in rows and {self.channels} channels, as the recording "
                f"that was learned from; this one is {shape}."
            )
        self.samples += len(block)
        raw = np.concatenate([self._pending, block])
        whole = len(raw) // self._raw_frame * self._raw_frame
        self._pending = raw[whole:]
        new: list[tuple[float, int]] = []
        before = 0
        with self._threads.limit(limits=1, user_api="blas"):
            for grid, learned in zip(self._grids, self._learned.grids, strict=True):
                new += [(time_s, before + unit) for unit, time_s in grid.frames(raw[:whole])]
                before += len(learned.units)
        for time_s, unit in new:
            self._times_s[unit].append(time_s)
        discharges = tuple((self.labels[unit], time_s) for time_s, unit in sorted(new))
        return Decoded(self.time_s, discharges, self.rates_pps, self._fresh_notes())

    def _fresh_notes(self) -> tuple[str, ...]:
        fresh = []
        for grid in self._grids:
            fresh += grid.watch.notes
            grid.watch.notes = []
        self.notes += fresh
        return tuple(fresh)

    def _rate(self, times: list[float], now: float) -> float:
        """Return one over the mean of the last intervals, or less where the next is overdue."""
        last = times[-self.settings.rate_discharges :]
        while len(last) > 1 and last[1] - last[0] > self.settings.silence_s:
            last = last[1:]
        for i in range(len(last) - 1, 0, -1):
            if last[i] - last[i - 1] > self.settings.silence_s:
                last = last[i:]
                break
        if len(last) < 2 or now - last[-1] > self.settings.silence_s:
            return 0.0
        usual_s = (last[-1] - last[0]) / (len(last) - 1)
        return 1.0 / max(usual_s, now - last[-1])

    def recording(self, name: str = "decoded") -> Recording:
        """Return what was decoded so far as a recording with units.

        Parameters
        ----------
        name : str
        """
        end_s = self.samples / self.fs_hz
        units = MotorUnits(
            times_s=tuple(np.array(times) for times in self._times_s),
            window_s=(0.0, end_s),
            labels=self.labels,
            fs_hz=self._grids[0].band.fs_hz,
            quality={"grid": np.array(self._learned.grid_of, dtype=float)},
            muscles=self._learned.muscles,
        )
        how = Decomposition(DECODED, self.settings.to_mapping())
        return Recording(units, name=name, notes=tuple(self.notes), decomposition=how)
