"""The tabs of the page, one module each, which adds its tab to the register."""
