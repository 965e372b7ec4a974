"""official facts and the log cannot be rewritten"""

from alembic import op

from portal.audit import triggers

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# table: its unique column sets, which SQLite's guard against INSERT OR REPLACE must know
GUARDED = {
    "audit_entries": (("id",), ("subject", "seq")),
    "audit_heads": (("id",), ("day",)),
    "task_facts": (("id",), ("public_id",), ("task_id", "number"), ("kind", "about_id")),
}


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    for table, keys in GUARDED.items():
        for statement in triggers.statements(dialect, table, keys):
            op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for table in GUARDED:
        for statement in triggers.removal(dialect, table):
            op.execute(statement)
