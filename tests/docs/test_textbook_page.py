"""What the clamp shows can be put into docs/textbook.md."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import SimpleNamespace

DOCS = Path(__file__).parents[2] / "docs"


def test_the_table_of_the_clamp_says_potentials_with_a_minus(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS))
    spec = importlib.util.spec_from_file_location("make_textbook", DOCS / "make_textbook.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    seen = SimpleNamespace(amplitude_nA=8.0, onset_mV=-55.94, offset_mV=-59.0, sustained_nA=2.0)
    table = script.clamp_table({"early": seen})
    assert "| starts at | −55.9 mV |" in table
    assert "| left at the onset potential, on the way down | 2.0 nA (25 %) |" in table
    assert "<!-- clamp -->" in (DOCS / "textbook.md").read_text(encoding="utf-8")
