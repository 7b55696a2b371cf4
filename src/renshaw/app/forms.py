"""Forms made of settings dataclasses, the only home of each default, unit, range and help."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from renshaw.core.errors import SettingsError
from renshaw.core.settings import SettingInfo, Settings

S = TypeVar("S", bound=Settings)

# How names of settings spell units; the unit stands beside the label.
_SPELLED = {
    "% MVC/s": "_pct_mvc_per_s",
    "% MVC": "_pct_mvc",
    "% MVC of the hand": "_pct_mvc",
    "%": "_pct",
    "% rTri": "_pct",
    "dB": "_db",
    "1/s": "_per_s",
    "1/s2": "_per_s2",
    "m/s": "_m_per_s",
    "% of the usual maximum": "_pct",
    "% of untreated": "_pct",
    "mg/day": "_mg_per_day",
    "mV/ms": "_mV_per_ms",
    "mC/h": "_mC_per_h",
    "x MT": "_xmt",
    "Hz": "_hz",
}
_WORDS = {
    "n": "number of",
    "pct": "%",
    "sd": "SD",
    "cv": "CV",
    "ahp": "AHP",
    "pic": "PIC",
    "svr": "SVR",
    "mvc": "MVC",
    "fs": "sampling rate",
    "cov": "CoV",
    "cv2": "CV2",
    "pnr": "PNR",
    "vibstim": "VibStim",
    "min": ", at least",
    "max": ", at most",
}


@dataclass(frozen=True)
class Field:
    """One setting as a field of a form.

    Parameters
    ----------
    name : str
        Path of the setting with dots: ``"delta_f.recruitment_gap_s"``.
    label, help, unit, source : str
    kind : str
        ``"number"``, ``"integer"``, ``"switch"``, ``"choice"``, ``"text"``, ``"several"`` (words or
        numbers with commas between them) or ``"slider"``.
    value : str or bool
        As the form shows it; empty for None.
    minimum, maximum, step : str
        As HTML attributes; empty where there is no limit.
    choices : tuple of str
    optional : bool
        Whether it may be left empty (None).
    allowed : str
        The allowed values in words.
    """

    name: str
    label: str
    help: str
    unit: str
    kind: str
    value: str | bool
    minimum: str = ""
    maximum: str = ""
    step: str = "any"
    choices: tuple[str, ...] = ()
    optional: bool = False
    allowed: str = ""
    source: str = ""

    @property
    def id(self) -> str:
        """Identifier in the page."""
        return "field-" + self.name.replace(".", "-").replace("_", "-")

    def as_slider(self, minimum: float, maximum: float, step: float) -> Field:
        """Return the field as a slider over part of what is allowed: where a hand finds things."""
        low, high, by = f"{minimum:g}", f"{maximum:g}", f"{step:g}"
        return replace(self, kind="slider", minimum=low, maximum=high, step=by)


@dataclass(frozen=True)
class Group:
    """The fields of one settings dataclass; nested settings are groups inside."""

    name: str
    title: str
    fields: tuple[Field, ...]
    groups: tuple[Group, ...] = ()


def form_of(
    settings: Settings, title: str = "", name: str = "", only: Iterable[str] | None = None
) -> Group:
    """Return the form of some settings, filled in with their values.

    Parameters
    ----------
    settings : Settings
    title : str
    name : str
        Put before each field's name, with a dot.
    only : iterable of str, optional
        Settings that are shown, in this order; all by default.
    """
    infos = {info.name: info for info in settings.describe()}
    chosen = [infos[key] for key in only] if only is not None else list(infos.values())
    fields, groups = [], []
    for info in chosen:
        value = getattr(settings, info.name)
        path = f"{name}.{info.name}" if name else info.name
        if isinstance(value, Settings):
            groups.append(form_of(value, label_of(info), path))
        else:
            fields.append(field_of(info, value, path))
    return Group(name, title, tuple(fields), tuple(groups))


def field_of(info: SettingInfo, value: Any, name: str) -> Field:
    """Return the field of one setting."""
    low = info.ge if info.ge is not None else info.gt
    high = info.le if info.le is not None else info.lt
    kind = kind_of(info)
    return Field(
        name=name,
        label=label_of(info),
        help=_sentence(info.help),
        unit=info.unit,
        kind=kind,
        value=bool(value) if kind == "switch" else _shown(value),
        minimum="" if low is None else f"{low:g}",
        maximum="" if high is None else f"{high:g}",
        step="1" if kind == "integer" else "any",
        choices=info.choices,
        optional=types.NoneType in _kinds(info),
        allowed=info.allowed,
        source=info.source,
    )


def settings_from(settings: S, values: Mapping[str, Any], name: str = "") -> S:
    """Return the settings with what a form has sent put in; fields of other forms are left.

    Parameters
    ----------
    settings : Settings
        What holds for fields that were not sent.
    values : mapping of str to str, number, bool or None
        By name, as in `Field.name`.
    name : str
        As given to `form_of`.

    Raises
    ------
    SettingsError
        A value that can't be read or is not allowed, by name and with the allowed range.
    """
    changes: dict[str, Any] = {}
    for info in settings.describe():
        path = f"{name}.{info.name}" if name else info.name
        current = getattr(settings, info.name)
        if isinstance(current, Settings):
            changes[info.name] = settings_from(current, values, path)
        elif path in values and values[path] != _shown(current):
            # What was not touched stays exactly as it is, whatever digits the form showed.
            changes[info.name] = _value(info, values[path])
    return settings.replace(**changes)


def kind_of(info: SettingInfo) -> str:
    """Return which kind of field a setting takes."""
    kinds = _kinds(info)
    if any(typing.get_origin(kind) is tuple for kind in kinds):
        return "several"
    if info.choices:
        return "choice"
    for kind, word in ((bool, "switch"), (int, "integer"), (float, "number")):
        if kind in kinds:
            return word
    return "text"


def label_of(info: SettingInfo) -> str:
    """Return the name of a setting in words, without its unit."""
    name = info.name.replace("delta_f", "ΔF")
    if info.unit:
        spelled = _SPELLED.get(info.unit, f"_{info.unit}")
        name = re.sub(f"{re.escape(spelled)}(?=_|$)", "", name)
    words = [_WORDS.get(word, word) for word in name.split("_") if word]
    label = " ".join(words).replace(" ,", ",")
    return label[:1].upper() + label[1:]


def _kinds(info: SettingInfo) -> tuple[Any, ...]:
    if typing.get_origin(info.kind) in (typing.Union, types.UnionType):
        return typing.get_args(info.kind)
    return (info.kind,)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple | list):
        return ", ".join(_shown(item) for item in value)
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _sentence(text: str) -> str:
    # A value that is explained (``ctrl_max_desc: ...``) and a symbol (``M_e``) stay as they are.
    first = text.split(" ", 1)[0].rstrip(",;").replace("-", "")
    return text[:1].upper() + text[1:] if first.isalpha() else text


def _value(info: SettingInfo, sent: Any) -> Any:
    kinds, kind = _kinds(info), kind_of(info)
    if isinstance(sent, str):
        sent = sent.strip()
    if sent in ("", None) and types.NoneType in kinds:
        return None
    if kind == "switch":
        return sent in (True, "on", "true")
    if kind == "several":
        inner = next(k for k in kinds if typing.get_origin(k) is tuple)
        item = typing.get_args(inner)[0]
        parts = sent.split(",") if isinstance(sent, str) else list(sent)
        return tuple(_number(info, part, item) for part in parts if str(part).strip())
    if kind in ("number", "integer"):
        return _number(info, sent, int if kind == "integer" else float)
    return str(sent)


def _number(info: SettingInfo, sent: Any, kind: Any) -> Any:
    if kind not in (int, float):
        return str(sent).strip()
    try:
        return kind(sent)
    except (TypeError, ValueError, OverflowError):
        whole = "a whole number" if kind is int else "a number"
        raise SettingsError(f"{label_of(info)}: {str(sent)[:40]!r} is not {whole}.") from None
