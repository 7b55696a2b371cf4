"""Stretches of time are judged as channels are: found, named, left out or bridged, and told."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from decompose_samples import QUICK, SECONDS, SETTINGS, found, raw, trains
from electrode_trouble import FS, burst_of_mains, pops, pulled_cable, saturation

import renshaw as rs
from renshaw.core.errors import DataError, SettingsError
from renshaw.data.agreement import agreement
from renshaw.data.decomposition import BRIDGED, LEFT_OUT, SUBTRACTED, Stretch, stretches_in_words
from renshaw.decomposition.contrast import SLOPES
from renshaw.decomposition.preparation import prepared_grid
from renshaw.decomposition.stretches import MAINS, MOVEMENT, NO_SIGNAL, POP, SATURATION
from renshaw.decomposition.trust import judged, without_strays
from renshaw.findings.recording import decomposed

TEN_s = np.arange(0.8, 9.5, 0.9)


def with_emg(values, recording=None):
    recording = recording or raw()
    emg = dataclasses.replace(recording.signals["emg"], values=np.asarray(values, np.float32))
    return dataclasses.replace(recording, signals={"emg": emg})


def stretches_of(recording, settings=QUICK):
    return prepared_grid(recording.signals["emg"], recording.grids[0], settings)[2]


def good_of(recording):
    return [t for t, flag in zip(recording.units, recording.units.flags, strict=True) if not flag]


def rate(first, second):
    return agreement(*(np.rint(t * FS).astype(int) for t in (first, second)), 2, 60).rate


def outside(times_s, gaps_s):
    for start_s, end_s in gaps_s:
        times_s = times_s[(times_s < start_s - 0.01) | (times_s > end_s + 0.01)]
    return times_s


TROUBLE = {
    "one pop": (lambda emg: pops(emg, [4.0]), POP, LEFT_OUT, 4.0, 4.03),
    "saturation": (lambda emg: saturation(emg, 5.0), SATURATION, LEFT_OUT, 5.0, 5.2),
    "mains": (lambda emg: burst_of_mains(emg, 4.0), MAINS, SUBTRACTED, 4.0, 5.0),
    "pulled cable": (lambda emg: pulled_cable(emg, 5.0), MOVEMENT, BRIDGED, 5.1, 5.3),
}


@pytest.mark.parametrize("name", TROUBLE)
def test_trouble_is_found_named_and_treated(name):
    harm, kind, done, start_s, end_s = TROUBLE[name]
    stretches = stretches_of(with_emg(harm(raw().signals["emg"].values)))
    (main,) = [each for each in stretches if each.done == done]
    assert main.kind == kind
    assert main.start_s <= start_s and main.end_s >= end_s
    assert main.duration_s < end_s - start_s + 0.25
    # Half of the channels were pulled; the rest shows on all.
    assert set(main.channels) == set(range(16 if done == BRIDGED else 32))
    # Nothing else is bad but where mains come and go.
    assert all(each is main or each.kind == MAINS for each in stretches)
    assert sum(each.duration_s for each in stretches if each.done == LEFT_OUT) < 0.35


@pytest.mark.parametrize("held", [0.0, 1.0])
def test_packets_that_were_lost_are_no_saturation(held):
    emg = np.array(raw().signals["emg"].values)
    first, end = round(5 * FS), round(5.2 * FS)
    emg[first:end] = held * emg[first - 1]
    (only,) = stretches_of(with_emg(emg))
    assert (only.kind, only.done) == (NO_SIGNAL, LEFT_OUT)
    assert only.start_s <= 5.0 and only.end_s >= 5.2 and only.duration_s < 0.3


def test_ten_pops_are_ten_stretches():
    stretches = stretches_of(with_emg(pops(raw().signals["emg"].values, TEN_s)))
    assert [each.kind for each in stretches] == [POP] * 10
    for each, start_s in zip(stretches, TEN_s, strict=True):
        assert each.start_s <= start_s < start_s + 0.03 <= each.end_s


@pytest.mark.parametrize(("seed", "anatomy"), [(0, 5), (2, 9), (4, 4), (6, 11)])
def test_nothing_is_found_in_clean_emg(seed, anatomy):
    bare = rs.Recording(rs.MotorUnits(tuple(trains(seed)), (0.0, SECONDS)))
    for crosstalk in (0, 10):
        settings = SETTINGS.replace(crosstalk_units=crosstalk)
        assert stretches_of(rs.synthesize_emg(bare, settings, seed=anatomy)) == ()


def test_a_short_strong_contraction_is_no_artifact():
    """Three times as loud for half a second, with the muscle's own spectrum."""
    emg = raw().signals["emg"].values
    times = np.arange(len(emg)) / FS
    gain = 1 + 2 * np.exp(-0.5 * ((times - 5) / 0.2) ** 2)
    assert stretches_of(with_emg(emg * gain[:, None])) == ()


