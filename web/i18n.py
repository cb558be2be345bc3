"""Two languages: which one this request speaks, how names, figures and dates read in it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import quote, urlencode

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, Response, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel, format_date, format_datetime, format_decimal, format_percent, get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape

from models.organisations import Organisation
from web.access import current_person
from web.config import current_instance

LANGUAGES = {"zh": "中文", "en": "English"}
THEMES = ("auto", "light", "dark")
CATALOGUE = Path(__file__).parent / "translations/zh/LC_MESSAGES/messages.po"
ONE_YEAR = 365 * 24 * 3600
UNKNOWN = "—"
TEN_THOUSAND, HUNDRED_MILLION = 10_000, 100_000_000


def register_i18n(app: Flask) -> None:
    with app.app_context():
        folder = current_instance().folder / "translations"
    compile_catalogue(folder)
    app.config["BABEL_DEFAULT_LOCALE"] = "zh"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Shanghai"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder)
    Babel(app, locale_selector=choose_language)
    app.before_request(_keep_preference)
    app.jinja_env.globals.update(
        LANGUAGES=LANGUAGES,
        THEMES=THEMES,
        current_language=current_language,
        current_theme=current_theme,
        preference_url=preference_url,
        localised=localised,
        short_name_of=short_name_of,
        source_of=source_of,
        both_names=both_names,
    )
    app.jinja_env.filters.update(
        number=number, percent=percent, yuan=yuan, yuan_range=yuan_range, day=day, moment=moment, joined=joined
    )


def compile_catalogue(folder: Path) -> None:
    """Write the machine form of the catalogue into `folder` where it is missing or older than the text."""
    target = folder / "zh/LC_MESSAGES/messages.mo"
    if not CATALOGUE.exists() or (target.exists() and target.stat().st_mtime >= CATALOGUE.stat().st_mtime):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("rb") as source:
        catalogue = read_po(source, locale="zh")
    with NamedTemporaryFile(dir=target.parent, delete=False) as written:
        write_mo(written, catalogue)
    Path(written.name).replace(target)


def choose_language() -> str:
    """What the person chose here, then in the account, then in the browser, then Chinese."""
    if "language" not in g:
        g.language = _choose_language()
    language: str = g.language
    return language


def _choose_language() -> str:
    if not request:
        return "zh"
    chosen = request.cookies.get("lang")
    if chosen in LANGUAGES:
        return chosen
    person = current_person()
    if person is not None and person.locale in LANGUAGES:
        return person.locale
    return request.accept_languages.best_match(list(LANGUAGES)) or "zh"


def current_language() -> str:
    locale = get_locale()
    return str(locale.language) if locale else "zh"


def current_theme() -> str:
    """light, dark, or auto: as the device has it."""
    chosen = request.cookies.get("theme")
    return chosen if chosen in THEMES else "auto"


def preference_url(**preference: str) -> str:
    """This page with another language (`lang=`) or theme (`theme=`)."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in {"lang", "theme"}]
    return f"{_own_path()}?{urlencode([*kept, *preference.items()])}"


def _own_path() -> str:
    """The path of this page, quoted: browsers drop tabs and line ends, and would read `/<tab>/x` as another site."""
    return quote(request.path)


def _keep_preference() -> ResponseReturnValue | None:
    """Turn `?lang=en` or `?theme=dark` into a cookie and show the same page again under its own address."""
    asked = {"lang": request.args.get("lang"), "theme": request.args.get("theme")}
    if not any(asked.values()) or request.method not in {"GET", "HEAD"}:
        return None
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in asked]
    response: Response = redirect(f"{_own_path()}?{urlencode(kept)}".rstrip("?"))  # type: ignore[assignment]
    for name, allowed in (("lang", LANGUAGES), ("theme", THEMES)):
        value = asked[name] or ""
        if value in allowed:
            response.set_cookie(name, value, max_age=ONE_YEAR, samesite="Lax", httponly=name == "lang")
    return response


