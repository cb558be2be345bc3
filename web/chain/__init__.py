"""The chain map: what each node has, lacks and hangs on."""

from flask import Flask


def register_chain(app: Flask) -> None:
    pass
