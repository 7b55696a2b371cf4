"""The textbook f-I experiment: a triangular current into the soma of one motoneuron.

A motoneuron whose persistent inward current (PIC) is switched on goes on firing at less current
than it took to recruit it. Bennett, Li & Siu 2001, doi:10.1152/jn.2001.86.4.1955; Li, Gorassini &
Bennett 2004, doi:10.1152/jn.00788.2003.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from renshaw.core.history import History, Step
from renshaw.core.results import Result
from renshaw.core.seeds import checked_seed
from renshaw.core.settings import setting
from renshaw.core.version import __version__
from renshaw.data.arrays import FloatArray, read_only
from renshaw.engine.run import EngineSettings, Inputs, run
from renshaw.experiment.firing_ranges import (
    FiringRanges,
    firing_ranges,
    hysteresis_type,
    rate_difference_pps,
)
from renshaw.experiment.one_motoneuron import Impaled, ImpalementSettings, impaled
from renshaw.model.participant import Participant
from renshaw.model.pool import Pool

if TYPE_CHECKING:
    import pandas as pd

_CITES = ("powers2017", "bennett2001", "li2004")
_SAVE_ms = 0.25


@dataclass(frozen=True, kw_only=True)
class CurrentRampSettings(ImpalementSettings):
    """A triangular current into the soma of one motoneuron."""

    low_nA: float = setting(-8.0, "current before and after", unit="nA", ge=-100, le=100)
    peak_nA: float = setting(14.0, "highest current", unit="nA", ge=-100, le=200)
    up_s: float = setting(10.0, "duration of each side of the triangle", unit="s", gt=0, le=120)
    hold_s: float = setting(1.0, "time before and after the triangle", unit="s", ge=0, le=60)
    noise: float = setting(0.0, "synaptic noise (1: as published, 0: none)", ge=0, le=10)
    steeper: float = setting(
        2.0,
        "slope of the secondary range, relative to the neighboring ranges, from which it "
        "counts as one",
        gt=1,
        le=10,
        source="doi:10.1152/jn.00788.2003",
    )
    least_rate_pps: float = setting(
        1.0,
        "smallest difference between descending and ascending rates that counts",
        unit="pps",
        ge=0,
    )
    least_sustained_nA: float = setting(
        0.5,
        "smallest difference between recruitment and derecruitment current that counts",
        unit="nA",
        ge=0,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.peak_nA <= self.low_nA:
            raise self.refusal("peak_nA", f"must be above low_nA = {self.low_nA:g} nA.")


@dataclass(frozen=True, eq=False)
class CurrentRamp(Result):
    """What one motoneuron did under a triangular current.

    Parameters
    ----------
    settings : CurrentRampSettings
    neuromodulation, inhibition : float
        As they were, the person's filled in.
    times_s, current_nA, potential_mV, pic_nA : array, shape (samples,)
        Injected current, potential of the soma, and L-type plus persistent sodium current (inward
        positive).
    spikes_s : array, shape (spikes,)
    interval_s, interval_nA, rate_pps : array, shape (spikes - 1,)
        Middle of each interval between spikes, the current then, and the rate.
    recruitment_nA, derecruitment_nA : float
        Current at the first and the last spike; NaN for a silent motoneuron.
    sustained_nA : float
        Delta-I: recruitment minus derecruitment, positive for self-sustained firing.
    rate_difference_pps : float
        Descending minus ascending rate at the same current.
    hysteresis : str
        Shape of the f-I loop: ``"linear"``, ``"clockwise"``, ``"linear, self-sustained"`` or
        ``"counter-clockwise"``; empty for too few
        spikes.
    ranges : FiringRanges
        Gains before, during and after the onset of the PIC on the way up.
    history : History
    muscle : str
        The muscle of the motoneuron.
    """

    settings: CurrentRampSettings
    neuromodulation: float
    inhibition: float
    muscle: str
    times_s: FloatArray
    current_nA: FloatArray
    potential_mV: FloatArray
    pic_nA: FloatArray
    spikes_s: FloatArray
    interval_s: FloatArray
    interval_nA: FloatArray
    rate_pps: FloatArray
    recruitment_nA: float
    derecruitment_nA: float
    sustained_nA: float
    rate_difference_pps: float
    hysteresis: str
    ranges: FiringRanges
    history: History = field(default_factory=History)

    def __post_init__(self) -> None:
        for name in (
            "times_s",
            "current_nA",
            "potential_mV",
            "pic_nA",
            "spikes_s",
            "interval_s",
            "interval_nA",
            "rate_pps",
        ):
            object.__setattr__(self, name, read_only(getattr(self, name)))

    def __repr__(self) -> str:
        if len(self.spikes_s) == 0:
            return f"CurrentRamp({self.muscle} motoneuron {self.settings.motoneuron}, silent)"
        return (
            f"CurrentRamp({self.muscle} motoneuron {self.settings.motoneuron}, neuromodulation "
            f"{self.neuromodulation:g}, {len(self.spikes_s)} spikes, delta-I "
            f"{self.sustained_nA:.2f} nA, {self.hysteresis or 'no loop'})"
        )

    @property
    def ascending(self) -> NDArray[np.bool_]:
        """Whether each interval lies on the way up, shape (spikes - 1,)."""
        return np.asarray(self.interval_s < self.settings.hold_s + self.settings.up_s)

    @property
    def peak_rate_pps(self) -> float:
        """The highest rate; NaN for fewer than two spikes."""
        return float(self.rate_pps.max()) if len(self.rate_pps) else float(np.nan)

    def measures(self) -> dict[str, float | str]:
        """Return the numbers of this ramp by name."""
        return {
            "neuromodulation": self.neuromodulation,
            "inhibition": self.inhibition,
            "spikes": float(len(self.spikes_s)),
            "recruitment_nA": self.recruitment_nA,
            "derecruitment_nA": self.derecruitment_nA,
            "sustained_nA": self.sustained_nA,
            "peak_rate_pps": self.peak_rate_pps,
            "rate_difference_pps": self.rate_difference_pps,
            "hysteresis": self.hysteresis,
            "gain_primary_pps_per_nA": self.ranges.primary,
            "gain_secondary_pps_per_nA": self.ranges.secondary,
            "gain_tertiary_pps_per_nA": self.ranges.tertiary,
            "secondary_onset_nA": self.ranges.onset_nA,
            "secondary_end_nA": self.ranges.full_nA,
            "peak_pic_nA": float(self.pic_nA.max()) if len(self.pic_nA) else float(np.nan),
        }

    def to_table(self) -> pd.DataFrame:
        """Return one row an interval between spikes: time_s, current_nA, rate_pps, ascending."""
        import pandas as pd

        return pd.DataFrame(
            {
                "neuromodulation": self.neuromodulation,
                "time_s": self.interval_s,
                "current_nA": self.interval_nA,
                "rate_pps": self.rate_pps,
                "ascending": self.ascending,
            }
        )


def current_ramp(
    who: Participant | Pool,
    settings: CurrentRampSettings | None = None,
    *,
    seed: int = 0,
    engine: EngineSettings | None = None,
) -> CurrentRamp:
    """Inject a triangular current into the soma of one motoneuron and watch it fire.

    Parameters
    ----------
    who : Participant or Pool
        A pool is in the state of a default participant.
    settings : CurrentRampSettings, optional
    seed : int
        Of the synaptic fluctuations, where `settings.noise` is not 0.
    engine : EngineSettings, optional
        The reference engine by default, with traces every 0.25 ms.

    Returns
    -------
    CurrentRamp

    Raises
    ------
    SettingsError
        There is no such motoneuron.
    SimulationError
        The state diverged.
    """
    settings = settings or CurrentRampSettings()
    cell = impaled(who, settings)
    engine = engine or EngineSettings(
        engine="reference", inner_steps=8, slow_steps=5, noise_every=3, save_ms=_SAVE_ms
    )
    engine = engine.replace(noise=settings.noise)
    duration_s = 2 * (settings.hold_s + settings.up_s)
    times_s = (np.arange(round(duration_s * 1000 / engine.step_ms)) + 0.5) * engine.step_ms / 1000
    inputs = Inputs(
        np.full(len(times_s), cell.excitation),
        np.full(len(times_s), cell.inhibition),
        np.full(len(times_s), cell.neuromodulation),
        triangle_nA(settings, times_s),
    )
    response = run(cell.pool, inputs, engine, seed=checked_seed(seed), save_potential=True)
    step = Step(
        "current_ramp",
        f"ramp = rs.experiment.current_ramp({cell.code}, {settings.as_python()}, seed={seed})",
        {"settings": settings.to_mapping(), "engine": engine.to_mapping()},
        seed,
        cell.pool.fingerprint(),
        _CITES,
        __version__,
    )
    saved_s = np.arange(response.soma_mV.shape[1]) / response.save_hz
    traces = saved_s, response.soma_mV[0], response.pic_nA[0]
    return _measured(settings, cell, traces, response.spikes_s[0], History((step,)))


def triangle_nA(settings: CurrentRampSettings, times_s: FloatArray) -> FloatArray:
    """Return the injected current at the given times."""
    top_s = settings.hold_s + settings.up_s
    corners = (settings.hold_s, top_s, top_s + settings.up_s)
    return np.interp(times_s, corners, (settings.low_nA, settings.peak_nA, settings.low_nA))


def _measured(
    settings: CurrentRampSettings,
    cell: Impaled,
    traces: tuple[FloatArray, FloatArray, FloatArray],
    spikes_s: FloatArray,
    history: History,
) -> CurrentRamp:
    times_s, potential_mV, pic_nA = traces
    interval_s = (spikes_s[1:] + spikes_s[:-1]) / 2
    rate_pps = 1.0 / np.diff(spikes_s)
    interval_nA = triangle_nA(settings, interval_s)
    up = interval_s < settings.hold_s + settings.up_s
    first, last = triangle_nA(settings, spikes_s[[0, -1]]) if len(spikes_s) else np.full(2, np.nan)
    difference = rate_difference_pps(interval_nA[up], rate_pps[up], interval_nA[~up], rate_pps[~up])
    return CurrentRamp(
        settings=settings,
        neuromodulation=cell.neuromodulation,
        inhibition=cell.inhibition,
        muscle=cell.pool.muscle,
        times_s=times_s,
        current_nA=triangle_nA(settings, times_s),
        potential_mV=potential_mV,
        pic_nA=pic_nA,
        spikes_s=spikes_s,
        interval_s=interval_s,
        interval_nA=interval_nA,
        rate_pps=rate_pps,
        recruitment_nA=float(first),
        derecruitment_nA=float(last),
        sustained_nA=float(first - last),
        rate_difference_pps=difference,
        hysteresis=hysteresis_type(
            difference, float(first - last), settings.least_rate_pps, settings.least_sustained_nA
        ),
        ranges=firing_ranges(interval_nA[up], rate_pps[up], settings.steeper),
        history=history,
    )
