"""Tables of a report: every estimate, every pair, every exclusion with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.core.numbers import between, number, p_value, unbroken
from renshaw.core.settings import Settings
from renshaw.data.bounds import bound_of_mean, mean_words
from renshaw.data.estimates import Estimate
from renshaw.data.reasons import tallied
from renshaw.data.recording import Recording
from renshaw.estimation.multiverse import Universe
from renshaw.estimation.quantity import fails_alone
from renshaw.findings.words import title_of
from renshaw.reports.figures.multiverse import choices_of, level_words

if TYPE_CHECKING:
    import pandas as pd

_MOST_ROWS = 400


@dataclass(frozen=True)
class Column:
    """The head of a column."""

    title: str
    unit: str = ""
    numeric: bool = True
    wide: bool = False


@dataclass(frozen=True)
class Row:
    """Cells, already in words."""

    cells: Sequence[str]
    ok: bool = True


@dataclass(frozen=True)
class Table:
    """A table in a page; the first column names its row."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    summary: str = ""


def unit_table(recording: Recording, rows: Sequence[Estimate]) -> Table:
    """Return one row a unit, one column a quantity; a star marks what fails the rules."""
    mine = [row for row in rows if row.unit > 0 and not row.control]
    quantities = list(dict.fromkeys(row.quantity for row in mine))
    units = {row.quantity: row.units for row in reversed(mine)}
    cells = {(row.unit, row.quantity): row for row in mine}
    body = []
    for i, label in enumerate(recording.units.labels):
        found = [cells.get((i + 1, quantity)) for quantity in quantities]
        discharges = str(len(recording.units[i]))
        body.append(Row([label, discharges, *(_cell(row) for row in found)]))
    return Table(
        "All estimates of all units; * marks excluded values (reasons below), a sign a bound",
        [
            Column("Unit"),
            Column("Discharges"),
            *(Column(title_of(q), units[q]) for q in quantities),
        ],
        body,
        summary="Every estimate of every unit",
    )


def _cell(row: Estimate | None) -> str:
    if row is None:
        return ""
    return row.words + ("" if row.ok else "*")


def pair_table(recording: Recording, rows: Sequence[Estimate]) -> Table:
    """Return one row a pair, accepted ones first."""
    mine = [row for row in rows if row.control]
    quantities = list(dict.fromkeys(row.quantity for row in mine))
    units = {row.quantity: row.units for row in reversed(mine)}
    cells = {(row.unit, row.control, row.quantity): row for row in mine}
    verdicts = [row for row in mine if row.quantity == "delta_f_pair"]
    body = []
    for verdict in sorted(verdicts, key=lambda row: (not row.ok, row.unit, row.control)):
        found = (cells.get((verdict.unit, verdict.control, q)) for q in quantities)
        words = "accepted" if verdict.ok else verdict.reason
        if verdict.ok and verdict.reason:
            words = f"accepted; {verdict.reason}"
        body.append(
            Row(
                [
                    _label(recording, verdict.unit),
                    _label(recording, verdict.control),
                    *(row.words if row else "" for row in found),
                    words,
                ],
                verdict.ok,
            )
        )
    columns = [Column("Test unit"), Column("Control unit")]
    columns += [Column(title_of(q), units[q]) for q in quantities]
    columns.append(Column("Verdict", numeric=False, wide=True))
    return Table("All pairs of units, accepted or rejected", columns, body, summary="Every pair")


def recording_table(rows: Sequence[Estimate]) -> Table:
    """Return the values of the recording as a whole."""
    mine = [row for row in rows if row.unit == 0]
    return Table(
        "The recording as a whole",
        [
            Column("Quantity", numeric=False),
            Column("Value"),
            Column("", numeric=False),
            Column("Remark", numeric=False),
        ],
        [Row([title_of(row.quantity), row.words, row.units, row.reason], row.ok) for row in mine],
    )


def exclusion_tables(recording: Recording, rows: Sequence[Estimate]) -> tuple[Table, Table]:
    """Return how often each reason occurs, and every excluded value with its reason."""
    out = [row for row in rows if not row.ok]
    several = any(row.contraction for row in out)
    every = Table(
        "Every excluded value",
        [
            Column("What", numeric=False),
            *([Column("Contraction")] if several else []),
            Column("Unit"),
            Column("Control unit"),
            Column("Value"),
            Column("", numeric=False),
            Column("Reason", numeric=False, wide=True),
        ],
        [
            Row(
                [
                    title_of(row.quantity),
                    *([str(row.contraction or "")] if several else []),
                    _label(recording, row.unit),
                    _label(recording, row.control),
                    row.words,
                    row.units,
                    row.reason,
                ]
            )
            for row in out
        ],
        summary="Every excluded value and its reason",
    )
    return reason_table(rows), every


def reason_table(rows: Iterable[Estimate], most: int = 60) -> Table:
    """Return how often each reason occurs; quantities that fail together share a line."""
    found: dict[tuple[tuple[str, ...], str], list[Estimate]] = {}
    for row in rows:
        # A pair's criteria fail with the pair; counting them again would double the list.
        if not row.ok and fails_alone(row.quantity):
            found.setdefault((row.reasons.codes, row.reasons.gist), []).append(row)
    return reason_count_table(
        [
            (_together(mine), Counter(title_of(row.quantity) for row in mine))
            for mine in found.values()
        ],
        most,
    )


