"""`Estimates`: measured excitability as one tidy table in which nothing is dropped silently."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self, cast

import numpy as np

from renshaw.core.checked_table import Column, Kind, Shape, checked
from renshaw.core.errors import DataError, suggestion
from renshaw.core.fingerprint import fingerprint
from renshaw.core.history import History
from renshaw.core.results import Result
from renshaw.core.settings import Settings
from renshaw.data.arrays import FloatArray
from renshaw.data.bounds import BOUNDS, Bound, only_unseen, shown
from renshaw.data.reasons import Reason, Reasons

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "recording",
    "quantity",
    "contraction",
    "unit",
    "label",
    "control",
    "control_label",
    "value",
    "bound",
    "units",
    "ok",
    "reason",
    "reason_codes",
)
COUNTED = ("contraction", "unit", "control")
_NEEDED = ("recording", "quantity", "value")
_KINDS: dict[str, Kind] = {**dict.fromkeys(COUNTED, "count"), "value": "number", "ok": "truth"}
# Whoever measured elsewhere may have written no more than the needed columns.
SHAPE = Shape(
    tuple(
        Column(
            name,
            _KINDS.get(name, "text"),
            needed=name in _NEEDED,
            filled=name in _NEEDED[:2],
            among=BOUNDS if name == "bound" else (),
            finite=False,
        )
        for name in COLUMNS
    ),
    ("recording", "quantity", "contraction", "unit", "control", "label", "control_label", "value"),
)

# Settings of another version may have names that today's have not; they are kept as plain values.
MadeWith = Settings | Mapping[str, Any]


class _Row(NamedTuple):
    recording: str
    quantity: str
    unit: int
    control: int
    value: float
    units: str
    ok: bool
    reasons: Reasons
    others: tuple[tuple[str, Any], ...]
    bound: Bound
    contraction: int
    label: str
    control_label: str


class Estimate(_Row):
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
    reasons : Reasons, or str
        Why not; a passing value may carry a remark. Plain words are taken as one reason.
    others : tuple of (str, value)
        Cells of columns that this version of renshaw does not know.
    bound : {"exact", "at least", "at most"}
        Whether it was observed, or only that it is no smaller, or no larger: a unit that still
        fires when the recording ends stops at some later time.
    contraction : int
        Of which contraction of the recording it is, counted from 1; 0 where there is but one, or
        where that does not apply.
    label, control_label : str
        What the file calls the unit and the control unit, as ``"2.1"``; empty where nobody said.
    """

    __slots__ = ()

    def __new__(
        cls,
        recording: str,
        quantity: str,
        unit: int,
        control: int,
        value: float,
        units: str,
        ok: bool = True,
        reasons: str | Reason | Iterable[Reason] = (),
        others: Iterable[tuple[str, Any]] = (),
        bound: Bound = "exact",
        contraction: int = 0,
        label: str = "",
        control_label: str = "",
    ) -> Self:
        if bound not in BOUNDS:
            raise DataError(
                f"A value is exact, at least or at most, not {bound!r}.",
                code="data.unknown",
                name="bound",
                value=bound,
                hint=suggestion(str(bound), BOUNDS),
            )
        made = Reasons.made(reasons)
        kept = tuple((name, cell) for name, cell in others)
        measured = (recording, quantity, unit, control, value, units, ok, made, kept)
        return super().__new__(cls, *measured, bound, contraction, label, control_label)

    @property
    def reason(self) -> str:
        """The reasons in words; empty where there is none."""
        return str(self.reasons)

    @property
    def unseen(self) -> bool:
        """Whether it fails the rules only because an onset or an end was not seen."""
        return not self.ok and only_unseen(self.reasons.codes)

    @property
    def called(self) -> str:
        """What the unit is called: its label, or its number where it has none."""
        return self.label or str(self.unit)

    @property
    def words(self) -> str:
        """The value as people read it: ``"4.2"``, ``"> 4.2"`` for a bound, – for none."""
        return shown(self.value, self.bound)


