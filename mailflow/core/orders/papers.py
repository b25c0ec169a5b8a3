"""Events about documents 单证: a file of a mail that belongs to an order. The file stays where it is, in the mail."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DocumentFiled:
    """A file that came with a mail is a document of an order; `kind` as the playbook names it (bill_of_lading …).

    `part` is its place among the mail's attachments, from 0; `party` and `role` say who sent it. `readable`: its words
    could be read; `names`: a word of the other side that stands in them, empty where none was found.
    """

    order: str
    kind: str
    mail: int
    part: int
    name: str
    content_type: str = ""
    size: int = 0
    party: str = ""
    role: str = ""
    readable: bool = False
    names: str = ""


@dataclass(frozen=True, slots=True)
class DocumentReleased:
    """A person says that a document is for the customer to see."""

    order: str
    mail: int
    part: int


@dataclass(frozen=True, slots=True)
class DocumentWithdrawn:
    """A person says that a file is no document of the order after all."""

    order: str
    mail: int
    part: int


OfDocuments = DocumentFiled | DocumentReleased | DocumentWithdrawn
