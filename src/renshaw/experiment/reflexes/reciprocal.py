"""Inhibition by the antagonist's nerve: disynaptic (Ia), and presynaptic (D1 and D2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from renshaw.core.settings import setting
from renshaw.data.arrays import FloatArray
from renshaw.experiment.reflexes.bench import Bench, Progress
from renshaw.experiment.reflexes.conditioning import (
    ConditionedSettings,
    Course,
    conditioned,
    smallest,
)
from renshaw.experiment.reflexes.mixed_nerve import CENTRAL_s, IA_m_per_s, TO_THE_CORD_m
from renshaw.experiment.reflexes.register import Found, tests
from renshaw.experiment.reflexes.result import Outcome
from renshaw.model.circuits.presynaptic_inhibition import release_left
from renshaw.protocols.nerve_stimulation import NerveStimulation, afferents_excited

_REMEMBERED = "from memory of the literature, not read"


@dataclass(frozen=True, kw_only=True)
class ReciprocalSettings(ConditionedSettings):
    """The H-reflex after a pulse to the antagonist's nerve: reciprocal inhibition, D1 and D2."""

    name: ClassVar[str] = "reciprocal"
    title: ClassVar[str] = "Reciprocal inhibition"

    intervals_ms: tuple[float, ...] = setting(
        (
            -2.0,
            0.0,
            1.0,
            2.0,
            3.0,
            4.0,
            5.0,
            7.0,
            10.0,
            15.0,
            20.0,
            30.0,
            50.0,
            70.0,
            100.0,
            150.0,
            200.0,
            300.0,
        ),
        "from the pulse to the antagonist's nerve to the one that evokes the reflex",
        unit="ms",
    )
    conditioning_xmt: float = setting(
        1.0, "pulse to the antagonist's nerve, relative to motor threshold", unit="x MT", ge=0, le=5
    )


@tests(ReciprocalSettings)
def reciprocal(bench: Bench, settings: ReciprocalSettings, progress: Progress | None) -> Found:
    """Return the reflex at each interval, and the size of the three inhibitions."""
    pulse = NerveStimulation(
        frequency_hz=1.0,
        intensity_xmt=settings.conditioning_xmt,
        pulse_width_ms=settings.pulse_ms,
        path_m=TO_THE_CORD_m,
        conduction_m_per_s=IA_m_per_s,
        stop_s=0.5,
    )
    cord = bench.cord
    share = afferents_excited(settings.conditioning_xmt, settings.pulse_ms)
    reaches_ms = 1000 * TO_THE_CORD_m / IA_m_per_s

    def left(interval_ms: float) -> float:
        since_ms = interval_ms + 1000 * bench.nerve.arrives_s - reaches_ms - 1000 * CENTRAL_s
        return float(release_left(np.array(since_ms), share, cord.presynaptic_gain))

    def inhibition(interval_ms: float) -> Course:
        def course(times_s: FloatArray) -> FloatArray:
            return cord.reciprocal_gain * pulse.inhibition(times_s + interval_ms / 1000)

        return course

    table, waves = conditioned(
        bench, settings.intervals_ms, settings.test_pct_hmax, left, inhibition, progress
    )
    soleus = bench.pool.muscle == "SOL" and not settings.background_pct_mvc

    def outcome(name: str, first_ms: float, last_ms: float, low: float, high: float) -> Outcome:
        bounds = (low, high, _REMEMBERED) if soleus else (None, None, "")
        return Outcome(name, smallest(table, first_ms, last_ms), "% of control", *bounds)

    outcomes = (
        outcome("disynaptic (1 to 5 ms)", 1.0, 5.0, 65.0, 95.0),
        outcome("D1 (10 to 30 ms)", 10.0, 30.0, 60.0, 85.0),
        outcome("D2 (70 to 150 ms)", 70.0, 150.0, 50.0, 80.0),
    )
    return Found(table, outcomes, waves)