@dataclass(frozen=True, eq=False)
class Estimates(Result):
    """A tidy table of estimates: one row a value, with `ok` and the reasons.

    Parameters
    ----------
    rows : tuple of Estimate
    history : History
    made_with : mapping of str to Settings
        The settings that each recording was estimated with, by its name; a recording that is
        missing was measured by somebody who did not say how.
    notes : tuple of str
        What to know of the table as a whole, in sentences.
    suspected : mapping of str to tuple of str
        What of each recording is hardly true, in sentences, by its name.
    """

    rows: tuple[Estimate, ...] = ()
    history: History = field(default_factory=History)
    made_with: Mapping[str, MadeWith] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    suspected: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", tuple(self.rows))
        object.__setattr__(self, "made_with", dict(self.made_with))
        object.__setattr__(self, "suspected", dict(self.suspected))

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

    @property
    def settings(self) -> MadeWith | None:
        """The settings that all was estimated with; None where they are unknown, or differ.

        `made_with` has them recording by recording.
        """
        found = [self.made_with.get(name) for name in self.recordings or self.made_with]
        return found[0] if found and all(each == found[0] for each in found) else None

    def select(
        self,
        quantity: str | None = None,
        *,
        recording: str | None = None,
        unit: int | None = None,
        ok: bool | None = None,
        contraction: int | None = None,
    ) -> Estimates:
        """Return the rows that match every argument given.

        Parameters
        ----------
        quantity : str, optional
            Its name.
        recording : str, optional
            The name of a recording.
        unit : int, optional
            Counted from 1.
        ok : bool, optional
            Whether the rules are passed.
        contraction : int, optional
            Counted from 1; 0 for what is of none.
        """
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
            and (contraction is None or row.contraction == contraction)
        )
        return replace(self, rows=tuple(rows))

    def values(
        self,
        quantity: str,
        *,
        ok: bool | None = True,
        bounds: Literal["refuse", "keep"] = "refuse",
    ) -> FloatArray:
        """Return the values of a quantity, by default only those that pass the rules.

        What is only a bound looks like a value in an array, and what was left out because an end
        was not seen looks as if it had never been: a mean of such an array calls the most
        excitable cord a calm one. Such quantities are refused unless you ask for them.

        Parameters
        ----------
        quantity : str
            Its name.
        ok : bool or None
            Only values that pass the rules (True) or fail them (False); None for all.
        bounds : {"refuse", "keep"}
            ``"keep"`` gives bounds as if they were values, and leaves out what was not seen.

        Raises
        ------
        DataError
            Some are bounds, or were left out because an onset or an end was not seen.

        See Also
        --------
        renshaw.estimation.mean_of : a mean that knows about bounds.
        """
        rows = self.select(quantity, ok=ok).rows
        if bounds == "refuse":
            self._refuse_bounds(quantity, rows, ok)
        elif bounds != "keep":
            raise DataError(f"Bounds are refused or kept (bounds='keep'), not {bounds!r}.")
        return np.array([row.value for row in rows], dtype=float)

    def _refuse_bounds(self, quantity: str, rows: Sequence[Estimate], ok: bool | None) -> None:
        bounded = sum(row.bound != "exact" for row in rows)
        unseen = sum(row.unseen for row in self.select(quantity).rows) if ok else 0
        if not bounded and not unseen:
            return
        raise DataError(
            f"An onset or an end of firing was not seen: of {len(rows)} values of {quantity} "
            f"{bounded} are only bounds, and {unseen} more are left out. Their mean would take the "
            "most excitable units for calm ones. "
            f"rs.estimation.mean_of(estimates.select({quantity!r}).rows) says what is known of it; "
            "bounds='keep' gives the numbers as they are."
        )

    def to_table(self) -> pd.DataFrame:
        """Return the table; numbers of contractions and units are empty (NA) where there are none.

        ``reason`` has the reasons in words, ``reason_codes`` their codes with spaces between.
        ``ok`` says whether the rules are passed, not whether it is a value: ``bound`` says that,
        and what is "at least" 4.2 goes into no mean of your own.
        """
        import pandas as pd

        table = pd.DataFrame([cells_of(row) for row in self.rows], columns=list(COLUMNS))
        for column in COUNTED:
            numbers = table[column].astype("Int64")
            table[column] = numbers.mask(numbers == 0)
        table = table.astype({"value": float, "ok": bool})
        for name in dict.fromkeys(name for row in self.rows for name, _ in row.others):
            table[name] = [dict(row.others).get(name) for row in self.rows]
        return table

    @classmethod
    def from_table(
        cls,
        table: pd.DataFrame,
        *,
        made_with: MadeWith | None = None,
        history: History | None = None,
    ) -> Estimates:
        """Return estimates from a table as `to_table` gives it, of this or another version.

        Quantities and columns that this version does not know are kept, and a note says so.

        Parameters
        ----------
        table : DataFrame
            With columns recording, quantity and value; of `COLUMNS` the others where they are
            there.
        made_with : Settings or mapping, optional
            What all of it was estimated with.
        history : History, optional

        Raises
        ------
        DataError
            A column is missing, a cell holds something else, or a row is there twice.
        """
        table = checked(table, SHAPE)
        strange = [str(name) for name in table.columns if name not in COLUMNS]
        rows = tuple(map(Estimate, *_cells(table, strange)))
        settings = dict.fromkeys((row.recording for row in rows), made_with)
        known = {name: value for name, value in settings.items() if value is not None}
        notes = (f"{_STRANGE}: {', '.join(strange)}. They are kept.",) if strange else ()
        return cls(rows, history or History(), known, notes)

    def fingerprint(self) -> str:
        """Return a short hash of the content."""
        return fingerprint([[*row[:7], row.reason, *_besides(row)] for row in self.rows])

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
    made_with = {name: how for part in parts for name, how in part.made_with.items()}
    notes = tuple(dict.fromkeys(note for part in parts for note in part.notes))
    suspected = {name: said for part in parts for name, said in part.suspected.items()}
    return Estimates(rows, history, made_with, notes, suspected)


