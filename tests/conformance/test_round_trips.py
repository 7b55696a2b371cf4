"""Raw EMG, torque and units through every format that holds them, there and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import renshaw as rs

FS_HZ = 2048.0
NAME = "sub-01_task-ramp"


def recording() -> rs.Recording:
    """Return a decomposed recording of whole samples, as an amplifier and a decomposition give."""
    rng = np.random.default_rng(2)
    # Neighbors see much the same, as electrodes do.
    shared = rng.standard_normal((4096, 1))
    emg = np.rint(40 * (shared + rng.standard_normal((4096, 8)))).astype(np.float32)
    trains = [np.cumsum(rng.integers(120, 260, 12)) / FS_HZ for _ in range(3)]
    grid = rs.Grid("GRID", tuple(range(8)), np.repeat([0.0, 8], 4), np.tile([0.0, 8, 16, 24], 2))
    units = rs.MotorUnits(
        tuple(trains), (0.0, 2.0), fs_hz=FS_HZ, quality={"silhouette": [0.875, 0.9375, 0.90625]}
    )
    signals = {
        "emg": rs.Signal(emg, FS_HZ, "uV", channels=tuple(f"E{i}" for i in range(8))),
        "torque": rs.Signal(np.round(np.linspace(0, 20, 4096), 3), FS_HZ, "% MVC"),
        "sources": rs.Signal(rng.standard_normal((4096, 3)).astype(np.float32), FS_HZ),
    }
    return rs.Recording(units, signals, grids=(grid,), name="ramp")


def through(format: str, folder: Path) -> rs.Recording:
    before = recording()
    if format == "bids data set":
        return rs.read(rs.files.write_bids(before, folder / "set", NAME))
    if format == "nwb":
        pytest.importorskip("pynwb", reason="the extra nwb is not installed")
    ending = {"renshaw": ".h5", "nwb": ".nwb", "openhdemg": ".json", "muedit": ".mat"}[format]
    return rs.read(rs.write(before, folder / f"a{ending}"))


every = pytest.mark.parametrize(
    "format", ["renshaw", "nwb", "openhdemg", "muedit", "bids data set"]
)


@every
def test_raw_emg_torque_and_units_come_back(format, tmp_path):
    before, after = recording(), through(format, tmp_path)
    emg = after.signals["emg"]
    assert (emg.fs_hz, emg.values.shape) == (FS_HZ, (4096, 8))
    np.testing.assert_allclose(emg.values, before.signals["emg"].values, atol=2e-5)
    np.testing.assert_allclose(after.torque.values, before.torque.values, atol=2e-5)
    assert len(after.units) == 3
    for one, other in zip(after.units, before.units, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-9)
    assert after.units.window_s == (0.0, 2.0)
    quality = next(v for n, v in after.units.quality.items() if n in ("silhouette", "accuracy"))
    np.testing.assert_allclose(quality, before.units.quality["silhouette"], atol=1e-9)


@every
def test_what_came_back_can_be_edited(format, tmp_path):
    after = through(format, tmp_path)
    first = float(after.units[0][0])
    edited = rs.edit.replay(after, after, [rs.edit.RemoveDischarges(1, times_s=(first,))])
    assert len(edited.units[0]) == len(after.units[0]) - 1
    assert len(rs.emg.sources(after, after, 1)) == 4096


@pytest.mark.parametrize("format", ["renshaw", "nwb", "openhdemg", "muedit"])
def test_sources_come_back_where_the_format_holds_them(format, tmp_path):
    sources = through(format, tmp_path).signals["sources"]
    np.testing.assert_allclose(sources.values, recording().signals["sources"].values, atol=2e-5)
