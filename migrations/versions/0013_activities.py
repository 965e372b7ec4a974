"""培训和活动: audience rules, activities, quotas, papers, sign-ups"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audiences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audiences")),
    )

    op.create_table(
        "audience_parts",
        sa.Column("audience_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("word", sa.String(length=20), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=True),
        sa.Column("capacity_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_audience_parts_audience_id_audiences")
        ),
        sa.ForeignKeyConstraint(["body_id"], ["bodies.id"], name=op.f("fk_audience_parts_body_id_bodies")),
        sa.ForeignKeyConstraint(
            ["capacity_id"], ["appointments.id"], name=op.f("fk_audience_parts_capacity_id_appointments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audience_parts")),
    )

    op.create_table(
        "activities",
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("contact", sa.String(length=80), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sign_up_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("waiting_list", sa.Boolean(), nullable=False),
        sa.Column("order_key", sa.String(length=12), nullable=False),
        sa.Column("releases", sa.Boolean(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("requirement", sa.String(length=80), nullable=False),
        sa.Column("audience_id", sa.Integer(), nullable=False),
        sa.Column("planned_by_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("called_off_because", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at >= starts_at", name=op.f("ck_activities_ends_after_start")),
        sa.ForeignKeyConstraint(["audience_id"], ["audiences.id"], name=op.f("fk_activities_audience_id_audiences")),
        sa.ForeignKeyConstraint(["congress_id"], ["congresses.id"], name=op.f("fk_activities_congress_id_congresses")),
        sa.ForeignKeyConstraint(
            ["planned_by_id"], ["appointments.id"], name=op.f("fk_activities_planned_by_id_appointments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
        sa.UniqueConstraint("public_id", name=op.f("uq_activities_public_id")),
    )

    op.create_table(
        "activity_papers",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("after", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_activity_papers_activity_id_activities")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_activity_papers_document_id_documents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_papers")),
    )

    op.create_table(
        "activity_quotas",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_activity_quotas_activity_id_activities")
        ),
        sa.ForeignKeyConstraint(["delegation_id"], ["bodies.id"], name=op.f("fk_activity_quotas_delegation_id_bodies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_quotas")),
        sa.UniqueConstraint("activity_id", "delegation_id", name=op.f("uq_activity_quotas_activity_id")),
    )

    op.create_table(
        "sign_ups",
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("capacity_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=True),
        sa.Column("first_term", sa.Boolean(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leave_reason", sa.String(), nullable=False),
        sa.Column("leave_answer", sa.String(), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_code", sa.Boolean(), nullable=False),
        sa.Column("late_reason", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_sign_ups_activity_id_activities")),
        sa.ForeignKeyConstraint(
            ["capacity_id"], ["appointments.id"], name=op.f("fk_sign_ups_capacity_id_appointments")
        ),
        sa.ForeignKeyConstraint(["delegation_id"], ["bodies.id"], name=op.f("fk_sign_ups_delegation_id_bodies")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_sign_ups_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ups")),
        sa.UniqueConstraint("activity_id", "order", name="uq_sign_ups_order"),
        sa.UniqueConstraint("activity_id", "person_id", name=op.f("uq_sign_ups_activity_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sign_ups_public_id")),
    )

    with op.batch_alter_table("audience_parts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audience_parts_audience_id"), ["audience_id"], unique=False)

    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.create_index("ix_activities_congress_starts", ["congress_id", "starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_activities_requirement"), ["requirement"], unique=False)

    with op.batch_alter_table("activity_papers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activity_papers_activity_id"), ["activity_id"], unique=False)

    with op.batch_alter_table("sign_ups", schema=None) as batch_op:
        batch_op.create_index(
            "ix_sign_ups_activity_state", ["activity_id", "state", "delegation_id", "order"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sign_ups_capacity_id"), ["capacity_id"], unique=False)


def downgrade() -> None:
    op.drop_table("sign_ups")
    op.drop_table("activity_quotas")
    op.drop_table("activity_papers")
    op.drop_table("activities")
    op.drop_table("audience_parts")
    op.drop_table("audiences")
