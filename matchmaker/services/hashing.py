"""One way to say which inputs or which content something stands for: SHA-256 of canonical JSON."""

import hashlib
import json
from typing import Any


def canonical(value: Any) -> str:
    """The one way to write `value`, which JSON can hold: the same text for the same content, on whatever machine."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def sha256_of(value: Any) -> str:
    return hashlib.sha256(canonical(value).encode("utf-8", "replace")).hexdigest()
