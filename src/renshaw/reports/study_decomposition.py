"""The section of a study's page about recordings that the study itself decomposed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.reports.page import Section
from renshaw.reports.tables import Column, Row, Table, settings_table

if TYPE_CHECKING:
    from renshaw.study.result import StudyResult

# Older versions did not write these columns.
_COUNTS = ("motor_units", "motor_units_doubtful", "channels_bad")


def decomposition(result: StudyResult) -> Section | None:
    """Which recordings were decomposed, what was found in them, and with which settings."""
    if not {*_COUNTS, "decomposed"} <= {*result.design}:
        return None
    design = result.design[result.design["decomposed"]]
    if design.empty:
        return None
    body = []
    for row in design.to_dict("records"):
        units, doubtful, bad = (int(row[name]) for name in _COUNTS)
        cells = [units - doubtful, doubtful, bad]
        body.append(Row([str(row["recording"]), *map(str, cells)]))
    columns = [Column("Recording", numeric=False), Column("Good units")]
    columns += [Column("Doubtful units"), Column("Bad channels")]
    n = len(body)
    words = (
        f"{n} recording{' was' if n == 1 else 's were'} raw high-density EMG and "
        f"{'was' if n == 1 else 'were'} decomposed here (seed {result.plan.seed}). Doubtful units "
        "take no part in delta-F; of the others, how sure the decomposition is of them weighs "
        "the means."
    )
    table = Table("Decomposed recordings", columns, body)
    settings = settings_table(result.plan.decomposition, "Settings of the decomposition")
    folded = [] if settings is None else [settings]
    title = "From raw EMG to motor units"
    return Section("decomposition", title, [words], tables=[table], folded=folded)
