"""Everything the first release keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    op.create_table(
        "contents",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("sha256", name="pk_contents"),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("system_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("system_id", "key", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_at", "idempotency_keys", ["at"])
    op.create_table(
        "leases",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.create_table(
        "packages",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("business", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("system_id", sa.String(), nullable=False),
        sa.Column("notation", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("urgency", sa.SmallInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=False),
        sa.Column("signature_result", sa.String(), nullable=False),
        sa.Column("signer", sa.String()),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("details", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_packages"),
        sa.UniqueConstraint("sender", "key", name="uq_packages_sender_key"),
    )
    op.create_index("ix_packages_content", "packages", ["sha256"])
    op.create_index("ix_packages_document", "packages", ["document_id", "accepted_at", "id"])
    op.create_index("ix_packages_newest", "packages", ["accepted_at", "id"])
    op.create_index("ix_packages_notation", "packages", ["notation", "accepted_at", "id"])
    op.create_index("ix_packages_system", "packages", ["system_id", "accepted_at", "id"])
    op.create_table(
        "queue",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.String(36), nullable=False),
        sa.Column("system_id", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("visible_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_queue"),
        sa.UniqueConstraint("order_id", name="uq_queue_order_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_queue_next", "queue", ["system_id", "lane", "position", "visible_at"])
    op.create_table(
        "refusals",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("system_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sender", sa.String()),
        sa.Column("document_id", sa.String()),
        sa.Column("faults", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_refusals"),
    )
    op.create_index("ix_refusals_code", "refusals", ["code", "at", "id"])
    op.create_index("ix_refusals_content", "refusals", ["sha256", "at", "id"])
    op.create_index("ix_refusals_newest", "refusals", ["at", "id"])
    op.create_index("ix_refusals_system", "refusals", ["system_id", "at", "id"])
    op.create_table(
        "register_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_register_version"),
    )
    op.create_table(
        "systems",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("binding", sa.String(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("webhook_url", sa.String()),
        sa.Column("webhook_secret", sa.String()),
        sa.PrimaryKeyConstraint("id", name="pk_systems"),
    )
    op.create_table(
        "users",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password_phc", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_users"),
    )
    op.create_table(
        "agencies",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parent", sa.String()),
        sa.Column("system_id", sa.String()),
        sa.Column("valid_from", sa.String(10)),
        sa.Column("valid_to", sa.String(10)),
        sa.Column("is_suspended", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["system_id"], ["systems.id"], name="fk_agencies_system_id"),
        sa.PrimaryKeyConstraint("code", name="pk_agencies"),
    )
    op.create_index("ix_agencies_system", "agencies", ["system_id"])
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("secret_sha256", sa.String(64), nullable=False),
        sa.Column("system_id", sa.String()),
        sa.Column("user_name", sa.String()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger()),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["system_id"], ["systems.id"], name="fk_api_keys_system_id"),
        sa.ForeignKeyConstraint(["user_name"], ["users.name"], name="fk_api_keys_user_name"),
        sa.PrimaryKeyConstraint("key_id", name="pk_api_keys"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("package_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("system_id", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("deadline_at", sa.BigInteger(), nullable=False),
        sa.Column("business_status", sa.String()),
        sa.Column("consigned_at", sa.BigInteger()),
        sa.Column("handed_over_at", sa.BigInteger()),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["package_id"], ["packages.id"], name="fk_deliveries_package_id"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
    )
    _partial(
        "ix_deliveries_deadline",
        "deliveries",
        ["deadline_at"],
        "state NOT IN ('handed_over', 'withdrawn', 'refused', 'expired')",
    )
    _partial("ix_deliveries_inbox", "deliveries", ["system_id", "lane", "id", "lease_until"], "state = 'consigned'")
    op.create_index("ix_deliveries_package", "deliveries", ["package_id", "position"])
    _partial(
        "ix_deliveries_state",
        "deliveries",
        ["state", "id", "system_id"],
        "state NOT IN ('handed_over', 'withdrawn', 'refused', 'expired')",
    )
    op.create_table(
        "agency_aliases",
        sa.Column("agency_code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("old_code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_code"], ["agencies.code"], name="fk_agency_aliases_agency_code", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agency_code", "position", name="pk_agency_aliases"),
    )
    op.create_table(
        "certificates",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("agency_code", sa.String(), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.Column("is_suspended", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["agency_code"], ["agencies.code"], name="fk_certificates_agency_code"),
        sa.PrimaryKeyConstraint("sha256", name="pk_certificates"),
    )
    op.create_index("ix_certificates_agency", "certificates", ["agency_code"])
    op.create_table(
        "events",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("package_id", sa.String(36)),
        sa.Column("document_id", sa.String()),
        sa.Column("sender", sa.String()),
        sa.Column("sender_system", sa.String()),
        sa.Column("delivery_id", sa.String(36)),
        sa.Column("recipient", sa.String()),
        sa.Column("recipient_system", sa.String()),
        sa.Column("state", sa.String()),
        sa.Column("reason_code", sa.String()),
        sa.Column("reason_text", sa.String()),
        sa.Column("jws", sa.String()),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name="fk_events_delivery_id"),
        sa.ForeignKeyConstraint(["package_id"], ["packages.id"], name="fk_events_package_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_events"),
        sa.UniqueConstraint("id", name="uq_events_id"),
        sqlite_autoincrement=True,
    )
    _partial("ix_events_at", "events", ["at", "seq"], "jws IS NOT NULL")
    _partial("ix_events_delivery", "events", ["delivery_id", "seq"], "delivery_id IS NOT NULL")
    op.create_index("ix_events_package", "events", ["package_id", "seq"])
    _partial(
        "ix_events_rare",
        "events",
        ["event", "seq"],
        "event NOT IN ('SubmissionAcceptance', 'ContentConsignment', 'ContentHandover', 'Queuing')",
    )
    _partial("ix_events_recipient", "events", ["recipient", "seq"], "jws IS NOT NULL")
    _partial("ix_events_recipient_system", "events", ["recipient_system", "seq"], "jws IS NOT NULL")
    _partial("ix_events_sender", "events", ["sender", "seq"], "jws IS NOT NULL")
    _partial("ix_events_sender_system", "events", ["sender_system", "seq"], "jws IS NOT NULL")
    op.create_table(
        "orders",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("system_id", sa.String(), nullable=False),
        sa.Column("binding", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("delivery_id", sa.String(36)),
        sa.Column("event_id", sa.String(36)),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("published_at", sa.BigInteger()),
        sa.Column("error", sa.String()),
        sa.Column("is_postponed", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name="fk_orders_delivery_id"),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_orders_event_id"),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
    )
    _partial(
        "ix_orders_delivery",
        "orders",
        ["delivery_id", "id"],
        "delivery_id IS NOT NULL",
    )
    _partial("ix_orders_due", "orders", ["lane", "due_at", "id"], "state = 'waiting'")
    _partial("ix_orders_published", "orders", ["published_at", "system_id"], "state = 'published'")
    op.execute("INSERT INTO register_version (id, version) VALUES (1, 0)")
