"""Keys and ids: the same key has the same id in every instance."""

from uuid import UUID, uuid5

SOURCE = "demo"
NAMESPACE = UUID("6f1d5c1e-0a52-4d0e-9a5f-336182026112")
# The organisation of the demo's SME person.
HERO = "plot-00-owner-1"


def identity(key: str) -> UUID:
    return uuid5(NAMESPACE, key)
