"""通知公告: notices, papers, receipts"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("sender", sa.String(length=60), nullable=False),
        sa.Column("answers", sa.Boolean(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("answer_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_because", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["audience_id"], ["audiences.id"], name=op.f("fk_notices_audience_id_audiences")),
        sa.ForeignKeyConstraint(["congress_id"], ["congresses.id"], name=op.f("fk_notices_congress_id_congresses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("public_id", name=op.f("uq_notices_public_id")),
    )

    op.create_table(
        "notice_papers",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_notice_papers_document_id_documents")),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_notice_papers_notice_id_notices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_papers")),
    )

    op.create_table(
        "receipts",
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("capacity_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["capacity_id"], ["appointments.id"], name=op.f("fk_receipts_capacity_id_appointments")
        ),
        sa.ForeignKeyConstraint(["delegation_id"], ["bodies.id"], name=op.f("fk_receipts_delegation_id_bodies")),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_receipts_notice_id_notices")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_receipts_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("notice_id", "person_id", name=op.f("uq_receipts_notice_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_receipts_public_id")),
    )

    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index("ix_notices_congress_published", ["congress_id", "published_at"], unique=False)

    with op.batch_alter_table("notice_papers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_papers_notice_id"), ["notice_id"], unique=False)

    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.create_index("ix_receipts_capacity_state", ["capacity_id", "state"], unique=False)
        batch_op.create_index("ix_receipts_notice_state", ["notice_id", "state"], unique=False)


def downgrade() -> None:
    op.drop_table("receipts")
    op.drop_table("notice_papers")
    op.drop_table("notices")
