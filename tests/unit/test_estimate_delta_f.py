"""ΔF of units whose rates are known, and every rule that can reject a pair."""

from __future__ import annotations

import numpy as np
import pytest
from estimate_samples import hysteresis_pair, ramp_torque, recording_of, train, triangle

import renshaw as rs
from renshaw.core.errors import DataError
from renshaw.data.estimates import Estimate
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.estimation import (
    ContractionSettings,
    DeltaFSettings,
    EstimateSettings,
    SmoothingSettings,
    estimate,
    rules,
)
from renshaw.estimation.quantities.delta_f import pair_construction


def pair_row(recording: Recording, **criteria: object) -> Estimate:
    settings = EstimateSettings(delta_f=DeltaFSettings(**criteria))
    rows = estimate(recording, settings).select("delta_f_pair").rows
    assert len(rows) == 1
    return rows[0]


@pytest.mark.parametrize(
    ("method", "tolerance_pps"),
    # Support vector regression may stray by its epsilon, here 0.5 pps, at no cost; a polynomial of
    # 5th order can't follow the corner at the peak.
    [("svr", 0.5), ("polynomial", 0.6), ("hann", 0.3), ("spline", 0.15)],
)
def test_delta_f_is_the_known_difference_of_the_control_rate(
    method: str, tolerance_pps: float
) -> None:
    recording = hysteresis_pair()
    f = triangle(18, 6)
    on_s, off_s = recording.units[1][1], recording.units[1][-1]
    truth = float(f(on_s) - f(off_s))
    settings = EstimateSettings(smoothing=SmoothingSettings(method=method))
    (row,) = estimate(recording, settings).select("delta_f_pair").rows
    assert (row.unit, row.control, row.ok) == (2, 1, True)
    assert row.value == pytest.approx(truth, abs=tolerance_pps)


def test_a_unit_without_hysteresis_has_no_delta_f() -> None:
    symmetric = recording_of(train(triangle(18, 6), 2, 22), train(triangle(15, 5), 6, 18))
    assert pair_row(symmetric).value == pytest.approx(0, abs=0.25)


def test_the_earlier_recruited_unit_is_the_control_unit_whatever_the_order_of_the_file() -> None:
    recording = hysteresis_pair()
    swapped = Recording(recording.units.select([1, 0]), recording.signals)
    row = pair_row(swapped)
    assert (row.unit, row.control) == (1, 2)
    assert row.value == pair_row(recording).value


def test_recruited_too_soon_after_the_control_unit() -> None:
    recording = recording_of(train(triangle(18, 6), 2, 22), train(triangle(15, 5), 2.5, 20))
    row = pair_row(recording)
    gap = estimate(recording).values("recruitment_gap", ok=None)[0]
    assert gap == pytest.approx(recording.units[1][1] - recording.units[0][1])
    assert not row.ok
    assert f"recruited too soon after the control unit ({gap:.2f} s; " in row.reason
    assert "more than 1 s" in row.reason
    assert np.isfinite(row.value)
    assert pair_row(recording, recruitment_gap_s=gap - 1e-3).ok
    assert not pair_row(recording, recruitment_gap_s=gap).ok


def test_rates_that_do_not_go_together() -> None:
    valley = train(lambda t: 18 - triangle(10, 0)(t), 5, 20)
    recording = recording_of(train(triangle(18, 6), 2, 22), valley)
    row = pair_row(recording)
    assert not row.ok
    assert "correlate too weakly (r = -" in row.reason
    # A square alone would take opposite rates for a shared drive.
    squared = pair_row(recording, correlation_statistic="r2")
    assert not squared.ok
    assert "r² above 0.7 needed" in squared.reason
    assert pair_row(recording, correlation_min=-1).ok


def test_r_and_its_square_are_different_rules() -> None:
    wobbling = train(lambda t: triangle(15, 5)(t) + 2.5 * np.sin(1.7 * t), 5, 20)
    recording = recording_of(train(triangle(18, 6), 2, 22), wobbling)
    r = estimate(recording).values("rate_rate_r", ok=None)[0]
    assert 0.7 < r < 0.7**0.5
    assert pair_row(recording, correlation_statistic="r").ok
    row = pair_row(recording, correlation_statistic="r2")
    assert not row.ok
    assert f"r = {r:.2f}, r² = {r**2:.2f}" in row.reason


