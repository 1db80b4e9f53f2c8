"""Secrecy markings are found, honest words are not."""

import unicodedata

import pytest

from schemas.edxml.secrecy import is_marked_kind, is_marked_subject

STAMPED = [
    "Mật", "MẬT", "Tối mật", "TUYỆT MẬT", "[Mật]", "(tuyệt mật)", "độ Mật", "Độ mật: Tối mật", "TOI MAT", "tuyet mat",
    unicodedata.normalize("NFD", "Tuyệt mật"), "Tối mạ\u0302t", "MẬT: Kế hoạch", "Tối  mật - Kế hoạch", "Kế hoạch (Mật) năm 2025",
    "Kế hoạch năm 2025 – Mật", "Kế hoạch | TUYỆT MẬT",
]  # fmt: skip
HONEST = [
    "", "Công văn", "Quy định bảo vệ bí mật nhà nước", "Danh mục bí mật nhà nước độ Tuyệt mật, Tối mật, Mật", "Mật độ dân số",
    "Sản phẩm mật ong", "Đổi mật khẩu", "Bảo mật thông tin", "Thân mật", "Phát triển nghề nuôi ong lấy mật", "Format tệp",
    "V/v ban hành quy chế", "Ma Mật", "mật mã dân sự",
]  # fmt: skip


@pytest.mark.parametrize("text", STAMPED)
def test_a_stamp_in_a_subject_is_a_marking(text: str):
    """Alone, in brackets, before a colon or behind a dash the words are a marking."""
    assert is_marked_subject(text)


@pytest.mark.parametrize("text", HONEST)
def test_honest_subjects_are_no_markings(text: str):
    """The same syllable inside a sentence is none."""
    assert not is_marked_subject(text)


@pytest.mark.parametrize(
    "text", ["Mật", "Công văn mật", "Báo cáo (Tối mật)", "Độ mật: Mật", "Lưu hành: tuyệt mật", "mat"]
)
def test_a_grade_in_a_kind_or_scope_is_a_marking(text: str):
    """A kind or a scope that names a grade is marked wherever the word stands."""
    assert is_marked_kind(text)


@pytest.mark.parametrize(
    "text",
    [
        "Công văn",
        "Quyết định",
        "Độ mật: Thường",
        "Độ mật: không",
        "Không mật",
        "Liên thông văn bản quốc gia",
        "Thông tin bảo mật",
        "",
    ],
)
def test_honest_kinds_are_no_markings(text: str):
    """A kind or scope that says "not secret" is none."""
    assert not is_marked_kind(text)
