"""What people read is English: no inner names, no signs for words, no digits that nobody knows."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
import results as samples

import renshaw as rs
from renshaw.core.finding import numbers
from renshaw.core.settings import Settings
from renshaw.reports.report import report_text

KINDS = list(samples.MADE)
# Names that a reader types or opens stand in programs, tables of settings and file names.
_NOT_PROSE = {"pre", "code", "script", "style"}
_FILE = re.compile(r"\b[\w/.-]+\.(?:csv|toml|html|h5|py|md|json|R|parquet)\b")
_CALLED = re.compile(r"\brs(?:\.\w+)+")
_INNER_NAME = re.compile(r"\b[a-z]+[a-z0-9]*(?:_[a-z0-9]+)+\b")
_SIGN_FOR_WORDS = re.compile(r"Allowed:|\b(?:and|or) [<>]=?(?!\w)|\bmust be [<>]")
_NUMBER = re.compile(r"(?<![\w.,/:-])\d+(?:\.\d+)?(?![\w/:-]|[.,]\d)")


class Prose(HTMLParser):
    """What a page says outside programs and settings."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _NOT_PROSE:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag == self._inside[-1]:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside and data.strip():
            self.texts.append(data.strip())


def kinds_of_settings(base: type[Settings] = Settings) -> list[type[Settings]]:
    """Every settings class that is loaded."""
    return [kind for each in base.__subclasses__() for kind in (each, *kinds_of_settings(each))]


def typed_names() -> tuple[set[str], set[str]]:
    """Names that a reader types: of settings, and of what they may be."""
    infos = [info for kind in kinds_of_settings() for info in kind.describe()]
    return {info.name for info in infos}, {name for info in infos for name in info.choices}


def too_many_digits(words: str) -> list[str]:
    """Fractions with more than four significant digits."""
    return [
        found
        for found in _NUMBER.findall(words)
        if "." in found and len(found.replace(".", "").lstrip("0")) > 4
    ]


def faults(words: str) -> list[str]:
    # The name of a function is what a reader types.
    plain = _CALLED.sub("", _FILE.sub("", words))
    settings, choices = typed_names()
    # In a table of settings names and values stand alone; a sentence may say what to set.
    alone = set(words.split(".")) <= settings or words.split(": ")[0] in choices
    inner = [] if alone else sorted(set(_INNER_NAME.findall(plain)) - (settings - {"delta_f"}))
    return [*inner, *_SIGN_FOR_WORDS.findall(plain), *too_many_digits(plain)]


@pytest.mark.parametrize("kind", KINDS)
def test_reports_and_findings_are_in_words(kind):
    result = samples.made(kind)
    texts = [*Prose(report_text(result)).texts, *map(str, numbers(result.findings()))]
    found = {text: faults(text) for text in texts if faults(text)}
    assert not found


def test_limits_of_settings_are_in_words():
    infos = [info for kind in kinds_of_settings() for info in kind.describe()]
    assert len(infos) > 300
    assert [info.name for info in infos if re.search("[<>]", info.allowed)] == []


@pytest.mark.parametrize(
    "words",
    [
        "self_sustained_duration, ci low",
        "Share of women. Allowed: >= 0 and <= 1",
        "must be > 0",
        "p = 0.029975168",
    ],
)
def test_faults_are_seen(words):
    assert faults(words)


@pytest.mark.parametrize(
    "words",
    ["ΔF 4.97 pps (4.26 to 5.74), n = 15360", "see data/estimates_all.csv", "doi 10.1113/JP282765"],
)
def test_what_is_fine_is_left(words):
    assert not faults(words)


def test_a_table_that_is_no_recording_is_led_to_compare(tmp_path):
    table = tmp_path / "values.csv"
    table.write_text("participant,condition,height\na,pre,1\n")
    with pytest.raises(rs.ReadError, match="looks like a table, not a recording.*renshaw compare"):
        rs.read(table)
