"""The tables of a study: gathered piece by piece, so that memory does not grow with trials."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renshaw.core.cells import safe_cell
from renshaw.core.checked_table import Shape, read_checked
from renshaw.core.files import replacing, write_csv
from renshaw.data.bounds import bound_of_mean
from renshaw.data.estimates import COLUMNS, COUNTED, Estimate, cells_of
from renshaw.estimation.contractions.over_contractions import means_of
from renshaw.estimation.quantity import fails_alone
from renshaw.study import commit
from renshaw.study.dictionary import COLUMNS as DICTIONARY
from renshaw.study.dictionary import quantity_entries
from renshaw.study.outcome import Failure, Outcome
from renshaw.study.plan import StudyPlan
from renshaw.study.shapes import SHAPES

if TYPE_CHECKING:
    import pandas as pd

Cells = tuple[Any, ...]

_ROWS_AT_ONCE = 100_000
_CURE = "Run the study again; what it has finished is kept."


class Gathering:
    """Takes in what pieces gave, in the order of the plan, and writes tables from it."""

    def __init__(self, plan: StudyPlan) -> None:
        self._tracked = {arm.name: arm.same_units for arm in plan.arms}
        self.recordings: list[dict[str, Any]] = []
        self.failures: list[Failure] = []
        self.made_of: dict[str, dict[str, str]] = {}
        self.machines: Counter[str] = Counter()
        self._excluded: Counter[tuple[str, str, str]] = Counter()
        self._means: dict[tuple[str, ...], list[float]] = {}
        self._bounds: dict[tuple[str, ...], set[str]] = {}

    def add(self, outcome: Outcome) -> list[Cells]:
        """Take in one piece; return the means of units that are complete with it."""
        self.recordings += outcome.rows
        self.failures += outcome.failures
        self.machines[outcome.machine] += len(outcome.rows)
        if files := outcome.made_of.files:
            self.made_of[next(iter(files))] = files
        rows = {row["recording"]: row for row in outcome.rows}
        for estimate in means_of(outcome.estimates):
            whose = rows[estimate.recording]
            counts = estimate.control == 0 and whose["analyzed"]
            if counts and estimate.unseen:
                self._mean(whose, estimate._replace(value=math.nan))
            if not estimate.ok:
                # A pair's criteria fail with the pair; counting them again would double the list.
                if fails_alone(estimate.quantity):
                    why = estimate.reasons
                    self._excluded[estimate.quantity, why.gist, " ".join(why.codes)] += 1
            elif counts and math.isfinite(estimate.value):
                self._mean(whose, estimate)
        # Whatever a virtual participant does in a protocol is one piece; files come one by one.
        return self.rest() if all(row["simulated"] for row in outcome.rows) else []

    def rest(self) -> list[Cells]:
        """Return the means of units that have not been returned yet."""
        rows = [
            # Of a unit that was never seen from onset to end nothing is known but that it is there.
            (
                *key,
                total / n if n else None,
                bound_of_mean(self._bounds[key] or {"unknown"}),
                int(n),
            )
            for key, (total, n) in self._means.items()
        ]
        self._means.clear()
        self._bounds.clear()
        return rows

    def _mean(self, row: Mapping[str, Any], estimate: Estimate) -> None:
        """Add a value to the mean of its unit, or, where it is NaN, only that there is one."""
        # Numbers count what was found in a recording: labels tell which of them are the same.
        unit = estimate.called
        if estimate.unit and not self._tracked[row["arm"]]:
            unit = f"{estimate.recording}#{unit}"
        who = (row["participant"], row["condition"], unit)
        key = (row["arm"], row["protocol"], estimate.quantity, estimate.units, *who)
        total = self._means.setdefault(key, [0.0, 0.0])
        bounds = self._bounds.setdefault(key, set())
        if math.isfinite(estimate.value):
            total[0] += estimate.value
            total[1] += 1
            bounds.add(estimate.bound)

    def exclusions(self) -> pd.DataFrame:
        """Return how many values of each quantity fail the rules, by reason."""
        import pandas as pd

        rows = [(*what, n) for what, n in self._excluded.most_common()]
        table = pd.DataFrame(rows, columns=["quantity", "reason", "reason_codes", "times"])
        return table[["quantity", "reason", "times", "reason_codes"]]

    def failure_table(self) -> pd.DataFrame:
        """Return the recordings that gave no numbers, and why."""
        import pandas as pd

        # Files of one name may lie in several folders.
        called: Counter[tuple[str, str]] = Counter()
        rows = []
        for failure in self.failures:
            name = failure.recording
            called[name, failure.arm] += 1
            if (n := called[name, failure.arm]) > 1:
                name = f"{name} ({n})"
            rows.append((name, failure.arm, failure.reason))
        return pd.DataFrame(rows, columns=["recording", "arm", "reason"])

    def recording_table(self) -> pd.DataFrame:
        """Return one row a recording."""
        import pandas as pd

        known = [entry.name for entry in DICTIONARY if entry.table == "recordings"]
        table = pd.DataFrame(self.recordings)
        others = [name for name in table.columns if name not in known]
        for name in others:
            filled = table[name].fillna("")
            numbers = pd.to_numeric(filled.replace("", None), errors="coerce")
            is_number = numbers.notna().any() and (numbers.notna() == (filled != "")).all()
            table[name] = numbers if is_number else filled
        return table.reindex(columns=[*known, *others])


@contextmanager
def sheet(folder: Path, name: str, columns: Mapping[str, type]) -> Iterator[Callable[..., None]]:
    """Give a function that adds rows to a table, as CSV and Parquet; whole or not at all."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    known = {str: pa.dictionary(pa.int32(), pa.string()), int: pa.int32(), float: pa.float64()}
    known |= {bool: pa.bool_()}
    schema = pa.schema([(column, known[kind]) for column, kind in columns.items()])
    with ExitStack() as stack:
        text = stack.enter_context(replacing(folder / f"{name}.csv"))
        binary = stack.enter_context(replacing(folder / f"{name}.parquet"))
        lines = stack.enter_context(text.open("w", encoding="utf-8", newline=""))
        parquet = stack.enter_context(pq.ParquetWriter(binary, schema, compression="zstd"))
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(columns)
        waiting: list[Cells] = []

        def add(rows: Iterable[Cells], last: bool = False) -> None:
            rows = list(rows)
            writer.writerows(map(safe_cell, row) for row in rows)
            waiting.extend(rows)
            if waiting and (last or len(waiting) >= _ROWS_AT_ONCE):
                cells = zip(zip(*waiting, strict=True), schema.types, strict=True)
                parquet.write_table(pa.table([pa.array(c, k) for c, k in cells], schema=schema))
                waiting.clear()

        yield add
        add([], last=True)


