"""Registers how multiverses and studies are drawn; apart, because their rooms are heavy to load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from renshaw.core.results import plot
from renshaw.estimation.multiverse import Multiverse
from renshaw.reports.figures.before_after import unit_differences
from renshaw.reports.figures.estimators_truth import estimators_against_truth
from renshaw.reports.figures.model_people import model_answer
from renshaw.reports.figures.multiverse import specification_curve
from renshaw.reports.figures.paired import paired_difference
from renshaw.reports.figures.power import agreement, power_curves
from renshaw.reports.figures.trial import trial_picture
from renshaw.statistics.mixed import MixedModel
from renshaw.statistics.planning.power import Power
from renshaw.statistics.trials.reliability import Reliability
from renshaw.statistics.trials.trial import Trial
from renshaw.study.before_after import BeforeAfter
from renshaw.study.compare import Comparison
from renshaw.study.result import StudyResult
from renshaw.validation.estimators_against_truth import EstimatorValidation

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@plot.register(Multiverse)
def plot_multiverse(noun: Multiverse, /, **options: Any) -> Figure:
    """Draw the specification curve."""
    return specification_curve(noun, **options).draw()


@plot.register(Comparison)
def plot_comparison(noun: Comparison, /, quantity: str = "", **options: Any) -> Figure:
    """Draw one quantity of each participant in each condition, and the paired differences.

    Without a name it is delta F, or the first quantity where there is none.
    """
    known = dict.fromkeys(noun.table["quantity"])
    chosen = quantity or ("delta_f" if "delta_f" in known else next(iter(known), "delta_f"))
    return paired_difference(noun, chosen, **options).draw()


@plot.register(BeforeAfter)
def plot_before_after(noun: BeforeAfter, /, quantity: str = "", **options: Any) -> Figure:
    """Draw one quantity of every unit before and after, and the difference."""
    return unit_differences(noun, quantity, **options).draw()


@plot.register(MixedModel)
def plot_model(noun: MixedModel, /, **options: Any) -> Figure:
    """Draw what the main answer is about, with every person."""
    return model_answer(noun, **options)


@plot.register(Power)
def plot_power(noun: Power, /, **options: Any) -> Figure:
    """Draw power against participants."""
    return power_curves(noun, **options)


@plot.register(Reliability)
def plot_reliability(noun: Reliability, /, **options: Any) -> Figure:
    """Draw differences between sessions with limits of agreement."""
    return agreement(noun, **options)


@plot.register(Trial)
def plot_trial(noun: Trial, /, **options: Any) -> Figure:
    """Draw every person, with what the analysis found."""
    return trial_picture(noun, **options)


@plot.register(StudyResult)
def plot_study(noun: StudyResult, /, quantity: str = "", **options: Any) -> Figure:
    """Draw the comparison of a study."""
    return plot_comparison(noun.comparison, quantity, **options)


@plot.register(EstimatorValidation)
def plot_validation(noun: EstimatorValidation, /, **options: Any) -> Figure:
    """Draw quantities against the truths that were set."""
    return estimators_against_truth(noun.recordings, **options)
