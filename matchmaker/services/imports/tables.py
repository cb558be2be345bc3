"""The columns of each kind of table."""

from typing import Any

from matchmaker.services.credentials import CHECKED
from matchmaker.services.imports.items import (
    Certificate,
    EquipmentItem,
    FacilityServiceItem,
    NeededCapability,
    Node,
    OfferedCapability,
    PatentClass,
)
from matchmaker.services.imports.kinds import Children, Column, Part, TableKind, has_one_of, in_order
from matchmaker.services.imports.parsers import (
    Choice,
    Code,
    CreditCode,
    Day,
    Email,
    LastDay,
    ListOf,
    Number,
    OrganisationRef,
    Parser,
    Share,
    Text,
    Website,
    Whole,
    YesNo,
)
from matchmaker.services.imports.problems import ImportRefused
from models.enums import (
    CapitalType,
    CooperationType,
    DevelopmentStage,
    FinancingStage,
    FundLevel,
    IpStatus,
    LeadOrFollow,
    MandateStatus,
    OpenTo,
    OrganisationKind,
    Ownership,
    PostingState,
    RevenueBand,
    RiskTolerance,
    SizeClass,
)
from models.facilities import Facility, FacilityCapability, FacilityEquipment, FacilityService
from models.funds import Mandate, MandateField
from models.offers import Need, NeedCapability, Offer, OfferCapability
from models.organisations import Certification, Organisation, OrganisationNode, PatentCount


def _column(name: str, headers: str, parser: Parser, notes: str, example: str = "", **more: Any) -> Column:
    """`headers` and `notes` are `Chinese | English`; further words among the headers are aliases."""
    zh, en, *aliases = (part.strip() for part in headers.split("|"))
    note_zh, note_en = (part.strip() for part in notes.split("|"))
    return Column(
        name=name, zh=zh, en=en, parser=parser, note_zh=note_zh, note_en=note_en, example=example,
        aliases="|".join(aliases), **more,
    )  # fmt: skip


NAME_NOTE = "中文或英文名称至少填一个 | A Chinese or an English name is needed"
KEY = _column(
    "source_key", "编号 | Key | 来源编号 | id | source key", Text(200),
    "您表中的编号，再次导入时据此更新同一条记录 | Your own key: the next import updates the record with the same key", "2026-0001",
)  # fmt: skip
TRL = Whole(low=1, high=9)

IDENTITY = (
    _column(
        "name_zh", "中文名称 | Chinese name | 名称 | 企业名称 | 单位名称 | 机构名称 | 组织名称 | 公司名称 | name", Text(200), NAME_NOTE,
        "重庆云岭智能座舱有限公司",
    ),
    _column("name_en", "英文名称 | English name", Text(200), NAME_NOTE, "Chongqing Yunling Smart Cockpit Co., Ltd."),
    _column(
        "uscc", "统一社会信用代码 | Credit code | 信用代码 | 社会信用代码 | USCC | unified social credit code", CreditCode(),
        "18位，校验码必须正确；最可靠的查重依据 | 18 characters with a right check character; the surest way to find duplicates",
    ),
    _column("district_code", "区县 | District | 所在区县 | 所属区县", Code("district"), "名称或六位代码 | Name or six-digit code", "渝北区"),
    _column("address", "地址 | Address | 注册地址 | 通讯地址", Text(300), "通讯地址 | Postal address"),
    _column("website", "网站 | Website | 官网 | 网址", Website(), "网址 | Web address", "https://example.com"),
    _column("contact_name", "联系人 | Contact | 联系人姓名", Text(120), "仅在双方同意后可见 | Seen only after both sides agree"),
    _column("contact_email", "联系邮箱 | Contact e-mail | 邮箱 | 电子邮箱 | 联系人邮箱 | 电子邮件 | email", Email(), "电子邮箱 | E-mail address"),
    _column("contact_phone", "联系电话 | Contact phone | 电话 | 手机 | 手机号 | 联系人电话 | 联系方式", Text(40), "电话 | Phone number"),
)  # fmt: skip

