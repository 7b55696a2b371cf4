"""How a mixed model is fitted, compared and checked."""

from __future__ import annotations

from dataclasses import dataclass

from renshaw.core.settings import Settings, setting

CORRECTIONS = ("holm", "bonferroni", "tukey", "none")


@dataclass(frozen=True, kw_only=True)
class MixedModelSettings(Settings):
    """How a mixed model is fitted, compared and checked."""

    reml: bool = setting(True, "restricted likelihood, as lmer by default; else the full one")
    confidence: float = setting(0.95, "coverage of the intervals", gt=0.5, lt=1)
    correction: str = setting(
        "holm", "correction of pairwise contrasts for their number", choices=CORRECTIONS
    )
    random_slopes: bool = setting(
        False,
        "add the participants' own slopes where the data allow and the AIC falls; else only show "
        "what they would change",
    )
    references: tuple[str, ...] = setting(
        (), "level that a factor's others are compared with, as column=level"
    )
    bootstraps: int = setting(
        2000, "resamples of participants for the bootstrap", ge=0, le=1_000_000
    )
    sign_flips: int = setting(
        9999,
        "sign flips of participants; all of them where there are no more",
        ge=0,
        le=1_000_000,
    )