def localised(row: object, field: str) -> Markup:
    """`row.<field>_zh` or `_en` in the reader's language, else in the other, marked with its `lang`."""
    language = current_language()
    other = "en" if language == "zh" else "zh"
    own = getattr(row, f"{field}_{language}")
    if own:
        return escape(own)
    return in_language(getattr(row, f"{field}_{other}"), other)


def short_name_of(organisation: Organisation) -> Markup:
    """What its trade calls it, which is Chinese; for other readers its name."""
    if organisation.short_name and current_language() == "zh":
        return escape(organisation.short_name)
    return localised(organisation, "name")


def source_of(row: object, field: str = "source") -> Markup:
    """Where a record comes from: `source_zh` for Chinese readers where it is given, else what `source` says."""
    return escape(source_in({name: getattr(row, name) for name in (field, f"{field}_zh")}, field))


def source_in(told: Mapping[str, Any], field: str = "source") -> str:
    """The same of a row as it is told in a report or a file."""
    chinese, other = str(told.get(f"{field}_zh") or ""), str(told.get(field) or "")
    return (chinese or other) if current_language() == "zh" else (other or chinese)


def both_names(row: object, field: str = "name") -> Markup:
    """The name in the reader's language and, smaller, in the other one where it differs."""
    language = current_language()
    other = "en" if language == "zh" else "zh"
    first, second = getattr(row, f"{field}_{language}"), getattr(row, f"{field}_{other}")
    if not first or not second or first == second:
        return localised(row, field)
    return Markup('{} <span class="second-name" lang="{}">{}</span>').format(first, _tag(other), second)


def in_language(text: str, language: str) -> Markup:
    return Markup('<span lang="{}">{}</span>').format(_tag(language), text) if text else Markup("")


def _tag(language: str) -> str:
    return "zh-CN" if language == "zh" else language


def number(value: float | Decimal | None, digits: int = 0) -> str:
    if value is None:
        return UNKNOWN
    return str(format_decimal(round(value, digits)))


def percent(share: float | None, digits: int = 0) -> str:
    """0.126 as 13%."""
    if share is None:
        return UNKNOWN
    return str(format_percent(share, "#,##0" + ("." + "#" * digits if digits else "") + "%"))


def yuan(amount: float | None) -> str:
    """An amount in CNY as people here say it: 300万元 and 1.2亿元, or CNY 3 M and CNY 120 M."""
    if amount is None:
        return UNKNOWN
    if current_language() == "zh":
        return _yuan_zh(amount)
    for size, letter in ((1e9, " bn"), (1e6, " M"), (1e3, "k")):
        if abs(amount) >= size:
            return f"CNY {_short(amount / size)}{letter}"
    return f"CNY {_short(amount)}"


def _yuan_zh(amount: float) -> str:
    if abs(amount) >= HUNDRED_MILLION:
        return f"{_short(amount / HUNDRED_MILLION)}亿元"
    if abs(amount) >= TEN_THOUSAND:
        return f"{_short(amount / TEN_THOUSAND)}万元"
    return f"{_short(amount)}元"


def yuan_range(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return UNKNOWN
    if low is None:
        return _("up to %(amount)s", amount=yuan(high))
    if high is None:
        return _("from %(amount)s", amount=yuan(low))
    return yuan(low) if low == high else _("%(low)s to %(high)s", low=yuan(low), high=yuan(high))


def _short(value: float) -> str:
    return str(format_decimal(value, "#,##0.##"))


def day(value: date | datetime | None) -> str:
    return str(format_date(value, "y年M月d日" if current_language() == "zh" else "d MMM y")) if value else UNKNOWN


def moment(value: datetime | None) -> str:
    pattern = "y年M月d日 HH:mm" if current_language() == "zh" else "d MMM y, HH:mm"
    return str(format_datetime(value, pattern)) if value else UNKNOWN


def joined(items: Iterable[object]) -> Markup:
    """Items as a list within a sentence, with the comma of the language."""
    comma = Markup("、") if current_language() == "zh" else Markup(", ")
    return comma.join(map(escape, items))
