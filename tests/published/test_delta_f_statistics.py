"""Numbers of real test-retest data, of R on them, and of the power that follows from them."""

from pathlib import Path

import pytest

import renshaw as rs
from renshaw.estimation.detectable import PERSON, UNITS

REAL = Path(__file__).parents[3] / "shared" / "data"
real = pytest.mark.skipif(not REAL.is_dir(), reason="the real recordings are not here")

# R 4.2.2, lme4 1.1.31, lmerTest 3.1.3: term, estimate, standard error, degrees of freedom.
ALL = [
    ("(Intercept)", 1.49988049, 0.28364387, 21.38160841),
    ("timec2", 0.18516067, 0.24964971, 148.38625163),
    ("timepost", 0.87075158, 0.22520392, 146.44968234),
]
TRACKED = [
    ("(Intercept)", 2.085546550, 0.435881849, 2.015226245),
    ("timeccc2", -0.083063681, 0.232863239, 16.999999092),
]


@real
@pytest.mark.parametrize(
    ("file", "formula", "terms", "variances", "criterion"),
    [
        (
            "orssatto_rt_soleus_deltaf_all.csv",
            "deltaf ~ time + (1|participant)",
            ALL,
            {"participant": 0.69584844, "Residual": 1.32733398},
            514.799331,
        ),
        (
            "orssatto_rt_soleus_deltaf_tracked.csv",
            "deltafcc ~ timecc + (1|participant/mu_list)",
            TRACKED,
            {
                "mu_list:participant": 0.98174345,
                "participant": 0.64671305,
                "Residual": 0.48802759,
            },
            109.960077,
        ),
    ],
)
def test_mixed_models_of_real_delta_f_are_those_of_lme4(file, formula, terms, variances, criterion):
    as_written = rs.stats.MixedModelSettings(structure="written")
    model = rs.compare(REAL / file, formula, as_written)
    for row, (term, estimate, error, df) in zip(
        model.fixed_effects.to_dict("records"), terms, strict=True
    ):
        assert row["term"] == term
        assert row["estimate"] == pytest.approx(estimate, rel=1e-4)
        assert row["std_error"] == pytest.approx(error, rel=1e-4)
        assert row["df"] == pytest.approx(df, rel=1e-3)
    found = model.variance_components.set_index("group")["variance"].to_dict()
    assert found == pytest.approx(variances, rel=1e-3)
    assert model.statistics["criterion"] == pytest.approx(criterion, abs=1e-4)


@real
def test_retest_of_participants_means():
    """17 older adults, soleus, two weeks apart (Orssatto et al. 2023)."""
    found = rs.reliability(
        REAL / "orssatto_rt_soleus_deltaf_all.csv", "deltaf", sessions=("c1", "c2")
    ).table.iloc[0]
    assert found["n"] == 8
    assert found["icc"] == pytest.approx(0.78, abs=0.005)
    assert found["typical_error"] == pytest.approx(0.63, abs=0.005)
    assert (found["loa_high"] - found["loa_low"]) / 2 == pytest.approx(1.74, abs=0.005)
    assert found["cv_pct"] == pytest.approx(34, abs=0.5)
    assert found["detectable_change"] == pytest.approx(PERSON.change_pps, abs=0.005)


@real
def test_retest_of_tracked_units():
    found = rs.reliability(
        REAL / "orssatto_rt_soleus_deltaf_tracked.csv", "deltafcc", session="timecc", unit="mu_list"
    )
    row = found.table[found.table["level"] == "units"].iloc[0]
    assert row["n"] == 18
    assert row["icc"] == pytest.approx(0.75, abs=0.005)
    assert row["typical_error"] == pytest.approx(0.70, abs=0.005)
    assert row["sd_difference"] == pytest.approx(0.99, abs=0.005)
    assert row["detectable_change"] == pytest.approx(UNITS.change_pps, abs=0.005)
    assert found.components["residual_sd"] == pytest.approx(0.699, abs=0.001)


# Paired study, SD of the true effect 0.35, residual SD 0.6: power by an independent simulation.
POWER = {
    (10, 3): (0.29, 0.47, 0.66),
    (15, 3): (0.45, 0.67, 0.85),
    (20, 3): (0.56, 0.82, 0.94),
    (30, 3): (0.75, 0.94, 0.99),
    (10, 8): (0.44, 0.69, 0.86),
    (15, 8): (0.64, 0.87, 0.97),
    (20, 8): (0.79, 0.96, 1.00),
    (30, 8): (0.93, 1.00, 1.00),
}


def test_power_of_the_seed_study_and_its_neighbors():
    settings = rs.PlanSettings(participants=(10, 15, 20, 30), units=(3, 8), simulations=40_000)
    table = rs.plan(settings, seed=2).table.set_index(["participants", "units", "effect"])["power"]
    for (n, units), row in POWER.items():
        for effect, expected in zip((-0.3, -0.4, -0.5), row, strict=True):
            # Theirs are simulated too, and printed with two digits.
            assert table[n, units, effect] == pytest.approx(expected, abs=0.022)
