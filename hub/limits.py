"""How much one caller may ask of the hub, so that a noisy one harms no other."""

from __future__ import annotations

from msgspec import Struct, structs

from hub.settings import LimitSettings


class SystemLimits(Struct, frozen=True, kw_only=True):
    """What the register grants one system instead of the usual limits (`hub.settings.LimitSettings`); None: the usual."""

    requests_per_second: float | None = None
    burst: int | None = None
    concurrent_submissions: int | None = None
    stored_bytes: int | None = None

    def over(self, usual: LimitSettings) -> LimitSettings:
        """Return the limits that hold for the system."""
        granted = {name: value for name, value in structs.asdict(self).items() if value is not None}
        return structs.replace(usual, **granted)
