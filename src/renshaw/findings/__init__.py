"""What every verb found, in sentences: the only place where they are written.

One module a noun, named as the noun (``study_result`` for `StudyResult`), so that the findings of
one are made without loading the rooms of the others. Terminal, report, page and sheet print these.
"""
