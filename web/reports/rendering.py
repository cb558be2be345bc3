"""The files of a report, made from its frozen content alone: the same bytes for the same content, each time."""

from collections.abc import Callable, Mapping
from functools import cache

from flask import Flask
from flask_babel import force_locale

from matchmaker.exports.content import Document, Language
from matchmaker.exports.docx import render_docx
from matchmaker.exports.html import render_html
from matchmaker.exports.pdf import render_pdf
from matchmaker.exports.xlsx import render_xlsx
from matchmaker.services.reports.content import Content, Renderer, Writer
from models.enums import DocumentFormat
from web.reports.papers.report import report_document

RENDERERS: Mapping[DocumentFormat, Callable[[Document], bytes]] = {
    DocumentFormat.PDF: render_pdf,
    DocumentFormat.DOCX: render_docx,
    DocumentFormat.XLSX: render_xlsx,
    DocumentFormat.HTML: render_html,
}


def renderer(app: Flask) -> Renderer:
    """What a worker renders with: it has no request, so the words are asked for as if somebody had one."""

    def render(content: Content, language: str) -> Writer:
        @cache
        def worded() -> Document:
            return document_of(app, content, language)

        return lambda document_format: RENDERERS[document_format](worded())

    return render


def document_of(app: Flask, content: Content, language: str) -> Document:
    """The content in words, before it takes a format."""
    with app.test_request_context(), force_locale(Language(language)):
        return report_document(content)
