"""What the window of a recording cuts off is a bound of the truth, or not known: never a value.

Units with known onsets and ends are cut by shorter windows; what was measured with both ends seen
is the truth that bounds are held against.
"""

from __future__ import annotations

import numpy as np
import pytest
from estimate_samples import DURATION_S, hysteresis_pair, ramp_torque, recording_of, train, triangle

import renshaw as rs
from renshaw.core.errors import DataError
from renshaw.data.arrays import FloatArray
from renshaw.data.averages import mean_of, median_of
from renshaw.data.bounds import BOUNDS, UNSEEN, Bound, of_difference, of_sum, opposite, sign_of
from renshaw.data.estimates import Estimate, Estimates
from renshaw.data.reasons import Reason, Reasons, causes
from renshaw.data.recording import Recording
from renshaw.estimation import (
    DeltaFSettings,
    EndsSettings,
    EstimateSettings,
    MultiverseSettings,
    rules,
)
from renshaw.estimation.contractions.over_contractions import spread_over
from renshaw.estimation.quantities.delta_f import pair_construction
from renshaw.estimation.seen import FIRED_BEFORE, has_fallen, rises, seen
from renshaw.figures import Points
from renshaw.reports.figures.multiverse import bounds_words, specification_curve

WINDOW_S = (0.0, DURATION_S)


def row(estimates: Estimates, quantity: str, unit: int) -> Estimate:
    (found,) = estimates.select(quantity, unit=unit).rows
    return found


def told(recording: Recording, quantity: str, unit: int) -> tuple[bool, str]:
    found = row(rs.estimate(recording), quantity, unit)
    return found.ok, found.bound


@pytest.mark.parametrize(
    ("first_s", "last_s", "start", "stop"),
    [
        (2.0, 22.0, True, True),
        (0.05, 22.0, False, True),
        (2.0, 23.95, True, False),
        (0.0, 24.0, False, False),
        # Silent for a second, or for longer than two intervals and a half, is silent: a discharge
        # that the decomposition missed leaves an interval of two.
        (0.3, 23.7, True, True),
        (0.2, 23.8, False, False),
    ],
)
def test_a_unit_that_fires_up_to_an_edge_was_not_seen_to_start_or_stop(
    first_s: float, last_s: float, start: bool, stop: bool
) -> None:
    times_s = np.linspace(first_s, last_s, round((last_s - first_s) / 0.1) + 1)
    assert seen(times_s, WINDOW_S, EndsSettings()) == (start, stop)


def test_a_unit_that_never_fires_misses_nothing_and_one_discharge_needs_a_second() -> None:
    silent: FloatArray = np.array([])
    assert seen(silent, WINDOW_S, EndsSettings()) == (True, True)
    assert seen(np.array([23.5]), WINDOW_S, EndsSettings()) == (True, False)
    assert seen(np.array([22.5]), WINDOW_S, EndsSettings()) == (True, True)


def test_a_slow_unit_is_waited_for_longer_than_a_fast_one_but_never_longer_than_a_second() -> None:
    for interval_s, silence_s, stopped in ((0.5, 0.6, False), (0.1, 0.6, True), (0.9, 1.1, True)):
        times_s = np.arange(2.0, DURATION_S - silence_s, interval_s)
        times_s += DURATION_S - silence_s - times_s[-1]
        assert seen(times_s, WINDOW_S, EndsSettings()).stop is stopped


def test_where_a_course_goes() -> None:
    up, settings = np.linspace(0, 1, 100), EndsSettings()
    assert rises(up, settings) and not has_fallen(up, settings)
    assert not rises(up[::-1], settings) and has_fallen(up[::-1], settings)
    held = np.minimum(1, 3 * up)
    assert not rises(held, settings) and not has_fallen(held, settings)
    assert not rises(np.array([]), settings) and not has_fallen(np.array([np.nan]), settings)


def test_with_all_ends_seen_everything_is_exact() -> None:
    estimates = rs.estimate(hysteresis_pair())
    assert {each.bound for each in estimates.rows} == {"exact"}
    assert estimates.fingerprint() == rs.estimate(hysteresis_pair()).fingerprint()


