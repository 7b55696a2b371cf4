"""`peristimulus`: what stimuli do to single motor units, by counts (PSTH) and by rates (PSF).

For each unit, the discharges around all stimuli are counted in bins (peristimulus time histogram)
and the instantaneous rate at each of them, one over the interval that it ends, is averaged
(peristimulus frequencygram). Counts are contaminated by the unit's own refractoriness and by
discharges that are merely advanced; rates follow the synaptic potential longer (Türker & Powers
2003, doi:10.1113/jphysiol.2003.041996). Both are shown.

The response is the stretch of time, of all stretches within the window, whose discharges are most
unlike usual firing: the largest likelihood ratio of a Poisson count, for more and for fewer
discharges than usual (scan statistic; Kulldorff 1997, doi:10.1080/03610929708831995). How often
chance does the same is told by stimuli that are moved, each by its own random time: the share of
such sets whose largest ratio is as large. The cumulative sum (CUSUM; Ellaway 1978,
doi:10.1016/0013-4694(78)90017-2) is drawn beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError
from renshaw.core.fingerprint import fingerprint
from renshaw.core.history import History, Step
from renshaw.core.results import Result
from renshaw.core.seeds import checked_seed, stream
from renshaw.core.settings import Settings, setting, settings_for
from renshaw.core.version import __version__
from renshaw.data.arrays import FloatArray, read_only
from renshaw.data.recording import Recording

if TYPE_CHECKING:
    import pandas as pd

_FEWEST_STIMULI = 10
# Every stretch of bins is tried: that many bins make half a million of them.
_MOST_BINS = 1000
# A stimulus that follows another within this part of the usual wait belongs to the same train.
_SAME_TRAIN = 0.2
# How near, in steps of the sampling clock, times must be to its ticks to be taken as read by it.
_ON_THE_CLOCK = 1e-3
# So near below its beginning, in bins, a discharge still counts into a bin: times are rounded.
_ROUNDED = 1e-6
_COLUMNS = (
    "unit",
    "label",
    "direction",
    "onset_ms",
    "duration_ms",
    "discharges_per_stimulus",
    "rate_change_pps",
    "usual_pps",
    "stimuli",
    "p",
    "ok",
    "reason",
)

# Clocks of the field's amplifiers, where the recording tells none.
_USUAL_CLOCKS_hz = (1000.0, 1024.0, 2000.0, 2048.0, 4096.0, 5000.0, 5120.0, 10000.0, 10240.0)
# Stimuli whose intervals vary by less than this share are steady. A unit that is steady as well
# keeps its phase from one to the next, if that wanders by less than this share of a cycle.
_STEADY, _WANDERS = 0.05, 0.25

STEADY = "the stimuli and the unit are both too steady: their phases keep, and chance can't be told"
TOO_FEW = "too few discharges around the stimuli"
ECHO = "a trough after a peak: as likely the unit's own refractoriness as inhibition"


@dataclass(frozen=True, kw_only=True)
class PeristimulusSettings(Settings):
    """How responses of units to stimuli are counted and judged."""

    before_ms: float = setting(
        150.0, "time before each stimulus that is taken as usual firing", unit="ms", ge=20, le=5000
    )
    first_ms: float = setting(
        5.0, "where responses begin to be looked for, after the stimulus", unit="ms", ge=0, le=1000
    )
    last_ms: float = setting(150.0, "where they end to be looked for", unit="ms", gt=0, le=5000)
    bin_ms: float = setting(1.0, "width of a bin", unit="ms", ge=0.1, le=50)
    moved: int = setting(499, "sets of moved stimuli that tell what chance does", ge=19, le=9999)
    alpha: float = setting(0.05, "share of such sets up to which a response counts", gt=0, lt=0.5)
    discharges_min: int = setting(
        100, "fewest discharges before the stimuli, all together", ge=1, le=100000
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.last_ms - self.first_ms < 5 * self.bin_ms:
            raise self.refusal("last_ms", "must lie at least five bins after first_ms.")
        if self.last_ms - self.first_ms > _MOST_BINS * self.bin_ms:
            raise self.refusal("bin_ms", f"the window would have more than {_MOST_BINS} bins.")
        if (1 + self.moved) * self.alpha < 1:
            raise self.refusal(
                "moved",
                f"no response could count: with {self.moved} sets, p is never below "
                f"{1 / (1 + self.moved):.2g}, and alpha is {self.alpha:g}.",
            )


@dataclass(frozen=True, eq=False, repr=False)
class Peristimulus(Result):
    """What stimuli did to each unit.

    Parameters
    ----------
    responses : DataFrame
        One row a unit (0: all together) and direction (``"excitation"``, ``"inhibition"``): unit,
        label, direction,
        onset_ms, duration_ms, discharges_per_stimulus (in excess or missing), rate_change_pps (mean
        PSF within the response minus that before the stimulus), usual_pps, stimuli, p, ok, reason.
    times_ms : array, shape (bins,)
        Middle of each bin.
    counts : array, shape (rows, bins)
        Discharges a stimulus and second, in pps: the PSTH.
    rates_pps : array, shape (rows, bins)
        Mean instantaneous rate at the discharges of each bin, NaN where there is none: the PSF.
    units : tuple of int
        Which unit each row is, from 1; 0 for all together.
    stimuli_s : array, shape (stimuli,)
        Those that count.
    settings : PeristimulusSettings
    history : History
    left_out : int
        Stimuli too near the edges of the recording, or outside it.
    """

    responses: pd.DataFrame
    times_ms: FloatArray
    counts: FloatArray
    rates_pps: FloatArray
    units: tuple[int, ...]
    stimuli_s: FloatArray
    settings: PeristimulusSettings
    history: History = field(default_factory=History)
    left_out: int = 0

    def __post_init__(self) -> None:
        for name in ("times_ms", "counts", "rates_pps", "stimuli_s"):
            object.__setattr__(self, name, read_only(getattr(self, name)))

    def __repr__(self) -> str:
        units = sum(unit > 0 for unit in self.units)
        return f"Peristimulus({units} units, {len(self.stimuli_s)} stimuli)"

    def to_table(self) -> pd.DataFrame:
        """Return one row a unit and direction."""
        return self.responses.copy()

    def histogram_table(self) -> pd.DataFrame:
        """Return one row a unit and bin: unit, time_ms, psth_pps, psf_pps."""
        import pandas as pd

        rows, bins = self.counts.shape
        return pd.DataFrame(
            {
                "unit": np.repeat(np.array(self.units, dtype=int), bins),
                "time_ms": np.tile(self.times_ms, rows),
                "psth_pps": self.counts.ravel(),
                "psf_pps": self.rates_pps.ravel(),
            }
        )


def peristimulus(
    recording: Recording,
    stimuli: str | FloatArray | list[float],
    settings: PeristimulusSettings | None = None,
    *,
    seed: int = 0,
) -> Peristimulus:
    """Measure what stimuli do to each motor unit of a recording.

    Parameters
    ----------
    recording : Recording
    stimuli : str or array
        The label of the events that are stimuli, or their times (s).
    settings : PeristimulusSettings, optional
    seed : int
        Of the moved stimuli.

    Returns
    -------
    Peristimulus

    Raises
    ------
    DataError
        No such events, or fewer than ten stimuli within the recording.

    Examples
    --------
    >>> import renshaw as rs
    >>> import numpy as np
    >>> train = np.arange(0.05, 60, 0.1)
    >>> recording = rs.Recording(rs.MotorUnits((train,), (0, 60)))
    >>> rs.estimation.peristimulus(recording, np.arange(1.0, 59.0, 0.73))
    Peristimulus(1 units, 80 stimuli)
    """
    import pandas as pd

    settings = settings_for("peristimulus", settings, PeristimulusSettings)
    stimuli_s, left_out = _stimuli(recording, stimuli, settings)
    edges_ms = _edges(settings)
    times_ms = (edges_ms[:-1] + edges_ms[1:]) / 2
    trains = [np.asarray(times, dtype=float) for times in recording.units.times_s]
    groups = [(0, "all units", trains)] if len(trains) > 1 else []
    groups += [(i + 1, recording.units.labels[i], [train]) for i, train in enumerate(trains)]
    tick_s = _tick_s(recording, [stimuli_s, *trains])
    rows, counts, rates = [], [], []
    for number, label, some in groups:
        seen = _histogram(some, stimuli_s, edges_ms)
        counts.append(seen / len(stimuli_s) / (settings.bin_ms / 1000))
        rates.append(_frequencygram(some, stimuli_s, edges_ms))
        chance = stream(checked_seed(seed), "moved stimuli", number)
        rows += _responses(number, label, some, stimuli_s, settings, rates[-1], chance, tick_s)
    told = repr(stimuli) if isinstance(stimuli, str) else "stimuli_s"
    step = Step(
        "peristimulus",
        f"found = rs.estimation.peristimulus(recording, {told}, {settings.as_python()}, "
        f"seed={seed})",
        {**settings.to_mapping(), "stimuli": len(stimuli_s)},
        seed,
        fingerprint(stimuli_s),
        (),
        __version__,
    )
    return Peristimulus(
        pd.DataFrame(rows, columns=list(_COLUMNS)),
        times_ms,
        np.array(counts).reshape(len(counts), len(times_ms)),
        np.array(rates).reshape(len(rates), len(times_ms)),
        tuple(number for number, _, _ in groups),
        stimuli_s,
        settings,
        recording.history.then(step),
        left_out,
    )


def _stimuli(
    recording: Recording, told: str | FloatArray | list[float], settings: PeristimulusSettings
) -> tuple[FloatArray, int]:
    """Return the stimuli with all of their window in the recording, and how many have not."""
    if isinstance(told, str):
        found = [event.onset_s for event in recording.events if event.label == told]
        if not found:
            known = sorted({event.label for event in recording.events})
            raise DataError(
                f"{recording.name}: there are no events called {told!r}.",
                hint=f"Its events are called {', '.join(map(repr, known))}."
                if known
                else "It has no events; give the times of the stimuli (s).",
            )
        told = found
    times_s = np.unique(np.asarray(told, dtype=float).ravel())
    if not np.all(np.isfinite(times_s)):
        raise DataError(f"{recording.name}: a time of a stimulus is not a finite number.")
    start_s, end_s = recording.units.window_s
    whole = (times_s - settings.before_ms / 1000 >= start_s) & (
        times_s + settings.last_ms / 1000 <= end_s
    )
    if whole.sum() < _FEWEST_STIMULI:
        raise DataError(
            f"{recording.name}: {int(whole.sum())} of {len(times_s)} stimuli lie within the "
            f"recording ({start_s:g} to {end_s:g} s) with {settings.before_ms:g} ms before and "
            f"{settings.last_ms:g} ms after them; at least {_FEWEST_STIMULI} are needed.",
            hint="Times are in seconds from the beginning of the recording."
            if len(times_s) >= _FEWEST_STIMULI
            else "",
        )
    return np.asarray(times_s[whole]), int(len(times_s) - whole.sum())


def _tick_s(recording: Recording, times_s: list[FloatArray]) -> float:
    """Return the step of the sampling clock that told all times; 0 if they are on none's ticks.

    Delays between times on one clock are whole steps, and bins differ in how many of these they
    hold. Chance must have the same delays.
    """
    every_s = np.concatenate(times_s)
    told = {signal.fs_hz for signal in recording.signals.values()}
    if recording.units.fs_hz:
        told.add(recording.units.fs_hz)
    for fs_hz in (*sorted(told), *_USUAL_CLOCKS_hz):
        ticks = every_s * fs_hz
        if np.all(np.abs(ticks - np.rint(ticks)) < _ON_THE_CLOCK):
            return 1.0 / fs_hz
    return 0.0


def _locked(train: FloatArray, stimuli_s: FloatArray) -> bool:
    """Return whether a unit keeps its phase from one stimulus to the next."""
    waits_s, own_s = np.diff(stimuli_s), np.diff(train)
    if len(own_s) < 2 or waits_s.std() > _STEADY * waits_s.mean():
        return False
    usual_s = float(np.median(own_s))
    # Pauses say nothing of how regular firing is.
    firing_s = own_s[own_s < 2.0 * usual_s]
    varies = float(firing_s.std() / usual_s)
    return bool(varies * np.sqrt(waits_s.mean() / usual_s) < _WANDERS)


def _edges(settings: PeristimulusSettings) -> FloatArray:
    before = int(np.ceil(settings.before_ms / settings.bin_ms))
    after = int(np.ceil(settings.last_ms / settings.bin_ms))
    return np.asarray(np.arange(-before, after + 1) * settings.bin_ms, dtype=float)


def _around(
    train: FloatArray, stimuli_s: FloatArray, edges_ms: FloatArray
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the discharges around each stimulus, and the bin of each."""
    width_ms = edges_ms[1] - edges_ms[0]
    # Rounded times may lie a little beyond an edge.
    slack_s = _ROUNDED * width_ms / 1000
    first = np.searchsorted(train, stimuli_s + edges_ms[0] / 1000 - slack_s, "left")
    last = np.searchsorted(train, stimuli_s + edges_ms[-1] / 1000, "left")
    count = last - first
    which = np.repeat(first - (np.cumsum(count) - count), count) + np.arange(count.sum())
    delays_ms = 1000.0 * (train[which] - np.repeat(stimuli_s, count))
    bins = np.floor((delays_ms - edges_ms[0]) / width_ms + _ROUNDED).astype(np.intp)
    inside = (bins >= 0) & (bins < len(edges_ms) - 1)
    return which[inside], bins[inside]


