"""Whether what a source gave may take the place of what is held."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from cryptography import x509

from adapters.trust.fetching import FetchFailed
from adapters.trust.sources import Manner
from adapters.trust.standing import Held
from signing.revocation import OcspAnswer, RevocationList
from signing.revocation_places import is_answered_by, is_issued_by
from signing.revocation_reading import RevocationUnreadable, read_crl, read_ocsp

_FROM_THE_FUTURE = timedelta(minutes=5)  #: how far ahead an authority's clock may be


class Judge:
    """Reads and judges evidence: what nobody known has signed must not take the place of what a known authority said.

    Whether a signer may speak for a certificate is judged by the path check, with all of the path at hand.
    """

    def __init__(self, authorities: tuple[x509.Certificate, ...], clock: Callable[[], datetime]) -> None:
        self._authorities = authorities
        self._clock = clock

    def judge(self, held: Held, data: bytes) -> RevocationList | OcspAnswer:
        """Return what the bytes say.

        Raises:
            FetchFailed: unreadable, signed by nobody we know, from the future, or older than what is held (an old list
                that does not name a certificate yet is what an attacker on the way would replay).
        """
        try:
            item = self._read(held, data)
        except RevocationUnreadable as error:
            raise FetchFailed(str(error)) from error
        if item.this_update > self._clock() + _FROM_THE_FUTURE:
            raise FetchFailed(f"It is from the future ({item.this_update:%Y-%m-%d %H:%M:%S} UTC).")
        if held.item is not None and item.this_update < held.item.this_update:
            raise FetchFailed(f"It is older than the one held ({item.this_update:%Y-%m-%d %H:%M:%S} UTC).")
        return item

    def _read(self, held: Held, data: bytes) -> RevocationList | OcspAnswer:
        if held.source.manner is Manner.OCSP:
            answer = read_ocsp(data)
            if answer.serial != held.source.serial:
                raise FetchFailed("The answer is about another certificate.")
            if not is_answered_by(answer, self._authorities):
                raise FetchFailed("No known authority signed the answer, nor a responder of one.")
            return answer
        crl = read_crl(data)
        if not is_issued_by(crl, self._authorities):
            raise FetchFailed(f"No known authority signed it; name {crl.issuer_name} under trust.intermediates.")
        return crl
