"""Objections to dossiers, decisions about them, corrections."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dossier_objections",
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("entry", sa.String(length=60), nullable=False),
        sa.Column("called", sa.String(length=200), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["seat_id"], ["seats.id"], name=op.f("fk_dossier_objections_seat_id_seats")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_objections")),
        sa.UniqueConstraint("form_key", name=op.f("uq_dossier_objections_form_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_dossier_objections_public_id")),
    )
    with op.batch_alter_table("dossier_objections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dossier_objections_seat_id"), ["seat_id"], unique=False)

    op.create_table(
        "dossier_corrections",
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=8), nullable=False),
        sa.Column("entry", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("objection_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "act <> 'add' OR (kind IS NOT NULL AND day IS NOT NULL)", name=op.f("ck_dossier_corrections_added_whole")
        ),
        sa.CheckConstraint("act IN ('drop', 'restore', 'add')", name=op.f("ck_dossier_corrections_act")),
        sa.ForeignKeyConstraint(["by_id"], ["appointments.id"], name=op.f("fk_dossier_corrections_by_id_appointments")),
        sa.ForeignKeyConstraint(
            ["objection_id"],
            ["dossier_objections.id"],
            name=op.f("fk_dossier_corrections_objection_id_dossier_objections"),
        ),
        sa.ForeignKeyConstraint(["seat_id"], ["seats.id"], name=op.f("fk_dossier_corrections_seat_id_seats")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_corrections")),
        sa.UniqueConstraint("public_id", name=op.f("uq_dossier_corrections_public_id")),
    )
    with op.batch_alter_table("dossier_corrections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dossier_corrections_seat_id"), ["seat_id"], unique=False)

    op.create_table(
        "dossier_decisions",
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["appointments.id"], name=op.f("fk_dossier_decisions_by_id_appointments")),
        sa.ForeignKeyConstraint(
            ["objection_id"],
            ["dossier_objections.id"],
            name=op.f("fk_dossier_decisions_objection_id_dossier_objections"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_decisions")),
        sa.UniqueConstraint("objection_id", name=op.f("uq_dossier_decisions_objection_id")),
    )


def downgrade() -> None:
    op.drop_table("dossier_decisions")
    op.drop_table("dossier_corrections")
    op.drop_table("dossier_objections")
