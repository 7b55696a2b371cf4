"""An electrode in every motoneuron: afterhyperpolarization, threshold, gain."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import renshaw as rs
from renshaw.experiment.current_clamp import CurrentRampSettings, current_ramp
from renshaw.experiment.intracellular import afterhyperpolarization, intracellular
from renshaw.model.muscles import muscle_pool
from renshaw.study.impaled import impaled_rows

SAVE_hz = 4000.0
TIMES_s = np.arange(0, 1, 1 / SAVE_hz)


@pytest.mark.parametrize("tau_ms", [20.0, 50.0])
def test_an_afterhyperpolarization_of_known_duration_is_read(tau_ms: float) -> None:
    since_ms = 1000 * (TIMES_s - 0.2)
    sunk = np.where(since_ms > 0, 6.0 * np.exp(-np.clip(since_ms, 0, None) / tau_ms), 0.0)
    depth, duration_ms = afterhyperpolarization(-70.0 - sunk, SAVE_hz, 0.2, -70.0)
    assert depth == pytest.approx(6.0 * np.exp(-4 / tau_ms), rel=0.02)
    assert duration_ms == pytest.approx(4 + tau_ms * np.log(50), abs=0.5)


def test_what_does_not_come_back_or_does_not_sink_has_no_duration() -> None:
    depth, duration_ms = afterhyperpolarization(np.full(4000, -75.0), SAVE_hz, 0.2, -70.0)
    assert depth == 5.0 and np.isnan(duration_ms)
    depth, duration_ms = afterhyperpolarization(np.full(4000, -65.0), SAVE_hz, 0.2, -70.0)
    assert depth == 0.0 and np.isnan(duration_ms)


def test_slower_removal_of_calcium_lasts_longer() -> None:
    pool = muscle_pool("SOL", 4, 2)
    slow = replace(pool, calcium_removal_ms=1.5 * pool.calcium_removal_ms)
    usual, longer = intracellular(pool), intracellular(slow)
    assert np.all(longer.ahp_ms > 1.15 * usual.ahp_ms)
    np.testing.assert_allclose(longer.resting_mV, usual.resting_mV, atol=0.05)


def test_the_pool_climbs_from_small_to_large_motoneurons() -> None:
    cells = intracellular(rs.Participant(n_units=6, edition=2))
    assert np.all(np.diff(cells.input_resistance_Mohm) < 0)
    fired = np.isfinite(cells.rheobase_nA)
    assert fired[:4].all()
    assert np.all(np.diff(cells.rheobase_nA[fired]) > 0)
    assert cells.to_table().motoneuron.tolist() == [1, 2, 3, 4, 5, 6]


def test_it_agrees_with_the_experiment_on_one_motoneuron() -> None:
    who = rs.Participant(muscle="SOL", n_units=4, edition=2)
    ramp = current_ramp(who, CurrentRampSettings(peak_nA=25.0, hold_s=0.0))
    found = intracellular(who)
    assert found.rheobase_nA[0] == pytest.approx(ramp.recruitment_nA, abs=0.1)
    assert found.primary[0] == pytest.approx(ramp.ranges.primary, rel=0.1)


def test_a_table_of_a_person_holds_what_the_targets_ask_for() -> None:
    table = impaled_rows(rs.Participant(n_units=4, edition=2))
    of_person = table[table.unit == 0].set_index("quantity").value
    assert 0.2 < of_person["pic_late_over_early"] < 5
    assert of_person["gain_steepest"] >= table[table.quantity == "gain_primary"].value.max()
    assert table[~table.ok].value.isna().all()
    assert np.isfinite(table[table.ok].value).all()


def test_no_current_jumps_to_thirty_pulses_a_second_a_nanoampere() -> None:
    # The first edition's gastrocnemius does: 31 pps/nA in the dossier, 22 with 20 motoneurons.
    steepest = [
        np.nanmax(intracellular(rs.Participant(muscle="GM", n_units=6, edition=e)).steepest)
        for e in (1, 2)
    ]
    assert steepest[1] < 10 < steepest[0]
