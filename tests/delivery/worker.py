"""A worker as a process of its own, to be killed: `python -m tests.delivery.worker FOLDER DATABASE_URL SMTP_URL`."""

import sys
from pathlib import Path

from pydantic import SecretStr

from portal.delivery import services as delivery
from portal.delivery.models import Purpose
from tests.conftest import build_app
from tests.delivery.conftest import write_letter

if __name__ == "__main__":
    folder, database, smtp = sys.argv[1:]
    app = build_app(Path(folder), database, smtp_url=SecretStr(smtp))
    app.extensions["composers"] = dict.fromkeys(Purpose, write_letter)
    with app.app_context():
        delivery.sweep()
        while delivery.send_slice():
            pass
