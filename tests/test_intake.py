"""Bodies are read before the application starts, within limits of size, number and patience."""

import io
import threading

import pytest

from portal import intake


class Trickle(io.RawIOBase):
    """A body that comes in one second for each read, by its own clock, and may end too early."""

    def __init__(self, content: bytes, clock: list[float], seconds: float = 1.0) -> None:
        self.content, self.clock, self.seconds = io.BytesIO(content), clock, seconds

    def read(self, size: int = -1) -> bytes:
        self.clock[0] += self.seconds
        return self.content.read(size)


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(intake.time, "monotonic", lambda: now[0])
    return now


def echo(environ, start_response):
    start_response("200 OK", [])
    return [environ["wsgi.input"].read()]


def ask(application, body=None, **environ):
    """Status and body of an answer."""
    said = []
    answer = application({"wsgi.input": body, **environ}, lambda status, _headers: said.append(int(status[:3])))
    return said[0], b"".join(answer)


def door(inner=echo, places: int = 2, most_from_one: int = 3) -> intake.Intake:
    return intake.Intake(inner, places, most_from_one)


@pytest.mark.parametrize("size", [1, 1024, 100_000, 700_000])
def test_the_application_gets_the_whole_body(size):
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    assert ask(door(), io.BytesIO(content), CONTENT_LENGTH=str(size)) == (200, content)


def test_a_body_that_ends_early_never_reaches_the_application():
    assert ask(door(), io.BytesIO(b"answer=interes"), CONTENT_LENGTH="17")[0] == 408


def test_a_body_that_trickles_is_given_up(clock):
    assert ask(door(), Trickle(b"x" * 100_000, clock), CONTENT_LENGTH="100000")[0] == 408
    assert clock[0] < 40


def test_a_body_of_unknown_length_is_refused():
    assert ask(door(), io.BytesIO(b"x"), HTTP_TRANSFER_ENCODING="chunked")[0] == 411


def test_a_length_that_is_no_number_counts_as_none():
    def length(environ, start_response):
        start_response("200 OK", [])
        return [environ["CONTENT_LENGTH"].encode()]

    for wrong in ("-1", "²", "1e9", ""):
        assert ask(door(length), io.BytesIO(b"x"), CONTENT_LENGTH=wrong) == (200, wrong.encode())


def test_one_address_cannot_take_all_the_room_and_gives_it_back():
    free, here = threading.Event(), threading.Semaphore(0)

    class Held(io.BytesIO):
        def read(self, size: int = -1) -> bytes:
            here.release()
            free.wait(10)
            return super().read(size)

    application = door(most_from_one=2)
    held = {"CONTENT_LENGTH": "1", "REMOTE_ADDR": "192.0.2.1"}
    threads = [threading.Thread(target=ask, args=(application, Held(b"x")), kwargs=held) for _ in range(2)]
    for thread in threads:
        thread.start()
        here.acquire(timeout=10)
    assert ask(application, io.BytesIO(b"x"), **held)[0] == 503
    assert ask(application, io.BytesIO(b"x"), CONTENT_LENGTH="1", REMOTE_ADDR="192.0.2.2")[0] == 200
    free.set()
    for thread in threads:
        thread.join()
    assert ask(application, io.BytesIO(b"x"), **held)[0] == 200
    assert not application._waiting


def test_slow_bodies_take_no_place_of_the_application():
    free, here = threading.Event(), threading.Semaphore(0)

    class Held(io.BytesIO):
        def read(self, size: int = -1) -> bytes:
            here.release()
            free.wait(10)
            return super().read(size)

    application = door(places=1)
    slow = threading.Thread(target=ask, args=(application, Held(b"x")), kwargs={"CONTENT_LENGTH": "1"})
    slow.start()
    here.acquire(timeout=10)
    assert ask(application, io.BytesIO(b""))[0] == 200
    free.set()
    slow.join()