ORGANISATION = Part(
    model=Organisation,
    checks=(has_one_of(("name_zh", "name_en"), "needs_a_name"),),
    columns=(
        *IDENTITY[:2],
        _column("kind", "类型 | Kind | 单位类型 | 机构类型 | 主体类型 | 企业类型 | 企业类别 | 机构类别", Choice(OrganisationKind), "在创新网络中的角色 | Its role", "中小企业", is_required=True),
        *IDENTITY[2:],
        KEY,
        _column("short_name", "简称 | Short name", Text(60), "常用简称 | Usual short name", "云岭座舱"),
        _column("ownership", "所有制 | Ownership | 企业性质 | 所有制性质", Choice(Ownership), "所有制性质 | Who owns it", "民营"),
        _column("country", "国家 | Country", Text(3), "两位代码，空白为 CN | Two-letter code; CN when empty", "CN"),
        _column("region", "地区 | Region | 城市", Text(120), "区县表之外的城市或地区 | City or region outside the district list"),
        _column("founded_on", "成立日期 | Founded on | 成立时间 | 注册日期", Day(), "年、年月或年月日 | Year, month or day", "2016-05-18"),
        _column("staff", "员工人数 | Staff | 职工人数 | 从业人数 | 员工数 | 职工数 | 从业人员数 | 人员规模", Whole(), "人数 | Number of people", "126"),
        _column(
            "rd_staff_share", "研发人员占比 | R&D staff share", Share(), "写百分号或小数 | With % or as a fraction", "38%",
        ),
        _column("revenue_band", "营业收入区间 | Revenue band | 营收区间", Choice(RevenueBand), "上年度营业收入 | Last year's revenue", "2000万至1亿元"),
        _column("rd_ratio", "研发投入占比 | R&D ratio | 研发费用占比 | 研发强度", Share(), "研发费用占营业收入 | R&D spending as a share of sales", "8.5%"),
        _column("industry_code", "行业 | Industry | 行业代码 | 国民经济行业", Code("industry"), "GB/T 4754 代码或名称 | GB/T 4754 code or name"),
        _column("summary_zh", "中文简介 | Chinese summary | 简介 | 企业简介", Text(1000), "不超过1000字 | At most 1,000 characters"),
        _column("summary_en", "英文简介 | English summary", Text(1000), "不超过1000字符 | At most 1,000 characters"),
        _column("capacity", "可承接合作数 | Capacity", Whole(high=10_000), "同时可承接的合作数 | Open collaborations it can carry", "5"),
        _column("engaged", "在手合作数 | Engaged", Whole(high=10_000), "正在进行的合作数 | Open collaborations it carries", "2"),
        _column(
            "nodes", "产业链环节 | Chain nodes | 环节 | 所属环节", ListOf(Node()), "代码或名称，用分号隔开 | Codes or names, apart by semicolons",
            children=Children(OrganisationNode, "organisation_id", ("node_code",)),
        ),
        _column(
            "certifications", "资质认定 | Certifications | 资质 | 认定", ListOf(Certificate()),
            "资质:有效期，用分号隔开；未写的资质保留 | scheme:valid until, apart by semicolons; those not named stay", "高新技术企业:2027-11-30",
            children=Children(Certification, "organisation_id", ("scheme_code",), checked=CHECKED),
        ),
        _column(
            "patents", "专利 | Patents | 专利数", ListOf(PatentClass()), "IPC小类:授权/申请 | IPC class:granted/applied", "B60K:12/20; G06F:3/5",
            children=Children(PatentCount, "organisation_id", ("ipc_class",)),
        ),
    ),
)  # fmt: skip

OWNER = _column(
    "organisation_id", "所属机构 | Organisation | 所属单位 | 机构 | 单位 | 企业 | 所属企业 | 单位名称 | 企业名称", OrganisationRef(),
    "信用代码、名称或编号，须已在库 | Credit code, name or key; it must be registered already", "重庆云岭智能座舱有限公司", is_required=True,
)  # fmt: skip
STATE = _column(
    "state", "状态 | State | 发布状态", Choice(PostingState), "空白为已发布 | Published when empty", "已发布",
)  # fmt: skip


