"""PDFs opened in a process of their own, bounded in time and memory; one process serves many files."""

import json
import threading
from dataclasses import dataclass, field
from functools import cache, partial

from mailflow.edges.files.helper import Helper

_SECONDS = 20.0
_FILES = 200  # a fresh process after as many: what leaks in it is given back
_SIZE = 30_000_000


@dataclass(frozen=True, slots=True)
class PdfText:
    """The text of a PDF with its lines as they stand on the page, or why there is none."""

    text: str = ""
    problem: str = ""


@dataclass(slots=True)
class PdfReader:
    """Hands PDFs to its process; a process that takes too long or dies is replaced, and only that file is told of."""

    seconds: float = _SECONDS
    _helper: Helper = field(default_factory=partial(Helper, "mailflow.edges.files.pdf_worker"))
    _served: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, data: bytes) -> PdfText:
        """Return the text of a PDF; never raises."""
        if len(data) > _SIZE:
            return PdfText(problem=f"is larger than {_SIZE // 1_000_000} MB: not opened")
        with self._lock:
            return self._ask(data)

    def close(self) -> None:
        """End the process, if one runs."""
        with self._lock:
            self._helper.end()

    def _ask(self, data: bytes) -> PdfText:
        try:
            if self._helper.pid is None or self._served >= _FILES:
                self._helper.start()
                self._served = 0
        except OSError as error:
            return PdfText(problem=f"cannot be opened now ({error.strerror})")
        answer = self._exchange(data)
        if answer is None:
            late = self._helper.end()
            taken = f"took longer than {self.seconds:g} s" if late else "broke the program that opens PDFs"
            return PdfText(problem=f"{taken}: not read")
        self._served += 1
        return answer

    def _exchange(self, data: bytes) -> PdfText | None:
        """Send a file, receive its answer; None where the process died over it."""
        try:
            sink, source = self._helper.pipes
            sink.write(b"%d %d\n" % (len(data), self.seconds * 1e6))
            sink.write(data)
            sink.flush()
            line = source.readline()
            found = json.loads(line) if line.endswith(b"\n") else None
        except (OSError, ValueError):
            return None
        return PdfText(found.get("text", ""), found.get("problem", "")) if found is not None else None


@cache
def shared_reader() -> PdfReader:
    """The reader that a program uses, made when the first PDF comes."""
    return PdfReader()
