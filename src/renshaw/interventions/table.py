"""All interventions in one table: what each does, its settings, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from renshaw.core.settings import SettingInfo
from renshaw.interventions.intervention import Intervention
from renshaw.interventions.register import INTERVENTIONS

if TYPE_CHECKING:
    import pandas as pd


def interventions_table() -> pd.DataFrame:
    """Return one row an intervention.

    Columns: name, mechanism, settings (with default, unit and range), certainty (where the effect
    was measured), fitted (what its size was fitted to; empty where the size is assumed), assumed
    (sentences), source and title; of drugs also usual_dose and usual_maximum (with the unit; empty
    where there is none), dose_source and leaflet (words for a patient).
    """
    import pandas as pd

    rows: list[dict[str, Any]] = [
        {
            "name": key,
            "mechanism": kind.mechanism,
            "settings": "; ".join(_in_words(info) for info in kind.describe()),
            "certainty": kind.certainty,
            "fitted": kind.fitted,
            "assumed": " ".join(kind.assumed),
            "source": kind.source,
            "title": kind.title,
            **_drug_facts(kind),
        }
        for key, kind in INTERVENTIONS.items()
    ]
    return pd.DataFrame(rows)


def _drug_facts(kind: type[Intervention]) -> dict[str, str]:
    drug = kind.drug
    if drug is None:
        return dict.fromkeys(("usual_dose", "usual_maximum", "dose_source", "leaflet"), "")
    return {
        "usual_dose": drug.words(drug.usual),
        "usual_maximum": "" if drug.maximum is None else drug.words(drug.maximum),
        "dose_source": drug.source,
        "leaflet": drug.leaflet,
    }


def _in_words(info: SettingInfo) -> str:
    default = "none" if info.default is None else _short(info.default)
    unit = f" {info.unit}" if info.unit and info.default is not None else ""
    allowed = f" ({info.allowed})" if info.allowed else ""
    return f"{info.name} = {default}{unit}{allowed}"


def _short(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:g}"
