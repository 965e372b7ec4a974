"""Pairings, contact records with their problems, groups of voters, campaigns."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_campaigns_ends_after_start")),
        sa.ForeignKeyConstraint(["congress_id"], ["bodies.id"], name=op.f("fk_campaigns_congress_id_bodies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("public_id", name=op.f("uq_campaigns_public_id")),
    )
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_campaigns_congress_id"), ["congress_id"], unique=False)

    op.create_table(
        "voter_groups",
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["congress_id"], ["bodies.id"], name=op.f("fk_voter_groups_congress_id_bodies")),
        sa.ForeignKeyConstraint(["seat_id"], ["seats.id"], name=op.f("fk_voter_groups_seat_id_seats")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voter_groups")),
        sa.UniqueConstraint("public_id", name=op.f("uq_voter_groups_public_id")),
    )
    with op.batch_alter_table("voter_groups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_voter_groups_seat_id"), ["seat_id"], unique=False)

    op.create_table(
        "pairings",
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("contactor_id", sa.Integer(), nullable=True),
        sa.Column("organ_id", sa.Integer(), nullable=True),
        sa.Column("seat_id", sa.Integer(), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("proposed", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ending", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(contactor_id IS NULL) <> (organ_id IS NULL)", name=op.f("ck_pairings_one_near_side")),
        sa.CheckConstraint(
            "(seat_id IS NOT NULL AND place_id IS NULL AND group_id IS NULL) OR "
            "(seat_id IS NULL AND place_id IS NOT NULL AND group_id IS NULL) OR "
            "(seat_id IS NULL AND place_id IS NULL AND group_id IS NOT NULL)",
            name=op.f("ck_pairings_one_far_side"),
        ),
        sa.ForeignKeyConstraint(["congress_id"], ["bodies.id"], name=op.f("fk_pairings_congress_id_bodies")),
        sa.ForeignKeyConstraint(
            ["contactor_id"], ["appointments.id"], name=op.f("fk_pairings_contactor_id_appointments")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["voter_groups.id"], name=op.f("fk_pairings_group_id_voter_groups")),
        sa.ForeignKeyConstraint(["organ_id"], ["bodies.id"], name=op.f("fk_pairings_organ_id_bodies")),
        sa.ForeignKeyConstraint(["place_id"], ["bodies.id"], name=op.f("fk_pairings_place_id_bodies")),
        sa.ForeignKeyConstraint(["seat_id"], ["seats.id"], name=op.f("fk_pairings_seat_id_seats")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairings")),
        sa.UniqueConstraint("public_id", name=op.f("uq_pairings_public_id")),
    )
    with op.batch_alter_table("pairings", schema=None) as batch_op:
        batch_op.create_index("ix_pairings_congress", ["congress_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pairings_contactor_id"), ["contactor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pairings_organ_id"), ["organ_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pairings_seat_id"), ["seat_id"], unique=False)
        batch_op.create_index(
            "uq_pairings_deputy",
            ["kind", "contactor_id", "seat_id"],
            unique=True,
            sqlite_where=sa.text("ends_on IS NULL"),
            postgresql_where=sa.text("ends_on IS NULL"),
        )
        batch_op.create_index(
            "uq_pairings_group",
            ["kind", "group_id"],
            unique=True,
            sqlite_where=sa.text("ends_on IS NULL"),
            postgresql_where=sa.text("ends_on IS NULL"),
        )
        batch_op.create_index(
            "uq_pairings_organ",
            ["kind", "organ_id", "seat_id"],
            unique=True,
            sqlite_where=sa.text("ends_on IS NULL"),
            postgresql_where=sa.text("ends_on IS NULL"),
        )
        batch_op.create_index(
            "uq_pairings_place",
            ["kind", "contactor_id", "place_id"],
            unique=True,
            sqlite_where=sa.text("ends_on IS NULL"),
            postgresql_where=sa.text("ends_on IS NULL"),
        )

    op.create_table(
        "voters",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=True),
        sa.Column("phone", sa.String(length=400), nullable=True),
        sa.Column("address", sa.String(length=400), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["voter_groups.id"], name=op.f("fk_voters_group_id_voter_groups")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voters")),
        sa.UniqueConstraint("public_id", name=op.f("uq_voters_public_id")),
    )
    with op.batch_alter_table("voters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_voters_group_id"), ["group_id"], unique=False)

    op.create_table(
        "contact_records",
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("pairing_id", sa.Integer(), nullable=True),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("contactor_id", sa.Integer(), nullable=True),
        sa.Column("organ_id", sa.Integer(), nullable=True),
        sa.Column("seat_id", sa.Integer(), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("late_reason", sa.String(length=200), nullable=True),
        sa.Column("form", sa.String(length=12), nullable=False),
        sa.Column("venue", sa.String(length=120), nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("opinions", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("form_key", sa.String(length=64), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_contact_records_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(["congress_id"], ["bodies.id"], name=op.f("fk_contact_records_congress_id_bodies")),
        sa.ForeignKeyConstraint(
            ["contactor_id"], ["appointments.id"], name=op.f("fk_contact_records_contactor_id_appointments")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["voter_groups.id"], name=op.f("fk_contact_records_group_id_voter_groups")
        ),
        sa.ForeignKeyConstraint(["organ_id"], ["bodies.id"], name=op.f("fk_contact_records_organ_id_bodies")),
        sa.ForeignKeyConstraint(["pairing_id"], ["pairings.id"], name=op.f("fk_contact_records_pairing_id_pairings")),
        sa.ForeignKeyConstraint(["place_id"], ["bodies.id"], name=op.f("fk_contact_records_place_id_bodies")),
        sa.ForeignKeyConstraint(["seat_id"], ["seats.id"], name=op.f("fk_contact_records_seat_id_seats")),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["appointments.id"], name=op.f("fk_contact_records_written_by_id_appointments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_records")),
        sa.UniqueConstraint("form_key", name=op.f("uq_contact_records_form_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_contact_records_public_id")),
    )
    with op.batch_alter_table("contact_records", schema=None) as batch_op:
        batch_op.create_index("ix_contact_records_campaign", ["campaign_id", "filed_at"], unique=False)
        batch_op.create_index("ix_contact_records_congress", ["congress_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_records_contactor_id"), ["contactor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_records_organ_id"), ["organ_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_records_pairing_id"), ["pairing_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_records_place_id"), ["place_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_records_seat_id"), ["seat_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_records_written_by_id"), ["written_by_id"], unique=False)

    op.create_table(
        "contact_problems",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(length=500), nullable=False),
        sa.Column("answered", sa.String(length=300), nullable=False),
        sa.Column("voter_name", sa.String(length=400), nullable=True),
        sa.Column("voter_phone", sa.String(length=400), nullable=True),
        sa.Column("matter_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["matter_id"], ["matters.id"], name=op.f("fk_contact_problems_matter_id_matters")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["contact_records.id"], name=op.f("fk_contact_problems_record_id_contact_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_problems")),
        sa.UniqueConstraint("public_id", name=op.f("uq_contact_problems_public_id")),
    )
    with op.batch_alter_table("contact_problems", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_problems_matter_id"), ["matter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_problems_record_id"), ["record_id"], unique=False)

    op.create_table(
        "contact_record_answers",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("capacity_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["capacity_id"], ["appointments.id"], name=op.f("fk_contact_record_answers_capacity_id_appointments")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["contact_records.id"], name=op.f("fk_contact_record_answers_record_id_contact_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_record_answers")),
        sa.UniqueConstraint("record_id", name=op.f("uq_contact_record_answers_record_id")),
    )
    op.create_table(
        "contact_record_photos",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_contact_record_photos_document_id_documents")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["contact_records.id"], name=op.f("fk_contact_record_photos_record_id_contact_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_record_photos")),
    )
    with op.batch_alter_table("contact_record_photos", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_record_photos_record_id"), ["record_id"], unique=False)


def downgrade() -> None:
    for name in (
        "contact_record_photos", "contact_record_answers", "contact_problems", "contact_records", "voters", "pairings",
        "voter_groups", "campaigns",
    ):  # fmt: skip
        op.drop_table(name)
