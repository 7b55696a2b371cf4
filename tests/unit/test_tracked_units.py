"""Tracking: the same units in another recording of the same muscle."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from decompose_samples import raw

import renshaw as rs
from renshaw.core.errors import DataError


@pytest.mark.parametrize("offset_mm", [0.0, 8.0])
def test_units_are_found_again_also_when_the_grid_moved(offset_mm):
    tracked = rs.track(raw(0), raw(1, offset_mm=offset_mm))
    assert len(tracked.pairs) >= 5
    assert all(first == second for first, second in tracked.pairs)
    shift = {match.shift_mm for match in tracked.matches}
    # Moved along by one electrode; the other way round is as long.
    assert shift == {(0.0, offset_mm)}


def test_units_of_another_muscle_are_not_tracked():
    tracked = rs.track(raw(0), raw(1, anatomy=77))
    # Some look alike by chance, over nine places of the grid.
    assert len(tracked.pairs) < len(raw(0).units) / 2
    assert all(match.reason for match in tracked.matches if not match.ok)


def test_flagged_units_are_left_out_unless_asked_for():
    first = raw(0)
    flags = ("silhouette low",) * len(first.units)
    doubtful = dataclasses.replace(first, units=dataclasses.replace(first.units, flags=flags))
    assert rs.track(doubtful, raw(1)).pairs == ()
    assert rs.track(doubtful, raw(1), rs.emg.UnitTrackingSettings(flagged=True)).pairs


def test_the_result_tabulates_and_cites():
    tracked = rs.track(raw(0), raw(1))
    table = tracked.to_table()
    assert list(table.columns)[:3] == ["first", "second", "similarity"]
    assert tracked.similarity.shape == (7, 7)
    assert any("Martinez" in paper for paper in tracked.cite())


def test_what_can_not_be_compared_is_refused():
    with pytest.raises(DataError, match="no signal"):
        rs.track(raw(0), rs.Recording(rs.MotorUnits((), (0, 1))))
    with pytest.raises(DataError, match="know their grid"):
        rs.track(raw(0), dataclasses.replace(raw(1), grids=()))
    emg = rs.Signal(np.asarray(raw(1).signals["emg"].values), 1000.0, "uV")
    slow = dataclasses.replace(raw(1), signals={"emg": emg})
    with pytest.raises(DataError, match="resample"):
        rs.track(raw(0), slow)
