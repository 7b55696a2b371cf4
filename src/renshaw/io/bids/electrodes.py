"""The electrodes of a BIDS session: one table for all its recordings, in one coordinate system.

::

    sub-01_ses-pre_electrodes.tsv                  name, x, y, coordinate_system, group
    sub-01_ses-pre_space-grid_coordsystem.json

The standard asks that electrodes be not listed again for each recording. Recordings of one session
may still come from different grids: an electrode is known by its name and its group, and a grid
whose electrodes lie elsewhere than those already listed gets a group of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from renshaw.core.together import Together
from renshaw.data.grid import Grid
from renshaw.io.bids.sheet import (
    MISSING,
    number_cell,
    rows_of,
    store_content,
    store_table,
    text_cell,
)

_COLUMNS = ("name", "x", "y", "coordinate_system", "group")
_SPACE = "grid"
_SYSTEM = {
    "EMGCoordinateSystem": "Other",
    "EMGCoordinateUnits": "mm",
    "EMGCoordinateSystemDescription": (
        "x across and y along the rows of the grid of electrodes that the column group names, "
        "from a corner of that grid; where the grid lies on the body is not stated."
    ),
}


def store_electrodes(
    files: Together,
    folder: Path,
    session: str,
    stem: str,
    labels: Sequence[str],
    grids: Sequence[Grid],
) -> list[str]:
    """Add the electrodes of a recording to those of its session.

    Parameters
    ----------
    files : Together
        Into which they are written.
    folder : Path
        That of the recording.
    session : str
        What the names of the session's files begin with, ``"sub-01_ses-pre"``.
    stem : str
        What the names of the recording's files begin with.
    labels : sequence of str
        Name of each channel of the EMG, which is that of its electrode.
    grids : sequence of Grid

    Returns
    -------
    list of str
        The group of each grid.
    """
    path = folder / f"{session}_electrodes.tsv"
    sheet = rows_of(path)
    if path.exists() and not all(set(_COLUMNS) <= row.keys() for row in sheet or [{}]):
        # Another program's table is left alone; one that names the recording goes before it.
        path, sheet = folder / f"{stem}_electrodes.tsv", []
    listed = {(row["group"], row["name"]): row for row in sheet}
    elsewhere = _groups_elsewhere(folder, f"{stem}_channels.tsv")
    groups: list[str] = []
    for grid in grids:
        rows = _rows(grid, labels)
        group = _group(rows, text_cell(grid.name or "EMG"), listed, elsewhere, groups)
        groups.append(group)
        for name, row in rows.items():
            listed[group, name] = {**listed.get((group, name), {}), **row, "group": group}
    columns = list(sheet[0]) if sheet else list(_COLUMNS)
    cells = [[row.get(c, MISSING) for c in columns] for row in listed.values()]
    store_table(files, path, columns, cells)
    store_content(files, folder / f"{session}_space-{_SPACE}_coordsystem.json", _SYSTEM)
    _forget_earlier_layout(files, folder, stem, path)
    return groups


def _rows(grid: Grid, labels: Sequence[str]) -> dict[str, dict[str, str]]:
    rows = {}
    for k, channel in enumerate(grid.channels):
        x, y = (number_cell(float(axis[k])) for axis in (grid.x_mm, grid.y_mm))
        name = text_cell(labels[channel])
        rows[name] = {"name": name, "x": x, "y": y, "coordinate_system": _SPACE}
    return rows


def _group(
    rows: dict[str, dict[str, str]],
    named: str,
    listed: dict[tuple[str, str], dict[str, str]],
    elsewhere: set[str],
    taken: Sequence[str],
) -> str:
    """Return the first group in which the electrodes contradict none of another recording."""
    number, group = 1, named
    while group in taken or (
        group in elsewhere
        and any(
            listed[group, name].get(c) != row[c]
            for name, row in rows.items()
            if (group, name) in listed
            for c in ("x", "y", "coordinate_system")
        )
    ):
        number += 1
        group = f"{named}-{number}"
    return group


def _groups_elsewhere(folder: Path, mine: str) -> set[str]:
    """Return the groups that the other recordings of the folder refer to."""
    others = [path for path in folder.glob("*_channels.tsv") if path.name != mine]
    return {row.get("group", MISSING) for path in others for row in rows_of(path)}


def _forget_earlier_layout(files: Together, folder: Path, stem: str, kept: Path) -> None:
    """Remove tables of this very recording as renshaw first wrote them; they would go first."""
    for old in (folder / f"{stem}_electrodes.tsv", folder / f"{stem}_coordsystem.json"):
        if old != kept:
            files.remove(old)
