"""Staff: who may come in, with which rights; and everybody's own profile."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts import queries, services
from portal.accounts.forms import ROLES, InvitationForm, ProfileForm, RoleForm
from portal.accounts.models import RoleName, User
from portal.accounts.permissions import Right, requires, staff
from portal.errors import Invalid, Refused

accounts = Blueprint("accounts", __name__, url_prefix="/accounts")


@accounts.get("")
@requires(Right.MANAGE_STAFF)
def index() -> ResponseReturnValue:
    """All staff and the invitations that wait."""
    return _index(InvitationForm())


@accounts.post("/invitations")
@requires(Right.MANAGE_STAFF)
def invite() -> ResponseReturnValue:
    """Make an invitation and show its link, this once."""
    form = InvitationForm()
    if form.validate():
        try:
            return _show_link(RoleName(form.role.data), form.email.data or None)
        except Invalid as error:
            form.email.errors = [error.message]
    return _index(form), 422


@accounts.post("/invitations/<int:invitation_id>/withdrawals")
@requires(Right.MANAGE_STAFF)
def withdraw(invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    services.withdraw(invitation_id)
    flash(_("The link no longer works."), "good")
    return redirect(url_for(".index"))


@accounts.post("/<int:user_id>/roles")
@requires(Right.MANAGE_STAFF)
def change_role(user_id: int) -> ResponseReturnValue:
    """Change what somebody may do."""
    form, user = RoleForm(), queries.get_user(user_id)
    if not form.validate():
        raise Invalid(_("There is no such role."), "role")
    services.change_role(user, RoleName(form.role.data))
    flash(_("%(name)s is %(role)s now.", name=user.full_name, role=ROLES[RoleName(form.role.data)][0]), "good")
    return redirect(url_for(".index"))


@accounts.post("/<int:user_id>/links")
@requires(Right.MANAGE_STAFF)
def renew(user_id: int) -> ResponseReturnValue:
    """Make a link for somebody who can no longer sign in."""
    user = queries.get_user(user_id)
    return _show_link(RoleName(user.roles[0].name), user.email)


@accounts.post("/<int:user_id>/deactivations")
@requires(Right.MANAGE_STAFF)
def deactivate(user_id: int) -> ResponseReturnValue:
    """Shut somebody out, at once."""
    user = services.deactivate(_somebody_else(user_id))
    flash(_("%(name)s can no longer sign in.", name=user.full_name), "good")
    return redirect(url_for(".index"))


@accounts.post("/<int:user_id>/activations")
@requires(Right.MANAGE_STAFF)
def activate(user_id: int) -> ResponseReturnValue:
    """Let somebody in again."""
    user = services.activate(queries.get_user(user_id))
    flash(_("%(name)s can sign in again.", name=user.full_name), "good")
    return redirect(url_for(".index"))


@accounts.get("/profile")
@requires(Right.SEE_CONSOLE)
def profile() -> ResponseReturnValue:
    """My name, my title, how I sign in."""
    return render_template("console/accounts/profile.html", form=ProfileForm(obj=staff()), user=staff(), roles=ROLES)


@accounts.post("/profile")
@requires(Right.SEE_CONSOLE)
def edit_profile() -> ResponseReturnValue:
    """Change my name and title."""
    form = ProfileForm()
    if not form.validate():
        return render_template("console/accounts/profile.html", form=form, user=staff(), roles=ROLES), 422
    services.edit_profile(staff(), form.full_name.data, form.title.data or "")
    flash(_("Saved."), "good")
    return redirect(url_for(".profile"))


def _index(form: InvitationForm) -> str:
    people = {"users": queries.list_users(), "invitations": queries.list_invitations()}
    hints = {role.value: note for role, (_label, note) in ROLES.items()}
    return render_template("console/accounts/index.html", **people, form=form, roles=ROLES, hints=hints)


def _show_link(role: RoleName, email: str | None) -> ResponseReturnValue:
    invitation, token = services.invite(role, email, staff())
    page = render_template("console/accounts/invited.html", invitation=invitation, link=services.link(token), roles=ROLES)
    return page, 201


def _somebody_else(user_id: int) -> User:
    if user_id == staff().id:
        raise Refused(_("You cannot shut yourself out. Ask another administrator."))
    return queries.get_user(user_id)
