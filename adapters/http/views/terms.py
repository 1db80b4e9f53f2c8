"""What several shapes are made of."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="SHA-256, in hexadecimal")]
Jws = Annotated[str, Meta(description="A signed receipt: compact JWS, ES256, certificate chain in `x5c`")]
Id = Annotated[str, Meta(extra_json_schema={"format": "uuid"})]
Time = Annotated[datetime, Meta(tz=True, description="RFC 3339, UTC")]
Size = Annotated[int, Meta(ge=0, description="Bytes")]


class Reason(Struct, frozen=True):
    """Why something was refused, failed or reported."""

    code: str
    text: str