def _posting_columns() -> tuple[Column, ...]:
    title = "中文或英文标题至少填一个 | A Chinese or an English title is needed"
    return (
        OWNER,
        KEY,
        _column("title_zh", "中文标题 | Chinese title | 标题 | 名称 | title", Text(200), title, "车载HUD光学模组"),
        _column("title_en", "英文标题 | English title", Text(200), title, "Optical module for head-up displays"),
        _column("type", "合作类型 | Co-operation type | 类型 | type", Choice(CooperationType), "合作方式 | Way of working together", "产品供应", is_required=True),
        _column("summary_zh", "中文摘要 | Chinese summary | 摘要", Text(500), "不超过500字 | At most 500 characters"),
        _column("summary_en", "英文摘要 | English summary", Text(500), "不超过500字符 | At most 500 characters"),
        _column("description_zh", "中文描述 | Chinese description | 描述 | 详细描述", Text(4000), "不超过4000字 | At most 4,000 characters"),
        _column("description_en", "英文描述 | English description", Text(4000), "不超过4000字符 | At most 4,000 characters"),
        _column("trl_low", "最低技术成熟度 | Lowest TRL | TRL下限", TRL, "1至9 | 1 to 9", "6"),
        _column("trl_high", "最高技术成熟度 | Highest TRL | TRL上限", TRL, "1至9 | 1 to 9", "9"),
        _column("partner_role", "对合作方的期望 | Partner role | 合作方角色", Text(500), "希望合作方做什么 | What the partner is to do"),
        _column("partner_kinds", "合作方类型 | Partner kinds", ListOf(Choice(OrganisationKind)), "空白为不限 | Empty: anybody", "链主企业; 中小企业"),
        _column("partner_sizes", "合作方规模 | Partner sizes", ListOf(Choice(SizeClass)), "空白为不限 | Empty: any size", "小型; 中型"),
        _column("partner_districts", "合作方区县 | Partner districts", ListOf(Code("district")), "空白为不限 | Empty: anywhere", "渝北区; 两江新区"),
        _column("budget_low", "最低金额 | Lowest budget | 预算下限", Number(), "人民币元，可写万、亿 | CNY; 万 and 亿 are read", "50万"),
        _column("budget_high", "最高金额 | Highest budget | 预算上限 | 预算", Number(), "人民币元，可写万、亿 | CNY; 万 and 亿 are read", "200万"),
        _column("valid_until", "有效期至 | Valid until | 截止日期", LastDay(), "空白为导入后12个月 | Empty: twelve months after the import", "2027-06-30"),
        STATE,
    )  # fmt: skip


POSTING_CHECKS = (
    has_one_of(("title_zh", "title_en"), "needs_a_title"),
    in_order("trl_low", "trl_high"),
    in_order("budget_low", "budget_high"),
)
CAPABILITY_HEADERS = "能力 | Capabilities | 能力标签 | 技术能力"
OFFER = Part(
    model=Offer,
    checks=POSTING_CHECKS,
    columns=(
        *_posting_columns(),
        _column("advantages_zh", "中文优势 | Chinese advantages | 优势 | 创新点", Text(2000), "不超过2000字 | At most 2,000 characters"),
        _column("advantages_en", "英文优势 | English advantages", Text(2000), "不超过2000字符 | At most 2,000 characters"),
        _column("stage", "所处阶段 | Stage | 成熟阶段", Choice(DevelopmentStage), "技术或产品阶段 | Stage of development", "已上市"),
        _column("ip_status", "知识产权 | IP status | 知识产权状态", Choice(IpStatus), "知识产权状态 | State of the intellectual property", "已授权"),
        _column(
            "capabilities", CAPABILITY_HEADERS, ListOf(OfferedCapability()),
            "名称或代码，可加等级1至5，空白为3 | Names or codes, with a level 1 to 5 if known; 3 when empty",
            children=Children(OfferCapability, "offer_id", ("capability_code",)),
        ),
    ),
)  # fmt: skip
NEED = Part(
    model=Need,
    checks=POSTING_CHECKS,
    columns=(
        *_posting_columns(),
        _column(
            "accepted_types", "可接受的合作类型 | Accepted types", ListOf(Choice(CooperationType)),
            "除合作类型之外也可接受的 | What is welcome besides the type", "研发合作; 技术许可",
        ),
        _column(
            "capabilities", f"{CAPABILITY_HEADERS} | 所需能力", ListOf(NeededCapability()),
            "名称:最低等级，必需的加! | name:least level, with ! where it must be there",
            children=Children(NeedCapability, "need_id", ("capability_code",)),
        ),
    ),
)  # fmt: skip