def _histogram(
    trains: Sequence[FloatArray], stimuli_s: FloatArray, edges_ms: FloatArray
) -> FloatArray:
    """Return how many discharges fall into each bin around the stimuli."""
    bins = len(edges_ms) - 1
    found = np.zeros(bins)
    for train in trains:
        found += np.bincount(_around(train, stimuli_s, edges_ms)[1], minlength=bins)
    return found


def _frequencygram(
    trains: Sequence[FloatArray], stimuli_s: FloatArray, edges_ms: FloatArray
) -> FloatArray:
    """Return the mean instantaneous rate of the discharges in each bin, NaN where there is none."""
    bins = len(edges_ms) - 1
    total, count = np.zeros(bins), np.zeros(bins)
    for train in trains:
        which, at = _around(train, stimuli_s, edges_ms)
        # The first discharge ends no interval.
        which, at = which[which > 0], at[which > 0]
        total += np.bincount(at, 1.0 / (train[which] - train[which - 1]), minlength=bins)
        count += np.bincount(at, minlength=bins)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _responses(
    unit: int,
    label: str,
    trains: Sequence[FloatArray],
    stimuli_s: FloatArray,
    settings: PeristimulusSettings,
    rates_pps: FloatArray,
    chance: np.random.Generator,
    tick_s: float,
) -> list[dict[str, object]]:
    edges_ms = _edges(settings)
    starts = edges_ms[:-1]
    seen = _histogram(trains, stimuli_s, edges_ms)
    before = starts < 0
    looked = starts >= settings.first_ms
    usual = seen[before].mean()
    usual_pps = usual / len(stimuli_s) / (settings.bin_ms / 1000)
    enough = seen[before].sum() >= settings.discharges_min
    found = _most_unlike(seen[looked], usual)
    larger = {"excitation": 0, "inhibition": 0}
    if enough:
        together = [np.sort(np.concatenate(trains))]
        for _ in range(settings.moved):
            other = _moved(stimuli_s, chance, tick_s)
            counts = _histogram(together, other, edges_ms)
            by_chance = _most_unlike(counts[looked], counts[before].mean())
            for direction in larger:
                larger[direction] += by_chance[direction][0] >= found[direction][0]
    times_ms = starts[looked]
    in_window, usual_rate = rates_pps[looked], _mean(rates_pps[before])
    rows = []
    locked = any(_locked(train, stimuli_s) for train in trains)
    for direction, (_, first, last) in found.items():
        off = seen[looked][first:last].sum() - usual * (last - first)
        p = (1 + larger[direction]) / (1 + settings.moved) if enough else np.nan
        onset_ms = float(times_ms[first])
        reason = "" if enough else TOO_FEW
        if enough and locked:
            reason = STEADY
        elif enough and p > settings.alpha:
            reason = f"no larger than by chance (p = {p:.2g})"
        peak = found["excitation"]
        interval_ms = 1000.0 / usual_pps if usual_pps > 0 else np.inf
        after_peak = unit > 0 and 0 <= onset_ms - times_ms[peak[1]] <= interval_ms
        strong = enough and (1 + larger["excitation"]) / (1 + settings.moved) <= settings.alpha
        if not reason and direction == "inhibition" and after_peak and strong:
            reason = ECHO
        rows.append(
            {
                "unit": unit,
                "label": label,
                "direction": direction,
                "onset_ms": onset_ms,
                "duration_ms": float((last - first) * settings.bin_ms),
                "discharges_per_stimulus": abs(off) / len(stimuli_s),
                "rate_change_pps": _mean(in_window[first:last]) - usual_rate,
                "usual_pps": usual_pps,
                "stimuli": len(stimuli_s),
                "p": p,
                "ok": not reason,
                "reason": reason,
            }
        )
    return rows


