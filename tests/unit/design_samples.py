"""A small goal for tests of therapies designed: few people, few motoneurons, a short search."""

from __future__ import annotations

import renshaw as rs

COHORT = rs.study.CohortSettings(
    edition=1,
    muscle="SOL",
    n_units=12,
    condition="spinal-cord-injury",
    severity=0.75,
    severity_sd=0.05,
)
SMALL = rs.Goal(
    name="small",
    cohort=COHORT,
    few=2,
    people=3,
    held_out=6,
    repeats=2,
    sleepers=1,
    test=rs.SpasmTest(watched_s=18.0),
    night=rs.experiment.NightSettings(hours=0.25, motoneurons=6),
    search=rs.optimization.SearchSettings(
        therapies=12, batch=6, promising=9, drugs=("cyproheptadine",)
    ),
)

# The whole way, but as short as it can be.
TINY = SMALL.replace(
    name="tiny",
    people=3,
    few=2,
    held_out=4,
    sleepers=0,
    test=rs.SpasmTest(watched_s=6.0),
    cohort=COHORT.replace(n_units=6),
    search=rs.optimization.SearchSettings(
        therapies=8, batch=4, promising=8, drugs=("cyproheptadine",), dose_pct_max=10.0
    ),
)
