"""Reading ahead: the record is the one that a single process gives; whatever breaks the other, mails are read."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from time import monotonic, sleep
from zoneinfo import ZoneInfo

import pytest

from mailflow.core.mails import MailKey, MailState, NewMail
from mailflow.core.orders.events import DatePromised, MailSetAside, NewEvent, OrderChanged, Recorded
from mailflow.core.orders.model import House
from mailflow.edges.database import DatabaseStore, open_store, upgrade
from mailflow.edges.files.order_book import book_rules, read_files
from mailflow.jobs.ahead import MadeAhead
from mailflow.jobs.order_book import import_book
from mailflow.jobs.read_mails import ReadReport, read_mails
from mailflow.wiring.ahead import MANY, ReadingAhead
from mailflow.wiring.reading import BookReaders
from mailflow.wiring.rules import Rules, load_rules

CORPUS = Path(__file__).parent.parent / "corpus"
NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
SECRET = b"a secret of this test"
LAST = b"From: nobody@partner.example\r\nMessage-ID: <last@partner.example>\r\nSubject: the last\r\n\r\nbye\r\n"
ORDER = "PO26-04805"
HOUSE_ALONE = House("Lanmei Trading", "followup@lanmei.example", "Asia/Shanghai", (), ())
NOTHING: Mapping[int, MadeAhead] = {}
STUMBLING = "tests.wiring.stumbling_worker"


@cache
def rules() -> Rules:
    """Return the rules that come with mailflow."""
    found, problems = load_rules(None, None)
    assert found is not None, problems
    return found


@dataclass
class Office:
    """An installation with a corpus' order book, and the readings made ahead in it."""

    url: str
    store: DatabaseStore
    house: House
    module: str = "mailflow.wiring.ahead_worker"
    cores: int = 2
    stopping: bool = False

    def __post_init__(self) -> None:
        self.readers = BookReaders(self.house, SECRET)
        self.ahead = ReadingAhead(self.url, self.readers, lambda: self.stopping, lambda: self.cores, self.module)

    def put(self, raws: Sequence[bytes]) -> list[int]:
        """Let mails come in."""
        with self.store.begin() as tx:
            keys = (MailKey("followup", "INBOX", 1, uid) for uid in range(1, 10_000))
            stored = [tx.mails.store(NewMail(key, NOW, len(raw), raw)) for key, raw in zip(keys, raws, strict=False)]
        return [mail for mail in stored if mail is not None]

    def waiting(self) -> list[int]:
        with self.store.look() as tx:
            return tx.mails.unread_behind(0, 10_000)

    def start(self) -> None:
        """Let the process begin with the second of the mails that wait, however few they are."""
        waiting = self.waiting()
        self.ahead.go_on(rules(), [*waiting, *range(10**6, 10**6 + MANY)], 1, {})

    def made_up_to(self, mail: int) -> Mapping[int, MadeAhead]:
        """Return what is made ahead when a mail has been; the process reads in order."""
        wait_until(lambda: mail in self.ahead.made(rules()))
        return dict(self.ahead.made(rules()))

    def read(self, made: Mapping[int, MadeAhead] = NOTHING, limit: int = 50) -> list[Recorded]:
        """Read everything that waits."""
        recorded: list[Recorded] = []
        while (report := self.batch(made, limit)).mails:
            recorded += report.recorded
        return recorded

    def batch(self, made: Mapping[int, MadeAhead] = NOTHING, limit: int = 50) -> ReadReport:
        """Read some of what waits."""
        return read_mails(self.store, lambda tx: self.readers.reader(rules(), tx), NOW, limit, ahead=made)

    def state(self, mail: int) -> tuple[MailState, str]:
        """Return what became of a mail, and why."""
        with self.store.look() as tx:
            found = tx.mails.get(mail)
        assert found is not None
        return found.state, found.reason


def wait_until(true: Callable[[], bool], seconds: float = 120) -> None:
    """Return as soon as something is true; fails when it does not come."""
    end = monotonic() + seconds
    while not true():
        assert monotonic() < end, "waited in vain"
        sleep(0.01)


