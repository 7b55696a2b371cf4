"""Discharges around stimuli: counts, rates, responses, and what chance does."""