@pytest.mark.parametrize(
    ("quantity", "bound"),
    [
        ("derecruitment_time", "at least"),
        ("derecruitment_torque", "at most"),
        ("derecruitment_rate", "at most"),
        ("torque_hysteresis", "at least"),
        ("self_sustained_duration", "at least"),
        ("delta_f", "at least"),
    ],
)
@pytest.mark.parametrize("end_s", [15.0, 17.0, 19.0])
def test_a_unit_that_still_fires_bounds_the_truth(quantity: str, bound: str, end_s: float) -> None:
    whole, part = (
        row(rs.estimate(each), quantity, 2)
        for each in (hysteresis_pair(), rs.cut(hysteresis_pair(), 0, end_s))
    )
    assert (whole.ok, whole.bound) == (True, "exact")
    assert (part.ok, part.bound) == (True, bound)
    assert "still firing when the recording ends" in part.reason
    # The regression's tube, which moves with the end of the data (see estimate_samples).
    slack = 0.3 if quantity in ("delta_f", "derecruitment_rate") else 1e-9
    if bound == "at least":
        assert part.value <= whole.value + slack
    else:
        assert part.value >= whole.value - slack


@pytest.mark.parametrize(
    "quantity", ["derecruitment_torque", "torque_hysteresis", "derecruitment_rate", "brace_height"]
)
def test_on_the_way_up_nothing_bounds_what_comes_later(quantity: str) -> None:
    found = row(rs.estimate(rs.cut(hysteresis_pair(), 0, 11.0)), quantity, 2)
    assert not found.ok
    assert "still firing when the recording ends" in found.reason


def test_a_peak_that_was_not_passed_is_at_least_that() -> None:
    assert told(rs.cut(hysteresis_pair(), 0, 11.0), "peak_rate", 2) == (True, "at least")
    assert told(rs.cut(hysteresis_pair(), 0, 18.0), "peak_rate", 2) == (True, "exact")
    assert told(rs.cut(hysteresis_pair(), 14.0, 24.0), "peak_rate", 2) == (True, "at least")


def test_on_the_way_up_a_pair_is_rejected_unless_the_rules_keep_it_with_a_remark() -> None:
    recording = rs.cut(hysteresis_pair(), 0, 11.0)
    (rejected,) = rs.estimate(recording).select("delta_f_pair").rows
    assert not rejected.ok
    assert "fires_on_rising" in rejected.reasons.codes
    keeps = EstimateSettings(delta_f=DeltaFSettings(unseen="remark"))
    (kept,) = rs.estimate(recording, keeps).select("delta_f_pair").rows
    assert kept.ok
    assert "fires_on_rising" in kept.reasons.codes
    assert rules("openhdemg").delta_f.unseen == "remark"


@pytest.mark.parametrize(
    ("quantity", "ok", "bound"),
    [
        ("recruitment_time", True, "at most"),
        ("recruitment_torque", False, "exact"),
        ("recruitment_rate", False, "exact"),
        ("torque_hysteresis", False, "exact"),
        ("self_sustained_duration", False, "exact"),
        ("brace_height", False, "exact"),
        ("derecruitment_time", True, "exact"),
    ],
)
def test_a_unit_that_fired_before(quantity: str, ok: bool, bound: str) -> None:
    found = row(rs.estimate(rs.cut(hysteresis_pair(), 8.0, 24.0)), quantity, 2)
    assert (found.ok, found.bound) == (ok, bound)
    if quantity != "derecruitment_time":
        assert "already firing when the recording begins" in found.reason


def test_a_test_unit_that_fired_before_has_no_delta_f_a_control_unit_may() -> None:
    (pair,) = rs.estimate(rs.cut(hysteresis_pair(), 8.0, 24.0)).select("delta_f_pair").rows
    assert not pair.ok
    assert "test unit: already firing when the recording begins" in pair.reason
    kept = rs.estimate(rs.cut(hysteresis_pair(), 4.0, 24.0))
    (pair,) = kept.select("delta_f_pair").rows
    assert (pair.ok, pair.bound, pair.reason) == (True, "exact", "")
    # The control unit was recruited before: the gap to it is longer than what was seen.
    assert kept.select("recruitment_gap").rows[0].bound == "at least"


