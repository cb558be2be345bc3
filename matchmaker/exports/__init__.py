"""Documents: plain content from frozen values, rendered as DOCX and PDF; the same input gives the same bytes."""