FACILITY = Part(
    model=Facility,
    checks=(has_one_of(("name_zh", "name_en"), "needs_a_name"), in_order("trl_in", "trl_out")),
    columns=(
        OWNER,
        KEY,
        _column("name_zh", "中文名称 | Chinese name | 设施名称 | 平台名称 | 名称 | name", Text(200), NAME_NOTE, "车载显示中试线"),
        _column("name_en", "英文名称 | English name", Text(200), NAME_NOTE, "Pilot line for vehicle displays"),
        _column("summary_zh", "中文简介 | Chinese summary | 简介", Text(1000), "不超过1000字 | At most 1,000 characters"),
        _column("summary_en", "英文简介 | English summary", Text(1000), "不超过1000字符 | At most 1,000 characters"),
        _column("trl_in", "进入成熟度 | TRL in", TRL, "承接项目的成熟度，1至9 | Readiness of what it takes in, 1 to 9", "4"),
        _column("trl_out", "达到成熟度 | TRL out", TRL, "完成后的成熟度，1至9 | Readiness of what leaves it, 1 to 9", "7"),
        _column("process_scale", "工艺规模 | Process scale", Text(300), "如每批处理量 | Such as the amount per batch"),
        _column("site_m2", "场地面积 | Site in m2 | 面积", Number(high=1e8), "平方米 | Square metres", "3200"),
        _column("staff", "人员数 | Staff", Whole(), "人数 | Number of people", "25"),
        _column("open_to", "开放范围 | Open to", Choice(OpenTo), "谁可以使用 | Who may use it", "面向所有人"),
        _column("accreditations", "资质认可 | Accreditations", ListOf(Text(80)), "如 CMA; CNAS; GMP | Such as CMA; CNAS; GMP", "CMA; CNAS"),
        _column("lead_time_days", "排期天数 | Lead time in days", Whole(high=3650), "从申请到开工 | From request to start", "30"),
        _column("minimum_order", "最小订单 | Minimum order", Text(200), "最小批量或金额 | Least amount or value"),
        _column("accepts_voucher", "接受创新券 | Accepts vouchers | 创新券", YesNo(), "是否可用创新券 | Whether innovation vouchers are taken", "是"),
        _column("ip_terms", "知识产权约定 | IP terms", Text(1000), "成果归属与保密 | Who owns the results; secrecy"),
        _column("safety_limits", "安全限制 | Safety limits", Text(1000), "不能承接的内容 | What it cannot take"),
        _column("hours_open", "年开放机时 | Hours open a year", Number(high=8784), "小时 | Hours", "1400"),
        _column("hours_used", "年使用机时 | Hours used last year", Number(high=8784), "小时 | Hours", "900"),
        STATE,
        _column(
            "capabilities", CAPABILITY_HEADERS, ListOf(OfferedCapability()),
            "名称或代码，可加等级1至5，空白为3 | Names or codes, with a level 1 to 5 if known; 3 when empty",
            children=Children(FacilityCapability, "facility_id", ("capability_code",)),
        ),
        _column(
            "services", "服务与价格 | Services and prices | 服务", ListOf(FacilityServiceItem()), "类型:价格/单位:名称 | type:price/unit:name",
            "工艺验证:2000/批次; 功能性能验证:300/小时:光学检测",
            children=Children(FacilityService, "facility_id", ("type", "name_zh", "name_en")),
        ),
        _column(
            "equipment", "设备 | Equipment", ListOf(EquipmentItem(), most=300), "名称 x数量:原值 | name x quantity:original value",
            "真空镀膜机 x2:180万", children=Children(FacilityEquipment, "facility_id", ("name_zh", "name_en")),
        ),
    ),
)  # fmt: skip

