"""Spasm tests: the protocol, what ends a spasm, and what is read from a recording."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import renshaw as rs
from renshaw.data.event_labels import BURST, PROVOCATION
from renshaw.engine import EngineSettings
from renshaw.experiment.tracking import Part, TorqueTrackingSettings, perform
from renshaw.model.muscles import muscle_pool
from renshaw.model.run_down import LOST_PER_s, RECOVERY_s, RunDown, spread_rates_per_s
from renshaw.protocols.afferents import lasting

TIMES_s = np.arange(0.0, 10.0, 0.01)


def test_a_reflex_outlasts_its_cause() -> None:
    course = lasting(TIMES_s, 1.0, 0.5, 4.0, 2.0)
    assert np.all(course[TIMES_s < 0.995] == 0)
    assert course[TIMES_s == 1.2] == pytest.approx(4.0)
    assert np.interp(3.5, TIMES_s, course) == pytest.approx(4.0 / np.e, rel=1e-3)


def test_the_input_lasts_longer_in_an_injured_cord() -> None:
    found = []
    for condition in ("healthy", "spinal-cord-injury"):
        who = rs.Participant(n_units=4, condition=condition, severity=1.0)
        arrived = rs.SpasmTest().arrivals(TIMES_s, who.cord, who.pool)
        found.append(arrived.excitation[TIMES_s > 2.0].max())
    assert found[0] < 0.01 < 1.0 < found[1]


def test_the_burst_inhibits_at_its_time() -> None:
    protocol = rs.SpasmTest(burst_strength=20.0, burst_after_s=2.0, burst_s=0.5)
    who = rs.Participant(n_units=4)
    inhibition = protocol.arrivals(TIMES_s, who.cord, who.pool).inhibition
    inside = (TIMES_s > 3.505) & (TIMES_s < 3.995)
    assert np.all(inhibition[inside] == 20.0)
    assert inhibition.sum() == pytest.approx(20.0 * 50, rel=0.05)
    assert [event.label for event in protocol.events()] == [PROVOCATION, BURST]
    assert [event.label for event in rs.SpasmTest().events()] == [PROVOCATION]


ONE, SILENCE = np.array([0.0]), np.empty(0)


def test_what_wears_off_comes_back() -> None:
    worn = RunDown(muscle_pool("TA", 3, edition=1))
    for _ in range(100):
        worn.advance(0.1, [ONE, SILENCE, SILENCE])
    assert worn.share == pytest.approx([10 * LOST_PER_s] * 3, rel=0.15)
    before = worn.share
    for _ in range(round(10 * RECOVERY_s)):
        worn.advance(0.1, [SILENCE] * 3)
    assert worn.share == pytest.approx(before / np.e, rel=0.05)


def test_a_motoneuron_with_a_rate_of_its_own_wears_off_by_its_own_firing() -> None:
    own = np.array([0.0, 0.02, 0.04])
    worn = RunDown(replace(muscle_pool("TA", 3), run_down_per_s=own))
    for _ in range(50):
        worn.advance(0.1, [SILENCE, SILENCE, ONE])
    assert worn.share[0] == pytest.approx(5 * LOST_PER_s, rel=0.15)
    assert worn.share[1] == 0.0
    assert worn.share[2] == pytest.approx(5 * 0.04, rel=0.15)
    cord = rs.Participant(condition="spinal-cord-injury", severity=1.0).cord
    largest, shares = cord.neuromodulation_of_each(0.0, worn.share)
    assert largest == cord.neuromodulation_at(0.0)
    wanted = [cord.neuromodulation_at(0.0, share) for share in worn.share]
    np.testing.assert_allclose(largest * shares, wanted)


def test_rates_of_run_down_spread_around_the_usual_whatever_the_threshold() -> None:
    rates = spread_rates_per_s(40, spread=0.5)
    assert np.median(rates) == pytest.approx(LOST_PER_s, rel=0.05)
    assert np.std(np.log(rates)) == pytest.approx(0.5, rel=0.1)
    assert abs(np.corrcoef(np.arange(40), rates)[0, 1]) < 0.15
    np.testing.assert_array_equal(rates, spread_rates_per_s(40, spread=0.5))


def test_a_spasm_ends_unit_by_unit_where_each_runs_down_by_itself() -> None:
    who = rs.Participant(n_units=12, condition="spinal-cord-injury", severity=1.0)
    alike = who.cord.around(who.units.select([0] * 5))
    ends = []
    for own in (0.0, np.array([0.012, 0.02, 0.03, 0.05, 0.1])):
        pool = replace(alike, run_down_per_s=own)
        part = Part(pool, who.cord, rs.SpasmTest(watched_s=25.0), 1.0, seed=3)
        done = perform([part], TorqueTrackingSettings(), EngineSettings())[0]
        ends.append(np.array([train[-1] for train in done.response.spikes_s]))
    assert np.all(np.diff(ends[1]) < 0)
    assert np.ptp(ends[1]) > 2.0 * np.ptp(ends[0])


def test_only_what_needs_no_serotonin_wears_off() -> None:
    healthy = rs.Participant().cord
    injured = rs.Participant(condition="spinal-cord-injury", severity=0.5).cord
    assert healthy.neuromodulation_at(0.0, 0.5) == healthy.neuromodulation_at(0.0)
    lost = injured.neuromodulation_at(0.0) - injured.neuromodulation_at(0.0, 0.1)
    assert lost == pytest.approx(0.1 * injured.constitutive)


# What is read from a recording.


def recorded(
    trains: list[np.ndarray], *, torque: rs.Signal | None = None, burst: bool = False
) -> rs.Recording:
    units = rs.MotorUnits(tuple(trains), (0.0, 20.0))
    protocol = rs.SpasmTest(burst_strength=20.0 * burst, watched_s=18.5)
    return rs.Recording(units, {} if torque is None else {"torque": torque}, protocol.events())


def values(recording: rs.Recording) -> dict:
    return {row.quantity: row for row in rs.estimate(recording).rows}


def steady(until_s: float, rate_pps: float = 6.0) -> np.ndarray:
    return np.arange(1.1, until_s, 1 / rate_pps)


def test_a_spasm_ends_with_its_last_unit() -> None:
    found = values(recorded([steady(9.0), steady(5.0, 8.0), np.array([1.2, 1.3])]))
    assert found["spasm_duration"].value == pytest.approx(7.5, abs=0.17)
    assert found["spasm_units"].value == 2
    assert found["spasm_mean_rate"].value == pytest.approx(7.0)
    assert found["spasm_peak_rate"].value == pytest.approx(7.0)
    assert found["spasm_stopped"].reason == "no burst of inhibition was given"


def test_later_firing_is_not_the_same_spasm() -> None:
    found = values(recorded([np.concatenate([steady(3.0), steady(12.0) + 7.0])]))
    assert found["spasm_duration"].value == pytest.approx(1.5, abs=0.17)


def test_a_reflex_is_no_spasm() -> None:
    found = values(recorded([np.array([1.1, 1.2, 1.3, 1.4])]))
    assert found["spasm_duration"].value == 0.0
    assert found["spasm_units"].value == 0
    assert found["spasm_mean_rate"].reason == "no unit fires on by itself"


def test_a_spasm_that_goes_on_is_a_lower_bound() -> None:
    duration = values(recorded([steady(20.0)]))["spasm_duration"]
    assert duration.value > 18
    assert (duration.ok, duration.bound) == (True, "at least")
    assert "it is longer" in duration.reason
    assert values(recorded([steady(20.0)]))["spasm_units"].bound == "at least"


def test_torque_above_a_rest_in_which_units_fire_is_at_least_that() -> None:
    torque = rs.Signal(np.full(2000, 2.0), 100.0, "% MVC")
    calm, firing = (
        values(recorded([times_s], torque=torque))["spasm_torque_integral"]
        for times_s in (steady(6.5), np.concatenate([[0.2, 0.4], steady(6.5)]))
    )
    assert (calm.bound, firing.bound) == ("exact", "at least")
    assert "fire before the input" in firing.reason


def test_a_recording_that_ends_with_the_burst_does_not_tell_who_was_stopped() -> None:
    whole = recorded([steady(20.0)], burst=True)
    burst = next(event for event in whole.events if event.label == BURST)
    row = values(rs.cut(whole, 0, burst.onset_s + burst.duration_s + 0.1))["spasm_stopped"]
    assert not row.ok and row.unseen


@pytest.mark.parametrize(("until_s", "stopped"), [(4.5, 1.0), (5.8, 1.0), (9.0, 0.0), (20.0, 0.0)])
def test_whether_a_burst_stopped_it(until_s: float, stopped: float) -> None:
    row = values(recorded([steady(until_s)], burst=True))["spasm_stopped"]
    assert row.ok
    assert row.value == stopped


def test_a_spasm_that_was_over_was_not_stopped() -> None:
    row = values(recorded([steady(3.0)], burst=True))["spasm_stopped"]
    assert "over before the burst" in row.reason


def test_torque_alone_tells_duration_and_integral() -> None:
    times_s = np.arange(0.0, 20.0, 0.01)
    torque = rs.Signal(2.0 + 10.0 * ((times_s >= 1.0) & (times_s < 6.5)), 100.0, "% MVC")
    both = values(recorded([steady(6.5)], torque=torque))
    assert both["spasm_torque_integral"].value == pytest.approx(50.0, rel=0.05)
    assert both["spasm_torque_integral"].units == "% MVC s"
    alone = recorded([], torque=torque)
    assert values(alone)["spasm_duration"].value == pytest.approx(5.0, abs=0.05)
    nothing = values(replace(alone, signals={}))
    assert nothing["spasm_duration"].reason == "neither units nor torque were recorded"
