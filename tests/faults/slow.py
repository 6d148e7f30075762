"""People, or machines, that take their time: many connections at once, each sending or reading one byte after another."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

PAUSE_SECONDS = 0.5
HEADERS = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
FORM = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\n"
BODY = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n" + FORM
READ = b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 20


class Slow:
    """Keeps `headers` + `bodies` + `reads` connections open against a port, and opens a new one where the server closed one."""

    def __init__(self, port: int, path: str, headers: int, bodies: int, reads: int) -> None:
        self.port = port
        self.wanted = [(HEADERS, b"x")] * headers + [(BODY, b"x")] * bodies + [(READ.replace(b"%b", path.encode()), b"")] * reads
        self.open: dict[int, socket.socket] = {}
        self.closed_by_server = 0
        self.stop = threading.Event()

    def run(self) -> None:
        """Trickle until told to stop."""
        while not self.stop.wait(PAUSE_SECONDS):
            for number, (first, more) in enumerate(self.wanted):
                self._trickle(number, first, more)
        for connection in self.open.values():
            connection.close()

    def _trickle(self, number: int, first: bytes, more: bytes) -> None:
        try:
            if number not in self.open:
                self.open[number] = self._connect(first)
            elif more:
                self.open[number].send(more)
            else:
                self._read_a_byte(self.open[number])
        except BlockingIOError:
            pass
        except OSError:
            self.closed_by_server += 1
            self.open.pop(number).close() if number in self.open else None

    def _connect(self, first: bytes) -> socket.socket:
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        connection.settimeout(1)
        connection.connect(("127.0.0.1", self.port))
        connection.sendall(first)
        connection.setblocking(False)
        return connection

    @staticmethod
    def _read_a_byte(connection: socket.socket) -> None:
        if not connection.recv(1):
            raise ConnectionResetError


@contextlib.contextmanager
def slow_clients(port: int, path: str, *, headers: int, bodies: int, reads: int) -> Iterator[Slow]:
    """Slow connections for the time of the block; they are all there before it begins."""
    clients = Slow(port, path, headers, bodies, reads)
    thread = threading.Thread(target=clients.run)
    thread.start()
    try:
        while len(clients.open) < headers + bodies + reads:
            time.sleep(0.1)
        yield clients
    finally:
        clients.stop.set()
        thread.join()
