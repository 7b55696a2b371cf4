"""Randomization lists are even, by chance, sealed, and made again by their seed."""

import itertools
from collections import Counter

import pytest

import renshaw as rs
from renshaw.cli import app
from renshaw.statistics.planning.reporting_items import as_markdown, protocol_items, result_items
from renshaw.stats import RandomizationSettings, randomization


def test_blocks_keep_arms_even_and_vary_in_size():
    made = randomization(RandomizationSettings(participants=600), seed=5)
    assert list(made.table["number"]) == list(range(1, 601))
    sizes = made.table.groupby("block").size().to_numpy()[:-1]
    assert set(sizes) == {4, 6, 8}
    for _, block in list(made.table.groupby("block"))[:-1]:
        assert len(set(Counter(block["arm"]).values())) == 1
    share = (made.table["arm"] == "control").cumsum() / (made.table.index + 1)
    assert abs(share.iloc[-1] - 0.5) < 0.01


def test_orders_within_blocks_are_all_as_likely():
    made = randomization(RandomizationSettings(participants=4 * 3000, blocks=(4,)), seed=6)
    orders = Counter(made.table.groupby("block")["arm"].agg("".join))
    assert len(orders) == 6
    assert max(orders.values()) < 1.2 * min(orders.values())


def test_unequal_allocation_is_kept_in_each_block():
    settings = RandomizationSettings(participants=300, allocation="2:1")
    made = randomization(settings, seed=5)
    for _, block in list(made.table.groupby("block"))[:-1]:
        assert (block["arm"] == "treatment").sum() == 2 * (block["arm"] == "control").sum()
    assert "2:1" in made.method()


def test_several_treatments_have_the_orders_of_a_williams_design():
    settings = RandomizationSettings(kind="crossover", participants=80, arms=tuple("abcd"))
    orders = randomization(settings, seed=2).table.filter(like="period_").drop_duplicates()
    assert len(orders) == 4
    follows = Counter(pair for row in orders.to_numpy() for pair in itertools.pairwise(row))
    assert len(follows) == 12 and set(follows.values()) == {1}


def test_whoever_knows_the_method_and_all_before_is_seldom_sure_of_the_next():
    """An attack: belief over the sizes of blocks, by what has been given so far."""
    made = randomization(RandomizationSettings(participants=3000), seed=11)
    sizes = made.settings.block_sizes
    fresh = {(size, size // 2, size // 2): 1 / len(sizes) for size in sizes}
    belief, sure = dict(fresh), 0
    for arm in made.table["arm"]:
        ahead = sum(w * a / (a + b) for (_, a, b), w in belief.items())
        sure += ahead < 1e-9 or ahead > 1 - 1e-9
        after = Counter()
        for (size, a, b), w in belief.items():
            share = (a if arm == "treatment" else b) / (a + b)
            left = (a - 1, b) if arm == "treatment" else (a, b - 1)
            if share and not sum(left):
                after.update({state: w * share * other for state, other in fresh.items()})
            elif share:
                after[(size, *left)] += w * share
        whole = sum(after.values())
        belief = {state: w / whole for state, w in after.items()}
    # Of blocks of one size it is a third.
    assert sure / 3000 < 0.04


def test_strata_have_lists_of_their_own():
    settings = RandomizationSettings(participants=40, strata=("site=A,B", "sex=f,m"))
    made = randomization(settings, seed=7).table
    assert len(made) == 160
    lists = made.groupby(["site", "sex"])["arm"].agg("".join)
    assert lists.nunique() == 4


def test_a_crossover_has_orders_and_n_of_1_has_pairs():
    orders = randomization(RandomizationSettings(kind="crossover", participants=60), seed=8).table
    both = Counter(zip(orders["period_1"], orders["period_2"], strict=True))
    assert len(both) == 2 and abs(both[("control", "treatment")] - 30) <= 3
    pairs = randomization(RandomizationSettings(kind="n-of-1", participants=50), seed=9).table
    assert len(pairs) == 200 and (pairs["first"] != pairs["second"]).all()
    assert 70 < (pairs["first"] == "control").sum() < 130


def test_a_seed_makes_it_again_and_chance_makes_another():
    settings = RandomizationSettings(participants=30)
    made, again = randomization(settings, seed=3), randomization(settings, seed=3)
    assert made.csv() == again.csv()
    # The seal has salt: with the seal alone, nobody can try seeds until it fits.
    assert made.seal != again.seal and len(made.salt) == 64
    assert randomization(settings).csv() != randomization(settings).csv()
    assert randomization(settings).seed > 2**32 or randomization(settings).seed > 2**32


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"arms": ("drug",)}, "two or more"),
        ({"arms": ("drug", "drug")}, "two or more different"),
        ({"blocks": (5,)}, "no multiple of 2"),
        ({"blocks": (4.5,)}, "whole number"),
        ({"strata": ("site",)}, "not written as column=level"),
        ({"strata": ("site=A,A",)}, "not written as column=level"),
        ({"kind": "n-of-1", "blocks": (4,)}, "does nothing"),
        ({"kind": "n-of-1", "arms": ("a", "b", "c")}, "a pair of periods has two"),
        ({"pairs": 3}, "does nothing in a parallel"),
        ({"allocation": "2"}, "for each of 2 arms"),
        ({"allocation": "2:0"}, "from 1 to 100"),
        ({"allocation": "2:1", "kind": "crossover"}, "does nothing in a crossover"),
        ({"allocation": "2:1", "blocks": (4,)}, "no multiple of 3"),
        ({"participants": 0}, "from 1"),
    ],
)
def test_impossible_lists_are_refused(changes, words):
    with pytest.raises(rs.SettingsError, match=words):
        RandomizationSettings(**changes)


