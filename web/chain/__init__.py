"""The chain map: what each node has, lacks and hangs on."""

from flask import Flask

from web.chain import limits, nodes, routes  # noqa: F401 - views


def register_chain(app: Flask) -> None:
    app.register_blueprint(routes.bp)
    app.register_blueprint(nodes.bp)