Open = Callable[..., Office]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Open]:
    """A function that opens an office of a corpus in a database of its own."""
    opened: list[Office] = []

    def new(corpus: str = "dev", url: str = "", **more: object) -> Office:
        url = url or f"sqlite:///{tmp_path}/{len(opened)}.db"
        upgrade(url)
        store = open_store(url)
        found, _ = book_rules()
        book = read_files([CORPUS / corpus / "parties.yaml", CORPUS / corpus / "orders.csv"], found)
        assert book.house is not None
        import_book(store, book, datetime(2026, 10, 1, tzinfo=UTC), ZoneInfo("Asia/Shanghai"), files=["book"])
        opened.append(Office(url, store, book.house, **more))  # type: ignore[arg-type] # passed on
        return opened[-1]

    yield new
    for one in opened:
        one.ahead.end()
        one.store.close()


def corpus_mails(name: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((CORPUS / name / "mail").glob("*.eml"))]


def supplier_mail(number: int, text: str, header: str = "") -> bytes:
    sender = "From: sales60@hengtai-garment.example\r\nTo: followup@lanmei.example\r\n"
    date_ = f"Date: Tue, 24 Nov 2026 10:{number:02}:00 +0800\r\n"
    head = f"Message-ID: <{number}@hengtai-garment.example>\r\n{date_}{sender}{header}Subject: {ORDER}\r\n"
    return f"{head}\r\n{text}\r\n".encode()


def promised(recorded: Sequence[Recorded]) -> list[date]:
    return [one.event.date for one in recorded if isinstance(one.event, DatePromised)]


@pytest.mark.parametrize("corpus", ["dev", "second"])
def test_the_record_is_the_one_that_a_single_process_gives(office: Open, corpus: str) -> None:
    alone, ahead = office(corpus), office(corpus)
    mails = [*corpus_mails(corpus), LAST]
    alone.put(mails)
    numbers = ahead.put(mails)
    recorded = alone.read()

    ahead.start()
    made = ahead.made_up_to(numbers[-1])
    grounded = [one for one in made.values() if one.grounded is not None]
    assert len(grounded) > len(mails) * 0.8, "all but the first and the PDFs were made before any was recorded"

    assert ahead.read(made) == recorded
    assert [ahead.state(mail) for mail in numbers] == [alone.state(mail) for mail in numbers]


@pytest.mark.parametrize("limit", [1, 50], ids=["each mail with a commit", "both mails in one batch"])
def test_a_mail_counts_from_what_the_mail_before_it_promised(office: Open, limit: int) -> None:
    said = [LAST, supplier_mail(1, "We will ship on 30 December 2026."), supplier_mail(2, "It is delayed by 5 days.")]
    alone, ahead = office(), office()
    alone.put(said)
    numbers = ahead.put(said)

    ahead.start()
    made = ahead.made_up_to(numbers[-1])

    assert promised(alone.read(limit=limit)) == [date(2026, 12, 30), date(2027, 1, 4)]
    assert promised(ahead.read(made, limit)) == [date(2026, 12, 30), date(2027, 1, 4)]


def test_a_reading_is_made_anew_where_the_order_book_has_changed(office: Open) -> None:
    ahead = office()
    numbers = ahead.put([LAST, supplier_mail(1, "It is delayed by 5 days.")])
    ahead.start()
    made = ahead.made_up_to(numbers[-1])
    with ahead.store.begin() as tx:
        order = tx.views.orders([ORDER])[ORDER].order
        tx.ledger.record([NewEvent(OrderChanged(replace(order, due_date=date(2027, 2, 1)), (), "book"))], NOW)

    assert promised(ahead.read(made)) == [date(2027, 2, 6)]


def test_a_reading_that_holds_is_taken_as_it_was_made(office: Open) -> None:
    ahead = office()
    numbers = ahead.put([LAST, supplier_mail(1, "Thank you."), supplier_mail(2, "We will ship on 30 December 2026.")])
    ahead.start()
    made = dict(ahead.made_up_to(numbers[-1]))
    grounded = made[numbers[2]].grounded
    assert grounded is not None
    (update,) = grounded.reading.updates
    other = replace(grounded.reading, updates=(replace(update, evidence="words of this reading alone"),))
    made[numbers[2]] = replace(made[numbers[2]], grounded=replace(grounded, reading=other))

    (found,) = [one.event for one in ahead.read(made) if isinstance(one.event, DatePromised)]

    assert found.proof is not None
    assert found.proof.words == "words of this reading alone"


