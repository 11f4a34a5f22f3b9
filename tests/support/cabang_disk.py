"""The disk below SQLite: a layer in the very library that Python's sqlite3 uses tells each write and may refuse it.

SQLite reaches files through a VFS.  ``watching()`` puts one in front of the usual one: it opens the real file, and in
the table of the file's methods those that change something are ours; the others stay as they are.  So production code
runs as it is, on the library it always runs on.  Files that Python itself writes are watched at ``os.fsync`` and where
names change.  What is not seen: the shared memory beside a database (it does not survive anyway), and Python's files
that nobody syncs or renames.
"""

import _sqlite3
import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pytest

CREATE, WRITE, TRUNCATE, SYNC, DELETE = "create", "write", "truncate", "sync", "delete"
READ = "read"  # only told to who ``hears_reads``
WHOLE, RENAME, SYNC_FOLDER = "whole", "rename", "sync folder"  # of files that Python writes by itself
_OPEN_CREATE = 0x4
_METHODS = (
    *("close", "read", "write", "truncate", "sync", "size", "lock", "unlock", "reserved", "control", "sector"),
    *("traits", "shm_map", "shm_lock", "shm_barrier", "shm_unmap", "fetch", "unfetch"),
)
_CALLS = (
    *("open", "delete", "access", "full_path", "dl_open", "dl_error", "dl_sym", "dl_close", "randomness", "sleep"),
    *("time", "last_error", "time64", "set_call", "get_call", "next_call"),
)


class Op(NamedTuple):
    """One thing the storage is asked to do.

    ``at``: offset of a write, size of a truncate, 1 for a delete whose folder is synced.  ``data``: what is written;
    of a rename, the new path.
    """

    kind: str
    path: str
    at: int = 0
    data: bytes = b""


class Listener(Protocol):
    """Is asked before each operation: 0 lets it happen, else the SQLite error code it fails with.

    Of reads only if it has an attribute ``hears_reads`` that is true: there are very many.
    """

    def before(self, op: Op) -> int: ...


class _Methods(ctypes.Structure):
    _fields_ = (("version", ctypes.c_int), *((name, ctypes.c_void_p) for name in _METHODS))


class _File(ctypes.Structure):
    _fields_ = (("methods", ctypes.POINTER(_Methods)),)


class _Vfs(ctypes.Structure):
    _fields_ = (
        *(("version", ctypes.c_int), ("file_bytes", ctypes.c_int), ("path_max", ctypes.c_int)),
        *(("next", ctypes.c_void_p), ("name", ctypes.c_char_p), ("data", ctypes.c_void_p)),
        *((name, ctypes.c_void_p) for name in _CALLS),
    )


_P, _I, _L = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
_OPEN = ctypes.CFUNCTYPE(_I, _P, _P, ctypes.POINTER(_File), _I, _P)
_DELETE = ctypes.CFUNCTYPE(_I, _P, _P, _I)
_READ = _WRITE = ctypes.CFUNCTYPE(_I, _P, _P, _I, _L)
_TRUNCATE = ctypes.CFUNCTYPE(_I, _P, _L)
_SYNC = ctypes.CFUNCTYPE(_I, _P, _I)