def test_a_control_unit_that_hardly_changes_its_rate() -> None:
    flat = train(lambda t: triangle(10.2, 10)(t), 2, 22)
    row = pair_row(recording_of(flat, train(triangle(15, 5), 6, 18)), correlation_min=-1)
    assert not row.ok
    assert "changes too little while the test unit fires (0.09 pps" in row.reason
    assert "more than 0.5 pps" in row.reason


def test_a_control_unit_that_stops_first_is_rejected_or_read_at_its_last_discharge() -> None:
    recording = recording_of(train(triangle(18, 6), 2, 18), train(triangle(15, 5), 6, 21))
    rejected = pair_row(recording)
    assert not rejected.ok
    early = recording.units[1][-1] - recording.units[0][-1]
    assert f"the control unit stopped {early:.2f} s before the test unit" in rejected.reason
    used = pair_row(recording, control_ends_first="last_discharge")
    assert used.ok
    assert "underestimates" in used.reason
    assert used.value == rejected.value
    f = triangle(18, 6)
    truth = float(f(recording.units[1][1]) - f(recording.units[0][-1]))
    assert used.value == pytest.approx(truth, abs=0.15)


def test_delta_f_capped_by_the_range_of_the_control_unit() -> None:
    # The control unit is at its highest rate when the test unit starts and only falls from there.
    falling = train(lambda t: np.where(t < 6, 6 + 2 * t, 18 - 0.6 * (t - 6)), 1, 23)
    together = train(lambda t: 15 - 0.5 * (t - 6), 6, 20)
    recording = recording_of(falling, together)
    assert pair_row(recording).ok
    row = pair_row(recording, saturation_margin_pps=0.5)
    assert not row.ok
    assert "ΔF may be capped by the range of the control unit" in row.reason


def test_units_that_never_fire_together() -> None:
    recording = recording_of(train(triangle(18, 6), 2, 8), train(triangle(15, 5), 9, 20))
    row = pair_row(recording)
    assert not row.ok
    assert np.isnan(row.value)
    assert row.reason == "the two units never fire together"


def test_a_short_time_together() -> None:
    recording = recording_of(train(triangle(18, 6), 2, 22), train(triangle(15, 8), 12.5, 14.5))
    row = pair_row(recording, overlap_min_s=3)
    assert "fire together too briefly (1." in row.reason


def test_every_reason_is_given_not_only_the_first() -> None:
    recording = recording_of(train(triangle(18, 6), 2, 14), train(triangle(15, 5), 2.5, 20))
    reason = pair_row(recording, correlation_min=0.99999).reason
    assert "recruited too soon" in reason
    assert "the control unit stopped" in reason
    assert "correlate too weakly" in reason


def test_means_go_to_the_right_test_unit_when_a_pair_has_no_overlap() -> None:
    # Units 1 and 3 never meet; counting on pairs in their order would shift all later means.
    units = [
        train(triangle(18, 6), 1, 5),
        train(triangle(18, 6), 2, 23),
        train(triangle(15, 5), 7, 20),
        train(triangle(14, 5), 9, 17),
    ]
    estimates = estimate(recording_of(*units))
    by_unit = {row.unit: row for row in estimates.select("delta_f").rows}
    pairs = estimates.select("delta_f_pair", ok=True).rows
    assert {(row.unit, row.control) for row in pairs} == {(3, 2), (4, 2), (4, 3)}
    for unit in (3, 4):
        mean = np.mean([row.value for row in pairs if row.unit == unit])
        assert by_unit[unit].value == pytest.approx(mean)
    assert not by_unit[1].ok
    assert by_unit[1].reason == "no unit was recruited before it"
    assert by_unit[2].reason == "none of its 1 pairs as a test unit is usable"


def test_mean_over_test_units_or_over_pairs() -> None:
    units = [train(triangle(18 - i, 6), 1 + 2 * i, 23 - i) for i in range(4)]
    recording = recording_of(*units)
    of_units = estimate(recording)
    assert of_units.values("delta_f_mean")[0] == pytest.approx(of_units.values("delta_f").mean())
    asked = EstimateSettings(delta_f=DeltaFSettings(average="all_pairs"))
    of_pairs = estimate(recording, asked)
    mean = of_pairs.values("delta_f_pair").mean()
    assert of_pairs.values("delta_f_mean")[0] == pytest.approx(mean)
    assert mean != pytest.approx(of_units.values("delta_f_mean")[0], abs=1e-6)


