"""What tables mean: which columns are units, times, torque or EMG, and the recording they make.

A table may come from a text file or from a sheet of a workbook. `names` tells what a column is by
its head, in six languages; `layouts` which layout a table has, by heads and content; each layout is
a file: a row a discharge (`long`), a column or a row a unit (`columns`, `rows`), zeros and ones or
raw signals (`matrix`).
"""
