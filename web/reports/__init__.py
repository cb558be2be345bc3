"""Match runs and reports: asking for them, following, reading, signing, scheduling."""

from flask import Flask


def register_reports(app: Flask) -> None:
    pass
