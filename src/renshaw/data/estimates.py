"""`Estimates`: measured excitability as one tidy table in which nothing is dropped silently."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from renshaw.core.errors import DataError, suggestion
from renshaw.core.fingerprint import fingerprint
from renshaw.core.history import History
from renshaw.core.results import Result
from renshaw.data.arrays import FloatArray

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("recording", "quantity", "unit", "control", "value", "units", "ok", "reason")


class Estimate(NamedTuple):
    """One measured value.

    Parameters
    ----------
    recording : str
    quantity : str
        ``"delta_f_pair"``, ``"delta_f"``, ``"peak_rate"``, ``"brace_height"``, ...
    unit : int
        The (test) unit, counted from 1; 0 for a value of the whole recording.
    control : int
        The control unit of a pair, counted from 1; 0 where there is none.
    value : float
        NaN where it can't be computed.
    units : str
        ``"pps"``, ``"s"``, ``"% MVC"``, ``"% rTri"``, ...
    ok : bool
        Whether the value passes the rules.
    reason : str
        Why not, in words; a passing value may carry a remark.
    """

    recording: str
    quantity: str
    unit: int
    control: int
    value: float
    units: str
    ok: bool = True
    reason: str = ""


@dataclass(frozen=True, eq=False)
class Estimates(Result):
    """A tidy table of estimates: one row a value, with `ok` and a `reason` in words."""

    rows: tuple[Estimate, ...] = ()
    history: History = field(default_factory=History)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", tuple(self.rows))

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def quantities(self) -> tuple[str, ...]:
        """Names of what was estimated, in order of first appearance."""
        return tuple(dict.fromkeys(row.quantity for row in self.rows))

    @property
    def recordings(self) -> tuple[str, ...]:
        """Names of the recordings, in order of first appearance."""
        return tuple(dict.fromkeys(row.recording for row in self.rows))

    def select(
        self,
        quantity: str | None = None,
        *,
        recording: str | None = None,
        unit: int | None = None,
        ok: bool | None = None,
    ) -> Estimates:
        """Return the rows that match every argument given."""
        if quantity is not None and quantity not in self.quantities:
            raise DataError(
                f"Nothing here is called {quantity!r}.",
                code="data.unknown",
                name="quantity",
                value=quantity,
                hint=suggestion(quantity, self.quantities),
            )
        rows = (
            row
            for row in self.rows
            if (quantity is None or row.quantity == quantity)
            and (recording is None or row.recording == recording)
            and (unit is None or row.unit == unit)
            and (ok is None or row.ok == ok)
        )
        return Estimates(tuple(rows), self.history)

    def values(self, quantity: str, *, ok: bool | None = True) -> FloatArray:
        """Return the values of a quantity, by default only those that pass the rules."""
        return np.array([row.value for row in self.select(quantity, ok=ok).rows], dtype=float)

    def to_table(self) -> pd.DataFrame:
        """Return the table; ``unit`` and ``control`` are empty (NA) where they don't apply."""
        import pandas as pd

        table = pd.DataFrame(list(self.rows), columns=list(COLUMNS))
        for column in ("unit", "control"):
            numbers = table[column].astype("Int64")
            table[column] = numbers.mask(numbers == 0)
        return table.astype({"value": float, "ok": bool})

    def fingerprint(self) -> str:
        """Return a short hash of the content."""
        return fingerprint([list(row) for row in self.rows])

    def __repr__(self) -> str:
        good = sum(row.ok for row in self.rows)
        return f"Estimates({len(self)} values of {len(self.quantities)} quantities, {good} ok)"

    def __str__(self) -> str:
        return f"{self!r}\n{self.to_table().to_string(index=False, max_rows=40)}"


def gathered(parts: Iterable[Estimates], history: History | None = None) -> Estimates:
    """Return the rows of several estimates in one table."""
    parts = list(parts)
    rows = tuple(row for part in parts for row in part.rows)
    if history is None:
        history = parts[0].history if parts else History()
    return Estimates(rows, history)
