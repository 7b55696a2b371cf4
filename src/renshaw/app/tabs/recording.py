"""The tab Recording."""

from renshaw.app.recording.routes import ROUTES, during
from renshaw.app.tab import TABS, Tab

TAB = TABS.add(Tab("recording", "Recording", ROUTES, 20, during=during))
