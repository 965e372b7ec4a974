"""deputies who leave and terms that change"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

APPOINTMENT_DAYS = ("rests_from", "back_on", "reads_until")
# Before, a flag said that a seat was suspended and nothing since when: it rests from its first day on.
RESTING = (
    "UPDATE appointments SET rests_from = COALESCE((SELECT moved_out_on FROM seats WHERE seats.id = appointments.id), "
    "starts_on) WHERE active = false"
)
ENDED = "UPDATE seats SET ended_as = 'moved' WHERE moved_out_on IS NOT NULL"
SUSPENDED = "UPDATE appointments SET active = false WHERE rests_from IS NOT NULL AND back_on IS NULL"
STANDING = (
    "UPDATE seats SET standing = CASE WHEN moved_out_on IS NOT NULL THEN 'terminated' WHEN id IN "
    "(SELECT id FROM appointments WHERE rests_from IS NOT NULL AND back_on IS NULL) THEN 'suspended' ELSE 'active' END"
)


def upgrade() -> None:
    for name in APPOINTMENT_DAYS:
        op.add_column("appointments", sa.Column(name, sa.Date(), nullable=True))
    op.execute(RESTING)
    op.drop_column("appointments", "active")
    with op.batch_alter_table("seats") as table:
        table.add_column(sa.Column("ended_as", sa.String(length=12), nullable=True))
        table.add_column(sa.Column("notice_number", sa.String(length=60), nullable=True))
        table.add_column(sa.Column("follows_id", sa.Integer(), nullable=True))
        table.create_unique_constraint(op.f("uq_seats_follows_id"), ["follows_id"])
        table.create_foreign_key(op.f("fk_seats_follows_id_seats"), "seats", ["follows_id"], ["id"])
        table.drop_column("standing")
    op.execute(ENDED)
    op.create_table(
        "term_drafts",
        sa.Column("term_id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=True),
        sa.Column("seat_id", sa.Integer(), nullable=True),
        sa.Column("kept", sa.Boolean(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(body_id IS NULL) <> (seat_id IS NULL)", name=op.f("ck_term_drafts_of_a_body_or_a_seat")),
        sa.ForeignKeyConstraint(["body_id"], ["bodies.id"], name=op.f("fk_term_drafts_body_id_bodies")),
        sa.ForeignKeyConstraint(["seat_id"], ["seats.id"], name=op.f("fk_term_drafts_seat_id_seats")),
        sa.ForeignKeyConstraint(["term_id"], ["terms.id"], name=op.f("fk_term_drafts_term_id_terms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_drafts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_term_drafts_public_id")),
    )
    op.create_index(op.f("ix_term_drafts_term_id"), "term_drafts", ["term_id"])


def downgrade() -> None:
    op.drop_table("term_drafts")
    with op.batch_alter_table("seats") as table:
        table.add_column(sa.Column("standing", sa.String(length=12), nullable=False, server_default="active"))
    op.execute(STANDING)
    with op.batch_alter_table("seats") as table:
        table.alter_column("standing", server_default=None)
        table.drop_constraint(op.f("fk_seats_follows_id_seats"), type_="foreignkey")
        table.drop_constraint(op.f("uq_seats_follows_id"), type_="unique")
        for name in ("follows_id", "notice_number", "ended_as"):
            table.drop_column(name)
    op.add_column("appointments", sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.execute(SUSPENDED)
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("appointments", "active", server_default=None)
    for name in APPOINTMENT_DAYS:
        op.drop_column("appointments", name)
