"""`before_after`: what differs between two recordings of one person, unit by unit where tracked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from renshaw.core.errors import DataError, needs
from renshaw.core.fingerprint import fingerprint
from renshaw.core.history import History, Step
from renshaw.core.results import Result
from renshaw.core.settings import Settings, setting, settings_for
from renshaw.core.version import __version__
from renshaw.data.arrays import FloatArray
from renshaw.data.bounds import MeanBound, bound_of_difference, bound_of_mean
from renshaw.data.estimates import Estimates
from renshaw.data.names import told_apart
from renshaw.data.recording import Recording
from renshaw.decomposition.tracking import track
from renshaw.estimation.contractions.over_contractions import over_contractions
from renshaw.estimation.estimate import estimate
from renshaw.estimation.quantity import shown_in
from renshaw.estimation.recorded import usable_torque
from renshaw.study.bounded import UNTOLD

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "quantity",
    "units",
    "paired",
    "n_before",
    "n_after",
    "n_paired",
    "bounds",
    "unseen",
    "before",
    "bound_before",
    "after",
    "bound_after",
    "difference",
    "bound",
    "ci_low",
    "ci_high",
)
UNIT_COLUMNS = (
    "quantity",
    "label_before",
    "before",
    "bound_before",
    "label_after",
    "after",
    "bound_after",
)
# Of fewer units that were found again, the difference says less than that of all.
_FEWEST_PAIRED = 3
# Contractions whose heights differ by more are two tasks.
_ALIKE = 1.25


@dataclass(frozen=True, kw_only=True)
class BeforeAfterSettings(Settings):
    """How two recordings of one person are held against each other."""

    match: str = setting(
        "track",
        "which units are the same: track (told by their action potentials, where both recordings "
        "have their EMG), labels (those of the same label, as after tracking elsewhere), or none",
        choices=("track", "labels", "none"),
    )
    confidence: float = setting(0.95, "coverage of the intervals", gt=0.5, lt=1)


@dataclass(frozen=True, eq=False, repr=False)
class BeforeAfter(Result):
    """What differs between two recordings of one person.

    Parameters
    ----------
    table : DataFrame
        One row a quantity: its means before and after, their difference with its interval over
        units, whether it is of the same units, how many values are but bounds, how many are
        left out as an onset or an end was not seen, and whether means and difference are exact, at
        least or at most what they say, or unknown.
    units : DataFrame
        One row a quantity and unit: label, value and bound before and after; empty where a unit
        was not found in the other recording.
    names : (str, str)
        Of the recordings.
    matched : tuple of (int, int)
        The same units, counted from 1; empty where none are known to be.
    match_words : str
        How they were matched, or why they could not be.
    why : str
        Why the two are taken for a before and an after; goes on after "because".
    estimates : Estimates
        Of both.
    warnings : tuple of str
        What speaks against holding one against the other, in sentences.
    settings : BeforeAfterSettings
    history : History
    """

    table: pd.DataFrame
    units: pd.DataFrame
    names: tuple[str, str]
    matched: tuple[tuple[int, int], ...]
    match_words: str
    why: str
    estimates: Estimates
    warnings: tuple[str, ...] = ()
    settings: BeforeAfterSettings = field(default_factory=BeforeAfterSettings)
    history: History = field(default_factory=History)

    def to_table(self) -> pd.DataFrame:
        """Return the differences."""
        return self.table.copy()

    def fingerprint(self) -> str:
        """Return a short hash of the content."""
        return fingerprint(self.names, self.matched, self.estimates.fingerprint())

    @property
    def main(self) -> str | None:
        """The quantity that answers the question; None where both recordings share none."""
        there = list(self.table["quantity"])
        return next((q for q in shown_in("answer") if q in there), there[0] if there else None)


def before_after(
    before: Recording,
    after: Recording,
    settings: BeforeAfterSettings | None = None,
    *,
    estimates: Estimates | None = None,
    why: str = "you said so",
) -> BeforeAfter:
    """Return what differs between two recordings of one person.

    Parameters
    ----------
    before, after : Recording
        The same contraction of the same muscle.
    settings : BeforeAfterSettings, optional
    estimates : Estimates, optional
        Of both, by their names; made with the default rules where they are not given.
    why : str
        Why the two are taken for a before and an after.

    Returns
    -------
    BeforeAfter

    Raises
    ------
    DataError
        Two muscles, or estimates of other recordings.

    Notes
    -----
    Differences of units found in both recordings are averaged, with the interval of Student's t
    over units; otherwise means over all units of either are subtracted, with that of Welch. Either
    interval is over the motor units of one person: it says how far the mean of these units moved,
    not what would be seen in other people. Test units share control units and drive, so that it
    is rather too narrow.
    """
    for each in (before, after):
        needs("before_after", each, Recording, made_by="rs.read")
    settings = settings_for("before_after", settings, BeforeAfterSettings)
    _refuse_two_muscles(before, after)
    before, after = told_apart((before, after))
    if estimates is None:
        estimates = estimate((before, after))
    for each in (before, after):
        if each.name not in estimates.recordings:
            raise DataError(f"The estimates are of other recordings: none is of {each.name}.")
    matched, words = _matched(before, after, settings.match)
    means = over_contractions(estimates)
    values = [_values(means, each) for each in (before, after)]
    rows, units = [], []
    for quantity in _shared(values[0], values[1]):
        one, other = values[0][quantity], values[1][quantity]
        rows.append({"quantity": quantity, **_difference(one, other, matched, settings)})
        units += [
            {"quantity": quantity, **cells}
            for cells in _unit_rows((before, after), one, other, matched)
        ]
    import pandas as pd

    argument = f", {settings.as_python()}" if settings != BeforeAfterSettings() else ""
    step = Step(
        "before_after",
        f"difference = rs.study.before_after(*recordings{argument}, estimates=estimates)",
        settings.to_mapping(),
        None,
        f"{before.fingerprint()} {after.fingerprint()}",
        ("martinez2017",) if settings.match == "track" and matched else (),
        __version__,
    )
    return BeforeAfter(
        table=pd.DataFrame(rows, columns=list(COLUMNS)),
        units=pd.DataFrame(units, columns=list(UNIT_COLUMNS)),
        names=(before.name, after.name),
        matched=matched,
        match_words=words,
        why=why,
        estimates=estimates,
        warnings=tuple(_unlike(before, after)),
        settings=settings,
        history=estimates.history.then(step),
    )


def _refuse_two_muscles(before: Recording, after: Recording) -> None:
    one, other = (
        {muscle.strip().casefold() for muscle in each.muscles} for each in (before, after)
    )
    if one and other and one != other:
        raise DataError(
            f"{before.name} is of {' and '.join(before.muscles)} and {after.name} of "
            f"{' and '.join(after.muscles)}: a before and an after are of one muscle."
        )


def _unlike(before: Recording, after: Recording) -> Iterator[str]:
    """Yield why the two may not be what they are taken for."""
    if before.units.fingerprint() == after.units.fingerprint() and len(before.units):
        yield "Both hold the very same discharges: is one a copy of the other?"
    who = [each.participant for each in (before, after)]
    if all(who) and who[0] != who[1]:
        yield f"They name two participants, {who[0]} and {who[1]}."
    one, other = usable_torque(before)[0], usable_torque(after)[0]
    if one is None or other is None:
        return
    if one.unit != other.unit:
        yield (
            f"Their torques are in {one.unit or 'no unit'} and {other.unit or 'no unit'}: what is "
            "read from torque can't be compared."
        )
        return
    peaks = [_height(each.values) for each in (one, other)]
    if min(peaks) > 0 and max(peaks) > _ALIKE * min(peaks):
        yield (
            f"The contractions are not alike: torque rises by {peaks[0]:.3g} and {peaks[1]:.3g} "
            f"{one.unit or 'a.u.'}, and estimates change with its height."
        )


def _height(torque: FloatArray) -> float:
    """Return from rest to the top of a torque, single samples aside."""
    low, high = np.nanpercentile(torque, (2, 98))
    return float(high - low)


def _matched(
    before: Recording, after: Recording, match: str
) -> tuple[tuple[tuple[int, int], ...], str]:
    """Return which units are the same, and how that is known or why it is not."""
    if match == "none":
        return (), "units were not matched, as was asked"
    if match == "labels":
        places = {label: k for k, label in enumerate(after.units.labels, start=1)}
        pairs = [
            (k, places[label])
            for k, label in enumerate(before.units.labels, start=1)
            if label in places
        ]
        return tuple(pairs), "units of the same label are taken to be the same, as was asked"
    without = [each.name for each in (before, after) if "emg" not in each.signals]
    if without:
        return (), (
            f"units could not be tracked, which takes raw EMG: there is none in "
            f"{' and '.join(without)} (where units keep their labels: --match labels)"
        )
    try:
        pairs = list(track(before, after).pairs)
    except DataError as error:
        return (), f"units could not be tracked ({str(error).rstrip('.')})"
    return tuple(pairs), "units were told to be the same by their action potentials"


class _Values(NamedTuple):
    """Values of a quantity by unit; 0 stands for the recording.

    A unit left out because an onset or an end of it was not seen has a bound, but no value.
    """

    by_unit: Mapping[int, float]
    units: str
    bounds: Mapping[int, MeanBound]


def _values(estimates: Estimates, recording: Recording) -> dict[str, _Values]:
    """Return the values that pass the rules, a mean of its contractions each unit."""
    wanted = set(shown_in("study")) - set(shown_in("study", of="pair"))
    found: dict[str, dict[int, float]] = {}
    units: dict[str, str] = {}
    bounds: dict[str, dict[int, MeanBound]] = {}
    for row in estimates.rows:
        if row.recording != recording.name or row.quantity not in wanted or row.control:
            continue
        known = row.ok and bool(np.isfinite(row.value))
        if known:
            found.setdefault(row.quantity, {})[row.unit] = row.value
        if known or row.unseen:
            units[row.quantity] = row.units
            bounds.setdefault(row.quantity, {})[row.unit] = row.bound if known else "unknown"
    return {
        quantity: _Values(found.get(quantity, {}), units[quantity], of)
        for quantity, of in bounds.items()
    }


def _shared(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    return [quantity for quantity in shown_in("study") if quantity in one and quantity in other]


def _difference(
    one: _Values, other: _Values, matched: Sequence[tuple[int, int]], settings: BeforeAfterSettings
) -> dict[str, Any]:
    whole = set(one.bounds) == {0} == set(other.bounds)
    both = [(a, b) for a, b in matched if a in one.by_unit and b in other.by_unit]
    paired = len(both) >= _FEWEST_PAIRED and not whole
    if paired:
        before = np.array([one.by_unit[a] for a, _ in both])
        after = np.array([other.by_unit[b] for _, b in both])
        there = [(a, b) for a, b in matched if a in one.bounds and b in other.bounds]
        of_before = bound_of_mean(one.bounds[a] for a, _ in there)
        of_after = bound_of_mean(other.bounds[b] for _, b in there)
    else:
        before = np.array(list(one.by_unit.values()))
        after = np.array(list(other.by_unit.values()))
        of_before = bound_of_mean(one.bounds.values())
        of_after = bound_of_mean(other.bounds.values())
    low, high = _interval(before, after, paired, settings.confidence)
    bound = bound_of_difference(of_after, of_before)
    bounds = [*one.bounds.values(), *other.bounds.values()]
    unseen = bounds.count("unknown")
    told = {
        "difference": _mean(after) - _mean(before),
        "ci_low": low,
        "ci_high": high,
    }
    return {
        "units": other.units or one.units,
        "paired": paired,
        "n_before": len(one.by_unit),
        "n_after": len(other.by_unit),
        "n_paired": len(both),
        "bounds": len(bounds) - bounds.count("exact") - unseen,
        "unseen": unseen,
        "before": _mean(before),
        "bound_before": of_before,
        "after": _mean(after),
        "bound_after": of_after,
        "bound": bound,
        **{key: np.nan if key in UNTOLD[bound] else value for key, value in told.items()},
    }


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _interval(
    before: FloatArray, after: FloatArray, paired: bool, confidence: float
) -> tuple[float, float]:
    """Return the interval of the difference of means over units; NaN where there is none."""
    from scipy import stats

    if paired:
        changes = after - before
        squares = (changes.var(ddof=1) / len(changes), 0.0)
        df = len(changes) - 1.0
    elif min(len(before), len(after)) > 1:
        squares = (before.var(ddof=1) / len(before), after.var(ddof=1) / len(after))
        parts = squares[0] ** 2 / (len(before) - 1) + squares[1] ** 2 / (len(after) - 1)
        df = sum(squares) ** 2 / parts if parts > 0 else 0.0
    else:
        return np.nan, np.nan
    if not sum(squares) > 0:
        return np.nan, np.nan
    reach = float(stats.t.ppf(0.5 + confidence / 2, df) * np.sqrt(sum(squares)))
    middle = float(after.mean() - before.mean())
    return middle - reach, middle + reach


def _unit_rows(
    recordings: tuple[Recording, Recording],
    one: _Values,
    other: _Values,
    matched: Sequence[tuple[int, int]],
) -> list[dict[str, Any]]:
    """Return the units of both recordings, those that are the same side by side."""
    called = [("", *each.units.labels) for each in recordings]
    there = [(a, b) for a, b in matched if a in one.by_unit and b in other.by_unit]
    again = [{a for a, _ in there}, {b for _, b in there}]
    rows = [(a, b) for a, b in there]
    rows += [(a, -1) for a in one.bounds if a not in again[0]]
    rows += [(-1, b) for b in other.bounds if b not in again[1]]
    return [
        {
            "label_before": called[0][a] if a >= 0 else "",
            "before": one.by_unit.get(a, np.nan),
            "bound_before": one.bounds.get(a, ""),
            "label_after": called[1][b] if b >= 0 else "",
            "after": other.by_unit.get(b, np.nan),
            "bound_after": other.bounds.get(b, ""),
        }
        for a, b in rows
    ]
