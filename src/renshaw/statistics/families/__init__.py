"""How responses scatter, what their effects are called, and whether the family fits."""
