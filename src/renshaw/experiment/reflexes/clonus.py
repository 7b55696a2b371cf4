"""Clonus: the calf is pushed into dorsiflexion and held there by a load, and the loop is closed.

A load that rises within a tenth of a second and stays presses the free foot up, as the hand of an
examiner does. The stretch makes the calf pull it down, the calf slackens, the load presses it up
again, and the stretch comes back: whether and how long this goes on is not laid down but follows
from the delay of the loop, the slowness of the muscle, the foot and the excitability of the cord.

A beat is a burst of discharges of the pool in which at least 5 % of the motoneurons take part and
before and after which the pool's rate falls to a third of the burst's or less. The first is the
stretch reflex of the push.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np
import scipy

from renshaw.core.seeds import stream
from renshaw.core.settings import setting
from renshaw.data.arrays import FloatArray
from renshaw.engine.inputs import Row
from renshaw.engine.session import Seat, Session
from renshaw.experiment.reflexes.bench import Bench, EMG_hz, Progress, Spikes
from renshaw.experiment.reflexes.limb import Limb
from renshaw.experiment.reflexes.register import Found, tests
from renshaw.experiment.reflexes.result import Outcome
from renshaw.experiment.reflexes.settings import ReflexSettings
from renshaw.model.circuits import ia_synapse
from renshaw.model.circuits.recurrent_inhibition import RecurrentInhibition
from renshaw.muscle.ankle import Ankle, Feet, while_moving
from renshaw.muscle.twitches import Twitches

if TYPE_CHECKING:
    import pandas as pd

# Steps of the engine between two looks at the foot: 2 ms.
_PIECE = 5
_PUSHES_WITHIN_s = 0.1
# Pool rates are smoothed over this (SD) to find bursts, and looked at so often.
_SMOOTHED_s, _LOOKED_s = 0.010, 0.001
_LEAST_SHARE, _NEAREST_s, _DEPTH = 0.05, 0.08, 2 / 3
# Beats that go on for this share of the push are sustained.
_SUSTAINED = 0.9
_BEATS = "healthy people show none or a few beats; from memory of clinical teaching, not read"
_FREQUENCY = (
    "in clonus after spinal cord injury 4.7 to 7.0 Hz (Wallace et al. 2005, "
    "doi:10.1152/japplphysiol.00649.2005) and 5.4 +- .9 Hz in the soleus (Wallace et al. 2012, J "
    "Neurotrauma 29:915); 3.8 to 5.8 Hz by load (Hidler & Rymer)"
)
_ONCE = "98 % of 166 units once a beat (Wallace et al. 2005)"


@dataclass(frozen=True, kw_only=True)
class ClonusSettings(ReflexSettings):
    """The foot pushed up and held by a load: does the ankle beat, how often and how long."""

    name: ClassVar[str] = "clonus"
    title: ClassVar[str] = "Clonus"

    loads_nm: tuple[float, ...] = setting(
        (2.0, 4.0, 6.0, 8.0, 10.0), "torques that push the foot up and hold it", unit="Nm"
    )
    load_kg_m2: float = setting(
        0.01, "inertia that is tied to the foot, as by a hand", unit="kg m2", ge=0, le=1
    )
    stiffer: float = setting(
        1.0, "passive stiffness and damping relative to a healthy adult's", ge=0.2, le=10
    )
    lasts_s: float = setting(5.0, "how long the load stays", unit="s", ge=0.5, le=120)
    repeats: int = setting(4, "pushes of each load, each with its own noise", ge=1, le=200)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.loads_nm or not all(0 < load <= 100 for load in self.loads_nm):
            raise self.refusal("loads_nm", "at least one, each above 0 and up to 100 Nm.")
        object.__setattr__(self, "loads_nm", tuple(sorted(set(self.loads_nm))))


class Pushed(NamedTuple):
    """What came of one push; time 0 is its beginning."""

    spikes: Spikes
    angle_deg: FloatArray
    torque_Nm: FloatArray


class Beats(NamedTuple):
    """The beats of one push.

    Parameters
    ----------
    at_s : array
        When each has its middle.
    once : float
        Share of the motoneurons in a beat that fire once in it; NaN without any beat.
    taking_part : float
        Share of the motoneurons that fire in a beat, mean from the second on; NaN without.
    """

    at_s: FloatArray
    once: float
    taking_part: float

    @property
    def hz(self) -> float:
        """Median frequency from the second beat on; NaN with fewer than three."""
        return float(1.0 / np.median(np.diff(self.at_s))) if len(self.at_s) > 2 else float("nan")


@tests(ClonusSettings)
def clonus(bench: Bench, settings: ClonusSettings, progress: Progress | None) -> Found:
    """Return the beats under each load, and what is read from them."""
    import pandas as pd

    pushes = [(load, k) for load in settings.loads_nm for k in range(settings.repeats)]
    done = push(bench, settings, pushes, progress)
    found = [beats(each.spikes, settings.lasts_s) for each in done]
    rows = []
    for load in settings.loads_nm:
        mine = [i for i, (of, _) in enumerate(pushes) if of == load]
        counts = np.array([len(found[i].at_s) for i in mine], dtype=float)
        lasting = [found[i].at_s[-1] if len(found[i].at_s) else 0.0 for i in mine]
        rows.append(
            {
                "load_nm": load,
                "beats": counts.mean(),
                "beats_sd": counts.std(ddof=1) if len(mine) > 1 else np.nan,
                "lasts_s": float(np.mean(lasting)),
                "frequency_hz": _mean([found[i].hz for i in mine]),
                "units_pct": 100.0 * _mean([found[i].taking_part for i in mine]),
                "once_pct": 100.0 * _mean([found[i].once for i in mine]),
                "swing_deg": _mean(
                    [_swing_deg(found[i].at_s, done[i].angle_deg, _piece_s(bench)) for i in mine]
                ),
            }
        )
    table = pd.DataFrame(rows)
    return Found(table, _outcomes(table, settings.lasts_s), _waves(bench, settings, pushes, done))


def push(
    bench: Bench,
    settings: ClonusSettings,
    pushes: list[tuple[float, int]],
    progress: Progress | None = None,
) -> list[Pushed]:
    """Push the foot with each load (Nm) in turn, each with its own chance (a number)."""
    limb, count = Limb(bench), len(pushes)
    step_s, piece_s = limb.step_s, _piece_s(bench)
    before = int(np.ceil(bench.settles_s / piece_s))
    pieces = before + int(np.ceil(settings.lasts_s / piece_s))
    zero_s = before * piece_s
    times_s: FloatArray = np.asarray(step_s * np.arange(pieces * _PIECE), dtype=float)
    rows = np.repeat(bench.rows(times_s)[np.newaxis], count, axis=0)
    recurrent = RecurrentInhibition.of(bench.pool, bench.cord.recurrent_gain)
    seats = [Seat(bench.pool, bench.seed, chance, None, recurrent) for _, chance in pushes]
    session = Session(seats, pieces * piece_s, bench.engine, volleys=True)
    feet = Feet(Ankle.loaded(settings.load_kg_m2, settings.stiffer), count, step_s)
    muscles = [_Muscle(bench, limb.torque_of_force, pieces, piece_s) for _ in pushes]
    terminals = limb.terminals(count)
    loads = np.array([load for load, _ in pushes])
    release = np.exp([ia_synapse.RELEASE_SD * _chance(bench, chance) for _, chance in pushes])
    usual = limb.background_pps * terminals.releasing
    # What fires now arrives after the delay: before the first step afferents fired as usual.
    ways = limb.lags
    past = np.empty((count, ways + pieces * _PIECE))
    past[:, :ways] = usual[:, np.newaxis]
    at_rest = limb.arriving(past[:, :ways], 1)
    isometric = np.zeros((count, pieces))
    angles = np.zeros((count, pieces))
    for piece in range(pieces):
        steps = slice(piece * _PIECE, (piece + 1) * _PIECE)
        arriving = limb.arriving(past[:, : ways + steps.start], _PIECE) - at_rest
        arriving *= release[:, np.newaxis]
        now = rows[:, :, steps]
        now[:, Row.EXCITATION] = np.maximum(0.0, now[:, Row.EXCITATION] + np.minimum(0.0, arriving))
        fired = session.advance(now, np.maximum(0.0, arriving))
        isometric[:, piece] = [
            muscle.advance(spikes) for muscle, spikes in zip(muscles, fired, strict=True)
        ]
        since_s = (piece + 1) * piece_s - zero_s
        pushing = loads * np.clip(since_s / _PUSHES_WITHIN_s, 0.0, 1.0)
        # What the calf gives while it holds a contraction, something else holds against.
        held = isometric[:, max(0, before - 1)] if since_s > 0 else isometric[:, piece]
        held = while_moving(held, np.zeros(count), np.zeros(count))
        for _ in range(_PIECE):
            calf = while_moving(isometric[:, piece], feet.angle_rad, feet.rad_per_s)
            feet.advance(pushing + held - calf)
        angles[:, piece] = np.degrees(feet.angle_rad)
        rates = limb.rates_pps(feet.angle_rad, feet.rad_per_s)
        releasing = rates[:, np.newaxis] * terminals.advance(rates[:, np.newaxis], piece_s)
        past[:, ways + steps.start : ways + steps.stop] = releasing
        if progress is not None and piece % 100 == 99:
            progress(piece + 1, pieces, "testing reflexes")
    return [
        Pushed(
            tuple(s - zero_s for s in response.spikes_s),
            angles[i, before:],
            isometric[i, before:],
        )
        for i, response in enumerate(session.responses())
    ]


class _Muscle:
    """A calf in the loop: discharges that have left the cord pull when they reach it."""

    def __init__(self, bench: Bench, torque_of_force: float, pieces: int, piece_s: float) -> None:
        self._down_s = bench.nerve.down_s
        self._twitches = Twitches(bench.pool, piece_s)
        self._torque_of_force, self._piece_s = torque_of_force, piece_s
        self._due: list[dict[int, list[float]]] = [{} for _ in range(pieces)]
        self._piece = 0
        self._none = [np.empty(0)] * len(bench.pool)

    def advance(self, fired_s: Spikes) -> float:
        """Return the isometric torque (Nm) at the end of this piece, in which some fire."""
        for unit, times_s in enumerate(fired_s):
            for due_s in times_s + self._down_s[unit] if len(times_s) else ():
                piece = int(np.ceil(due_s / self._piece_s)) - 1
                if piece < len(self._due):
                    self._due[piece].setdefault(unit, []).append(due_s)
        arrived = list(self._none)
        for unit, due in self._due[self._piece].items():
            arrived[unit] = np.array(due)
        self._piece += 1
        return float(self._torque_of_force * self._twitches.advance(arrived, 1)[0])


def beats(spikes: Spikes, lasts_s: float) -> Beats:
    """Return the beats in the discharges of a pool from time 0 on.

    Parameters
    ----------
    spikes : tuple of arrays
    lasts_s : float
    """
    times = np.concatenate(spikes)
    edges = np.arange(0.0, lasts_s + _LOOKED_s / 2, _LOOKED_s)
    counts = np.histogram(times, edges)[0].astype(float)
    smooth = scipy.ndimage.gaussian_filter1d(counts, _SMOOTHED_s / _LOOKED_s, mode="constant")
    # The height of a burst in which so many fire once, spread as widely again as the smoothing.
    least = _LEAST_SHARE * len(spikes) * _LOOKED_s / (2.0 * np.sqrt(np.pi) * _SMOOTHED_s)
    peaks, found = scipy.signal.find_peaks(
        smooth, height=least, distance=_NEAREST_s / _LOOKED_s, prominence=0.0
    )
    peaks = peaks[found["prominences"] >= _DEPTH * found["peak_heights"]]
    at_s = (peaks + 0.5) * _LOOKED_s
    if not len(at_s):
        return Beats(at_s, float("nan"), float("nan"))
    between = np.concatenate([[0.0], (at_s[1:] + at_s[:-1]) / 2, [at_s[-1] + _NEAREST_s]])
    fired = np.array([np.histogram(s, between)[0] for s in spikes])
    once = float(np.sum(fired == 1) / max(1, np.sum(fired > 0)))
    return Beats(at_s, once, float(np.mean(fired[:, 1:] > 0)) if len(at_s) > 1 else float("nan"))


def _swing_deg(at_s: FloatArray, angle_deg: FloatArray, piece_s: float) -> float:
    """Return how far the foot swings from beat to beat, less what it drifts; NaN without three."""
    swings = []
    for first, last in pairwise(np.round(at_s[1:] / piece_s).astype(int)):
        cycle = angle_deg[first : last + 1]
        if len(cycle) > 2:
            swings.append(float(np.ptp(cycle - np.linspace(cycle[0], cycle[-1], len(cycle)))))
    return float(np.median(swings)) if swings else float("nan")


def _piece_s(bench: Bench) -> float:
    return _PIECE * bench.engine.slow_ms / 1000


def _chance(bench: Bench, number: int) -> float:
    return float(stream(bench.seed, "release", number).standard_normal())


def _mean(values: list[float]) -> float:
    kept = [value for value in values if np.isfinite(value)]
    return float(np.mean(kept)) if kept else float("nan")


def _outcomes(table: pd.DataFrame, lasts_s: float) -> tuple[Outcome, ...]:
    most = int(table["beats"].argmax())
    sustained = table["load_nm"][table["lasts_s"] >= _SUSTAINED * lasts_s]
    return (
        Outcome("most beats", float(table["beats"][most]), "beats", 0.0, 5.0, _BEATS),
        Outcome(
            "smallest load with sustained beats",
            float(sustained.min()) if len(sustained) else float("nan"),
            "Nm",
        ),
        Outcome("load of the most beats", float(table["load_nm"][most]), "Nm"),
        Outcome("lasts", float(table["lasts_s"][most]), "s"),
        Outcome("frequency", float(table["frequency_hz"][most]), "Hz", None, None, _FREQUENCY),
        Outcome("motoneurons in a beat after the first", float(table["units_pct"][most]), "%"),
        Outcome(
            "motoneurons that fire once a beat",
            float(table["once_pct"][most]),
            "%",
            None,
            None,
            _ONCE,
        ),
        Outcome("swing from beat to beat", float(table["swing_deg"][most]), "deg"),
    )


def _waves(
    bench: Bench, settings: ClonusSettings, pushes: list[tuple[float, int]], done: list[Pushed]
) -> dict[str, FloatArray]:
    """Return the angle of the foot and the EMG of the first push of each load."""
    times_s = np.arange(int(settings.lasts_s * EMG_hz)) / EMG_hz
    largest, shown = bench.m_max(), {}
    for (load, chance), each in zip(pushes, done, strict=True):
        if chance == 0:
            at_s = _piece_s(bench) * (1 + np.arange(len(each.angle_deg)))
            shown[f"angle, {load:g} Nm"] = np.interp(times_s, at_s, each.angle_deg)
            shown[f"EMG, {load:g} Nm"] = bench.emg(each.spikes, settings.lasts_s) / largest
    return shown
