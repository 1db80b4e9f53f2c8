"""Bodies as they arrive."""


async def chunked(data, size=16_384):
    """Give `data` in pieces, as a connection does."""
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def broken_off(data):
    """Give `data`, then fail as a connection does that was cut."""
    async for chunk in chunked(data):
        yield chunk
    raise ConnectionResetError


def files(folder):
    """Names of all files below a folder."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())
