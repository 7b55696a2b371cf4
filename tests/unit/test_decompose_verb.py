"""The verb on a small muscle whose discharges are known."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from decompose_samples import QUICK, SETTINGS, found, raw, trains

import renshaw as rs
from renshaw.core.errors import DataError, SettingsError
from renshaw.data.agreement import agreement
from renshaw.decomposition import workers

FS = 2048.0


def rate(first, second):
    return agreement(*(np.rint(t * FS).astype(int) for t in (first, second)), 2, 60).rate


def test_it_finds_the_units_that_are_there():
    good = [t for t, flag in zip(found().units, found().units.flags, strict=True) if not flag]
    right = [max(rate(true, t) for t in good) for true in raw().units]
    assert sum(r >= 0.95 for r in right) >= 5
    # Whatever is called good is one of them.
    assert all(max(rate(true, t) for true in raw().units) > 0.8 for t in good)


def test_every_unit_says_how_sure_it_is():
    units = found().units
    assert set(units.quality) >= {"silhouette", "pnr_db", "cov_isi_pct", "cv2_pct", "confidence"}
    confident = units.quality["confidence"]
    for flag, value in zip(units.flags, confident, strict=True):
        assert (value == 0) == bool(flag)
    flags = [bool(flag) for flag in units.flags]
    assert flags == sorted(flags)
    sources = found().signals["sources"]
    assert sources.values.shape == (len(raw().signals["emg"]), len(units))


def test_discharges_lie_on_the_peaks_of_their_sources():
    sources = found().signals["sources"]
    for unit, times in enumerate(found().units):
        if found().units.flags[unit]:
            continue
        at = np.rint(times * FS).astype(int)
        inside = at[(at > 5) & (at < len(sources) - 5)]
        around = np.stack([sources.values[inside + k, unit] for k in range(-5, 6)])
        # The source is that of the last filter, the discharges are those it was made from.
        assert np.mean(around.argmax(axis=0) == 5) > 0.95


def test_the_same_seed_gives_the_same_units_whatever_the_cores(monkeypatch):
    monkeypatch.setattr(workers, "cores", lambda: 1)
    again = rs.decompose(raw(), QUICK)
    assert again.fingerprint() == found().fingerprint()


def test_history_can_be_run_and_cites():
    step = found().history.steps[-1]
    assert step.verb == "decompose"
    scope = {"rs": rs, "recording": raw()}
    exec(step.code, scope)
    assert scope["recording"].fingerprint() == found().fingerprint()
    assert any("Holobar" in paper for paper in found().cite())


def test_bad_channels_are_left_out_and_named():
    emg = np.array(raw().signals["emg"].values)
    emg[:, 5] = 0
    emg[:, 9] = 300 * np.random.default_rng(0).standard_normal(len(emg))
    broken = dataclasses.replace(raw(), signals={"emg": rs.Signal(emg, FS, "uV")})
    out = rs.decompose(broken, QUICK)
    assert [i for i, fault in enumerate(out.grids[0].faults) if fault] == [5, 9]
    assert any("2 channels" in note for note in out.notes)
    good = [t for t, flag in zip(out.units, out.units.flags, strict=True) if not flag]
    assert sum(max(rate(true, t) for t in good) >= 0.9 for true in raw().units) >= 4


def test_noise_gives_no_good_unit():
    noise = np.random.default_rng(0).standard_normal((12_000, 16)).astype(np.float32)
    silent = rs.Recording(rs.MotorUnits((), (0, 6)), {"emg": rs.Signal(noise, 2000.0, "uV")})
    out = rs.decompose(silent, QUICK.replace(bad_channels=False))
    assert all(out.units.flags)


def test_a_faster_amplifier_is_decimated_and_timed_alike():
    emg = raw().signals["emg"]
    t = np.arange(2 * len(emg)) / (2 * FS)
    fast = np.stack([np.interp(t, emg.times_s, c) for c in emg.values.T], axis=1)
    out = rs.decompose(
        dataclasses.replace(raw(), signals={"emg": rs.Signal(fast, 2 * FS, "uV")}), QUICK
    )
    good = [t for t, flag in zip(out.units, out.units.flags, strict=True) if not flag]
    assert sum(max(rate(true, t) for t in good) >= 0.9 for true in raw().units) >= 4


def test_progress_is_told_and_can_stop_the_work():
    told = []
    rs.decompose(raw(), QUICK, progress=lambda done, total, what: told.append((done, total)))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1]

    class StopError(Exception):
        pass

    def stop(done, total, what):
        if done >= 2:
            raise StopError

    with pytest.raises(StopError):
        rs.decompose(raw(), QUICK, progress=stop)


def test_two_grids_over_one_muscle_give_each_unit_once():
    emg = raw().signals["emg"].values
    (grid,) = raw().grids
    halves = tuple(
        rs.Grid(name, tuple(part), grid.x_mm[list(part)], grid.y_mm[list(part)])
        for name, part in (("low", range(0, 16)), ("high", range(16, 32)))
    )
    two = dataclasses.replace(raw(), signals={"emg": rs.Signal(emg, FS, "uV")}, grids=halves)
    out = rs.decompose(two, QUICK)
    assert [g.name for g in out.grids] == ["low", "high"]
    assert set(out.units.quality["grid"]) <= {1.0, 2.0}
    trains = list(out.units)
    for i, first in enumerate(trains):
        assert all(rate(first, second) < 0.3 for second in trains[:i])


@pytest.mark.parametrize(
    ("recording", "words"),
    [
        (rs.Recording(rs.MotorUnits((), (0, 1))), "no raw EMG"),
        (
            rs.Recording(rs.MotorUnits((), (0, 9)), {"emg": rs.Signal(np.ones((9000, 2)), 1e3)}),
            "at least 4 channels",
        ),
        (
            rs.Recording(rs.MotorUnits((), (0, 9)), {"emg": rs.Signal(np.ones((900, 8)), 1e3)}),
            "at least 2 s",
        ),
        (
            rs.Recording(
                rs.MotorUnits((), (0, 9)),
                {"emg": rs.Signal(np.ones((9000, 8)), 1e3)},
                grids=(rs.Grid("G", (0, 99), [0, 1], [0, 1]),),
            ),
            "does not have",
        ),
    ],
)
def test_what_can_not_be_decomposed_is_refused_in_words(recording, words):
    with pytest.raises(DataError, match=words):
        rs.decompose(recording)


def test_flat_emg_has_no_units():
    flat = rs.Recording(rs.MotorUnits((), (0, 9)), {"emg": rs.Signal(np.ones((9000, 8)), 1e3)})
    out = rs.decompose(flat)
    assert len(out.units) == 0
    assert all("flat" in fault for fault in out.grids[0].faults)


def test_impossible_settings_are_refused():
    with pytest.raises(SettingsError, match="must lie above"):
        rs.DecomposeSettings(highpass_hz=500, lowpass_hz=100)
    with pytest.raises(SettingsError, match="seed"):
        rs.decompose(raw(), seed=-1)


def test_confidence_weighs_and_refuses_in_delta_f():
    def ramp(start, stop, low, high):
        rise = np.cumsum(1 / np.linspace(low, high, 60))
        fall = np.cumsum(1 / np.linspace(high, low, 60))
        times = np.r_[rise, rise[-1] + fall]
        return start + times * (stop - start) / times[-1]

    units = rs.MotorUnits(
        (ramp(1, 21, 5, 15), ramp(4, 17, 6, 13), ramp(6, 15, 6, 12)),
        (0, 22),
        quality={"confidence": np.array([1.0, 0.9, 0.1])},
    )
    plain = dataclasses.replace(units, quality={})
    mean = {
        name: rs.estimate(rs.Recording(u, name=name)).values("delta_f_mean", ok=None)[0]
        for name, u in (("weighed", units), ("plain", plain))
    }
    each = rs.estimate(rs.Recording(plain)).values("delta_f")
    assert len(each) == 2
    assert mean["plain"] == pytest.approx(each.mean())
    assert abs(mean["weighed"] - each[0]) < abs(mean["plain"] - each[0])
    doubtful = dataclasses.replace(
        units, quality={"confidence": np.array([1.0, 0.9, 0.0])}, flags=("", "", "silhouette low")
    )
    rows = rs.estimate(rs.Recording(doubtful)).rows
    pairs = [row for row in rows if row.quantity == "delta_f_pair" and row.unit == 3]
    assert pairs and not any(row.ok for row in pairs)
    assert all("not sure enough" in row.reason and "silhouette low" in row.reason for row in pairs)
    assert not any(row.ok for row in rows if row.quantity == "peak_rate" and row.unit == 3)


def test_a_long_grid_of_many_channels_finds_each_unit_once():
    """Its window is a few ms, but potentials take tens of them from one end to the other."""
    long = SETTINGS.replace(rows=20, columns=6, fiber_mm=160.0)
    window_s = (0.0, 10.0)
    bare = rs.Recording(rs.MotorUnits(tuple(trains(0, 5)), window_s))
    settings = QUICK.replace(extension=None, starts=48)
    units = rs.decompose(rs.synthesize_emg(bare, long, seed=5), settings).units
    good = [t for t, flag in zip(units, units.flags, strict=True) if not flag]
    which = [int(np.argmax([rate(true, t) for true in bare.units])) for t in good]
    assert len(good) >= 4
    assert len(set(which)) == len(which)