def test_a_changed_list_does_not_fit_its_seal(tmp_path, capsys):
    words = ["plan", "--design", "crossover", "--units", "5", "--effects", "-0.6", "-q"]
    words += ["--simulations", "300", "--randomize", "--arms", "drug", "placebo"]
    assert app.main([*words, "-o", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    seal = (tmp_path / "seal.txt").read_text().split()[0]
    listed = tmp_path / "sealed" / "randomization.csv"
    page = (tmp_path / "report.html").read_text() + (tmp_path / "protocol_text.md").read_text()
    assert seal in said and seal in page
    # The list and its seed are in no place but the sealed one.
    seed = (tmp_path / "sealed" / "seed.txt").read_text().strip()
    for secret in [*seed.split(), "1,1,drug,placebo"]:
        assert secret not in page + said + (tmp_path / "seal.txt").read_text()
    assert app.main(["trial", "unseal", str(tmp_path), seal]) == 0
    rows = listed.read_text().splitlines()
    rows[1], rows[2] = rows[2], rows[1]
    listed.write_text("\n".join(rows) + "\n")
    assert app.main(["trial", "unseal", str(tmp_path), seal]) == 1
    assert "another list" in capsys.readouterr().out
    assert app.main(["trial", "unseal", str(tmp_path), "abc"]) == 2
    # A list is made once.
    assert app.main([*words, "-o", str(tmp_path)]) == 2
    assert "made once" in capsys.readouterr().err


def test_a_list_of_nothing_is_refused(tmp_path, capsys):
    assert app.main(["plan", "--randomize", "-q", "--simulations", "100", "-o", str(tmp_path)]) == 2
    assert "nothing is allocated" in capsys.readouterr().err
    assert app.main(["plan", "--arms", "a", "b", "-q"]) == 2
    assert "does nothing without --randomize" in capsys.readouterr().err


def test_items_are_filled_in_from_the_plan():
    settings = rs.PlanSettings(design="ancova", dropout=0.1)
    made = randomization(RandomizationSettings(participants=10), seed=1)
    items = {(i.guideline, i.item): i.text for i in protocol_items(settings, "30 suffice", made)}
    assert "30 suffice" in items[("SPIRIT 2025", "19")]
    assert "deltaf_after ~ group + deltaf_before" in items[("SPIRIT 2025", "27a")]
    assert "10 % of participants" in items[("SPIRIT 2025", "27c")]
    assert made.seal in items[("SPIRIT 2025", "22")]
    # Numbers of both versions stand in the text.
    written = as_markdown(protocol_items(settings, "30 suffice", made))
    assert "**SPIRIT 2025, item 19**; SPIRIT 2013, item 14" in written
    assert "**CONSORT 2025, item 16a**; CONSORT 2010, item 7a" in written
    assert "nothing is allocated" in " ".join(
        i.text for i in protocol_items(rs.PlanSettings(), "14 suffice")
    )


def test_items_are_filled_in_from_the_result():
    import pandas as pd

    rows = [
        (pair, treatment, 3.0 + pair % 2 + 2 * (treatment == "drug") + 0.1 * pair)
        for pair in range(6)
        for treatment in ("drug", "placebo")
    ]
    table = pd.DataFrame(rows, columns=["pair", "treatment", "y"])
    table.loc[0, "y"] += 0.3
    trial = rs.stats.n_of_1(table, "y")
    items = {(i.guideline, i.item): i.text for i in result_items(trial)}
    assert "y: drug minus placebo: 2.05" in items[("CONSORT 2025", "26")]
    assert ("CENT 2015", "12c") in items and ("CENT 2015", "12b") not in items


def test_an_analysis_without_a_trial_says_nothing_of_randomization():
    import pandas as pd

    table = pd.DataFrame(
        {"participant": list("aabbccdd"), "time": list("xy") * 4, "y": [1.0, 2, 2, 4, 3, 3, 5, 6]}
    )
    larger, smaller = "y ~ time + (1 | participant)", "y ~ 1 + (1 | participant)"
    texts = [i.text for i in result_items(rs.stats.compare_models(table, larger, smaller))]
    assert not any("Randomized" in text or "95 % CI" in text for text in texts)


def test_the_method_says_what_was_done():
    three = randomization(RandomizationSettings(participants=30, arms=("a", "b", "c")), seed=1)
    assert "1:1:1" in three.method() and "vary by chance" in three.method()
    assert not three.warnings()
    fixed = randomization(RandomizationSettings(participants=8, blocks=(4,)), seed=1)
    # Nobody who enrolls is to know the size.
    assert "in permuted blocks;" in fixed.method() and "4" not in fixed.method()
    assert "one size" in fixed.warnings()[0]
    strata = ("site=A,B,C,D", "sex=m,f")
    many = randomization(RandomizationSettings(participants=2, strata=strata), seed=1)
    assert "in each of 8 strata do not fill a block" in many.warnings()[0]


def test_the_list_is_that_of_the_plan(tmp_path, capsys):
    words = ["plan", "-q", "--units", "5", "--effects", "-0.6", "--simulations", "300"]
    words += ["--randomize"]
    uneven = ["--design", "ancova", "--allocation", "2:1", "-o", str(tmp_path / "a")]
    assert app.main([*words, *uneven]) == 0
    listed = (tmp_path / "a" / "sealed" / "randomization.csv").read_text()
    found = Counter(line.split(",")[-1] for line in listed.splitlines()[1:])
    assert found["treatment"] > 1.4 * found["control"]
    assert "allocation 2:1" in (tmp_path / "a" / "protocol_text.md").read_text()
    three = ["--design", "parallel", "--treatments", "3", "-o", str(tmp_path / "b")]
    assert app.main([*words, *three]) == 2
    assert "name the 3 arms" in capsys.readouterr().err
    assert app.main([*words, *three, "--arms", "low", "high", "placebo"]) == 0
    pairs = ["--design", "n-of-1", "--pairs", "3", "-o", str(tmp_path / "c")]
    assert app.main([*words, *pairs, "--arms", "drug", "placebo"]) == 0
    assert "1,3," in (tmp_path / "c" / "sealed" / "randomization.csv").read_text()


def test_a_plan_for_two_makes_no_list_of_three(tmp_path, capsys):
    words = ["plan", "-q", "--design", "parallel", "--units", "5", "--effects", "-0.6"]
    arms = ["--randomize", "--arms", "a", "b", "c", "-o", str(tmp_path / "out")]
    assert app.main([*words, "--simulations", "200", *arms]) == 2
    assert "the plan is for 2 (--treatments)" in capsys.readouterr().err
