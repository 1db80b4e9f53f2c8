"""What proves: XML signatures of packages, certificate paths, and the hub's own signed receipts.

A package carries one enveloped XML signature over its whole document, last in its `edXMLHeader`. `verify` checks it by
a closed profile in numbered steps: every element of the signature is known and in its place, every algorithm stands on
a list, the certificate is the one registered to the agency and leads to a configured anchor, and only then are two
digests and one signature computed. What was digested is what is returned: the very tree, with the signature taken out
of it. A general verifier would accept more; everything accepted here is accepted by xmlsec1 and signxml too, and tests
hold it so.

A receipt is the hub's statement that something happened: canonical JSON (RFC 8785) signed as a compact JWS with the
hub's certificate chain inside, so that a stranger checks it with any JOSE library and the trust anchor. `open_receipt`
is that check, again in numbered steps.

Everything here is pure: trees, bytes and frozen values in, frozen values or `Untrusted` / `Undetermined` out. The tree
must come from a hardened parser (no DTD, no entities, comments removed); this package parses no document of a stranger.
"""