def _together(rows: Sequence[Estimate]) -> str:
    """Return the reasons that all of these rows have, each in words that fit every row."""
    each = zip(*(row.reasons for row in rows), strict=False)
    return "; ".join(line for same in each for line in tallied(same))


def reason_count_table(found: Iterable[tuple[str, Counter[str]]], most: int = 60) -> Table:
    """Return how often each reason occurs, by quantity; those that fail together share a line."""
    lines: list[tuple[int, str, str]] = []
    for reason, counts in found:
        for n in sorted(set(counts.values()), reverse=True):
            together = [what for what, times in counts.items() if times == n]
            lines.append((n, ", ".join(together), reason))
    lines.sort(key=lambda line: -line[0])
    return Table(
        "Excluded values, by reason",
        [
            Column("What", numeric=False),
            Column("Reason", numeric=False, wide=True),
            Column("Times"),
        ],
        [Row([what, reason, str(n)]) for n, what, reason in lines[:most]],
        summary="Reasons",
    )


def _label(recording: Recording, unit: int) -> str:
    if 1 <= unit <= len(recording.units):
        return recording.units.labels[unit - 1]
    return ""


def choice_table(universes: Sequence[Universe]) -> Table:
    """Return the median ΔF of all universes that share a choice, choice by choice."""
    rows = []
    for column, levels in choices_of(universes).items():
        for level in levels:
            mine = [each for each in universes if getattr(each, column) == level]
            mine = [each for each in mine if np.isfinite(each.delta_f_mean)]
            known = np.array([each.delta_f_mean for each in mine])
            bound = bound_of_mean(each.bound for each in mine)
            cells = [level_words(column, level), str(len(known))]
            if len(known):
                cells += [
                    mean_words(float(each), bound)
                    for each in np.quantile(known, (0.5, 0.025, 0.975))
                ]
            else:
                cells += ["–"] * 3
            rows.append(Row(cells))
    return Table(
        "Mean ΔF of a recording over all analyses that share a choice: a choice matters where the "
        "medians of its alternatives differ",
        [
            Column("Choice", numeric=False),
            Column("Universes"),
            Column("Median", "pps"),
            Column("2.5 %", "pps"),
            Column("97.5 %", "pps"),
        ],
        rows,
        summary="Choice by choice",
    )


def settings_table(
    settings: Settings | Mapping[str, Any] | None,
    title: str = "Settings of the estimates",
) -> Table | None:
    """Return every setting with its value, unit and help; of another version, what it says."""
    if settings is None:
        return None
    return Table(
        title,
        [
            Column("Setting", numeric=False),
            Column("Value"),
            Column("Unit", numeric=False),
            Column("Meaning", numeric=False, wide=True),
        ],
        [Row(cells) for cells in _setting_rows(settings, "")],
    )


def _setting_rows(settings: Settings | Mapping[str, Any], where: str) -> list[list[str]]:
    rows = []
    if isinstance(settings, Mapping):
        for name, value in settings.items():
            if isinstance(value, Mapping):
                rows += _setting_rows(value, f"{where}{name}.")
            else:
                rows.append([f"{where}{name}", _shown(value), "", ""])
        return rows
    for info in settings.describe():
        value = getattr(settings, info.name)
        if isinstance(value, Settings):
            rows += _setting_rows(value, f"{where}{info.name}.")
        else:
            rows.append([where + info.name, _shown(value), info.unit, info.help])
    return rows


def _shown(value: object) -> str:
    if isinstance(value, float):
        return number(value, 4)
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {item}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)


def table_of(
    table: pd.DataFrame, caption: str, titles: dict[str, str], interval: str = ""
) -> Table:
    """Return a data frame's columns as a table of a page; the interval takes one column."""
    names = [
        name
        for name in titles
        if name in table.columns and not (table[name].astype(str) == "").all()
    ]
    columns = [Column(titles[name], numeric=not _is_words(table[name])) for name in names]
    # The interval stands beside what it is of, as its table may be wider than the page.
    place = next((n + 1 for n, name in enumerate(names) if name in ("estimate", "mean")), 0)
    if interval:
        columns.insert(place, Column(interval))
    rows = []
    for record in table.head(_MOST_ROWS).to_dict("records"):
        cells = [_frame_cell(name, record[name]) for name in names]
        if interval:
            low, high = float(record["ci_low"]), float(record["ci_high"])
            cells.insert(place, unbroken(between(low, high)))
        rows.append(Row(cells))
    summary = caption.split(" (")[0]
    if len(table) > _MOST_ROWS:
        caption += f"; the first {_MOST_ROWS} of {len(table)} rows"
    return Table(caption, columns, rows, summary=summary)


def _is_words(column: pd.Series[Any]) -> bool:
    return (
        not np.issubdtype(column.dtype, np.number) if isinstance(column.dtype, np.dtype) else True
    )


def _frame_cell(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool | np.bool_):
        return "yes" if value else ""
    if name in ("p_value", "p_adjusted", "p_flip"):
        return unbroken(p_value(float(value)))
    if name in ("df", "den_df"):
        return number(float(value), 1)
    return number(float(value))
