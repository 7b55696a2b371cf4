"""What reflex tests of a virtual person tell, as a table of a series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from renshaw.engine.settings import EngineSettings
from renshaw.experiment.reflexes import ReflexSettings, reflex
from renshaw.interventions import Intervention
from renshaw.model.participant import Participant

if TYPE_CHECKING:
    import pandas as pd


def reflex_rows(
    person: Participant,
    tests: Sequence[ReflexSettings],
    given: Sequence[Intervention],
    seed: int,
    engine: EngineSettings | None,
) -> pd.DataFrame:
    """Return the outcomes of reflex tests of a person.

    Parameters
    ----------
    person : Participant
    tests : sequence of ReflexSettings
    given : sequence of Intervention
    seed : int
        Of the synaptic noise.
    engine : EngineSettings, optional

    Returns
    -------
    DataFrame
        Columns unit (0), quantity, value, bound, ok. A quantity is the outcome of a test, such as
        ``"H at 1 Hz"``; where a series has several tests, it begins with the number of the test,
        from 1: ``"2: H at 1 Hz"``.
    """
    import pandas as pd

    rows = []
    for number, test in enumerate(tests, start=1):
        before = f"{number}: " if len(tests) > 1 else ""
        for each in reflex(person, test, given, seed=seed, engine=engine).outcomes:
            rows.append((0, before + each.name, each.value))
    table = pd.DataFrame(rows, columns=["unit", "quantity", "value"])
    return table.assign(bound="exact", ok=np.isfinite(table.value))
