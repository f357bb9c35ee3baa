"""A disk that cannot keep what it was given: from a signal on, the system answers EIO to a process's own syncs.

A filter in the kernel (seccomp) stands before fsync and fdatasync; nothing in the process is replaced. `TEST_UNSYNCED`
names what can no longer be synced: `*` everything, `at once` the same without a signal, else the files that are open
under a path that ends so.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import signal
import sys
from pathlib import Path

from tests.services.needs import Missing

BREAK = signal.SIGUSR2
NUMBERS = {"x86_64": (317, 74, 75), "aarch64": (277, 82, 83)}
"""(seccomp, fsync, fdatasync) by machine."""
LOAD, EQUALS, ANSWER = 0x20, 0x15, 0x06
NUMBER, FIRST = 0, 16  # where a call's number and its first argument stand
PASS, FAIL = 0x7FFF0000, 0x00050000 | errno.EIO
NO_NEW_PRIVILEGES, SET_FILTER, ALL_THREADS = 38, 1, 1


class _Step(ctypes.Structure):
    _fields_ = [("code", ctypes.c_ushort), ("met", ctypes.c_ubyte), ("not_met", ctypes.c_ubyte), ("k", ctypes.c_uint)]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.POINTER(_Step))]


def can_break() -> None:
    """Raises Missing where there is no such filter."""
    if sys.platform != "linux" or platform.machine() not in NUMBERS:
        raise Missing("disk", "no filter of system calls here", "run on Linux, x86_64 or aarch64")


def listen(what: str) -> None:
    """In the process: break at the signal."""
    if what == "at once":
        _break("*")
    else:
        signal.signal(BREAK, lambda *_: _break(what))


def _break(what: str) -> None:
    seccomp, *syncs = NUMBERS[platform.machine()]
    program = [(LOAD, 0, 0, NUMBER)]
    if what == "*":
        program += [(EQUALS, 1, 0, syncs[0]), (EQUALS, 0, 1, syncs[1]), (ANSWER, 0, 0, FAIL)]
    else:
        files = _open(what)
        program += [(EQUALS, 1, 0, syncs[0]), (EQUALS, 0, 1 + len(files), syncs[1]), (LOAD, 0, 0, FIRST)]
        program += [(EQUALS, len(files) - at, 0, each) for at, each in enumerate(files)]
        program += [(ANSWER, 0, 0, PASS), (ANSWER, 0, 0, FAIL)]
    program += [(ANSWER, 0, 0, PASS)]
    steps = (_Step * len(program))(*(_Step(*each) for each in program))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0
    made = libc.syscall(seccomp, SET_FILTER, ALL_THREADS, ctypes.byref(_Program(len(program), steps)))
    print("syncs fail from here on" if made == 0 else f"no filter: {ctypes.get_errno()}", flush=True)


def _open(ending: str) -> list[int]:
    """The descriptors of what is open under such a name."""
    found = []
    for each in Path("/proc/self/fd").iterdir():
        try:
            if os.readlink(each).endswith(ending):
                found.append(int(each.name))
        except OSError:
            continue
    return found
