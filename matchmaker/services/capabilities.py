"""Finding capabilities of the taxonomy: by search words, and in what a person has written."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.services.paging import Page, page_of
from models.taxonomy import Capability, ChainNode

MOST_SUGGESTIONS = 8
LONGEST_TEXT = 10_000

# People name the thing, the taxonomy names the activity: 座舱域控制器 for 座舱域控制器开发.
ACTIVITY_ZH = re.compile(
    r"(?:设计与制造|研发与制造|封装与测试|封装测试|设计|研发|开发|制备|制造|生产|加工|集成|测试|检测|验证|服务|技术|工艺|组装|装配|封装|咨询|系统|与)+$"
)
ACTIVITY_EN = re.compile(
    r"(?:\s+(?:and|design|development|production|manufacturing|manufacture|making|machining|integration|testing|test|"
    r"verification|validation|services?|engineering|assembly))+$"
)


@dataclass(frozen=True)
class Suggestion:
    """A capability that a text speaks of, with the words that say so."""

    capability: Capability
    words: tuple[str, ...]


def suggest_capabilities(session: Session, text: str, *, most: int = MOST_SUGGESTIONS) -> Sequence[Suggestion]:
    """Capabilities whose names or synonyms, Chinese or English, stand in `text`; the longest words first.

    After them come the capabilities of chain nodes that the text names as a whole.
    """
    capabilities = {capability.code: capability for capability in session.exec(select(Capability))}
    found = match_terms(text, terms_of(capabilities.values()))
    ranked = sorted(found.items(), key=lambda item: (-max(map(len, item[1])), item[0]))
    by_node = match_terms(text, _terms_of_nodes(session, capabilities.values()))
    ranked += [(code, words) for code, words in by_node.items() if code not in found]
    return [Suggestion(capabilities[code], words) for code, words in ranked[:most]]


def terms_of(capabilities: Iterable[Capability]) -> dict[str, set[str]]:
    """Term -> codes, folded; a term may name more than one capability."""
    terms: dict[str, set[str]] = {}
    for capability in capabilities:
        synonyms = f"{capability.synonyms_zh}|{capability.synonyms_en}".split("|")
        names = [capability.name_zh, capability.name_en, *_things(capability)]
        for name in (*names, *synonyms):
            if _says_enough(term := fold(name)):
                terms.setdefault(term, set()).add(capability.code)
    return terms


def match_terms(text: str, terms: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Code -> the terms of it in `text`. At each place the longest term counts, so 域控制器 hides 控制器."""
    if not terms:
        return {}
    by_length = sorted(terms, key=lambda term: (-len(term), term))
    pattern = re.compile("|".join(_bounded(term) for term in by_length))
    found: dict[str, dict[str, None]] = {}
    for match in pattern.finditer(fold(text[:LONGEST_TEXT])[:LONGEST_TEXT]):  # one sign may fold into eighteen
        for code in sorted(terms[match.group()]):
            found.setdefault(code, {})[match.group()] = None
    return {code: tuple(words) for code, words in found.items()}


def search_capabilities(session: Session, query: str, *, page: int = 1) -> Page[Capability]:
    """Capabilities that hold every word of `query` in a name or synonym, or in their chain node's name, by node."""
    wanted = sa.select(Capability).join(ChainNode, col(ChainNode.code) == col(Capability.node_code))
    columns = (
        Capability.name_zh,
        Capability.name_en,
        Capability.synonyms_zh,
        Capability.synonyms_en,
        ChainNode.name_zh,
        ChainNode.name_en,
    )
    for word in fold(query[:200]).split()[:8]:
        hits = (sa.func.lower(col(column)).contains(word, autoescape=True) for column in columns)
        wanted = wanted.where(sa.or_(*hits))
    return page_of(session, wanted.order_by(col(Capability.node_code), col(Capability.code)), number=page)


def list_capabilities(session: Session, codes: Iterable[str]) -> dict[str, Capability]:
    """The capabilities with these codes, by code."""
    found = session.exec(select(Capability).where(col(Capability.code).in_(list(codes))))
    return {capability.code: capability for capability in found}


def fold(text: str) -> str:
    """Full-width to half-width, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def _terms_of_nodes(session: Session, capabilities: Iterable[Capability]) -> dict[str, set[str]]:
    """Node name -> the codes of its capabilities."""
    nodes = {node.code: node for node in session.exec(select(ChainNode))}
    terms: dict[str, set[str]] = {}
    for capability in capabilities:
        node = nodes[capability.node_code]
        for name in (node.name_zh, node.name_en):
            terms.setdefault(fold(name), set()).add(capability.code)
    return terms


def _things(capability: Capability) -> list[str]:
    """The thing in the capability's name, where enough of the name is left to mean just that."""
    thing_zh = ACTIVITY_ZH.sub("", capability.name_zh)
    thing_en = ACTIVITY_EN.sub("", capability.name_en.lower())
    return [thing_zh] * (len(thing_zh) >= 4) + [thing_en] * (len(thing_en.split()) >= 2)


def _says_enough(term: str) -> bool:
    """Two Chinese characters name something; two Latin letters are a word of any language."""
    return len(term) >= (3 if term.isascii() else 2)


def _bounded(term: str) -> str:
    """A Latin word counts only as a whole word; Chinese has no such ends."""
    start = r"(?<![a-z0-9])" if term[0].isascii() else ""
    end = r"(?![a-z0-9])" if term[-1].isascii() else ""
    return start + re.escape(term) + end
