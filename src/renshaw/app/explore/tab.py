"""What the page shows of the tab Explore."""

from renshaw.app.explore.routes import ROUTES, during
from renshaw.app.tabs import Tab

TAB = Tab("explore", "Explore", ROUTES, during)