def test_of_units_that_both_fire_on_neither_stopped_first() -> None:
    """Whose last discharge the window happens to show later says nothing of who stops first."""
    control, test = train(triangle(18, 6), 2.0, 24.0), train(triangle(15, 5), 6.0, 24.0)
    recording = rs.cut(recording_of(control, test, torque=ramp_torque()), 0, 18.0)
    units = recording.units
    for end_s in np.linspace(17.0, 18.0, 11):
        part = rs.cut(recording, 0, float(end_s))
        (pair,) = rs.estimate(part).select("delta_f_pair").rows
        assert (pair.ok, pair.bound) == (True, "at least")
        assert "control_stopped" not in pair.reasons.codes
    assert units.window_s == (0, 18.0)


def test_a_mean_says_how_many_of_its_units_are_bounds() -> None:
    control = train(triangle(18, 6), 2.0, 22.0)
    stops, fires_on = train(triangle(15, 5), 6.0, 17.0), train(triangle(14, 5), 7.0, 22.0)
    estimates = rs.estimate(rs.cut(recording_of(control, stops, fires_on), 0, 19.0))
    assert [each.bound for each in estimates.select("delta_f", ok=True).rows] == [
        "exact",
        "at least",
    ]
    (mean,) = estimates.select("delta_f_mean").rows
    assert (mean.ok, mean.bound) == (True, "at least")
    assert mean.reason == "1 of 2 test units still fire when the recording ends"


def test_what_a_pair_looks_like_says_that_it_is_a_bound() -> None:
    assert pair_construction(hysteresis_pair(), 2, 1).bound == "exact"
    assert pair_construction(rs.cut(hysteresis_pair(), 0, 17.0), 2, 1).bound == "at least"


@pytest.mark.parametrize("end_s", [15.0, 17.0, 21.5])
def test_a_part_of_a_range_that_goes_on_is_at_most_that(end_s: float) -> None:
    asks = EstimateSettings(delta_f=DeltaFSettings(normalization="ctrl_max_desc"))
    (found,) = (
        rs.estimate(rs.cut(hysteresis_pair(), 0, end_s), asks)
        .select("delta_f_pair_normalized")
        .rows
    )
    # ΔF at least over a range that is at least: nobody knows.
    assert (found.ok, found.bound) == ((True, "at most") if end_s > 20 else (False, "exact"))


def test_every_end_counts_as_seen_if_the_settings_say_so() -> None:
    recording = rs.cut(hysteresis_pair(), 0, 17.0)
    estimates = rs.estimate(recording, EstimateSettings(ends=EndsSettings(silence_s=0)))
    assert {each.bound for each in estimates.rows} == {"exact"}


def test_how_bounds_add_up() -> None:
    assert of_sum([]) == of_sum(["exact", "exact"]) == "exact"
    assert of_sum(["exact", "at most"]) == "at most"
    assert of_sum(["at least", "at most"]) is None
    assert of_difference("at least", "exact") == "at least"
    assert of_difference("exact", "at least") == "at most"
    assert of_difference("at least", "at least") is None
    assert of_difference("at least", "at most") == "at least"
    assert opposite("at most") == "at least"
    assert [sign_of(bound) for bound in ("exact", "at least", "at most")] == ["", "> ", "< "]


def estimates_of(*values: float, bounds: str = "") -> list[Estimate]:
    """Return values, each exact or, where a > or < stands in its place, a bound."""
    signs: dict[str, Bound] = {">": "at least", "<": "at most"}
    return [
        Estimate("r", "delta_f", n, 0, value, "pps", bound=signs.get(sign, "exact"))
        for n, (value, sign) in enumerate(zip(values, bounds.ljust(len(values)), strict=True), 1)
    ]


def test_a_mean_of_bounds_is_one() -> None:
    exact = mean_of(estimates_of(1.0, 3.0))
    assert exact == (2.0, pytest.approx(2**0.5), "exact", 2, 0, 0, 2.0)
    least = mean_of(estimates_of(1.0, 3.0, bounds=" >"))
    assert (least.value, least.bound, least.bounded, least.words()) == (2, "at least", 1, "> 2")
    assert np.isnan(least.sd)
    assert mean_of(estimates_of(1.0, 3.0, bounds="<>")).words() == "–"
    assert mean_of([]).words() == "–"


