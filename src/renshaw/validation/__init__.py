"""The model held against people, and the estimators against truth: targets, bands and verdicts."""

from renshaw.validation.against_recordings import (
    HeldRecording,
    RecordingValidation,
    RecordingValidationSettings,
    validate_recordings,
)
from renshaw.validation.estimators_against_truth import (
    EstimatorValidation,
    EstimatorValidationSettings,
    validate_estimators,
)
from renshaw.validation.model_against_people import (
    ModelValidation,
    ModelValidationSettings,
    validate_model,
)
from renshaw.validation.over_seeds import SeedsValidation, validate_seeds

__all__ = [
    "EstimatorValidation",
    "EstimatorValidationSettings",
    "HeldRecording",
    "ModelValidation",
    "ModelValidationSettings",
    "RecordingValidation",
    "RecordingValidationSettings",
    "SeedsValidation",
    "validate_estimators",
    "validate_model",
    "validate_recordings",
    "validate_seeds",
]
