"""returns, extensions, rework, withdrawal, mergers: facts of a suggestion, and parts that end"""

import sqlalchemy as sa
from alembic import op

from portal.audit import triggers

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEYS = (("id",), ("public_id",), ("task_id", "number"), ("kind", "about_id"))
LIVE = sa.text("ended_as IS NULL")
# SQLite's rebuilding of a table forgets its checks unless they are said again.
FACT_CHECKS = (
    sa.CheckConstraint(
        "kind <> 'rating' OR (attitude IS NOT NULL AND result IS NOT NULL)", name="ck_task_facts_rating_whole"
    ),
    sa.CheckConstraint("kind <> 'reply' OR grade IS NOT NULL", name="ck_task_facts_reply_has_grade"),
    sa.CheckConstraint(
        "kind <> 'reply' OR publicity = 'full' OR why <> ''", name="ck_task_facts_publicity_needs_reason"
    ),
)
SUGGESTION_CHECKS = (
    sa.CheckConstraint("(number IS NULL) = (series IS NULL)", name="ck_suggestions_number_within_series"),
)


def upgrade() -> None:
    _guards(off=True)
    with op.batch_alter_table("suggestions", table_args=_checks(SUGGESTION_CHECKS)) as table:
        table.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("origin_id", sa.Integer(), nullable=True))
        table.create_foreign_key("fk_suggestions_merged_into_id_suggestions", "suggestions", ["merged_into_id"], ["id"])
        table.create_foreign_key("fk_suggestions_origin_id_suggestions", "suggestions", ["origin_id"], ["id"])
        table.create_index("ix_suggestions_merged_into_id", ["merged_into_id"])
    with op.batch_alter_table("unit_tasks") as table:
        table.add_column(sa.Column("assigned_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("dispatched_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("return_due", sa.Date(), nullable=True))
        table.add_column(sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("ended_as", sa.String(length=10), nullable=True))
        table.add_column(sa.Column("follows_id", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE unit_tasks SET assigned_on ="
        " (SELECT handlings.assigned_on FROM handlings WHERE handlings.id = unit_tasks.handling_id)"
    )
    with op.batch_alter_table("unit_tasks") as table:
        table.alter_column("assigned_on", existing_type=sa.Date(), nullable=False)
        table.create_foreign_key("fk_unit_tasks_follows_id_unit_tasks", "unit_tasks", ["follows_id"], ["id"])
        table.drop_constraint("uq_unit_tasks_handling_id", type_="unique")
        table.create_index(
            "uq_unit_tasks_live", ["handling_id", "unit_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
        )
    with op.batch_alter_table("task_facts", table_args=_checks(FACT_CHECKS)) as table:
        table.add_column(sa.Column("suggestion_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("verdict", sa.String(length=10), nullable=True))
        table.add_column(sa.Column("asked", sa.Date(), nullable=True))
        table.add_column(sa.Column("unit_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("leader_decision", sa.String(), nullable=True))
    op.execute(
        "UPDATE task_facts SET suggestion_id ="
        " (SELECT unit_tasks.suggestion_id FROM unit_tasks WHERE unit_tasks.id = task_facts.task_id)"
    )
    with op.batch_alter_table("task_facts", table_args=_checks(FACT_CHECKS)) as table:
        table.alter_column("suggestion_id", existing_type=sa.Integer(), nullable=False)
        table.alter_column("task_id", existing_type=sa.Integer(), nullable=True)
        table.create_foreign_key("fk_task_facts_suggestion_id_suggestions", "suggestions", ["suggestion_id"], ["id"])
        table.create_foreign_key("fk_task_facts_unit_id_bodies", "bodies", ["unit_id"], ["id"])
        table.create_index("ix_task_facts_suggestion", ["suggestion_id", "id"])
    _guards(off=False)


def downgrade() -> None:
    """What the older release has no place for, facts of a whole suggestion and parts that ended, is left out."""
    _guards(off=True)
    tasks = sa.table("unit_tasks", sa.column("id"), sa.column("ended_as"))
    facts, drafts = (sa.table(name, sa.column("task_id")) for name in ("task_facts", "reply_drafts"))
    gone = tasks.c.ended_as.in_(("returned", "replaced", "merged", "unmerged"))
    ended = sa.select(tasks.c.id).where(gone)
    op.execute(facts.delete().where(facts.c.task_id.is_(None) | facts.c.task_id.in_(ended)))
    op.execute(drafts.delete().where(drafts.c.task_id.in_(ended)))
    op.execute(tasks.delete().where(gone))
    with op.batch_alter_table("task_facts", table_args=_checks(FACT_CHECKS)) as table:
        table.drop_index("ix_task_facts_suggestion")
        table.drop_constraint("fk_task_facts_unit_id_bodies", type_="foreignkey")
        table.drop_constraint("fk_task_facts_suggestion_id_suggestions", type_="foreignkey")
        table.alter_column("task_id", existing_type=sa.Integer(), nullable=False)
        for name in ("leader_decision", "unit_id", "asked", "verdict", "suggestion_id"):
            table.drop_column(name)
    with op.batch_alter_table("unit_tasks") as table:
        table.drop_index("uq_unit_tasks_live", sqlite_where=LIVE, postgresql_where=LIVE)
        table.drop_constraint("fk_unit_tasks_follows_id_unit_tasks", type_="foreignkey")
        for name in ("follows_id", "ended_as", "checked_at", "return_due", "dispatched_on", "assigned_on"):
            table.drop_column(name)
        table.create_unique_constraint("uq_unit_tasks_handling_id", ["handling_id", "unit_id"])
    with op.batch_alter_table("suggestions", table_args=_checks(SUGGESTION_CHECKS)) as table:
        table.drop_index("ix_suggestions_merged_into_id")
        table.drop_constraint("fk_suggestions_origin_id_suggestions", type_="foreignkey")
        table.drop_constraint("fk_suggestions_merged_into_id_suggestions", type_="foreignkey")
        table.drop_column("origin_id")
        table.drop_column("merged_into_id")
    _guards(off=False)


def _checks(checks: tuple[sa.CheckConstraint, ...]) -> tuple[sa.CheckConstraint, ...]:
    lite = op.get_bind().dialect.name == "sqlite"
    return tuple(sa.CheckConstraint(one.sqltext, name=op.f(str(one.name))) for one in checks) if lite else ()


def _guards(off: bool) -> None:
    dialect = op.get_bind().dialect.name
    statements = triggers.removal(dialect, "task_facts") if off else triggers.statements(dialect, "task_facts", KEYS)
    for statement in statements:
        op.execute(statement)
