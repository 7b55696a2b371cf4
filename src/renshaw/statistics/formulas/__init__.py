"""Formulas as R's: parsed by hand, never evaluated, and turned into design matrices."""
