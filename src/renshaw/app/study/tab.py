"""What the page shows of the tab Study."""

from renshaw.app.study.routes import ROUTES
from renshaw.app.tabs import Tab

TAB = Tab("study", "Study", ROUTES)
