"""Faults that come from outside a process: clients that misbehave, a full disk, a program gone wrong.

Rules as in `faults`. Clients come from this machine's own address, as the drill's well-behaved ones do.
"""

from __future__ import annotations

import contextlib
import resource
import signal
import socket
import sys
import threading
import time

from afpcluster.cluster import demo
from afpcluster.cluster.faults import Struck, first, holder, stutter
from afpcluster.cluster.site.lab import LabSite
from afpcluster.cluster.site.site import Site
from afpcluster.cluster.topology import Role, SiteError

IDLE_CONNECTIONS = 1200
_LEAVE_EVERY = 0.2  # seconds
_LEFT_STATEMENTS = 400  # a document of several seconds

# A disk that is full, where the process `$0` keeps its documents; and the end of that.
_FOLDER = 'folder=$(tr "\\0" "\\n" < "/proc/$0/environ" | sed -n "s/^TMPDIR=//p"); folder=${folder:-/tmp}\n'
_FILL = (
    f'{_FOLDER}mount --namespace "$0" -t tmpfs -o size=4k,mode=1777 full "$folder"\n'
    'head -c 4096 /dev/zero > "/proc/$0/root$folder/full"'
)
_UNMOUNT = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
if libc.setns(os.open(f"/proc/{sys.argv[1]}/ns/mnt", 0), 0) or libc.umount2(sys.argv[2].encode(), 2):
    sys.exit(os.strerror(ctypes.get_errno()))
"""  # umount's own option looks for the folder on this machine, too
_EMPTY = f'{_FOLDER}python3 -c \'{_UNMOUNT}\' "$0" "$folder"'
# Says it is well, and fails at everything else. Arguments: port.
_IMPOSTOR = """
import http.server, socket, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def answer(self, status, body):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
    def do_GET(self):
        self.answer(200, b"{}")
    do_HEAD = do_GET
    def do_POST(self):
        self.answer(500, b'{"ErrorCode": "A2W-5000", "ErrorMessage": "out of order"}')
    def log_message(self, *_):
        pass
class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
Server(("::", int(sys.argv[1])), Handler).serve_forever()
"""


def idle_connections(site: Site) -> Struck:
    """More than any client needs, to the VIP, and nothing is ever sent."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    target = (str(site.topology.vips[0].address), site.topology.ports.wrapper_proxy)
    family = socket.AF_INET6 if site.topology.network.is_ipv6 else socket.AF_INET
    opened = contextlib.ExitStack()
    for _ in range(IDLE_CONNECTIONS):
        made = opened.enter_context(socket.socket(family))
        made.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            made.connect(target)
    return Struck(f"{IDLE_CONNECTIONS} connections that say nothing", holder(site), opened.close)


def leaving_clients(site: Site) -> Struck:
    """One sends a long document and leaves, five times a second."""
    body = demo.sample(_LEFT_STATEMENTS)
    target = (str(site.topology.vips[0].address), site.topology.ports.wrapper_proxy)
    head = f"POST /wrapperservice/convert HTTP/1.1\r\nHost: vip\r\nContent-Length: {len(body)}\r\n\r\n"
    healed = threading.Event()

    def keep_leaving() -> None:
        while not healed.is_set():
            began = time.monotonic()
            with contextlib.suppress(OSError), socket.create_connection(target, timeout=1.0) as made:
                made.sendall(head.encode() + body)
                time.sleep(_LEAVE_EVERY / 2)
            time.sleep(max(0.0, began + _LEAVE_EVERY - time.monotonic()))

    thread = threading.Thread(target=keep_leaving)
    thread.start()

    def heal() -> None:
        healed.set()
        thread.join()

    return Struck(f"clients send {len(body)} bytes and leave", holder(site), heal)


def fill_disk(site: Site) -> Struck:
    """Nothing can be stored any more in the temporary folder of one afp2web."""
    host = first(site, Role.AFP2WEB)
    site.beside(host, "afp2web", _FILL)
    return Struck("disk full", host, lambda: site.beside(host, "afp2web", _EMPTY))


def slow_instance(site: Site) -> Struck:
    return stutter(site, [first(site, Role.AFP2WEB)], "afp2web", stopped=0.25, runs=0.05)


def failing_instance(site: Site) -> Struck:
    """In the place of one afp2web runs something that is always well and converts nothing."""
    host = first(site, Role.AFP2WEB)
    if not isinstance(site, LabSite):
        raise SiteError("nothing can take the place of an instance here: this drill is the lab's")
    site.signal(host, "afp2web", signal.SIGKILL, group=True)
    impostor = site.impostor(host, sys.executable, "-c", _IMPOSTOR, str(site.topology.ports.afp2web))

    def heal() -> None:
        impostor.kill()
        impostor.wait()

    return Struck("answers 500, and its heartbeat 200", host, heal)
