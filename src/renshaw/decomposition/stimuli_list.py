"""Lists of stimuli: times in a text file, of which only what surely is a time (s) is taken."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from renshaw.core.errors import ReadError

_MOST_BYTES = 10**7
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
# Where a comment tells what times are counted in: "in ms", "(ms)", "unit: ms", "time_ms".
_IN_UNITS = re.compile(r"(?:\bin|\bunits?\s*[:=]?|[(\[_])\s*([a-zµμ]+)", re.IGNORECASE)
_NOT_KNOWN = {"nan", "n/a", "na", "inf", "-inf", "none", "null", "-"}
_SPACES = " "
# What a column is counted in, by a word of its head.
_OTHER_UNITS = {
    "ms": "milliseconds",
    "msec": "milliseconds",
    "millisecond": "milliseconds",
    "us": "microseconds",
    "usec": "microseconds",
    "µs": "microseconds",
    "μs": "microseconds",
    "microsecond": "microseconds",
    "ns": "nanoseconds",
    "min": "minutes",
    "minute": "minutes",
    "h": "hours",
    "hour": "hours",
    "sample": "samples",
    "frame": "frames",
    "tick": "ticks of a clock",
    "point": "samples",
    "index": "samples or numbers",
    "idx": "samples or numbers",
}
_SECONDS = {"s", "sec", "second"}
_TIME = {"time", "onset", "t", "timestamp", "start", "begin", *_SECONDS}
_STIMULUS = {"stim", "stimulus", "stimuli", "shock", "pulse", "trigger"}
# What belongs to a stimulus and is not when it came.
_NO_TIME = {
    *("off", "offset", "end", "stop", "duration", "reaction", "response", "latency", "intensity"),
    *("amplitude", "current", "ma", "v", "volt", "number", "no", "nr", "id", "type", "name"),
    *("label", "delay", "isi", "interval", "rate", "width", "count", "force", "torque", "hz"),
}
_KINDS = {("trial", "type"), ("event", "type"), ("event",)}
# Times that follow each other evenly and so fast beside other numbers are those of samples.
_SAMPLED_s = 0.0101


@dataclass(frozen=True)
class _Table:
    """Rows of cells with their line numbers, and the head, if there is one."""

    head: list[str]
    rows: list[tuple[int, list[str]]]
    commas: bool


def times_in(path: Path) -> tuple[float, ...]:
    """Return the times in a file of text, one a row; further columns are passed over.

    Lines that begin with # or % are comments. Columns may be divided by commas, semicolons, tabs,
    bars or spaces. Where several columns may be the times, none is taken.

    Parameters
    ----------
    path : Path
        Times in seconds; the first row may be a head.

    Raises
    ------
    ReadError
        It can't be read, is too large, has a row without a time, or it is not sure which numbers
        are times in seconds.
    """
    table = _table(path, _text(path))
    if not table.rows:
        raise ReadError(f"{path}: there is no time in it.", hint="One time (s) a row is expected.")
    column = _column_of_times(path, table)
    _refuse_kinds(path, table)
    times_s = []
    for line, row in table.rows:
        word = _number(row[column] if column < len(row) else "", table.commas)
        if not _NUMBER.fullmatch(word):
            raise ReadError(f"{path}, row {line}: {word[:40]!r} is no time in seconds.")
        times_s.append(float(word))
    _refuse_samples(path, table, times_s)
    return tuple(times_s)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ReadError(
                f"{path}: more than {_MOST_BYTES / 1e6:g} MB, which no list of times has."
            )
        content = path.read_bytes()
        told = [encoding for mark, encoding in _MARKS if content.startswith(mark)]
        text = content.decode(told[0]) if told else _decoded(content)
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(f"{path}: it can't be read as a list of times ({error}).") from error
    if any(ord(letter) < 32 and letter not in "\t\r\n\f" for letter in text):
        raise ReadError(f"{path}: it is no text, so no list of times.")
    return text


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _table(path: Path, text: str) -> _Table:
    lines = []
    told = ""
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip(" \ufeff\xa0\r\n")
        if number == 1 and re.fullmatch(r"sep=.", bare, re.IGNORECASE):
            told = bare[-1]
        elif bare.lstrip().startswith(("#", "%")):
            for unit in _IN_UNITS.findall(bare):
                _refuse_unit(path, bare.lstrip("#% "), _words(unit))
        elif bare.strip(" \t,;|"):
            lines.append((number, re.split(r"\s+#", bare)[0]))
    # A head may have spaces where rows have none.
    below = [line for _, line in lines[1:]] or [line for _, line in lines]
    divider = told or _divider(below)
    rows = [(number, _cells(line, divider)) for number, line in lines]
    commas = divider != "," and any(
        _DECIMAL_COMMA.fullmatch(cell) for _, row in rows for cell in row
    )
    if divider == ",":
        # One within a cell was quoted.
        commas = all(len(row) == 1 for _, row in rows)
    headed = bool(rows) and not any(
        _is_number(cell, commas) or cell.lower() in _NOT_KNOWN for cell in rows[0][1]
    )
    head = rows[0][1] if headed else []
    rows = rows[1:] if headed else rows
    if divider == "," and not (headed and len(head) > 1):
        _refuse_decimal_commas(path, lines[headed:])
    if headed and divider == _SPACES and rows and max(len(row) for _, row in rows) == 1:
        head = [" ".join(head)]
    widest = max((len(row) for _, row in rows), default=0)
    if headed and widest > len(head):
        raise ReadError(
            f"{path}: the head has {len(head)} columns and a row has {widest}.",
            hint="Give a file of nothing but times (s), one a row.",
        )
    return _Table(head, rows, commas)


def _divider(lines: list[str]) -> str:
    bare = [re.sub(r'"[^"]*"', "", line) for line in lines]
    for divider in "\t;|":
        if bare and all(divider in line for line in bare):
            return divider
    for divider in "\t;|,":
        if any(divider in line for line in bare):
            return divider
    if any('"' in line and "," in line for line in lines):
        return ","
    return _SPACES


def _cells(line: str, divider: str) -> list[str]:
    if divider == _SPACES:
        return [word.strip('"') for word in line.split()]
    [row] = csv.reader([line], delimiter=divider, skipinitialspace=True)
    return [cell.strip().strip('"') for cell in row]


def _number(word: str, commas: bool) -> str:
    word = word.replace("\N{MINUS SIGN}", "-")
    return word.replace(",", ".") if commas and _DECIMAL_COMMA.fullmatch(word) else word


def _is_number(word: str, commas: bool) -> bool:
    return bool(_NUMBER.fullmatch(_number(word, commas)))


def _refuse_decimal_commas(path: Path, lines: list[tuple[int, str]]) -> None:
    """Refuse `1,5`, which is one number in half of the world and two in the other."""
    if lines and all(re.match(r"\s*[+-]?\d+,\d+(?![\d.]*[.\d])", line) for _, line in lines):
        raise ReadError(
            f"{path}: {lines[0][1].strip()[:40]!r} may be one number with a decimal comma, or two "
            "numbers.",
            hint="Write decimal points, one time (s) a row.",
        )


def _words(name: str) -> list[str]:
    """Return the words of a head, in the singular: `stimTimes_ms` is stim, time and ms."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    apart = re.sub(r"(time|onset)(?=(ms|us|µs|min)\b)", r"\1 ", apart.replace("_", " "))
    found = re.findall(r"[^\W\d_]+", apart)
    return [word[:-1] if len(word) > 3 and word.endswith("s") else word for word in found]


