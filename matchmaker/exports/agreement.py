"""The draft agreement of a consortium: a frozen value, and the document that it makes in either language."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from matchmaker.exports import phrases as p
from matchmaker.exports.content import (
    Block,
    Document,
    Heading,
    Language,
    Line,
    Notice,
    Paragraph,
    Phrase,
    Span,
    Table,
    blank,
    blanks_in,
    clean,
    plain,
    strong,
)
from matchmaker.exports.figures import day, money, percent

NUMBERED = re.compile(r"^([一二三四五六七八九十]+、|[0-9]+\. )")


@dataclass(frozen=True, kw_only=True)
class Party:
    """A member with its seat. None and "" are blanks."""

    name: Phrase
    role: Phrase
    uscc: str = ""
    address: str = ""
    is_lead: bool = False
    tasks: str = ""
    money: float | None = None
    own_money: float | None = None
    benefit_percent: float | None = None
    signed_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Right:
    """A line of the IP matrix; owners and users are names of parties."""

    title: str
    owners: tuple[Phrase, ...] = ()
    users: tuple[Phrase, ...] = ()
    terms: str = ""


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Everything that the document says, and nothing else."""

    name: Phrase
    goal: Phrase
    challenge: Phrase | None
    parties: tuple[Party, ...]
    background: tuple[Right, ...]
    foreground: tuple[Right, ...]
    organs: str
    liable_body: str
    breach: str
    entry_exit: str
    secrecy: str
    budget: float | None
    starts_on: date | None
    months: int | None
    version: int | None
    dated: date
    is_signed: bool


