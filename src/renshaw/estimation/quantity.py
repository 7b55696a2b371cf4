"""`Quantity`: something that is measured; one place says what it is, and everything else reads it.

A quantity stands beside the function that measures it, in a file of `renshaw.estimation.quantities`
or in a package of your own, which declares an entry point of the group ``renshaw.quantities``::

    FIRST_INTERVAL = Quantity(
        name="first_interval",
        title="First interval",
        unit="s",
        meaning="time from a unit's first discharge to its second",
        measure=lambda recording, smoothed, settings: [
            times_s[1] - times_s[0] if len(times_s) > 1 else "fewer than 2 discharges"
            for times_s in recording.units
        ],
    )

From then on it is measured, tabulated, reported, drawn, compared and documented like any other.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from renshaw.core.citations import citation
from renshaw.core.errors import suggestion
from renshaw.core.kinds import Register
from renshaw.data.bounds import Bound
from renshaw.data.estimates import Estimate
from renshaw.data.reasons import Reason

if TYPE_CHECKING:
    import pandas as pd

    from renshaw.data.recording import Recording
    from renshaw.estimation.settings import EstimateSettings
    from renshaw.estimation.smoothing import SmoothedRate

Of = Literal["recording", "unit", "pair"]
During = Literal["contraction", "vibstim", "spasm", "any"]
Place = Literal[
    "terminal",  # the short table of `renshaw estimate`
    "keys",  # the numbers at the top of a recording's report and page
    "figure",  # a panel of dots, one a unit
    "explore",  # the numbers beside the sliders of the page
    "study",  # outcomes of a study: compared between conditions
    "picture",  # outcomes that have a picture even where a study has several arms
    "answer",  # outcomes that answer whether something calms
]

# Measures a quantity alone. Of a recording: one value; of units: one value each, in order; of
# pairs: a mapping of (test, control), counted from 1, to values. A value is a number, or, where
# there is none, why not: in words, or a `Reason`.
Measure = Callable[["Recording", "Sequence[SmoothedRate]", "EstimateSettings"], Any]
# Measures several quantities in one go, and gives finished rows of them.
Rows = Callable[["Recording", "Sequence[SmoothedRate]", "EstimateSettings"], list[Estimate]]


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """Something that `estimate` measures.

    Parameters
    ----------
    name : str
        In tables, files and Python: of ``a`` to ``z``, digits and ``_``.
    title : str
        For people: in headings, figures and reports.
    meaning : str
        What it is, in a sentence without a full stop.
    unit : str
        ``"pps"``; ``"as torque"`` where it is that of the recording's torque; empty: none.
    of : {"unit", "recording", "pair"}
        What has one.
    during : {"contraction", "vibstim", "spasm", "any"}
        Which recordings it is measured in.
    shown : tuple of str
        Where it is shown besides the table of all estimates; see `Place`.
    fails_with : str
        The quantity whose failure already tells of this one's, as a pair's of its criteria.
    sources : tuple of str
        Keys of `renshaw.core.citations`, or references.
    rank : float
        Its place among others: lower comes first.
    averaged : bool
        Whether its mean over contractions tells something, as that of a time of day does not.
    measure : callable, optional
        ``(recording, smoothed, settings) -> values``; see `Measure`.
    rows : callable, optional
        Instead of `measure`, where several quantities are measured in one go; see `Rows`.
    """

    name: str
    title: str
    meaning: str
    unit: str = ""
    of: Of = "unit"
    during: During = "contraction"
    shown: tuple[Place, ...] = ("terminal", "figure", "study")
    fails_with: str = ""
    sources: tuple[str, ...] = ()
    rank: float = 1000.0
    averaged: bool = True
    measure: Measure | None = None
    rows: Rows | None = None

    def __post_init__(self) -> None:
        for what in ("name", "title", "meaning", "unit", "fails_with"):
            if not isinstance(value := getattr(self, what), str):
                raise TypeError(f"the quantity {self.name!r} has {what} = {value!r}, no text")
        for what in ("shown", "sources"):
            if isinstance(getattr(self, what), str):
                raise TypeError(f"{what} of the quantity {self.name!r} must be a tuple of texts")
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.name):
            raise ValueError(f"{self.name!r} is no name of a quantity: use a to z, digits and _")
        for what in ("title", "meaning"):
            if not getattr(self, what).strip():
                raise ValueError(f"the quantity {self.name!r} has no {what}")
        for value, known in ((self.of, Of), (self.during, During)):
            self._refuse_unknown(value, get_args(known))
        for place in self.shown:
            self._refuse_unknown(place, get_args(Place))
        if (self.measure is None) == (self.rows is None):
            raise ValueError(f"the quantity {self.name!r} needs either measure or rows")
        if not math.isfinite(self.rank):
            raise ValueError(f"the rank of {self.name!r} must be a finite number")

    def _refuse_unknown(self, value: str, known: Sequence[str]) -> None:
        if value not in known:
            hint = suggestion(str(value), known)
            raise ValueError(f"the quantity {self.name!r} can't be {value!r}. {hint}")

    @property
    def built_in(self) -> bool:
        """Whether renshaw itself measures it."""
        function = self.rows or self.measure
        return str(getattr(function, "__module__", "")).startswith("renshaw.")

    def row(
        self,
        recording: str,
        value: float,
        *,
        unit: int = 0,
        control: int = 0,
        units: str | None = None,
        ok: bool = True,
        reasons: Reason | Iterable[Reason] = (),
        bound: Bound = "exact",
    ) -> Estimate:
        """Return a row of this quantity; `units` where they are those of the recording.

        Parameters
        ----------
        recording : str
            Its name.
        value : float
            NaN where there is none.
        unit, control : int
            Counted from 1; 0 where the row is not of a unit, of a pair.
        units : str, optional
            Unit of measurement, where it is that of the recording.
        ok : bool
            Whether the rules are passed.
        reasons : Reason or iterable of Reason
            Why not.
        bound : {"exact", "at least", "at most"}
            Whether it was observed, or is only known to be no smaller, or no larger.
        """
        units = self.unit if units is None else units
        measured = (recording, self.name, unit, control, value, units, ok, reasons)
        return Estimate(*measured, bound=bound)


QUANTITIES: Register[Quantity] = Register(
    "quantity",
    home="renshaw.estimation.quantities",
    entry_points="renshaw.quantities",
    made_of=Quantity,
)


def title_of(name: str) -> str:
    """Return what people call a quantity; one that nobody here knows keeps its own name."""
    return QUANTITIES[name].title if name in QUANTITIES else name


def shown_in(place: Place, of: Of | None = None) -> tuple[str, ...]:
    """Return the names of the quantities that are shown in a place, in order."""
    return tuple(
        quantity.name
        for quantity in QUANTITIES.values()
        if place in quantity.shown and of in (None, quantity.of)
    )


def names_of(of: Of) -> tuple[str, ...]:
    """Return the names of all quantities of recordings, units or pairs, in order."""
    return tuple(quantity.name for quantity in QUANTITIES.values() if quantity.of == of)


def during_of(name: str) -> During:
    """Return in which recordings a quantity is measured; ``"any"`` of one that is not known."""
    return QUANTITIES[name].during if name in QUANTITIES else "any"


_WHEN = {
    "contraction": "in contractions",
    "vibstim": "in VibStim trials",
    "spasm": "in spasm tests",
    "any": "in every recording",
}


def quantities_table() -> pd.DataFrame:
    """Return one row a quantity: name, title, unit, of, when, meaning and source."""
    import pandas as pd

    rows = [
        {
            "name": each.name,
            "title": each.title,
            "unit": each.unit,
            "of": each.of,
            "when": f"{_WHEN[each.during]}, one a {each.of}",
            "meaning": each.meaning,
            "source": " ".join(citation(key) for key in each.sources),
        }
        for each in QUANTITIES.values()
    ]
    return pd.DataFrame(rows)


def fails_alone(name: str) -> bool:
    """Whether a failure of a quantity counts: it isn't told already by that of another."""
    return name not in QUANTITIES or not QUANTITIES[name].fails_with


def unknown_among(names: Iterable[str]) -> tuple[str, ...]:
    """Return which quantities nobody here knows: those of another version, or of a plug-in."""
    return tuple(name for name in names if name not in QUANTITIES)


def measured_together(during: During) -> dict[Rows | Measure, tuple[Quantity, ...]]:
    """Return what measures the quantities of such recordings, in order, and which those are."""
    found: dict[Rows | Measure, tuple[Quantity, ...]] = {}
    for quantity in QUANTITIES.values():
        if quantity.during in (during, "any"):
            function = quantity.rows or quantity.measure
            assert function is not None
            found[function] = (*found.get(function, ()), quantity)
    return found
