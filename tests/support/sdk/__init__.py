"""An imitation of the national axis's Java SDK, true to what was seen of SDKVXP 2.0.1 and 2.0.0 on the wire.

The SDK is two HTTP clients in one: the JDK's own for sendEdoc (`jdk`) and Apache HttpClient for everything else (`apache`).
They differ in how they wait, repeat, follow redirects, keep connections and read answers, and a server meets both. Each
service object keeps one parameter map for its lifetime and one time stamp (`parameters`); answers that it does not expect
become a null result, an object whose fields are all null, or worse, an empty list that reads as success (`answers`).

Everything blocks, as in Java. Nothing of the hub is imported but the signature's primitives, which vectors captured from
the SDK prove.
"""

from tests.support.sdk.answers import Counted, Fetched, Listing, Result, Sent
from tests.support.sdk.services import Directory200, Directory201, Documents200, Documents201, Sdk

__all__ = [
    "Counted",
    "Directory200",
    "Directory201",
    "Documents200",
    "Documents201",
    "Fetched",
    "Listing",
    "Result",
    "Sdk",
    "Sent",
]
