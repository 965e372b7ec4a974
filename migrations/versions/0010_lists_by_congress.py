"""a congress's list walks an index, however long the archive"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_suggestions_congress", "suggestions", ["congress_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_suggestions_congress", "suggestions")
