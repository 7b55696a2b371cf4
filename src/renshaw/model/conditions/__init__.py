"""Conditions of the cord, each with a severity from 0 (as in health) to 1.

What is measured is the direction of each change; sizes are assumptions, chosen so that spasms look
as recorded (`renshaw validate`). What ends them is in `renshaw.model.run_down`.
"""

from renshaw.model.conditions.register import (
    CONDITIONS,
    HEALTHY,
    CordCondition,
    condition_cord,
)

__all__ = ["CONDITIONS", "HEALTHY", "CordCondition", "condition_cord"]
