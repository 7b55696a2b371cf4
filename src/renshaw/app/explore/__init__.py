"""The tab Explore: turn the knobs of a spinal cord and see what it does."""
