"""Content folders of a large hub."""

from datetime import timedelta

MORE = 65_536  #: names than a statement of PostgreSQL takes


async def test_more_files_than_a_statement_takes_names(storage, settings):
    """A folder with more contents than one statement can name is swept as any other."""
    folder = settings.content_dir / "ab"
    folder.mkdir()
    for number in range(MORE):
        (folder / f"ab{number:062x}").touch()
    assert await storage.sweeper.sweep(timedelta(seconds=-1)) == MORE
