"""`peristimulus`: planted responses are found where they are, and chance is not taken for one."""

from __future__ import annotations

import numpy as np
import pytest

import renshaw as rs
from renshaw.core.errors import DataError, SettingsError
from renshaw.decomposition.stimuli import stimuli_of
from renshaw.decomposition.stimuli_list import times_in
from renshaw.estimation import PeristimulusSettings, peristimulus
from renshaw.estimation.around_stimuli.responses import ECHO, STEADY, TOO_FEW
from renshaw.experiment.reflexes.result import Outcome

QUICK = PeristimulusSettings(moved=199)


def train(seed, length_s=260.0):
    chance = np.random.default_rng(seed)
    times = np.cumsum(chance.gamma(40, 1 / 400, int(length_s * 12)))
    return times[times < length_s]


def stimuli(seed, n=300):
    return 1.0 + np.cumsum(np.random.default_rng(1000 + seed).uniform(0.6, 1.1, n))


def recording(*trains, **more):
    return rs.Recording(rs.MotorUnits(trains, (0.0, 300.0)), **more)


def row(found, direction, unit=1):
    table = found.responses
    return table[(table.unit == unit) & (table.direction == direction)].iloc[0]


def test_an_excitation_is_found_where_it_was_planted():
    at_s = stimuli(0)
    # Discharges that would have come within 20 ms after 30 ms come at 30 to 33 ms.
    times = train(0, 300.0)
    for stimulus in at_s:
        late = (times > stimulus + 0.033) & (times < stimulus + 0.060)
        times[late] = stimulus + np.random.default_rng(1).uniform(0.030, 0.033, late.sum())
    found = row(peristimulus(recording(np.unique(times)), at_s, QUICK), "excitation")
    assert found.ok
    assert found.p == pytest.approx(1 / 200)
    assert found.onset_ms == pytest.approx(30.0, abs=1.0)
    assert found.duration_ms == pytest.approx(3.0, abs=2.0)
    assert found.discharges_per_stimulus == pytest.approx(0.27, abs=0.06)
    assert found.rate_change_pps > 0.5


def test_a_trough_right_after_a_peak_may_be_its_echo():
    at_s = stimuli(0)
    times = train(0, 300.0)
    for stimulus in at_s:
        late = (times > stimulus + 0.033) & (times < stimulus + 0.060)
        times[late] = stimulus + 0.031
    found = row(peristimulus(recording(np.unique(times)), at_s, QUICK), "inhibition")
    assert not found.ok
    assert found.reason == ECHO


def test_an_inhibition_is_found_where_it_was_planted():
    at_s = stimuli(2)
    times = train(2, 300.0)
    since = times - at_s[np.maximum(0, np.searchsorted(at_s, times) - 1)]
    times = times[~((since > 0.040) & (since < 0.060))]
    found = row(peristimulus(recording(times), at_s, QUICK), "inhibition")
    assert found.ok
    assert found.onset_ms == pytest.approx(40.0, abs=3.0)
    assert found.duration_ms == pytest.approx(20.0, abs=5.0)
    assert found.discharges_per_stimulus == pytest.approx(0.2, abs=0.05)


def test_chance_is_rarely_taken_for_a_response():
    trains = [train(seed, 250.0) for seed in range(60)]
    found = peristimulus(recording(*trains), stimuli(7, 250), PeristimulusSettings(moved=99))
    alone = found.responses[found.responses.unit > 0]
    # Of 120 tests at 5 %, 6 are expected; 14 are had once in a thousand times.
    assert (alone.p <= 0.05).sum() < 14
    assert alone.p.min() > 0


def test_histograms_count_every_discharge_once():
    times, at_s = train(3), np.arange(2.0, 200.0, 1.0)
    found = peristimulus(recording(times), at_s, QUICK)
    expected = [np.sum((times >= s - 0.150 - 1e-12) & (times < s + 0.150 - 1e-12)) for s in at_s]
    assert found.counts[0].sum() * 0.001 * len(at_s) == pytest.approx(sum(expected), abs=1)
    table = found.histogram_table()
    assert list(table.columns) == ["unit", "time_ms", "psth_pps", "psf_pps"]
    assert np.nanmean(found.rates_pps) == pytest.approx(10.0, abs=0.5)


def test_all_units_together_are_the_sum_of_each():
    found = peristimulus(recording(train(3), train(4)), stimuli(1, 200), QUICK)
    assert found.units == (0, 1, 2)
    np.testing.assert_allclose(found.counts[0], found.counts[1] + found.counts[2])


def test_few_discharges_are_not_judged():
    found = peristimulus(recording(np.array([5.0, 6.0])), stimuli(1, 50), QUICK)
    assert set(found.responses.reason) == {TOO_FEW}
    assert any("can't be judged" in str(each) for each in found.findings())


def test_the_same_seed_gives_the_same_p():
    once, again = (peristimulus(recording(train(5)), stimuli(1, 200), QUICK) for _ in range(2))
    np.testing.assert_array_equal(once.responses.p, again.responses.p)


def test_events_tell_the_stimuli():
    events = [rs.Event(float(t), 0.0, "shock") for t in stimuli(1, 100)]
    known = recording(train(5), events=tuple(events))
    assert len(peristimulus(known, "shock", QUICK).stimuli_s) == 100
    with pytest.raises(DataError, match="no events called 'tap'.*'shock'"):
        peristimulus(known, "tap", QUICK)


