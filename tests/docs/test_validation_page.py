"""The table of targets can be put into docs/validation.md."""

from __future__ import annotations

import importlib.util
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def script():
    spec = importlib.util.spec_from_file_location("make_targets", DOCS / "make_targets.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_of_targets_can_be_put_into_the_page(tmp_path):
    import pandas as pd

    page = tmp_path / "validation.md"
    page.write_text((DOCS / "validation.md").read_text(encoding="utf-8"), encoding="utf-8")
    rows = [
        ("T2b GM: delta F", "what | how", "data", "fitted", 3.0, 4.0, 3.5, 3.2, 3.8, True),
        ("T9 drug", "change", "trial", "predicted", -1.0, -0.5, 0.2, 0.1, 0.3, False),
    ]
    names = ["target", "description", "source", "role", "low", "high"]
    names += ["value", "ci_low", "ci_high", "pass"]
    table = script().target_table(pd.DataFrame(rows, columns=names))
    script().fill(page, "targets", table)
    text = page.read_text(encoding="utf-8")
    assert "1 of 2 targets are met: 1 of 1 fitted, 0 of 1 predicted." in text
    assert "| GM: ΔF | what / how | 3 to 4 | 3.5 (3.2 to 3.8) | met, fitted | data |" in text
    assert (
        "| drug | change | −1 to −0.5 | 0.2 (0.1 to 0.3) | **missed**, predicted | trial |" in text
    )
    assert text.count("<!-- end -->") == 6
