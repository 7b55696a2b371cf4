"""The tab Recording: drop in a recording, look at it, set units aside, correct their discharges."""