def test_too_few_stimuli_and_odd_times_are_refused():
    with pytest.raises(DataError, match="3 of 5 stimuli"):
        peristimulus(recording(train(5)), [0.01, 1.0, 2.0, 3.0, 400.0], QUICK)
    with pytest.raises(DataError, match="not a finite number"):
        peristimulus(recording(train(5)), [1.0, np.nan], QUICK)
    with pytest.raises(SettingsError, match="last_ms"):
        PeristimulusSettings(first_ms=100.0, last_ms=101.0)


def test_no_units_are_no_fault():
    found = peristimulus(rs.Recording(rs.MotorUnits((), (0.0, 300.0))), stimuli(1, 50), QUICK)
    assert len(found.responses) == 0
    assert "no motor units" in str(found.findings()[0])
    found.plot()


@pytest.mark.parametrize("later_s", [(), (0.005,), (0.004, 0.008)])
def test_a_response_to_pairs_and_trains_is_found_too(later_s):
    at_s = stimuli(0, 250)
    times = train(0, 300.0)
    for stimulus in at_s:
        late = (times > stimulus + 0.045) & (times < stimulus + 0.070)
        times[late] = stimulus + np.random.default_rng(1).uniform(0.030, 0.045, late.sum())
    every_s = np.concatenate([at_s, *(at_s + later for later in later_s)])
    found = row(peristimulus(recording(np.unique(times)), every_s, QUICK), "excitation")
    assert found.p == pytest.approx(1 / 200)


def test_times_of_one_sampling_clock_make_no_response():
    # Of 3 ms bins of a clock of 500 Hz, every other one holds two ticks, the others one.
    fs_hz = 500.0
    trains = [np.unique(np.rint(train(seed, 300.0) * fs_hz) / fs_hz) for seed in range(20)]
    at_s = np.rint(stimuli(3) * fs_hz) / fs_hz
    clock = {"torque": rs.Signal(np.zeros(150001), fs_hz, unit="Nm")}
    settings = QUICK.replace(bin_ms=3.0)
    found = peristimulus(recording(*trains, signals=clock), at_s, settings)
    assert not found.responses[found.responses.unit == 0].ok.any()


def test_discharges_at_the_edge_of_a_bin_count_into_the_one_that_begins_there():
    at_s = np.arange(10, 210) / 1.0
    times = np.sort(np.concatenate([at_s + 0.05, at_s + 0.5]))
    found = peristimulus(recording(times), at_s, QUICK)
    assert found.counts[0][found.times_ms == 50.5] == pytest.approx(1000.0)
    assert found.counts[0].sum() == pytest.approx(1000.0)


def test_settings_by_which_nothing_could_count_are_refused():
    with pytest.raises(SettingsError, match="never below 0.05"):
        PeristimulusSettings(moved=19, alpha=0.01)
    with pytest.raises(SettingsError, match="more than 1000 bins"):
        PeristimulusSettings(last_ms=5000.0, bin_ms=0.1)


def test_stimuli_that_do_not_count_are_told():
    at_s = [*stimuli(1, 50), 400.0, 1000.0]
    found = peristimulus(recording(train(5)), at_s, QUICK)
    assert found.left_out == 2
    assert "2 stimuli of 52" in str(found.findings()[0])
    whole = peristimulus(recording(train(5)), stimuli(1, 50), QUICK)
    assert "outside the recording" not in str(whole.findings()[0])


def test_steady_stimuli_are_warned_of():
    clockwork = np.cumsum(np.random.default_rng(3).normal(0.1, 0.003, 2600))
    steady = peristimulus(recording(clockwork), np.arange(2.0, 250.0, 0.5), QUICK)
    assert "stay in step" in str(steady.findings()[0])
    varied = peristimulus(recording(train(5)), stimuli(1, 100), QUICK)
    assert "stay in step" not in str(varied.findings()[0])


def test_stimuli_in_milliseconds_get_a_hint():
    with pytest.raises(DataError) as told:
        peristimulus(recording(train(5)), 1000.0 * stimuli(1, 50), QUICK)
    assert "in seconds" in str(told.value.hint)


def test_without_emg_no_stimuli_are_looked_for_in_it():
    with pytest.raises(DataError, match="no EMG"):
        stimuli_of(recording(train(5)), "auto")


def test_times_with_a_decimal_comma(tmp_path):
    path = tmp_path / "times.csv"
    path.write_text("time;what\n1,25;shock\n2,5;shock\n", encoding="utf-8")
    assert times_in(path) == (1.25, 2.5)


def test_an_outcome_that_was_not_measured_lies_nowhere():
    assert Outcome("latency of H", float("nan"), "ms", 25.5, 35.1).as_in_people is None


def test_steady_stimuli_and_a_steady_unit_are_not_judged():
    chance = np.random.default_rng(3)
    clockwork = np.cumsum(chance.normal(0.1, 0.003, 2600))
    found = peristimulus(recording(clockwork), np.arange(2.0, 250.0, 0.5), QUICK)
    assert set(found.responses.reason) == {STEADY}
    # Either of them alone does no harm.
    found = peristimulus(recording(train(9)), np.arange(2.0, 250.0, 0.5), QUICK)
    assert STEADY not in set(found.responses.reason)
    found = peristimulus(recording(clockwork), stimuli(9), QUICK)
    assert STEADY not in set(found.responses.reason)


def test_times_on_a_clock_that_nobody_told_make_no_response():
    fs_hz = 2048.0
    trains = [np.unique(np.rint(train(seed, 250.0) * fs_hz)) / fs_hz for seed in range(20)]
    at_s = np.unique(np.rint(stimuli(11, 250) * fs_hz)) / fs_hz
    found = peristimulus(recording(*trains), at_s, PeristimulusSettings(moved=99))
    assert not row(found, "excitation", 0).ok
