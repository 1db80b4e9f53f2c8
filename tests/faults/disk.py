"""A file system of one's own that can be full at once: a tmpfs that is made as small as what lies in it. Needs root."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_SIZE = "3g"  # a bound, not a reservation


class SmallDisk:
    """A mounted tmpfs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def mount(cls, folder: Path) -> SmallDisk | None:
        """Mount one on a new folder; None where this user may not."""
        folder.mkdir(parents=True, exist_ok=True)
        if sys.platform != "linux" or os.geteuid() != 0:
            return None
        command = ("mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(folder))
        done = subprocess.run(command, capture_output=True, check=False)
        return cls(folder) if done.returncode == 0 else None

    def fill(self) -> None:
        """Leave no room: existing bytes stay, a new page finds no place."""
        for _ in range(100):  # what lies in it may grow between the look and the change, which is refused then
            state = os.statvfs(self.folder)
            used = (state.f_blocks - state.f_bfree) * state.f_frsize
            if self._resize(str(max(used, state.f_frsize))):
                return
        raise AssertionError(f"{self.folder} cannot be made full")

    def free(self) -> None:
        """Make room again."""
        assert self._resize(_SIZE)

    def unmount(self) -> None:
        """Remove it, whoever still has files open there."""
        subprocess.run(("umount", "-l", str(self.folder)), capture_output=True, check=False)

    def _resize(self, size: str) -> bool:
        command = ("mount", "-o", f"remount,size={size}", str(self.folder))
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
