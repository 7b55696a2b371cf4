"""The tab Study: begin a study, come back to it, look at what it found."""
