"""The tab Explore: turn the knobs of a spinal cord and see what it does."""

from renshaw.app.explore.routes import ROUTES, during
from renshaw.app.tabs import Tab

TAB = Tab("explore", "Explore", ROUTES, during)