def cells_of(row: Estimate) -> tuple[Any, ...]:
    """Return the cells of one row, in the order of `COLUMNS`."""
    return (
        row.recording,
        row.quantity,
        row.contraction,
        row.unit,
        row.label,
        row.control,
        row.control_label,
        row.value,
        row.bound,
        row.units,
        row.ok,
        row.reason,
        " ".join(row.reasons.codes),
    )


def _besides(row: Estimate) -> tuple[Any, ...]:
    """Return what is not so of every row: hashes made before it was known stay as they are."""
    bound = () if row.bound == "exact" else (row.bound,)
    return (*bound, row.contraction) if row.contraction else bound


_STRANGE = "The table has columns that this version of renshaw does not know"


def _cells(table: pd.DataFrame, strange: list[str]) -> tuple[Iterable[Any], ...]:
    """Return the columns of a table as the arguments of `Estimate`."""
    n = len(table)

    def words(name: str) -> list[str]:
        if name not in table:
            return [""] * n
        return table[name].astype(object).where(table[name].notna(), "").astype(str).tolist()

    def counted(name: str) -> list[int]:
        return table[name].fillna(0).astype(int).tolist() if name in table else [0] * n

    value = table["value"]
    ok = table["ok"].tolist() if "ok" in table else np.isfinite(value).tolist()
    return (
        words("recording"),
        words("quantity"),
        counted("unit"),
        counted("control"),
        value.tolist(),
        words("units"),
        ok,
        map(Reasons.from_cells, words("reason"), words("reason_codes")),
        _strange_cells(table, strange),
        [cast(Bound, bound or "exact") for bound in words("bound")],
        counted("contraction"),
        words("label"),
        words("control_label"),
    )


def _strange_cells(table: pd.DataFrame, names: list[str]) -> Iterable[tuple[tuple[str, Any], ...]]:
    if not names:
        return [()] * len(table)
    columns = [table[name].tolist() for name in names]
    return [tuple(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]
