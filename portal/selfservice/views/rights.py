"""Rights: a copy to take along, an end to remembering, to using, to writing, and to everything."""

from datetime import datetime

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, tokens
from portal.candidates import services as candidates
from portal.errors import NotFound, Refused
from portal.privacy import services as privacy
from portal.privacy.models import Action
from portal.selfservice.forms import ErasureForm
from portal.selfservice.front import door
from portal.selfservice.front.copies import FORMATS, copy_of
from portal.selfservice.front.standing import standing_of
from portal.selfservice.views.door import open_to_all, selfservice
from portal.selfservice.views.page import back

RECEIPT = "receipt"


@selfservice.post("/exports")
def export() -> ResponseReturnValue:
    """Everything as a file, at once: made in memory, kept nowhere."""
    candidate, form = door.get_reader().candidate, request.form.get("format", "")
    if form not in FORMATS:
        raise NotFound("")
    privacy.audit(Action.EXPORTED, candidate_id=candidate.id, format=form)
    copy = copy_of(candidate)
    response = Response(copy.as_json() if form == "json" else copy.as_html(), mimetype=FORMATS[form])
    response.headers["Content-Disposition"] = f'attachment; filename="my-data-{clock.now():%Y-%m-%d}.{form}"'
    return response


@selfservice.post("/tracking")
def track() -> ResponseReturnValue:
    """Whether visits through our links are remembered."""
    on = request.form.get("on") == "yes"
    candidates.set_tracking(door.get_reader().candidate, on)
    return back("tracking-on" if on else "tracking-off", "rights")


@selfservice.post("/objections")
def object_to_it() -> ResponseReturnValue:
    """Never again, in no form."""
    candidates.object_to_contact(door.get_reader().candidate)
    return back("objected", "rights")


@selfservice.post("/restrictions")
def restrict() -> ResponseReturnValue:
    """Keep it and use it not; or use it again."""
    candidate, on = door.get_reader().candidate, request.form.get("on") == "yes"
    (candidates.restrict if on else candidates.unrestrict)(candidate)
    return back("restricted" if on else "unrestricted", "rights")


@selfservice.route("/erasures", methods=["GET", "POST"])
def erase() -> ResponseReturnValue:
    """Say in words what is erased, then do it at once, everywhere."""
    reader, form = door.get_reader(), ErasureForm()
    if not form.is_submitted() or not form.validate():
        page = render_template("selfservice/erase.html", form=form, standing=standing_of(reader.candidate))
        return page, 422 if form.errors else 200
    try:
        receipt = privacy.erase(reader.candidate.id, "candidate")
    except Refused:  # a legal hold: the wish is noted, and carried out when the hold ends
        return back("erasure-noted", "end")
    door.let_out()
    token = tokens.sign(RECEIPT, [receipt.reference, receipt.at.isoformat(), dict(receipt.counts)])
    return redirect(url_for(".receipt", token=token), 303)


@selfservice.get("/receipts/<token>")
@open_to_all
def receipt(token: str) -> ResponseReturnValue:
    """What was erased, to print and keep. It names nobody, and nothing is looked up for it."""
    reference, at, counts = tokens.unsign(RECEIPT, token)
    return render_template("selfservice/receipt.html", reference=reference, at=datetime.fromisoformat(at), counts=counts)
