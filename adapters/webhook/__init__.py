"""The courier that calls systems: signed callbacks by Standard Webhooks 1.0.

A consignment is a thin signed JSON body (a CloudEvent); the receiver fetches the content itself and acknowledges it.
2xx within the time limit is a consignment, 410 ends the address, 429 and 503 are obeyed, redirects are failures. When
to try again, and how long a failing system is left alone, is the hub's decision, not the courier's.

Targets are checked in two places, because a name says nothing about an address: `target` judges the URL and any
literal address in it, `resolver` judges every address that a name resolves to at the moment of connecting, and the
connection goes to the very address that was judged. A webhook can so never reach loopback, private or link-local
addresses that the configuration does not name as exceptions.
"""

from adapters.webhook.courier import WebhookCourier, open_courier
from adapters.webhook.signature import new_secret
from adapters.webhook.target import Guard

__all__ = ["Guard", "WebhookCourier", "new_secret", "open_courier"]
