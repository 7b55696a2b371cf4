"""Equations and constants as in the papers: mechanisms, the pool, the participant."""
