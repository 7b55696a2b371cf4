"""What Study and Design share: a run is a folder, begun by the page or by the command line.

What there is to know about a run is in its folder; the page only adds the job that is at it now.
"""
