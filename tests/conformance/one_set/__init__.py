"""One set of motor units in every layout that laboratories have, written without renshaw."""

from __future__ import annotations

from one_set import binaries, tables

LAYOUTS = {layout.name: layout for layout in (*binaries.LAYOUTS, *tables.LAYOUTS)}
