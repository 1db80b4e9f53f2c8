"""What `axis doctor` looks at: small functions from a hub's configuration to findings.

Each finding passes, warns or fails, says in one sentence what is so, and, unless it passes, what to do about it. Checks do
not stop at the first trouble: what cannot be looked at because something before it failed is left out.
"""
