"""What is signed does not change: the database itself refuses, whatever the code above it does.

Alembic on SQLite rebuilds a table to alter it, and its triggers go with it: a migration that alters one of these
tables puts them up again.
"""

from collections.abc import Iterator

from alembic import op

PARTS = ("seats", "ip_items")
# What a consortium may still do after signing is to be dissolved; keys that point elsewhere may be emptied.
FIXED = (
    "lead_id",
    "name_zh",
    "name_en",
    "goal_zh",
    "goal_en",
    "liable_body",
    "organs",
    "breach",
    "entry_exit",
    "secrecy",
    "budget",
    "starts_on",
    "months",
    "signed_on",
)
REFUSAL = "a signed consortium does not change"
BACK = "NEW.state = 'forming' OR (NEW.state = 'signed' AND OLD.state <> 'signed')"


def put_up() -> None:
    dialect = op.get_bind().dialect.name
    for statement in _for_postgresql() if dialect == "postgresql" else _for_sqlite():
        op.execute(statement)


def take_down() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for table in (*PARTS, "consortia"):
        for event in _events(table):
            place = f" ON {table}" if is_postgresql else ""
            op.execute(f"DROP TRIGGER {table}_locked_{event}{place}")
    if is_postgresql:
        op.execute("DROP FUNCTION refuse_signed()")
        op.execute("DROP FUNCTION refuse_change()")


def _events(table: str) -> tuple[str, ...]:
    return ("update",) if table == "consortia" else ("insert", "update", "delete")


def _conditions(not_same: str) -> Iterator[tuple[str, str, str]]:
    """Table, event, and when it is refused."""
    for table in PARTS:
        for event in _events(table):
            row = "NEW" if event == "insert" else "OLD"
            yield table, event, f"(SELECT state FROM consortia WHERE id = {row}.consortium_id) <> 'forming'"
    moved = " OR ".join(f"NEW.{column} {not_same} OLD.{column}" for column in FIXED)
    yield "consortia", "update", f"OLD.state <> 'forming' AND ({BACK} OR {moved})"


def _for_sqlite() -> Iterator[str]:
    for table, event, condition in _conditions("IS NOT"):
        yield (
            f"CREATE TRIGGER {table}_locked_{event} BEFORE {event.upper()} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def _for_postgresql() -> Iterator[str]:
    # A condition of a trigger holds no subquery there, so a function asks.
    yield (
        "CREATE FUNCTION refuse_signed() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE found text; BEGIN "
        "SELECT state INTO found FROM consortia "
        "WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.consortium_id ELSE OLD.consortium_id END; "
        f"IF found <> 'forming' THEN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'check_violation'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    yield (
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'check_violation'; END $$"
    )
    for table, event, condition in _conditions("IS DISTINCT FROM"):
        asks, does = ("", "refuse_signed()") if table in PARTS else (f"WHEN ({condition}) ", "refuse_change()")
        yield (
            f"CREATE TRIGGER {table}_locked_{event} BEFORE {event.upper()} ON {table} "
            f"FOR EACH ROW {asks}EXECUTE FUNCTION {does}"
        )
