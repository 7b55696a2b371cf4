"""Contractions are found whatever the torque looks like, and each is estimated by itself."""

from dataclasses import replace

import numpy as np
import pytest
from contraction_samples import FS_HZ, ramp, recording, rest, trains

import renshaw as rs
from renshaw.estimation.contractions.over_contractions import over_contractions, spread_over

CHANCE = np.random.default_rng(3)


def joined(*parts):
    return np.concatenate(parts)


def ramps(n, height=30.0, rest_s=8.0):
    return joined(rest(5), *(joined(ramp(height), rest(rest_s)) for _ in range(n)))


def times_of(found):
    return [(each.begins_s, each.ends_s) for each in found]


def expected(n, rest_s=8.0):
    return [(5 + k * (20 + rest_s), 25 + k * (20 + rest_s)) for k in range(n)]


def one_sample(torque):
    changed = torque.copy()
    changed[3000] = 5000
    return changed


def lost(torque):
    return np.where(np.random.default_rng(1).random(len(torque)) < 0.1, np.nan, torque)


SEEN = {
    "as it is": lambda t: t,
    "with an offset and noise": lambda t: t + 40 + np.random.default_rng(2).normal(0, 1.5, len(t)),
    "drifting": lambda t: t + np.linspace(0, 20, len(t)),
    "wandering": lambda t: t + 6 * np.sin(np.linspace(0, np.pi, len(t))),
    "downward": lambda t: -t,
    "downward from an offset": lambda t: 100 - t,
    "with one sample of an artifact": one_sample,
    "with lost samples": lost,
    "without torque": lambda t: False,
    "flat": lambda t: 0 * t + 3,
}


@pytest.mark.parametrize("seen", SEEN)
@pytest.mark.parametrize("n", [1, 2, 6])
def test_ramps_are_found_in_every_torque(n, seen):
    torque = ramps(n)
    found = rs.contractions(recording(torque, seen=SEEN[seen](torque)))
    assert found.kind == ("several" if n > 1 else "one")
    assert len(found) == n
    assert found.by == ("discharges" if seen in ("without torque", "flat") else "torque")
    assert np.allclose(times_of(found), expected(n), atol=0.6)
    assert not found.remarks


def test_raw_emg_without_units_goes_by_torque():
    found = rs.contractions(recording(ramps(3), units=[], seen=50 - ramps(3)))
    assert np.allclose(times_of(found), expected(3), atol=0.3)


def test_contractions_of_different_heights():
    torque = joined(rest(5), ramp(10, 3, 5), rest(6), ramp(30, 3, 5), rest(6), ramp(70, 3, 5))
    for seen in (None, False):
        assert len(rs.contractions(recording(joined(torque, rest(5)), seen=seen))) == 3


def test_a_rest_of_one_second_is_enough():
    torque = joined(rest(5), ramp(30), rest(1), ramp(30), rest(5))
    for seen in (None, False):
        assert len(rs.contractions(recording(torque, seen=seen))) == 2


def test_a_hundred():
    found = rs.contractions(recording(ramps(100), (4, 10)))
    assert np.allclose(times_of(found), expected(100), atol=0.3)


@pytest.mark.parametrize("highest", [60, np.inf], ids=["few fire", "all fire"])
def test_a_maximal_effort_before_the_ramp_is_left_out(highest):
    torque = joined(rest(5), ramp(100, 0.5, 3), rest(20), ramp(20), rest(5))
    whole = recording(torque, highest=highest)
    found = rs.contractions(whole)
    assert len(found) == 1
    assert found.several
    assert [each.number for each in found.every] == [0, 1]
    assert "maximal effort" in found.remarks[0]
    assert times_of(found) == [pytest.approx((29, 49), abs=0.3)]
    # The ramp gives what it gives alone.
    alone = rs.estimate(rs.cut(whole, *found.counted[0].window_s))
    assert values(rs.estimate(whole)) == values(alone)
    kept = rs.contractions(whole, rs.estimation.ContractionSettings(duration_min_pct=0))
    assert len(kept) == 2


