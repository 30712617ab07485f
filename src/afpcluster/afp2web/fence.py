"""What a worker cannot do, whatever a document makes of it: the kernel refuses it.

Rules: no network, no other program, no file but its own descriptors, the program's code, and the fonts and
resources it is given (read only). Landlock (Linux 5.13) guards the files, and TCP since 6.7; seccomp
refuses the system calls that make sockets, processes or look into others. What the kernel lacks is told,
not guessed: the server logs it at the start. There is no maintained Python package for either.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2

# linux/landlock.h
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG, _PATH_BENEATH = 1, 1
_EXECUTE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 2, 1 << 3
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}  # by the version that brought them
_NET_RIGHTS = 0b11  # bind and connect TCP, version 4

# linux/filter.h, linux/seccomp.h
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1  # EPERM
_NUMBER_AT, _MACHINE_AT = 0, 4
_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32 = 0x40000000
# linux/audit.h and the machines' system call tables
_REFUSED = {
    "x86_64": {
        "socket": 41,
        "socketpair": 53,
        "connect": 42,
        "bind": 49,
        "listen": 50,
        "accept": 43,
        "accept4": 288,
        "fork": 57,
        "vfork": 58,
        "clone": 56,
        "clone3": 435,
        "execve": 59,
        "execveat": 322,
        "ptrace": 101,
        "process_vm_readv": 310,
        "process_vm_writev": 311,
        "pidfd_open": 434,
        "pidfd_getfd": 438,
        "mount": 165,
        "unshare": 272,
        "setns": 308,
        "bpf": 321,
        "io_uring_setup": 425,
        "keyctl": 250,
        "perf_event_open": 298,
        "userfaultfd": 323,
        "kill": 62,
        "tkill": 200,
        "open_by_handle_at": 304,
    },
    "aarch64": {
        "socket": 198,
        "socketpair": 199,
        "connect": 203,
        "bind": 200,
        "listen": 201,
        "accept": 202,
        "accept4": 242,
        "clone": 220,
        "clone3": 435,
        "execve": 221,
        "execveat": 281,
        "ptrace": 117,
        "process_vm_readv": 270,
        "process_vm_writev": 271,
        "pidfd_open": 434,
        "pidfd_getfd": 438,
        "mount": 40,
        "unshare": 97,
        "setns": 268,
        "bpf": 280,
        "io_uring_setup": 425,
        "keyctl": 219,
        "perf_event_open": 241,
        "userfaultfd": 282,
        "kill": 129,
        "tkill": 130,
        "open_by_handle_at": 265,
    },
}
_DESCRIPTORS = 256
_SYSTEM = (
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/dev/null", "/dev/urandom"),
    *("/usr/share/fonts", "/usr/local/share/fonts"),
)
_libc = ctypes.CDLL(None, use_errno=True)


def fence(readable: Iterable[Path]) -> list[str]:
    """Shut this process in, for ever. Gives what could not be fenced and why, for the operator."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (_DESCRIPTORS, _DESCRIPTORS))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return [problem for problem in (_files([*_program(), *readable]), _system_calls()) if problem]


def processor_time(seconds: float) -> None:
    """From now on this process may use so much; then the kernel kills it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime + seconds) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))


def _program() -> list[Path]:
    """Where the program's code and the system's libraries and fonts are."""
    installed = (path for name, path in sysconfig.get_paths().items() if name.endswith("lib"))
    python = (path for path in (*sys.path, *installed) if len(Path(path).parts) > 1)
    return [Path(__file__).parents[1], *map(Path, (*python, *_SYSTEM))]


def _files(readable: list[Path]) -> str | None:
    """Read what is given, and nothing else. The reason when that cannot be."""
    version = _libc.syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    if version < 1:
        return f"files and TCP: the kernel has no Landlock ({os.strerror(ctypes.get_errno())})"
    rights = sum(right for since, right in _FILE_RIGHTS.items() if since <= version)
    handled = struct.pack("QQ", rights, _NET_RIGHTS) if version >= 4 else struct.pack("Q", rights)
    rules = _libc.syscall(_CREATE_RULESET, handled, len(handled), 0)
    if rules < 0:
        return f"files and TCP: Landlock refused ({os.strerror(ctypes.get_errno())})"
    try:
        for path in readable:
            _allow_reading(rules, path)
        if _libc.syscall(_RESTRICT_SELF, rules, 0):
            return f"files and TCP: Landlock refused ({os.strerror(ctypes.get_errno())})"
    finally:
        os.close(rules)
    return None


def _allow_reading(rules: int, path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not there: nothing to read
        return
    try:
        allowed = _READ_FILE | (_READ_DIR if path.is_dir() else 0)
        rule = struct.pack("=Qi", allowed, descriptor)
        _libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, rule, 0)
    finally:
        os.close(descriptor)


def _system_calls() -> str | None:
    """Refuse those that a conversion never needs. The reason when that cannot be."""
    machine = platform.machine()
    if machine not in _MACHINES:
        return f"system calls: no list of them for {machine}"
    numbers = sorted(_REFUSED[machine].values())
    steps = [
        (_LOAD, 0, 0, _MACHINE_AT),
        (_EQUAL, 1, 0, _MACHINES[machine]),
        (_RETURN, 0, 0, _REFUSE),  # another machine's numbers
        (_LOAD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, len(numbers) + 1, 0, _X32),  # the second set of numbers of x86-64
        *((_EQUAL, len(numbers) - at, 0, number) for at, number in enumerate(numbers)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    program = b"".join(struct.pack("HBBI", *step) for step in steps)
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(buffer))
    if _libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, header, 0, 0):
        return f"system calls: seccomp refused ({os.strerror(ctypes.get_errno())})"
    return None
