"""How a mixed model is fitted, compared and checked."""

from __future__ import annotations

from dataclasses import dataclass

from renshaw.core.settings import Settings, setting
from renshaw.statistics.families import FAMILY_NAMES, LINK_NAMES
from renshaw.statistics.labels import ASK, KEEP, MERGE

CORRECTIONS = ("holm", "bonferroni", "tukey", "none")
STRUCTURES = ("supported", "written")


@dataclass(frozen=True, kw_only=True)
class MixedModelSettings(Settings):
    """How a mixed model is fitted, compared and checked."""

    reml: bool = setting(
        True,
        "restricted maximum likelihood, as in lmer by default; otherwise full maximum likelihood",
    )
    confidence: float = setting(0.95, "coverage of the intervals", gt=0.5, lt=1)
    correction: str = setting(
        "holm", "correction of pairwise contrasts for multiple comparisons", choices=CORRECTIONS
    )
    structure: str = setting(
        "supported",
        "random effects: what the design asks for and the data support, or as the formula is "
        "written",
        choices=STRUCTURES,
    )
    sheet: str = setting(
        "", "sheet of a workbook with the table; by default the one that has its columns"
    )
    labels: str = setting(
        ASK,
        "labels that are nearly the same (Pre and pre): ask, merge them, or keep them as different",
        choices=(ASK, MERGE, KEEP),
    )
    references: tuple[str, ...] = setting((), "reference level of a factor, as column=level")
    bootstraps: int = setting(
        2000, "resamples of participants for the bootstrap", ge=0, le=1_000_000
    )
    sign_flips: int = setting(
        9999,
        "random sign flips of participants; all possible ones if there are no more than that",
        ge=0,
        le=1_000_000,
    )
    family: str = setting(
        "auto",
        "how the response scatters; auto is normal, and asks about counts, shares and 0/1",
        choices=FAMILY_NAMES,
    )
    link: str = setting(
        "default",
        "from the linear predictor to the mean; default is the family's own",
        choices=LINK_NAMES,
    )
    trials: str = setting(
        "", "column with the number of trials of each row, for the binomial family"
    )