@lru_cache(maxsize=4)
def _stretches(edges: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return beginning and end of every stretch of bins."""
    first, last = np.triu_indices(edges, k=1)
    return first, last


def _most_unlike(counts: FloatArray, usual: float) -> dict[str, tuple[float, int, int]]:
    """Return log likelihood ratio, beginning and end of the stretches most unlike usual firing."""
    total = np.concatenate([[0.0], np.cumsum(counts)])
    first, last = _stretches(len(total))
    seen = total[last] - total[first]
    expected = np.maximum(usual, 1e-9) * (last - first)
    ratio = expected - seen + seen * np.log(np.maximum(seen, 1e-300) / expected)
    found = {}
    for direction, which in (("excitation", seen > expected), ("inhibition", seen < expected)):
        if not which.any():
            found[direction] = (0.0, 0, 1)
            continue
        best = int(np.argmax(np.where(which, ratio, -1.0)))
        found[direction] = (float(ratio[best]), int(first[best]), int(last[best]))
    return found


def _moved(stimuli_s: FloatArray, chance: np.random.Generator, tick_s: float) -> FloatArray:
    """Return the stimuli, each moved by a random time that keeps it between its neighbors.

    Those of one train move together: by themselves they had no room to move in, and what follows
    all of them would look like chance.
    """
    waits_s = np.diff(stimuli_s)
    by_length = np.sort(waits_s)
    # Half of all time lies in waits that are at least as long as this.
    usual_s = float(by_length[np.searchsorted(np.cumsum(by_length), 0.5 * by_length.sum())])
    begins = waits_s >= _SAME_TRAIN * usual_s
    train = np.append(0, np.cumsum(begins))
    gaps_s = waits_s[begins]
    half = np.minimum(np.append(gaps_s, usual_s), np.insert(gaps_s, 0, usual_s)) / 2
    by_s = half * chance.uniform(-1.0, 1.0, len(half))
    if tick_s:
        by_s = np.rint(by_s / tick_s) * tick_s
    return np.asarray(stimuli_s + by_s[train], dtype=float)


def _mean(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")
