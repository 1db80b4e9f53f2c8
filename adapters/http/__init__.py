"""The HTTP API: aiohttp routes that turn requests into use cases and outcomes into answers.

A handler authenticates the calling system, streams or decodes what was sent within a byte budget, calls one use case
of `hub` and renders its outcome. Every refusal becomes `application/problem+json` (RFC 9457) in one middleware, in
the language the caller asked for, so that no handler formats an error and no library error reaches a client.
"""
