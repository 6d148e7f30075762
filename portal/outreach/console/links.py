"""Staff pages of landing links: all of them, one of them, its code, what to say with it."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock, codes
from portal.accounts.permissions import Right, requires
from portal.content.queries import find_page
from portal.errors import Conflict, Invalid
from portal.outreach import queries, services
from portal.outreach.console.door import outreach
from portal.outreach.console.overview import overview
from portal.outreach.forms import LinkFilterForm, LinkForm, NewLinkForm, ShareForm, TermsForm
from portal.outreach.forms.links import KIND_LABELS, STATE_LABELS, first_terms
from portal.outreach.models import LandingLink
from portal.outreach.services import sharing
from portal.security import row_number


@outreach.get("/links")
@requires(Right.SEE_CANDIDATES)
def links() -> ResponseReturnValue:
    """All links, and what came of each."""
    form = LinkFilterForm(request.args)
    page = queries.list_links(form.filters(), request.args.get("before", type=row_number))
    earlier = {**request.args, "before": page.earlier} if page.earlier else None
    return render_template("console/outreach/links.html", form=form, page=page, earlier=earlier, any=any(request.args.values()))


@outreach.route("/links/new", methods=["GET", "POST"])
@requires(Right.SEND)
def new_link() -> ResponseReturnValue:
    """A link for a channel: a poster, a profile, a talk."""
    form = NewLinkForm(start=first_terms() | {"campaign_id": request.args.get("campaign", 0, type=row_number)})
    if form.validate_on_submit() and (link := _saved(form, None)):
        flash(_("The link is there. Print its code, or copy its address."), "good")
        return redirect(url_for(".show_link", link_id=link.id), 303)
    return render_template("console/outreach/new_link.html", form=form), 422 if form.errors else 200


@outreach.route("/links/<int:link_id>", methods=["GET", "POST"])
@requires(Right.SEND)
def show_link(link_id: int) -> ResponseReturnValue:
    """One link: its address and code, its terms, what came of it."""
    link = queries.get_link_row(link_id)
    form = TermsForm(link)
    if form.validate_on_submit() and _saved(form, link):
        flash(_("Saved. The address stays the same."), "good")
        return redirect(url_for(".show_link", link_id=link_id), 303)
    return _link_page(link, form)


@outreach.post("/links/<int:link_id>/texts")
@requires(Right.SEND)
def write_texts(link_id: int) -> ResponseReturnValue:
    """What to say with a link."""
    link, form = queries.get_link_row(link_id), ShareForm()
    if form.validate_on_submit():
        try:
            services.set_terms(link, TermsForm(link, formdata=None).terms(form.texts()))
            return redirect(url_for(".show_link", link_id=link_id, _anchor="texts"), 303)
        except Invalid as error:
            field = form[error.field] if error.field in form else next(iter(form))
            field.errors = [*field.errors, error.message]
    return _link_page(link, TermsForm(link, formdata=None), form)


@outreach.get("/links/<int:link_id>/code.<any(svg, png):kind>")
@requires(Right.SEE_CANDIDATES)
def link_code(link_id: int, kind: str) -> ResponseReturnValue:
    """The address as a code to print."""
    address = services.shared_address(queries.get_link_row(link_id))
    return Response(codes.draw(address, kind), mimetype=codes.TYPES[kind])


@outreach.post("/<int:campaign_id>/links")
@requires(Right.SEND)
def add_link(campaign_id: int) -> ResponseReturnValue:
    """Make a link for a channel, with the usual terms."""
    campaign, form = queries.get_campaign(campaign_id), LinkForm()
    if not form.validate():
        return overview(campaign, form), 422
    services.channel_link(campaign, form.label.data)
    return redirect(url_for(".show", campaign_id=campaign_id) + "#links", 303)


@outreach.post("/links/<int:link_id>/pauses")
@requires(Right.SEND)
def pause_link(link_id: int) -> ResponseReturnValue:
    """Close a link for now, or open it again."""
    link = queries.get_link_row(link_id)
    (services.resume_link if link.paused_at else services.pause_link)(link)
    return redirect(url_for(".show_link", link_id=link_id), 303)


@outreach.context_processor
def link_words() -> dict[str, Any]:
    """What templates say about links."""
    shown = {"link_state": queries.state_of, "link_address": services.shared_address}
    return {**shown, "link_states": STATE_LABELS, "link_kinds": KIND_LABELS}


def _saved(form: TermsForm, link: LandingLink | None) -> LandingLink | None:
    """The saved link; what is wrong goes beside its field."""
    try:
        if link is not None:
            return services.set_terms(link, form.terms())
        number = form["campaign_id"].data
        return services.add_channel_link(queries.get_campaign(number) if number else None, form.terms())
    except Invalid as error:
        form.put(error)
    except Conflict as error:
        form.put(Invalid(error.message))
    return None


def _link_page(link: LandingLink, form: TermsForm, share_form: ShareForm | None = None) -> ResponseReturnValue:
    address, page = services.shared_address(link), find_page(link.page)
    start = {
        f"share_{name}": link.share_texts.get(name)
        or sharing.suggest(network, page.title if page else "", page.lede if page else "", address)
        for name, network in sharing.NETWORKS.items()
    }
    shown = render_template(
        "console/outreach/link.html",
        link=link,
        form=form,
        share_form=share_form or ShareForm(formdata=None, data=start),
        networks=sharing.NETWORKS,
        room={name: network.limit - sharing.length(network, "", address) for name, network in sharing.NETWORKS.items()},
        address=address,
        page=page,
        counts=queries.count_by_link([link.id])[link.id],
        now=clock.now(),
    )
    return shown, 422 if form.errors or (share_form and share_form.errors) else 200
