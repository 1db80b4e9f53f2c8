import msgspec
import pytest

from adapters.cli.credentials import AgencyEntry, Credentials, HubEntry, HubOptions, SystemEntry, read_credentials
from adapters.cli.trouble import UsageFault

CREDENTIALS = Credentials(
    base_url="http://127.0.0.1:7777",
    hub=HubEntry("H99", "pki/hub.cert.pem", "pki/root.cert.pem"),
    systems=(
        SystemEntry(id="sys-1", binding="pull", api_key="axk_1_x", vxp_secret="v", agencies=("H99.01",)),
        SystemEntry(id="sys-2", binding="pull", api_key="axk_2_x", vxp_secret="v", agencies=("H99.02",)),
    ),
    agencies=(
        AgencyEntry(code="H99.01", name="a", old_code="000.00.01.H99", key="k", certificate="c", system="sys-1"),
        AgencyEntry(code="H99.02", name="b", old_code=None, key="k", certificate="c", system="sys-2"),
    ),
    users=(),
)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("AXIS_URL", "AXIS_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "credentials.json").write_bytes(msgspec.json.encode(CREDENTIALS))
    return tmp_path


@pytest.mark.parametrize(
    "name, key", [("H99.01", "axk_1_x"), ("000.00.01.H99", "axk_1_x"), ("sys-2", "axk_2_x"), ("H99.02", "axk_2_x")]
)
def test_as(here, name, key):
    """--as takes an agency's present or former code, or a system's id."""
    assert HubOptions()._key(name) == key


def test_found_in_var(here):
    """The file of `make run` is found from the project's folder."""
    (here / "var").mkdir()
    (here / "credentials.json").rename(here / "var/credentials.json")
    assert HubOptions().found_credentials() == (CREDENTIALS, (here / "var").relative_to(here))


def test_order(here, monkeypatch):
    """The command line wins over the environment, the environment over the file."""
    assert HubOptions()._url() == "http://127.0.0.1:7777"
    monkeypatch.setenv("AXIS_URL", "http://env")
    monkeypatch.setenv("AXIS_API_KEY", "axk_env_x")
    assert (HubOptions()._url(), HubOptions()._key("H99.01")) == ("http://env", "axk_env_x")
    options = HubOptions(url="http://option", key="axk_option_x")
    assert (options._url(), options._key(None)) == ("http://option", "axk_option_x")


def test_say_who(here):
    """Without --as the message names whom one can act for."""
    with pytest.raises(UsageFault, match=r"H99\.01, H99\.02"):
        HubOptions()._key(None)
    with pytest.raises(UsageFault, match=r"H99\.03"):
        HubOptions()._key("H99.03")


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff\xfe", b'{"base_url": 1}'])
def test_unreadable(tmp_path, data):
    """A file that is none is named."""
    path = tmp_path / "credentials.json"
    path.write_bytes(data)
    with pytest.raises(UsageFault, match=r"credentials\.json"):
        read_credentials(path)


@pytest.mark.parametrize(
    "url", ["ftp://hub", "hub:8080", "http://", "http://hub:99999", "http://hub:0", "http://[::1", "https://:8443"]
)
def test_no_address(here, url):
    """What is no address of a hub is a fault of the command line."""
    with pytest.raises(UsageFault):
        HubOptions(url=url)._url()


def test_key_with_an_end_of_line(here, monkeypatch):
    """A key that was read from a file comes with the end of its line."""
    monkeypatch.setenv("AXIS_API_KEY", "axk_env_x\n")
    assert HubOptions()._key(None) == "axk_env_x"


@pytest.mark.parametrize("key", ["axk_a\nb", "axk_khóa", "axk_\x00"])
def test_no_key(here, key):
    """What cannot stand in a header field is no key."""
    with pytest.raises(UsageFault):
        HubOptions(key=key)._key(None)