def test_several_maximal_efforts():
    maximal = joined(ramp(100, 0.5, 3), rest(20))
    torque = joined(rest(5), maximal, maximal, maximal, ramp(20), rest(8), ramp(20), rest(5))
    for units in (None, []):
        assert len(rs.contractions(recording(torque, highest=60, units=units))) == 2


def test_a_contraction_without_discharges_is_left_out():
    trains_s = [t[t < 30] for t in trains(ramps(2), (2, 4, 6, 9))]
    found = rs.contractions(recording(ramps(2), units=trains_s))
    assert [each.number for each in found.every] == [1, 0]
    assert "no motor unit fires" in found.remarks[0]


def test_no_rest_is_one_contraction_and_said():
    found = rs.contractions(recording(joined(rest(5), ramp(30), ramp(30), ramp(30), rest(5))))
    assert (found.kind, len(found)) == ("no rest", 1)
    assert "From 5 to 65 s torque rises 3 times without rest" in found.remarks[0]
    assert found.part(1) is found.recording


@pytest.mark.parametrize("hz", [0.1, 0.2, 0.5])
@pytest.mark.parametrize("low", [0, 5])
def test_a_sinusoid_is_one_contraction_and_said(hz, low):
    at_s = np.arange(0, 40, 1 / FS_HZ)
    wave = low + 10 - 10 * np.cos(2 * np.pi * hz * at_s)
    up = np.linspace(0, low, 400)
    torque = joined(rest(3), up, wave, up[::-1], rest(3))
    noisy = torque + CHANCE.normal(0, 0.4, len(torque))
    found = rs.contractions(recording(torque, seen=noisy))
    assert (found.kind, len(found)) == ("sinusoid", 1)
    assert f"sinusoid of {hz:g}" in found.remarks[0]


@pytest.mark.parametrize("case", ["ramps", "sinusoid", "rest"])
def test_without_torque_short_silences_are_said_to_be_no_sure_rest(case):
    at_s = np.arange(0, 60, 1 / FS_HZ)
    torque = {
        "ramps": joined(rest(4), ramp(30), ramp(30), ramp(30), rest(4)),
        "sinusoid": joined(rest(3), 15 - 15 * np.cos(2 * np.pi * 0.1 * at_s), rest(3)),
        "rest": joined(rest(4), ramp(30), rest(5), ramp(30), rest(4)),
    }[case]
    found = rs.contractions(recording(torque, seen=False))
    assert found.several
    said = [words for words in found.remarks if "whether there was rest is not known" in words]
    assert bool(said) == (case != "rest")
    told = " ".join(rs.estimate(found.recording).findings()[0].warnings)
    assert ("whether there was rest is not known" in told) == (case != "rest")


@pytest.mark.parametrize(("level", "length"), [(0, 60), (15, 200)], ids=["to rest", "half"])
def test_a_brief_dip_is_no_end(level, length):
    held = ramp(30, 5, 10)
    held[1800 : 1800 + length] = level
    found = rs.contractions(recording(joined(rest(5), held, rest(5))))
    assert len(found) == 1
    assert not found.several
    # A single contraction either way, but one that is remarked on.
    assert found.kind == "no rest"


def test_bumps_and_noise_at_rest_are_no_contractions():
    torque = joined(rest(5), ramp(30), rest(5), ramp(2, 1, 2), rest(5), ramp(30), rest(8))
    stirring = np.abs(np.convolve(CHANCE.normal(0, 1, len(torque)), np.ones(100) / 10, "same"))
    seen = torque + np.where(torque < 0.1, stirring, 0)
    assert len(rs.contractions(recording(torque))) == 2
    assert len(rs.contractions(recording(torque, seen=seen))) == 2


@pytest.mark.parametrize("seen", [None, False], ids=["torque", "discharges"])
def test_a_unit_that_fires_on_between_ramps(seen):
    torque = ramps(2, rest_s=10)
    tonic = np.arange(6, len(torque) / FS_HZ - 1, 1 / 6)
    whole = recording(torque, units=[*trains(torque, (2, 4, 6, 9, 12)), tonic], seen=seen)
    found = rs.contractions(whole)
    assert len(found) == 2
    # The border lies where no other unit fires.
    assert 25 < found.counted[1].window_s[0] < 35


