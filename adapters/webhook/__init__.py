"""The courier that calls systems: signed callbacks by Standard Webhooks 1.0.

A consignment is a thin signed JSON body; the receiver fetches the content itself. 2xx within the time limit is a
consignment, 410 disables the address, 429 and 503 are obeyed, redirects are failures. Targets are resolved once and
checked before connecting, so that a webhook can never reach private or link-local addresses that were not explicitly
allowed.
"""
