import os

from adapters.storage.recent import RecentContents


def test_what_was_put_is_there():
    """A content is found by its name; any other is not."""
    recent = RecentContents()
    recent.put("a", b"content")
    assert (recent.get("a"), recent.get("b")) == (b"content", None)


def test_the_oldest_go_first():
    """What does not fit any more drives out what came longest ago."""
    recent = RecentContents(most_bytes=100)
    for name in ("a", "b", "c"):
        recent.put(name, os.urandom(40))
    assert [name for name in ("a", "b", "c") if recent.get(name) is not None] == ["b", "c"]


def test_the_same_content_counts_once():
    """Bytes that came several times take room once."""
    recent = RecentContents(most_bytes=100)
    recent.put("a", bytes(60))
    for _ in range(5):
        recent.put("b", bytes(40))
    assert (recent.get("a"), recent.get("b")) == (bytes(60), bytes(40))


def test_one_that_is_too_large_is_not_held():
    """A content larger than all the room leaves nothing behind."""
    recent = RecentContents(most_bytes=100)
    recent.put("a", bytes(101))
    assert recent.get("a") is None
    recent.put("b", bytes(100))
    assert recent.get("b") == bytes(100)
