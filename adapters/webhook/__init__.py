"""The courier that calls systems: signed callbacks by Standard Webhooks 1.0.

A consignment is a thin signed JSON body (a CloudEvent); the receiver fetches the content itself and acknowledges it.
2xx within the time limit is a consignment, 410 ends the address, 429 and 503 are obeyed, redirects are failures. When
to try again, and how long a failing system is left alone, is the hub's decision, not the courier's.

Targets are judged and called through `adapters.egress`: a webhook can never reach loopback, private or link-local
addresses that the configuration does not name as exceptions.
"""

from adapters.webhook.courier import WebhookCourier, open_courier
from adapters.webhook.signature import new_secret
from adapters.webhook.target import Guard

__all__ = ["Guard", "WebhookCourier", "new_secret", "open_courier"]
