"""The page: look at a spinal cord, turn its knobs, drop in a recording.

A form before each verb and a picture after it; no science lives here. `renshaw app` starts it on
127.0.0.1, for one person and one folder.
"""
