"""The page of a decomposition: channels, raster, sources, action potentials, doubtful units."""

from __future__ import annotations

import numpy as np

from renshaw.data.decomposition import LEFT_OUT, stretches_in_words
from renshaw.data.recording import Recording
from renshaw.decomposition.muaps import action_potentials
from renshaw.decomposition.source import settings_of
from renshaw.findings.recording import decomposed
from renshaw.reports.figures.grid import action_potential, amplitude_maps, channel_quality
from renshaw.reports.figures.raster import raster
from renshaw.reports.figures.sources import sources
from renshaw.reports.figures.stretches import stretches
from renshaw.reports.page import Content, Drawing, Section, drawing
from renshaw.reports.recording_sections import file_notes
from renshaw.reports.tables import Column, Row, Table

_MOST_SOURCES = 30
_LARGEST_SHOWN = 3


def decomposition(recording: Recording) -> Content:
    """Return the page about the decomposition of one recording."""
    units = recording.units
    good = [i for i, flag in enumerate(units.flags) if not flag]
    shown = (
        _channels(recording),
        _stretches(recording),
        _discharges(recording, good),
        _sources(recording, good),
        _potentials(recording, good),
        _doubtful(recording),
        file_notes(recording),
    )
    return Content(
        title=recording.name,
        kind="Decomposition",
        findings=[decomposed(recording)],
        sections=shown,
        history=recording.history,
        settings=settings_of(recording),
        settings_title="Settings of the decomposition",
    )


def _channels(recording: Recording) -> Section:
    rows = [
        Row((f"{grid.name}, {number}", fault), ok=False)
        for grid in recording.grids
        for number, fault in enumerate(grid.faults, start=1)
        if fault
    ]
    faults = Table("Channels left out", (Column("Channel"), Column("It", numeric=False)), rows)
    return Section(
        "channels",
        "Channels",
        pictures=[
            drawing(
                channel_quality(recording),
                "channels",
                "EMG amplitude of each channel of the grid",
                "Standard deviation of the raw EMG, one square an electrode; crossed out: left "
                "out of the decomposition.",
                small=True,
            )
        ],
        tables=[faults] if rows else [],
    )


def _stretches(recording: Recording) -> Section | None:
    how = recording.decomposition
    if how is None or not how.stretches:
        return None
    several = len(recording.grids) > 1
    rows = [
        Row(
            (
                f"{each.start_s:.3f}",
                f"{each.end_s:.3f}",
                *([recording.grids[each.grid - 1].name] if several else []),
                str(len(each.channels)),
                each.kind,
                each.done,
            ),
            ok=each.done != LEFT_OUT,
        )
        for each in how.stretches
    ]
    columns = [Column("From", "s"), Column("To", "s")]
    columns += [Column("Grid", numeric=False)] if several else []
    columns += [Column("Channels"), Column("It looks like", numeric=False)]
    columns += [Column("What was done", numeric=False)]
    return Section(
        "stretches",
        "Stretches of time",
        paragraphs=[*stretches_in_words(how.stretches), _GAPS],
        pictures=[
            drawing(
                stretches(recording),
                "stretches",
                "EMG amplitude over time, bad stretches marked",
                "Standard deviation of the raw EMG in short parts, of the middle channel and the "
                "loudest; on a logarithmic scale.",
            )
        ],
        tables=[Table("Stretches in which electrodes did not see the muscle", columns, rows)],
    )


_GAPS = (
    "Where a stretch was left out, whether a unit fired is not known: an interval across it is no "
    "interval, and it counts as no silence."
)


def _discharges(recording: Recording, good: list[int]) -> Section:
    quality = recording.units.quality
    names = [
        ("silhouette", "Silhouette", "", 2),
        ("pnr_db", "PNR", "dB", 1),
        ("rate_pps", "Median rate", "pps", 1),
        ("cov_isi_pct", "CoV", "%", 0),
        ("cv2_pct", "CV2", "%", 0),
        ("alike", "Last potentials like the first", "", 2),
        ("shift_mm", "Shift", "mm", 0),
        ("confidence", "Confidence", "", 2),
    ]
    known = [name for name in names if name[0] in quality]
    rows = [
        Row(
            (
                recording.units.labels[i],
                str(len(recording.units[i])),
                *(
                    "" if np.isnan(quality[name][i]) else f"{quality[name][i]:.{digits}f}"
                    for name, _, _, digits in known
                ),
            )
        )
        for i in good
    ]
    head = [Column("Unit"), Column("Discharges")]
    head += [Column(title, unit) for _, title, unit, _ in known]
    return Section(
        "discharges",
        "Discharges",
        pictures=[
            drawing(
                raster(recording.__class__(recording.units.select(good), recording.signals)),
                "raster",
                "Discharges of the good units over time",
                "Good units only, the first recruited at the bottom; torque in gray.",
            )
        ],
        tables=[Table("Good motor units", head, rows)] if rows else [],
    )


def _sources(recording: Recording, good: list[int]) -> Section | None:
    if not good or "sources" not in recording.signals:
        return None
    few = good[:_MOST_SOURCES]
    return Section(
        "sources",
        "Sources",
        paragraphs=[
            "The source of a unit should be near zero except where it fires. Peaks of in-between "
            "height are discharges that were missed, or those of another unit."
        ],
        pictures=[
            drawing(
                sources(recording, few),
                "sources",
                "Source of each good unit over time, discharges marked",
                "Squared sources, scaled to their discharges; dots are the discharges.",
            )
        ],
    )


def _potentials(recording: Recording, good: list[int]) -> Section | None:
    if not good or "emg" not in recording.signals or not recording.grids:
        return None
    pictures: list[Drawing] = []
    for number, grid in enumerate(recording.grids):
        mine = [i for i in good if _grid_of(recording, i) == number]
        if not mine:
            continue
        shapes = action_potentials(recording, number)
        name = f"maps-{number}"
        pictures.append(
            drawing(
                amplitude_maps(recording, [(i, shapes[i]) for i in mine], grid),
                name,
                f"Amplitude of each unit's action potential over {grid.name}",
                f"{grid.name}: amplitude (peak to peak) of each good unit's action potential, "
                "yellow where it is largest; the number is the largest, in uV.",
            )
        )
        largest = sorted(mine, key=lambda i: -float(np.abs(shapes[i][grid.good]).max(initial=0.0)))
        for i in largest[:_LARGEST_SHOWN] if grid.placed else []:
            pictures.append(
                drawing(
                    action_potential(recording, i, shapes[i], grid),
                    f"potential-{number}-{i}",
                    f"Action potential of unit {recording.units.labels[i]} on every channel",
                    f"Unit {recording.units.labels[i]}: 40 ms around its discharges.",
                    small=True,
                )
            )
    return Section("potentials", "Action potentials", pictures=pictures)


def _grid_of(recording: Recording, unit: int) -> int:
    numbers = recording.units.quality.get("grid")
    return 0 if numbers is None or not np.isfinite(numbers[unit]) else int(numbers[unit]) - 1


def _doubtful(recording: Recording) -> Section | None:
    units = recording.units
    rows = [
        Row((label, str(len(times)), flag), ok=False)
        for label, times, flag in zip(units.labels, units.times_s, units.flags, strict=True)
        if flag
    ]
    if not rows:
        return None
    columns = (
        Column("Unit"),
        Column("Discharges"),
        Column("Why it is not trusted", numeric=False, wide=True),
    )
    return Section(
        "doubtful",
        "Doubtful units",
        folded=[Table("Units that are not trusted", columns, rows, "Every doubtful unit")],
    )
