"""Which addresses a webhook may call: the guard of `adapters.egress`, speaking to whoever registers a webhook."""

from __future__ import annotations

from yarl import URL

from adapters import egress
from hub.trouble import Refusal


class Guard(egress.Guard):
    """Judges webhook targets; `allow` are the exceptions of `delivery.webhook_allow`."""

    def check(self, url: str) -> URL:
        """Return the parsed URL when it may be called.

        Raises:
            Refusal: webhook-target-forbidden, with a sentence that says what is wrong.
        """
        try:
            return super().check(url)
        except egress.TargetForbidden as error:
            raise Refusal(
                "webhook-target-forbidden",
                detail=f"The webhook address {error.en}.",
                detail_vi=f"Địa chỉ webhook {error.vi}.",
            ) from error
