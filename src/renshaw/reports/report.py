"""The verb `report`: what was found, as a page that can be mailed to a colleague."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from renshaw.core.errors import DataError
from renshaw.data.estimates import Estimates
from renshaw.data.recording import Recording

if TYPE_CHECKING:
    from renshaw.estimation.multiverse import Multiverse
    from renshaw.inference.change import Change
    from renshaw.inference.posterior import Posterior
    from renshaw.optimization.design import Design
    from renshaw.statistics.mixed import MixedModel
    from renshaw.statistics.power import Power
    from renshaw.study.result import StudyResult

# By name, lest a page about one noun load the rooms of all the others.
_WRITERS = {
    "renshaw.study.result.StudyResult": "renshaw.reports.study_report:write_study_report",
    "renshaw.statistics.mixed.MixedModel": "renshaw.reports.model_report:write_model_report",
    "renshaw.statistics.power.Power": "renshaw.reports.plan_report:write_plan_report",
    "renshaw.inference.posterior.Posterior": "renshaw.reports.infer_report:write_infer_report",
    "renshaw.inference.change.Change": "renshaw.reports.infer_report:write_change_report",
    "renshaw.optimization.design.Design": "renshaw.reports.design_report:write_design_report",
}


def report(
    noun: Recording | StudyResult | MixedModel | Power | Posterior | Change | Design,
    path: str | Path,
    *,
    estimates: Estimates | None = None,
    multiverse: Multiverse | None = None,
) -> Path:
    """Write a self-contained HTML page about what was recorded or found.

    Parameters
    ----------
    noun : Recording, StudyResult, MixedModel, Power, Posterior, Change or Design
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
        from renshaw.estimation.estimate import estimate
        from renshaw.reports.recording_report import write_recording_report

        known = estimate(noun) if estimates is None else estimates
        return write_recording_report(noun, known, multiverse, path)
    for kind in type(noun).__mro__:
        if writer := _WRITERS.get(f"{kind.__module__}.{kind.__qualname__}"):
            module, name = writer.split(":")
            return Path(getattr(import_module(module), name)(noun, path))
    nouns = ["Recording", *(name.rsplit(".", 1)[1] for name in _WRITERS)]
    raise DataError(
        f"There is no report of a {type(noun).__name__}; report takes one of {', '.join(nouns)}."
    )
