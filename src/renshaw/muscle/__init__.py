"""Muscle units: from discharges to force, and to the surface electromyogram."""

from renshaw.muscle.twitches import Twitches, fusion_gain

__all__ = ["Twitches", "fusion_gain"]
