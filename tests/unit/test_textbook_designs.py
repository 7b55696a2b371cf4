"""What a design can tell: confounded blocks, cells that occur once, fewer plants than rows."""

import itertools
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.reports.model_folder import write_model_folder

QUICK = rs.stats.MixedModelSettings(bootstraps=0, sign_flips=0)


def half_factorials(pairs=3, seed=0):
    """Return blocks of four plots, each half of a 2 x 2 x 2 factorial: NPK is given up."""
    rng = np.random.default_rng(seed)
    rows = []
    for block in range(2 * pairs):
        for n, p, k in itertools.product((0, 1), repeat=3):
            if (n + p + k) % 2 == block % 2:
                rows.append((f"B{block}", n, p, k, 50 + block + 5 * n - 4 * k + rng.normal(0, 3)))
    return pd.DataFrame(rows, columns=["block", "N", "P", "K", "y"])


def test_blocks_of_half_a_factorial_have_the_residual_of_an_analysis_of_variance():
    model = rs.compare(half_factorials(), "y ~ N * P * K + (1|block)", QUICK)
    dfs = model.anova.set_index("term")["den_df"]
    assert dfs.drop("N:P:K").to_numpy() == pytest.approx(np.full(6, 12.0), rel=1e-3)
    assert dfs["N:P:K"] == pytest.approx(4.0, rel=1e-3)
    confounded = [v.name for v in model.layout.variation if v.confounded]
    assert confounded == ["N:P:K"]
    assert model.layout.of("N:P:K").most_df == 4
    assert any("N:P:K is confounded with block" in each.words for each in model.remarks)
    # Textbooks test treatments by the residual of the blocks: nothing to warn of.
    assert not model.excess
    said = [each.sentence for each in model.findings()]
    assert "Averaged over" in said[0]
    assert any("in N = 1 compared with N = 0" in each for each in said)
    assert not any(each.startswith("In ") for each in said)
    assert model.answers[-1].term == "N:P:K"
    assert {cell.name for cell in model.answers[3].cells} == {"N = 1", "N = 0"}


def test_conditions_that_are_numbers_are_written_as_the_script_reads_them(tmp_path):
    """The script has the levels "0" and "1"; "0.0" would be none of them."""
    table = half_factorials().astype({"N": float, "P": float, "K": float})
    model = rs.compare(table, "y ~ N * P * K + (1|block)", QUICK)
    write_model_folder(model, tmp_path, "blocks")
    data = pd.read_csv(tmp_path / "data.csv", dtype=str)
    assert 'factor(d[["N"]], levels = c("0", "1"))' in model.script
    assert set(data["N"]) | set(data["P"]) | set(data["K"]) == {"0", "1"}
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "N = 0 (6 levels of block)" in page
    assert "All contrasts" in page
    if shutil.which("Rscript") is None:
        return
    done = subprocess.run(
        ["Rscript", "model.R"], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    if "there is no package called" in done.stderr:
        return
    assert done.returncode == 0, done.stderr
    theirs = pd.read_csv(tmp_path / "r_anova.csv")
    ours = model.anova["f_value"].to_numpy()
    assert theirs["F value"].to_numpy() == pytest.approx(ours, rel=1e-3)


def test_people_who_get_half_of_a_factorial_are_few_all_the_same():
    people = half_factorials().rename(columns={"block": "participant"})
    model = rs.compare(people, "y ~ N * P * K + (1|participant)", QUICK)
    (why,) = {each.why for each in model.excess}
    assert "is the residual itself" in why


def test_a_crossover_leads_with_its_treatment():
    """Of two periods, treatment x period lies between people: what carries over, and no effect."""
    rng = np.random.default_rng(15)
    rows = [
        (f"P{p}", f"visit {n}", treatment, 0.8 * (treatment == "B") + own + rng.normal(0, 0.6))
        for p, own in enumerate(rng.normal(0, 1, 20))
        for n, treatment in enumerate("AB" if p % 2 else "BA")
    ]
    data = pd.DataFrame(rows, columns=["participant", "period", "treatment", "y"])
    model = rs.compare(data, "y ~ treatment * period + (1|participant)", QUICK)
    assert model.finding.sentence.startswith("Averaged over period, y is higher by ")
    wide = data.pivot_table(index="participant", columns="treatment", values="y")
    first = data[data["period"] == "visit 0"].set_index("participant")["treatment"]
    means = (wide["B"] - wide["A"]).groupby(first).mean()
    assert model.answers[0].estimate == pytest.approx(means.mean())
    assert model.answers[0].df == pytest.approx(18)


def test_groups_within_sites_are_counted_in_plain_words():
    rng = np.random.default_rng(4)
    rows = [
        (f"S{s}", f"{s}.{k}", time, rng.normal())
        for s in range(8)
        for k in range(5)
        for time in ("pre", "post")
    ]
    data = pd.DataFrame(rows, columns=["site", "bed", "time", "y"])
    model = rs.compare(data, "y ~ time + (1|site/bed)", QUICK)
    assert "40 groups within" in model.answers[0].cells[0].words


def test_whole_factorials_are_not_confounded_and_blocks_may_respond():
    rng = np.random.default_rng(3)
    rows = [
        (f"B{b}", a, c, 3 * a * own + rng.normal(0, 0.5))
        for b, own in enumerate(rng.normal(0, 1, 10))
        for a in (0, 1)
        for c in (0, 1)
    ]
    data = pd.DataFrame(rows, columns=["block", "a", "c", "y"])
    model = rs.compare(data, "y ~ a * c + (1|block)", QUICK)
    assert not any(v.confounded or v.repeated for v in model.layout.variation)
    # Blocks respond to a, and are tested as blocks; to c they don't.
    dfs = model.anova.set_index("term")["den_df"]
    assert dfs["a"] == pytest.approx(9, rel=1e-3)
    assert dfs["c"] > 15


def test_an_answer_says_that_it_has_more_degrees_of_freedom_than_plants():
    rng = np.random.default_rng(1)
    rows = [
        (f"P{p}", "cold" if p % 2 else "warm", x * 1.0, rng.normal(0, 0.4) + 3 * x)
        for p in range(12)
        for x in range(7)
    ]
    data = pd.DataFrame(rows, columns=["plant", "kept", "dose", "y"])
    model = rs.compare(data, "y ~ kept + (1|plant)", QUICK)
    (excess,) = model.excess
    assert (excess.term, excess.most_df, excess.groups) == ("kept", 10, 12)
    assert excess.df == pytest.approx(82)
    said = " ".join(model.findings()[0].how_sure)
    assert said.count("more degrees of freedom (82) than the 12 levels of plant allow (10)") == 1


def test_only_what_was_tried_is_said_to_be_nothing():
    rng = np.random.default_rng(2)
    rows = [
        (f"P{p}", t, rng.normal(own, 0.5))
        for p, own in enumerate(rng.normal(0, 1, 12))
        for t in (1.0, 2.0, 4.0, 8.0)
    ]
    data = pd.DataFrame(rows, columns=["who", "time", "y"])
    model = rs.compare(data, "y ~ time + (1|who)", QUICK)
    tried = model.structures["random_terms"]
    assert model.excess
    for each in model.excess:
        assert ("was not estimated" in each.why) != tried.str.contains("time").any()
