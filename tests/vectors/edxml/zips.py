"""Zip archives with whatever entries a test wants, equal bytes every time."""

import io
import stat
import zipfile
from collections.abc import Mapping


def zip_of(entries: Mapping[str, bytes], *, is_link: bool = False) -> bytes:
    """Return a zip with `entries` as they are named, stored; as symbolic links when `is_link`."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in entries.items():
            entry = zipfile.ZipInfo("placeholder", date_time=(1980, 1, 1, 0, 0, 0))
            entry.filename = name
            entry.create_system = 3
            entry.external_attr = ((stat.S_IFLNK if is_link else stat.S_IFREG) | 0o644) << 16
            archive.writestr(entry, data)
    return target.getvalue()
