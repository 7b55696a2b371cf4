"""How a mixed model is fitted, compared and checked."""

from __future__ import annotations

from dataclasses import dataclass

from renshaw.core.settings import Settings, setting
from renshaw.statistics.answers.equivalence import AIMS
from renshaw.statistics.answers.multiplicity import ACROSS
from renshaw.statistics.families.families import FAMILY_NAMES, LINK_NAMES
from renshaw.statistics.reading.labels import ASK, KEEP, MERGE

CORRECTIONS = ("holm", "bonferroni", "tukey", "none")
STRUCTURES = ("supported", "written")

WEAK, DELTA_F = "weak", "delta-f"

SATTERTHWAITE, KENWARD_ROGER = "satterthwaite", "kenward-roger"


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
        "random effects: what the design asks for and the data support, with numbers of two values "
        "as conditions; or all as the formula is written",
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
    contrasts: tuple[str, ...] = setting(
        (),
        'contrast of your own, as "late = post - pre", "0.5*a + 0.5*b - c" or "time: -1, 0, 1"',
        option="contrast",
    )
    across: str = setting(
        "none",
        "correction for several questions to one model; hierarchy tests them in their order, each "
        "only if all before it were found",
        choices=ACROSS,
    )
    margin: float | None = setting(
        None, "smallest difference (or ratio above 1) that would matter; tests for equivalence"
    )
    aim: str = setting(
        "equivalence",
        "what is tested against the margin: equivalence, or that the answer is not lower, or not "
        "higher, by the margin (non-inferiority)",
        choices=AIMS,
    )
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
    weights: str = setting(
        "", "column with prior weights: a row's residual variance is sigma squared over its weight"
    )
    residual_by: str = setting(
        "",
        "column whose groups have residual variances of their own, as conditions that scatter more",
    )
    df: str = setting(
        SATTERTHWAITE,
        "degrees of freedom, and with kenward-roger also the standard errors",
        choices=(SATTERTHWAITE, KENWARD_ROGER),
    )
    bayes: bool = setting(
        False, "also fit the same model with priors, by sampling (needs the extra bayes)"
    )
    priors: str = setting(
        WEAK,
        "priors of the Bayesian fit: weak ones that follow the data's scale, or the field's for "
        "ΔF in pps",
        choices=(WEAK, DELTA_F),
    )
    bayes_draws: int = setting(
        1000, "draws of each of the Bayesian fit's four chains", ge=50, le=100_000
    )
