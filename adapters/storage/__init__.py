"""The durable truth: one SQLAlchemy Core store, the table queue and content files.

Each decision of the hub is one transaction: package, deliveries, orders, receipts and feed rows appear together or
not at all. State changes are guarded (`UPDATE … WHERE state = expected`; no row means the decision was made on old
knowledge). Small contents lie in the database, larger ones in files named by their SHA-256, made durable (temporary
name, fsync, rename, fsync of the folder) before the commit that mentions them. SQLAlchemy is used synchronously, in
threads; SQLite (WAL, `synchronous=FULL`) is the embedded default.
"""
