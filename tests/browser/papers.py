"""What is written in the documents that people take away."""

import io
import re

import docx
import openpyxl
from pypdf import PdfReader


def text_of_word(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def text_of_pdf(content: bytes) -> str:
    """Without the line breaks, which fall inside Chinese names."""
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return re.sub(r"\s+", " ", text.replace("\u200b", "")).replace("\n", "")


def text_of_workbook(content: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(content))
    rows = [row for sheet in book.worksheets for row in sheet.iter_rows(values_only=True)]
    return "\n".join(str(value) for row in rows for value in row if value is not None)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
