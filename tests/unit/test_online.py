"""Units that are known, found in EMG as it comes in."""

from __future__ import annotations

import dataclasses
import functools
import itertools

import numpy as np
import pytest
from decompose_samples import FS_HZ, found, raw

import renshaw as rs
from renshaw.data.grid import unplaced
from renshaw.decomposition.online.band import Band
from renshaw.decomposition.online.compared import compared, f1
from renshaw.decomposition.online.height import best_threshold

EMG = raw(1).signals["emg"].values


@functools.cache
def learned():
    """What the decomposition of other discharges of the same muscle teaches."""
    return rs.emg.decoder(found())._learned


def decoded(emg, block=102, **settings):
    decoder = rs.emg.Decoder(learned(), rs.emg.DecodeSettings(**settings))
    steps = [decoder.push(emg[at : at + block]) for at in range(0, len(emg), block)]
    return decoder, steps


def worst(decoder, since_s=0.1, begins_s=0.0):
    """The lowest F1 of a unit, by the true discharges."""
    values = []
    for times in decoder.recording().units:
        trains = [true[true >= begins_s + since_s] - begins_s for true in raw(1).units]
        values.append(max(f1(times[times >= since_s], true) for true in trains))
    return min(values)


def test_as_many_discharges_are_found_as_offline_in_emg_that_was_not_learned_from():
    decoder, _ = decoded(EMG)
    offline = [each.f1 for each in compared(found(1).units, raw(1).units)]
    assert len(decoder.labels) == 5
    assert worst(decoder) >= min(offline) - 0.03
    assert decoder.notes == []


@pytest.mark.parametrize("adapt", [False, True])
@pytest.mark.parametrize("block", [7, 16, 1000, len(EMG)])
def test_how_a_stream_is_cut_changes_no_number(block, adapt):
    usual, _ = decoded(EMG, adapt=adapt)
    other, _ = decoded(EMG, block, adapt=adapt)
    for one, two in zip(usual.recording().units, other.recording().units, strict=True):
        np.testing.assert_array_equal(one, two)
    assert usual.rates_pps == other.rates_pps and usual.time_s == other.time_s


def test_what_comes_later_changes_nothing_that_was_told():
    changed = EMG.copy()
    changed[10_000:] = 50 * np.random.default_rng(0).normal(size=changed[10_000:].shape)
    one, two = decoded(EMG)[0], decoded(changed)[0]
    until_s = 10_000 / FS_HZ - one.latency_ms / 1000
    for a, b in zip(one.recording().units, two.recording().units, strict=True):
        np.testing.assert_array_equal(a[a < until_s], b[b < until_s])


def test_a_discharge_is_told_within_the_latency():
    decoder, steps = decoded(EMG, 1)
    assert 15 < decoder.latency_ms < 50
    told = {pair: at for at, step in enumerate(steps, start=1) for pair in step.discharges}
    assert len(told) > 300
    late_ms = [1000 * (at / FS_HZ - time_s) for (_, time_s), at in told.items()]
    assert max(late_ms) <= decoder.latency_ms + 1e-6
    assert all(a.time_s <= b.time_s for a, b in itertools.pairwise(steps))


def test_rates_are_those_of_the_last_discharges_and_fall_when_the_next_is_overdue():
    decoder, _ = decoded(EMG[: 5 * 2048])
    for label, times in zip(decoder.labels, decoder.recording().units, strict=True):
        assert decoder.rates_pps[label] == pytest.approx(1 / np.diff(times)[-3:].mean(), rel=0.25)
    decoder.push(np.zeros((round(0.5 * FS_HZ), 32)))
    assert all(0 < rate <= 2.5 for rate in decoder.rates_pps.values())
    decoder.push(np.zeros((2048, 32)))
    assert set(decoder.rates_pps.values()) == {0.0}


def test_a_stream_may_begin_in_the_middle_of_a_contraction():
    assert worst(decoded(EMG[9000:])[0], begins_s=9000 / FS_HZ) >= 0.97


def test_a_muscle_at_rest_has_no_discharges():
    noise = 2 * np.random.default_rng(0).normal(size=EMG.shape)
    assert sum(map(len, decoded(noise)[0].recording().units)) == 0


@pytest.mark.parametrize(
    ("harm", "word"),
    [("dead", "nothing"), ("lost", "no numbers"), ("loud", "far too much")],
)
def test_a_channel_that_fails_is_left_out_and_told_of(harm, word):
    emg = EMG.astype(float)
    part = emg[5000:, 7]
    loud = part + 3000 * np.random.default_rng(0).normal(size=len(part))
    emg[5000:, 7] = {"dead": part[0], "lost": np.nan, "loud": loud}[harm]
    decoder, _ = decoded(emg)
    assert worst(decoder) >= 0.95
    (note,) = decoder.notes
    assert f"1 channel with {word} on it (8); decoded without" in note


