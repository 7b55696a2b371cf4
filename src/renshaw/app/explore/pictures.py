"""From a trial to what the page draws: a sketch while a hand moves, the whole when it rests."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

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
from renshaw.experiment.tracking import TorqueTrackingSettings
from renshaw.reports.figures.explored import Bracket, Curve, Mark, Panel, explored, panels
from renshaw.reports.figures.style import look

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
    """What the page draws, and what it is made of.

    Parameters
    ----------
    sent : bytes
        JSON.
    panels : tuple of Panel
    until_s : float
    """

    sent: bytes
    panels: tuple[Panel, ...]
    until_s: float


def drawn(
    scene: Scene, quality: str, learned: FloatArray | None, progress: Progress | None = None
) -> Picture:
    """Return the picture of a trial, as JSON and as panels.

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
    shown = panels(recording, rates, estimates)
    picture = {
        "quality": quality,
        "duration_s": recording.units.window_s[1],
        "panels": [_panel(panel) for panel in shown],
        "figures": figures,
        "words": f"{estimates.finding.sentence} {spoken(figures)}",
        "mission": steps_done(scene, estimates),
        "python": recording.history.as_python() if quality == FULL else "",
    }
    picture["server_ms"] = round(1000 * (time.perf_counter() - began_s))
    sent = json.dumps(picture, separators=(",", ":"), allow_nan=False).encode()
    return Picture(sent, shown, recording.units.window_s[1])


def figure_of(pictures: Sequence[Picture], titles: Sequence[str]) -> bytes:
    """Return pictures side by side on paper, as SVG."""
    until_s = max(picture.until_s for picture in pictures)
    file = io.BytesIO()
    with look():
        figure = explored([picture.panels for picture in pictures], titles, until_s)
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


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
        tracking=TorqueTrackingSettings(practice=0),
        engine=SKETCHY,
        progress=progress,
    )


def _panel(panel: Panel) -> dict[str, Any]:
    low, high = panel.span
    return {
        "name": panel.name,
        "title": panel.title,
        "unit": panel.unit.replace("1e-5", "10⁻⁵"),
        "low": round(low, 4),
        "high": round(high, 4),
        "curves": [_curve(curve) for curve in panel.curves],
        "rows": [np.round(row, 3).tolist() for row in panel.rows],
        "marks": [_mark(mark) for mark in panel.marks],
        "bracket": None if panel.bracket is None else _bracket(panel.bracket),
        "empty": panel.empty,
    }


def _curve(curve: Curve) -> dict[str, Any]:
    """Return a line; its times are evenly spaced, so that two numbers say them all."""
    n = len(curve.values)
    step_s = float(curve.times_s[-1] - curve.times_s[0]) / (n - 1) if n > 1 else 0.0
    values = np.round(curve.values.astype(float), 3)
    return {
        "start": float(curve.times_s[0]) if n else 0.0,
        "step": step_s,
        "values": [v if v == v else None for v in values.tolist()],
        "color": curve.color,
        "label": curve.label,
        "weight": curve.weight,
        "dashed": curve.dashed,
    }


def _mark(mark: Mark) -> dict[str, Any]:
    return {"from": mark.from_s, "to": mark.to_s, "label": mark.label, "color": mark.color}


def _bracket(bracket: Bracket) -> dict[str, Any]:
    return {
        "at": bracket.at_s,
        "since": bracket.since_s,
        "levels": bracket.levels,
        "words": bracket.words,
    }
