"""Keys and trust anchors from files.

Keys are never in the database: the sealing key and the certificates that the hub trusts are read from PEM files when
it starts, checked for presence, mode and pairing, and handed to `signing` as values. Every way in which that can fail
is an error of its own that says in two languages what to do; `axis doctor` prints the same sentences.
"""

from adapters.trust.errors import TrustFault
from adapters.trust.load import Trust, load_trust

__all__ = ["Trust", "TrustFault", "load_trust"]
