"""What a column holds, by its head: English, German, French, Italian, Portuguese and Spanish.

A head is taken apart into words without accents; what it says in brackets or at its end may be a
unit of measurement: ``Zeit [ms]``, ``time_s``, ``Discharge time (s)``, ``MU 3``, ``Force_Nm``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from renshaw.io.raw import is_emg

Kind = Literal["unit_id", "time", "sample", "unit", "binary", "force", "target", "emg", "other", ""]


def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


# Words for a motor unit; "ME" and "UM" are the German and the Romance abbreviations.
_UNIT = words(
    """unit units mu mus motorunit motorunits motoneuron motoneurons motorneuron mn neuron neurone
    neurons muid unitid einheit einheiten me motoreinheit motoneurone unite unites um ums unidad
    unidades unita unidade"""
)
_BESIDE_UNIT = words(
    """id ids number no nr num n o index idx label name nummer numero motor motorische motorischen
    motrice motrices motora motoras motoria motorie of der de d do della la l the code nom nombre
    nome"""
)
_ALONE = words("label labels cluster clusters")
_TIME = words(
    """time times timestamp timestamps zeit zeiten zeitpunkt zeitpunkte zeitstempel temps tiempo
    tiempos tempo tempi tempos instant instants instante instantes istante istanti t onset onsets"""
)
_DISCHARGE = words(
    """discharge discharges firing firings spike spikes spiketimes pulse pulses mupulses muspikes
    dischargetimes firingtimes entladung entladungen entladungszeit entladungszeiten feuern decharge
    decharges descarga descargas disparo disparos scarica scariche impuls impulse impulso impulsos
    impulsi potential"""
)
_PULSES = words("mupulses pulses mupulse")
_SAMPLE = words(
    """sample samples sampleindex samplenumber frame frames datapoint abtastwert abtastwerte
    abtastpunkt echantillon echantillons muestra muestras campione campioni amostra amostras"""
)
# What makes of a time or of a unit something else: an interval, a rate, a property.
_NOT_TIMES = words(
    """rate rates frequency frequencies interval intervals isi ipi idr ifr duration durations hz pps
    frequenz dauer intervall intervalle frequence duree frecuencia intervalo duracion frequenza
    intervallo durata frequencia duracao delay latency cov mean sd std threshold ipts ipt source
    sources accuracy silhouette sil pnr quality smoothed amplitude area count recruitment
    derecruitment"""
)
_FORCE = re.compile(
    r"force|torque|load ?cell|dynamomet|performed path|acquired data|ref_?signal|\bmvc\b|kraft|"
    r"drehmoment|\bmoment\b|momento|couple\b|fuerza|par de fuerza|forza|coppia|forca|torsion|"
    r"\bgrip\b",
    re.I,
)
_TARGET = re.compile(r"target|requested|template|soll|consigne|objetivo|cible|alvo", re.I)
_EMG = re.compile(
    r"emg|raw_?signal|\bch(?:an(?:nel)?)?[ _.-]?\d+|\bchannel\b|kanal|\bcanale?\b|\bvoie\b|"
    r"electrode|elektrode|galileo|\bquattrocento\b",
    re.I,
)
_BINARY = re.compile(r"binary", re.I)
_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?|%")
_BRACKETS = re.compile(r"[\[({]([^\[({\])}]*+)[\])}]")
_SMALL_VOLTS = ("mv", "uv", "µv")
_MEASURES = {
    "s": """s sec secs second seconds sek sekunde sekunden seconde secondes segundo segundos secondo
    secondi seg""",
    "ms": """ms msec msecs millisec millisecond milliseconds millisekunde millisekunden milliseconde
    millisecondes milisegundo milisegundos millisecondo millisecondi milissegundo milissegundos""",
    "us": "us usec microsec microsecond microseconds mikrosekunden",
    "min": "min mins minute minutes minuten minuto minutos minuti",
}
SECONDS = {word: unit for unit, said in _MEASURES.items() for word in said.split()}


@dataclass(frozen=True)
class Column:
    """What the head of a column says.

    Parameters
    ----------
    at : int
        Its place.
    name : str
        As it is written.
    kind : str
        ``"unit_id"`` (which unit a row is of), ``"time"``, ``"sample"``, ``"unit"`` (times or
        firing of one unit), ``"binary"`` (firing of one unit), ``"force"``, ``"target"``,
        ``"emg"``, ``"other"`` (known, but nothing of these), or ``""``: the head doesn't tell.
    measure : str
        Its unit of measurement as the head states it; of times ``"s"``, ``"ms"``, ``"us"``,
        ``"min"`` or ``"samples"``; ``""`` where it states none.
    label : str
        Which unit, of a column of one; which discharge, of a column of times with a number.
    """

    at: int
    name: str
    kind: Kind
    measure: str = ""
    label: str = ""


def column_of(at: int, name: str) -> Column:
    """Return what a head says of its column."""
    folded = folded_name(name)
    spoken = _WORD.findall(folded)
    brackets = [inner.strip() for inner in _BRACKETS.findall(_plain(name))]
    measured = _time_measure(spoken, brackets)
    kind, label = _kind(folded, spoken, measured)
    # openhdemg and DEMUSE count pulses in samples.
    if kind == "sample" or (kind == "unit" and not measured and set(spoken) & _PULSES):
        measured = "samples"
    if kind in ("force", "target", "emg", "other", ""):
        measured = _measure(name, brackets, kind)
    return Column(at, name.strip(), kind, measured, label)


@lru_cache(maxsize=4)  # of one table, asked by several that may read it
def columns_of(names: tuple[str, ...]) -> tuple[Column, ...]:
    """Return what every head says."""
    return tuple(column_of(at, name) for at, name in enumerate(names))


def with_emg_by_unit(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Return columns of which those in uV or mV are EMG where nothing else is, beside a time.

    Programs call channels after muscles (``TIB.ANT.,uV``), in any language.
    """
    kinds = {column.kind for column in columns}
    if kinds & {"unit", "unit_id", "binary", "emg"} or "time" not in kinds:
        return tuple(columns)
    return tuple(
        replace(column, kind="emg") if column.kind == "" and _is_emg(column) else column
        for column in columns
    )


