"""What keeps a child harmless: it dies with its parent, has bounded memory, and no network and no exec.

Linux only. The seccomp filter is classic BPF, written out: the few instructions are easier to check than a
dependency on a C library (seccomp(2), linux/filter.h).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import struct
import sys
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 1, 38, 22
_SIGKILL, _SECCOMP_MODE_FILTER = 9, 2
_ALLOW, _EPERM = 0x7FFF0000, 0x00050000 | 1

#: AUDIT_ARCH_* and the numbers of socket, connect, bind, listen, execve, execveat, ptrace, io_uring_setup.
#: (io_uring can open sockets without the socket call.)
_MACHINES = {
    "x86_64": (0xC000003E, (41, 42, 49, 50, 59, 322, 101, 425)),
    "aarch64": (0xC00000B7, (198, 203, 200, 201, 221, 281, 117, 425)),
}


def supported() -> bool:
    """Whether this system has all the guards."""
    return sys.platform == "linux" and platform.machine() in _MACHINES


def die_with_parent(parent: int) -> None:
    """Let the kernel end this process when the one that made it, of that pid, ends.

    (To be precise: when the *thread* that made it ends. Ours are made by the thread of the event loop.)
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        # It ended before the kernel knew that we wanted to be told.
        os._exit(1)


def bound_memory(extra: int, *, dispensable: bool = True) -> None:
    """Allow ``extra`` bytes of address space beyond what the process has now; no core files.

    One that is ``dispensable`` is the first to be killed where the whole system is out of memory.
    """
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * os.sysconf("SC_PAGE_SIZE") + extra
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not dispensable:
        return
    # A container may forbid it; the memory limit holds all the same.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def no_network_no_exec() -> None:
    """Make socket, connect, execve and their like fail with EPERM, for good. Raises OSError where it cannot."""
    architecture, calls = _MACHINES[platform.machine()]
    load_nr, load_arch = (0x20, 0, 0, 0), (0x20, 0, 0, 4)
    program = [load_arch, (0x15, 1, 0, architecture), (0x06, 0, 0, _EPERM), load_nr]
    for index, number in enumerate(calls):
        program.append((0x15, len(calls) - index, 0, number))
    if platform.machine() == "x86_64":
        # The x32 calls have the same meaning under other numbers: refuse them all.
        program[4:4] = [(0x35, len(calls) + 1, 0, 0x40000000)]
    program += [(0x06, 0, 0, _ALLOW), (0x06, 0, 0, _EPERM)]
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.create_string_buffer(header, len(header)), 0, 0
    ):
        raise OSError(ctypes.get_errno(), "the seccomp filter was refused")
