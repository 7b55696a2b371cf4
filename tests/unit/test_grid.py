"""Grids: where the electrodes lie."""

from __future__ import annotations

import numpy as np
import pytest

from renshaw.core.errors import DataError
from renshaw.data.grid import Grid, otb_grid, rectangular, unplaced


def test_the_grid_of_13_by_5_runs_to_and_fro_and_lacks_a_corner():
    grid = otb_grid("Vastus Lateralis - GR08MM1305", range(64))
    table = grid.table(np.arange(1, 65))
    assert (grid.name, grid.distance_mm, table.shape) == ("GR08MM1305", 8.0, (13, 5))
    assert np.isnan(table[0, 0])
    assert table[0, 1:].tolist() == [25, 26, 51, 52]
    assert table[12].tolist() == [12, 13, 38, 39, 64]


def test_the_full_grid_of_8_by_8_runs_down_every_column():
    table = otb_grid("HD10MM0808", range(64)).table(np.arange(1, 65))
    assert table[:2, :2].tolist() == [[1, 9], [2, 10]]


@pytest.mark.parametrize(("code", "channels"), [("GR08MM1305", 60), ("something", 8)])
def test_unknown_grids_have_no_places(code, channels):
    grid = otb_grid(code, range(channels))
    assert not grid.placed and np.isnan(grid.distance_mm)
    assert grid.table(np.zeros(channels)).shape == (channels, 1)


def test_faults_make_channels_bad():
    grid = rectangular("G", range(6), 3, 2, 4.0).with_faults(["", "is flat", "", "", "", ""])
    assert grid.good.tolist() == [True, False, True, True, True, True]
    assert repr(grid) == "Grid('G', 6 channels, 5 good)"
    with pytest.raises(ValueError, match="read-only"):
        grid.x_mm[0] = 3


def test_impossible_grids_are_refused():
    with pytest.raises(DataError, match="differ in number"):
        Grid("G", (0, 1), [0.0], [0.0])
    with pytest.raises(DataError, match="distinct"):
        Grid("G", (1, 1), [0.0, 1.0], [0.0, 1.0])
    with pytest.raises(DataError, match="3 x 3"):
        rectangular("G", range(8), 3, 3, 1.0)
    assert not unplaced("G", range(3)).placed
