"""Running a chore without closing the session of the test."""

from portal.extensions import jobs


def run(name: str) -> int:
    """Do all that is due of one chore; returns how much was done."""
    done = 0
    while count := jobs.all[name].run():
        done += count
    return done