def test_firing_that_outlasts_a_contraction_belongs_to_it():
    torque = ramps(2, rest_s=15)
    own = trains(torque, (2, 4, 6, 9))
    tail = np.concatenate([own[0][own[0] < 24], np.arange(24, 35, 0.15), own[0][own[0] > 36]])
    found = rs.contractions(recording(torque, units=[tail, *own[1:]]))
    assert found.counted[0].window_s[1] > 35


def test_a_unit_that_pauses_is_no_two_contractions():
    torque = joined(rest(5), ramp(20, 5, 20), rest(5))
    (one,) = trains(torque, (5,))
    paused = one[(one < 15) | (one > 17)]
    for seen in (None, False):
        assert len(rs.contractions(recording(torque, units=[paused], seen=seen))) == 1
    three = [*trains(torque, (3, 4)), paused]
    assert rs.contractions(recording(torque, units=three, seen=False)).kind == "one"


def test_a_part_that_was_lost_is_no_rest():
    torque = joined(rest(5), ramp(20, 5, 20), rest(5))
    lost = [t[(t < 15) | (t > 17)] for t in trains(torque, (2, 4, 6, 9, 12))]
    for seen in (None, False):
        assert rs.contractions(recording(torque, units=lost, seen=seen)).kind == "one"


def test_units_that_take_turns_are_no_contractions():
    turns = [np.arange(k, k + 5, 0.1) for k in (1.0, 9.0, 17.0)]
    found = rs.contractions(rs.Recording(rs.MotorUnits(tuple(turns), (0, 25))))
    assert found.kind == "one"


def test_recordings_that_begin_and_end_within_a_contraction():
    torque = joined(ramp(30)[1000:], rest(5), ramp(30), rest(5), ramp(30)[:2500])
    assert len(rs.contractions(recording(torque))) == 3


@pytest.mark.parametrize("signal", [
    rs.Signal(np.array([]), 20.0), rs.Signal(np.full(300, np.nan), 20.0),
    rs.Signal(np.ones((300, 2)), 20.0), rs.Signal(np.full(2, 1.0), 0.1),
    rs.Signal(np.full(300, np.inf), 20.0), rs.Signal(np.arange(300.0), 1e5),
])  # fmt: skip
def test_whatever_the_torque_is_nothing_breaks(signal):
    units = rs.MotorUnits(([], [1.0], [1.0, 2.0], np.arange(1, 9, 0.1)), (0, 10))
    for each in (units, rs.MotorUnits((), (0, 10)), rs.MotorUnits((), (3, 3))):
        for find in ("auto", "torque", "discharges", "never"):
            settings = rs.estimation.ContractionSettings(find=find)
            found = rs.contractions(rs.Recording(each, {"torque": signal}), settings)
            assert not found.several
            assert str(found)


# Estimates


def values(estimates, contraction=None):
    rows = [r for r in estimates.rows if contraction is None or r.contraction == contraction]
    return [(r.quantity, r.unit, r.control, repr(r.value), r.ok, r.reason) for r in rows]


def test_every_contraction_gives_what_it_gives_alone():
    whole = recording(ramps(3))
    found, estimates = rs.contractions(whole), rs.estimate(whole)
    assert sorted({row.contraction for row in estimates.rows}) == [1, 2, 3]
    for number, part in enumerate(found.parts(), start=1):
        assert part.name == f"several, contraction {number}"
        assert values(estimates, number) == values(rs.estimate(part))
        assert len(part.units) == len(whole.units)
    assert estimates.values("delta_f_mean").shape == (3,)
    table = estimates.to_table()
    assert table["contraction"].tolist() == [row.contraction for row in estimates.rows]


def test_one_contraction_is_left_as_it_is():
    whole = recording(ramps(1))
    never = rs.EstimateSettings(contractions=rs.estimation.ContractionSettings(find="never"))
    estimates = rs.estimate(whole, rs.estimation.rules("renshaw"))
    same = rs.estimate(whole, rs.estimation.rules("renshaw").replace(**{
        "contractions": never.contractions
    }))  # fmt: skip
    assert values(estimates) == values(same)
    assert {row.contraction for row in estimates.rows} == {0}
    assert over_contractions(estimates) is estimates
    assert spread_over(estimates, "delta_f_mean") is None


