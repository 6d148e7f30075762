"""Run all benchmarks, or those named: `python -m benchmarks pages visits`."""

import sys

from benchmarks import copies, imports, mail, pages, visits

ALL = {"pages": pages.main, "visits": visits.main, "copies": copies.main, "imports": imports.main, "mail": mail.main}

if __name__ == "__main__":
    for name in sys.argv[1:] or ALL:
        print(f"\n{name}\n{'-' * len(name)}")
        ALL[name]()
