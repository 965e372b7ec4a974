"""rules of the office's own, and who entered a year of the calendar"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_drafts",
        sa.Column("state", sa.String(length=10), nullable=True),
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("base_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["base_id"], ["rule_pack_versions.id"], name=op.f("fk_rule_drafts_base_id_rule_pack_versions")
        ),
        sa.ForeignKeyConstraint(["congress_id"], ["bodies.id"], name=op.f("fk_rule_drafts_congress_id_bodies")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["persons.id"], name=op.f("fk_rule_drafts_proposed_by_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_drafts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_rule_drafts_public_id")),
    )
    with op.batch_alter_table("rule_drafts", schema=None) as batch_op:
        batch_op.create_index(
            "uq_rule_drafts_open",
            ["congress_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('draft', 'proposed')"),
            postgresql_where=sa.text("state IN ('draft', 'proposed')"),
        )

    op.create_table(
        "rule_adoptions",
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("approved_by_id <> entered_by_id", name=op.f("ck_rule_adoptions_second_person")),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["persons.id"], name=op.f("fk_rule_adoptions_approved_by_id_persons")
        ),
        sa.ForeignKeyConstraint(["congress_id"], ["bodies.id"], name=op.f("fk_rule_adoptions_congress_id_bodies")),
        sa.ForeignKeyConstraint(["draft_id"], ["rule_drafts.id"], name=op.f("fk_rule_adoptions_draft_id_rule_drafts")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["persons.id"], name=op.f("fk_rule_adoptions_entered_by_id_persons")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["rule_pack_versions.id"], name=op.f("fk_rule_adoptions_version_id_rule_pack_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_adoptions")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_rule_adoptions_draft_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_rule_adoptions_public_id")),
    )
    with op.batch_alter_table("rule_adoptions", schema=None) as batch_op:
        batch_op.create_index("ix_rule_adoptions_congress", ["congress_id", "starts_on"], unique=False)

    with op.batch_alter_table("calendar_years", schema=None) as batch_op:
        batch_op.add_column(sa.Column("entered_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_calendar_years_entered_by_id_persons"), "persons", ["entered_by_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("calendar_years", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_calendar_years_entered_by_id_persons"), type_="foreignkey")
        batch_op.drop_column("entered_by_id")

    with op.batch_alter_table("rule_adoptions", schema=None) as batch_op:
        batch_op.drop_index("ix_rule_adoptions_congress")

    op.drop_table("rule_adoptions")
    with op.batch_alter_table("rule_drafts", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_rule_drafts_open",
            sqlite_where=sa.text("state IN ('draft', 'proposed')"),
            postgresql_where=sa.text("state IN ('draft', 'proposed')"),
        )

    op.drop_table("rule_drafts")
