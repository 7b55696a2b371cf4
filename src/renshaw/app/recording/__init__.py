"""The tab Recording: drop in a recording, look at it, set units aside, correct their discharges."""

from renshaw.app.recording.routes import ROUTES
from renshaw.app.tabs import Tab

TAB = Tab("recording", "Recording", ROUTES)
