"""The vocabularies that mandates and firms share, and which excluded words a term falls under."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from matchmaker.names import fold_text
from matchmaker.store.reading import Vocabulary
from models.funds import Mandate
from models.taxonomy import CertificationScheme, ChainNode, District

SHORTEST_WORD = 2  # a single character is part of too many words


def read_vocabulary(session: Session, *, also: Iterable[Mandate] = ()) -> Vocabulary:
    """Chain nodes, places, schemes and words of exclusion of all mandates, and of `also` some that are not saved."""
    vocabulary = Vocabulary(
        {
            "nodes": session.exec(select(ChainNode.code).order_by(ChainNode.code)).all(),
            "schemes": session.exec(select(CertificationScheme.code).order_by(CertificationScheme.code)).all(),
            "places": session.exec(select(District.code).order_by(District.code)).all(),
            "words": [],
        }
    )
    stored = session.exec(select(Mandate.exclusions, Mandate.districts).order_by(col(Mandate.id))).all()
    for exclusions, districts in [*stored, *((one.exclusions, one.districts) for one in also)]:
        for word in exclusion_words(exclusions):
            vocabulary.row("words", word)
        for code in districts:
            vocabulary.row("places", code)
    return vocabulary


def exclusion_words(exclusions: Iterable[str]) -> list[str]:
    """As they are looked for: folded, and long enough to mean something."""
    return [word for word in map(fold_text, exclusions) if len(word) >= SHORTEST_WORD]


class FallsUnder:
    """Rows of the words of exclusion that are part of a term; every term is looked through once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._words = list(enumerate(vocabulary.codes["words"]))
        self._known: dict[str, tuple[int, ...]] = {}

    def __call__(self, term: str) -> tuple[int, ...]:
        if term not in self._known:
            folded = fold_text(term)
            self._known[term] = tuple(row for row, word in self._words if word in folded)
        return self._known[term]
