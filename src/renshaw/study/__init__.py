"""Many recordings and the design that ties them together: plan, run, compare."""

from renshaw.study.acceptance import Acceptance, AcceptanceSettings, validate
from renshaw.study.cohort import CohortSettings
from renshaw.study.compare import CompareSettings, Comparison, compare
from renshaw.study.estimators_against_truth import (
    Validation,
    ValidationSettings,
    validate_estimators,
)
from renshaw.study.plan import Condition, StudyPlan, built_in_plan, load_plan
from renshaw.study.run import StudyResult, run_study
from renshaw.study.study import Study

__all__ = [
    "Acceptance",
    "AcceptanceSettings",
    "CohortSettings",
    "CompareSettings",
    "Comparison",
    "Condition",
    "Study",
    "StudyPlan",
    "StudyResult",
    "Validation",
    "ValidationSettings",
    "built_in_plan",
    "compare",
    "load_plan",
    "run_study",
    "validate",
    "validate_estimators",
]
