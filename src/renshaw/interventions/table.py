"""All interventions in one table: what each does, its settings, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from renshaw.core.settings import SettingInfo
from renshaw.interventions.named import INTERVENTIONS

if TYPE_CHECKING:
    import pandas as pd


def interventions_table() -> pd.DataFrame:
    """Return one row an intervention.

    Columns: name, mechanism, settings (with default, unit and range), certainty (where the effect
    was measured), fitted (what its size was fitted to; empty where the size is assumed), assumed
    (sentences) and source.
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
        }
        for key, kind in INTERVENTIONS.items()
    ]
    return pd.DataFrame(rows)


def _in_words(info: SettingInfo) -> str:
    default = "none" if info.default is None else _short(info.default)
    unit = f" {info.unit}" if info.unit and info.default is not None else ""
    allowed = f" ({info.allowed})" if info.allowed else ""
    return f"{info.name} = {default}{unit}{allowed}"


def _short(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:g}"