@pytest.mark.parametrize(("how", "why"), [("kill", "broke the program"), ("hang", "took too long")])
def test_a_mail_that_breaks_the_process_is_set_aside_and_the_others_are_read(office: Open, how: str, why: str) -> None:
    ahead = office(module=STUMBLING)
    harmless = [supplier_mail(number, "We will ship on 30 December 2026.") for number in range(1, 4)]
    broken = supplier_mail(9, "hello", f"X-Breaks: {how}\r\n")
    numbers = ahead.put([LAST, harmless[0], broken, *harmless[1:]])
    ahead.start()
    recorded = ahead.read(ahead.made_up_to(numbers[2]))

    state, reason = ahead.state(numbers[2])
    assert state is MailState.ASIDE
    assert why in reason
    assert [one.event.mail for one in recorded if isinstance(one.event, MailSetAside)] == [numbers[2]]
    assert [ahead.state(mail)[0] for mail in numbers if mail != numbers[2]] == [MailState.READ] * 4


def test_where_the_process_cannot_work_the_mails_are_read_without_it(office: Open) -> None:
    ahead = office(module="mailflow.wiring.nothing_of_this_name")
    numbers = ahead.put([LAST, supplier_mail(1, "We will ship on 30 December 2026.")])
    ahead.start()
    wait_until(lambda: ahead.ahead.made(rules()) == {} and ahead.ahead.pid is None)

    ahead.start()
    assert ahead.ahead.pid is None, "it is not tried again and again"
    assert promised(ahead.read()) == [date(2026, 12, 30)]
    assert ahead.state(numbers[1]) == (MailState.READ, "")


def test_what_a_pdf_says_is_read_by_the_service(office: Open) -> None:
    ahead = office()
    pdf = next(raw for raw in corpus_mails("dev") if b"application/pdf" in raw)
    numbers = ahead.put([LAST, pdf, LAST.replace(b"last@", b"later@")])
    ahead.start()

    assert set(ahead.made_up_to(numbers[-1])) <= {numbers[0], numbers[2]}


def test_other_rules_begin_afresh(office: Open) -> None:
    ahead = office()
    numbers = ahead.put([LAST, supplier_mail(1, "We will ship on 30 December 2026.")])
    ahead.start()
    assert ahead.made_up_to(numbers[-1])

    assert ahead.ahead.made(replace(rules())) == {}
    assert ahead.ahead.pid is None


def test_few_mails_or_one_core_need_no_second_process(office: Open) -> None:
    for cores, waiting in ((2, MANY - 1), (1, MANY)):
        one = office(cores=cores)
        one.ahead.go_on(rules(), range(1, waiting + 1), 50, {})
        assert one.ahead.pid is None


def test_it_ends_when_nothing_waits_any_more(office: Open) -> None:
    ahead = office()
    ahead.put([LAST])
    ahead.start()
    assert ahead.ahead.pid is not None
    ahead.ahead.go_on(rules(), [], 50, {})
    assert ahead.ahead.pid is None


def test_a_service_that_is_to_end_does_not_wait_for_a_mail_that_hangs(office: Open) -> None:
    ahead = office(module=STUMBLING)
    numbers = ahead.put([LAST, supplier_mail(1, "ok"), supplier_mail(9, "hello", "X-Breaks: hang\r\n")])
    ahead.start()
    ahead.stopping = True
    wait_until(lambda: not ahead.ahead.made(rules()) and ahead.ahead.pid is None)
    assert ahead.state(numbers[2])[0] is MailState.STORED


PARENT = """
import sys
from tests.wiring.test_ahead import HOUSE_ALONE, rules
from mailflow.wiring.ahead import MANY, ReadingAhead
from mailflow.wiring.reading import BookReaders
ahead = ReadingAhead(sys.argv[1], BookReaders(HOUSE_ALONE, b"x"), lambda: False, lambda: 2)
ahead.go_on(rules(), range(1, MANY + 1), 1, {})
print(ahead.pid, flush=True)
sys.stdin.read()
"""


def test_it_ends_with_a_service_that_is_killed(office: Open) -> None:
    url = office().url
    words = [sys.executable, "-c", PARENT, url]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    wait_until(lambda: not alive(pid))


def alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False
