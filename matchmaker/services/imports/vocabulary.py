"""The words by which tables name the closed lists: Chinese, English, and what else people write."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from matchmaker.names import fold_text
from models.enums import (
    CapitalType,
    CooperationType,
    DevelopmentStage,
    FacilityServiceType,
    FinancingStage,
    FundLevel,
    IpStatus,
    LeadOrFollow,
    MandateStatus,
    OpenTo,
    OrganisationKind,
    Ownership,
    PostingState,
    PriceUnit,
    RevenueBand,
    RiskTolerance,
    SizeClass,
)

# Chinese | English | other words that mean the same
WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    OrganisationKind: {
        OrganisationKind.CHAIN_LEADER: "链主企业|Chain leader|链主|领航企业|chain-leader firm",
        OrganisationKind.SME: "中小企业|SME|科技型中小企业|企业|company|firm|startup|small or medium enterprise",
        OrganisationKind.LAB: "实验室|Lab|高校院所|高校|科研院所|大学|研究院|研究所|laboratory|university",
        OrganisationKind.PILOT_BASE: "中试基地|Pilot base|中试平台|pilot line|pilot plant",
        OrganisationKind.FUND: "基金|Fund|投资机构|基金管理人|investor|venture capital",
        OrganisationKind.SERVICE_INSTITUTION: "服务机构|Service institution|科技服务机构|行业协会|association",
        OrganisationKind.PARK: "园区|Park|科创园区|产业园|孵化器|science park|incubator",
    },
    Ownership: {
        Ownership.CENTRAL_STATE: "央企|Central state-owned|中央企业|central SOE",
        Ownership.MUNICIPAL_STATE: "市属国企|Municipal state-owned|市属国有企业|municipal SOE",
        Ownership.DISTRICT_STATE: "区县国企|District state-owned|区县属国企|区属国企|district SOE",
        Ownership.PRIVATE: "民营|Private|民营企业|私营|民企",
        Ownership.FOREIGN: "外资|Foreign|外资企业|外商独资|foreign-owned",
        Ownership.MIXED: "混合|Mixed|混合所有制|合资|mixed ownership",
        Ownership.PUBLIC_INSTITUTION: "事业单位|Public institution",
    },
    RevenueBand: {
        RevenueBand.UNDER_5M: "500万元以下|Under CNY 5 M|500万以下|under 5m",
        RevenueBand.FROM_5M: "500万至2000万元|CNY 5 M to 20 M|500-2000万|500万-2000万|5m-20m",
        RevenueBand.FROM_20M: "2000万至1亿元|CNY 20 M to 100 M|2000万-1亿|20m-100m",
        RevenueBand.FROM_100M: "1亿至4亿元|CNY 100 M to 400 M|1-4亿|1亿-4亿|100m-400m",
        RevenueBand.FROM_400M: "4亿至20亿元|CNY 400 M to 2 bn|4-20亿|4亿-20亿|400m-2bn",
        RevenueBand.FROM_2BN: "20亿元以上|Over CNY 2 bn|20亿以上|over 2bn",
    },
    CooperationType: {
        CooperationType.RESEARCH: "研发合作|R&D co-operation|联合研发|合作研发|research cooperation",
        CooperationType.TECHNICAL: "技术服务型商业合作|Commercial with technical assistance|技术合作|技术服务",
        CooperationType.LICENCE: "技术许可|Licence|许可|专利许可|技术转让|license|licensing",
        CooperationType.SUPPLY: "产品供应|Supply|供应|配套|供货|采购|supply of products",
        CooperationType.OUTSOURCING: "委托外包|Outsourcing|外包|委托加工|代工|subcontracting",
        CooperationType.JOINT_VENTURE: "合资共建|Joint venture|合资|共建",
        CooperationType.INVESTMENT: "投融资|Investment|投资|融资|股权融资|financing",
        CooperationType.FACILITY_ACCESS: "设施共享|Facility access|设备共享|中试服务|仪器共享|access to facilities",
        CooperationType.DATA_OR_SCENE: "数据或场景开放|Data or scene access|数据开放|场景开放|应用场景",
    },
    DevelopmentStage: {
        DevelopmentStage.CONCEPT: "概念|Concept|概念阶段|idea",
        DevelopmentStage.UNDER_DEVELOPMENT: "研发中|Under development|开发中|在研",
        DevelopmentStage.LAB_TESTED: "实验室验证|Lab tested|小试|实验室阶段|tested in the lab",
        DevelopmentStage.DEMONSTRATED: "示范验证|Demonstrated|中试|示范应用|样机|available for demonstration",
        DevelopmentStage.ON_MARKET: "已上市|On the market|量产|已量产|产业化|已产业化|already on the market",
    },
    IpStatus: {
        IpStatus.NONE: "无|None|没有",
        IpStatus.KNOW_HOW: "技术秘密|Know-how|专有技术|商业秘密|secret know-how",
        IpStatus.APPLIED: "专利申请中|Applied|已申请|申请中|patent applied for|pending",
        IpStatus.GRANTED: "已授权|Granted|授权专利|专利授权|patent granted",
        IpStatus.LICENSED: "已许可|Licensed|已许可他人|被许可",
    },
    PostingState: {
        PostingState.DRAFT: "草稿|Draft",
        PostingState.PUBLISHED: "已发布|Published|发布|有效|公开|active",
        PostingState.WITHDRAWN: "已撤回|Withdrawn|撤回|失效",
    },
    SizeClass: {
        SizeClass.MICRO: "微型|Micro|微型企业|微",
        SizeClass.SMALL: "小型|Small|小型企业|小",
        SizeClass.MEDIUM: "中型|Medium|中型企业|中",
        SizeClass.LARGE: "大型|Large|大型企业|大",
    },
    FacilityServiceType: {
        FacilityServiceType.DESIGN_VERIFICATION: "设计验证|Design verification",
        FacilityServiceType.PERFORMANCE_VERIFICATION: "功能性能验证|Performance verification|性能验证|功能验证|检测",
        FacilityServiceType.PROCESS_VERIFICATION: "工艺验证|Process verification|工艺放大",
        FacilityServiceType.ADAPTATION_VERIFICATION: "适配验证|Adaptation verification",
        FacilityServiceType.PRODUCTION_VERIFICATION: "生产验证|Production verification|试生产|小批量试制|试制",
    },
    PriceUnit: {
        PriceUnit.HOUR: "小时|Hour|机时|h|时",
        PriceUnit.BATCH: "批次|Batch|批",
        PriceUnit.SAMPLE: "样品|Sample|件|样|次|piece",
    },
    OpenTo: {
        OpenTo.ALL: "面向所有人|All|全部|对外开放|所有企业|everybody",
        OpenTo.CHAIN: "面向本产业链|Chain|本产业链|产业链企业|members of the chain",
        OpenTo.MEMBERS: "仅限成员|Members|成员单位|联盟成员|内部|members only",
    },
    FundLevel: {
        FundLevel.NATIONAL: "国家级|National|国家|中央",
        FundLevel.MUNICIPAL: "市级|Municipal|市|省级|city",
        FundLevel.DISTRICT: "区县级|District|区县|区级|县级",
    },
    CapitalType: {
        CapitalType.GOVERNMENT_GUIDED: "政府引导|Government-guided|政府引导基金|引导基金|政府投资基金",
        CapitalType.STATE_FIRM: "国企资本|State-firm|国有资本|国企|国资|state-owned capital",
        CapitalType.SOCIAL: "社会资本|Social|市场化|民间资本|private capital|market",
    },
    LeadOrFollow: {
        LeadOrFollow.LEAD: "领投|Lead",
        LeadOrFollow.FOLLOW: "跟投|Follow",
        LeadOrFollow.BOTH: "领投或跟投|Both|均可|都可以|领投和跟投|lead or follow",
    },
    FinancingStage: {
        FinancingStage.SEED: "种子轮|Seed|种子|种子期|pre-seed",
        FinancingStage.ANGEL: "天使轮|Angel|天使|天使期",
        FinancingStage.SERIES_A: "A轮|Series A|A|Pre-A|A+轮",
        FinancingStage.SERIES_B: "B轮|Series B|B|B+轮",
        FinancingStage.GROWTH: "成长期|Growth|C轮及以后|C轮|D轮|成长|Pre-IPO|series c|late stage",
    },
    RiskTolerance: {
        RiskTolerance.LOW: "低|Low|较低|稳健",
        RiskTolerance.MEDIUM: "中|Medium|中等|适中",
        RiskTolerance.HIGH: "高|High|较高|宽容",
    },
    MandateStatus: {
        MandateStatus.INVESTING: "投资期|Investing|正在投资|在投|active",
        MandateStatus.PAUSED: "暂停投资|Paused|暂停",
        MandateStatus.EXITING: "退出期|Exiting|退出",
        MandateStatus.CLOSED: "已清算|Closed|已关闭|清算",
    },
}
YES = frozenset(map(fold_text, ["是", "有", "可", "接受", "支持", "对", "yes", "y", "true", "t", "1"]))
NO = frozenset(map(fold_text, ["否", "无", "不可", "不接受", "不支持", "不", "没有", "no", "n", "false", "f", "0"]))


@dataclass(frozen=True)
class Label:
    zh: str
    en: str


def label(member: StrEnum) -> Label:
    zh, en, *_ = WORDS[type(member)][member].split("|")
    return Label(zh, en)


def members(values: type[StrEnum]) -> list[StrEnum]:
    """The members that a table may set; states that only people reach are not among them."""
    return list(WORDS[values])


def find_member(values: type[StrEnum], text: str) -> StrEnum | None:
    """The member that `text` names, by its code or by any of its words."""
    return _by_word(values).get(fold_text(text))


@cache
def _by_word(values: type[StrEnum]) -> dict[str, StrEnum]:
    named = {fold_text(word): member for member, words in WORDS[values].items() for word in words.split("|")}
    return named | {fold_text(member.value): member for member in WORDS[values]}
