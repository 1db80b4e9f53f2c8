"""The protocol of the national axis's Java SDK (SDKVXP 2.0.x), both ways: the hub as an axis, and as a client of one.

Every call is one HTTP request to `<base>/<operation>` whose parameters travel as headers with the prefix `XroadVnpt-`.
They are repeated as one JSON text in `sign-header`, and `hash-header` is the HMAC-SHA256 of that text's bytes under the secret
that the system and the axis share. The answer is a JSON object with `status`, `ErrorCode` and `ErrorDesc`, whatever the HTTP
status: this SDK looks at nothing else. What is peculiar (an odd hexadecimal form of the file's digest, a time stamp that is
taken once and repeated for months, parameters left over from earlier calls) is kept exactly, because hundreds of installed
systems will not change.

`signature` holds the primitives of signing and verifying, without I/O. As an axis: `edge` takes every request, `callers` says
whose it is, `operations` names what serves it. As a client: `client` speaks the protocol, `axes` holds one client for each axis
above, `courier` hands packages over to them. Facts about the wire were learnt by running the SDK; the tests carry an imitation
of it (`tests/support/sdk/`).
"""
