"""The registry desk: tables on their way in, duplicates, reviews, certifications, freshness, grades."""

from flask import Flask


def register_registry(app: Flask) -> None:
    pass
