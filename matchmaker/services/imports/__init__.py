"""Real input: tables of organisations, offers, needs, facilities and funds, read, checked, applied, and taken back.

`reading.read_table` -> `previews.preview` -> `applying.apply_all` or `apply_good_rows` -> `undoing.undo`.
This package imports nothing, because the child process that opens workbooks starts through it and has little memory.
"""