def checksum(agreement: Agreement) -> str:
    """SHA-256 of the content: two documents with the same one say the same."""
    text = json.dumps(asdict(agreement), ensure_ascii=False, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def agreement_document(agreement: Agreement, language: Language) -> Document:
    body = _body(agreement, language)
    return Document(
        title=(p.TITLE if agreement.is_signed else p.DRAFT_TITLE)(language),
        subtitle=in_language(agreement.name, language),
        language=language,
        made_on=agreement.dated,
        author=p.AUTHOR(language),
        running_head=(p.SIGNED_HEAD if agreement.is_signed else p.DRAFT_HEAD)(language),
        facts=_facts(agreement, language),
        blocks=(*_front(agreement, body, language), *body),
    )


def in_language(phrase: Phrase, language: Language) -> str:
    """In the language of the document, or in the one there is: a name without a translation is still the name."""
    return clean(phrase(language) or phrase.zh or phrase.en)


def _facts(agreement: Agreement, language: Language) -> tuple[tuple[str, str], ...]:
    leads = [in_language(party.name, language) for party in agreement.parties if party.is_lead]
    version = str(agreement.version) if agreement.version else p.UNSAVED(language)
    facts = [(p.LEAD(language), ", ".join(leads))]
    if agreement.challenge:
        facts.append((p.CHALLENGE(language), in_language(agreement.challenge, language)))
    return (
        *facts,
        (p.VERSION(language), version),
        (p.DATED(language), day(agreement.dated, language)),
        (p.CHECKSUM(language), checksum(agreement)[:32]),
    )


def _front(agreement: Agreement, body: Sequence[Block], language: Language) -> list[Block]:
    """What is missing stands before everything else."""
    if agreement.is_signed:
        return []
    missing = blanks_in(body)
    title = p.BLANKS_TITLE(language, count=len(missing)) if missing else p.NO_BLANKS(language)
    items = tuple((Span(what, blank=what),) for what in missing)
    return [Notice(p.DRAFT_NOTICE(language)), Notice(title, items)]


def _body(agreement: Agreement, language: Language) -> tuple[Block, ...]:
    sections: tuple[Callable[[Agreement, Language], Iterable[Block]], ...] = (
        _parties,
        _goal,
        _seats,
        _money,
        _benefit,
        _ip,
        _articles,
        _signatures,
    )
    return tuple(block for section in sections for block in section(agreement, language))


def _parties(agreement: Agreement, language: Language) -> Iterable[Block]:
    yield Heading(p.PARTIES(language))
    yield Paragraph(plain(p.PARTIES_LEAD(language, name=in_language(agreement.name, language))))
    yield Table(
        p.PARTIES(language),
        (p.NUMBER(language), p.PARTY(language), p.CODE(language), p.ADDRESS(language)),
        tuple(
            (
                plain(str(number)),
                plain(in_language(party.name, language)),
                _of(party, party.uscc, p.CODE, language),
                _of(party, party.address, p.ADDRESS, language),
            )
            for number, party in enumerate(agreement.parties, start=1)
        ),
        (1, 6, 5, 6),
    )


def _goal(agreement: Agreement, language: Language) -> Iterable[Block]:
    yield Heading(p.GOAL(language))
    goal = in_language(agreement.goal, language)
    yield Paragraph(plain(goal) if goal else blank(p.GOAL_BLANK(language), language))
    start = plain(day(agreement.starts_on, language)) if agreement.starts_on else blank(p.START(language), language)
    months = plain(str(agreement.months)) if agreement.months else blank(p.MONTHS(language), language)
    yield Paragraph(_filled(p.TERM(language), start=start, months=months))


def _seats(agreement: Agreement, language: Language) -> Iterable[Block]:
    yield Heading(p.SEATS(language))
    yield Table(
        p.SEATS(language),
        (p.SEAT(language), p.PARTY(language), p.TASKS(language)),
        tuple(
            (
                strong(_role(party, language)),
                plain(in_language(party.name, language)),
                _of(party, party.tasks, p.TASKS, language),
            )
            for party in agreement.parties
        ),
        (3, 4, 9),
    )


def _money(agreement: Agreement, language: Language) -> Iterable[Block]:
    yield Heading(p.MONEY(language))
    budget = (
        plain(money(agreement.budget, language))
        if agreement.budget is not None
        else blank(p.MONEY_LEAD(language), language)
    )
    yield Paragraph((*plain(p.MONEY_LEAD(language)), Span(Phrase("：", ": ")(language)), *budget))
    rows = [
        (
            plain(in_language(party.name, language)),
            _figure(party, party.money, p.RECEIVES, money, language),
            _figure(party, party.own_money, p.BRINGS, money, language),
        )
        for party in agreement.parties
    ]
    totals = [
        strong(money(sum(known), language)) if (known := _known(agreement.parties, name)) else plain("—")
        for name in ("money", "own_money")
    ]
    yield Table(
        p.MONEY(language),
        (p.PARTY(language), p.RECEIVES(language), p.BRINGS(language)),
        (*rows, (strong(p.SUM(language)), totals[0], totals[1])),
        (6, 4, 4),
        frozenset({1, 2}),
        has_total=True,
    )


def _benefit(agreement: Agreement, language: Language) -> Iterable[Block]:
    yield Heading(p.BENEFIT(language))
    rows = [
        (
            plain(in_language(party.name, language)),
            _figure(party, party.benefit_percent, p.SHARE, percent, language),
        )
        for party in agreement.parties
    ]
    known = _known(agreement.parties, "benefit_percent")
    hundredths = sum(round(share * 100) for share in known)
    yield Table(
        p.BENEFIT(language),
        (p.PARTY(language), p.SHARE(language)),
        (*rows, (strong(p.SUM(language)), strong(percent(hundredths / 100, language)))),
        (10, 4),
        frozenset({1}),
        has_total=True,
    )


def _ip(agreement: Agreement, language: Language) -> Iterable[Block]:
    yield Heading(p.IP(language))
    for title, rights in ((p.BACKGROUND, agreement.background), (p.FOREGROUND, agreement.foreground)):
        yield Heading(title(language), level=2)
        if rights:
            yield _rights(title(language), rights, language)
        else:
            yield Paragraph(blank(title(language), language))


def _rights(caption: str, rights: Sequence[Right], language: Language) -> Table:
    def names(parties: Sequence[Phrase], right: Right, what: Phrase) -> Line:
        if parties:
            return plain(Phrase("、", ", ")(language).join(in_language(name, language) for name in parties))
        return blank(p.OF(language, party=right.title, what=what(language)), language)

    return Table(
        caption,
        (p.RIGHT(language), p.OWNERS(language), p.USERS(language), p.TERMS(language)),
        tuple(
            (
                plain(right.title),
                names(right.owners, right, p.OWNERS),
                names(right.users, right, p.USERS),
                plain(right.terms)
                if right.terms
                else blank(p.OF(language, party=right.title, what=p.TERMS(language)), language),
            )
            for right in rights
        ),
        (5, 4, 4, 5),
    )


def _articles(agreement: Agreement, language: Language) -> Iterable[Block]:
    for title, text in (
        (p.ORGANS, agreement.organs),
        (p.LIABLE, agreement.liable_body),
        (p.BREACH, agreement.breach),
        (p.ENTRY_EXIT, agreement.entry_exit),
        (p.SECRECY, agreement.secrecy),
    ):
        yield Heading(title(language))
        paragraphs = [part for part in clean(text).split("\n") if part.strip()]
        yield from [Paragraph(plain(part)) for part in paragraphs] or [
            Paragraph(blank(_unnumbered(title(language)), language))
        ]


def _signatures(agreement: Agreement, language: Language) -> Iterable[Block]:
    yield Heading(p.SIGNATURES(language))
    yield Table(
        p.SIGNATURES(language),
        (p.PARTY(language), p.SIGNATURE(language)),
        tuple(
            (
                plain(in_language(party.name, language)),
                plain(
                    p.SIGNED_ON(language, day=day(party.signed_on, language))
                    if party.signed_on
                    else p.SIGN_HERE(language)
                ),
            )
            for party in agreement.parties
        ),
        (6, 9),
    )


def _role(party: Party, language: Language) -> str:
    role = in_language(party.role, language) or p.NO_SEAT_NAME(language)
    return p.LEADS(language, role=role) if party.is_lead else role


def _of(party: Party, text: str, what: Phrase, language: Language) -> Line:
    """What a party has said, or a blank that names the party and the thing."""
    if clean(text):
        return plain(text)
    return blank(p.OF(language, party=in_language(party.name, language), what=what(language)), language)


def _figure(
    party: Party, value: float | None, what: Phrase, write: Callable[[float, Language], str], language: Language
) -> Line:
    return _of(party, "" if value is None else write(value, language), what, language)


def _known(parties: Iterable[Party], name: str) -> list[float]:
    return [value for party in parties if (value := getattr(party, name)) is not None]


def _unnumbered(title: str) -> str:
    return NUMBERED.sub("", title)


def _filled(sentence: str, **places: Line) -> Line:
    """The sentence with a line at each named place."""
    line: list[Span] = []
    for number, part in enumerate(sentence.replace("}", "{").split("{")):
        line += places[part] if number % 2 else [Span(part)]
    return tuple(line)
