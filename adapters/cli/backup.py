"""`axis backup` and `axis restore`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from adapters.cli.configured import Config, config_path, read_config, require_migrated
from adapters.cli.messages import say
from adapters.cli.output import AsJson, print_json, print_line
from adapters.cli.progress import progress
from adapters.cli.trouble import CommandFailed, UsageFault

if TYPE_CHECKING:
    from adapters.storage.backup.checking import Checked, OpenReceipt
    from adapters.storage.backup.manifest import Manifest
    from hub.continuity import Epoch, Point
    from hub.settings import Settings, StorageSettings

Folder = Annotated[Path, Parameter(name="DIR")]


def backup(folder: Folder, *, config: Config = None, as_json: AsJson = False) -> int:
    """Write a backup of the hub, which may be running, into a new folder: all rows of one moment, and every content file.

    Keys and axis.toml are no part of it: keep copies of those elsewhere, apart from the backup.

    Parameters
    ----------
    folder
        Folder to create; it must not hold anything.
    """
    from adapters.storage.backup.errors import BackupFault
    from adapters.storage.backup.taking import take_backup

    settings, storage = _opened(config)
    require_migrated(storage.url, config_path(config))
    try:
        with progress(is_quiet=as_json) as told:
            manifest = take_backup(storage, folder, settings.hub.code, told)
    except BackupFault as error:
        raise CommandFailed("backup-failed", error=error) from error
    if as_json:
        print_json(manifest)
    else:
        count, files = manifest.rows, manifest.contents.files
        print_line(say("backup-done", path=folder, rows=count, files=files))
        print_line(say("backup-keys"))
    return 0


def restore(
    folder: Annotated[Path | None, Parameter(name="DIR")] = None,
    *,
    verify: bool = False,
    accept_loss: bool = False,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Bring a backup back into the empty database and the content folder that the configuration names.

    What was accepted after the backup is lost to the hub, not to its senders, who hold receipts. Where this machine knows of
    such events (`storage.mark_file`) the hub does not start on the restored database before you say --accept-loss, here or
    later without DIR. Later receipts carry the number of the new epoch.

    Parameters
    ----------
    folder
        A folder that `axis backup` wrote.
    verify
        Then check everything: the number of rows, every receipt's signature, the digest of every content.
    accept_loss
        Go on without the events that are known and not in the database.
    """
    settings, storage = _opened(config)
    if folder is None:
        if not accept_loss or verify:
            raise UsageFault("restore-what")
        require_migrated(storage.url, config_path(config))
        return _say_epoch(_accept_loss(storage), as_json=as_json)
    open_receipt = _receipt_opener(settings, config) if verify else None
    manifest, epoch, checked = _restore(
        folder, settings, storage, open_receipt, accepts_loss=accept_loss, is_quiet=as_json
    )
    mark = _mark(storage)
    is_refused = mark is not None and mark.seq > epoch.lost_seq
    if as_json:
        print_json({"manifest": manifest, "epoch": epoch.number, "starts": not is_refused, "checked": checked})
    else:
        _say_restored(manifest, epoch, checked)
        if mark is not None and is_refused:
            print_line(say("restore-refused", seq=mark.seq, event=mark.event_id))
            print_line(say("restore-accept"))
    return 1 if checked is not None and checked.faults else 0


def _restore(
    folder: Path,
    settings: Settings,
    storage: StorageSettings,
    open_receipt: OpenReceipt | None,
    *,
    accepts_loss: bool,
    is_quiet: bool,
) -> tuple[Manifest, Epoch, Checked | None]:
    from adapters.storage.backup.checking import check_restored
    from adapters.storage.backup.errors import BackupFault, ForeignBackup
    from adapters.storage.backup.manifest import read_manifest
    from adapters.storage.backup.restoring import restore_backup

    try:
        manifest = read_manifest(folder)
        if manifest.hub != settings.hub.code:
            raise ForeignBackup(f"it is a backup of the hub {manifest.hub}, not of {settings.hub.code}")
        with progress(is_quiet=is_quiet) as told:
            mark = _mark(storage)
            epoch = restore_backup(folder, manifest, storage, mark=mark, accepts_loss=accepts_loss, progress=told)
        with progress(is_quiet=is_quiet) as told:
            checked = check_restored(manifest, storage, open_receipt, told) if open_receipt else None
    except BackupFault as error:
        raise CommandFailed("restore-failed", error=error) from error
    return manifest, epoch, checked


def _accept_loss(storage: StorageSettings) -> Epoch:
    """Begin a new epoch at once; raise `CommandFailed` when nothing is known to be lost."""
    from adapters.storage.dialects import open_engines
    from adapters.storage.epochs import begin_epoch, is_in
    from adapters.storage.errors import translated

    engines = open_engines(storage.url, readers=1)
    try:
        with translated(), engines.writer.begin() as connection:
            mark = _mark(storage)
            if mark is None or is_in(connection, mark):
                raise CommandFailed("nothing-lost")
            return begin_epoch(connection, "loss accepted", mark=mark, accepts_loss=True)
    finally:
        engines.dispose()


def _opened(config: Path | None) -> tuple[Settings, StorageSettings]:
    from hub.compose import located

    settings, base_dir = read_config(config)
    return settings, located(settings.storage, base_dir)


def _mark(storage: StorageSettings) -> Point | None:
    from adapters.storage.mark import MarkFile

    return MarkFile(storage.mark_file).look()


def _receipt_opener(settings: Settings, config: Path | None) -> OpenReceipt:
    from adapters.trust.load import load_trust
    from signing.receipt import open_receipt

    anchors = load_trust(settings.trust, read_config(config)[1]).anchors
    return lambda jws: open_receipt(jws, anchors=anchors).receipt


def _say_epoch(epoch: Epoch, *, as_json: bool) -> int:
    if as_json:
        print_json({"epoch": epoch.number})
    else:
        print_line(say("loss-accepted", epoch=epoch.number))
    return 0


def _say_restored(manifest: Manifest, epoch: Epoch, checked: Checked | None) -> None:
    made_at = f"{manifest.made_at.astimezone():%Y-%m-%d %H:%M:%S}"
    print_line(say("restore-done", made_at=made_at, rows=manifest.rows, epoch=epoch.number))
    if checked is not None:
        key = "restore-checked-bad" if checked.faults else "restore-checked"
        print_line(say(key, receipts=checked.receipts, contents=checked.contents, faults=len(checked.faults)))
        for fault in checked.faults:
            print_line(f"  {fault}")
