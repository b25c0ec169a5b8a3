from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.letters.tokens import Token, find_tokens, message_id, our_letters, token, verify
from tests.core.letters.samples import planned

SECRET = b"sesame"


@given(letter=st.integers(min_value=1, max_value=10**15), secret=st.binary(min_size=1))
def test_a_token_is_found_again_and_verified(letter: int, secret: bytes) -> None:
    assert our_letters(secret, f"Re: PO26-1 [{token(secret, letter)}]") == (letter,)


@given(letter=st.integers(min_value=1, max_value=10**15))
def test_a_token_of_another_secret_is_not_ours(letter: int) -> None:
    assert our_letters(b"other", token(SECRET, letter)) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("回复:订单 PO26-0042[mf7.abcdefg2]", (Token(7, "abcdefg2"),)),
        ("RE: PO [MF7.ABCDEFG2]", (Token(7, "abcdefg2"),)),
        ("<mf12.abcdefg2.h7654321@a.example> <mf12.abcdefg2@a.example>", (Token(12, "abcdefg2"),)),
        ("mf1.aaaaaaaa then mf2.bbbbbbbb", (Token(1, "aaaaaaaa"), Token(2, "bbbbbbbb"))),
        ("xmf7.abcdefg2", ()),
        ("mf7.abcdefg2x", ()),
        ("mf07.abcdefg2", ()),
        ("mf7.abcdefg1", ()),
        ("mf.abcdefg2", ()),
    ],
)
def test_tokens_are_found_where_they_stand_alone(text: str, found: tuple[Token, ...]) -> None:
    assert find_tokens(text) == found


def test_a_token_moved_to_another_letter_is_refused() -> None:
    (ours,) = find_tokens(token(SECRET, 7))
    assert verify(SECRET, ours)
    assert not verify(SECRET, replace(ours, letter=8))


def test_the_message_id_tells_the_letter_and_differs_with_its_duties() -> None:
    letter = planned()
    one = message_id(SECRET, 57, letter, "lanmei.example")
    other = message_id(
        SECRET, 57, replace(letter, duties=(replace(letter.duties[0], occasion="2026-12-09"),)), "x.example"
    )
    assert one.startswith("<mf57.")
    assert one.endswith("@lanmei.example>")
    assert our_letters(SECRET, one) == our_letters(SECRET, other) == (57,)
    assert one.partition("@")[0] != other.partition("@")[0]
    assert one == message_id(SECRET, 57, letter, "lanmei.example")
