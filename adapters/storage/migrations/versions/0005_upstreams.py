"""Other axes that the hub connects to."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upstreams",
        sa.Column("system_id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("remote_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reaches", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("system_id", name="pk_upstreams"),
        sa.ForeignKeyConstraint(["system_id"], ["systems.id"], name="fk_upstreams_system_id"),
    )
