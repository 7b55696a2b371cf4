"""What is said about a release in several places agrees."""

from __future__ import annotations

import re
from pathlib import Path

from renshaw.core.version import __version__

ROOT = Path(__file__).parents[2]


def test_version_citation_and_changelog_agree() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    cited = re.search(r"^version: (.+)$", citation, flags=re.M)
    dated = re.search(r"^date-released: (\d{4}-\d\d-\d\d)$", citation, flags=re.M)
    assert cited is not None and cited[1].strip("\"'") == __version__
    assert dated is not None
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\S+) \((.+)\)$", changes, flags=re.M)
    assert newest is not None, "CHANGELOG.md begins with a heading: ## X.Y.Z (date or unreleased)"
    assert newest[1] == __version__
    assert newest[2] in ("unreleased", dated[1])
