"""From a trial to what the page draws: a sketch while a hand moves, the whole when it rests."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from renshaw.app.explore.knobs import Scene
from renshaw.app.explore.mission import steps_done
from renshaw.app.explore.summary import key_figures, spoken
from renshaw.data.arrays import FloatArray
from renshaw.data.estimates import Estimates
from renshaw.data.recording import Recording
from renshaw.engine.settings import EngineSettings
from renshaw.estimation.estimate import rows_of
from renshaw.estimation.settings import EstimateSettings
from renshaw.estimation.smoothing import smoothed_rates
from renshaw.experiment.simulate import Trial, rehearse, simulate_many
from renshaw.experiment.tracking import usual_tracking
from renshaw.figures import Figure
from renshaw.reports.figures.explored import beside, explored

SKETCH, FULL = "sketch", "full"
Progress = Callable[[int, int, str], None]

# Large steps, a third of the work: spikes come within a millisecond or two of where they belong.
SKETCHY = EngineSettings(
    step_ms=0.25, slow_steps=4, inner_steps=4, fine_above_mV=-35.0, fine_slope_mV_per_ms=2.0
)
# One thread: on a busy computer two that wait for each other at every step are slower than one.
_THREADS = 1


@dataclass(frozen=True, eq=False)
class Picture:
    """What the page shows of a trial.

    Parameters
    ----------
    figure : Figure
    said : mapping of str to values
        What JSON takes: numbers, words, the program.
    """

    figure: Figure
    said: dict[str, Any]


def sent(picture: Picture, before: Picture | None) -> bytes:
    """Return a picture as JSON, the trial before beside it where there is one."""
    figure = beside(picture.figure, None if before is None else before.figure)
    answer = {**picture.said, "figure": figure.to_plain()}
    return json.dumps(answer, separators=(",", ":"), allow_nan=False).encode()


def drawn(
    scene: Scene, quality: str, learned: FloatArray | None, progress: Progress | None = None
) -> Picture:
    """Return the picture of a trial.

    Parameters
    ----------
    scene : Scene
    quality : str
        `SKETCH` or `FULL`.
    learned : array or None
        The drive that `learned_drive` found for this scene or, for a sketch, one much like it.
    progress : callable, optional
        An exception that it raises ends the work.
    """
    began_s = time.perf_counter()
    recording = recorded(scene, quality, learned, progress)
    settings = EstimateSettings()
    rates = smoothed_rates(recording.units, settings.smoothing)
    estimates = Estimates(tuple(rows_of(recording, settings, rates)))
    torque = recording.signal("torque")
    figures = key_figures(estimates, float(torque.values.max()), torque.unit)
    shown = explored(recording, rates, estimates)
    said: dict[str, Any] = {
        "quality": quality,
        "figures": figures,
        "words": f"{estimates.finding.sentence} {spoken(figures)}",
        "mission": steps_done(scene, estimates),
        "python": recording.history.as_python() if quality == FULL else "",
    }
    said["server_ms"] = round(1000 * (time.perf_counter() - began_s))
    return Picture(shown, said)


def recorded(
    scene: Scene, quality: str, learned: FloatArray | None, progress: Progress | None = None
) -> Recording:
    """Return the recording of a trial."""
    trial = Trial(scene.participant, scene.protocol, scene.given, scene.seed, learned=learned)
    engine = SKETCHY if quality == SKETCH else EngineSettings()
    return simulate_many([trial], engine=engine, threads=_THREADS, progress=progress)[0]


def learned_drive(scene: Scene, quality: str, progress: Progress | None = None) -> FloatArray:
    """Return the drive that the person has learned; for a sketch after a quick try only."""
    if quality == FULL:
        return rehearse(scene.participant, scene.protocol, scene.given, progress=progress)
    return rehearse(
        scene.participant,
        scene.protocol,
        scene.given,
        tracking=usual_tracking(scene.participant.edition).replace(practice=0),
        engine=SKETCHY,
        progress=progress,
    )