class _Layer:
    """The VFS; there is one for the whole process, because SQLite keeps pointers into it."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(_sqlite3.__file__)
        self._library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        self._below = self._library.sqlite3_vfs_find(None)
        self._vfs = _Vfs.from_buffer_copy(self._below.contents)
        self._open_below, self._delete_below = _OPEN(self._vfs.open), _DELETE(self._vfs.delete)
        self._calls = (_OPEN(self._open), _DELETE(self._delete))
        self._vfs.name, self._vfs.next = b"watched", None
        self._vfs.open, self._vfs.delete = (ctypes.cast(call, _P) for call in self._calls)
        self._tables: dict[tuple[int, bool], tuple[Any, ...]] = {}
        self._paths: dict[int, str] = {}
        self.listener: Listener | None = None

    def use(self, listener: Listener) -> None:
        self.listener = listener
        self._library.sqlite3_vfs_register(ctypes.byref(self._vfs), 1)

    def leave(self) -> None:
        self._library.sqlite3_vfs_register(self._below, 1)
        self._library.sqlite3_vfs_unregister(ctypes.byref(self._vfs))
        self.listener = None

    def _ask(self, op: Op) -> int:
        return self.listener.before(op) if self.listener and op.path else 0

    def _open(self, _vfs: Any, name: Any, file: Any, flags: int, out: Any) -> int:
        path = os.fsdecode(ctypes.string_at(name)) if name else ""
        if path and flags & _OPEN_CREATE and not Path(path).exists():
            refused = self._ask(Op(CREATE, path))
            if refused:
                file.contents.methods = None
                return refused
        code: int = self._open_below(ctypes.cast(self._below, _P), name, file, flags, out)
        if code == 0:
            self._paths[ctypes.addressof(file.contents)] = path
            file.contents.methods = self._patched(file.contents.methods)
        return code

    def _patched(self, methods: Any) -> Any:
        place = ctypes.addressof(methods.contents), getattr(self.listener, "hears_reads", False)
        if place not in self._tables:
            table = _Methods.from_buffer_copy(methods.contents)
            calls = (_WRITE(table.write), _TRUNCATE(table.truncate), _SYNC(table.sync))
            ours = (_WRITE(self._write(calls[0])), _TRUNCATE(self._truncate(calls[1])), _SYNC(self._sync(calls[2])))
            table.write, table.truncate, table.sync = (ctypes.cast(call, _P) for call in ours)
            read = _READ(self._read(_READ(table.read)))
            if place[1]:
                table.read = ctypes.cast(read, _P)
            self._tables[place] = (table, ours, read)
        return ctypes.pointer(self._tables[place][0])

    def _read(self, below: Any) -> Any:
        return lambda file, data, size, at: (
            self._ask(Op(READ, self._paths[file], at)) or int(below(file, data, size, at))
        )

    def _write(self, below: Any) -> Any:
        def write(file: int, data: int, size: int, at: int) -> int:
            refused = self._ask(Op(WRITE, self._paths[file], at, ctypes.string_at(data, size)))
            if refused:
                below(file, data, size // 2, at)  # a write that fails may have begun
            return refused or int(below(file, data, size, at))

        return write

    def _truncate(self, below: Any) -> Any:
        return lambda file, size: self._ask(Op(TRUNCATE, self._paths[file], size)) or below(file, size)

    def _sync(self, below: Any) -> Any:
        return lambda file, flags: self._ask(Op(SYNC, self._paths[file])) or below(file, flags)

    def _delete(self, _vfs: Any, name: Any, sync: int) -> int:
        path = os.fsdecode(ctypes.string_at(name))
        refused = self._ask(Op(DELETE, path, sync)) if Path(path).exists() else 0
        return refused or int(self._delete_below(ctypes.cast(self._below, _P), name, sync))


_layers: list[_Layer] = []


@contextmanager
def watching(listener: Listener) -> Iterator[None]:
    """Inside, *listener* is asked before whatever databases opened there, and Python's own synced files, do.

    A refusal of Python's own files is an OSError (no space left on device).
    """
    if not _layers:
        _layers.append(_Layer())
    layer = _layers[0]
    layer.use(listener)
    try:
        with pytest.MonkeyPatch.context() as patch:
            _watch_python(patch, listener)
            yield
    finally:
        layer.leave()


def _watch_python(patch: pytest.MonkeyPatch, listener: Listener) -> None:
    sync, unlink = os.fsync, os.unlink
    synced: dict[str, bytes] = {}

    def ask(op: Op) -> None:
        if listener.before(op):
            raise OSError(28, os.strerror(28), op.path)

    def watched_sync(fd: int) -> None:
        path = Path(f"/proc/self/fd/{fd}").readlink()
        if path.is_dir():
            ask(Op(SYNC_FOLDER, str(path)))
        else:
            ask(Op(WHOLE, str(path), 0, path.read_bytes()))
            ask(Op(SYNC, str(path)))
            synced[str(path)] = path.read_bytes()
        sync(fd)

    def watched_unlink(path: Any, **more: Any) -> None:
        if Path(path).exists():
            ask(Op(DELETE, str(path)))
        unlink(path, **more)

    def watched_move(move: Any) -> Any:
        def moved(source: Any, target: Any) -> None:
            if Path(source).is_file() and synced.pop(str(source), None) != Path(source).read_bytes():
                ask(Op(WHOLE, str(source), 0, Path(source).read_bytes()))  # nobody has synced it
            ask(Op(RENAME, str(source), 0, os.fsencode(target)))
            move(source, target)

        return moved

    patch.setattr(os, "fsync", watched_sync)
    patch.setattr(os, "unlink", watched_unlink)
    patch.setattr(os, "replace", watched_move(os.replace))
    patch.setattr(os, "rename", watched_move(os.rename))
