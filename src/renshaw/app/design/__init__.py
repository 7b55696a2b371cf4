"""The tab Design: from a goal to a therapy, beside all that was tried."""

from renshaw.app.design.routes import ROUTES
from renshaw.app.tabs import Tab

TAB = Tab("design", "Design", ROUTES)
