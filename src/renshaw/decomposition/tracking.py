"""The same motor units in two recordings, told by their action potentials on the grid.

Those of all units are estimated together, which leaves less of the others in each.

Martinez-Valdes et al. (2017), doi:10.1113/JP273662: spike-triggered averages on all channels are
compared by normalized cross-correlation. The grid may have been put back a little aside: shifts by
whole electrodes are tried.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError, needs
from renshaw.core.history import History, Step
from renshaw.core.results import Result
from renshaw.core.settings import Settings, setting, settings_for
from renshaw.core.version import __version__
from renshaw.data.grid import Grid
from renshaw.data.names import told_apart
from renshaw.data.recording import Recording
from renshaw.decomposition.muaps import action_potentials

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[Any]

_MARTINEZ = "10.1113/JP273662"
# Channels that must still overlap when the grid is shifted.
_LEAST_OVERLAP = 0.5


@dataclass(frozen=True, kw_only=True)
class UnitTrackingSettings(Settings):
    """How motor units are told to be the same."""

    similarity_min: float = setting(
        0.8,
        "lowest normalized cross-correlation of the action potentials",
        ge=0,
        le=1,
        source=_MARTINEZ,
    )
    margin_min: float = setting(
        0.02, "by how much it must exceed the correlation with any other unit", ge=0, le=1
    )
    shift_electrodes: int = setting(
        1, "number of electrodes by which the grid may have moved, along and across", ge=0, le=5
    )
    lag_ms: float = setting(
        10.0, "time by which the action potentials may be shifted", unit="ms", gt=0, le=50
    )
    half_window_ms: float = setting(
        15.0, "half-width of the window that is compared", unit="ms", gt=0, le=100
    )
    flagged: bool = setting(False, "also track flagged units")


class Match(NamedTuple):
    """A unit of the first recording and its like in the second.

    Parameters
    ----------
    first, second : int
        Units, counted from 1.
    similarity : float
    next_best : float
        Similarity of the strongest rival of either unit.
    shift_mm : (float, float)
        Across and along, by which the second recording's grid must be moved back; the same for
        all units.
    ok : bool
    reason : str
    """

    first: int
    second: int
    similarity: float
    next_best: float
    shift_mm: tuple[float, float]
    ok: bool
    reason: str


@dataclass(frozen=True, eq=False)
class Tracked(Result):
    """The best match of every unit of the first recording, accepted or not.

    Parameters
    ----------
    matches : tuple of Match
    similarity : array, shape (units of the first, units of the second)
    history : History
    names : (str, str)
        Of the recordings.
    labels : (tuple of str, tuple of str), optional
        Of their units; their numbers where they are not given.
    """

    matches: tuple[Match, ...]
    similarity: Array
    history: History = field(default_factory=History)
    names: tuple[str, str] = ("the first recording", "the second recording")
    labels: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    def labels_of(self, recording: int) -> tuple[str, ...]:
        """Return what the units of the first (0) or second (1) recording are called.

        Parameters
        ----------
        recording : int
        """
        numbers = range(1, self.similarity.shape[recording] + 1)
        return self.labels[recording] or tuple(map(str, numbers))

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Accepted matches: unit of the first and of the second recording, from 1."""
        return tuple((match.first, match.second) for match in self.matches if match.ok)

    def to_table(self) -> pd.DataFrame:
        """Return one row a match."""
        import pandas as pd

        return pd.DataFrame(list(self.matches), columns=list(Match._fields))

    def __repr__(self) -> str:
        return f"Tracked({len(self.pairs)} of {len(self.similarity)} units)"


def track(
    first: Recording, second: Recording, settings: UnitTrackingSettings | None = None
) -> Tracked:
    """Find the units of one recording in another one of the same muscle and grid.

    Parameters
    ----------
    first, second : Recording
        Decomposed, with their EMG and one grid of the same layout.
    settings : UnitTrackingSettings, optional

    Returns
    -------
    Tracked

    Raises
    ------
    DataError
        No EMG, or grids or rates that can't be compared.
    """
    for each in (first, second):
        needs("track", each, Recording, made_by="rs.read")
    settings = settings_for("track", settings, UnitTrackingSettings)
    grids = _comparable(first, second)
    window = (-settings.half_window_ms, settings.half_window_ms)
    shapes = [action_potentials(each, window_ms=window, joint=True) for each in (first, second)]
    lag = round(settings.lag_ms * first.signal("emg").fs_hz / 1000)
    shifts = _shifts(grids[0], settings.shift_electrodes)
    tried = np.stack(
        [_similarity(shapes[0], shapes[1], *_overlap(*grids, shift), lag) for shift in shifts]
    )
    usable = [_usable(each, settings) for each in (first, second)]
    tried[:, ~usable[0]] = -1.0
    tried[:, :, ~usable[1]] = -1.0
    # A grid moves as a whole: one shift for all units, the one that makes most of them alike.
    alike = [_assigned(each, settings.similarity_min) for each in tried]
    common = int(np.argmax(alike)) if max(alike) > 0 else shifts.index((0.0, 0.0))
    best = tried[common]
    matches = _matched(best, shifts[common], settings)
    step = Step(
        verb="track",
        code=f"tracked = rs.track(first, second, {settings.as_python()})",
        settings=settings.to_mapping(),
        input=f"{first.fingerprint()} {second.fingerprint()}",
        cites=("martinez2017",),
        version=__version__,
    )
    one, other = told_apart((first, second))
    labels = (first.units.labels, second.units.labels)
    return Tracked(matches, best, second.history.then(step), (one.name, other.name), labels)


