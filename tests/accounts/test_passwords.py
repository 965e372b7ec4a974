"""What a password must be: length, common ones, the reader's own words, composition in production."""

import itertools

import pytest
from flask import Flask

from portal.accounts import passwords, signing_in
from portal.accounts.passwords import COMMON, GRADED, PLAIN, TOO_LONG, TOO_SHORT, fault
from tests.accounts.conftest import Office, account_of

GOOD = (
    "石榴籽抱在一起多好",
    "keep-the-river-clear-77",
    "correct horse battery staple",
    "Demo-2026-portal",
    "𠮷野家的牛肉饭很香啊",
)


def test_the_list_is_long_enough() -> None:
    assert len(passwords.common()) >= 3000
    assert all(word == word.lower() for word in passwords.common())


def test_five_hundred_common_passwords_are_refused() -> None:
    long_ones = sorted(word for word in passwords.common() if len(word) >= passwords.LEAST)
    candidates = list(itertools.islice(long_ones, 0, None, max(1, len(long_ones) // 350)))
    candidates += [word.upper() for word in candidates[:80]] + [word.capitalize() + "!!" for word in candidates[:80]]
    assert len(candidates) >= 500
    assert [word for word in candidates if fault(word) != COMMON] == []


@pytest.mark.parametrize("password", GOOD)
def test_good_ones_are_taken(password: str) -> None:
    assert fault(password * 2 if len(password) < 10 else password) is None


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short-one", TOO_SHORT),
        ("x" * 129, TOO_LONG),
        ("aaaaaaaaaaaa", COMMON),
        ("abcabcabcabc", COMMON),
        ("2345678901", COMMON),
        ("9876543210", COMMON),
        ("我爱人大代表工作一辈子", COMMON),
        ("ＰＡＳＳＷＯＲＤ１２３", COMMON),
        ("zhangxiaoming-likes-tea", COMMON),
        ("张晓明喜欢喝茶和散步呀", COMMON),
        ("call-me-13812345678", COMMON),
        ("tea-12345678-tea-tea", COMMON),
        ("区住建局的小李在喝茶呢", COMMON),
    ],
)
def test_weak_ones_are_refused_with_a_reason(password: str, said: str) -> None:
    words = ("张晓明", "zhangxiaoming", "13812345678", "12345678", "区住建局")
    assert fault(password, words) == said


def test_one_sign_of_a_name_gives_nothing_away() -> None:
    assert fault("王冠上的明珠在海底发光", ("王",)) is None


def test_production_asks_for_three_kinds() -> None:
    assert fault("keep-the-river-clear", (), PLAIN) is None
    assert "至少3种" in (fault("keep-the-river-clear", (), GRADED) or "")
    assert fault("keep-the-river-clear-7", (), GRADED) is None


def test_too_long_is_refused_before_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", None)
    assert not passwords.verify("kept", "x" * 129)


def test_hashes_are_of_the_agreed_strength() -> None:
    assert passwords.hashed("whatever-it-is").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_words_of_a_person(app: Flask, office: Office) -> None:
    with app.app_context():
        words = signing_in.words_of(account_of("deputy01"))
    assert {"人员deputy01", "deputy01", "13800000001", "00000001", "示范区人大"} <= set(words)
