"""Conditions of the cord, each with a severity from 0 (as in health) to 1.

What is measured is the direction of each change; sizes are assumptions. How much inward current
receptors bring back that are active by themselves is a constant of each edition
(`renshaw.model.effects`), sought so that spasms look as recorded; what ends spasms is in
`renshaw.model.run_down`.
"""

from renshaw.model.conditions.register import (
    CONDITIONS,
    HEALTHY,
    CordCondition,
    condition_cord,
)

__all__ = ["CONDITIONS", "HEALTHY", "CordCondition", "condition_cord"]
