"""Tables as people keep them: text, workbooks, other programs' files, labels."""
