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
    settings : PeristimulusSettings
    history : History
    """

    responses: pd.DataFrame
    times_ms: FloatArray
    counts: FloatArray
    rates_pps: FloatArray
    units: tuple[int, ...]
    stimuli_s: FloatArray
    settings: PeristimulusSettings
    history: History = field(default_factory=History)

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
    stimuli_s = _stimuli(recording, stimuli, settings)
    edges_ms = _edges(settings)
    times_ms = (edges_ms[:-1] + edges_ms[1:]) / 2
    trains = [np.asarray(times, dtype=float) for times in recording.units.times_s]
    groups = [(0, "all units", trains)] if len(trains) > 1 else []
    groups += [(i + 1, recording.units.labels[i], [train]) for i, train in enumerate(trains)]
    rows, counts, rates = [], [], []
    for number, label, some in groups:
        seen = _histogram(some, stimuli_s, edges_ms)
        counts.append(seen / len(stimuli_s) / (settings.bin_ms / 1000))
        rates.append(_frequencygram(some, stimuli_s, edges_ms))
        chance = stream(checked_seed(seed), "moved stimuli", number)
        rows += _responses(number, label, some, stimuli_s, settings, rates[-1], chance)
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
    )


def _stimuli(
    recording: Recording, told: str | FloatArray | list[float], settings: PeristimulusSettings
) -> FloatArray:
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
            f"{settings.last_ms:g} ms after them; at least {_FEWEST_STIMULI} are needed."
        )
    return np.asarray(times_s[whole])


def _edges(settings: PeristimulusSettings) -> FloatArray:
    before = int(np.ceil(settings.before_ms / settings.bin_ms))
    after = int(np.ceil(settings.last_ms / settings.bin_ms))
    return np.asarray(np.arange(-before, after + 1) * settings.bin_ms, dtype=float)


def _histogram(
    trains: Sequence[FloatArray], stimuli_s: FloatArray, edges_ms: FloatArray
) -> FloatArray:
    """Return how many discharges fall into each bin around the stimuli."""
    edges_s = stimuli_s[:, None] + edges_ms / 1000
    found = np.zeros(len(edges_ms) - 1)
    for train in trains:
        found += np.diff(np.searchsorted(train, edges_s, "left"), axis=1).sum(axis=0)
    return found


def _frequencygram(
    trains: Sequence[FloatArray], stimuli_s: FloatArray, edges_ms: FloatArray
) -> FloatArray:
    """Return the mean instantaneous rate of the discharges in each bin, NaN where there is none."""
    total, count = np.zeros(len(edges_ms) - 1), np.zeros(len(edges_ms) - 1)
    for train in trains:
        if len(train) < 2:
            continue
        sums = np.concatenate([[0.0, 0.0], np.cumsum(1.0 / np.diff(train))])
        # The first discharge ends no interval.
        at = np.maximum(1, np.searchsorted(train, stimuli_s[:, None] + edges_ms / 1000, "left"))
        total += np.diff(sums[at], axis=1).sum(axis=0)
        count += np.diff(at, axis=1).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _responses(
    unit: int,
    label: str,
    trains: Sequence[FloatArray],
    stimuli_s: FloatArray,
    settings: PeristimulusSettings,
    rates_pps: FloatArray,
    chance: np.random.Generator,
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
        for _ in range(settings.moved):
            other = _moved(stimuli_s, settings, chance)
            counts = _histogram(trains, other, edges_ms)
            by_chance = _most_unlike(counts[looked], counts[before].mean())
            for direction in larger:
                larger[direction] += by_chance[direction][0] >= found[direction][0]
    times_ms = starts[looked]
    in_window, usual_rate = rates_pps[looked], _mean(rates_pps[before])
    rows = []
    for direction, (_, first, last) in found.items():
        off = seen[looked][first:last].sum() - usual * (last - first)
        p = (1 + larger[direction]) / (1 + settings.moved) if enough else np.nan
        onset_ms = float(times_ms[first])
        reason = "" if enough else TOO_FEW
        if enough and p > settings.alpha:
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


def _moved(
    stimuli_s: FloatArray, settings: PeristimulusSettings, chance: np.random.Generator
) -> FloatArray:
    """Return the stimuli, each moved by a random time that keeps it between its neighbors."""
    waits_s = np.diff(stimuli_s)
    usual_s = float(np.median(waits_s)) if len(waits_s) else 1.0
    half = np.minimum(np.append(waits_s, usual_s), np.insert(waits_s, 0, usual_s)) / 2
    return np.asarray(stimuli_s + half * chance.uniform(-1.0, 1.0, len(stimuli_s)), dtype=float)


def _mean(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")
