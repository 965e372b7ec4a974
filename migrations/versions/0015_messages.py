"""群众留言: what the public leaves at a station; suggestions know that voices were written into them"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "messages",
        sa.Column("state", sa.String(length=12), nullable=True),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("reception_id", sa.Integer(), nullable=True),
        sa.Column("code_hash", sa.String(length=32), nullable=False),
        sa.Column("form_key", sa.String(length=32), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("phone", sa.String(length=400), nullable=True),
        sa.Column("doubts", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_by_id", sa.Integer(), nullable=True),
        sa.Column("matter_id", sa.Integer(), nullable=True),
        sa.Column("rating", sa.String(length=12), nullable=True),
        sa.Column("rating_note", sa.String(length=1000), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["looked_by_id"], ["appointments.id"], name=op.f("fk_messages_looked_by_id_appointments")
        ),
        sa.ForeignKeyConstraint(["matter_id"], ["matters.id"], name=op.f("fk_messages_matter_id_matters")),
        sa.ForeignKeyConstraint(["reception_id"], ["receptions.id"], name=op.f("fk_messages_reception_id_receptions")),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_messages_station_id_stations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_messages_code_hash")),
        sa.UniqueConstraint("form_key", name=op.f("uq_messages_form_key")),
        sa.UniqueConstraint("matter_id", name=op.f("uq_messages_matter_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_messages_public_id")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_messages_reception_id"), ["reception_id"], unique=False)
        batch_op.create_index("ix_messages_station_state", ["station_id", "state", "id"], unique=False)

    op.create_table(
        "message_files",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_message_files_document_id_documents")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_message_files_message_id_messages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_files")),
        sa.UniqueConstraint("message_id", "document_id", name=op.f("uq_message_files_message_id")),
    )
    op.add_column("suggestions", sa.Column("from_voices", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("suggestions", "from_voices")
    op.drop_table("message_files")
    op.drop_table("messages")
