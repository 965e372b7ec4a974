"""The yearly plan of a deputies' group."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "group_plans",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["bodies.id"], name=op.f("fk_group_plans_group_id_bodies")),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["appointments.id"], name=op.f("fk_group_plans_written_by_id_appointments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_plans")),
        sa.UniqueConstraint("group_id", "year", name=op.f("uq_group_plans_group_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_group_plans_public_id")),
    )


def downgrade() -> None:
    op.drop_table("group_plans")
