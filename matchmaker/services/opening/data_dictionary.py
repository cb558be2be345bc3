"""The data dictionary of the open data: what every column of every table means, in both languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class OpenColumn:
    """`type` is a type of Table Schema: string, integer, number, boolean, date."""

    name: str
    type: str
    zh: str
    en: str


def _columns(*lines: str) -> tuple[OpenColumn, ...]:
    return tuple(OpenColumn(*(part.strip() for part in line.split(";"))) for line in lines)


_POSTED_COLUMNS = (
    "id; string; 标识; Identifier",
    "organisation_id; string; 发布机构标识; Identifier of the organisation",
    "type; string; 合作类型; Kind of co-operation",
    "title_zh; string; 中文标题; Chinese title",
    "title_en; string; 英文标题; English title",
    "summary_zh; string; 中文摘要; Chinese summary",
    "summary_en; string; 英文摘要; English summary",
    "trl_low; integer; 技术成熟度下限; Lowest readiness level",
    "trl_high; integer; 技术成熟度上限; Highest readiness level",
    "valid_until; date; 有效期至; Valid until",
    "capabilities; string; 能力代码，以|分隔; Codes of capabilities, joined by |",
)

COLUMNS: Mapping[str, Sequence[OpenColumn]] = {
    "organisations": _columns(
        "id; string; 标识; Identifier",
        "kind; string; 机构类型; Kind of organisation",
        "name_zh; string; 中文名称; Chinese name",
        "name_en; string; 英文名称; English name",
        "short_name; string; 简称; Short name",
        "uscc; string; 统一社会信用代码; Unified social credit code",
        "ownership; string; 所有制; Ownership",
        "district_code; string; 所在区县代码（GB/T 2260）; District (GB/T 2260)",
        "country; string; 国家; Country",
        "region; string; 区县清单之外的所在地; Place outside the list of districts",
        "address; string; 地址; Address",
        "website; string; 网址; Website",
        "founded_on; date; 成立日期; Day of founding",
        "staff; integer; 职工人数; Staff",
        "rd_staff_share; number; 研发人员占比; Share of R&D staff",
        "revenue_band; string; 年营业收入区间; Band of yearly revenue",
        "rd_ratio; number; 研发投入强度; R&D as a share of sales",
        "industry_code; string; 行业代码（GB/T 4754）; Industry (GB/T 4754)",
        "summary_zh; string; 中文简介; Chinese summary",
        "summary_en; string; 英文简介; English summary",
        "tags; string; 标签，以|分隔; Tags, joined by |",
        "nodes; string; 产业链环节代码，以|分隔; Codes of chain nodes, joined by |",
        "certifications; string; 有效资质代码，以|分隔; Codes of valid certifications, joined by |",
        "patents; integer; 授权专利数; Patents granted",
    ),
    "offers": _columns(
        *_POSTED_COLUMNS,
        "stage; string; 研发阶段; Stage of development",
        "ip_status; string; 知识产权状态; State of intellectual property",
    ),
    "needs": _columns(*_POSTED_COLUMNS),
    "facilities": _columns(
        "id; string; 标识; Identifier",
        "organisation_id; string; 运营机构标识; Identifier of the operator",
        "name_zh; string; 中文名称; Chinese name",
        "name_en; string; 英文名称; English name",
        "summary_zh; string; 中文简介; Chinese summary",
        "summary_en; string; 英文简介; English summary",
        "trl_in; integer; 承接的技术成熟度; Readiness level taken in",
        "trl_out; integer; 输出的技术成熟度; Readiness level handed on",
        "process_scale; string; 工艺规模; Scale of the process",
        "site_m2; number; 场地面积（平方米）; Site in square metres",
        "open_to; string; 开放对象; Open to whom",
        "lead_time_days; integer; 预约等候天数; Lead time in days",
        "accepts_voucher; boolean; 接受创新券; Takes innovation vouchers",
        "hours_open; number; 年开放机时; Hours open a year",
        "hours_used; number; 上年度使用机时; Hours used last year",
        "accreditations; string; 资质认可，以|分隔; Accreditations, joined by |",
        "services; string; 服务类型，以|分隔; Kinds of services, joined by |",
        "capabilities; string; 能力代码，以|分隔; Codes of capabilities, joined by |",
    ),
    "projects": _columns(
        "id; string; 标识; Identifier",
        "kind; string; 类型; Kind",
        "title_zh; string; 中文标题; Chinese title",
        "title_en; string; 英文标题; English title",
        "started_on; date; 开始日期; First day",
        "ended_on; date; 结束日期; Last day",
        "participants; string; 参与机构标识，以|分隔; Identifiers of the participants, joined by |",
    ),
    "chain-nodes": _columns(
        "code; string; 环节代码; Code",
        "chain_code; string; 产业链代码; Code of the chain",
        "parent_code; string; 上级环节代码; Code of the broader node",
        "position; string; 产业链位置; Position on the chain",
        "name_zh; string; 中文名称; Chinese name",
        "name_en; string; 英文名称; English name",
        "state; string; 环节状态; State of the node",
        "suppliers_here; integer; 本地供应商数; Suppliers in the region",
        "suppliers_outside; integer; 外部供应商数; Suppliers outside",
        "asked_by; integer; 提出需求的机构数; Organisations that ask for something",
    ),
    "indicators": _columns(
        "code; string; 指标代码; Code",
        "name_zh; string; 中文名称; Chinese name",
        "name_en; string; 英文名称; English name",
        "unit; string; 计量方式; Unit",
        "scope; string; 范围类型; Kind of scope",
        "scope_code; string; 范围代码; Code of the scope",
        "value; number; 指标值; Value",
        "known; integer; 可判断的记录数; Records of which it could be told",
        "total; integer; 记录总数; Records that it is about",
        "source; string; 口径来源; Source of the definition",
    ),
}
