"""A report as one document: its cover, its sections in the order that was asked for, its running lines."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker.exports.content import Block, Contents, Document, Front, Heading, Language, Orientation, PageBreak
from matchmaker.services.hashing import sha256_of
from matchmaker.services.reports.content import number_of
from models.enums import ReportKind, ReportSection
from web.i18n import UNKNOWN, current_language, number
from web.labels import label_of
from web.reports.papers.appendix import appendix_blocks
from web.reports.papers.changes import changes_blocks
from web.reports.papers.exposure import exposure_blocks
from web.reports.papers.funnel import funnel_blocks
from web.reports.papers.gaps import gaps_blocks
from web.reports.papers.indicators import indicators_blocks
from web.reports.papers.matches import matches_blocks
from web.reports.papers.method import method_blocks
from web.reports.papers.summary import summary_blocks
from web.reports.papers.words import SHORT_HASH, Content, name, on, span_of_days

ORDINALS_ZH = "一二三四五六七八九十"
TITLES: Mapping[ReportKind, object] = {
    ReportKind.MONTHLY: _l("Monthly report on matching"),
    ReportKind.CHAIN: _l("Report on an industrial chain"),
    ReportKind.CALL: _l("Report on matching for a call"),
    ReportKind.DISTRICT: _l("Report on matching in a district"),
    ReportKind.ORGANISATION: _l("Report on matching for one organisation"),
}


@dataclass(frozen=True)
class Section:
    """`part` is the key of the content without which there is nothing to say."""

    title: object
    blocks: Callable[[Content], Iterator[Block]]
    part: str


SECTIONS: Mapping[ReportSection, Section] = {
    ReportSection.SUMMARY: Section(_l("Findings in brief"), summary_blocks, "summary"),
    ReportSection.FUNNEL: Section(_l("From recommendation to outcome"), funnel_blocks, "funnel"),
    ReportSection.MATCHES: Section(_l("Matches and their grounds"), matches_blocks, "matches"),
    ReportSection.GAPS: Section(_l("Gaps of the industrial chain"), gaps_blocks, "gaps"),
    ReportSection.INDICATORS: Section(_l("Structural indicators of the scope"), indicators_blocks, "indicators"),
    ReportSection.EXPOSURE: Section(_l("Exposure and crowding of lists"), exposure_blocks, "exposure"),
    ReportSection.CHANGES: Section(_l("Changes since the report before"), changes_blocks, "changes"),
    ReportSection.METHOD: Section(_l("Method and sources"), method_blocks, "method"),
    ReportSection.APPENDIX: Section(_l("Appendix: every score"), appendix_blocks, "matches"),
}


def report_document(content: Content) -> Document:
    """In the language of the moment."""
    checksum = sha256_of(content)
    return Document(
        title=str(TITLES[ReportKind(content["kind"])]),
        subtitle=_("%(scope)s, %(period)s", scope=_scope_name(content), period=_period(content)),
        language=Language(current_language()),
        made_on=date.fromisoformat(content["as_of"]),
        author=_("Matchmaker, the platform of the region's innovation consortia"),
        running_head=str(TITLES[ReportKind(content["kind"])]),
        facts=tuple(_facts(content, checksum)),
        blocks=tuple(_blocks(content)),
        front=Front.COVER,
        running_foot=_(
            "No. %(number)s, as of %(day)s, checksum %(hash)s",
            number=number_of(content, checksum),
            day=on(content["as_of"]),
            hash=checksum[:SHORT_HASH],
        ),
    )


def _scope_name(content: Content) -> str:
    scope = content["scope"]
    named = name(scope)
    return label_of("ScopeKind", scope["kind"]) if named == UNKNOWN else named


def _period(content: Content) -> str:
    return span_of_days(content["period"]["from"], content["period"]["to"])


def _facts(content: Content, checksum: str) -> Iterator[tuple[str, str]]:
    scope = content["scope"]
    yield _("Number of the report"), number_of(content, checksum)
    yield (
        _("Scope of the report"),
        _("%(name)s (%(kind)s)", name=_scope_name(content), kind=label_of("ScopeKind", scope["kind"])),
    )
    yield _("Organisations in the scope"), number(scope["organisations"])
    yield _("Period of the report"), _period(content)
    yield _("Figures as of"), on(content["as_of"])
    yield _("Preset of weights"), _preset(content)
    if content["anonymous"]:
        yield _("Names of organisations"), _("Organisations are numbered; their names are left out.")
    yield _("Made by"), _("Matchmaker, the platform of the region's innovation consortia")
    yield _("Checksum (SHA-256)"), checksum


def _preset(content: Content) -> str:
    method = content["method"]
    return name(method["preset"], "preset_name") if method and method.get("preset") else content["versions"]["preset"]


def _blocks(content: Content) -> Iterator[Block]:
    sections = list(_wanted(content))
    if len(sections) > 1:
        yield PageBreak()
        yield Contents(_("Contents of the report"))
    for place, (key, section) in enumerate(sections):
        if key is ReportSection.APPENDIX:
            yield PageBreak(Orientation.LANDSCAPE)
        elif place == 0 or sections[place - 1][0] is ReportSection.APPENDIX:
            yield PageBreak()
        yield Heading(f"{_ordinal(place)}{section.title}", anchor=key.value)
        yield from section.blocks(content)


def _wanted(content: Content) -> Iterator[tuple[ReportSection, Section]]:
    for code in content["sections"]:
        key = ReportSection(code)
        if content[SECTIONS[key].part] is not None:
            yield key, SECTIONS[key]


def _ordinal(place: int) -> str:
    return f"{ORDINALS_ZH[place]}、" if current_language() == "zh" else f"{place + 1}. "
