"""Facts about a command line that cannot be done so: what is wrong and what to write instead, in the reader's language."""

import pytest

from adapters.cli.main import main

FAULTS = {
    "no such command": (
        ["inbx"],
        ("Không có lệnh axis inbx.", "Có phải ý bạn là inbox?", "axis --help"),
        ("There is no command axis inbx.", "Did you mean inbox?", "axis --help"),
    ),
    "no such command of a group": (
        ["agency", "enrol"],
        ("Không có lệnh axis agency enrol. Các lệnh:", "certify", "axis agency --help"),
        ("There is no command axis agency enrol. There are:", "certify", "axis agency --help"),
    ),
    "no such option": (
        ["serve", "--conf", "x"],
        ("axis serve không có tùy chọn --conf.", "Có phải ý bạn là --config?", "axis serve --help"),
        ("axis serve has no option --conf.", "Did you mean --config?", "axis serve --help"),
    ),
    "too much": (
        ["key", "list", "one", "two"],
        ("axis key list không cần thêm one two",),
        ("axis key list takes nothing more, such as one two",),
    ),
    "a place is empty": (
        ["status", "d"],
        ("axis status còn thiếu CODE.",),
        ("axis status needs CODE.",),
    ),
    "an option is missing": (
        ["recall", "p"],
        ("axis recall còn thiếu --reason.",),
        ("axis recall needs --reason.",),
    ),
    "an option without its value": (
        ["serve", "--port"],
        ("--port cần một giá trị",),
        ("--port needs a value",),
    ),
    "an option twice": (
        ["serve", "--port", "1", "--port", "2"],
        ("--port chỉ được ghi một lần.",),
        ("--port may be given once only.",),
    ),
    "no choice": (
        ["serve", "--role", "couriers"],
        ("--role không nhận couriers; chọn một trong: all, api,", "Có phải ý bạn là courier?"),
        ("--role takes one of all, api,", "not couriers.", "Did you mean courier?"),
    ),
    "no language": (
        ["doctor", "--lang", "fr"],
        ("--lang không nhận fr; chọn một trong: vi, en.",),
        ("--lang takes one of vi, en, not fr.",),
    ),
    "no whole number": (
        ["serve", "--port", "http"],
        ("--port phải là số nguyên, không phải http.",),
        ("--port must be a whole number, not http.",),
    ),
    "no number": (
        ["key", "rotate", "k", "--overlap", "long"],
        ("--overlap phải là một số, không phải long.",),
        ("--overlap must be a number, not long.",),
    ),
    "neither yes nor no": (
        ["doctor", "--json=maybe"],
        ("chỉ ghi --json, không kèm maybe",),
        ("write --json alone, without maybe",),
    ),
    "out of range": (
        ["serve", "--port", "70000"],
        ("--port phải từ 0 đến 65535, không phải 70000.",),
        ("--port must be from 0 to 65535, not 70000.",),
    ),
    "too little": (
        ["system", "limit", "s", "--burst", "-1"],
        ("--burst phải từ 0 đến 2147483647, không phải -1.",),
        ("--burst must be from 0 to 2147483647, not -1.",),
    ),
    "a rule of our own": (
        ["agency", "add", "H99!", "--name", "x"],
        ("H99! không thể là mã cơ quan", "axis agency add --help"),
        ("H99! cannot be an agency code", "axis agency add --help"),
    ),
    "a name, then a place": (
        ["status", "--delivery", "d", "03"],
        ("ghi --code 03.",),
        ("write --code 03.",),
    ),
}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("fault", FAULTS)
def test_faults_of_a_command_line(fault, language, capsys, monkeypatch):
    """A fault of the command line ends with 2, says on standard error what it is in the reader's language, and the way out."""
    monkeypatch.setenv("LC_ALL", {"vi": "vi_VN.UTF-8", "en": "C.UTF-8"}[language])
    arguments, vietnamese, english = FAULTS[fault]
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    for words in vietnamese if language == "vi" else english:
        assert words in shown.err


@pytest.mark.parametrize(
    "arguments",
    [["--lang", "vi", "serve", "--nonsense"], ["serve", "--nonsense", "--lang=vi"]],
    ids=["before", "behind"],
)
def test_the_language_that_is_asked_for(arguments, capsys):
    """--lang chooses the language of the fault wherever it stands."""
    assert main(arguments) == 2
    assert "không có tùy chọn --nonsense" in capsys.readouterr().err


def test_what_was_typed_drives_no_terminal(capsys):
    """Control characters of the command line are not repeated as they are."""
    assert main(["serve", "--\x1b[2J"]) == 2
    assert "\x1b" not in capsys.readouterr().err
