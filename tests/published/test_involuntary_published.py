"""Spasms and VibStim as in people, in few people and motoneurons, with bands to match."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

import renshaw as rs
from renshaw.study.population import population_of

# How far people differ in the excitation by afferents (standard deviation of its logarithm), as
# each edition was fitted to VibStim.
AFFERENTS_SD = {1: 0.4, 2: population_of(2).afferents}


def measured(recordings: list[rs.Recording], quantity: str) -> np.ndarray:
    return np.array(
        [
            row.value
            for recording in recordings
            for row in rs.estimate(recording).rows
            if row.quantity == quantity
        ]
    )


def spasm_trial(severity: float | None, edition: int = 1, **changes: float) -> rs.experiment.Trial:
    condition = {} if severity is None else {"condition": "spinal-cord-injury"}
    who = rs.Participant(n_units=20, severity=severity or 0.5, edition=edition, **condition)
    return rs.experiment.Trial(who, rs.SpasmTest(watched_s=40.0, **changes), seed=1)


@pytest.fixture(scope="module")
def spasms() -> list[rs.Recording]:
    severities = (None, 0.25, 0.5, 0.75, 1.0)
    trials = [spasm_trial(severity) for severity in severities]
    return rs.experiment.simulate_many([*trials, spasm_trial(0.75, burst_strength=15.0)])


def test_a_healthy_cord_stops_with_the_input(spasms: list[rs.Recording]) -> None:
    assert measured(spasms[:1], "spasm_duration")[0] < 1.0


def test_an_injured_cord_goes_on_for_seconds_the_longer_the_worse(
    spasms: list[rs.Recording],
) -> None:
    durations = measured(spasms[:5], "spasm_duration")
    assert np.all(np.diff(durations) > 0)
    assert durations[2] > 2.0
    # By themselves, all of them: 40 s are watched.
    assert durations[-1] < 39.0


def test_units_fire_at_five_to_ten_pps(spasms: list[rs.Recording]) -> None:
    # 5.9 +- 0.8 (Zijdewind & Thomas 2003) and 6.1 pps (2001) in thenar muscles.
    rates = measured(spasms[3:5], "spasm_mean_rate")
    assert np.all((rates > 4.5) & (rates < 10.0))


def test_inhibition_switches_a_spasm_off(spasms: list[rs.Recording]) -> None:
    assert measured(spasms[5:], "spasm_stopped")[0] == 1.0
    assert measured(spasms[5:], "spasm_duration")[0] < measured(spasms[3:4], "spasm_duration")[0]


def test_spasms_of_the_second_edition() -> None:
    """Complete injuries fire at some 11 pps in her, faster than people: docs/person.md says so."""
    trials = [spasm_trial(severity, edition=2) for severity in (None, 0.25, 0.5, 0.75, 1.0)]
    stopped = spasm_trial(1.0, edition=2, burst_strength=30.0, burst_after_s=1.0)
    spasms = rs.experiment.simulate_many([*trials, stopped])
    durations = measured(spasms[:5], "spasm_duration")
    assert durations[0] < 1.0
    assert np.all(np.diff(durations) >= 0)
    assert 2.0 < durations[3] < durations[4]
    assert 4.5 < measured(spasms[3:4], "spasm_mean_rate")[0] < 10.0
    assert measured(spasms[5:], "spasm_stopped")[0] == 1.0


@pytest.fixture(scope="module", params=[1, 2])
def vibrated(request: pytest.FixtureRequest) -> dict[str, list[rs.Recording]]:
    # Ten people evenly spread over how strongly afferents excite, the main difference in it.
    places = [NormalDist().inv_cdf((k + 0.5) / 10) for k in range(10)]
    usual = rs.Participant(muscle="SOL", n_units=24, edition=request.param)
    spread = AFFERENTS_SD[request.param]
    people = [
        usual.replace(name=f"P{k}").treated(afferents=float(np.exp(spread * place)))
        for k, place in enumerate(places)
    ]
    arms = {
        "control": (),
        "relaxed": (rs.Relaxation(),),
        "inhibited": (rs.ReciprocalInhibition(),),
    }
    trials = [
        rs.experiment.Trial(who, rs.VibStim(), given, k)
        for given in arms.values()
        for k, who in enumerate(people)
    ]
    done = rs.experiment.simulate_many(trials)
    return {arm: done[10 * i : 10 * (i + 1)] for i, arm in enumerate(arms)}


def test_involuntary_torque_of_young_adults(vibrated: dict[str, list[rs.Recording]]) -> None:
    # Mesquita et al. 2021: 9.7 +- 9.0 and 5.4 +- 5.9 % MVC in those who respond, 11 of 20.
    during = measured(vibrated["control"], "torque_vib")
    after = measured(vibrated["control"], "torque_sust")
    responders = measured(vibrated["control"], "responder") > 0
    assert 2 <= responders.sum() <= 8
    assert 4.0 < during[responders].mean() < 22.0
    assert 2.0 < after[responders].mean() < 11.0
    assert after[~responders].max() < 1.0
    assert during.std(ddof=1) > 3.0


def test_torque_climbs_from_bout_to_bout(vibrated: dict[str, list[rs.Recording]]) -> None:
    assert measured(vibrated["control"], "torque_vib_increase").mean() > 1.0


def test_relaxation_lowers_both_and_nerve_stimulation_neither(
    vibrated: dict[str, list[rs.Recording]],
) -> None:
    def change(arm: str, quantity: str) -> float:
        before = measured(vibrated["control"], quantity)
        return float((measured(vibrated[arm], quantity) - before).mean())

    for quantity in ("torque_vib", "torque_sust"):
        assert change("relaxed", quantity) < -0.1
        assert abs(change("inhibited", quantity)) < 1.0
    assert abs(change("inhibited", "torque_sust")) < abs(change("relaxed", "torque_sust"))