def test_normalization_to_the_descending_range_of_the_control_unit() -> None:
    settings = EstimateSettings(
        delta_f=DeltaFSettings(normalization="ctrl_max_desc"),
        smoothing=SmoothingSettings(method="spline"),
    )
    recording = hysteresis_pair()
    (row,) = estimate(recording, settings).select("delta_f_pair_normalized").rows
    f = triangle(18, 6)
    on, off = f(recording.units[1][1]), f(recording.units[1][-1])
    truth = (on - off) / (on - f(recording.units[0][-1]))
    assert row.units == "ratio"
    assert row.value == pytest.approx(truth, abs=0.03)
    assert "delta_f_pair_normalized" not in estimate(recording).quantities


def test_recruitment_as_first_or_second_discharge() -> None:
    recording = hysteresis_pair()
    first = pair_construction(
        recording, 2, 1, EstimateSettings(delta_f=DeltaFSettings(recruitment="first"))
    )
    second = pair_construction(recording, 2, 1)
    assert first.recruitment_s == recording.units[1][0]
    assert second.recruitment_s == recording.units[1][1]
    assert first.rate_at_recruitment_pps < second.rate_at_recruitment_pps


def test_the_construction_of_a_pair_holds_what_a_picture_needs() -> None:
    recording = hysteresis_pair()
    shown = pair_construction(recording, test=2, control=1)
    row = pair_row(recording)
    assert shown.accepted
    assert shown.reasons == ()
    assert shown.delta_f_pps == row.value
    assert shown.delta_f_pps == shown.rate_at_recruitment_pps - shown.rate_at_derecruitment_pps
    read = shown.control_rate.at([shown.recruitment_s, shown.derecruitment_s])
    assert read.tolist() == [shown.rate_at_recruitment_pps, shown.rate_at_derecruitment_pps]
    with pytest.raises(DataError, match="ask for test = 2, control = 1"):
        pair_construction(recording, test=1, control=2)
    with pytest.raises(DataError, match="no unit 3"):
        pair_construction(recording, test=3, control=1)
    with pytest.raises(DataError, match="two units"):
        pair_construction(recording, test=1, control=1)


def test_what_the_reader_flagged_is_said_and_does_not_hide_the_value() -> None:
    recording = hysteresis_pair()
    flagged = recording_of(*recording.units, flags=("", "3 discharges are repeated"))
    estimates = estimate(flagged)
    (row,) = estimates.select("delta_f_pair").rows
    assert row.ok
    assert row.reason == "reader on unit 2: 3 discharges are repeated"
    peak = estimates.select("peak_rate", unit=2).rows[0]
    assert peak.ok
    assert peak.reason == "reader: 3 discharges are repeated"


def test_silent_units_are_not_counted_as_units_that_lack_a_delta_f() -> None:
    sound = hysteresis_pair()
    silent = recording_of(*sound.units, np.array([]), np.array([]), torque=sound.torque)
    found = {
        name: (estimate(sound).values(name)[0], estimate(silent).values(name)[0])
        for name in ("n_units", "delta_f_yield")
    }
    assert found["n_units"] == (2.0, 2.0)
    assert found["delta_f_yield"] == (50.0, 50.0)


def without(times_s: np.ndarray, start_s: float, end_s: float) -> np.ndarray:
    return times_s[(times_s < start_s) | (times_s > end_s)]


def test_silences_leave_the_correlation_exact() -> None:
    control = without(train(triangle(18, 6), 2.0, 22.0), 16.5, 18.1)
    test = without(train(triangle(15, 5), 6.0, 20.0), 7.5, 8.9)
    recording = recording_of(control, test)
    found = {}
    for grid_hz in (50.0, 2000.0):
        settings = rules("openhdemg")
        smoothing = settings.smoothing.replace(grid_hz=grid_hz)
        estimates = estimate(recording, settings.replace(smoothing=smoothing))
        found[grid_hz] = [
            estimates.select(name).rows[0].value for name in ("rate_rate_r", "control_modulation")
        ]
    assert found[50.0][0] == pytest.approx(found[2000.0][0], abs=3e-6)
    assert found[50.0][1] == pytest.approx(found[2000.0][1], abs=1e-3)


