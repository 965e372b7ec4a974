"""sound files of a refused sheet are kept"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_files",
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("original_sha256", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_files")),
        sa.UniqueConstraint("token", name=op.f("uq_kept_files_token")),
    )
    with op.batch_alter_table("kept_files", schema=None) as batch_op:
        for column in ("person_id", "sha256", "original_sha256", "at"):
            batch_op.create_index(batch_op.f(f"ix_kept_files_{column}"), [column], unique=False)


def downgrade() -> None:
    op.drop_table("kept_files")
