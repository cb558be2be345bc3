"""What each test, with an app and a database of its own, would compile anew: most of its time. Once is enough."""

from collections.abc import Callable
from types import MethodType
from typing import Any

import sqlalchemy as sa
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.engine import Engine
from werkzeug.routing import Rule


class Templates(BytecodeCache):
    """Their code, for all apps."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.codes[bucket.key, bucket.checksum] = bucket.code


def addresses_once() -> Callable[[Rule], None]:
    """Werkzeug makes patterns and functions of an app's addresses, the same ones for every app."""
    compile_anew = Rule.compile
    compiled: dict[object, Rule] = {}

    def remember(rule: Rule) -> None:
        key = (rule.rule, rule.subdomain, repr(rule.defaults), rule.merge_slashes)
        first = compiled.setdefault(key, rule)
        if first is rule:
            compile_anew(rule)
            return
        rule._parts, rule._trace, rule._converters = first._parts, first._trace, first._converters
        rule.arguments = first.arguments
        for build in ("_build", "_build_unknown"):
            setattr(rule, build, MethodType(getattr(first, build).__func__, rule))

    return remember


def statements_once() -> Callable[[Engine], None]:
    """Statements are remembered by dialect and engine, so those of the first serve all engines of ours on SQLite."""
    first = sa.create_engine("sqlite://", query_cache_size=20_000)
    first.connect().close()  # the dialect asks what the database can do
    first.dispose()  # its own connection is of no use any more, and Python 3.13 would warn of it

    def share(engine: Engine) -> None:
        if engine.hide_parameters:
            engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache

    return share
