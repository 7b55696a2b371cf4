"""The tab Explore."""

from renshaw.app.explore.routes import ROUTES, during
from renshaw.app.tab import TABS, Tab

TAB = TABS.add(Tab("explore", "Explore", ROUTES, 10, during=during))
