"""TOML from anywhere: keys that lie too deep are refused; lines are looked for within bounds."""

from __future__ import annotations

from time import process_time

import pytest

from renshaw.core.errors import SettingsError
from renshaw.core.toml import line_of, read_toml

DEEP = {
    "a key": ".".join("a" * 40_000) + " = 1",
    "a key with spaces": " . ".join("a" * 20_000) + " = 1",
    "a key in quotes": ".".join(["'a'"] * 20_000) + " = 1",
    "a table": "[" + ".".join("a" * 12_000) + "]",
    "lists": "a = " + "[" * 12_000 + "]" * 12_000,
    "tables in lines": "a = " + "{a = " * 4000 + "1" + "}" * 4000,
}


@pytest.mark.parametrize("case", DEEP)
def test_what_lies_too_deep_is_refused_at_once(case):
    begun = process_time()
    with pytest.raises(SettingsError):
        read_toml(DEEP[case])
    assert process_time() - begun < 1


def keys(depth: int, count: int) -> str:
    return "".join(".".join(["a"] * depth + [f"k{i}"]) + " = 1\n" for i in range(count))


HARD = {
    "keys": keys(48, 240),
    "few keys": keys(48, 2),
    "tables": "".join(f"[{'a.' * 48}k{i}]\n" for i in range(240)),
    "a table and keys": f"[{'a.' * 20}b]\n" + keys(20, 200),
    "in one line": "x = {" + ",".join(f"{'a.' * 40}k{i} = 1" for i in range(240)) + "}",
}


@pytest.mark.parametrize("case", HARD)
def test_a_line_is_not_looked_for_without_end(case):
    text = HARD[case]
    first = next(iter(read_toml(text)))
    begun = process_time()
    assert line_of(text, (first,)) is None
    assert process_time() - begun < 1


def test_lines_of_usual_depth_are_told():
    text = "name = 'a'\n\n[arms.first]\nprotocol.hold_s = 3\nprotocol.rise_s = 5\n"
    assert line_of(text, ("arms", "first", "protocol", "rise_s")) == 5
