"""PDFs opened in a process of their own, bounded in time and memory; one process serves many files."""

import json
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from functools import cache

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
    _process: subprocess.Popen[bytes] | None = None
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
            self._end()

    def _ask(self, data: bytes) -> PdfText:
        try:
            process = self._running()
        except OSError as error:
            return PdfText(problem=f"cannot be opened now ({error.strerror})")
        late = threading.Event()
        timer = threading.Timer(self.seconds, _stop, (process, late))
        timer.daemon = True
        timer.start()
        try:
            answer = _exchange(process, data)
        finally:
            timer.cancel()
        if answer is None:
            self._end()
            taken = f"took longer than {self.seconds:g} s" if late.is_set() else "broke the program that opens PDFs"
            return PdfText(problem=f"{taken}: not read")
        self._served += 1
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and (self._process.poll() is not None or self._served >= _FILES):
            self._end()
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "mailflow.edges.files.pdf_worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            self._served = 0
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                _close(stream)


def _stop(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def _exchange(process: subprocess.Popen[bytes], data: bytes) -> PdfText | None:
    """Send a file, receive its answer; None where the process died over it."""
    if process.stdin is None or process.stdout is None:
        return None
    try:
        process.stdin.write(b"%d\n" % len(data))
        process.stdin.write(data)
        process.stdin.flush()
        line = process.stdout.readline()
        found = json.loads(line) if line.endswith(b"\n") else None
    except (OSError, ValueError):
        return None
    return PdfText(found.get("text", ""), found.get("problem", "")) if found is not None else None


def _close(stream: object) -> None:
    try:
        stream.close()  # type: ignore[attr-defined]  # a pipe; what was not flushed is lost with the process
    except OSError:
        return


@cache
def shared_reader() -> PdfReader:
    """The reader that a program uses, made when the first PDF comes."""
    return PdfReader()
