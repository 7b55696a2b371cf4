"""The textbook voltage clamp: a slow triangular command, and the inward current that it uncovers.

As Lee & Heckman 1998 (doi:10.1152/jn.1998.80.2.583) measured persistent inward currents (PICs) in
the cat: 8 mV/s up and down at the soma, the leak taken off as a straight line; here the sodium
spikes are blocked too. The dendrites are free, so the current steepens where they escape from the
clamp, and lasts on the way down: hysteresis.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import SettingsError
from renshaw.core.history import History, Step
from renshaw.core.results import Result
from renshaw.core.settings import setting
from renshaw.core.version import __version__
from renshaw.data.arrays import FloatArray, read_only
from renshaw.engine.clamp import ClampCourses, clamp
from renshaw.experiment.one_motoneuron import Impaled, ImpalementSettings, impaled
from renshaw.model.participant import Participant
from renshaw.model.pool import Pool

if TYPE_CHECKING:
    import pandas as pd

_CITES = ("powers2017", "lee1998", "li2004")
_LEE = "doi:10.1152/jn.1998.80.2.583"
_STEP_ms = 0.05
_EVERY = 40


@dataclass(frozen=True, kw_only=True)
class VoltageRampSettings(ImpalementSettings):
    """A slow triangular command to the soma of one motoneuron under voltage clamp."""

    low_mV: float = setting(-90.0, "potential before and after", unit="mV", ge=-130, le=20)
    high_mV: float = setting(-20.0, "highest potential", unit="mV", ge=-120, le=40)
    speed_mV_per_s: float = setting(
        8.0, "speed of the voltage ramp", unit="mV/s", gt=0.1, le=1000, source=_LEE
    )
    block_spikes: bool = setting(
        True, "block the fast sodium current (as by QX-314 or tetrodotoxin)"
    )
    block_potassium: bool = setting(
        False,
        "block the delayed rectifier and the AHP current (as by cesium or tetraethylammonium)",
    )
    block_h: bool = setting(False, "block the h-current (as by ZD7288)")
    leak_from_mV: float = setting(
        -72.0, "start of the range in which the leak is fitted, on the way up", unit="mV"
    )
    leak_to_mV: float = setting(-64.0, "end of the range in which the leak is fitted", unit="mV")
    peak_below_mV: float = setting(
        -30.0, "potential above which outward currents hide the peak", unit="mV"
    )
    onset_part: float = setting(
        0.2, "share of the peak at which the current counts as started and as stopped", gt=0, lt=1
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for low, high in (
            ("low_mV", "leak_from_mV"),
            ("leak_from_mV", "leak_to_mV"),
            ("leak_to_mV", "peak_below_mV"),
            ("leak_to_mV", "high_mV"),
        ):
            if not getattr(self, low) < getattr(self, high):
                why = f"must be above {low} = {getattr(self, low):g} mV."
                raise self.refusal(high, why)


@dataclass(frozen=True, eq=False)
class VoltageRamp(Result):
    """The currents of one motoneuron under a triangular command. Inward is negative, as recorded.

    Parameters
    ----------
    settings : VoltageRampSettings
    neuromodulation, inhibition : float
        As they were, the person's filled in.
    muscle : str
    times_s, command_mV, current_nA : array, shape (samples,)
        Command to the soma and the current that held it there.
    subtracted_nA : array, shape (samples,)
        Current less the leak.
    l_type_nA, persistent_sodium_nA, dendrite_mV : array, shape (samples,)
        What no electrode sees: the currents themselves, where they flow, and the mean potential of
        the dendrites.
    leak_uS, leak_reversal_mV : float
        The leak that was taken off.
    amplitude_nA, amplitude_down_nA : float
        Largest inward leak-subtracted current on the way up and down, positive.
    peak_mV : float
        Potential of that peak on the way up.
    onset_mV, offset_mV : float
        Potential at which the current reaches, and falls below, `settings.onset_part` of its peak.
    sustained_nA : float
        Inward current on the way down at the potential of the onset, positive: the tail.
    negative_slope : bool
        Whether the current itself falls as potential rises: the region of negative slope.
    history : History
    """

    settings: VoltageRampSettings
    neuromodulation: float
    inhibition: float
    muscle: str
    times_s: FloatArray
    command_mV: FloatArray
    current_nA: FloatArray
    subtracted_nA: FloatArray
    l_type_nA: FloatArray
    persistent_sodium_nA: FloatArray
    dendrite_mV: FloatArray
    leak_uS: float
    leak_reversal_mV: float
    amplitude_nA: float
    amplitude_down_nA: float
    peak_mV: float
    onset_mV: float
    offset_mV: float
    sustained_nA: float
    negative_slope: bool
    history: History = field(default_factory=History)

    def __post_init__(self) -> None:
        for name in (
            "times_s",
            "command_mV",
            "current_nA",
            "subtracted_nA",
            "l_type_nA",
            "persistent_sodium_nA",
            "dendrite_mV",
        ):
            object.__setattr__(self, name, read_only(getattr(self, name)))

    def __repr__(self) -> str:
        return (
            f"VoltageRamp({self.muscle} motoneuron {self.settings.motoneuron}, neuromodulation "
            f"{self.neuromodulation:g}, PIC {self.amplitude_nA:.1f} nA from {self.onset_mV:.0f} mV)"
        )

    @property
    def ascending(self) -> NDArray[np.bool_]:
        """Whether each sample lies on the way up, shape (samples,)."""
        return np.asarray(self.times_s < _side_s(self.settings))

    @property
    def hysteresis_mV(self) -> float:
        """Onset minus offset potential: positive where the current outlasts its onset."""
        return self.onset_mV - self.offset_mV

    def measures(self) -> dict[str, float | str]:
        """Return the numbers of this ramp by name."""
        return {
            "neuromodulation": self.neuromodulation,
            "inhibition": self.inhibition,
            "leak_uS": self.leak_uS,
            "leak_reversal_mV": self.leak_reversal_mV,
            "amplitude_nA": self.amplitude_nA,
            "amplitude_down_nA": self.amplitude_down_nA,
            "peak_mV": self.peak_mV,
            "onset_mV": self.onset_mV,
            "offset_mV": self.offset_mV,
            "hysteresis_mV": self.hysteresis_mV,
            "sustained_nA": self.sustained_nA,
            "negative_slope": "yes" if self.negative_slope else "no",
        }

    def to_table(self) -> pd.DataFrame:
        """Return one row a sample: time, command, currents, and which side of the triangle."""
        import pandas as pd

        return pd.DataFrame(
            {
                "neuromodulation": self.neuromodulation,
                "time_s": self.times_s,
                "command_mV": self.command_mV,
                "current_nA": self.current_nA,
                "subtracted_nA": self.subtracted_nA,
                "l_type_nA": self.l_type_nA,
                "persistent_sodium_nA": self.persistent_sodium_nA,
                "dendrite_mV": self.dendrite_mV,
                "ascending": self.ascending,
            }
        )


def voltage_ramp(
    who: Participant | Pool, settings: VoltageRampSettings | None = None
) -> VoltageRamp:
    """Hold the soma of one motoneuron at a slow triangular command and measure its PIC.

    Parameters
    ----------
    who : Participant or Pool
        A pool is in the state of a default participant.
    settings : VoltageRampSettings, optional

    Returns
    -------
    VoltageRamp

    Raises
    ------
    SettingsError
        There is no such motoneuron.
    SimulationError
        A potential left the possible range.
    """
    settings = settings or VoltageRampSettings()
    cell = impaled(who, settings)
    side_ms = 1000 * _side_s(settings)
    steps = _EVERY * round(2 * side_ms / (_STEP_ms * _EVERY))
    ends_s = np.arange(steps + 1) * _STEP_ms / 1000
    courses = clamp(
        _blocked(cell.pool, settings),
        command_mV(settings, ends_s),
        excitation=cell.excitation,
        inhibition=cell.inhibition,
        neuromodulation=cell.neuromodulation,
        step_ms=_STEP_ms,
        every=_EVERY,
    )
    step = Step(
        "voltage_ramp",
        f"ramp = rs.experiment.voltage_ramp({cell.code}, {settings.as_python()})",
        settings.to_mapping(),
        None,
        cell.pool.fingerprint(),
        _CITES,
        __version__,
    )
    times_s = (np.arange(len(courses.current_nA)) * _EVERY + 0.5) * _STEP_ms / 1000
    return _measured(settings, cell, times_s, courses, History((step,)))


def command_mV(settings: VoltageRampSettings, times_s: FloatArray) -> FloatArray:
    """Return the command at the given times."""
    side_s = _side_s(settings)
    return np.interp(
        times_s, (0.0, side_s, 2 * side_s), (settings.low_mV, settings.high_mV, settings.low_mV)
    )


def _side_s(settings: VoltageRampSettings) -> float:
    return (settings.high_mV - settings.low_mV) / settings.speed_mV_per_s


def _blocked(pool: Pool, settings: VoltageRampSettings) -> Pool:
    blocked = {
        "g_Na_S_per_cm2": settings.block_spikes,
        "g_K_S_per_cm2": settings.block_potassium,
        "g_KCa_S_per_cm2": settings.block_potassium,
        "g_h_S_per_cm2": settings.block_h,
    }
    return pool.scaled(**{name: 0.0 for name, is_blocked in blocked.items() if is_blocked})


def _measured(
    settings: VoltageRampSettings,
    cell: Impaled,
    times_s: FloatArray,
    courses: ClampCourses,
    history: History,
) -> VoltageRamp:
    command = command_mV(settings, times_s)
    current = courses.current_nA
    up = times_s < _side_s(settings)
    fitted = up & (command >= settings.leak_from_mV) & (command <= settings.leak_to_mV)
    if fitted.sum() < 3:
        raise SettingsError(
            "The command passes too fast through the range of the leak; widen leak_from_mV to "
            "leak_to_mV or lower speed_mV_per_s."
        )
    slope, offset = np.polyfit(command[fitted], current[fitted], 1)
    inward = slope * command + offset - current
    rising, falling = inward[up], inward[~up][::-1]
    amplitude, peak_mV, onset = _peak(settings, command[up], rising)
    amplitude_down, _, offset_mV = _peak(settings, command[~up][::-1], falling)
    return VoltageRamp(
        settings=settings,
        neuromodulation=cell.neuromodulation,
        inhibition=cell.inhibition,
        muscle=cell.pool.muscle,
        times_s=times_s,
        command_mV=command,
        current_nA=current,
        subtracted_nA=-inward,
        l_type_nA=courses.l_type_nA,
        persistent_sodium_nA=courses.persistent_sodium_nA,
        dendrite_mV=courses.dendrite_mV,
        leak_uS=float(slope),
        leak_reversal_mV=float(-offset / slope) if slope else float(np.nan),
        amplitude_nA=amplitude,
        amplitude_down_nA=amplitude_down,
        peak_mV=peak_mV,
        onset_mV=onset,
        offset_mV=offset_mV,
        sustained_nA=float(np.interp(onset, command[~up][::-1], falling)),
        negative_slope=_falls(settings, command[up], current[up]),
        history=history,
    )


def _peak(
    settings: VoltageRampSettings, command: FloatArray, inward: FloatArray
) -> tuple[float, float, float]:
    """Return amplitude, potential of the peak and potential of the onset; by rising potential."""
    seen = command <= settings.peak_below_mV
    command, inward = command[seen], inward[seen]
    at = int(np.argmax(np.where(command >= settings.leak_to_mV, inward, -np.inf)))
    amplitude = float(inward[at])
    if amplitude <= 0:
        return 0.0, float(np.nan), float(np.nan)
    level = settings.onset_part * amplitude
    below = np.flatnonzero(inward[: at + 1] < level)
    if len(below) == 0:
        return amplitude, float(command[at]), float(command[0])
    last = int(below[-1])
    part = (level - inward[last]) / (inward[last + 1] - inward[last])
    onset = float(command[last] + part * (command[last + 1] - command[last]))
    return amplitude, float(command[at]), onset


def _falls(settings: VoltageRampSettings, command: FloatArray, current: FloatArray) -> bool:
    seen = (command >= settings.leak_to_mV) & (command <= settings.peak_below_mV)
    return bool(np.any(np.diff(current[seen]) < 0))
