"""Errors that the domain raises on purpose. The pages that show them are made in `portal.security`."""


class PortalError(Exception):
    """Base: `message` is a sentence for the person who sees it; `status` the HTTP status it turns into."""

    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(PortalError):
    """What was asked for is not there, or must look as if it were not."""

    status = 404


class Refused(PortalError):
    """Understood, but a rule forbids it."""

    status = 403


class Conflict(PortalError):
    """It cannot be done in the present state, for instance twice."""

    status = 409


class Invalid(PortalError):
    """What was given cannot be used; `field` names the place."""

    status = 422

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class BrokenSetup(PortalError):
    """The installation cannot run like this: one clear sentence for the operator, no stack trace."""

    status = 500