FUND = Part(
    model=Organisation,
    checks=(has_one_of(("name_zh", "name_en"), "needs_a_name"),),
    columns=(
        _column("name_zh", "基金中文名称 | Fund name in Chinese | 基金名称 | 中文名称 | 名称 | name", Text(200), NAME_NOTE, "重庆云岭科创种子基金"),
        _column("name_en", "基金英文名称 | Fund name in English | 英文名称 | English name", Text(200), NAME_NOTE, "Chongqing Yunling Seed Fund"),
        *IDENTITY[2:],
    ),
)  # fmt: skip
MANDATE = Part(
    model=Mandate,
    checks=(in_order("ticket_low", "ticket_high"),),
    columns=(
        KEY,
        _column("mandate_name_zh", "投资方案中文名称 | Mandate name in Chinese", Text(200), "同一基金有多个方案时填写 | Where a fund has several mandates", field="name_zh"),
        _column("mandate_name_en", "投资方案英文名称 | Mandate name in English", Text(200), "同一基金有多个方案时填写 | Where a fund has several mandates", field="name_en"),
        _column("thesis_zh", "中文投资策略 | Chinese thesis | 投资策略 | 投资方向说明", Text(2000), "不超过2000字 | At most 2,000 characters"),
        _column("thesis_en", "英文投资策略 | English thesis", Text(2000), "不超过2000字符 | At most 2,000 characters"),
        _column("level", "基金级别 | Fund level | 级别", Choice(FundLevel), "国家、市或区县 | National, municipal or district", "市级"),
        _column("capital_type", "资本类型 | Capital type", Choice(CapitalType), "资金来源 | Where the money comes from", "政府引导"),
        _column("legal_form", "组织形式 | Legal form", Text(80), "如有限合伙 | Such as limited partnership", "有限合伙"),
        _column("manager", "管理人 | Manager | 基金管理人", Text(200), "管理机构 | Managing company"),
        _column("size", "基金规模 | Size | 规模", Number(), "人民币元，可写万、亿 | CNY; 万 and 亿 are read", "10亿"),
        _column("remaining", "剩余可投 | Remaining", Number(), "人民币元 | CNY", "6亿"),
        _column("started_on", "成立日期 | Started on", Day(), "起始日期 | First day", "2023-06"),
        _column("investment_years", "投资期 | Investment years", Whole(high=50), "年 | Years", "7"),
        _column("exit_years", "退出期 | Exit years", Whole(high=50), "年 | Years", "5"),
        _column("extension_years", "延长期 | Extension years", Whole(high=50), "年 | Years", "2"),
        _column("ticket_low", "单笔下限 | Lowest ticket | 单项目下限", Number(), "人民币元 | CNY", "50万"),
        _column("ticket_high", "单笔上限 | Highest ticket | 单项目上限", Number(), "人民币元 | CNY", "200万"),
        _column("stake_high", "最高持股比例 | Highest stake", Share(), "写百分号或小数 | With % or as a fraction", "20%"),
        _column("leads", "领投或跟投 | Lead or follow", Choice(LeadOrFollow), "领投、跟投或均可 | Lead, follow or both", "领投或跟投"),
        _column("stages", "投资阶段 | Stages | 阶段", ListOf(Choice(FinancingStage)), "用分号隔开 | Apart by semicolons", "种子轮; 天使轮"),
        _column("firm_age_high", "企业年限上限 | Highest firm age", Whole(high=100), "年 | Years", "5"),
        _column("staff_high", "企业人数上限 | Highest headcount", Whole(), "人 | People", "100"),
        _column("valuation_high", "估值上限 | Highest valuation", Number(), "人民币元 | CNY", "1亿"),
        _column("rd_ratio_low", "最低研发投入占比 | Lowest R&D ratio | 研发投入占比下限", Share(), "研发费用占营业收入，写百分号或小数 | R&D spending as a share of sales, with % or as a fraction", "3%"),
        _column("trl_low", "最低技术成熟度 | Lowest TRL | TRL下限", TRL, "企业至少达到的等级，1至9 | The level that a firm has reached at least, 1 to 9", "4"),
        _column("certifications", "所需资质 | Certifications | 资质要求", ListOf(Code("certification")), "持有其一即可，用分号隔开 | One of them is enough; apart by semicolons", "高新技术企业"),
        _column(
            "fields", "投资领域 | Fields | 重点领域", ListOf(Node()), "产业链环节代码或名称 | Codes or names of chain nodes",
            children=Children(MandateField, "mandate_id", ("node_code",)),
        ),
        _column("main_field_share", "主投领域占比 | Main field share", Share(), "主投领域最低占比 | Least share in the main fields", "60%"),
        _column("districts", "投资区域 | Districts", ListOf(Code("district")), "空白为不限 | Empty: anywhere", "渝北区"),
        _column("reinvestment_multiple", "返投比例 | Re-investment multiple", Number(high=10), "返投倍数 | Multiple", "1.2"),
        _column("risk_tolerance", "风险容忍度 | Risk tolerance", Choice(RiskTolerance), "低、中、高 | Low, medium, high", "高"),
        _column("exemption_terms", "容错条款 | Exemption terms | 尽职免责", Text(1000), "尽职免责约定 | When a loss is excused"),
        _column("exclusions", "不投方向 | Exclusions", ListOf(Text(80)), "用分号隔开 | Apart by semicolons", "房地产"),
        _column("decision_weeks", "决策周期 | Decision weeks", Whole(high=520), "周 | Weeks", "8"),
        _column("status", "状态 | Status", Choice(MandateStatus), "空白为投资期 | Investing when empty", "投资期"),
        _column("last_verified_on", "核实日期 | Last verified on", Day(), "信息最近核实 | When this was last checked", "2026-09-01"),
    ),
)  # fmt: skip

KINDS = {
    kind.name: kind
    for kind in (
        TableKind(name="organisations", zh="机构", en="organisations", parts=(ORGANISATION,)),
        TableKind(name="offers", zh="供给", en="offers", parts=(OFFER,)),
        TableKind(name="needs", zh="需求", en="needs", parts=(NEED,)),
        TableKind(name="facilities", zh="设施", en="facilities", parts=(FACILITY,)),
        TableKind(name="funds", zh="基金", en="funds", parts=(FUND, MANDATE)),
    )
}


def get_kind(name: str) -> TableKind:
    if name not in KINDS:
        raise ImportRefused("unknown_kind", kind=name, kinds=", ".join(KINDS))
    return KINDS[name]
