"""Raw EMG with something wrong: what can be mended is, what can't is said in words."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from decompose_samples import QUICK, found, raw

import renshaw as rs
from renshaw.cli import app
from renshaw.core.errors import DataError
from renshaw.data.agreement import agreement
from renshaw.decomposition.channels import bridged

FS = 2048.0


def of(values, fs_hz=FS):
    """Return the sample with other EMG, and without its units."""
    recording = raw()
    emg = dataclasses.replace(
        recording.signals["emg"], values=np.asarray(values, dtype=np.float32), fs_hz=fs_hz
    )
    none = rs.MotorUnits((), (0.0, len(emg) / fs_hz))
    return dataclasses.replace(recording, signals={"emg": emg}, units=none, truth=None)


def test_few_lost_samples_are_bridged_and_many_are_not():
    emg = np.arange(4000.0).reshape(1000, 4)
    emg[500:505, 0] = np.nan
    emg[0, 1] = emg[-1, 1] = np.inf
    emg[:20, 2] = np.nan
    mended = bridged(emg)
    np.testing.assert_allclose(mended[:, 0], 4 * np.arange(1000))
    assert (mended[0, 1], mended[-1, 1]) == (emg[1, 1], emg[-2, 1])
    assert np.isnan(mended[:20, 2]).all()
    np.testing.assert_array_equal(mended[:, 3], emg[:, 3])
    assert np.isnan(emg[500, 0])


def test_packets_lost_on_all_channels_cost_no_channel():
    values = np.array(raw().signals["emg"].values)
    for first in (3000, 9000, 15_000):
        values[first : first + 20] = np.nan
    units = rs.decompose(of(values), QUICK)
    assert units.grids[0].good.all()
    good = [t for t, flag in zip(units.units, units.units.flags, strict=True) if not flag]
    before = [t for t, flag in zip(found().units, found().units.flags, strict=True) if not flag]
    assert len(good) >= len(before) - 1
    for times in good:
        samples = np.rint(times * FS).astype(int)
        rates = [agreement(np.rint(t * FS).astype(int), samples, 2, 60).rate for t in raw().units]
        assert max(rates) > 0.8


def test_a_rate_too_low_for_emg_is_refused_in_words():
    values = raw().signals["emg"].values
    with pytest.raises(DataError, match="sampling rate of 40 Hz"):
        rs.decompose(of(values[:400], fs_hz=40.0), QUICK)


def test_the_command_says_why_channels_are_bad(tmp_path, capsys):
    values = np.array(raw().signals["emg"].values)
    values[:, :3] = 0
    values[:, 5] *= 100
    limit = float(np.abs(values[:, 7]).max()) / 8
    values[:, 7] = np.clip(values[:, 7], -limit, limit)
    of(values).save(tmp_path / "raw.h5")
    quick = ["--starts", "16", "--rounds", "1", "--extension", "8", "--iterations", "3", "-q"]
    words = ["decompose", str(tmp_path / "raw.h5"), "-o", str(tmp_path / "out.h5"), *quick]
    assert app.main(words) == 0
    said = capsys.readouterr().out
    assert "Left out: 5 of 32 channels" in said
    for kind in ("is flat (3)", "times as loud as its neighbors (1)", "is clipped (1)"):
        assert kind in said


def test_estimate_says_what_raw_emg_waits_for(tmp_path, capsys):
    of(raw().signals["emg"].values).save(tmp_path / "raw.h5")
    assert app.main(["estimate", str(tmp_path / "raw.h5"), "-q"]) == 0
    assert f"renshaw decompose {tmp_path / 'raw.h5'}" in capsys.readouterr().err
