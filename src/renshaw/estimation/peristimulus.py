"""`peristimulus`: what stimuli do to single motor units, by counts (PSTH) and by rates (PSF).

For each unit, the discharges around all stimuli are counted in bins (peristimulus time histogram)
and the instantaneous rate at each of them, one over the interval that it ends, is averaged
(peristimulus frequencygram). Only stimuli that come while a unit fires count for it. Counts are
contaminated by the unit's own refractoriness and by discharges that are merely advanced; rates
follow the synaptic potential longer (Türker & Powers 2003, doi:10.1113/jphysiol.2003.041996). Both
are shown.

The response is the stretch of time, of all stretches within the window, whose discharges are most
unlike usual firing: the largest likelihood ratio of a Poisson count, for more and for fewer
discharges than usual (scan statistic; Kulldorff 1997, doi:10.1080/03610929708831995). How often
chance does the same is told by stimuli that are moved, each by its own random time: the share of
such sets whose largest ratio is as large. What is
tied to the stimuli before a response can begin, by artifacts, cycles or earlier stimuli, is
refused, and so are a trough after a peak, and a peak after a trough that has no higher rates. When
a response begins has an interval, told by resampled stimuli. The cumulative sum (CUSUM; Ellaway
1978, doi:10.1016/0013-4694(78)90017-2) is drawn beside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.errors import DataError
from renshaw.core.fingerprint import fingerprint
from renshaw.core.history import History, Step
from renshaw.core.results import Result
from renshaw.core.seeds import checked_seed, stream
from renshaw.core.settings import settings_for
from renshaw.core.version import __version__
from renshaw.data.arrays import FloatArray, read_only
from renshaw.data.recording import Recording
from renshaw.estimation.around_stimuli.chance import tick_s_of
from renshaw.estimation.around_stimuli.histograms import edges_of
from renshaw.estimation.around_stimuli.responses import Group, responses_of
from renshaw.estimation.around_stimuli.settings import PeristimulusSettings

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int, str], None]

_FEWEST_STIMULI = 10
_COLUMNS = (
    "unit",
    "label",
    "direction",
    "onset_ms",
    "onset_low_ms",
    "onset_high_ms",
    "duration_ms",
    "discharges_per_stimulus",
    "rate_change_pps",
    "usual_pps",
    "stimuli",
    "p",
    "ok",
    "reason",
)


@dataclass(frozen=True, eq=False, repr=False)
class Peristimulus(Result):
    """What stimuli did to each unit.

    Parameters
    ----------
    responses : DataFrame
        One row a unit (0: all together) and direction (``"excitation"``, ``"inhibition"``): unit,
        label, direction, onset_ms, onset_low_ms and onset_high_ms (between which 95 % of sets of
        resampled stimuli have it; NaN where no response counts), duration_ms,
        discharges_per_stimulus (in excess or missing), rate_change_pps (mean rate of the discharges
        within the response minus that of those before stimuli, NaN where there are none),
        usual_pps, stimuli (those that came while the unit fired), p, ok, reason.
    times_ms : array, shape (bins,)
        Middle of each bin.
    counts : array, shape (rows, bins)
        Discharges a stimulus and second, in pps: the PSTH.
    rates_pps : array, shape (rows, bins)
        Mean instantaneous rate at the discharges of each bin, NaN where there is none: the PSF.
    units : tuple of int
        Which unit each row is, from 1; 0 for all together.
    stimuli_s : array, shape (stimuli,)
        Those that count for a unit that fires all the time.
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
    progress: Progress | None = None,
) -> Peristimulus:
    """Measure what stimuli do to each motor unit of a recording.

    Parameters
    ----------
    recording : Recording
    stimuli : str or array
        The label of the events that are stimuli, or their times (s).
    settings : PeristimulusSettings, optional
    seed : int
        Of the moved and of the resampled stimuli.
    progress : callable, optional
        Told (done, total, what) before every part; an exception that it raises stops the work.

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
    edges_ms = edges_of(settings)
    times_ms = (edges_ms[:-1] + edges_ms[1:]) / 2
    groups = _groups(recording)
    tick_s = tick_s_of(recording, [stimuli_s, *recording.units.times_s])
    steps = _Steps(progress, len(groups) * -(-settings.moved // 50), recording.name)
    rows, counts, rates = [], [], []
    for group in groups:
        chance = stream(checked_seed(seed), "moved stimuli", group.number)
        found = responses_of(
            group, stimuli_s, settings, chance, tick_s, partial(steps.one, group.label)
        )
        rows += found.rows
        counts.append(found.counts_pps)
        rates.append(found.rates_pps)
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
        tuple(group.number for group in groups),
        stimuli_s,
        settings,
        recording.history.then(step),
        left_out,
    )


def _groups(recording: Recording) -> list[Group]:
    """Return all sound units together, if there are several, and every unit alone."""
    units = recording.units
    alone = [
        Group(i + 1, units.labels[i], [np.asarray(times, dtype=float)], units.flags[i])
        for i, times in enumerate(units.times_s)
    ]
    if len(alone) < 2:
        return alone
    sound = [group.trains[0] for group in alone if not group.flag]
    return [Group(0, "all units", sound, "" if sound else "every unit is flagged"), *alone]


class _Steps:
    """Counts what is done."""

    def __init__(self, progress: Progress | None, total: int, name: str) -> None:
        self._progress, self._total, self._name, self._done = progress, total, name, 0

    def one(self, label: str) -> None:
        if self._progress is not None:
            self._progress(self._done, self._total, f"{self._name}: unit {label}")
        self._done += 1


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
    every_s = np.asarray(told, dtype=float).ravel()
    times_s = np.unique(every_s)
    if not np.all(np.isfinite(times_s)):
        raise DataError(f"{recording.name}: a time of a stimulus is not a finite number.")
    if len(times_s) and settings.alone_ms:
        follows = np.diff(times_s, prepend=-np.inf) <= settings.alone_ms / 1000
        times_s = times_s[~follows]
    start_s, end_s = recording.units.window_s
    whole = (times_s - settings.before_ms / 1000 >= start_s) & (
        times_s + settings.last_ms / 1000 <= end_s
    )
    if whole.sum() < _FEWEST_STIMULI:
        passed = len(every_s) - len(times_s)
        repeats = (
            f" {passed} more were repeats, or followed another within {settings.alone_ms:g} ms."
            if passed
            else ""
        )
        raise DataError(
            f"{recording.name}: {int(whole.sum())} of {len(times_s)} stimuli lie within the "
            f"recording ({start_s:g} to {end_s:g} s) with {settings.before_ms:g} ms before and "
            f"{settings.last_ms:g} ms after them; at least {_FEWEST_STIMULI} are needed."
            f"{repeats}",
            hint="Times are in seconds from the beginning of the recording."
            if len(times_s) >= _FEWEST_STIMULI
            else "",
        )
    return np.asarray(times_s[whole]), int(len(times_s) - whole.sum())
