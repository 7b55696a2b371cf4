"""The EMG that a simulated recording holds: of this person's electrode, without M-waves."""

from __future__ import annotations

import numpy as np
import pytest

import renshaw as rs
from renshaw.experiment.electromyogram import amplitude_course, electromyogram, mvc_emg
from renshaw.experiment.recorded import _not_evoked
from renshaw.experiment.simulate import simulate_many

PERSON = rs.Participant(muscle="SOL", n_units=12, name="A")
VIBSTIM = rs.VibStim(vibration_s=13.0, start_s=4.0, bouts=2, rest_after_s=2.0)


@pytest.fixture(scope="module")
def ramp():
    return rs.simulate(PERSON, rs.Ramp(), seed=3)


@pytest.fixture(scope="module")
def vibrated():
    return rs.simulate(PERSON, VIBSTIM, seed=3)


def test_emg_is_a_signal_beside_torque(ramp):
    emg, torque = ramp.signals["emg"], ramp.torque
    assert emg.unit == "% MVC"
    assert (emg.fs_hz, len(emg.values)) == (torque.fs_hz, len(torque.values))
    assert (emg.values >= 0).all()
    top = emg.values[np.abs(emg.times_s - 11) < 1].mean()
    assert 5 < top < 60
    assert top > 3 * emg.values[:100].mean()


def test_it_is_the_amplitude_that_electromyogram_gives(ramp):
    from renshaw.core.seeds import derived_seed

    whole = electromyogram(ramp, PERSON, seed=derived_seed(0, "electrode", "A")).amplitude
    expected = np.interp(ramp.signals["emg"].times_s, whole.times_s, whole.values)
    near = 0.013 * expected.max()
    np.testing.assert_allclose(ramp.signals["emg"].values, expected, atol=near)


def test_blocks_leave_no_seams(ramp, monkeypatch):
    from renshaw.experiment import electromyogram as room

    trains = [np.asarray(times) for times in ramp.units]
    given = (PERSON.units, trains, len(ramp.torque.values), 200.0, 1.0)
    whole = amplitude_course(*given)
    monkeypatch.setattr(room, "_BLOCK_s", 3.7)
    np.testing.assert_allclose(amplitude_course(*given), whole, atol=1e-6 * whole.max())


def test_the_electrode_is_the_person_s(ramp):
    again = rs.simulate(PERSON, rs.Ramp(), seed=3)
    np.testing.assert_array_equal(again.signals["emg"].values, ramp.signals["emg"].values)
    other = rs.simulate(PERSON.replace(name="B"), rs.Ramp(), seed=3)
    np.testing.assert_array_equal(other.torque.values, ramp.torque.values)
    assert not np.allclose(other.signals["emg"].values, ramp.signals["emg"].values)


def test_emg_of_a_maximal_effort_is_close_to_a_hundred():
    trial = rs.experiment.Trial(
        PERSON, rs.Trapezoid(peak_pct_mvc=95.0, rise_s=1.0, fall_s=1.0, hold_s=2.0)
    )
    emg = simulate_many([trial])[0].signals["emg"].values
    assert 70 < emg.max() < 140
    assert mvc_emg(PERSON) > 0


def test_what_a_shock_to_the_axon_evokes_is_no_emg(vibrated):
    class Done:
        class response:  # noqa: N801
            spikes_s = (np.array([0.101, 0.150, 0.2021]), np.array([0.101, 0.150, 0.2021]))

        class inputs:  # noqa: N801
            current_nA = np.zeros(1000)
            current_gain = np.array([1.0, 0.0])

    step_s = rs.engine.EngineSettings().slow_ms / 1000
    for at in (0.1, 0.2):
        Done.inputs.current_nA[round(at / step_s) + np.arange(2)] = 300.0
    shocked, spared = _not_evoked(Done, rs.engine.EngineSettings())
    np.testing.assert_array_equal(shocked, [0.150])
    np.testing.assert_array_equal(spared, Done.response.spikes_s[1])


def test_stimulation_adds_less_emg_than_its_discharges_would(vibrated):
    bout = next(e for e in vibrated.events if "bout" in e.label)
    whole = electromyogram(vibrated, PERSON).amplitude
    seen = vibrated.signals["emg"]
    start, end = bout.onset_s + 0.3, bout.onset_s + bout.duration_s - 0.3

    def during(signal):
        return signal.values[(signal.times_s > start) & (signal.times_s < end)].mean()

    assert during(seen) < 0.7 * during(whole)


def test_vibstim_has_an_emg_to_be_estimated(vibrated):
    rows = {row.quantity: row for row in rs.estimate(vibrated).rows}
    for name in ("emg_vib", "emg_sust"):
        assert rows[name].ok == np.isfinite(rows[name].value)
        assert rows[name].units == "% MVC"
    assert rows["emg_vib"].ok


def test_a_bare_pool_has_an_emg_too():
    pool = rs.model.muscle_pool("TA", 4)
    found = rs.simulate(pool, rs.Ramp(rise_s=2.0, fall_s=2.0), seed=1).signals["emg"]
    assert np.isfinite(found.values).all()
    assert found.values.max() > 0


def test_an_amplitude_is_not_written_as_the_raw_emg(ramp, tmp_path):
    assert "Signals are left out: target, emg." in rs.files.losses(ramp, "openhdemg")
    again = rs.read(rs.write(ramp, tmp_path / "ramp.json"))
    assert "emg" not in again.signals
    # Discharges are counted in samples of an amplifier, not of the amplitude.
    for mine, theirs in zip(ramp.units, again.units, strict=True):
        np.testing.assert_allclose(theirs, mine, atol=0.5 / 2048 + 1e-9)


def test_a_file_of_ours_keeps_it(ramp, tmp_path):
    again = rs.read(rs.write(ramp, tmp_path / "ramp.h5"))
    np.testing.assert_array_equal(again.signals["emg"].values, ramp.signals["emg"].values)
