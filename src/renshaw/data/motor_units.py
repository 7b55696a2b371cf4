"""`MotorUnits`: the discharge times of some motor units and the window they were observed in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from renshaw.core.errors import DataError
from renshaw.core.fingerprint import fingerprint
from renshaw.data.arrays import FloatArray, read_only

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class MotorUnits:
    """Discharge times of motor units, in the order of their file; people count them from 1.

    Parameters
    ----------
    times_s : sequence of arrays
        One array a unit: strictly increasing, finite, inside the window.
    window_s : (float, float)
        Start and end of the observation.
    labels : sequence of str, optional
        One a unit; ``"1"``, ``"2"``, ... by default.
    flags : sequence of str, optional
        Why a unit should not be trusted, in words; ``""`` for a sound unit.
    fs_hz : float or None
        Sampling rate that the discharge times were found at.
    quality : mapping of str to array
        Figures of merit, one value a unit, e.g. ``{"silhouette": ...}``.
    muscles : sequence of str, optional
        The muscle of each unit, e.g. ``"TA"``; ``""`` where it is not known.

    Raises
    ------
    DataError
        Unsorted, repeated, non-finite or outside times, or lists of unequal length.

    Examples
    --------
    >>> import renshaw as rs
    >>> units = rs.MotorUnits(([0.5, 0.6, 0.8], [0.7, 0.9]), window_s=(0, 2))
    >>> len(units), units.labels
    (2, ('1', '2'))
    >>> times_s, rate_pps = units.instantaneous_rate(0)
    >>> rate_pps.round(1).tolist()
    [10.0, 5.0]
    """

    times_s: tuple[FloatArray, ...]
    window_s: tuple[float, float]
    labels: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    fs_hz: float | None = None
    quality: Mapping[str, FloatArray] = field(default_factory=dict)
    muscles: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        times = tuple(read_only(t) for t in self.times_s)
        start, end = (float(edge) for edge in self.window_s)
        labels = tuple(self.labels) or tuple(str(i + 1) for i in range(len(times)))
        flags = tuple(self.flags) or ("",) * len(times)
        muscles = tuple(self.muscles) or ("",) * len(times)
        quality = {name: read_only(values) for name, values in self.quality.items()}
        if not (np.isfinite(start) and np.isfinite(end) and start <= end):
            raise DataError(f"The window {start} s to {end} s is not a span of time.")
        whole = {"labels": labels, "flags": flags, "muscles": muscles, **quality}
        for name, values in whole.items():
            if len(values) != len(times):
                raise DataError(f"{len(times)} units but {len(values)} {name}.")
        for label, t in zip(labels, times, strict=True):
            _check_times(label, t, start, end)
        for name, value in (
            ("times_s", times),
            ("window_s", (start, end)),
            ("labels", labels),
            ("flags", flags),
            ("quality", quality),
            ("muscles", muscles),
        ):
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.times_s)

    def __iter__(self) -> Iterator[FloatArray]:
        return iter(self.times_s)

    def __getitem__(self, index: int) -> FloatArray:
        return self.times_s[index]

    def __repr__(self) -> str:
        start, end = self.window_s
        spikes = sum(len(t) for t in self.times_s)
        return f"MotorUnits({len(self)} units, {spikes} discharges, {start:g} to {end:g} s)"

    def __str__(self) -> str:
        return f"{self!r}\n{self.to_table().to_string(index=False)}" if len(self) else repr(self)

    @property
    def duration_s(self) -> float:
        """Length of the observation."""
        return self.window_s[1] - self.window_s[0]

    def select(self, indices: Sequence[int]) -> MotorUnits:
        """Return only these units (0-based), in this order.

        Parameters
        ----------
        indices : sequence of int
            Counted from 0.
        """
        keep = list(indices)
        return MotorUnits(
            times_s=tuple(self.times_s[i] for i in keep),
            window_s=self.window_s,
            labels=tuple(self.labels[i] for i in keep),
            flags=tuple(self.flags[i] for i in keep),
            fs_hz=self.fs_hz,
            quality={name: values[keep] for name, values in self.quality.items()},
            muscles=tuple(self.muscles[i] for i in keep),
        )

    def instantaneous_rate(self, index: int) -> tuple[FloatArray, FloatArray]:
        """Return the time of the second discharge of each interval (s) and its rate (pps).

        Parameters
        ----------
        index : int
            Of the unit, from 0.
        """
        times = self.times_s[index]
        return times[1:], 1.0 / np.diff(times)

    def to_table(self) -> pd.DataFrame:
        """Return one row a unit: label, discharges, first and last discharge, mean rate, flag."""
        import pandas as pd

        rows = []
        for label, flag, t in zip(self.labels, self.flags, self.times_s, strict=True):
            # Two discharges within a microsecond are a fault of the file, not a rate.
            firing = len(t) > 1 and t[-1] - t[0] > 1e-6
            rows.append(
                {
                    "unit": label,
                    "discharges": len(t),
                    "first_s": t[0] if len(t) else np.nan,
                    "last_s": t[-1] if len(t) else np.nan,
                    "mean_rate_pps": (len(t) - 1) / (t[-1] - t[0]) if firing else np.nan,
                    "flag": flag,
                }
            )
        return pd.DataFrame(rows)

    def fingerprint(self) -> str:
        """Return a short hash of the content (what the muscles are called doesn't count)."""
        return fingerprint(
            self.times_s, self.window_s, self.labels, self.flags, self.fs_hz, dict(self.quality)
        )


def _check_times(label: str, times: Any, start: float, end: float) -> None:
    if times.ndim != 1:
        raise DataError(f"Unit {label}: discharge times must be a flat list.")
    if len(times) == 0:
        return
    if not np.all(np.isfinite(times)):
        raise DataError(f"Unit {label}: a discharge time is not a finite number.")
    if np.any(np.diff(times) <= 0):
        raise DataError(f"Unit {label}: discharge times must increase, none twice.")
    if times[0] < start or times[-1] > end:
        raise DataError(
            f"Unit {label}: discharges from {times[0]:g} to {times[-1]:g} s "
            f"lie outside the window {start:g} to {end:g} s."
        )


def clean_times(times_s: ArrayLike, window_s: tuple[float, float]) -> tuple[FloatArray, str]:
    """Make discharge times fit for `MotorUnits` and say in words what had to be done.

    Readers use it on what files hold: times that are not finite or outside the window are left out,
    unsorted ones sorted, repeated ones merged.

    Returns
    -------
    times_s : array, shape (n,)
    flag : str
        ``""`` when nothing was wrong.
    """
    times = np.asarray(times_s, dtype=float).ravel()
    faults = []
    finite = np.isfinite(times)
    if not finite.all():
        faults.append(
            _counted(
                int((~finite).sum()),
                "discharge time is not a number",
                "discharge times are not numbers",
            )
        )
    times = times[finite]
    outside = (times < window_s[0]) | (times > window_s[1])
    if outside.any():
        lies = ("discharge lies outside the recording", "discharges lie outside the recording")
        faults.append(_counted(int(outside.sum()), *lies))
    times = times[~outside]
    if np.any(np.diff(times) < 0):
        faults.append("discharge times are not in order")
    unique = np.unique(times)
    if len(unique) < len(times):
        faults.append(
            _counted(len(times) - len(unique), "discharge is repeated", "discharges are repeated")
        )
    return unique, "; ".join(faults)


def _counted(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"
