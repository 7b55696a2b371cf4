"""The documentation site: ``scripts/docs`` builds it from the Markdown of ``docs``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from reference import write_reference

import renshaw as rs

project = "renshaw"
author = "The renshaw developers"
copyright = author
version = release = rs.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.intersphinx",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["**/README.md"]
myst_enable_extensions = ["colon_fence", "deflist"]
# Pages link to the headings of others, as they do where the Markdown is read as it is.
myst_heading_anchors = 4
suppress_warnings = ["misc.highlighting_failure"]

html_theme = "furo"
html_title = f"renshaw {release}"
html_static_path = []
html_css_files = []

autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
# The backticks of docstrings name things of the house, most of which have no page of their own.
default_role = "literal"
intersphinx_mapping: dict[str, tuple[str, None]] = {}


def setup(app: object) -> None:
    """Write the pages of the reference before Sphinx looks for pages."""
    write_reference(Path(str(app.srcdir)))  # type: ignore[attr-defined]
