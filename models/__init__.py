"""Tables and closed lists. Importing this package registers every table."""

from models import (  # noqa: F401
    accounts,
    audit,
    base,
    challenges,
    consortia,
    enums,
    exposure,
    facilities,
    funds,
    interest,
    jobs,
    learning,
    market,
    matching,
    offers,
    organisations,
    rules,
    taxonomy,
    track,
)
