"""A fitted model as it is shown: its noun, its tables, and how a fit becomes them."""
