"""What is hardly true of a recording is told, what can't be is refused, the rest is left alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import renshaw as rs
from renshaw.data.rest import artefacts, peak_of
from renshaw.data.suspicion import CHECKS, suspicions
from renshaw.estimation.quantities.delta_f import pair_construction

FS_HZ = 100.0
TIMES_S = np.arange(0, 30, 1 / FS_HZ)
RAMP = np.interp(TIMES_S, [5, 15, 25], [0, 30, 0])


def trains(n: int = 6, seed: int = 0) -> list[np.ndarray]:
    """Discharges of units that follow a ramp, the later recruited the sooner to stop."""
    chance = np.random.default_rng(seed)
    made = []
    for k in range(n):
        at_s, stop_s, times = 6.0 + 1.1 * k, 24.2 - 0.6 * k, []
        while at_s < stop_s:
            times.append(at_s)
            rate = 8 + 8 * (1 - abs(at_s - 15) / 10)
            at_s += (1 + 0.08 * chance.standard_normal()) / rate
        made.append(np.array(times))
    return made


def ramp(
    torque: np.ndarray | None = RAMP,
    units: Sequence[np.ndarray] | None = None,
    unit: str = "",
    fs_hz: float = FS_HZ,
    **facts: object,
) -> rs.Recording:
    noise = np.random.default_rng(1).standard_normal(len(RAMP)) * 0.05
    signals = {}
    if torque is not None:
        noisy = torque + noise if len(torque) == len(noise) else torque
        signals["torque"] = rs.Signal(noisy, fs_hz, unit)
    found = rs.MotorUnits(trains() if units is None else units, (0, 30))
    return rs.Recording(found, signals, name="ramp", **facts)


def codes(recording: rs.Recording) -> set[str]:
    return {each.code for each in suspicions(recording)}


def rows(recording: rs.Recording, quantity: str) -> list:
    return list(rs.estimate(recording).select(quantity).rows)


# --- no false alarms ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sound",
    [
        ramp(),
        ramp(None),
        ramp(unit="% MVC"),
        ramp(RAMP * 6, unit="Nm"),
        ramp(np.minimum(RAMP, 20)),
        ramp(RAMP + 0.5),
        ramp(np.maximum(RAMP, 0) * (1 + 0.02 * np.sin(TIMES_S))),
        ramp(RAMP[::20], fs_hz=5.0),
        ramp(units=[]),
        ramp(units=[np.array([3.0])]),
        rs.Recording(rs.MotorUnits((), (0, 0))),
    ],
    ids=[
        *("torque", "none", "mvc", "Nm", "hold", "small offset", "tremor", "slow"),
        *("no units", "one discharge", "nothing"),
    ],
)
def test_a_sound_recording_is_not_suspected(sound: rs.Recording) -> None:
    assert not suspicions(sound), [str(each) for each in suspicions(sound)]


@pytest.mark.parametrize("protocol", [rs.Ramp(), rs.Trapezoid(), rs.VibStim(), rs.SpasmTest()])
@pytest.mark.parametrize("neuromodulation", [0.85, 1.2])
def test_what_is_simulated_is_not_suspected(protocol: rs.Protocol, neuromodulation: float) -> None:
    person = rs.Participant(neuromodulation=neuromodulation, n_units=20)
    simulated = rs.simulate(person, protocol, seed=2)
    for seen in (simulated, dataclasses.replace(simulated, truth=None)):
        assert not suspicions(seen), [str(each) for each in suspicions(seen)]


# --- times -------------------------------------------------------------------------------------


def table(path: Path, units: Sequence[np.ndarray], *, swapped: bool = False) -> Path:
    lines = ["time_s,unit" if swapped else "unit,time_s"]
    lines += [f"{k},{t:.5f}" for k, train in enumerate(units, start=1) for t in train]
    path.write_text("\n".join(lines))
    return path


@pytest.mark.parametrize(
    ("factor", "words"), [(1e3, "in ms"), (1e6, "in us"), (2048.0, "in samples")]
)
def test_times_in_another_unit_are_refused_with_the_cure(
    tmp_path: Path, factor: float, words: str
) -> None:
    path = table(tmp_path / "t.csv", [train * factor for train in trains()])
    with pytest.raises(rs.ReadError, match=words) as refused:
        rs.read(path)
    assert "--time-unit" in str(refused.value)
    assert "time_unit=" in str(refused.value)


def test_a_format_of_one_unit_names_no_option_that_it_does_not_take(tmp_path: Path) -> None:
    slow = rs.MotorUnits(tuple(train * 1e3 for train in trains()), (0.0, 30_000.0), fs_hz=10.0)
    path = rs.write(rs.Recording(slow), tmp_path / "slow.json", format="openhdemg")
    with pytest.raises(rs.ReadError, match="fixes the unit of its times") as refused:
        rs.read(path)
    assert "--time-unit ms" not in str(refused.value)
    with pytest.raises(rs.ReadError):
        rs.read(path, options=rs.ReadOptions(time_unit="ms"))
    insisted = rs.read(path, options=rs.ReadOptions(time_unit="s"))
    assert "rates_too_low" in codes(insisted)


def test_who_insists_on_seconds_is_believed_and_warned(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", [train * 1e3 for train in trains()])
    read = rs.read(path, options=rs.ReadOptions(time_unit="s"))
    assert codes(read) == {"rates_too_low"}
    assert any("pps" in warned for warned in rs.estimate(read).findings()[0].warnings)


def test_times_that_are_too_short_are_refused(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", [train / 2048 for train in trains()])
    with pytest.raises(rs.ReadError, match="none can"):
        rs.read(path)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "min"])
def test_nobody_can_insist_on_rates_that_no_unit_has(tmp_path: Path, unit: str) -> None:
    by = 2048 * {"s": 1.0, "ms": 1e-3, "us": 1e-6, "min": 60.0}[unit]
    rows = [f"{k},{float(t) / by!r}" for k, each in enumerate(trains(), 1) for t in each]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["unit,time", *rows]))
    with pytest.raises(rs.ReadError, match="none can"):
        rs.read(path, options=rs.ReadOptions(time_unit=unit))


def test_units_that_start_and_stop_fast_beside_no_torque_are_asked_about() -> None:
    def counted(scale: float, torque: np.ndarray | None = None) -> set[str]:
        units = rs.MotorUnits([scale * t for t in trains()], (0, 30), fs_hz=2000.0)
        signals = {} if torque is None else {"torque": rs.Signal(torque, FS_HZ)}
        return codes(rs.Recording(units, signals))

    assert counted(0.5) == {"rates_high_at_ends"}
    assert not counted(1.0)
    assert "rates_high_at_ends" not in counted(0.5, ramp().torque.values)


def test_swapped_columns_are_refused(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", trains(), swapped=True)
    with pytest.raises(rs.ReadError, match="swapped"):
        rs.read(path)


def test_slow_units_are_told_and_read(tmp_path: Path) -> None:
    slow = [np.arange(1.0, 29.0, 2.0) + 0.1 * k for k in range(3)]
    assert codes(rs.read(table(tmp_path / "slow.csv", slow))) == {"rates_too_low"}


def test_two_units_in_one_are_told() -> None:
    one, two, *_ = trains()
    both = np.union1d(one, one[1:-1] + 0.0012)
    found = [s for s in suspicions(ramp(units=[both, two])) if s.code == "short_intervals"]
    assert [s.units for s in found] == [(0,)]


def test_what_renshaw_wrote_is_read_whatever_its_rates(tmp_path: Path) -> None:
    odd = ramp(None, units=[np.arange(0.0, 30.0, 1e-3)])
    assert codes(odd) == {"rates_too_high"}
    assert len(rs.read(rs.write(odd, tmp_path / "odd.h5")).units[0]) == len(odd.units[0])


def test_a_sampling_rate_that_is_five_times_too_high_is_told() -> None:
    read = ramp(None, units=[times / 5 for times in trains()])
    assert codes(read) == {"rates_high"}
    assert "--fs" in str(suspicions(read)[0])


# --- trains ------------------------------------------------------------------------------------


def test_copies_count_once_and_the_first_is_kept() -> None:
    units = trains()
    clean = rs.estimate(ramp(units=units))
    jitter = [train + 0.0004 for train in units[1:4]]
    copied = ramp(units=[*units, *jitter])
    found = next(s for s in suspicions(copied) if s.code == "copied_units")
    assert found.units == (6, 7, 8)
    estimates = rs.estimate(copied)
    assert estimates.values("delta_f_mean") == pytest.approx(clean.values("delta_f_mean"))
    assert len(estimates.select("delta_f_pair")) == len(clean.select("delta_f_pair"))
    assert "same unit as 2" in estimates.select("peak_rate", unit=7).rows[0].reason


def test_units_that_stop_together_are_told() -> None:
    cut = [train[train < 17 + 0.01 * k] for k, train in enumerate(trains())]
    found = next(s for s in suspicions(ramp(units=cut)) if s.code == "stop_together")
    assert set(found.units) >= {0, 1, 2, 3}
    assert "17.0 s" in str(found)


def test_pairs_of_units_that_stop_together_are_not_ok_and_openhdemg_keeps_them() -> None:
    cut = [t[t < 17] if k > 1 else t for k, t in enumerate(trains())]
    recording = ramp(units=cut)
    gone = {
        unit + 1 for s in suspicions(recording) if s.code == "stop_together" for unit in s.units
    }
    assert gone
    pairs = rs.estimate(recording).select("delta_f_pair").rows
    for row in pairs:
        assert ("lost" in row.reasons.codes) == bool({row.unit, row.control} & gone)
        assert not (row.ok and {row.unit, row.control} & gone)
    for row in rs.estimate(recording).select("derecruitment_torque").rows:
        assert ("lost" in row.reasons.codes) == (row.unit in gone)
    kept = rs.estimate(recording, "openhdemg").select("delta_f_pair").rows
    assert any(row.ok and "lost" in row.reasons.codes for row in kept)
    first = next(row for row in pairs if row.unit in gone)
    assert not pair_construction(recording, first.unit, first.control).accepted


def test_units_that_stop_together_are_told_without_torque() -> None:
    units = trains(8)
    cut = [t[t < 17] if k < 4 else t for k, t in enumerate(units)]
    assert "stop_together_among_others" in codes(ramp(None, units=cut))


def test_a_sudden_release_stops_all_units_and_rightly() -> None:
    released = np.where(TIMES_S < 17.15, RAMP, 0)
    cut = [train[train < 17 + 0.01 * k] for k, train in enumerate(trains())]
    assert "stop_together" not in codes(ramp(released, units=cut))


def test_a_discharge_apart_from_all_others_is_told_unless_torque_comes_again() -> None:
    units = trains()
    late = [*units[:5], np.append(units[5], units[5][-1] + 3.0)]
    early = [np.insert(units[0], 0, 2.5), *units[1:]]
    for strays, unit in ((late, 5), (early, 0)):
        found = next(s for s in suspicions(ramp(units=strays)) if s.code == "discharges_astray")
        assert found.units == (unit,)
    # A second, lower contraction in which the last unit fires once.
    again = np.interp(TIMES_S, [5, 12, 19, 21, 25, 28], [0, 30, 0, 0, 28, 0])
    once = [*units[:5], np.array([*np.arange(9, 14, 0.1), 24.9])]
    assert "discharges_astray" not in codes(ramp(again, units=once))


def test_a_part_without_any_discharge_is_told() -> None:
    holes = [t[(t < 13) | (t > 16)] for t in trains()]
    assert "common_gap" in codes(ramp(units=holes))


def test_units_that_fire_after_the_signals_end_are_told_and_kept(tmp_path: Path) -> None:
    short = ramp(RAMP[:2000])
    assert "signals_end_first" in codes(short)
    assert sum(map(len, short.units)) == sum(map(len, trains()))


# --- torque ------------------------------------------------------------------------------------

DOWN = {"inverted": -RAMP, "with an offset above zero": 60 - RAMP, "in volts": 2.5 - RAMP / 50}


@pytest.mark.parametrize("case", DOWN)
def test_torque_that_points_down_gives_no_hysteresis_and_the_cure_does(
    tmp_path: Path, case: str
) -> None:
    path = rs.write(ramp(DOWN[case]), tmp_path / "down.h5")
    read = rs.read(path)
    assert "torque_downward" in codes(read)
    for quantity in ("torque_hysteresis", "self_sustained_duration", "recruitment_torque"):
        for row in rows(read, quantity):
            assert not row.ok
            assert "torque_downward" in row.reasons.codes
    # Nor does a brace against time stand in for one against a torque that can't be believed.
    assert not any(row.ok for row in rows(read, "brace_height"))
    cured = rs.read(path, options=rs.ReadOptions(torque_sign=-1, torque_offset="rest"))
    assert not suspicions(cured)
    assert all(row.ok for row in rows(cured, "torque_hysteresis"))


def test_a_drift_makes_the_way_back_doubtful_and_the_cure_does_not(tmp_path: Path) -> None:
    path = rs.write(ramp(RAMP + 0.5 * TIMES_S), tmp_path / "drift.h5")
    read = rs.read(path)
    assert codes(read) == {"torque_drifts"}
    for quantity in ("torque_hysteresis", "recruitment_torque", "derecruitment_torque"):
        assert not any(row.ok for row in rows(read, quantity))
    assert all(row.ok for row in rows(read, "peak_rate"))
    cured = rs.read(path, options=rs.ReadOptions(torque_offset="rest"))
    assert not suspicions(cured)
    expected = rs.estimate(ramp()).values("torque_hysteresis")
    np.testing.assert_allclose(rs.estimate(cured).values("torque_hysteresis"), expected, atol=0.3)


def test_an_offset_makes_levels_doubtful_and_differences_not() -> None:
    read = ramp(RAMP + 12)
    assert codes(read) == {"torque_offset"}
    assert not any(row.ok for row in rows(read, "recruitment_torque"))
    assert all(row.ok for row in rows(read, "torque_hysteresis"))


@pytest.mark.parametrize("high", [5000.0, -5000.0])
def test_one_artefact_is_told_and_changes_nothing(high: float) -> None:
    values = RAMP.copy()
    values[1200] = high
    read, clean = ramp(values), ramp()
    assert codes(read) == {"torque_artefact"}
    assert peak_of(read.torque) == pytest.approx(peak_of(clean.torque))
    for quantity in ("brace_height", "torque_hysteresis"):
        found, expected = rows(read, quantity), rows(clean, quantity)
        # A straight line stands in for the one sample, whose own noise nobody knows any more.
        assert [row.value for row in found] == pytest.approx([r.value for r in expected], rel=5e-3)


def test_a_twitch_is_no_artefact() -> None:
    fs_hz = 1000.0
    times_s = np.arange(0, 5, 1 / fs_hz)
    since = np.clip(times_s - 2, 0, None)
    twitch = since / 0.05 * np.exp(1 - since / 0.05)
    assert not artefacts(rs.Signal(20 * twitch, fs_hz)).any()


def test_flat_torque_and_mere_noise_give_nothing() -> None:
    for torque, code in ((np.full(3000, 3.0), "torque_flat"), (RAMP * 0, "torque_noise")):
        signals = {"torque": rs.Signal(torque, FS_HZ)} if code == "torque_flat" else None
        flat = ramp(torque)
        flat = flat if signals is None else dataclasses.replace(flat, signals=signals)
        assert code in codes(flat)
        assert not any(row.ok for row in rows(flat, "torque_hysteresis"))


def test_clipped_torque_is_told() -> None:
    noisy = ramp().torque.values
    clipped = dataclasses.replace(
        ramp(), signals={"torque": rs.Signal(np.minimum(noisy, 20.0), FS_HZ)}
    )
    assert codes(clipped) == {"torque_clipped"}


def sampled(torque: np.ndarray, fs_hz: float = FS_HZ) -> rs.Recording:
    """The ramp with a torque as it is, without noise of its own."""
    return dataclasses.replace(ramp(), signals={"torque": rs.Signal(torque, fs_hz)})


def test_torque_that_an_amplifier_flattens_is_told_and_tremor_is_not() -> None:
    noisy = ramp().torque.values
    assert codes(sampled(20 * np.tanh(noisy / 14))) == {"torque_flattened"}
    # A little is known of many samples only.
    noise = np.random.default_rng(5).standard_normal(30 * 2000) * 0.05
    fine = np.interp(np.arange(30 * 2000) / 2000, TIMES_S, RAMP) + noise
    assert codes(sampled(40 * np.tanh(fine / 40), 2000.0)) == {"torque_flattened"}
    assert not codes(sampled(fine, 2000.0))
    # A hold, with the noise of the amplifier throughout, and with more of it at the top.
    chance = np.random.default_rng(4).standard_normal(len(RAMP))
    for noise in (np.full(len(RAMP), 0.05), 0.05 + 0.01 * RAMP):
        assert not codes(sampled(np.minimum(RAMP, 20) + noise * chance))


@pytest.mark.parametrize(
    ("torque", "code"),
    [
        (np.where((TIMES_S > 9) & (TIMES_S < 12), ramp().torque.values[900], 0), "torque_frozen"),
        (np.where(TIMES_S > 14, 2, 1), "torque_jumps"),
        (6 * np.sin(2 * np.pi * 21 * TIMES_S), "torque_noisy"),
        ("coarse", "torque_coarse"),
    ],
    ids=["frozen", "jumps", "noisy", "coarse"],
)
def test_torque_that_no_muscle_makes_gives_no_levels_nor_hysteresis(
    torque: np.ndarray | str, code: str
) -> None:
    noisy = ramp().torque.values
    made = {
        "torque_frozen": lambda: np.where(torque != 0, torque, noisy),
        "torque_jumps": lambda: noisy * torque,
        "torque_noisy": lambda: noisy + torque,
        "torque_coarse": lambda: np.round(noisy / 5) * 5,
    }[code]()
    found = sampled(made)
    assert code in codes(found)
    for quantity in ("torque_hysteresis", "recruitment_torque", "self_sustained_duration"):
        assert not any(row.ok for row in rows(found, quantity))


@pytest.mark.parametrize("shift_s", [-5.0, -0.3, 0.3, 2.0])
def test_torque_of_another_beginning_is_told_where_it_can_be_known(shift_s: float) -> None:
    late = ramp(np.interp(TIMES_S - shift_s, TIMES_S, RAMP))
    told = "torque_shifted" in codes(late)
    # A third of a second may be how muscle and inward currents delay it.
    assert told == (abs(shift_s) > 0.5)
    if told:
        assert not any(row.ok for row in rows(late, "torque_hysteresis"))


def test_two_units_in_one_and_discharges_detected_twice_are_told() -> None:
    units = trains()
    merged = [np.sort(np.concatenate([units[0], units[3]])), *units[1:3], *units[4:]]
    again = [np.sort(np.concatenate([t, t[::3] + 0.008])) for t in units]
    missed = [t[np.random.default_rng(k).random(len(t)) > 0.2] for k, t in enumerate(units)]
    found = next(s for s in suspicions(ramp(units=merged)) if s.code == "irregular_intervals")
    assert found.units == (0,)
    assert "irregular_intervals" in codes(ramp(units=again))
    assert "irregular_intervals" not in codes(ramp(units=missed))


def test_an_artefact_in_all_units_is_told() -> None:
    hit = [np.sort(np.append(t, 14.0 + 0.0001 * k)) for k, t in enumerate(trains())]
    assert codes(ramp(units=hit)) == {"discharges_at_once"}
    few = [np.sort(np.append(t, 14.0)) if k < 3 else t for k, t in enumerate(trains())]
    assert not codes(ramp(units=few))


def test_times_of_few_digits_are_told() -> None:
    assert codes(ramp(units=[np.unique(np.round(t, 2)) for t in trains()])) == {"times_rounded"}
    assert not codes(ramp(units=[np.round(t, 3) for t in trains()]))


@pytest.mark.parametrize("fs_hz", [2048.0, 10240.0])
def test_milliseconds_taken_for_samples_are_asked_about(tmp_path: Path, fs_hz: float) -> None:
    from scipy.io import savemat

    pulses = np.empty((1, 6), dtype=object)
    for k, t in enumerate(trains()):
        pulses[0, k] = np.round(1e3 * t)
    at_s = np.arange(0, 30, 1 / fs_hz)
    torque = np.interp(at_s, TIMES_S, RAMP)
    path = tmp_path / "ms.mat"
    savemat(path, {"MUPulses": pulses, "fsamp": fs_hz, "ref_signal": torque})
    with pytest.raises(rs.ReadError, match=r"--time-unit ms"):
        rs.read(path)
    read = rs.read(path, options=rs.ReadOptions(time_unit="ms"))
    assert not suspicions(read)
    assert read.units[0][0] == pytest.approx(trains()[0][0], abs=1e-3)
    insisted = rs.read(path, options=rs.ReadOptions(time_unit="samples"))
    assert "counted_in_ms" in codes(insisted)


@pytest.mark.parametrize("order", ["by recording", "by unit"])
def test_two_recordings_in_one_table_are_refused(tmp_path: Path, order: str) -> None:
    both = [trains(), trains(seed=1)]
    if order == "by unit":
        lines = [f"{k},{t:.5f}" for k in range(6) for units in both for t in units[k]]
    else:
        lines = [f"{k},{t:.5f}" for units in both for k in range(6) for t in units[k]]
    path = tmp_path / "both.csv"
    path.write_text("\n".join(["unit,time_s", *lines]))
    with pytest.raises(rs.ReadError, match="begin anew"):
        rs.read(path)


def test_what_is_doubted_of_the_whole_is_doubted_of_its_contractions() -> None:
    twice_s = np.arange(0, 60, 1 / FS_HZ)
    units = [np.concatenate([t, t + 30]) for t in trains()]
    noise = np.random.default_rng(1).standard_normal(len(twice_s)) * 0.05
    torque = np.tile(RAMP, 2) + np.linspace(0, 8, len(twice_s)) + noise
    drifts = rs.Recording(rs.MotorUnits(units, (0, 60)), {"torque": rs.Signal(torque, FS_HZ)})
    found = rs.contractions(drifts)
    assert found.several
    for part in (found.part(1), found.parts()[1]):
        assert "torque_drifts" in codes(part)
    hysteresis = rows(drifts, "torque_hysteresis")
    assert {row.contraction for row in hysteresis} == {1, 2}
    assert not any(row.ok for row in hysteresis)


def test_a_control_unit_that_was_lost_after_the_test_unit_stopped_gauges_it() -> None:
    # The last three units stop by themselves before 21 s; the first three are lost at 22.4 s.
    cut = [t[t < 22.4] if k < 3 else t[t < 22.0 - 0.4 * k] for k, t in enumerate(trains())]
    recording = ramp(np.where(TIMES_S < 23, np.maximum(RAMP, 15 * (TIMES_S > 15)), RAMP), units=cut)
    gone = {u + 1 for s in suspicions(recording) if s.code.startswith("stop") for u in s.units}
    assert gone == {1, 2, 3}
    pairs = rs.estimate(recording).select("delta_f_pair").rows
    for row in pairs:
        assert ("lost" in row.reasons.codes) == (row.unit in gone), (row.unit, row.control)
    assert any(row.ok and row.control in gone for row in pairs)


def test_a_whole_contraction_in_too_short_a_time_is_of_another_rate() -> None:
    fast = ramp(RAMP, fs_hz=2 * FS_HZ)
    assert "torque_other_rate" in codes(fast)
    assert not any(row.ok for row in rows(fast, "recruitment_torque"))


def test_torque_of_something_else_is_told() -> None:
    other = np.interp(TIMES_S, [0, 5, 6, 24, 25, 30], [30, 30, 0, 0, 30, 30])
    assert codes(ramp(other)) & {"torque_unrelated", "torque_downward"}


@pytest.mark.parametrize(("factor", "code"), [(0.01, "torque_low_pct"), (10.0, "torque_high_pct")])
def test_percent_of_mvc_that_is_none_is_told(factor: float, code: str) -> None:
    assert code in codes(ramp((RAMP + 0.001) * factor, unit="% MVC"))


# --- electrodes --------------------------------------------------------------------------------


def test_dead_grids_and_other_units_are_told() -> None:
    chance = np.random.default_rng(0)
    live = chance.standard_normal((2000, 4)) * 20
    for values, code in ((live * 0, "grid_dead"), (live * 1e-6, "emg_unit")):
        raw = rs.Recording(rs.MotorUnits((), (0, 1)), {"emg": rs.Signal(values, 2000, "uV")})
        assert codes(raw) == {code}
    sound = rs.Recording(rs.MotorUnits((), (0, 1)), {"emg": rs.Signal(live, 2000, "uV")})
    assert not suspicions(sound)


# --- where it is told --------------------------------------------------------------------------


def test_it_is_told_in_terminal_report_and_several_files(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    from renshaw.cli.app import main

    down = rs.write(ramp(60 - RAMP), tmp_path / "down.h5")
    fine = rs.write(ramp(), tmp_path / "fine.h5")
    out = tmp_path / "out"
    words = ["estimate", "-q", "--no-multiverse", str(down), "-o", str(out)]
    assert main(words) == 0
    assert "points downward" in capsys.readouterr().out
    assert "points downward" in (out / "report.html").read_text()
    assert main(["estimate", "-q", str(down), str(fine)]) == 0
    said = capsys.readouterr().out
    assert "down: The torque points downward" in said
    assert "--torque-sign -1" in said


def test_it_is_told_in_a_study_and_mixed_units_are_not_compared(tmp_path: Path) -> None:
    for n in (1, 2):
        for condition, unit, torque in (("pre", "Nm", RAMP), ("post", "% MVC", 60 - RAMP)):
            rs.write(
                ramp(torque if n == 1 else RAMP, trains(seed=n), unit=unit),
                tmp_path / f"P{n}_{condition}.h5",
            )
    (tmp_path / "study.toml").write_text(
        'name = "mixed"\nmixed_models = false\n[recordings]\nfolder = "."\n'
        'pattern = "{participant}_{condition}.h5"\n'
    )
    result = rs.run_study(rs.load_plan(tmp_path / "study.toml"), tmp_path / "out", workers=1)
    warned = " ".join(result.findings()[0].warnings)
    assert "P1_post: The torque points downward" in warned
    assert "is in % MVC and in Nm" in warned or "is in Nm and in % MVC" in warned
    compared = set(result.groups[0].comparison.table["quantity"])
    assert "torque_hysteresis" not in compared
    assert "peak_rate" in compared


def test_every_check_says_what_it_holds_to_be_true() -> None:
    assert len(CHECKS) > 10
    assert all(check.meaning for check in CHECKS.values())


def test_a_study_file_says_how_its_files_are_read(tmp_path: Path) -> None:
    for n in (1, 2):
        for condition in ("pre", "post"):
            path = tmp_path / f"P{n}_{condition}.h5"
            rs.write(ramp(60 - 6 * RAMP, trains(seed=n)), path)
    (tmp_path / "study.toml").write_text(
        'name = "down"\nmixed_models = false\n[recordings]\nfolder = "."\n'
        'pattern = "{participant}_{condition}.h5"\n'
        '[recordings.options]\ntorque_sign = -1\ntorque_offset = "rest"\nmvc = 300\nmuscle = "TA"\n'
    )
    plan = rs.load_plan(tmp_path / "study.toml")
    result = rs.run_study(plan, tmp_path / "out", workers=1)
    warned = " ".join(result.findings()[0].warnings)
    assert "downward" not in warned
    table = result.groups[0].comparison.table
    assert set(table.loc[table["quantity"] == "torque_hysteresis", "units"]) == {"% MVC"}
    assert rs.open_study(tmp_path / "out").plan.arms[0].recordings.options.mvc == 300
    (tmp_path / "study.toml").write_text(
        'name = "x"\n[recordings]\nfolder = "."\n[recordings.options]\nmcv = 3\n'
    )
    with pytest.raises(rs.SettingsError, match="Did you mean 'mvc'"):
        rs.load_plan(tmp_path / "study.toml")
