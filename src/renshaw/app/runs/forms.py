"""What the forms of studies and goals share."""

from __future__ import annotations

from dataclasses import replace

from renshaw.app.forms import Group


def calm(group: Group) -> Group:
    """Leave out limits that no reader needs, such as 1e+06."""
    fields = (
        replace(field, allowed="" if "e+" in field.maximum else field.allowed)
        for field in group.fields
    )
    return replace(group, fields=tuple(fields))
