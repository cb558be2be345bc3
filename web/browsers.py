"""What a browser calls itself, in two words that people recognise."""

from flask import request

# The first that is named counts: browsers name those that they are built on, or want to be taken for, after themselves.
BROWSERS = (
    ("MicroMessenger/", "WeChat"),
    ("DingTalk/", "DingTalk"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("QQBrowser/", "QQ Browser"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def present_browser() -> str:
    """Of this request, as "Edge, Windows"; empty where it says nothing that we know."""
    said = request.headers.get("User-Agent", "")[:500]
    found = [next((name for mark, name in names if mark in said), "") for names in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, found))