@pytest.mark.parametrize("name", ["one pop", "ten pops", "saturation", "mains", "pulled cable"])
def test_units_are_found_in_spite_of_it_and_none_is_made_of_it(name):
    emg = raw().signals["emg"].values
    harmed = pops(emg, TEN_s) if name == "ten pops" else TROUBLE[name][0](emg)
    out = rs.decompose(with_emg(harmed), QUICK)
    gaps_s = out.decomposition.gaps_s()
    good = [outside(t, gaps_s) for t in good_of(out)]
    clean = [t for t in raw().units if max(rate(t, g) for g in good_of(found())) >= 0.95]
    kept = [max(rate(outside(t, gaps_s), g) for g in good) >= 0.95 for t in clean]
    assert sum(kept) >= len(clean) - 1
    true = [outside(t, gaps_s) for t in raw().units]
    assert all(max(rate(t, g) for t in true) > 0.5 for g in good)
    # Whether a unit fires there is not known.
    for times_s in out.units:
        assert not any(((times_s >= a) & (times_s < b)).any() for a, b in gaps_s)


def test_everybody_is_told(tmp_path):
    out = rs.decompose(with_emg(pops(raw().signals["emg"].values, [3.0, 6.0])), QUICK)
    (said,) = stretches_in_words(out.decomposition.stretches)
    assert "2 stretches left out" in said and "pop (2)" in said
    assert any(said in note for note in out.notes)
    assert said in decomposed(out).left_out
    page = rs.report(out, tmp_path / "page.html").read_text()
    assert 'id="stretches"' in page and said in page
    assert "Stretches in which electrodes did not see the muscle" in page
    again = rs.read(rs.write(out, tmp_path / "a.h5"))
    assert again.decomposition.stretches == out.decomposition.stretches
    first = out.decomposition.stretches[0]
    part = rs.cut(out, first.start_s + 0.01, 5.0, from_zero=True).decomposition.stretches
    assert [(each.start_s, each.kind) for each in part] == [(0.0, POP)]
    assert part[0].end_s == pytest.approx(first.duration_s - 0.01)


def test_what_a_person_edits_is_judged_with_its_gaps():
    harmed = with_emg(saturation(raw().signals["emg"].values, 4.0, duration_s=1.4))
    out = rs.decompose(harmed, QUICK)
    ((start_s, end_s),) = out.decomposition.gaps_s()
    assert end_s - start_s > 1.4
    unit = 1 + int(np.argmax(out.units.quality["confidence"]))
    edited = rs.edit.replay(harmed, out, (rs.edit.Reestimate(unit),))
    times_s = edited.units[unit - 1]
    assert not ((times_s >= start_s) & (times_s < end_s)).any()
    assert edited.units.flags[unit - 1] == ""
    before, after = (each.units.quality["cov_isi_pct"][unit - 1] for each in (out, edited))
    assert after == pytest.approx(before, abs=3.0)
    assert edited.decomposition.stretches == out.decomposition.stretches


