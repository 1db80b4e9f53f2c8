"""What a package may be called."""

import pytest

from adapters.http.intake import refuse_type
from hub.trouble import Refusal


@pytest.mark.parametrize(
    "content_type",
    [
        "application/xml",
        "text/xml",
        "application/edxml+xml",
        "Application/XML",
        "application/xml; charset=utf-8",
        'text/xml;charset="UTF-8"',
        "application/xml; version=1; charset=utf-8",
    ],
)
def test_taken(content_type):
    """XML in UTF-8 is taken under its three names."""
    refuse_type(content_type)


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/json",
        "application/xml; charset=utf-16",
        "application/xml; charset=windows-1258",
        "text/xml; charset=",
        "application/soap+xml",
        "multipart/form-data; boundary=x",
        "application/xml, text/xml",
    ],
)
def test_not_taken(content_type):
    """Anything else is not."""
    with pytest.raises(Refusal) as caught:
        refuse_type(content_type)
    assert caught.value.code == "content-type-unsupported"
