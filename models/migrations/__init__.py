"""Bringing a database to the present schema, and back."""

from pathlib import Path

from alembic import command
from alembic.config import Config


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    command.upgrade(_config(url), revision)


def downgrade(url: str, revision: str = "base") -> None:
    command.downgrade(_config(url), revision)


def check(url: str) -> None:
    """Raise alembic's CommandError where the tables and the migrations differ."""
    command.check(_config(url))


def revise(url: str, message: str) -> None:
    """Write a new migration for what changed in the tables; read it before you keep it."""
    command.revision(_config(url), message=message, autogenerate=True)
