"""The page: look at a spinal cord, turn its knobs, drop in a recording."""
