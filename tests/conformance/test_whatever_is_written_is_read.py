"""Whatever a recording may hold and a format takes is read again; what it does not take is refused.

Values at the edge of what is legal: times before 0 and far away, no discharge, no unit, NaN and
infinity in signals, names of other alphabets, with tabs and newlines, and such that look like
formulas.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import renshaw as rs
from renshaw.io.format import written_formats

FS_HZ = 1000.0
ODD_NAMES = (
    "Würfel 筋 \N{GRINNING FACE}",
    "a\tb",
    "a\nb",
    "=1+2",
    "'quoted'",
    '"',
    "NA",
    "007",
    "1e5",
)


def units(start: float = 0.0, **more: object) -> rs.MotorUnits:
    trains = ([start + 0.1, start + 0.25, start + 0.375], [start + 0.5, start + 0.75])
    return rs.MotorUnits(trains, (start, start + 1.0), fs_hz=FS_HZ, **more)  # type: ignore[arg-type]


def torque(values: object = None, **more: object) -> dict[str, rs.Signal]:
    values = np.linspace(0, 20, 1000) if values is None else values
    return {"torque": rs.Signal(values, FS_HZ, "% MVC", **more)}  # type: ignore[arg-type]


def holed(value: float) -> np.ndarray:
    values = np.linspace(0, 20, 1000)
    values[200:210] = value
    return values


CASES: dict[str, Callable[[], rs.Recording]] = {
    "plain": lambda: rs.Recording(units(), torque()),
    "negative times": lambda: rs.Recording(units(-5.0), torque(start_s=-5.0)),
    "far times": lambda: rs.Recording(units(86_400.0), torque(start_s=86_400.0)),
    "farther times": lambda: rs.Recording(units(1e12), torque(start_s=1e12)),
    "no unit": lambda: rs.Recording(rs.MotorUnits((), (0.0, 1.0)), torque()),
    "a silent unit": lambda: rs.Recording(
        rs.MotorUnits(([], [0.5, 0.6]), (0.0, 1.0), fs_hz=FS_HZ), torque()
    ),
    "only silent units": lambda: rs.Recording(rs.MotorUnits(([], []), (0.0, 1.0)), torque()),
    "an empty window": lambda: rs.Recording(rs.MotorUnits(([0.5],), (0.5, 0.5)), {}),
    "no sample": lambda: rs.Recording(units(), torque(np.zeros(0))),
    "a sample": lambda: rs.Recording(units(), torque(np.ones(1))),
    "NaN": lambda: rs.Recording(units(), torque(holed(np.nan))),
    "infinity": lambda: rs.Recording(units(), torque(holed(np.inf))),
    "only NaN": lambda: rs.Recording(units(), torque(np.full(1000, np.nan))),
    "huge numbers": lambda: rs.Recording(units(), torque(holed(1e308))),
    "tiny numbers": lambda: rs.Recording(units(), torque(holed(5e-324))),
    "a slow rate": lambda: rs.Recording(units(), {"torque": rs.Signal(np.ones(5), 1e-3)}),
    "quality of none": lambda: rs.Recording(
        units(quality={"silhouette": [np.nan, np.inf]}), torque()
    ),
    "quality without end": lambda: rs.Recording(
        units(quality={"own\t=": [-np.inf, 1.0]}), torque()
    ),
    "one label twice": lambda: rs.Recording(units(labels=("a", "a")), torque()),
    "empty labels": lambda: rs.Recording(units(labels=("", "")), torque()),
    "events": lambda: rs.Recording(
        units(), torque(), events=(rs.Event(-3.0, 0.0, ""), rs.Event(1e9, 1e9, "x"))
    ),
    **{
        f"named {name!r}": lambda name=name: rs.Recording(  # type: ignore[misc]
            units(labels=(name, f"{name}2"), flags=(name, ""), muscles=("TA", "TA")),
            torque(),
            events=(rs.Event(0.5, 0.0, name),),
            name=name,
            notes=(name,),
            participant=name,
        )
        for name in ODD_NAMES
    },
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("format", [each.name for each in written_formats()])
def test_what_was_written_is_read_again(format: str, case: str, tmp_path: Path) -> None:
    known = next(each for each in written_formats() if each.name == format)
    if format == "nwb":
        pytest.importorskip("pynwb", reason="the extra nwb is not installed")
    before = CASES[case]()
    path = tmp_path / f"a{known.ending}"
    try:
        rs.write(before, path)
    except rs.WriteError as error:
        # Refused in words, and nothing is there: what can't be read later is not written.
        assert str(path) in str(error)
        assert not path.exists()
        assert case != "plain"
        return
    after = rs.read(path)
    _same_units(before, after, known.name)
    if format == "renshaw":
        assert after.fingerprint() == before.fingerprint()
        assert after.events == before.events
        assert after.notes == before.notes


def _same_units(before: rs.Recording, after: rs.Recording, format: str) -> None:
    if format != "bids":  # which has a row a discharge, and says that it leaves silent units out
        assert len(after.units) == len(before.units)
    # Formats that count from the start of the window say so in what they lose.
    shift = before.units.window_s[0] if format in ("openhdemg", "muedit") else 0.0
    trains = [train for train in before.units if len(train)]
    found = [train for train in after.units if len(train)]
    assert len(found) == len(trains)
    for one, other in zip(trains, found, strict=True):
        # A time far away is itself no more exact than this.
        exact_s = max(1e-9, float(np.spacing(np.abs(one).max())))
        np.testing.assert_allclose(other, one - shift, rtol=1e-12, atol=exact_s)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_no_event_and_no_signal_is_at_a_time_that_is_none(value: float) -> None:
    with pytest.raises(rs.DataError, match="event"):
        rs.Event(value, 0.0, "x")
    with pytest.raises(rs.DataError, match="last"):
        rs.Event(0.0, value, "x")
    with pytest.raises(rs.DataError, match="start"):
        rs.Signal(np.ones(3), FS_HZ, start_s=value)
