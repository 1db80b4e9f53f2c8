"""Client certificates of systems, limits of their own, and when credentials were last used."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "system_certificates",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("system_id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("not_after", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_system_certificates"),
        sa.ForeignKeyConstraint(["system_id"], ["systems.id"], name="fk_system_certificates_system_id"),
    )
    op.create_table(
        "system_limits",
        sa.Column("system_id", sa.String(), nullable=False),
        sa.Column("requests_per_second", sa.Float()),
        sa.Column("burst", sa.Integer()),
        sa.Column("concurrent_submissions", sa.Integer()),
        sa.Column("stored_bytes", sa.BigInteger()),
        sa.PrimaryKeyConstraint("system_id", name="pk_system_limits"),
        sa.ForeignKeyConstraint(["system_id"], ["systems.id"], name="fk_system_limits_system_id"),
    )
    op.create_table(
        "credential_uses",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_credential_uses"),
    )
