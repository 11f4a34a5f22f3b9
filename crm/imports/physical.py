"""The lines of a file from outside as clean UTF-8: counted, of bounded length, an old encoding read with a note."""

import codecs
import io
from typing import BinaryIO

from crm.imports.errors import WrongLine
from sync.errors import N_

LINE_BYTES_MAX = 64 * 1024


class PhysicalLines(io.BufferedIOBase):
    """*file* for a text reader above it: each read gives one line, so ``number`` is the line that was read last.

    ``bytes_read`` counts for a progress bar; ``converted`` holds the numbers of lines that were Windows-1252.
    Raises WrongLine for a line that is too long, holds a NUL, or is text in neither encoding.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.number = 0
        self.bytes_read = 0
        self.converted: list[int] = []

    def readable(self) -> bool:
        return True

    def read1(self, size: int | None = -1) -> bytes:
        return self.readline()

    def readline(self, size: int | None = -1) -> bytes:
        line = self._file.readline(LINE_BYTES_MAX + 1)
        if not line:
            return line
        self.number += 1
        self.bytes_read += len(line)
        if len(line) > LINE_BYTES_MAX:
            raise self._wrong(N_("is too long for one line"))
        if b"\0" in line:
            raise self._wrong(N_("holds a character that is no text; save the file as CSV in UTF-8"))
        return self._utf8(line.removeprefix(codecs.BOM_UTF8) if self.number == 1 else line)

    def _utf8(self, line: bytes) -> bytes:
        try:
            line.decode()
        except UnicodeDecodeError:
            return self._from_windows(line)
        return line

    def _from_windows(self, line: bytes) -> bytes:
        try:
            text = line.decode("cp1252")
        except UnicodeDecodeError as problem:
            raise self._wrong(N_("is neither UTF-8 nor Windows-1252; save the file as CSV in UTF-8")) from problem
        self.converted.append(self.number)
        return text.encode()

    def _wrong(self, why: str) -> WrongLine:
        return WrongLine(line=self.number, column="–", value="…", why=why)
