"""What the forms of studies and goals share."""

from __future__ import annotations

from dataclasses import replace

from renshaw.app.forms import Group


def calm(group: Group) -> Group:
    """Leave out limits that nobody comes near, such as 1e+06; whoever does is told."""
    fields = (replace(f, allowed="") if "e+" in f.allowed else f for f in group.fields)
    return replace(group, fields=tuple(fields))
