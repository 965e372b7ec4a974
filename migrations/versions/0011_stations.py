"""homes, stations and points, who is placed there, duty rules and slots"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outlines",
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("township", sa.String(length=60), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["congress_id"], ["bodies.id"], name=op.f("fk_outlines_congress_id_bodies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outlines")),
        sa.UniqueConstraint("congress_id", "township", name=op.f("uq_outlines_congress_id")),
    )
    op.create_table(
        "stations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("sort_name", sa.String(length=400), nullable=False),
        sa.Column("place_kind", sa.String(length=12), nullable=True),
        sa.Column("level", sa.String(length=12), nullable=True),
        sa.Column("township", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("directions", sa.String(length=200), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("hours", sa.String(length=200), nullable=False),
        sa.Column("reception_words", sa.String(length=400), nullable=False),
        sa.Column("station_line", sa.String(length=60), nullable=True),
        sa.Column("head_name", sa.String(length=60), nullable=True),
        sa.Column("liaison_name", sa.String(length=60), nullable=True),
        sa.Column("services", sa.String(length=400), nullable=False),
        sa.Column("deputies_said", sa.Integer(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["bodies.id"], name=op.f("fk_stations_id_bodies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stations")),
        sa.UniqueConstraint("slug", name=op.f("uq_stations_slug")),
    )
    op.create_index(op.f("ix_stations_township"), "stations", ["township"])

    op.create_table(
        "duty_rules",
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("pattern", sa.JSON(), nullable=False),
        sa.Column("at_once", sa.Integer(), nullable=True),
        sa.Column("notice_days", sa.Integer(), nullable=True),
        sa.Column("least", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("planned_until", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_duty_rules_station_id_stations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_rules")),
        sa.UniqueConstraint("public_id", name=op.f("uq_duty_rules_public_id")),
    )
    op.create_index(op.f("ix_duty_rules_station_id"), "duty_rules", ["station_id"])

    op.create_table(
        "placements",
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("area", sa.String(length=120), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_placements_ends_after_start")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_placements_person_id_persons")),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_placements_station_id_stations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placements")),
        sa.UniqueConstraint("public_id", name=op.f("uq_placements_public_id")),
    )
    op.create_index(op.f("ix_placements_person_id"), "placements", ["person_id"])
    op.create_index("ix_placements_station_person", "placements", ["station_id", "person_id"])

    op.create_table(
        "receptions",
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=True),
        sa.Column("ruled_on", sa.Date(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("half", sa.String(length=12), nullable=False),
        sa.Column("opens_at", sa.Time(), nullable=True),
        sa.Column("closes_at", sa.Time(), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("called_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_off_for", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_receptions_closes_after_opening")),
        sa.ForeignKeyConstraint(["rule_id"], ["duty_rules.id"], name=op.f("fk_receptions_rule_id_duty_rules")),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_receptions_station_id_stations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receptions")),
        sa.UniqueConstraint("public_id", name=op.f("uq_receptions_public_id")),
        sa.UniqueConstraint("rule_id", "ruled_on", name=op.f("uq_receptions_rule_id")),
    )
    op.create_index(op.f("ix_receptions_day"), "receptions", ["day"])
    op.create_index("ix_receptions_station_day", "receptions", ["station_id", "day"])

    op.create_table(
        "duty_slots",
        sa.Column("reception_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("offered_for_id", sa.Integer(), nullable=True),
        sa.Column("instead_of_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instead_of_id"], ["duty_slots.id"], name=op.f("fk_duty_slots_instead_of_id_duty_slots")
        ),
        sa.ForeignKeyConstraint(
            ["offered_for_id"], ["duty_slots.id"], name=op.f("fk_duty_slots_offered_for_id_duty_slots")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_duty_slots_person_id_persons")),
        sa.ForeignKeyConstraint(
            ["reception_id"], ["receptions.id"], name=op.f("fk_duty_slots_reception_id_receptions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_slots")),
        sa.UniqueConstraint("public_id", name=op.f("uq_duty_slots_public_id")),
    )
    op.create_index(op.f("ix_duty_slots_person_id"), "duty_slots", ["person_id"])
    op.create_index(op.f("ix_duty_slots_reception_id"), "duty_slots", ["reception_id"])


def downgrade() -> None:
    for table in ("duty_slots", "receptions", "placements", "duty_rules", "stations", "outlines"):
        op.drop_table(table)
