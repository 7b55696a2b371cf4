"""The vastus lateralis recording in which OT Biolab+ and a person found five units.

Sample file of openhdemg (Valli et al. 2024, doi:10.1016/j.jelekin.2023.102850). One of the five
misses discharges (intervals vary by 77 %); what is found of it differs (agreement .79), has a
source that is clear (silhouette .97), and is not rejected for the discharges that it lacks.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import renshaw as rs
from renshaw.data.agreement import agreement

FILE = Path(__file__).parents[3] / "shared" / "data" / "otb_testfile.mat"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason=f"{FILE.name} is not at hand")


def test_expert_units_are_found_and_nothing_implausible_is_called_good():
    given = rs.read(FILE)
    found = rs.decompose(given)
    good = [i for i, flag in enumerate(found.units.flags) if not flag]
    trains = [np.rint(found.units[i] * 2048).astype(int) for i in good]
    rates = [
        max(agreement(np.rint(t * 2048).astype(int), train, 2, 80).rate for train in trains)
        for t in given.units
    ]
    assert sum(rate >= 0.9 for rate in rates) >= 4
    assert len(good) >= 12
    assert np.all(found.units.quality["silhouette"][good] >= 0.87)
    for i in good:
        intervals = np.diff(found.units[i])
        firing = intervals[intervals <= 1]
        assert len(found.units[i]) >= 20
        # By the quartiles, in standard deviations: missed discharges don't count.
        low, middle, high = np.percentile(firing, [25, 50, 75])
        assert (high - low) / 1.349 / middle <= 0.5
    # What the peers return as units of one discharge, or a merger of two, is flagged.
    assert all(found.units.quality["confidence"][good] > 0)
    assert found.grids[0].good.all()
