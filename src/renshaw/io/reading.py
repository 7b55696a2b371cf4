"""`read`: the one verb for every file, and the one place where errors of parsers end."""

from __future__ import annotations

import dataclasses
import os
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from renshaw.core.errors import DataError, Place, ReadError, RenshawError, needs, suggestion
from renshaw.core.history import Step
from renshaw.core.made_of import Ledger, gathering, in_words
from renshaw.core.memory import bounded
from renshaw.core.version import __version__
from renshaw.data.pools import with_copies_flagged
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.data.suspicion import suspicions
from renshaw.io import others
from renshaw.io.applied import applied
from renshaw.io.containers.table import Table
from renshaw.io.format import FORMATS, Format, missing
from renshaw.io.options import ReadOptions, spelled
from renshaw.io.probe import Probe
from renshaw.io.refusal import Refusal
from renshaw.io.tables import layouts


def read(
    path: str | os.PathLike[str],
    *,
    format: str | None = None,
    options: ReadOptions | None = None,
    within: str | os.PathLike[str] | None = None,
) -> Recording:
    """Read a recording from a file, recognized by its content and never by its ending.

    Parameters
    ----------
    path : path-like
    format : str, optional
        Name of a format (see `renshaw.io.FORMATS`), to read a file that is not recognized.
    options : ReadOptions, optional
        What the file does not say, or says wrongly: sampling rate, unit of time, MVC, sign, offset
        and unit of the torque, window, muscle, ... One that has no effect is refused.
    within : path-like, optional
        Folder that was named or given: no file outside it is looked at beside this one. Without
        it, the data set (BIDS) that the file lies in is the limit.

    Returns
    -------
    Recording
        Named after the file. Faulty units are flagged, and whatever there is to say stands in
        `notes`; `made_of` lists the file and all that was read beside it.

    Raises
    ------
    ReadError
        The file can't be read; the message names the file, the reason and what to do.
    """
    if not isinstance(path, str | os.PathLike) or isinstance(os.fspath(path), bytes):
        raise ReadError(f"{path!r} is not the path of a file.", value=path)
    if options is not None:
        needs("read", options, ReadOptions)
    file, chosen = Path(path), options or ReadOptions()
    place = Place(file=str(file))
    # Plug-ins are loaded here, where a warning of one that fails is heard.
    formats = dict(FORMATS)
    probe: Probe | None = None
    try:
        with warnings.catch_warnings(), gathering(within) as ledger:
            warnings.simplefilter("ignore")
            probe = Probe(file, chosen)
            with bounded(probe.budget.total):
                if format is None:
                    _refuse_prose(probe)
                known = (
                    _named(format, formats) if format is not None else _recognized(probe, formats)
                )
                probe.watched.asked.clear()
                recording = _read(known, probe)
                recording = applied(recording, chosen, _torque_of)
                insisted = _refuse_impossible(recording, known, probe)
                _refuse_unheard(probe, known, insisted)
                return _finished(recording, known, (file, ledger), format is not None, chosen)
    except Refusal as refusal:
        words = _short(str(refusal).rstrip("."))
        raise ReadError(f"{words}{'' if words.endswith('?') else '.'}", place=place) from None
    except ReadError:
        raise
    except DataError as error:
        hint = "The file is damaged; export it again."
        raise ReadError(str(error), code="read.damaged", place=place, hint=hint) from None
    except MemoryError:
        why = "It needs more memory than there is, or than a file of its size may take."
        hint = f"If it is a sound recording, allow more: {spelled('memory_gb', '8')}."
        raise ReadError(why, place=place, hint=hint) from None
    except RecursionError:
        why = "It is nested too deeply; it is damaged."
        raise ReadError(why, code="read.damaged", place=place) from None
    except Exception as error:
        # Whatever a parser stumbles over is a fault of the file, and a person wants to know which.
        raise ReadError(
            f"It is damaged or not what it seems ({_reason(error)}).",
            code="read.damaged",
            place=place,
            hint="Copy or export it again.",
        ) from error
    finally:
        if probe is not None:
            probe.close()


