"""VibStim: vibration and bouts, the torque that nobody willed, and the motor units behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from renshaw.data.event_labels import BOUT, VIBRATION
from renshaw.estimation import EstimateSettings
from renshaw.estimation.quantities.vibstim import readings, vibstim_rows
from renshaw.figures import strokes
from renshaw.figures.colors import BLUE, INK, MUTED, ORANGE, VERMILION
from renshaw.figures.style import empty, new_figure, picture, plain, with_unit
from renshaw.figures.thinning import thin
from renshaw.reports.figures.order import by_recruitment
from renshaw.reports.figures.torque import usable_torque

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.data.recording import Recording


@picture
def vibstim_trial(recording: Recording, settings: EstimateSettings | None = None) -> Figure:
    """Draw what was done, torque with the times at which it is read, and all discharges.

    Parameters
    ----------
    recording : Recording
        With events of vibration and bouts.
    settings : EstimateSettings, optional
        When torque is read; the default rules if not given.
    """
    figure = new_figure(5.2)
    panels: Any = figure.subplots(3, 1, sharex=True, height_ratios=[0.42, 2.0, 2.0])
    _done(panels[0], recording)
    _torque(panels[1], recording, settings or EstimateSettings())
    _units(panels[2], recording)
    panels[0].set_title(plain(recording.name, 60))
    panels[2].set_xlabel("Time (s)")
    panels[2].set_xlim(*recording.units.window_s)
    figure.align_ylabels(list(panels))
    return figure


def _done(axes: Axes, recording: Recording) -> None:
    for row, (label, color) in enumerate(((VIBRATION, BLUE), (BOUT, ORANGE))):
        spans = [(e.onset_s, e.duration_s) for e in recording.events if e.label == label]
        axes.broken_barh(spans, (-row - 0.35, 0.7), facecolors=color, linewidth=0)
    axes.set_ylim(-1.5, 0.5)
    axes.set_yticks([0, -1], ["Vibration", "Stimulation"])
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _torque(axes: Axes, recording: Recording, settings: EstimateSettings) -> None:
    torque = usable_torque(recording)
    if torque is None:
        empty(axes, "Torque was not recorded")
        return
    times, values = thin(torque.times_s, torque.values, 2400)
    axes.plot(times, values, color=INK, linewidth=1.0)
    axes.set_ylabel(with_unit("Torque", torque.unit))
    found = {row.quantity: row for row in vibstim_rows(recording, (), settings)}
    begins = readings(recording, settings.vibstim)
    highest = float(values.max())
    axes.set_ylim(min(0.0, float(values.min())), 1.15 * highest)
    for name, words, height in (("torque_vib", "T vib", 0.8), ("torque_sust", "T sust", 0.55)):
        row, start = found[name], begins[name]
        if not row.ok:
            continue
        middle = start + settings.vibstim.window_s / 2
        axes.axvspan(start, start + settings.vibstim.window_s, color=VERMILION, alpha=0.25, lw=0)
        axes.plot([middle], [row.value], "o", color=VERMILION, markersize=4)
        axes.text(
            middle + settings.vibstim.window_s,
            height * highest,
            f"{words}\n{row.value:.1f} {plain(row.units)}",
            color=VERMILION,
        )


def _units(axes: Axes, recording: Recording) -> None:
    n = len(recording.units)
    if n == 0:
        empty(axes, "No motor unit")
        return
    vibration = next(event for event in recording.events if event.label == VIBRATION)
    for row, i in enumerate(by_recruitment(recording.units), start=1):
        strokes.ticks(axes, recording.units[i], row, 0.72, BLUE)
    axes.axvline(
        vibration.onset_s + vibration.duration_s, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3))
    )
    axes.set_ylim(0.2, n + 0.8)
    axes.set_ylabel("Motor unit,\nby recruitment")
