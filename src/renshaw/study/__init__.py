"""Many recordings and the design that ties them together: plan, run, compare."""

from renshaw.study.before_after import BeforeAfter, BeforeAfterSettings, before_after
from renshaw.study.cohort import CohortSettings
from renshaw.study.compare import CompareSettings, Comparison, compare
from renshaw.study.plan import Arm, Condition, Published, StudyPlan, Task
from renshaw.study.recordings import RecordingsSettings
from renshaw.study.result import Group, StudyResult, open_study
from renshaw.study.run import run_study
from renshaw.study.study_file import built_in_plan, data_set_plan, load_plan, plan_to_toml

__all__ = [
    "Arm",
    "BeforeAfter",
    "BeforeAfterSettings",
    "CohortSettings",
    "CompareSettings",
    "Comparison",
    "Condition",
    "Group",
    "Published",
    "RecordingsSettings",
    "StudyPlan",
    "StudyResult",
    "Task",
    "before_after",
    "built_in_plan",
    "compare",
    "data_set_plan",
    "load_plan",
    "open_study",
    "plan_to_toml",
    "run_study",
]
