"""Callers by the national SDK's protocol: sealed secrets, their terms, and what they ask of the administrator."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shared_secrets",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("system_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger()),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_shared_secrets"),
        sa.ForeignKeyConstraint(["system_id"], ["systems.id"], name="fk_shared_secrets_system_id"),
    )
    op.create_table(
        "vxp_terms",
        sa.Column("system_id", sa.String(), nullable=False),
        sa.Column("networks", sa.String(), nullable=False),
        sa.Column("needs_certificate", sa.Boolean(), nullable=False),
        sa.Column("may_enrol", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("system_id", name="pk_vxp_terms"),
        sa.ForeignKeyConstraint(["system_id"], ["systems.id"], name="fk_vxp_terms_system_id"),
    )
    op.create_table(
        "agency_requests",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("system_id", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parent", sa.String()),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_at", sa.BigInteger()),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agency_requests"),
    )
    op.create_index("ix_agency_requests_state", "agency_requests", ["state", "id"])