# A file may hold names of any length, and a refusal names what it refuses.
_LONGEST_REFUSAL, _ITS_END = 2000, 500


def _short(words: str) -> str:
    if len(words) <= _LONGEST_REFUSAL:
        return words
    return f"{words[: _LONGEST_REFUSAL - _ITS_END]} … {words[-_ITS_END:]}"


def _named(name: str, formats: Mapping[str, Format]) -> Format:
    if name not in formats:
        raise Refusal(f"There is no reader {name!r}. {suggestion(str(name), formats)}")
    return formats[name]


# A line of so many words, apart by blanks, is a sentence. A text in which most lines are sentences,
# or many, and more than rows of numbers, is for people to read.
_WORDS_OF_A_SENTENCE = 6
_MANY_SENTENCES = 5
_WORD = re.compile(r"[^\W\d_]{2}")


def _refuse_prose(probe: Probe) -> None:
    """Refuse a text for people, such as a README, whose tables may look like those of units."""
    text = probe.text_head.lstrip()
    if not text or text[0] in "{[<":
        return  # Of JSON and XML a line says nothing.
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    rows = sum(line[0] in "+-.0123456789" for line in lines)
    words = [sum(_WORD.search(each) is not None for each in line.split(" ")) for line in lines]
    sentences = sum(n >= _WORDS_OF_A_SENTENCE for n in words)
    if 2 * sentences > len(lines) or sentences >= max(_MANY_SENTENCES, rows):
        raise Refusal(
            "This is a text for people to read, not a recording of a kind that renshaw knows. Name "
            "the file of a recording; to read this one all the same, name its format (--format)"
        )


def _recognized(probe: Probe, formats: Mapping[str, Format]) -> Format:
    """Return the first format that recognizes a file; one that fails to look at it is passed over.

    A damaged container can't be looked at by any format that is packed in it: what the first of
    them says of it is told, unless another format knows the file.
    """
    damaged: Exception | None = None
    failed: list[str] = []
    for format in formats.values():
        try:
            if format.recognizes(probe):
                return format
        except Exception as error:
            if plugin := FORMATS.plugin_of(format.name):
                failed.append(f"{plugin} failed to look at it ({_reason(error)})")
            else:
                damaged = damaged or error
    if damaged is not None:
        raise damaged
    said = "".join(f" The plug-in {words}." for words in failed)
    if told := others.told_of(probe) or _table_of(probe):
        raise Refusal(f"{told}.{said}")
    raise Refusal(f"{_looks_like(probe)}{said} {_known()}")


def _read(format: Format, probe: Probe) -> Recording:
    """Return the recording in a file; what goes wrong in another package is told as its fault."""
    plugin = FORMATS.plugin_of(format.name)
    try:
        recording = format.read(probe)
        if not isinstance(recording, Recording):
            raise TypeError(f"it returned a {type(recording).__name__}, no Recording")
        return recording
    except ModuleNotFoundError as error:
        raise Refusal(f"Reading {format.name} needs {missing(format, error)}") from None
    except (RenshawError, Refusal, MemoryError, RecursionError):
        raise
    except Exception as error:
        if not plugin:
            raise
        raise Refusal(
            f"The plug-in {plugin} can't read it ({_reason(error)}). If other programs open the "
            "file, tell the authors of the plug-in"
        ) from error


def _refuse_impossible(recording: Recording, format: Format, probe: Probe) -> set[str]:
    """Refuse what can't be true; return the options by which a person insists that it is."""
    insisted: set[str] = set()
    heard = probe.watched.asked
    for each in suspicions(recording):
        if not each.impossible:
            continue
        given = {name for name, value in each.insisted if probe.watched.glance(name) == value}
        # A reader of files whose unit is fixed turns nothing: who asks it to does not insist.
        fixed = "--time-unit" in each.cure and "time_unit" not in heard
        if fixed and probe.watched.glance("time_unit") != "s":
            given.discard("time_unit")
        # What renshaw wrote was read before, or made in Python by somebody who knows why.
        if not given and format.name != "renshaw":
            cure = f"{_FIXED} {_REALLY_SO}" if each.insisted else _FIXED
            raise Refusal(str(dataclasses.replace(each, cure=cure) if fixed else each))
        insisted |= given
    return insisted


