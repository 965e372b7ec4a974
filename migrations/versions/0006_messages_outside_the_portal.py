"""messages outside the portal"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('deliveries',
    sa.Column('effect', sa.String(length=200), nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('unsure_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('trouble', sa.String(length=80), nullable=True),
    sa.Column('troubled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_deliveries_person_id_persons')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deliveries')),
    sa.UniqueConstraint('effect', name=op.f('uq_deliveries_effect'))
    )
    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_deliveries_troubled_at'), ['troubled_at'], unique=False)

    op.create_table('notification_wishes',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('mail_address', sa.String(length=400), nullable=True),
    sa.Column('mail', sa.String(length=10), nullable=False),
    sa.Column('sms', sa.String(length=10), nullable=False),
    sa.Column('dingtalk', sa.String(length=10), nullable=False),
    sa.Column('wecom', sa.String(length=10), nullable=False),
    sa.Column('quiet_from', sa.Integer(), nullable=False),
    sa.Column('quiet_until', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_notification_wishes_person_id_persons')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notification_wishes')),
    sa.UniqueConstraint('person_id', name=op.f('uq_notification_wishes_person_id'))
    )
    with op.batch_alter_table('jobs', schema=None) as batch_op:
        batch_op.add_column(sa.Column('not_before', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('notifications', schema=None) as batch_op:
        batch_op.add_column(sa.Column('outside', sa.String(length=200), server_default='', nullable=False))
        batch_op.add_column(sa.Column('mailed_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('notifications', schema=None) as batch_op:
        batch_op.drop_column('mailed_at')
        batch_op.drop_column('outside')

    with op.batch_alter_table('jobs', schema=None) as batch_op:
        batch_op.drop_column('not_before')

    op.drop_table('notification_wishes')
    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_deliveries_troubled_at'))

    op.drop_table('deliveries')
