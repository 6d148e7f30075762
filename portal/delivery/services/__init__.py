"""The gate and the way out: `gate` asks, `queueing` writes the rows, `sending` sends them."""

from collections.abc import Mapping

from flask import Flask

from portal.delivery.emails import Composer
from portal.delivery.models import Purpose
from portal.delivery.services.copies import forget_strangers
from portal.delivery.services.gate import gate, gate_many, gate_row, next_mail_not_before
from portal.delivery.services.pauses import is_paused, pause, pause_all, resume, resume_all
from portal.delivery.services.queueing import cancel, enqueue, enqueue_to, give_up, hold, release, try_again, undo
from portal.delivery.services.returned import arrived, came_back, complained
from portal.delivery.services.sending import send_due, send_slice
from portal.delivery.services.sweeping import sweep
from portal.delivery.verdicts import Ruling

__all__ = [
    "Ruling",
    "arrived",
    "came_back",
    "cancel",
    "complained",
    "enqueue",
    "enqueue_to",
    "forget_strangers",
    "gate",
    "gate_many",
    "gate_row",
    "give_up",
    "hold",
    "init_app",
    "is_paused",
    "next_mail_not_before",
    "pause",
    "pause_all",
    "release",
    "resume",
    "resume_all",
    "send_due",
    "send_slice",
    "sweep",
    "try_again",
    "undo",
]


def init_app(app: Flask, composers: Mapping[Purpose, Composer]) -> None:
    """Take what the features above hand in."""
    app.extensions["composers"] = composers
