"""Which of two levels comes first, whatever a laboratory calls them."""

import pytest

from renshaw.statistics.formulas.level_order import level_order


@pytest.mark.parametrize(
    ("levels", "ordered"),
    [
        (["post", "pre"], ["pre", "post"]),
        (["after", "before"], ["before", "after"]),
        (["PostTest", "PreTest"], ["PreTest", "PostTest"]),
        (["12wk", "6wk", "baseline"], ["baseline", "6wk", "12wk"]),
        (["6 months", "6 weeks", "pre"], ["pre", "6 weeks", "6 months"]),
        (["T0", "T1", "T10", "T2"], ["T0", "T1", "T2", "T10"]),
        (["week -1", "week 4", "week 0"], ["week -1", "week 0", "week 4"]),
        (["follow-up", "post", "pre"], ["pre", "post", "follow-up"]),
        (["post 1 h", "post 24 h", "pre"], ["pre", "post 1 h", "post 24 h"]),
        (["drug", "placebo"], ["placebo", "drug"]),
        (["SCI", "control"], ["control", "SCI"]),
        (["fatigued", "non-fatigued"], ["non-fatigued", "fatigued"]),
        (["1 mg", "10 mg", "5 mg", "placebo"], ["placebo", "1 mg", "5 mg", "10 mg"]),
        (["high", "low", "medium"], ["low", "medium", "high"]),
        (["100", "20"], ["20", "100"]),
        (["après", "avant"], ["avant", "après"]),
        (["FALSE", "TRUE"], ["FALSE", "TRUE"]),
        (["chilled", "nonchilled"], ["nonchilled", "chilled"]),
        (["trained", "un-trained"], ["un-trained", "trained"]),
        (["Apr", "Feb", "Jan", "Mar"], ["Jan", "Feb", "Mar", "Apr"]),
        (["afternoon", "evening", "morning"], ["morning", "afternoon", "evening"]),
    ],
)
def test_words_of_time_and_of_control_order_levels(levels, ordered):
    found = level_order(levels)
    assert [levels[n] for n in found.places] == ordered


@pytest.mark.parametrize(
    ("levels", "reference"),
    [
        (["pre", "post"], True),
        (["a", "control"], True),
        (["a", "b"], False),
        (["6wk", "12wk"], False),
        (["pre left", "pre right"], False),
    ],
)
def test_only_a_baseline_or_a_control_is_a_reference(levels, reference):
    assert level_order(levels).reference is reference


def test_the_named_reference_wins_and_r_orders_what_words_do_not():
    assert level_order(["post", "pre"], reference="post").places == (0, 1)
    assert level_order(["Golden", "Marvellous", "Victory"]).places == (0, 1, 2)
    assert level_order(["trained", "untried"]).places == (0, 1)
    assert level_order(["post", "pre"], as_given=True).places == (0, 1)


@pytest.mark.parametrize(
    ("levels", "main"),
    [
        (["c1", "c2", "post"], "post"),
        (["pre", "post", "follow-up"], "post"),
        (["T0", "T1", "T2"], "T2"),
        (["pre", "follow-up"], "follow-up"),
    ],
)
def test_the_first_moment_is_compared_with_the_last_that_is_no_follow_up(levels, main):
    assert levels[level_order(levels).main] == main
    assert level_order(["a", "b"]).main == -1


def test_t1_is_a_moment_of_a_time_and_not_of_a_type():
    levels = ["T1", "T2", "T3"]
    assert level_order(levels).stages
    assert level_order(levels, column="TimePoint").stages
    assert not level_order(levels, column="Type").stages
    assert level_order(["week 1", "week 2"], column="Type").stages
    assert level_order(["T10", "T2"], column="Type").places == (1, 0)
