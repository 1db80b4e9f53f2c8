"""Webhook secrets that calls are signed with beside their successors for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_webhook_secrets",
        sa.Column("system_id", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("system_id", name="pk_former_webhook_secrets"),
        sa.ForeignKeyConstraint(["system_id"], ["systems.id"], name="fk_former_webhook_secrets_system_id"),
    )