def _is_emg(column: Column) -> bool:
    # What is in volts may be anything.
    return column.measure.casefold() != "v" and is_emg(column.name, column.measure)


def folded_name(name: str) -> str:
    """Return a name in small letters without accents, words of CamelCase apart."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", _plain(name))
    return apart.casefold()


def _plain(name: str) -> str:
    spelled = name.replace("µ", "u").replace("μ", "u")
    letters = unicodedata.normalize("NFKD", spelled)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _time_measure(spoken: list[str], brackets: list[str]) -> str:
    for inner in reversed(brackets):
        if inner.casefold() in SECONDS:
            return SECONDS[inner.casefold()]
        if inner.casefold() in _SAMPLE:
            return "samples"
    if not spoken:
        return ""
    # "time_ms", "ms"; and "milliSec" is two words.
    return SECONDS.get("".join(spoken), SECONDS.get(spoken[-1], ""))


def _kind(folded: str, spoken: list[str], measured: str) -> tuple[Kind, str]:
    said = [word for word in spoken if not SECONDS.get(word)]
    letters = [word for word in said if word.isalpha()]
    numbers = [word for word in said if not word.isalpha() and word != "%"]
    known = set(letters)
    if not spoken:
        return "", ""
    if known & _NOT_TIMES:
        return "other", ""
    if _BINARY.search(folded):
        return "binary", numbers[-1] if numbers else ""
    if _TARGET.search(folded):
        return "target", ""
    if _FORCE.search(folded):
        return "force", ""
    timed = bool(known & _TIME) or any(word.endswith(("zeit", "zeitpunkt")) for word in letters)
    if measured and known == {"x"}:
        return "time", ""
    if _EMG.search(folded):
        # "EMG 1 Time Series (s)" is the time axis of the EMG.
        return ("time" if timed and measured else "emg"), ""
    sampled = bool(known & _SAMPLE) or measured == "samples"
    discharged = bool(known & _DISCHARGE)
    of_unit = bool(known & _UNIT) or (discharged and bool(numbers))
    if of_unit and numbers:
        return "unit", numbers[-1].lstrip("0") or "0"
    # A letter may stand for a number: "unit A", "MU_b".
    rest = known - _UNIT - _TIME - _DISCHARGE - _SAMPLE - _BESIDE_UNIT
    if known & _UNIT and len(rest) == 1 and len(next(iter(rest))) == 1:
        return "unit", next(iter(rest))
    if known & _UNIT and known <= _UNIT | _BESIDE_UNIT | _TIME and not timed and not sampled:
        return "unit_id", ""
    if known & _ALONE and known <= _ALONE | _BESIDE_UNIT:
        return "unit_id", ""
    if sampled:
        return "sample", ""
    if timed or (discharged and (measured or known <= _DISCHARGE)):
        return "time", numbers[-1] if numbers else ""
    if measured and (not letters or "".join(spoken) in SECONDS):
        return "time", ""
    if not letters and len(numbers) == 1:
        return "unit", numbers[0]
    return "", ""


def _measure(name: str, brackets: list[str], kind: str) -> str:
    if brackets and not brackets[-1].isdigit():
        return str(_BRACKETS.findall(name)[-1]).strip()
    found = re.search(r"[ _.,-](Nm|N|kg|V|mV|uV|µV|%\s?MVC)$", name.strip(), re.I)
    small = found is not None and found[1].casefold() in _SMALL_VOLTS
    return found[1] if found and (kind or small) else ""