def test_a_median_is_known_where_all_that_is_cut_off_lies_beyond_it() -> None:
    assert median_of(estimates_of(1, 2, 3, 4, 5, bounds="   >>")).words() == "3"
    assert median_of(estimates_of(1, 2, 3, 4, 5, bounds="  >>>")).words() == "> 3"
    assert median_of(estimates_of(1, 2, 3, 4, 5, bounds="<")).words() == "3"
    assert median_of(estimates_of(1, 2, 3, 4, 5, bounds=">   <")).words() == "–"


def test_a_value_that_fails_the_rules_counts_in_no_mean() -> None:
    good, bad = estimates_of(1.0, 9.0, bounds=" >")
    assert mean_of([good, bad._replace(ok=False)]).words() == "1"


def with_one_that_fired_before() -> Recording:
    """Return units of which the window shows no onset of the control unit and the first."""
    control, excitable = train(triangle(18, 6), 2.0, 22.0), train(triangle(16, 5), 4.0, 18.0)
    calm, calmer = train(triangle(15, 5), 8.0, 17.0), train(triangle(14, 5), 9.0, 16.0)
    whole = recording_of(control, excitable, calm, calmer, torque=ramp_torque())
    return rs.cut(whole, 5.0, DURATION_S)


def test_a_mean_is_not_known_where_units_are_left_out_unseen() -> None:
    estimates = rs.estimate(with_one_that_fired_before())
    assert [each.ok for each in estimates.select("delta_f").rows] == [False, False, True, True]
    first, second = estimates.select("delta_f").rows[:2]
    # The control unit has no ΔF in any case; the second has none as nobody saw it start.
    assert (first.unseen, second.unseen) == (False, True)
    assert second.reasons.codes == ("fired_before",)
    (mean,) = estimates.select("delta_f_mean").rows
    assert (mean.ok, mean.unseen) == (False, True)
    assert mean.reason.startswith("1 of 3 test units are left out")
    assert np.isfinite(mean.value)
    (said,) = estimates.findings()
    assert said.sentence.startswith("Mean ΔF is not known: 1 of 3 test units are left out")
    assert "units that were seen" in said.sentence
    assert said.number is not None and np.isnan(said.number.value)
    assert any("self-sustained firing (2 of 4 units" in words for words in said.warnings)


def test_on_the_way_up_the_mean_is_unknown() -> None:
    control, early = train(triangle(18, 6), 2.0, 22.0), train(triangle(16, 5), 4.0, 18.0)
    estimates = rs.estimate(rs.cut(recording_of(control, early, torque=ramp_torque()), 0, 11.0))
    (mean,) = estimates.select("delta_f_mean").rows
    assert not mean.ok and mean.unseen
    number = estimates.findings()[0].number
    assert number is not None and np.isnan(number.value)


def test_means_and_medians_over_what_was_not_seen_are_unknown() -> None:
    seen_rows = estimates_of(1.0, 3.0)
    unseen_row = estimates_of(9.0)[0]._replace(ok=False, reasons=Reasons(FIRED_BEFORE()))
    for average in (mean_of, median_of):
        found = average([*seen_rows, unseen_row])
        assert np.isnan(found.value)
        assert (found.n, found.unseen, found.of_seen, found.words()) == (2, 1, 2.0, "unknown")
    otherwise = unseen_row._replace(reasons=Reasons((Reason("correlation", "too weak"),)))
    assert mean_of([*seen_rows, otherwise]).words() == "2"
    # What is only remarked of a mean does not hide that units are left out.
    remarked = Reasons((Reason("unseen_units", "left out"), Reason("bounded", "still fire")))
    assert unseen_row._replace(reasons=remarked).unseen
    both = unseen_row._replace(reasons=FIRED_BEFORE() + otherwise.reasons)
    assert mean_of([*seen_rows, both]).words() == "2"


def test_codes_of_what_was_not_seen_are_causes() -> None:
    """A cause that is renamed would be forgotten here, and its units left out in silence."""
    rs.estimate(hysteresis_pair())
    assert {cause.code for cause in causes()} >= UNSEEN


def test_an_array_of_bounds_is_given_to_nobody_who_did_not_ask_for_it() -> None:
    cut = rs.estimate(rs.cut(hysteresis_pair(), 0, 17.0))
    with pytest.raises(DataError, match="of 1 values of delta_f 1 are only bounds"):
        cut.values("delta_f")
    assert len(cut.values("delta_f", bounds="keep")) == 1
    with pytest.raises(DataError, match="0 are only bounds, and 1 more are left out"):
        rs.estimate(with_one_that_fired_before()).values("delta_f")
    with pytest.raises(DataError, match="refused or kept"):
        cut.values("delta_f", bounds="drop")  # type: ignore[arg-type]
    assert len(rs.estimate(hysteresis_pair()).values("delta_f")) == 1


