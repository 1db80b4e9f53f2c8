"""Keys and trust anchors from files.

Keys are never in the database: the sealing key and the certificates that the hub trusts are read from PEM files when
it starts, checked for ownership, mode, pairing and validity, and handed to `signing` as values.
"""
