"""群众意见: the matter, what was done about it, its files"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matters",
        sa.Column("state", sa.String(length=20), nullable=True),
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("keeper_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=True),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("raised_by_id", sa.Integer(), nullable=True),
        sa.Column("with_seat_id", sa.Integer(), nullable=True),
        sa.Column("with_body_id", sa.Integer(), nullable=True),
        sa.Column("suggestion_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("public_title", sa.String(length=120), nullable=True),
        sa.Column("public_result", sa.String(length=200), nullable=True),
        sa.Column("pack_version_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["congress_id"], ["congresses.id"], name=op.f("fk_matters_congress_id_congresses")),
        sa.ForeignKeyConstraint(["keeper_id"], ["bodies.id"], name=op.f("fk_matters_keeper_id_bodies")),
        sa.ForeignKeyConstraint(
            ["pack_version_id"], ["rule_pack_versions.id"], name=op.f("fk_matters_pack_version_id_rule_pack_versions")
        ),
        sa.ForeignKeyConstraint(
            ["raised_by_id"], ["appointments.id"], name=op.f("fk_matters_raised_by_id_appointments")
        ),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["suggestions.id"], name=op.f("fk_matters_suggestion_id_suggestions")
        ),
        sa.ForeignKeyConstraint(["with_body_id"], ["bodies.id"], name=op.f("fk_matters_with_body_id_bodies")),
        sa.ForeignKeyConstraint(["with_seat_id"], ["seats.id"], name=op.f("fk_matters_with_seat_id_seats")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matters")),
        sa.UniqueConstraint("public_id", name=op.f("uq_matters_public_id")),
    )
    with op.batch_alter_table("matters", schema=None) as batch_op:
        batch_op.create_index("ix_matters_congress_state", ["congress_id", "state", "id"], unique=False)
        batch_op.create_index("ix_matters_keeper_state", ["keeper_id", "state", "id"], unique=False)
        batch_op.create_index("ix_matters_origin", ["source", "origin_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matters_raised_by_id"), ["raised_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matters_suggestion_id"), ["suggestion_id"], unique=False)
        batch_op.create_index("ix_matters_with_body", ["with_body_id", "state"], unique=False)
        batch_op.create_index("ix_matters_with_seat", ["with_seat_id", "state"], unique=False)

    op.create_table(
        "matter_entries",
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("how", sa.String(length=12), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("late_reason", sa.String(length=200), nullable=True),
        sa.Column("to_words", sa.String(length=120), nullable=True),
        sa.Column("clock", sa.JSON(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["appointments.id"], name=op.f("fk_matter_entries_by_id_appointments")),
        sa.ForeignKeyConstraint(["matter_id"], ["matters.id"], name=op.f("fk_matter_entries_matter_id_matters")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_entries")),
        sa.UniqueConstraint("public_id", name=op.f("uq_matter_entries_public_id")),
    )
    with op.batch_alter_table("matter_entries", schema=None) as batch_op:
        batch_op.create_index("ix_matter_entries_matter", ["matter_id", "id"], unique=False)

    op.create_table(
        "matter_files",
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_matter_files_document_id_documents")),
        sa.ForeignKeyConstraint(["matter_id"], ["matters.id"], name=op.f("fk_matter_files_matter_id_matters")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_files")),
        sa.UniqueConstraint("matter_id", "document_id", name=op.f("uq_matter_files_matter_id")),
    )


def downgrade() -> None:
    op.drop_table("matter_files")
    op.drop_table("matter_entries")
    op.drop_table("matters")