ESTIMATE_COLUMNS: dict[str, type] = {
    **dict.fromkeys(COLUMNS, str),
    **dict.fromkeys(COUNTED, int),
    "value": float,
    "ok": bool,
}
MEAN_COLUMNS: dict[str, type] = {
    **dict.fromkeys(("arm", "protocol", "quantity", "units", "participant", "condition"), str),
    "unit": str,
    "value": float,
    "bound": str,
    "trials": int,
}


def estimate_cells(row: Estimate) -> Cells:
    """Return the cells of an estimate; None is an empty one."""
    cells = dict(zip(COLUMNS, cells_of(row), strict=True))
    for column in COUNTED:
        cells[column] = cells[column] or None
    if not math.isfinite(row.value):
        cells["value"] = None
    return tuple(cells.values())


def write_table(table: pd.DataFrame, folder: Path, name: str) -> None:
    """Write a table as CSV and as Parquet, each whole or not at all."""
    write_csv(folder / f"{name}.csv", table)
    with replacing(folder / f"{name}.parquet") as temporary:
        table.to_parquet(temporary, index=False, compression="zstd")


def read_table(
    folder: Path, name: str, shapes: Mapping[str, Shape] = SHAPES, cure: str = _CURE
) -> pd.DataFrame:
    """Read a table of a study: its Parquet file, or its CSV file where that is missing.

    Parameters
    ----------
    folder : Path
    name : str
        Of the table, without an ending.
    shapes : mapping of str to Shape
        What each table is.
    cure : str
        What to do about one that is something else, as a sentence.

    Raises
    ------
    ReadError
        Neither is there, it can't be read, it is not the one that the study wrote, or it is not
        what such a table is: file, row and column are named.
    """
    path = folder / f"{name}.parquet"
    if not path.is_file():
        path = folder / f"{name}.csv"
    commit.verify(path)
    return read_checked(path, shapes.get(name, Shape()), cure)


def dictionary_table(others: Sequence[str] = ()) -> pd.DataFrame:
    """Return the data dictionary: one row a column of a table, and one a quantity."""
    import pandas as pd

    rows = [tuple(entry) for entry in (*DICTIONARY, *quantity_entries())]
    known = {entry.name for entry in DICTIONARY if entry.table == "recordings"}
    own = [name for name in others if name not in known]
    rows += [("recordings", name, "", "column of your table of recordings") for name in own]
    return pd.DataFrame(rows, columns=["table", "name", "unit", "meaning"])
