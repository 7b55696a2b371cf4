"""The tab Study."""

from renshaw.app.study.kind import STUDY
from renshaw.app.study.routes import ROUTES
from renshaw.app.tab import TABS, Tab

TAB = TABS.add(Tab("study", "Study", ROUTES, 30, runs=STUDY))
