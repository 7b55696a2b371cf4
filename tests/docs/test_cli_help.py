"""The help names every setting with its default, every command, and every exit code."""

from __future__ import annotations

import re

import pytest

import renshaw as rs
from renshaw.cli import app, failures
from renshaw.core.settings import Settings


def help_of(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert app.main([*words, "--help"]) == 0
    # Borders and line breaks of the panels are no part of the text.
    return re.sub(r"[\s│]+", "", capsys.readouterr().out)


def options(settings: Settings, where: str = "--") -> list[tuple[str, str]]:
    found = []
    for info in settings.describe():
        name, value = where + info.name.replace("_", "-"), getattr(settings, info.name)
        if isinstance(value, Settings):
            found += options(value, f"{name}.")
        else:
            found.append((name, info.help))
    return found


def test_estimate_lists_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    text = help_of(capsys, "estimate")
    listed = options(rs.estimation.rules("renshaw"))
    assert len(listed) > 20
    for name, words in listed:
        assert name in text
        assert re.sub(r"\s", "", words)[1:] in text
    assert "ins;atleast0;default1)" in text
    assert "default2)" in text  # of the rule set renshaw, not of the bare settings


def test_decompose_lists_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    text = help_of(capsys, "decompose")
    for name, words in options(rs.DecomposeSettings()):
        assert name in text
        assert re.sub(r"\s", "", words)[1:] in text


def test_simulate_lists_protocol_and_participant(capsys: pytest.CaptureFixture[str]) -> None:
    text = help_of(capsys, "simulate", "ramp")
    for name, _ in options(rs.Ramp()) + options(rs.Participant()):
        assert name in text


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    # Narrow panels break long option names, and their explanation with them.
    monkeypatch.setenv("COLUMNS", "240")


@pytest.mark.parametrize("command", sorted(app._COMMANDS))
def test_every_command_is_explained_with_an_example(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first = {
        "simulate": ["ramp"],
        "motoneuron": ["fi"],
        "trial": ["crossover"],
        "reflex": ["h-reflex"],
    }
    words = [command, *first.get(command, [])]
    usage, _, explained = help_of(capsys, *words).partition("xample")
    assert f"renshaw{''.join(words)}" in explained, usage


def test_help_documents_commands_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    text = help_of(capsys)
    for command in (*app._COMMANDS, "--version", "--debug"):
        assert command in text
    for code, meaning in failures.EXIT_CODES:
        assert f"{code}{''.join(meaning.split())}" in text


def test_validate_lists_its_settings(capsys: pytest.CaptureFixture[str]) -> None:
    text = help_of(capsys, "validate")
    for name, words in options(rs.validation.ModelValidationSettings()):
        assert name in text
        assert re.sub(r"\s", "", words)[1:] in text
    assert "misses" in text or "missed" in text
