"""Drafts and Sent are found in every language."""

import pytest

from mailflow.core.mailbox import folder_for
from mailflow.edges.imap.folders import Listed, name_uses


@pytest.mark.parametrize(
    ("drafts", "sent"),
    [
        ("草稿箱", "已发送"),  # 163
        ("Drafts", "Sent Messages"),  # QQ
        ("草稿夹", "已发送邮件"),
        ("下書き", "送信済みアイテム"),
        ("Entwürfe", "Gesendete Elemente"),
        ("Brouillons", "Éléments envoyés"),
        ("INBOX.Drafts", "INBOX.Sent"),
        ("Черновики", "Отправленные"),
    ],
)
def test_usual_names_are_known(drafts: str, sent: str) -> None:
    folders = name_uses([Listed(name, ".") for name in ("INBOX", drafts, sent, "Orders")])
    assert (folder_for(folders, "drafts"), folder_for(folders, "sent")) == (drafts, sent)


def test_the_servers_own_word_counts_before_a_name() -> None:
    folders = name_uses(
        [
            Listed("Sent", "/"),
            Listed("Gesendet bei mailflow", "/", frozenset({r"\sent", r"\hasnochildren"})),
            Listed("Drafts", "/", frozenset({r"\noselect"})),
            Listed("Archive/Drafts", "/"),
        ]
    )
    assert (folder_for(folders, "sent"), folder_for(folders, "drafts")) == ("Gesendet bei mailflow", "Archive/Drafts")


def test_the_folder_nearest_to_the_top_counts_and_only_one() -> None:
    folders = name_uses([Listed("Old/Sent", "/"), Listed("Sent", "/"), Listed("Older/Sent", "/")])
    assert [folder.name for folder in folders if folder.use == "sent"] == ["Sent"]


def test_a_mailbox_without_such_folders_has_none() -> None:
    folders = name_uses([Listed("INBOX", "/"), Listed("Orders sent", "/")])
    assert (folder_for(folders, "sent"), folder_for(folders, "drafts")) == (None, None)
