"""What the forms of studies and goals share."""

from __future__ import annotations

from dataclasses import replace

from renshaw.app.forms import Group

# Words of a unit inside a name; the unit stands beside the label anyway.
_UNITS = (" pct", " mC per h")


def calm(group: Group) -> Group:
    """Leave out what no reader needs: far limits such as 1e+06, and units inside labels."""
    fields = []
    for field in group.fields:
        label = field.label
        for unit in _UNITS:
            label = label.replace(unit, "")
        allowed = "" if "e+" in field.allowed else field.allowed
        fields.append(replace(field, label=label, allowed=allowed))
    return replace(group, fields=tuple(fields))
