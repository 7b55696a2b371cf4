"""What an electrode in the motoneurons of a virtual person tells, as a table of a series."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from renshaw.experiment.intracellular import intracellular
from renshaw.experiment.voltage_clamp import VoltageRampSettings, voltage_ramp
from renshaw.model.participant import Participant

if TYPE_CHECKING:
    import pandas as pd

# Motoneurons whose persistent inward current is measured, as a share of the pool: one recruited
# early and one recruited late.
_EARLY, _LATE = 0.0, 0.75


def impaled_rows(person: Participant) -> pd.DataFrame:
    """Return what an electrode tells of the motoneurons of a person.

    Parameters
    ----------
    person : Participant

    Returns
    -------
    DataFrame
        Columns unit, quantity, value, bound, ok. Of each motoneuron ``ahp_duration`` (ms),
        ``ahp_depth`` (mV), ``input_resistance`` (Mohm), ``rheobase`` (nA), ``least_rate`` (pps) and
        ``gain_primary`` (pps/nA); of the person, as unit 0, ``gain_steepest`` (pps/nA, of any
        motoneuron in any range), ``pic_late_over_early`` and ``pic_hysteresis_lost`` (mV: by how
        much more the current of an early motoneuron outlasts its onset than a late one's).
    """
    import pandas as pd

    cells = intracellular(person)
    of_each = {
        "ahp_duration": cells.ahp_ms,
        "ahp_depth": cells.ahp_mV,
        "input_resistance": cells.input_resistance_Mohm,
        "rheobase": cells.rheobase_nA,
        "least_rate": cells.least_rate_pps,
        "gain_primary": cells.primary,
    }
    n = len(cells.ahp_ms)
    early, late = (
        voltage_ramp(person, VoltageRampSettings(motoneuron=1 + int(share * n)))
        for share in (_EARLY, _LATE)
    )
    of_person = {
        "gain_steepest": float(np.nanmax(cells.steepest)),
        "pic_late_over_early": late.amplitude_nA / early.amplitude_nA,
        "pic_hysteresis_lost": early.hysteresis_mV - late.hysteresis_mV,
    }
    rows = [
        (unit, name, float(value))
        for name, values in of_each.items()
        for unit, value in enumerate(values, start=1)
    ]
    rows += [(0, name, value) for name, value in of_person.items()]
    table = pd.DataFrame(rows, columns=["unit", "quantity", "value"])
    return table.assign(bound="exact", ok=np.isfinite(table.value))
