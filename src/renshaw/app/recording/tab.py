"""What the page shows of the tab Recording."""

from renshaw.app.recording.routes import ROUTES
from renshaw.app.tabs import Tab

TAB = Tab("recording", "Recording", ROUTES)
