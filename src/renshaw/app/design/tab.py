"""What the page shows of the tab Design."""

from renshaw.app.design.routes import ROUTES
from renshaw.app.tabs import Tab

TAB = Tab("design", "Design", ROUTES)