def test_a_channel_that_works_again_is_used_again():
    emg = EMG.astype(float)
    emg[3000:6000, 7] = emg[3000, 7]
    decoder, _ = decoded(emg)
    assert "used again (8)" in decoder.notes[-1] and len(decoder.notes) == 2
    assert worst(decoder) >= 0.97


def test_several_dead_channels_cost_little_and_nearly_all_of_them_everything():
    emg = EMG.astype(float)
    emg[5000:, [3, 4, 5, 12, 13]] = 0
    assert worst(decoded(emg)[0]) >= 0.95
    emg[5000:, :25] = 0
    decoder, _ = decoded(emg)
    assert all(times[-1] < 5600 / FS_HZ for times in decoder.recording().units)


def test_values_that_are_none_cost_the_discharges_around_them_only():
    emg = EMG.astype(float)
    emg[9000], emg[9100, 3], emg[5000:5040] = 1e30, -np.inf, np.nan
    assert worst(decoded(emg)[0]) >= 0.97
    assert worst(decoded(emg, adapt=True)[0]) >= 0.97


def test_millivolts_and_mixed_up_channels_are_told_of():
    mixed = EMG[:, np.random.default_rng(0).permutation(32)]
    for emg, words in ((1000 * EMG, "times as loud"), (EMG / 1000, "louder than"),
                       (mixed, "in the same order")):  # fmt: skip
        (note,) = decoded(emg)[0].notes
        assert words in note


def test_the_verb_decodes_a_recording_as_the_decoder_does_a_stream():
    recording = rs.emg.decode(found(), raw(1))
    for one, two in zip(recording.units, decoded(EMG)[0].recording().units, strict=True):
        np.testing.assert_array_equal(one, two)
    assert recording.units.labels == learned().labels
    assert recording.decomposition.by == "decode"
    assert recording.history.steps[-1].verb == "decode"


def test_units_of_two_grids_keep_their_names_and_channels():
    teacher = found()
    grids = tuple(unplaced(f"half {n}", range(n, 32, 2)) for n in range(2))
    numbers = np.array([1.0, 2, 1, 2, 1, *[2] * len(teacher.units)])[: len(teacher.units)]
    units = dataclasses.replace(teacher.units, quality={**teacher.units.quality, "grid": numbers})
    two = dataclasses.replace(teacher, grids=grids, units=units)
    decoder = rs.emg.decoder(two)
    decoder.push(EMG)
    live = decoder.recording().units
    assert live.quality["grid"].tolist() == sorted(live.quality["grid"])
    assert sorted(live.labels) == sorted(learned().labels)
    whole = decoded(EMG)[0].recording().units
    for label, times in zip(live.labels, live, strict=True):
        assert f1(times, whole[whole.labels.index(label)]) >= 0.9, label


def test_what_can_not_be_decoded_is_refused():
    decoder = rs.emg.Decoder(learned())
    for block in (EMG[:10, :31], EMG[0], 3.0):
        with pytest.raises(rs.DataError, match="32 channels"):
            decoder.push(block)
    with pytest.raises(rs.DataError, match="no raw EMG"):
        rs.emg.decoder(dataclasses.replace(found(), signals={}))
    flagged = dataclasses.replace(found().units, flags=("odd",) * len(found().units))
    with pytest.raises(rs.DataError, match="no unit to decode"):
        rs.emg.decoder(dataclasses.replace(found(), units=flagged))
    slower = rs.Signal(EMG, 2000.0, "uV")
    with pytest.raises(rs.DataError, match="2000 Hz.*2048 Hz"):
        rs.emg.decode(found(), dataclasses.replace(raw(1), signals={"emg": slower}))


@pytest.mark.parametrize("fs_hz", [1000.0, 2048.0, 10_240.0])
def test_the_band_of_a_stream_is_that_of_one_piece(fs_hz):
    raw_emg = np.random.default_rng(0).normal(size=(3000, 4)) + 1000
    whole = Band(rs.DecomposeSettings(), fs_hz, 4)(raw_emg)
    cut, at = Band(rs.DecomposeSettings(), fs_hz, 4), 0
    parts = []
    for length in (1, 2, 3, 700, 11, 0, 2283):
        parts.append(cut(raw_emg[at : at + length]))
        at += length
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    assert np.abs(whole).max() < 10
    assert 1000 <= cut.fs_hz <= 2560


def test_the_threshold_makes_the_fewest_errors():
    high, low = np.array([0.8, 1.0, 1.1, 0.3]), np.array([0.1, 0.2, 0.25, 0.5])
    threshold = best_threshold(high, low)
    assert 0.5 < threshold < 0.8 or 0.25 < threshold < 0.3
    assert best_threshold(np.array([1.0, 2.0]), np.zeros(0)) <= 1.0