def test_units_that_fire_together_in_scraps_are_correlated_on_a_fine_grid() -> None:
    control = without(train(triangle(18, 6), 2.0, 22.0), 6.43, 19.81)
    recording = recording_of(control, train(triangle(15, 5), 6.0, 20.0))
    smoothing = rules("openhdemg").smoothing
    r = [
        estimate(recording, EstimateSettings(smoothing=smoothing.replace(grid_hz=grid_hz)))
        .select("rate_rate_r")
        .rows[0]
        .value
        for grid_hz in (50.0, 4000.0)
    ]
    assert r[0] == pytest.approx(r[1], abs=5e-3)


def test_two_contractions_in_one_recording_are_no_pair_or_remarked_on() -> None:
    control, test = train(triangle(18, 6), 2.0, 22.0), train(triangle(15, 5), 6.0, 20.0)
    twice = MotorUnits(
        (np.concatenate([control, control + 24]), np.concatenate([test, test + 24])), (0.0, 48.0)
    )
    for name in ("renshaw", "openhdemg"):
        settings = rules(name).replace(contractions=ContractionSettings(find="never"))
        (row,) = estimate(Recording(twice, {}, name="twice"), settings).select("delta_f_pair").rows
        assert row.ok == (name == "openhdemg")
        assert "the test unit pauses for 10" in row.reason
        assert "the control unit pauses for 4" in row.reason
    assert pair_row(hysteresis_pair()).reason == ""
    # By default, each is estimated by itself.
    each = estimate(Recording(twice, {}, name="twice")).select("delta_f_pair").rows
    alone = pair_row(hysteresis_pair()).value
    assert [row.contraction for row in each] == [1, 2]
    assert [row.value for row in each] == pytest.approx([alone, alone], abs=1e-3)


def test_a_pair_without_a_rate_to_read_is_not_said_to_underestimate() -> None:
    control = without(train(triangle(18, 6), 2.0, 19.0), 10.0, 12.0)
    recording = recording_of(control, train(triangle(15, 5), 6.0, 20.0))
    row = estimate(recording, "openhdemg").select("delta_f_pair").rows[0]
    # openhdemg cuts the rate at the last discharge of a unit with a silence.
    assert np.isnan(row.value)
    assert "no rate at the test unit's derecruitment" in row.reason
    assert "underestimates" not in row.reason


def capped_pair() -> Recording:
    """A control unit whose rate no longer rises once the test unit is recruited."""

    def flat(t):
        return np.clip(6 + 3 * (t - 2), 6, 14) - np.clip(1.0 * (t - 12), 0, 10)

    control = train(flat, 1.0, 22.0)
    test = train(triangle(15, 6), 6.0, 20.0)
    return recording_of(control, test, torque=ramp_torque())


def test_a_pair_close_to_all_that_its_control_unit_changes_is_saturated():
    """Foley & Kalmar 2019: within .5 pps."""
    open_rules = {"correlation_min": -1.0}
    settings = rs.EstimateSettings()
    settings = settings.replace(delta_f=settings.delta_f.replace(**open_rules))
    estimates = rs.estimate(capped_pair(), settings)
    pair = estimates.select("delta_f_pair").rows[0]
    modulation = estimates.select("control_modulation").rows[0].value
    assert modulation - pair.value < 0.5
    assert pair.ok and pair.reasons.codes == ("saturated",)
    assert f"({modulation:.2f} pps; 0.5 pps or less)" in pair.reason
    warned = " ".join(estimates.finding.warnings)
    assert "1 of 1 usable pair is saturated" in warned
    assert "saturated" in estimates.to_table()["reason_codes"].tolist()
    far = settings.replace(delta_f=settings.delta_f.replace(saturated_within_pps=0.0))
    assert not rs.estimate(capped_pair(), far).select("delta_f_pair").rows[0].reasons
    strict = settings.replace(delta_f=settings.delta_f.replace(saturation_margin_pps=0.5))
    rejected = rs.estimate(capped_pair(), strict).select("delta_f_pair").rows[0]
    assert not rejected.ok and rejected.reasons.codes == ("saturation",)


def test_a_free_pair_is_not_saturated():
    pair = rs.estimate(hysteresis_pair()).select("delta_f_pair").rows[0]
    assert pair.ok and "saturated" not in pair.reasons.codes
