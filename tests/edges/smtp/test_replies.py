"""What servers really say, and what it means."""

import pytest

from mailflow.edges.smtp.replies import Reply, login_refused, reply_of

KINDS = [
    # code, words, temporary, blames the account, no such address
    (550, "5.1.1 <a@b.example>: Recipient address rejected: User unknown in virtual mailbox table", False, False, True),
    (550, "No such user here", False, False, True),
    (551, "User not local", False, False, True),
    (553, "5.1.3 Bad recipient address syntax", False, False, True),
    (550, "5.7.1 Message refused by policy", False, False, False),
    (552, "5.2.2 mailbox full", False, False, False),
    (554, "5.4.14 Hop count exceeded", False, False, False),
    (450, "4.2.0 Greylisted, try again", True, False, False),
    (451, "DT:SPM 163 smtp7 please try again", True, False, False),
    (554, "DT:SPM 163 smtp7,C8CowEDpn1 1234 http-help", False, True, False),
    (554, "MI:SPB 163 smtp", False, True, False),
    (553, "Mail from must equal authorized user", False, True, False),
    (501, "Mail from address must be same as authorization user.", False, True, False),
    (554, "5.7.1 <a@b.example>: Relay access denied", False, True, False),
    (530, "5.7.0 Authentication required", False, True, False),
    (550, "5.7.1 blocked, our machine is listed as a source of spam", False, True, False),
    (550, "5.7.60 Client does not have permissions to send as this sender; SendAsDenied", False, True, False),
    (550, "5.4.5 Daily user sending limit exceeded", True, False, False),
    (554, "MI:STC 163 smtp", True, False, False),
    (550, "发信频率过高,请稍后再试", True, False, False),
]


@pytest.mark.parametrize(
    ("code", "words", "temporary", "account", "nobody"), KINDS, ids=[f"{k[0]} {k[1][:30]}" for k in KINDS]
)
def test_a_reply_says_whose_fault_it_is(code: int, words: str, temporary: bool, account: bool, nobody: bool) -> None:
    reply = Reply(code, words)
    assert (reply.temporary, reply.blames_account, reply.no_such_address) == (temporary, account, nobody)


def test_words_in_gbk_are_read() -> None:
    said = "您的邮件被退回".encode("gb18030").decode("utf-8", "surrogateescape")
    assert str(reply_of(554, said)) == "554 您的邮件被退回"
    assert str(reply_of(250, "2.0.0\nOk  queued")) == "250 2.0.0 Ok queued"


@pytest.mark.parametrize(
    ("host", "hint"),
    [
        ("smtp.qq.com", "授权码"),
        ("smtp.exmail.qq.com", "授权码"),
        ("smtp.163.com", "授权码"),
        ("smtp.gmail.com", "OAuth2"),
        ("smtp.office365.com", "OAuth2"),
        ("mail.lanmei.example", "check user and password"),
    ],
)
def test_a_refused_login_says_what_to_do(host: str, hint: str) -> None:
    told = login_refused(host, "amy", Reply(535, "5.7.8 wrong"))
    assert told.stops_mailbox
    assert told.outcome == "untried"
    assert hint in told.reply
    assert "535 5.7.8 wrong" in told.reply


def test_a_limit_on_logins_wants_patience_and_no_person() -> None:
    told = login_refused("smtp.qq.com", "amy", Reply(535, "Login fail. login frequency limited"))
    assert not told.stops_mailbox
    assert told.outcome == "later"
    assert told.retry_after >= 900
