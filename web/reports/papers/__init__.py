"""The documents of a report: from its frozen content to blocks, one module a section."""
