"""Group commit: every waiter is told, nothing is written twice, an error reaches all."""

import threading
from collections.abc import Callable

import pytest

from portal.outreach.services.journal import Journal


def run(count: int, work: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"


def test_visits_that_come_while_a_group_is_written_are_written_together():
    groups, may_write = [], threading.Event()

    def write(rows):
        groups.append(list(rows))
        may_write.wait(10)

    journal = Journal(write)
    first = threading.Thread(target=journal.put, args=({"n": 0},))
    first.start()
    followers = [threading.Thread(target=journal.put, args=({"n": number},)) for number in range(1, 9)]
    for thread in followers:
        thread.start()
    while len(journal._open.rows) < 8:
        pass
    may_write.set()
    for thread in (first, *followers):
        thread.join(10)
    assert [len(group) for group in groups] == [1, 8]


def test_every_row_is_written_once_under_load_and_nobody_waits_for_ever():
    written = []
    journal = Journal(lambda rows: written.extend(row["n"] for row in rows))
    run(32, lambda number: [journal.put({"n": number * 1000 + turn}) for turn in range(200)])
    assert sorted(written) == sorted(number * 1000 + turn for number in range(32) for turn in range(200))


def test_an_error_reaches_everybody_of_its_group_and_the_next_group_goes_on():
    may_fail, failures = threading.Event(), []
    calls = iter(range(10))

    def write(rows):
        if next(calls) == 1:
            raise OSError("disk full")
        may_fail.wait(10)

    journal = Journal(write)

    def put(number):
        try:
            journal.put({"n": number})
        except OSError:
            failures.append(number)

    first = threading.Thread(target=put, args=(0,))
    first.start()
    others = [threading.Thread(target=put, args=(number,)) for number in range(1, 6)]
    for thread in others:
        thread.start()
    while len(journal._open.rows) < 5:
        pass
    may_fail.set()
    for thread in (first, *others):
        thread.join(10)
    assert sorted(failures) == [1, 2, 3, 4, 5]
    journal.put({"n": 6})


def test_even_a_writer_that_is_interrupted_leaves_nobody_waiting():
    def write(rows):
        raise KeyboardInterrupt

    journal = Journal(write)
    with pytest.raises(KeyboardInterrupt):
        journal.put({"n": 1})
