"""What is wrong with a backup, or with the place to restore it to."""

from __future__ import annotations


class BackupFault(Exception):
    """A backup cannot be taken or restored; the message says why."""


class BackupDamaged(BackupFault):
    """A file of the backup is missing or is not what was written."""


class PlaceInUse(BackupFault):
    """Something is there already."""


class ForeignBackup(BackupFault):
    """The backup is of another hub, or of a newer version."""
