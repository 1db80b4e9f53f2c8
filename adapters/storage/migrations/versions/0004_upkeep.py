"""Epochs of restored databases, legal holds, and contents that were purged."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contents", sa.Column("purged_at", sa.BigInteger()))
    op.create_table(
        "epochs",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("kept_seq", sa.BigInteger(), nullable=False),
        sa.Column("kept_event", sa.String(36)),
        sa.Column("lost_seq", sa.BigInteger(), nullable=False),
        sa.Column("lost_event", sa.String(36)),
        sa.PrimaryKeyConstraint("number", name="pk_epochs"),
    )
    op.create_table(
        "holds",
        sa.Column("package_id", sa.String(36), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("package_id", name="pk_holds"),
        sa.ForeignKeyConstraint(["package_id"], ["packages.id"], name="fk_holds_package_id"),
    )
    op.create_table(
        "purge_cursor",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=False),
        sa.Column("package_id", sa.String(36), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_purge_cursor"),
    )
    op.create_table(
        "purge_later",
        sa.Column("package_id", sa.String(36), nullable=False),
        sa.Column("look_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("package_id", name="pk_purge_later"),
        sa.ForeignKeyConstraint(["package_id"], ["packages.id"], name="fk_purge_later_package_id"),
    )
    op.create_index("ix_purge_later_look_at", "purge_later", ["look_at", "package_id"])
