"""The tab Design."""

from renshaw.app.design.kind import DESIGN
from renshaw.app.design.routes import ROUTES
from renshaw.app.tab import TABS, Tab

TAB = TABS.add(Tab("design", "Design", ROUTES, 40, runs=DESIGN))
