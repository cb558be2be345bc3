"""Money, shares and days as documents write them."""

from datetime import date

from matchmaker.exports.content import Language

TEN_THOUSAND = 10_000


def money(yuan: float, language: Language) -> str:
    """In 万元 for Chinese readers, in whole yuan for others; nothing is rounded away."""
    if language is Language.EN:
        return f"CNY {yuan:,.2f}".removesuffix(".00")
    return f"{yuan / TEN_THOUSAND:,.6f}".rstrip("0").rstrip(".") + " 万元"


def percent(share: float, _language: Language) -> str:
    return f"{share:.2f} %"


def day(value: date, language: Language) -> str:
    if language is Language.ZH:
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {value:%B %Y}"