def _refuse_unit(path: Path, name: str, words: list[str]) -> None:
    told = [_OTHER_UNITS[word] for word in words if word in _OTHER_UNITS]
    if told and not _SECONDS & set(words):
        raise ReadError(
            f"{path}: {name[:60]!r} is in {told[0]}; seconds are expected.",
            hint="Write the times in seconds from the beginning of the recording.",
        )


def _column_of_times(path: Path, table: _Table) -> int:
    """Return the one column that surely has the times."""
    widest = max(len(row) for _, row in table.rows)
    numbers = [
        column
        for column in range(widest)
        if any(_is_number(row[column], table.commas) for _, row in table.rows if column < len(row))
    ]
    if not table.head:
        return _without_a_head(path, table, numbers)
    words = [_words(name) for name in table.head]
    times = [i for i, each in enumerate(words) if _TIME & set(each) and not _NO_TIME & set(each)]
    in_seconds = [i for i in times if not set(_OTHER_UNITS) & set(words[i])]
    of_stimuli = [i for i in in_seconds if _STIMULUS & set(words[i])]
    onsets = [i for i in in_seconds if {"onset", "on"} & set(words[i])]
    for some in (in_seconds, of_stimuli, onsets, times):
        if len(some) == 1:
            _refuse_unit(path, table.head[some[0]], words[some[0]])
            return some[0]
    # A single column may be called anything that says of no other thing.
    named = [i for i in numbers if table.head[i]]
    if not times and len(named) == 1 and (len(table.head) == 1 or _STIMULUS & set(words[named[0]])):
        _refuse_unit(path, table.head[named[0]], words[named[0]])
        if not _NO_TIME & set(words[named[0]]):
            return named[0]
    names = ", ".join(table.head)[:200]
    several = "several of its columns may be the times" if times else "none of its columns"
    raise ReadError(
        f"{path}: {several} ({names})."
        if times
        else f"{path}: {several} ({names}) is called a time.",
        hint="Call the column time_s, or give a file of nothing but times (s).",
    )


def _without_a_head(path: Path, table: _Table, numbers: list[int]) -> int:
    if len(numbers) != 1:
        one_row = len(table.rows) == 1
        raise ReadError(
            f"{path}: {'one row has' if one_row else 'rows have'} {len(numbers)} numbers, and no "
            "head says which of them is the time.",
            hint="Write one time (s) a row, or a head that calls the column time_s.",
        )
    for _, row in table.rows:
        for word in row:
            _refuse_unit(path, word, [word.lower().strip(".[]()")])
    return numbers[0]


def _refuse_kinds(path: Path, table: _Table) -> None:
    """Refuse events of several kinds: not all of them are stimuli."""
    for column, name in enumerate(table.head):
        if tuple(_words(name)) not in _KINDS:
            continue
        kinds = sorted({row[column] for _, row in table.rows if column < len(row)})
        if len(kinds) > 1:
            raise ReadError(
                f"{path}: its rows are of {len(kinds)} kinds ({name}: {', '.join(kinds)[:80]}), "
                "and which of them are stimuli is not known.",
                hint="Keep the rows of stimuli.",
            )


def _refuse_samples(path: Path, table: _Table, times_s: list[float]) -> None:
    """Refuse the samples of a signal."""
    waits = [later - sooner for sooner, later in pairwise(times_s)]
    if len(waits) < 2 or not 0 < max(waits) <= _SAMPLED_s or len(table.head) < 2:
        return
    if max(waits) - min(waits) < 1e-3 * max(waits) + 2e-6:
        raise ReadError(
            f"{path}: its times follow each other evenly by {1000 * waits[0]:.3g} ms, as samples "
            "of a signal do, not stimuli.",
            hint="Give the times of the stimuli alone, one (s) a row.",
        )
