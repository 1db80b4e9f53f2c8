"""What health asks of the parts that every hub has."""

from __future__ import annotations

import shutil
from pathlib import Path

from adapters.storage.opening import Storage
from adapters.trust.load import Trust
from hub.health import Probe
from hub.ports import Clock
from hub.register import CurrentRegister
from hub.trouble import Deferral

_LEAST_FREE_BYTES = 268_435_456  #: below this much free disk the hub says that it is not ready


def probes(
    storage: Storage, register: CurrentRegister, trust: Trust, content_dir: Path, now: Clock
) -> dict[str, Probe]:
    """Return them by name."""

    async def database() -> str:
        version = await storage.registers.register_version()
        register.known()
        return f"register version {version}"

    async def signing() -> str:
        until = trust.hub_certificate.not_valid_after_utc
        if not trust.is_in_force(now()):
            raise Deferral(
                "signing-unavailable", detail=f"the hub's certificate is not valid now (until {until:%Y-%m-%d})"
            )
        return f"certificate valid until {until:%Y-%m-%d}"

    async def disk() -> str:
        try:
            free = shutil.disk_usage(content_dir).free
        except OSError as error:
            raise Deferral("storage-unavailable", detail=error.strerror or type(error).__name__) from error
        if free < _LEAST_FREE_BYTES:
            raise Deferral("storage-full", detail=f"only {free // 1_048_576} MiB free")
        return f"{free // 1_048_576} MiB free"

    return {"database": database, "signing": signing, "disk": disk}