def test_contractions_show_bounds_as_bounds() -> None:
    rows = [
        each._replace(contraction=n, bound=bound, unit=0, quantity="delta_f_mean")
        for n, (each, bound) in enumerate(zip(estimates_of(4, 6), BOUNDS, strict=False), 1)
    ]
    spread = spread_over(Estimates(tuple(rows)), "delta_f_mean")
    assert spread is not None
    assert (spread.words, spread.mean_words) == (("4", "> 6"), "> 5")
    assert np.isnan(spread.sd)


def test_the_multiverse_says_what_its_means_are() -> None:
    few = MultiverseSettings(smoothers=("svr",), recruitment_gaps_s=(1.0,))
    for recording, bound, words in (
        (hysteresis_pair(), "exact", ""),
        (rs.cut(hysteresis_pair(), 0, 17.0), "at least", "Triangles"),
        (with_one_that_fired_before(), "unknown", "Rings"),
    ):
        found = rs.multiverse(recording, few)
        known = [each for each in found.universes if np.isfinite(each.delta_f_mean)]
        assert {each.bound for each in known} == {bound}
        assert words in bounds_words(found)
        (chosen,) = (each for each in found.universes if each.chosen)
        mean = rs.estimate(recording).select("delta_f_mean").rows[0]
        assert chosen.delta_f_mean == mean.value
        assert ("unknown" if mean.unseen else mean.bound) == chosen.bound
        (drawn,) = [
            mark for mark in specification_curve(found).panels[0].marks if isinstance(mark, Points)
        ]
        assert (drawn.shape, drawn.hollow) == {
            "exact": ("circle", False),
            "at least": ("triangle", False),
            "unknown": ("circle", True),
        }[bound]


def test_a_few_unseen_units_bound_a_mean_and_many_leave_it_unknown() -> None:
    # Units that each start later and stop sooner; one or more of them fire at rest, too.
    pool = [train(triangle(18 - 0.4 * k, 6), 4 + 0.6 * k, 21 - 0.6 * k) for k in range(9)]
    whole = recording_of(*pool, torque=ramp_torque(peak=24))
    true = {name: mean_of(rs.estimate(whole).select(name).rows) for name in _LEAST}
    for tonic, known in ((1, True), (4, False)):
        steady = [np.arange(0.03 * k, DURATION_S, 0.11 + 0.005 * k) for k in range(tonic)]
        some = rs.estimate(recording_of(*pool, *steady, torque=ramp_torque(peak=24)))
        for name in _LEAST:
            mean = mean_of(some.select(name).rows)
            assert mean.words()[:2] == ("> " if known else "un"), name
            if known:
                # No higher than with the tonic unit as calm as can be.
                assert mean.value < true[name].value
                row = some.select(name, unit=10).rows[0]
                assert (row.ok, row.bound) == (True, "at least")
                assert "fired_before" in row.reasons.codes


_LEAST = ("torque_hysteresis", "self_sustained_duration", "brace_height")


def test_few_test_units_that_fired_before_leave_a_bound_of_delta_f() -> None:
    pool = [train(triangle(18 - 0.4 * k, 6), 2 + 1.2 * k, 22 - 1.3 * k) for k in range(8)]
    whole = recording_of(*pool, torque=ramp_torque(peak=24))
    (true,) = rs.estimate(whole).select("delta_f_mean").rows
    # The control unit and the first test unit fire when the part begins.
    few = rs.estimate(rs.cut(whole, 3.6, DURATION_S))
    (mean,) = few.select("delta_f_mean").rows
    assert (mean.ok, mean.bound) == (True, "at least")
    assert mean.value <= true.value
    assert "least_of_unseen" in mean.reasons.codes
    assert mean_of(few.select("delta_f").rows).value == pytest.approx(mean.value)
    # Two of seven are more than a few.
    (mean,) = rs.estimate(rs.cut(whole, 4.7, DURATION_S)).select("delta_f_mean").rows
    assert (mean.ok, mean.unseen) == (False, True)