def test_means_over_contractions_say_of_how_many():
    estimates = rs.estimate(recording(ramps(3)))
    means = over_contractions(estimates)
    assert {row.contraction for row in means.rows} == {0}
    (mean,) = means.select("delta_f_mean").rows
    assert mean.value == pytest.approx(estimates.values("delta_f_mean").mean())
    assert "mean of 3 contractions" in mean.reason
    assert "recruitment_time" in estimates.quantities
    assert "recruitment_time" not in means.quantities
    spread = spread_over(estimates, "delta_f_mean")
    assert spread.sd == pytest.approx(estimates.values("delta_f_mean").std(ddof=1))
    assert "mean of 3 contractions" in estimates.finding.sentence


def test_values_that_fail_do_not_go_into_means():
    rows = [
        rs.estimation.Estimate("r", "peak_rate", 1, 0, value, "pps", ok, why, contraction=k)
        for k, (value, ok, why) in enumerate(
            [(10, True, ""), (99, False, "bad"), (14, True, "")], 1
        )
    ]
    (mean,) = over_contractions(rs.Estimates(tuple(rows))).rows
    assert (mean.value, mean.ok, mean.reason) == (12, True, "mean of 2 of 3 contractions")
    (none,) = over_contractions(rs.Estimates((rows[1], rows[1]._replace(contraction=4)))).rows
    assert not none.ok
    assert none.reason == "contraction 2: bad"


def test_a_mean_of_values_that_bound_bounds():
    made = [
        rs.estimation.Estimate("r", "peak_rate", 1, 0, v, "pps", bound=b, contraction=k)
        for k, (v, b) in enumerate([(10, "exact"), (14, "at least")], 1)
    ]
    (mean,) = over_contractions(rs.Estimates(tuple(made))).rows
    assert (mean.value, mean.bound, mean.ok) == (12, "at least", True)
    both = (made[0]._replace(bound="at most"), made[1])
    (mean,) = over_contractions(rs.Estimates(both)).rows
    assert not mean.ok


def test_the_multiverse_is_one_of_means():
    whole = recording(ramps(2))
    chosen = [u for u in rs.multiverse(whole).universes if u.chosen]
    (mean,) = over_contractions(rs.estimate(whole)).select("delta_f_mean").rows
    assert chosen[0].delta_f_mean == pytest.approx(mean.value)


def test_openhdemg_takes_all_as_one_and_says_so():
    estimates = rs.estimate(recording(ramps(2)), "openhdemg")
    assert {row.contraction for row in estimates.rows} == {0}
    assert any("2 contractions were recorded" in note for note in estimates.notes)


def test_what_is_done_without_will_is_left_alone():
    bouts = tuple(rs.Event(t, 2.0, "stimulation bout") for t in (6.0, 30.0))
    events = (rs.Event(5.0, 60.0, "tendon vibration"), *bouts)
    whole = replace(recording(ramps(2)), events=events)
    assert rs.contractions(whole).kind == "involuntary"
    assert {row.contraction for row in rs.estimate(whole).rows} == {0}


def test_a_contraction_that_is_not_there_is_refused_with_those_that_are():
    found = rs.contractions(recording(ramps(2)))
    with pytest.raises(rs.DataError, match=r"no contraction 3.*has 2 contractions.*1, 5\.0 to 25"):
        found.part(3)
    with pytest.raises(rs.DataError, match="has 1 contraction"):
        rs.contractions(recording(ramps(1))).part(2)


def test_its_page_and_picture_show_every_contraction(tmp_path):
    torque = joined(rest(5), ramp(100, 0.5, 3), rest(20), ramp(20), rest(5), ramp(20), rest(5))
    found = rs.contractions(recording(torque, highest=60))
    page = found.report(tmp_path / "c.html").read_text(encoding="utf-8")
    assert "left out: it lasts only" in page
    assert found.to_table()["contraction"].isna().tolist() == [True, False, False]
    written = rs.report(found.recording, tmp_path / "r.html").read_text(encoding="utf-8")
    assert "SD between contractions" in written
    assert "maximal effort" in written
