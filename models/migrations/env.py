"""Alembic's entry: one connection, all migrations in one transaction."""

from alembic import context

import models
from models.sessions import create_engine

engine = create_engine(context.config.attributes["url"])
# SQLite rebuilds a table to alter it; with foreign keys on, dropping the old one would delete what points at it.
# The switch works outside a transaction only, so it goes to the driver's own connection.
with engine.connect() as connection:
    if engine.dialect.name == "sqlite":
        connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=models.base.metadata,
        render_as_batch=True,
        compare_type=True,
        user_module_prefix="sqlmodel.sql.sqltypes.",
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()
