"""Backups: everything that a hub knows, in files that say by themselves whether they are whole.

A backup is a folder: `manifest.json`, one compressed file of rows for each table, and the content files. It is taken while
the hub runs. All rows come from one snapshot of the database, and content files are durable before the row that names them,
so files copied afterwards are all there; a purge waits until the backup is done. Rows are written as values, not as pages or
SQL: the same backup restores into SQLite and PostgreSQL, whichever it came from. Leases and the table queue are left out:
both are made anew, the queue from the orders.

Restoring goes the way back: the schema of the backup's version, its rows, then the migrations since, all in one transaction.
Every order that a broker had is made to wait again, the numbers of events go on far above all that were ever given out, and
the database begins a new epoch (`hub.continuity`). Keys and the configuration are no part of a backup.
"""
