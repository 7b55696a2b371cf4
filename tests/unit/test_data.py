import numpy as np
import pytest

import renshaw as rs
from renshaw.data.motor_units import clean_times


def units(*times, window=(0.0, 10.0), **more):
    return rs.MotorUnits(tuple(np.array(t, dtype=float) for t in times), window, **more)


@pytest.mark.parametrize(
    ("times", "words"),
    [
        ([1.0, 3.0, 2.0], "must increase"),
        ([1.0, 1.0], "none twice"),
        ([1.0, np.nan], "not a finite number"),
        ([1.0, 11.0], "outside the window"),
        ([[1.0, 2.0]], "flat list"),
    ],
)
def test_impossible_discharge_times_are_refused_by_unit(times, words):
    with pytest.raises(rs.DataError, match=f"Unit 1: .*{words}"):
        units(times)


def test_lists_of_unequal_length_are_refused():
    with pytest.raises(rs.DataError, match="1 units but 2 labels"):
        units([1.0], labels=("a", "b"))


def test_units_can_not_be_changed():
    made = units([1.0, 2.0])
    with pytest.raises(ValueError, match="read-only"):
        made[0][0] = 5.0


def test_what_is_handed_in_stays_the_callers_own():
    mine = np.array([1.0, 2.0])
    made = rs.MotorUnits((mine,), (0, 3))
    mine[0] = 1.5
    assert made[0][0] == 1.0


def test_units_without_discharges_are_units():
    table = units([], [1.0], [1.0, 1.5], [0.0, 2.3e-308]).to_table()
    assert list(table["discharges"]) == [0, 1, 2, 2]
    assert table["mean_rate_pps"].isna().tolist() == [True, True, False, True]


def test_instantaneous_rate_stands_at_the_second_discharge():
    times, rates = units([1.0, 1.1, 1.3]).instantaneous_rate(0)
    np.testing.assert_allclose(times, [1.1, 1.3])
    np.testing.assert_allclose(rates, [10.0, 5.0])


def test_select_keeps_labels_flags_and_quality_together():
    made = units([1.0], [2.0], [3.0], flags=("", "odd", ""), quality={"sil": [0.9, 0.8, 0.7]})
    picked = made.select([2, 1])
    assert picked.labels == ("3", "2")
    assert picked.flags == ("", "odd")
    assert list(picked.quality["sil"]) == [0.7, 0.8]


def test_clean_times_says_what_it_did():
    times, flag = clean_times([3.0, 1.0, 1.0, np.nan, -2.0], (0.0, 10.0))
    np.testing.assert_array_equal(times, [1.0, 3.0])
    for words in ("not a number", "outside", "not in order", "repeated"):
        assert words in flag
    assert clean_times([1.0, 2.0], (0.0, 10.0))[1] == ""


def test_signals_are_read_between_samples_and_not_beyond():
    signal = rs.Signal([0.0, 1.0, 2.0], fs_hz=10.0, unit="% MVC", start_s=1.0)
    np.testing.assert_allclose(signal.at([1.05, 1.2]), [0.5, 2.0])
    assert np.isnan(signal.at([0.9, 1.3])).all()


@pytest.mark.parametrize("fs_hz", [0.0, -1.0, np.nan, np.inf])
def test_impossible_sampling_rates_are_refused(fs_hz):
    with pytest.raises(rs.DataError, match="sampling rate"):
        rs.Signal([1.0], fs_hz)


def test_fingerprint_follows_what_was_observed_not_what_it_is_called():
    made = rs.Recording(units([1.0, 2.0]), name="a")
    assert made.fingerprint() == rs.Recording(units([1.0, 2.0]), name="b").fingerprint()
    assert made.fingerprint() != rs.Recording(units([1.0, 2.1]), name="a").fingerprint()


def test_a_missing_signal_lists_those_there_are():
    with pytest.raises(rs.DataError, match=r"no signal 'torqe'; it has: torque"):
        rs.Recording(units(), {"torque": rs.Signal([1.0], 1.0)}).signal("torqe")


def test_estimates_select_and_tabulate():
    rows = (
        rs.estimation.Estimate("r", "delta_f", 2, 0, 3.5, "pps"),
        rs.estimation.Estimate("r", "delta_f", 3, 0, np.nan, "pps", False, "no pair"),
        rs.estimation.Estimate("r", "delta_f_pair", 2, 1, 3.5, "pps"),
    )
    made = rs.Estimates(rows)
    assert made.values("delta_f").tolist() == [3.5]
    assert len(made.values("delta_f", ok=None)) == 2
    assert made.select(unit=2, ok=True).quantities == ("delta_f", "delta_f_pair")
    table = made.to_table()
    assert table["control"].isna().tolist() == [True, True, False]
    with pytest.raises(rs.DataError, match="Did you mean 'delta_f'"):
        made.values("deltaf")


def test_bound_contraction_and_labels_come_back_from_table_and_file(tmp_path):
    told = rs.estimation.Estimate(
        "r",
        "delta_f_pair",
        2,
        1,
        4.2,
        "pps",
        bound="at least",
        contraction=3,
        label="2.1",
        control_label="1.4",
    )
    silent = rs.estimation.Estimate("r", "delta_f", 2, 0, 3.5, "pps")
    made = rs.Estimates((told, silent))
    table = made.to_table()
    assert table["bound"].tolist() == ["at least", "exact"]
    assert table["contraction"].isna().tolist() == [False, True]
    assert rs.Estimates.from_table(table).rows == made.rows
    for ending in (".csv", ".parquet"):
        path = tmp_path / f"estimates{ending}"
        made.save(path)
        assert rs.files.read_estimates(path).rows == made.rows


def test_a_table_without_bounds_is_exact_and_keeps_its_fingerprint():
    exact = rs.Estimates((rs.estimation.Estimate("r", "delta_f", 2, 0, 3.5, "pps"),))
    old = exact.to_table().drop(columns=["bound", "contraction", "label", "control_label"])
    assert rs.Estimates.from_table(old).rows == exact.rows
    assert exact.fingerprint() == "732796f03734f0f2"
    bounded = rs.Estimates((exact.rows[0]._replace(bound="at most"),))
    assert bounded.fingerprint() != exact.fingerprint()


def test_a_bound_that_is_none_is_refused():
    with pytest.raises(rs.DataError, match="Did you mean 'at least'"):
        rs.estimation.Estimate("r", "delta_f", 2, 0, 3.5, "pps", bound="at_least")
