"""The memo for a fund's investment committee: what is proposed, clause by clause, with what compares, risks, unknowns.

Whoever asks for it words the facts in the memo's language; here they get their order, their headings and their basis.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from matchmaker.exports import phrases
from matchmaker.exports.content import (
    Block,
    Bullets,
    Document,
    Figure,
    Heading,
    Language,
    Notice,
    Paragraph,
    Phrase,
    Span,
    Table,
    blank,
    clean,
    plain,
    strong,
)

TITLE = Phrase("投决备忘录", "Memo for the investment committee")
HEAD = Phrase("内部材料　仅供基金决策使用", "Internal, for the fund's decision only")
PROPOSAL = Phrase("一、拟议投资", "1. Proposal")
FIRM = Phrase("二、企业情况", "2. The firm")
CLAUSES = Phrase("三、条款逐项核对", "3. Clause by clause")
MILESTONES = Phrase("四、里程碑与资金需求", "4. Milestones and money")
COMPARABLES = Phrase("五、可比交易", "5. Comparable deals")
RISKS = Phrase("六、风险", "6. Risks")
UNKNOWNS = Phrase("七、尚不清楚的事项", "7. What is not known")
NOTES = Phrase("八、尽调记录", "8. Notes of the due diligence")
DECISION = Phrase("九、决策", "9. Decision")
BASIS = Phrase("十、数据依据", "10. What this rests on")

CLAUSE_TABLE = Phrase("条款清单", "Clauses")
CLAUSE_HEAD = (
    Phrase("条款", "Clause"),
    Phrase("效力", "Force"),
    Phrase("要求", "What is asked"),
    Phrase("事实", "What it was held against"),
    Phrase("结论", "Outcome"),
)
MILESTONE_TABLE = Phrase("里程碑", "Milestones")
MILESTONE_HEAD = (
    Phrase("成熟度", "TRL"),
    Phrase("达成内容", "What is reached"),
    Phrase("月份", "Month"),
    Phrase("费用（元）", "Cost (CNY)"),
)
DEAL_TABLE = Phrase("可比交易", "Comparable deals")
DEAL_HEAD = (
    Phrase("日期", "Date"),
    Phrase("企业", "Firm"),
    Phrase("阶段", "Stage"),
    Phrase("投资方", "Investors"),
    Phrase("金额（元）", "Amount (CNY)"),
    Phrase("相近之处", "What is alike"),
)
NO_CLAUSES = Phrase("该方案没有列明条款。", "The mandate states no clause.")
NO_MILESTONES = Phrase("企业尚未提供里程碑。", "The firm has given no milestones.")
NO_DEALS = Phrase("没有可比交易记录。", "No comparable deal is on record.")
NO_RISKS = Phrase(
    "依据现有数据未发现风险；这不等于没有风险。", "The data at hand name no risk; that does not mean there is none."
)
NO_UNKNOWNS = Phrase("没有尚不清楚的条款。", "No clause is unknown.")
NO_NOTES = Phrase("尚无记录。", "No notes yet.")
DECISION_LINE = Phrase("决议", "Resolution")
AMOUNT_LINE = Phrase("投资金额", "Amount")
CONDITIONS_LINE = Phrase("附加条件", "Conditions")
SIGNED_LINE = Phrase("签字与日期", "Signatures and date")
COLON = Phrase("：", ": ")
CHECKSUM = Phrase("内容校验码", "Checksum of the content")


@dataclass(frozen=True)
class ClauseRow:
    name: str
    force: str
    limit: str
    fact: str
    outcome: str


@dataclass(frozen=True)
class MilestoneRow:
    trl: int
    title: str
    month: int
    cost: float | None


@dataclass(frozen=True)
class DealRow:
    day: str
    firm: str
    stage: str
    investors: str
    amount: float | None
    alike: str


@dataclass(frozen=True)
class Memo:
    """Everything that a memo says, in one language; money in CNY."""

    firm: str
    fund: str
    mandate: str
    dated: date
    facts: tuple[tuple[str, str], ...]
    summary: str
    about: tuple[tuple[str, str], ...]
    clauses: tuple[ClauseRow, ...]
    milestones: tuple[MilestoneRow, ...]
    deals: tuple[DealRow, ...]
    risks: tuple[str, ...]
    unknowns: tuple[str, ...]
    notes: tuple[str, ...]
    basis: tuple[tuple[str, str], ...]


def checksum(memo: Memo) -> str:
    """The same content has the same code, whatever the format."""
    content = json.dumps(asdict(memo), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()


def memo_document(memo: Memo, language: Language, *, chart: Figure | None = None) -> Document:
    """`chart` shows the money by milestone; its figures are in the table after it."""
    blocks: list[Block] = [
        Heading(PROPOSAL(language)),
        Paragraph(strong(memo.summary)),
        Heading(FIRM(language)),
        *_facts(memo.about, language),
        Heading(CLAUSES(language)),
        _clauses(memo, language),
        Heading(MILESTONES(language)),
        *([chart] if chart else ()),
        _milestones(memo, language),
        Heading(COMPARABLES(language)),
        _deals(memo, language),
        Heading(RISKS(language)),
        _listed(memo.risks, NO_RISKS(language)),
        Heading(UNKNOWNS(language)),
        _listed(memo.unknowns, NO_UNKNOWNS(language)),
        Heading(NOTES(language)),
        _listed(memo.notes, NO_NOTES(language)),
        Heading(DECISION(language)),
        Notice(
            DECISION(language),
            tuple(
                (_label(line(language), language), *blank(line(language), language))
                for line in (DECISION_LINE, AMOUNT_LINE, CONDITIONS_LINE, SIGNED_LINE)
            ),
        ),
        Heading(BASIS(language)),
        *_facts((*memo.basis, (CHECKSUM(language), checksum(memo))), language),
    ]
    return Document(
        title=TITLE(language),
        subtitle=memo.firm,
        language=language,
        made_on=memo.dated,
        author=phrases.AUTHOR(language),
        running_head=HEAD(language),
        facts=memo.facts,
        blocks=tuple(blocks),
    )


def _facts(pairs: Sequence[tuple[str, str]], language: Language) -> list[Block]:
    lines = tuple((_label(name, language), *plain(value)) for name, value in pairs)
    return [Bullets(lines)] if lines else []


def _label(name: str, language: Language) -> Span:
    """With the colon of the language, and the space after it where there is one."""
    return Span(clean(name) + COLON(language), is_strong=True)


def _listed(lines: Sequence[str], nothing: str) -> Block:
    return Bullets(tuple(plain(line) for line in lines)) if lines else Paragraph(plain(nothing))


def _clauses(memo: Memo, language: Language) -> Block:
    if not memo.clauses:
        return Paragraph(plain(NO_CLAUSES(language)))
    rows = tuple(tuple(map(plain, (one.name, one.force, one.limit, one.fact, one.outcome))) for one in memo.clauses)
    return Table(CLAUSE_TABLE(language), tuple(one(language) for one in CLAUSE_HEAD), rows, (13, 11, 30, 26, 20))


def _milestones(memo: Memo, language: Language) -> Block:
    if not memo.milestones:
        return Paragraph(plain(NO_MILESTONES(language)))
    rows = tuple(
        (plain(f"TRL {one.trl}"), plain(one.title), plain(str(one.month)), plain(_money(one.cost)))
        for one in memo.milestones
    )
    head = tuple(one(language) for one in MILESTONE_HEAD)
    return Table(MILESTONE_TABLE(language), head, rows, (10, 54, 12, 24), frozenset({2, 3}))


def _deals(memo: Memo, language: Language) -> Block:
    if not memo.deals:
        return Paragraph(plain(NO_DEALS(language)))
    rows = tuple(
        tuple(map(plain, (one.day, one.firm, one.stage, one.investors, _money(one.amount), one.alike)))
        for one in memo.deals
    )
    head = tuple(one(language) for one in DEAL_HEAD)
    return Table(DEAL_TABLE(language), head, rows, (13, 20, 9, 22, 15, 21), frozenset({4}))


def _money(amount: float | None) -> str:
    return "—" if amount is None else f"{amount:,.2f}".removesuffix(".00")
