"""A small goal for tests of therapies designed: few people, few motoneurons, a short search."""

from __future__ import annotations

import renshaw as rs

COHORT = rs.CohortSettings(
    muscle="SOL", n_units=12, condition="spinal-cord-injury", severity=0.75, severity_sd=0.05
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
    night=rs.NightSettings(hours=0.25, motoneurons=6),
    search=rs.SearchSettings(therapies=12, batch=6, promising=9, drugs=("cyproheptadine",)),
)
