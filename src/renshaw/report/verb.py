"""The verb `report`: a recording or a study to a page that can be mailed to a colleague."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from renshaw.core.errors import DataError
from renshaw.data.estimates import Estimates
from renshaw.data.recording import Recording

if TYPE_CHECKING:
    from renshaw.estimate.multiverse import Multiverse
    from renshaw.infer.change import Change
    from renshaw.infer.posterior import Posterior
    from renshaw.statistics.mixed import MixedModel
    from renshaw.statistics.power import Power
    from renshaw.study.result import StudyResult


def report(
    noun: Recording | StudyResult | MixedModel | Power | Posterior | Change,
    path: str | Path,
    *,
    estimates: Estimates | None = None,
    multiverse: Multiverse | None = None,
) -> Path:
    """Write a self-contained HTML page about a recording, a study, a model or a posterior.

    Parameters
    ----------
    noun : Recording, StudyResult, MixedModel, Power, Posterior or Change
    path : path
        Replaced whole, or not at all.
    estimates : Estimates, optional
        Of the recording; made with the default rules where they are not given.
    multiverse : Multiverse, optional
        Of the recording; without it the page has no such section.

    Returns
    -------
    path : Path

    Raises
    ------
    DataError
        There is no report of such a noun.
    OSError
        The page can't be written.
    """
    if isinstance(noun, Recording):
        from renshaw.estimate.verb import estimate
        from renshaw.report.recording_report import write_recording_report

        known = estimate(noun) if estimates is None else estimates
        return write_recording_report(noun, known, multiverse, path)
    from renshaw.statistics.mixed import MixedModel

    if isinstance(noun, MixedModel):
        from renshaw.report.model_report import write_model_report

        return write_model_report(noun, path)
    from renshaw.statistics.power import Power

    if isinstance(noun, Power):
        from renshaw.report.plan_report import write_plan_report

        return write_plan_report(noun, path)
    from renshaw.infer.change import Change
    from renshaw.infer.posterior import Posterior

    if isinstance(noun, Posterior | Change):
        from renshaw.report.infer_report import write_change_report, write_infer_report

        if isinstance(noun, Posterior):
            return write_infer_report(noun, path)
        return write_change_report(noun, path)
    from renshaw.report.study_report import write_study_report
    from renshaw.study.result import StudyResult

    if isinstance(noun, StudyResult):
        return write_study_report(noun, path)
    raise DataError(
        f"There is no report of a {type(noun).__name__}; report takes a Recording, a StudyResult, "
        "a MixedModel, a Power, a Posterior or a Change."
    )
