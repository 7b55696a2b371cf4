"""The model held against people, and the estimators against truth: targets, bands and verdicts."""

from renshaw.validation.acceptance import Acceptance, AcceptanceSettings, validate
from renshaw.validation.estimators_against_truth import (
    Validation,
    ValidationSettings,
    validate_estimators,
)

__all__ = [
    "Acceptance",
    "AcceptanceSettings",
    "Validation",
    "ValidationSettings",
    "validate",
    "validate_estimators",
]
