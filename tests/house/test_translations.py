"""The check that no text is left without Chinese can itself be trusted."""

import shutil
import subprocess

import pytest

VIEW = """
from flask_babel import gettext as _, lazy_gettext as _l, ngettext

TITLE = _l("Partners")


def show(count):
    return ngettext("%(num)d partner", "%(num)d partners", count), _("Welcome, %(name)s")
"""
TEMPLATE = """<h1>{{ _("Your needs") }}</h1>{% trans trimmed count=n %}
    {{ count }} hidden
{% endtrans %}"""


@pytest.fixture
def project(root, tmp_path):
    """A small project with the same script and settings."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(root / "scripts/translations", tmp_path / "scripts")
    shutil.copy(root / "pyproject.toml", tmp_path)
    (tmp_path / ".venv").symlink_to(root / ".venv")
    (tmp_path / "web/templates").mkdir(parents=True)
    (tmp_path / "web/views.py").write_text(VIEW)
    (tmp_path / "web/templates/page.html").write_text(TEMPLATE)
    return tmp_path


def run(project, command):
    return subprocess.run([project / "scripts/translations", command], capture_output=True, text=True, check=False)


def translate(project, texts):
    path = project / "web/translations/zh/LC_MESSAGES/messages.po"
    catalogue = path.read_text()
    for english, chinese in texts.items():
        catalogue = catalogue.replace(f'{english}\nmsgstr ""', f"{english}\nmsgstr {chinese}")
        catalogue = catalogue.replace(f'{english}\nmsgstr[0] ""', f"{english}\nmsgstr[0] {chinese}")
    path.write_text(catalogue)


COMPLETE = {
    'msgid "Partners"': '"合作伙伴"',
    'msgid_plural "%(num)d partners"': '"%(num)d 家合作伙伴"',
    'msgid "Welcome, %(name)s"': '"欢迎，%(name)s"',
    'msgid "Your needs"': '"您的需求"',
    'msgid "%(count)s hidden"': '"已隐藏 %(count)s 家"',
}


def test_a_new_catalogue_can_be_compiled(project):
    run(project, "update")
    po = project / "web/translations/zh/LC_MESSAGES/messages.po"

    subprocess.run([project / ".venv/bin/pybabel", "compile", "-i", po, "-o", po.with_suffix(".mo")], check=True)

    assert po.with_suffix(".mo").exists()


def test_every_text_of_code_and_templates_is_asked_for(project):
    run(project, "update")

    checked = run(project, "check")

    assert checked.returncode == 1
    assert "5 texts, 5 faults" in checked.stdout


def test_a_complete_catalogue_passes_and_stays_as_it_is(project):
    run(project, "update")
    translate(project, COMPLETE)

    updated = run(project, "update")
    checked = run(project, "check")

    assert "5 texts, 0 empty" in updated.stdout
    assert (checked.returncode, checked.stdout) == (0, "5 texts, 0 faults\n")


@pytest.mark.parametrize(
    ("english", "chinese", "fault"),
    [
        ('msgid "Partners"', '""', "empty: 'Partners'"),
        ('msgid "Welcome, %(name)s"', '"欢迎，%(nmae)s"', "Welcome"),
    ],
)
def test_a_text_without_its_chinese_is_named(project, english, chinese, fault):
    run(project, "update")
    translate(project, {**COMPLETE, english: chinese})

    checked = run(project, "check")

    assert checked.returncode == 1
    assert fault in checked.stdout
    assert "5 texts, 1 faults" in checked.stdout


def test_a_new_text_and_one_that_went_are_both_named(project):
    run(project, "update")
    translate(project, COMPLETE)
    (project / "web/templates/page.html").write_text("""{{ _("Your offers") }}{{ _("%(count)s hidden") }}""")

    checked = run(project, "check")

    assert "missing: 'Your offers' (web/templates/page.html)" in checked.stdout
    assert "no longer used: 'Your needs'" in checked.stdout
