"""The tab Design: from a goal to a therapy, beside all that was tried."""