def _comparable(first: Recording, second: Recording) -> tuple[Grid, Grid]:
    rates = {each.signal("emg").fs_hz for each in (first, second)}
    if len(rates) > 1:
        raise DataError(f"Units can't be tracked over EMG of {sorted(rates)} Hz; resample one.")
    if not (first.grids and second.grids):
        raise DataError("Units can only be tracked between recordings that know their grid.")
    grids = first.grids[0], second.grids[0]
    if len(grids[0]) != len(grids[1]):
        raise DataError(f"The grids differ: {len(grids[0])} and {len(grids[1])} channels.")
    return grids


def _usable(recording: Recording, settings: UnitTrackingSettings) -> Array:
    return np.array(
        [
            len(times) > 1 and (settings.flagged or not flag)
            for times, flag in zip(recording.units.times_s, recording.units.flags, strict=True)
        ],
        dtype=bool,
    )


def _shifts(grid: Grid, electrodes: int) -> list[tuple[float, float]]:
    if not grid.placed or len(grid) < 2:
        return [(0.0, 0.0)]
    steps = [k * grid.distance_mm for k in range(-electrodes, electrodes + 1)]
    return [(x, y) for x in steps for y in steps]


def _overlap(first: Grid, second: Grid, shift: tuple[float, float]) -> tuple[Array, Array]:
    """Return the channels of both grids that lie on each other once the second is moved."""
    good = first.good[:, None] & second.good[None, :]
    if not (first.placed and second.placed):
        pairs = np.eye(len(first), dtype=bool) & good
    else:
        x = first.x_mm[:, None] - (second.x_mm + shift[0])[None, :]
        y = first.y_mm[:, None] - (second.y_mm + shift[1])[None, :]
        pairs = (np.hypot(x, y) < 0.3 * first.distance_mm) & good
    rows, columns = np.nonzero(pairs)
    if len(rows) < _LEAST_OVERLAP * len(first):
        return rows[:0], columns[:0]
    return rows, columns


def _similarity(first: Array, second: Array, rows: Array, columns: Array, lag: int) -> Array:
    """Return the largest normalized cross-correlation of every pair of units."""
    if not len(rows):
        return np.full((len(first), len(second)), -1.0)
    a, b = first[:, rows].astype(float), second[:, columns].astype(float)
    length = a.shape[2]
    spectra = [np.fft.rfft(each, 2 * length, axis=2) for each in (a, b)]
    crossed = np.einsum("ics,jcs->ijs", spectra[0].conj(), spectra[1], optimize=True)
    correlation = np.fft.irfft(crossed, 2 * length, axis=2)
    near = np.concatenate([correlation[..., : lag + 1], correlation[..., -lag:]], axis=2)
    norms = [np.sqrt((each**2).sum(axis=(1, 2))) for each in (a, b)]
    size = np.maximum(norms[0][:, None] * norms[1][None, :], 1e-30)
    return np.asarray(near.max(axis=2) / size)


def _pairs(best: Array) -> list[tuple[int, int]]:
    """Return units assigned one to one so that the sum of similarities is largest."""
    from scipy.optimize import linear_sum_assignment

    if not best.size:
        return []
    rows, columns = linear_sum_assignment(-best)
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True)]


def _assigned(best: Array, least: float) -> float:
    """Return how alike the assigned units are that pass, in all."""
    return float(sum(best[i, j] for i, j in _pairs(best) if best[i, j] >= least))


def _matched(
    best: Array, shift: tuple[float, float], settings: UnitTrackingSettings
) -> tuple[Match, ...]:
    matches = []
    for i, j in _pairs(best):
        if best[i, j] < 0:
            continue
        rivals = np.concatenate([np.delete(best[i], j), np.delete(best[:, j], i), [0.0]])
        rival = float(rivals.max())
        reason = ""
        if best[i, j] < settings.similarity_min:
            reason = f"similarity {best[i, j]:.2f} below {settings.similarity_min:g}"
        elif best[i, j] - rival < settings.margin_min:
            reason = f"another unit is as similar ({rival:.2f})"
        similar = float(best[i, j])
        matches.append(Match(i + 1, j + 1, similar, rival, shift, not reason, reason))
    return tuple(matches)
