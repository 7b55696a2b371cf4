"""`peristimulus` where firing is tied to stimuli by something else than a response."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import renshaw as rs
from renshaw.cli.app import main
from renshaw.core.errors import DataError
from renshaw.estimation import PeristimulusSettings, peristimulus

QUICK = PeristimulusSettings(moved=99)
LENGTH_s = 240.0


def recording(trains, **more):
    return rs.Recording(rs.MotorUnits(tuple(trains), (0.0, LENGTH_s), **more))


def stimuli(seed, soonest_s=0.6, latest_s=1.1):
    at = 1.0 + np.cumsum(np.random.default_rng(seed).uniform(soonest_s, latest_s, 400))
    return at[at < LENGTH_s - 1]


def fires(rate_pps, seed, firing_s=LENGTH_s):
    """Discharges whose rate follows `rate_pps(t)`: intervals of equal phase, with variation."""
    times = np.arange(0.0, firing_s, 0.001)
    phase = np.cumsum(np.broadcast_to(rate_pps(times), times.shape)) * 0.001
    steps = np.cumsum(np.random.default_rng(seed).gamma(30, 1 / 30, int(phase[-1] * 1.3)))
    return np.unique(np.interp(steps[steps < phase[-1]], phase, times))


def steady(seed, rate_pps=10.0):
    return fires(lambda t: rate_pps + 0 * t, seed)


def rows(found, direction):
    table = found.responses
    return table[(table.unit > 0) & (table.direction == direction)]


def inhibited(train, at_s, from_s=0.030, until_s=0.050):
    """Discharges within a time after stimuli come that much later, as after an IPSP."""
    moved = train.copy()
    for stimulus in at_s:
        late = (train >= stimulus + from_s) & (train < stimulus + until_s)
        moved[late] += until_s - from_s
        after = (train >= stimulus + until_s) & (train < stimulus + until_s + 0.5)
        if late.any():
            moved[after] += until_s - from_s
    return np.unique(moved[moved < LENGTH_s])


def test_tremor_in_step_with_steady_stimuli_is_no_response():
    # A narrow tremor that all units share, and a stimulus each second: phases keep for long.
    def rate(t):
        return 10.0 + 6.0 * np.sin(2 * np.pi * 5.0 * t)

    found = peristimulus(recording([fires(rate, s) for s in range(8)]), np.arange(1, 238.0), QUICK)
    assert not found.responses.ok.any()
    assert found.responses.reason.str.contains("tied").any()
    assert "keep to a cycle" in str(found.findings()[0])


def test_stimuli_locked_to_the_rise_of_a_slow_cycle_make_no_response():
    def rate(t):
        return 10.0 + 3.0 * np.sin(2 * np.pi * 0.5 * t)

    at_s = np.arange(2.0, 238.0, 2.0) + np.random.default_rng(0).normal(0, 0.02, 118)
    found = peristimulus(recording([fires(rate, s) for s in range(20)]), at_s, QUICK)
    # One in twenty by chance; of 20, 5 are had once in 400 times.
    assert rows(found, "excitation").ok.sum() < 5
    assert not found.responses[found.responses.unit == 0].ok.any()


def test_discharges_that_artifacts_hide_are_no_inhibition():
    at_s = stimuli(1)
    trains = []
    for seed in range(6):
        train = steady(seed)
        since = train - at_s[np.maximum(0, np.searchsorted(at_s, train + 0.003) - 1)]
        trains.append(train[~((since > -0.003) & (since < 0.012))])
    found = peristimulus(recording(trains), at_s, QUICK)
    assert not rows(found, "inhibition").ok.any()
    assert "artifacts" in str(found.findings()[0])


def test_a_lack_that_begins_where_one_begins_to_look_began_before():
    at_s = stimuli(1)
    train = steady(3)
    since = train - at_s[np.maximum(0, np.searchsorted(at_s, train) - 1)]
    found = peristimulus(recording([train[~((since > 0.003) & (since < 0.025))]]), at_s, QUICK)
    [row] = rows(found, "inhibition").to_dict("records")
    assert not row["ok"]
    assert "before responses are looked for" in row["reason"] or "tied" in row["reason"]


def test_discharges_that_inhibition_delayed_are_no_excitation():
    at_s = stimuli(2)
    found = peristimulus(recording([inhibited(steady(s), at_s) for s in range(4)]), at_s, QUICK)
    assert rows(found, "inhibition").ok.all()
    assert rows(found, "inhibition").onset_ms.between(28, 33).all()
    excited = rows(found, "excitation")
    assert not excited.ok.any()
    assert (excited.p <= 0.05).any()
    assert excited.reason.str.contains("inhibition delayed").any()
    assert "inhibition delayed" in str(found.findings()[0])


def test_all_units_together_have_echoes_as_well():
    at_s = stimuli(4)
    trains = []
    for seed in range(6):
        train = steady(seed)
        for stimulus in at_s:
            late = (train > stimulus + 0.033) & (train < stimulus + 0.060)
            train[late] = stimulus + 0.030 + 0.003 * np.random.default_rng(seed).random(late.sum())
        trains.append(np.unique(train))
    table = peristimulus(recording(trains), at_s, QUICK).responses
    together = table[table.unit == 0].set_index("direction")
    assert together.loc["excitation"].ok
    assert "refractoriness" in together.loc["inhibition"].reason


def test_stimuli_that_come_while_a_unit_pauses_do_not_count():
    at_s = stimuli(5)
    whole = inhibited(steady(6), at_s)
    silent = np.floor(whole / 10.0) % 2 == 1
    [always] = rows(peristimulus(recording([whole]), at_s, QUICK), "inhibition").to_dict("records")
    found = peristimulus(recording([whole[~silent]]), at_s, QUICK)
    [half] = rows(found, "inhibition").to_dict("records")
    assert half["stimuli"] == pytest.approx(always["stimuli"] / 2, abs=12)
    # Its usual rate is that of its firing, not of firing and pauses.
    assert half["usual_pps"] == pytest.approx(10.0, abs=0.5)
    assert half["discharges_per_stimulus"] == pytest.approx(
        always["discharges_per_stimulus"], abs=0.06
    )


def test_a_unit_that_stimuli_silence_for_long_keeps_its_stimuli():
    at_s = stimuli(7, 2.0, 3.0)
    train = steady(8)
    since = train - at_s[np.maximum(0, np.searchsorted(at_s, train) - 1)]
    found = peristimulus(recording([train[~((since > 0.04) & (since < 0.9))]]), at_s, QUICK)
    [row] = rows(found, "inhibition").to_dict("records")
    assert row["stimuli"] > 0.95 * len(at_s)
    assert row["ok"]


def test_a_flagged_unit_does_not_count_and_is_not_among_all():
    at_s = stimuli(9)
    follower = np.unique(at_s + 0.010)
    known = recording([steady(1), steady(2), follower], flags=("", "", "it follows the stimuli"))
    found = peristimulus(known, at_s, QUICK)
    table = found.responses
    assert set(table[table.unit == 3].reason) == {"it follows the stimuli"}
    assert "1 unit had been flagged" in str(found.findings()[0])
    assert not table[table.unit == 0].ok.any()
    np.testing.assert_allclose(found.counts[0], found.counts[1] + found.counts[2])


def test_the_onset_has_an_interval_that_contains_the_truth():
    at_s = stimuli(11)
    found = peristimulus(recording([inhibited(steady(s), at_s) for s in range(12)]), at_s, QUICK)
    sure = rows(found, "inhibition")
    assert sure.ok.all()
    inside = (sure.onset_low_ms <= 30.0) & (sure.onset_high_ms >= 30.0)
    assert inside.sum() >= 10
    assert (sure.onset_high_ms - sure.onset_low_ms).between(0, 15).all()
    assert rows(found, "excitation").onset_low_ms.isna().all()


def test_only_the_first_of_each_train_counts_if_that_is_asked_for():
    first_s = stimuli(12, 1.5, 2.0)
    every_s = np.add.outer(first_s, [0.0, 0.05, 0.1]).ravel()
    found = peristimulus(recording([steady(1)]), every_s, QUICK)
    assert "followed another so soon" in str(found.findings()[0])
    alone = peristimulus(recording([steady(1)]), every_s, QUICK.replace(alone_ms=300.0))
    np.testing.assert_allclose(alone.stimuli_s, first_s)
    assert "followed another so soon" not in str(alone.findings()[0])


def test_stimuli_in_any_order_and_told_twice_are_the_same():
    at_s = stimuli(13)
    once = peristimulus(recording([steady(1)]), at_s, QUICK)
    again = peristimulus(recording([steady(1)]), [*at_s[::-1], *at_s[:50]], QUICK)
    assert once.responses.equals(again.responses)


def test_why_few_stimuli_are_left_is_said():
    known = recording([steady(1)])
    with pytest.raises(DataError, match="49 more were repeats"):
        peristimulus(known, [1.0] * 50, QUICK)
    with pytest.raises(DataError, match="followed another within 300 ms"):
        peristimulus(known, np.arange(1, 200, 0.2), QUICK.replace(alone_ms=300.0))


@pytest.mark.parametrize("moved", [19, 99])
def test_stimuli_that_the_unit_itself_triggers_are_not_judged(moved):
    train = steady(2)
    at_s = train[::8] + 0.020
    table = peristimulus(recording([train]), at_s, QUICK.replace(moved=moved)).responses
    assert not table.ok.any()
    assert table.reason.str.contains("tied").all()


def test_progress_is_told_and_may_stop_the_work():
    told = []
    known = recording([steady(1), steady(2)])
    peristimulus(known, stimuli(1), QUICK, progress=lambda *said: told.append(said))
    assert [done for done, _, _ in told] == list(range(len(told)))
    assert {total for _, total, _ in told} == {len(told)}
    assert "unit 2" in told[-1][2]

    def stop(done, total, what):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        peristimulus(known, stimuli(1), QUICK, progress=stop)


def test_the_command_shows_progress_and_is_quiet_if_asked(tmp_path, capsys):
    rs.write(dataclasses.replace(recording([steady(1)]), name="rec"), tmp_path / "rec.h5")
    (tmp_path / "times.csv").write_text("time_s\n" + "\n".join(f"{t:.4f}" for t in stimuli(1)))
    words = ["peristimulus", str(tmp_path / "rec.h5"), "--stimuli", str(tmp_path / "times.csv")]
    words += ["-o", str(tmp_path / "out"), "--moved", "19"]
    assert main(words) == 0
    assert "unit 1" in capsys.readouterr().err
    assert main([*words, "--quiet"]) == 0
    assert "unit 1" not in capsys.readouterr().err