# The cure of impossible times in a format whose reader takes no unit of time.
_FIXED = (
    "This format fixes the unit of its times: correct them in the program that wrote the file, and "
    "export it again."
)
_REALLY_SO = f"If it is really so, say {spelled('time_unit', 's')}."


def _refuse_unheard(probe: Probe, format: Format, insisted: set[str]) -> None:
    """Refuse an option that the reader has no use for, rather than let it be thought heard."""
    for name in probe.watched.unheard:
        if name not in insisted:
            raise Refusal(
                f"{spelled(name)} has no effect on this file, which was read as {format.title}. "
                "Leave it out"
            )


def _torque_of(path: str) -> Signal | None:
    return read(path).torque


def _has_columns(table: Table) -> bool:
    """Whether a head of words is one of a table, and no sentence."""
    return len(table.names) > 2 and table.separator in (",", ";", "\t")


def _table_of(probe: Probe) -> str:
    """Return what a table lacks to be a recording; nothing for what is no table."""
    table = probe.table
    if table is None or not (table.has_numbers or _has_columns(table)):
        return ""
    return (
        "This looks like a table, not a recording. To compare its values use renshaw compare "
        f"(rs.compare). {layouts.refusal(table)}"
    )


def _looks_like(probe: Probe) -> str:
    kind = probe.kind
    if probe.head[:20] == b"MATLAB 5.0 MAT-file," or kind in ("mat5", "mat73"):
        names = ", ".join(list(probe.matlab_kinds)[:12]) or "none"
        return f"It is a MATLAB file without motor units that renshaw knows (variables: {names})."
    if kind == "hdf5":
        names = ", ".join(list(probe.matlab_kinds)[:12]) or "none"
        return f"It is an HDF5 file of an unknown kind (entries: {names})."
    if probe.text_head:
        first = next((line for line in probe.text_head.splitlines() if line.strip()), "")
        return f"This text is in no format that renshaw knows. It begins {first[:60]!r}."
    return "It is binary data in no format that renshaw knows."


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".replace("\n", " ")[:300]


def _known() -> str:
    titles = ", ".join(dict.fromkeys(format.title for format in FORMATS.values()))
    return f"renshaw reads {titles}; renshaw convert --help says more"


def _finished(
    recording: Recording,
    format: Format,
    whence: tuple[Path, Ledger],
    named: bool,
    options: ReadOptions,
) -> Recording:
    """Name the recording after its file (or folder) and add this step to its history."""
    file, ledger = whence
    made_of = ledger.closed()
    if ledger.moved:
        raise Refusal(f"{Path(ledger.moved).name} changed while it was read. Read it again")
    name = file.name if file.is_dir() else file.stem
    settings: dict[str, Any] = {"format": format.name, "path": str(file)}
    if recording.name not in ("recording", name):
        settings["saved_as"] = recording.name
    arguments = [repr(str(file))]
    if named:
        arguments.append(f"format={format.name!r}")
    if options.given:
        arguments.append(f"options={options.as_python()}")
        plain = options.to_mapping()
        settings["options"] = {name: plain[name] for name in options.given}
    step = Step(
        verb="read",
        code=f"recording = rs.read({', '.join(arguments)})",
        settings=settings,
        input=made_of.fingerprint(),
        version=__version__,
    )
    return dataclasses.replace(
        with_copies_flagged(recording),
        name=name,
        notes=(*recording.notes, *filter(None, [in_words(made_of)])),
        history=recording.history.then(step),
        made_of=made_of,
        sources=(*recording.sources, str(file)),
    )
