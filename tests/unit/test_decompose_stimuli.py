"""The nerve is stimulated meanwhile: artifacts are taken out, and units found all the same."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from decompose_samples import QUICK, SECONDS, found, raw
from electrode_trouble import FS, pops, stimuli

import renshaw as rs
from renshaw.cli.app import main
from renshaw.core.errors import DataError, ReadError
from renshaw.data.agreement import agreement
from renshaw.data.decomposition import FILLED_IN
from renshaw.decomposition.artifacts import hidden_by, without_artifacts
from renshaw.decomposition.inpainting import inpainted
from renshaw.decomposition.stimuli import at_artifacts, follows, found_in, stimuli_of
from renshaw.decomposition.stimuli_list import times_in


def onsets_s(hz):
    """Not in step with the samples."""
    return np.arange(1.0003, SECONDS - 1, 1 / hz + 0.00013)


def with_stimuli(hz, seed=0, **how):
    recording = raw(seed)
    emg = recording.signals["emg"]
    values = stimuli(emg.values, onsets_s(hz), seed=seed, **how).astype(np.float32)
    signals = {"emg": dataclasses.replace(emg, values=values)}
    return dataclasses.replace(recording, signals=signals)


def good_of(recording):
    return [t for t, flag in zip(recording.units, recording.units.flags, strict=True) if not flag]


def same(first, second):
    samples = (np.rint(t * FS).astype(int) for t in (first, second))
    return agreement(*samples, 2, 60).rate >= 0.9


@pytest.mark.parametrize(("hz", "part"), [(10, 0.8), (20, 0.8), (50, 0.6)])
def test_units_are_found_within_a_millisecond_though_artifacts_vary(hz, part):
    wanted = good_of(found())
    decomposed = rs.decompose(with_stimuli(hz), QUICK.replace(stimuli="auto"))
    units = good_of(decomposed)
    assert sum(any(same(one, unit) for unit in units) for one in wanted) >= part * len(wanted)
    # No unit that is called good is an artifact.
    assert all(any(same(one, unit) for one in raw().units) for unit in units)
    (train,) = decomposed.decomposition.stretches
    assert (train.kind, train.done) == ("stimuli", FILLED_IN)
    assert any("artifacts subtracted, and filled in" in note for note in decomposed.notes)


def test_without_being_told_it_says_that_there_are_stimuli():
    decomposed = rs.decompose(with_stimuli(20), QUICK)
    assert not good_of(decomposed)
    (note,) = [note for note in decomposed.notes if "stimulation" in note]
    assert f"{len(onsets_s(20))} sharp edges" in note and "--stimuli auto" in note
    assert not any("stimulation" in note for note in found().notes)


@pytest.mark.parametrize("hz", [1, 10, 50])
@pytest.mark.parametrize("peak_uv", [200.0, 5000.0])
def test_stimuli_are_found_in_the_emg(hz, peak_uv):
    times_s = found_in(with_stimuli(hz, peak_uv=peak_uv).signals["emg"])
    np.testing.assert_allclose(times_s, onsets_s(hz), atol=0.001)


def test_nothing_else_is_taken_for_stimuli():
    emg = raw().signals["emg"]
    assert not len(found_in(emg))
    popped = pops(emg.values, np.arange(0.8, 9.5, 0.9))
    assert not len(found_in(dataclasses.replace(emg, values=popped.astype(np.float32))))
    silent = dataclasses.replace(emg, values=np.zeros_like(emg.values))
    assert not len(found_in(silent))


def test_a_trigger_or_events_tell_as_well_and_a_delay_is_seen():
    recording, times_s = with_stimuli(20), onsets_s(20)
    level = np.zeros(round(SECONDS * 5000), dtype=np.float32)
    for time_s in times_s:
        # Sent 4 ms before the current flows.
        level[round((time_s - 0.004) * 5000) :][:10] = 5.0
    trigger = rs.Signal(level, 5000.0, "V")
    events = tuple(rs.Event(t, 0.0, "pulse") for t in times_s)
    signals = {**recording.signals, "trigger": trigger}
    recording = dataclasses.replace(recording, signals=signals, events=events)
    sent_s = stimuli_of(recording, "trigger")
    np.testing.assert_allclose(sent_s, times_s - 0.004, atol=0.0005)
    emg = recording.signals["emg"]
    np.testing.assert_allclose(at_artifacts(sent_s, emg), times_s, atol=0.001)
    np.testing.assert_allclose(stimuli_of(recording, "pulse"), times_s)
    with pytest.raises(DataError, match="Did you mean 'trigger'"):
        stimuli_of(recording, "triger")
    flat = dataclasses.replace(trigger, values=np.zeros_like(level))
    still = dataclasses.replace(recording, signals={**signals, "trigger": flat})
    with pytest.raises(DataError, match="never rises"):
        stimuli_of(still, "trigger")
    with pytest.raises(DataError, match="no stimuli were found"):
        stimuli_of(raw(), "auto")
    with pytest.raises(DataError, match=r"stimuli_s: none lies within the EMG.*0 to 10 s"):
        rs.decompose(raw(), QUICK.replace(stimuli_s=(20.0,)))


def test_times_are_read_from_a_file(tmp_path):
    file = tmp_path / "times.csv"
    file.write_text("onset,label\n1.5,a\n2.25,b\n\n")
    assert times_in(file) == (1.5, 2.25)
    file.write_text("1.5\nnan\n")
    with pytest.raises(ReadError, match=r"row 2: 'nan' is no time"):
        times_in(file)
    file.write_text("onset\n")
    with pytest.raises(ReadError, match="no time in it"):
        times_in(file)


def test_the_command_takes_a_file_of_times(tmp_path, capsys):
    rs.write(with_stimuli(20), tmp_path / "raw.h5")
    times = tmp_path / "times.txt"
    times.write_text("\n".join(f"{t:.4f}" for t in onsets_s(20)))
    out = tmp_path / "rec.h5"
    words = ["decompose", str(tmp_path / "raw.h5"), "-o", str(out), "--stimuli", str(times), "-q"]
    quick = ["--starts", "32", "--rounds", "2", "--extension", "12", "--iterations", "6"]
    assert main([*words, *quick]) == 0
    again = rs.read(out)
    assert len(good_of(again)) >= 4
    np.testing.assert_allclose(again.decomposition.settings["stimuli_s"], onsets_s(20), atol=0.001)
    # Its action potentials are those of the muscle, without what stimuli left.
    shapes, true = rs.emg.action_potentials(again), rs.emg.action_potentials(raw())
    assert np.abs(shapes).max() < 1.5 * np.abs(true).max()


def test_what_others_see_before_and_after_fills_in_what_all_missed():
    rng = np.random.default_rng(3)
    wave = np.convolve(rng.standard_normal(4000), np.hanning(7), mode="same")
    # As it travels, each channel sees it five samples after the one before.
    emg = np.stack([np.roll(wave, 5 * channel) for channel in range(6)], axis=1)
    hidden = np.zeros(4000, dtype=bool)
    for first in range(100, 3900, 60):
        hidden[first : first + 8] = True
    filled, _ = inpainted(np.where(hidden[:, None], 0.0, emg), hidden)
    error = np.square(filled - emg)[hidden].mean(axis=0) / emg.var()
    # The outermost channels alone see what no other will see, or has seen.
    assert (error[1:-1] < 0.05).all() and (error < 0.5).all()
    np.testing.assert_array_equal(filled[~hidden], emg[~hidden])


@pytest.mark.parametrize("hz", [5, 20])
def test_tails_go_and_the_muscle_stays(hz):
    clean = raw().signals["emg"].values.astype(float)
    harmed = stimuli(clean, onsets_s(hz))
    emg, pulses = without_artifacts(harmed, onsets_s(hz) * FS, FS)
    inside = slice(round(FS), round((SECONDS - 1) * FS))
    error = (emg - emg.mean(axis=0) - clean + clean.mean(axis=0))[inside]
    assert np.square(error).sum() < 0.05 * np.square(clean[inside]).sum()
    np.testing.assert_array_equal(pulses.hidden, hidden_by(onsets_s(hz) * FS, len(clean), FS))


def test_an_amplifier_that_takes_longer_hides_more():
    clean = raw().signals["emg"].values.astype(float)
    harmed, rng = stimuli(clean, onsets_s(10)), np.random.default_rng(1)
    for onset_s in onsets_s(10):
        first = round(onset_s * FS)
        harmed[first : first + 12] += 3000 * rng.standard_normal((12, clean.shape[1]))
    pulses = without_artifacts(harmed, onsets_s(10) * FS, FS)[1]
    assert 0.005 < pulses.hidden_s < 0.009


def test_what_follows_stimuli_is_no_motor_unit():
    rng = np.random.default_rng(0)
    times_s = onsets_s(20)
    locked = times_s[::2] + 0.004 + rng.normal(0, 0.0003, len(times_s[::2]))
    assert "follows the stimuli" in follows(locked, times_s)
    for unit in raw().units:
        assert not follows(unit, times_s)


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("index,time_s\n1,0.5\n2,1.5\n", (0.5, 1.5)),
        ("onset\n0.5\n", (0.5,)),
        ("onset_s;label\n1,25;shock\n", (1.25,)),
        ("0.5,shock\n1.5,shock\n", (0.5, 1.5)),
        ("stimulus\n0.5\n1.5\n", (0.5, 1.5)),
    ],
)
def test_the_column_of_times_is_found_by_its_head(tmp_path, text, times):
    file = tmp_path / "times.csv"
    file.write_text(text)
    assert times_in(file) == times


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("time_ms\n500\n", "milliseconds"),
        ("index,label\n1,a\n", "none of its columns"),
        ("1,523\n2,301\n", "decimal comma"),
    ],
)
def test_a_list_that_may_mean_something_else_is_refused(tmp_path, text, why):
    file = tmp_path / "times.csv"
    file.write_text(text)
    with pytest.raises(ReadError, match=why):
        times_in(file)


def test_a_list_in_any_order_is_put_in_order_and_what_lies_outside_is_said():
    times_s = onsets_s(20)
    told = [*times_s[::-1], *times_s[:5], 500.0]
    found = rs.decompose(with_stimuli(20), QUICK.replace(stimuli_s=tuple(map(float, told))))
    given = found.decomposition.settings["stimuli_s"]
    assert list(given) == sorted(set(given))
    assert len(given) == len(times_s) + 1
    assert any(f"1 of {len(given)} stimuli lie outside the EMG" in note for note in found.notes)
