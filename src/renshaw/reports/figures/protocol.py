"""A protocol's picture of itself: what happens when, in words and time."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, Final

import numpy as np

from renshaw.data.event_labels import BOUT, BURST, PROVOCATION, VIBRATION
from renshaw.figures.colors import BLUE, FAINT, GREEN, INK, MUTED, ORANGE, PURPLE, VERMILION
from renshaw.figures.style import new_figure, picture, plain
from renshaw.protocols import Protocol, Ramp, SpasmTest, Stimulated, VibStim

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.data.recording import Event

_COLORS: Final = {VIBRATION: BLUE, BOUT: ORANGE, PROVOCATION: VERMILION, BURST: GREEN}
_LONGEST_LABEL: Final = 90


@picture
def protocol_timeline(protocol: Protocol) -> Figure:
    """Draw the effort asked for, if any, and a bar for each thing that happens, with its words.

    Parameters
    ----------
    protocol : Protocol
    """
    lanes = _lanes(protocol)
    effort = protocol.highest_effort_pct_mvc > 0
    heights_in = ([1.6] if effort else []) + ([0.62 * len(lanes)] if lanes else [])
    heights_in = heights_in or [0.6]
    figure = new_figure(0.9 + sum(heights_in))
    panels = figure.subplots(
        len(heights_in), 1, sharex=True, squeeze=False, height_ratios=heights_in
    )[:, 0]
    if effort:
        _effort(panels[0], protocol)
    if lanes:
        _bars(panels[-1], lanes, words_of(protocol))
    panels[0].set_title(words_of(protocol)[""], fontweight="normal")
    panels[-1].set_xlim(0.0, protocol.duration_s)
    panels[-1].set_xlabel("Time (s)")
    return figure


def _lanes(protocol: Protocol) -> dict[str, list[Event]]:
    """Return what happens besides the effort, by label, in order."""
    lanes: dict[str, list[Event]] = {}
    for event in sorted(protocol.events(), key=lambda event: event.onset_s):
        if event.label != "ramp":
            lanes.setdefault(event.label, []).append(event)
    return lanes


def _effort(axes: Axes, protocol: Protocol) -> None:
    times_s = np.linspace(0.0, protocol.duration_s, 1000)
    effort = protocol.effort_pct_mvc(times_s)
    axes.fill_between(times_s, effort, color=FAINT, linewidth=0)
    axes.plot(times_s, effort, color=INK)
    axes.set_ylabel("Torque asked for\n(% MVC)" if protocol.tracks_torque else "Effort (% MVC)")
    axes.set_ylim(0.0, 1.12 * protocol.highest_effort_pct_mvc)


def _bars(axes: Axes, lanes: dict[str, list[Event]], words: dict[str, str]) -> None:
    for row, (label, events) in enumerate(lanes.items()):
        color = _COLORS.get(label, PURPLE)
        spans = [(event.onset_s, max(event.duration_s, 0.05)) for event in events]
        axes.broken_barh(spans, (-row - 0.22, 0.44), facecolors=color, linewidth=0)
        axes.text(
            events[0].onset_s,
            -row + 0.27,
            words.get(label, plain(label, _LONGEST_LABEL)),
            color=INK,
            va="bottom",
            fontsize=8.5,
        )
    axes.set_ylim(-len(lanes) + 0.55, 0.75)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=MUTED, alpha=0.15, linewidth=0.6)


@singledispatch
def words_of(protocol: Protocol) -> dict[str, str]:
    """Return a sentence about the protocol, under "", and one about each label of its events."""
    return {"": (protocol.__doc__ or "").strip().splitlines()[0]}


@words_of.register
def _(protocol: Ramp) -> dict[str, str]:
    course = f"up in {protocol.rise_s:g} s, "
    if protocol.hold_s:
        course += f"held for {protocol.hold_s:g} s, "
    course += f"down in {protocol.fall_s:g} s"
    times = f", {protocol.repeats} times" if protocol.repeats > 1 else ""
    return {"": f"To {protocol.peak_pct_mvc:g} % MVC: {course}{times}"}


@words_of.register
def _(protocol: VibStim) -> dict[str, str]:
    return {
        "": "A relaxed person; torque is read between the bouts and after vibration",
        VIBRATION: f"Tendon vibration at {protocol.vibration_hz:g} Hz for "
        f"{protocol.vibration_s:g} s",
        BOUT: f"{protocol.bouts} bouts of stimulation: {protocol.bout_s:g} s at "
        f"{protocol.stimulation_hz:g} Hz, {protocol.pulse_ms:g}-ms pulses that evoke "
        f"{protocol.evoked_pct_mvc:g} % MVC",
    }


@words_of.register
def _(protocol: SpasmTest) -> dict[str, str]:
    return {
        "": "A person at rest; how long does firing continue by itself?",
        PROVOCATION: f"Touch or stretch for {protocol.input_s:g} s",
        BURST: f"Burst of inhibition for {protocol.burst_s:g} s",
    }


@words_of.register
def _(protocol: Stimulated) -> dict[str, str]:
    return words_of(protocol.protocol)
