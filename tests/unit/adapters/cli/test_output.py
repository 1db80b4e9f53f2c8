from datetime import UTC, datetime

import pytest

from adapters.cli.output import print_json, print_table, printable, shown


@pytest.mark.parametrize("text", ["\x1b[31mred", "a\x00b", "a\u202eb", "a\rb", "\x9b31m"])
def test_terminal_is_not_driven(text):
    """Control characters and bidirectional overrides of strangers do not reach the terminal."""
    assert "\N{REPLACEMENT CHARACTER}" in printable(text)
    assert printable(text).isprintable()


def test_vietnamese_stays():
    """Vietnamese text is printed as it is."""
    assert printable("Đường Nguyễn Huệ – ỳ ỵ ỷ ỹ") == "Đường Nguyễn Huệ – ỳ ỵ ỷ ỹ"


def test_markup_of_strangers(capsys):
    """Text that looks like markup is printed, not obeyed."""
    print_table(("A",), [("[bold]x[/bold]",)])
    assert "[bold]x[/bold]" in capsys.readouterr().out


def test_nothing():
    """Nothing is shown as a dash."""
    assert [shown(None), shown(""), shown(False), shown(0)] == ["–", "–", "–", "0"]


def test_times():
    """Times are shown in local time to the second."""
    at = datetime(2026, 11, 20, 8, 0, 0, 999, UTC)
    assert shown(at) == at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def test_json(capsys):
    """JSON keeps Vietnamese readable."""
    print_json({"name": "Sở Mẫu"})
    assert capsys.readouterr().out == '{\n  "name": "Sở Mẫu"\n}\n'
