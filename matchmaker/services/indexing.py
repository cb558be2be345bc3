"""Building the index anew from the tables."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from matchmaker import index
from matchmaker.instance import Instance
from matchmaker.services import calendar
from matchmaker.store import read_profiles
from matchmaker.store.encoders import name_of_encoder, open_encoder
from matchmaker.store.search import read_search
from models.base import utc_now
from models.sessions import reading


@dataclass(frozen=True)
class Built:
    version: str
    organisations: int
    offers: int
    projects: int
    encoder: str


def refresh(instance: Instance, *, today: date | None = None, advance: Callable[[int], None] = lambda _: None) -> Built:
    """Read every table, encode what is new, and make the result the current index.

    Readers go on with the old index until the new one is whole. `advance` is told of texts as they are encoded, which
    is what takes long.
    """
    read_at = utc_now()
    with reading(instance.engine) as session:
        encoder = open_encoder(instance, session, advance=advance)
        profiles = read_profiles(session, encoder, today=today or calendar.today())
        advance(0)  # whoever counts may want to stop here
        search = read_search(session)
    advance(0)
    version = index.write(instance.index_folder, profiles, search, read_at=read_at, encoder=encoder.name)
    return Built(
        version=version,
        organisations=len(profiles.organisations),
        offers=len(profiles.offers),
        projects=len(profiles.history),
        encoder=encoder.name,
    )


def remember_vectors(instance: Instance, path: Path) -> None:
    """Take over vectors that were encoded elsewhere, such as those that come with the demo."""
    with reading(instance.engine) as session:
        open_encoder(instance, session).load(path)


def is_built(instance: Instance) -> bool:
    """Whether there is an index that this code can read, made with the encoder that this machine runs."""
    return index.is_readable(instance.index_folder, encoder=name_of_encoder(instance))
