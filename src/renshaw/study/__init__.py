"""Many recordings and the design that ties them together: plan, run, compare."""

from renshaw.study.cohort import CohortSettings
from renshaw.study.compare import CompareSettings, Comparison, compare
from renshaw.study.plan import Condition, StudyPlan, built_in_plan, load_plan
from renshaw.study.run import StudyResult, run_study
from renshaw.study.study import Study
from renshaw.study.validation import Validation, ValidationSettings, validate

__all__ = [
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
]
