"""The Chromium that the system has, and how tests and screenshots start it."""

import os
import shutil
import sys
from importlib.resources import files
from pathlib import Path

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MACOS_APPLICATIONS = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)

LAUNCH_ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",  # Chromium as root, as in a container, starts in no other way
]


def find_chromium() -> str | None:
    commands = (path for command in COMMANDS if (path := shutil.which(command)))
    applications = (str(path) for path in MACOS_APPLICATIONS if path.exists())
    return next(commands, None) or next(applications, None)


def link_chinese_font(home: Path) -> dict[str, str]:
    """Puts the packaged font where Chromium looks when started with the environment returned.

    Without a font of its own for Chinese, a bare system shows boxes.
    """
    fonts = home / "fonts"
    fonts.mkdir(parents=True, exist_ok=True)
    link = fonts / "NotoSansCJK-VF.otf.ttc"
    if not link.exists():
        link.symlink_to(str(files("manimgx_fonts_cjk") / link.name))
    return {**os.environ, "XDG_DATA_HOME": str(home)}


if __name__ == "__main__":
    sys.exit(None if find_chromium() else "no Chromium found")
