"""The tab Study: begin a study, come back to it, look at what it found."""

from renshaw.app.study.routes import ROUTES
from renshaw.app.tabs import Tab

TAB = Tab("study", "Study", ROUTES)