def test_a_clean_page_says_nothing_of_stretches(tmp_path):
    assert 'id="stretches"' not in rs.report(found(), tmp_path / "page.html").read_text()


def test_it_can_be_switched_off_and_stretches_can_be_given():
    harmed = with_emg(pops(raw().signals["emg"].values, [4.0]))
    assert stretches_of(harmed, QUICK.replace(bad_stretches=False)) == ()
    mine = QUICK.replace(bad_stretches=False, leave_out_s=(3.9, 4.2, 8.0, 8.5))
    given = stretches_of(harmed, mine)
    assert [(each.kind, each.done) for each in given] == [("given", LEFT_OUT)] * 2
    np.testing.assert_allclose([each.start_s for each in given], [3.9, 8.0], atol=1 / FS)
    with pytest.raises(DataError, match=r"leave_out_s: 20 to 21 s lies outside.*0 to 10 s"):
        stretches_of(harmed, QUICK.replace(leave_out_s=(20.0, 21.0)))
    for wrong in ((1.0,), (2.0, 1.0)):
        with pytest.raises(SettingsError, match="a start and a later end"):
            rs.DecomposeSettings(leave_out_s=wrong)


def test_what_was_left_out_is_no_silence_and_no_interval():
    rng = np.random.default_rng(0)
    steady = np.cumsum(rng.normal(0.1, 0.012, 200))
    gaps_s = ((3.0, 4.8), (8.0, 15.0))
    seen = steady.copy()
    for start_s, end_s in gaps_s:
        seen = seen[(seen < start_s) | (seen >= end_s)]
    rules = rs.emg.TrustSettings()
    # While others go on firing, the muscle does not rest.
    others = [np.cumsum(rng.normal(0.09, 0.012, 230)) for _ in range(2)]
    unknown = judged(seen, 0.96, 28.0, rules, others)
    assert any("silent" in fault for fault in unknown.faults)
    known = judged(seen, 0.96, 28.0, rules, others, gaps_s)
    assert known.faults == () and known.cov_isi_pct < 15
    # A discharge beside a gap is no stray.
    lone = np.r_[seen[seen < 3.0], 4.9, seen[seen >= 15.0]]
    np.testing.assert_array_equal(without_strays(lone, rules, gaps_s), lone)
    assert len(without_strays(lone, rules)) < len(lone)


@pytest.mark.parametrize("contrast", ["skew", "rectified", "kurtosis", "logcosh"])
def test_a_single_sample_weighs_no_more_than_a_high_discharge(contrast):
    slope = SLOPES[contrast]
    source = np.zeros((1, 100), dtype=np.float32)
    high, higher = source.copy(), source.copy()
    high[0, 5], higher[0, 5] = 40.0, 2000.0
    np.testing.assert_allclose(slope(high)[0], slope(higher)[0], rtol=1e-5)
    assert np.isfinite(slope(higher)[1]).all()


def test_action_potentials_are_those_of_the_muscle():
    times_s = tuple(raw().units[:1])
    units = rs.MotorUnits(times_s, (0.0, SECONDS))
    emg = pops(raw().signals["emg"].values, [times_s[0][10]], peak_uv=20_000.0)
    harmed = dataclasses.replace(with_emg(emg), units=units)
    clean = rs.emg.action_potentials(dataclasses.replace(raw(), units=units))
    how = rs.decompose(harmed, QUICK.replace(rounds=1, starts=4)).decomposition
    spoilt = rs.emg.action_potentials(harmed)
    mended = rs.emg.action_potentials(dataclasses.replace(harmed, decomposition=how))
    size = np.abs(clean).max()
    assert np.abs(spoilt - clean).max() > 0.5 * size
    assert np.abs(mended - clean).max() < 0.1 * size


def test_a_stretch_is_a_span_of_time():
    with pytest.raises(ValueError, match="end at 1"):
        Stretch(2.0, 1.0, POP)
