"""Calling out safely: the one way by which adapters reach addresses that strangers named (OWASP API7, ASVS 13.2.4).

A webhook's URL is registered by a system, a CRL's by whoever issued a certificate: neither may turn the hub against the
network that it stands in. Targets are checked in two places, because a name says nothing about an address: `target`
judges the URL and any literal address in it, `resolver` judges every address that a name resolves to at the moment of
connecting, and the connection goes to the very address that was judged. `session` puts both together; it follows no
proxy of the environment, keeps no cookies and caches no names. `names` looks them up, so that one that hangs harms no other.

This is a library that adapters share, not an adapter: it imports none of them.
"""

from adapters.egress.resolver import GuardedResolver
from adapters.egress.session import open_session
from adapters.egress.target import Guard, TargetForbidden, forbidden_in, is_public

__all__ = ["Guard", "GuardedResolver", "TargetForbidden", "forbidden_in", "is_public", "open_session"]
