"""What a recording holds, what its decomposition found, and what both say with its estimates."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import counted
from renshaw.data.decomposition import stretches_in_words
from renshaw.data.estimates import Estimates
from renshaw.data.reasons import Reasons, tallied
from renshaw.data.recording import Recording
from renshaw.data.suspicion import suspicions
from renshaw.estimation.detectable import detectable_words
from renshaw.estimation.multiverse import Multiverse
from renshaw.findings import estimates as of_estimates
from renshaw.findings import multiverse as of_multiverse
from renshaw.findings.exclusions import named, reasons

if TYPE_CHECKING:
    from renshaw.statistics.trials.reliability import Reliability


@finds(Recording)
def findings(recording: Recording) -> tuple[Finding, ...]:
    """Return what the recording holds."""
    return (decomposed(recording) if "sources" in recording.signals else _fired(recording),)


def _fired(recording: Recording) -> Finding:
    units = recording.units
    active = sum(len(times) > 0 for times in units)
    discharges = sum(len(times) for times in units)
    sentence = f"{active} of {counted(len(units), 'motor unit')} fired {discharges} times."
    return Finding(
        sentence=sentence if len(units) else "There is no motor unit in this recording.",
        numbers=[Number(name="Motor units", value=len(units))],
        n=len(units) or None,
        of="motor units",
        warnings=[*flagged(recording), *map(str, suspicions(recording))],
        next_steps=_undecomposed(recording),
    )


def _undecomposed(recording: Recording) -> list[str]:
    if len(recording.units) or "emg" not in recording.signals:
        return []
    return ["This is raw EMG: renshaw decompose (rs.decompose) finds its motor units."]


def decomposed(recording: Recording) -> Finding:
    """Return what the decomposition of a recording found."""
    units = recording.units
    good = [i for i, flag in enumerate(units.flags) if not flag]
    doubtful = len(units) - len(good)
    sentence = f"{counted(len(good), 'good motor unit')} in {recording.name}"
    if doubtful:
        sentence += f"; {doubtful} more were found but are not to be trusted"
    return Finding(
        sentence=f"{sentence}.",
        numbers=[
            Number(name="Good motor units", value=len(good)),
            *_medians(recording, good),
        ],
        n=len(good),
        of="good motor units",
        warnings=list(map(str, suspicions(recording))),
        left_out=[*_doubtful(recording), *bad_channels(recording), *bad_stretches(recording)],
    )


def _medians(recording: Recording, good: list[int]) -> list[Number]:
    quality = recording.units.quality
    return [
        Number(name=title, value=float(np.median(quality[name][good])), unit=unit, digits=digits)
        for title, name, unit, digits in (
            ("Median silhouette", "silhouette", "", 2),
            ("Median pulse-to-noise ratio", "pnr_db", "dB", 3),
            ("Median rate", "rate_pps", "pps", 3),
        )
        if good and name in quality
    ]


def _doubtful(recording: Recording) -> list[str]:
    flags = [flag for flag in recording.units.flags if flag]
    if not flags:
        return []
    why = reasons(tallied(each for flag in flags for each in Reasons.made(flag)))
    return [f"{counted(len(flags), 'doubtful unit')}: {why}."]


def bad_channels(recording: Recording) -> list[str]:
    """Return how many channels were left out, and what is wrong with them."""
    channels = sum(len(grid) for grid in recording.grids)
    bad = sum(int((~grid.good).sum()) for grid in recording.grids)
    if not bad:
        return []
    # What stands in brackets is a figure of one channel.
    faults = tallied(
        reason
        for grid in recording.grids
        for fault in grid.faults
        for reason in Reasons.made(fault.partition(" (")[0])
    )
    why = f": {reasons(faults)}" if faults else ""
    return [f"{bad} of {counted(channels, 'channel')}{why}."]


def bad_stretches(recording: Recording) -> list[str]:
    """Return how many seconds were left out, bridged or cleaned, and why."""
    how = recording.decomposition
    return [] if how is None else stretches_in_words(how.stretches)


def flagged(recording: Recording) -> list[str]:
    """Return which units are not to be trusted, in a warning."""
    units = recording.units
    names = [
        f"{label} ({flag})" for label, flag in zip(units.labels, units.flags, strict=True) if flag
    ]
    return [f"Units that should not be trusted: {named(names)}."] if names else []


def measured(
    recording: Recording,
    estimates: Estimates,
    multiverse: Multiverse | None = None,
    reliability: Reliability | None = None,
) -> tuple[Finding, ...]:
    """Return what the estimates of a recording say, with what speaks against them.

    With the reliability of a laboratory's own test and retest, its detectable changes are told
    instead of published ones.
    """
    first, *others = of_estimates.findings(estimates.select(recording=recording.name))
    warned = replace(
        first,
        warnings=(*first.warnings, *_silent(recording), *flagged(recording)),
        how_sure=_told_by(reliability) if reliability and first.how_sure else first.how_sure,
        next_steps=(*first.next_steps, *_undecomposed(recording)),
    )
    more = () if multiverse is None else of_multiverse.findings(multiverse)
    return (warned, *others, *more)


def _silent(recording: Recording) -> list[str]:
    """Say what there is instead, where no motor unit fires."""
    units = recording.units
    if any(len(times) for times in units):
        return []
    found = [
        f"{name} of {signal.end_s - signal.start_s:.3g} s"
        for name, signal in ((_WORDS.get(n, n), s) for n, s in recording.signals.items())
    ]
    what = counted(len(units), "motor unit") + " without any discharge" if len(units) else ""
    held = [*([what] if what else []), *found]
    return [f"What was found: {', '.join(held)}."] if held else []


_WORDS = {"emg": "EMG", "sources": "sources of a decomposition"}


def _told_by(reliability: Reliability) -> tuple[str, ...]:
    table = reliability.table
    own = dict(zip(table["level"], table["detectable_change"].astype(float), strict=True))
    return (detectable_words(own),)
