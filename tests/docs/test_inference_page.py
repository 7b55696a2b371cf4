"""The tables of docs/inference.md are those of the networks that are shipped."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from renshaw.inference.trained import shipped

DOCS = Path(__file__).parents[2] / "docs"


def script():
    spec = importlib.util.spec_from_file_location("make_inference", DOCS / "make_inference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["parameters", "summaries", "made", "state", "change"])
def test_tables_are_the_present_ones(name):
    made = script()
    trained = shipped()
    wanted = {
        "parameters": made.parameter_table,
        "summaries": made.summary_table,
        "made": lambda: made.made_words(trained),
        "state": lambda: made.recovery_table(trained.state),
        "change": lambda: made.recovery_table(trained.change),
    }[name]()
    page = (DOCS / "inference.md").read_text(encoding="utf-8")
    shown = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- end -->", page, flags=re.S)[1]
    assert shown == wanted, "run: uv run docs/make_inference.py"
