"""Public pages. The front door asks them once and remembers; without it they work too."""

from typing import Any

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from portal import charts, clock
from portal.config import settings
from portal.content import queries
from portal.content.front.card import card_of
from portal.content.library import colour, files, site
from portal.content.models import File, Page, Site
from portal.errors import NotFound
from portal.security import personal

content = Blueprint("content", __name__)

# For pages that are made without the context processors, as those of errors are.
content.add_app_template_global(queries.site, "company")

TEMPLATES = {kind: f"content/{kind}.html" for kind in ("home", "value", "story", "voice", "news")}
LONGEST_SEARCH = 200
MOST_NEWS = 30
FRESH = {"Cache-Control": "no-cache"}
FOR_AN_HOUR = {"Cache-Control": "public, max-age=3600"}
# A drawing opened by itself is a document: it may run nothing and reach nothing.
DRAWING_POLICY = {"Content-Security-Policy": "default-src 'none'; sandbox"}


@content.app_context_processor
def words() -> dict[str, Any]:
    """`site`, for every template."""
    return {"site": queries.site()}


@content.get("/", defaults={"path": ""}, endpoint="home")
@content.get("/<path:path>")
def page(path: str) -> ResponseReturnValue:
    """A page, or a picture that lies beside one."""
    if file := queries.find_file(path):
        return _file(file)
    found = queries.get_page(path)
    if found.path != "/" + path:
        return redirect(found.url, 301)
    return render(found), 200, FRESH


@content.get("/preview/<token>")
def preview(token: str) -> ResponseReturnValue:
    """A page as it will be, for whoever was sent the link; it can only be read."""
    found = queries.page_of_preview(token)
    return personal(make_response(render(found, is_preview=True)))


@content.get("/what-matters")
def what_matters() -> ResponseReturnValue:
    """What the company says on the things that a reader picked, in their order. The choice is in the address."""
    with force_locale(queries.site().language):
        picked = queries.list_picked(request.args.getlist("m"))
        chosen = {"picked": picked, "asked": len(set(request.args.getlist("m"))), "most": queries.MOST_PICKED}
        return render_template("content/what_matters.html", answer_of=queries.find_answer, **chosen), 200, FRESH


@content.get("/search")
def search() -> ResponseReturnValue:
    """Pages in which the words stand."""
    text = request.args.get("q", "")[:LONGEST_SEARCH]
    with force_locale(queries.site().language):
        return render_template("content/search.html", text=text, found=queries.search(text)), 200, FRESH


@content.get("/card.png", defaults={"path": ""}, endpoint="home_card")
@content.get("/<path:path>/card.png")
def card(path: str) -> ResponseReturnValue:
    """The picture of a page that previews in other places show."""
    found = queries.get_page(path)
    return Response(charts.draw(card_of(found, queries.site())), mimetype="image/png", headers=FOR_AN_HOUR)


@content.get("/feed.xml")
def feed() -> ResponseReturnValue:
    """News as an Atom feed (RFC 4287), the newest first."""
    news = [page for page in queries.list_newest("news", MOST_NEWS) if page.published]
    updated = news[0].published if news else clock.today(settings().time_zone)
    with force_locale(queries.site().language):
        words = render_template("content/feed.xml", news=news, updated=updated)
    return Response(words, mimetype="application/atom+xml", headers=FRESH)


@content.get("/media/<path:path>")
def media(path: str) -> ResponseReturnValue:
    """A picture or document of the media folder."""
    file = queries.find_file(f"media/{path}")
    if file is None:
        raise NotFound(_("There is no file at this address."))
    return _file(file)


@content.get("/site.css")
def accent() -> ResponseReturnValue:
    """The company's colour, over the tokens of the style sheet."""
    words = queries.site()
    light, dark = words.accent_light, words.accent_dark
    values = {
        "accent": (light, dark),
        "on-accent": (colour.upon(light), colour.upon(dark)),
        "accent-soft": (colour.mix(site.PAPER_LIGHT, light, 0.1), colour.mix(site.PAPER_DARK, dark, 0.15)),
    }
    rules = " ".join(f"--{name}: light-dark({day}, {night});" for name, (day, night) in values.items())
    return Response(f":root {{ {rules} }}\n", mimetype="text/css", headers=FRESH)


@content.get("/robots.txt")
def robots() -> ResponseReturnValue:
    """What search engines should leave alone: staff pages and personal links."""
    lines = ("User-agent: *", "Disallow: /console", "Disallow: /l/", f"Sitemap: {absolute('/sitemap.xml')}", "")
    return Response("\n".join(lines), mimetype="text/plain", headers=FOR_AN_HOUR)


@content.get("/sitemap.xml")
def sitemap() -> ResponseReturnValue:
    """Every page, with the day on which somebody last looked at it."""
    page = render_template("content/sitemap.xml", pages=queries.list_pages())
    return Response(page, mimetype="application/xml", headers=FRESH)


@content.get("/favicon.svg")
def favicon() -> ResponseReturnValue:
    """The company's mark, or ours."""
    logo = queries.site().logo
    file = queries.find_file(logo) if logo.endswith(".svg") else None
    return _file(file) if file else current_app.send_static_file("img/overture.svg")


@content.app_template_global("absolute")
def absolute(address: str) -> str:
    """An address of this site as it is written elsewhere: always with the host of the settings."""
    return settings().base_url + address


@content.app_template_global("organization")
def organization(words: Site) -> dict[str, str]:
    """The company as schema.org describes one, for search engines; only what site.yaml says."""
    said = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": words.name,
        "legalName": words.legal_name,
        "url": absolute("/"),
        "logo": absolute("/" + words.logo) if words.logo else "",
        "description": words.tagline,
        "address": words.address,
        "email": words.email,
        "telephone": words.phone,
    }
    return {key: value for key, value in said.items() if value}


def render(found: Page, *, is_preview: bool = False) -> str:
    """A page as a reader gets it, in the language of the site whoever asks."""
    with force_locale(queries.site().language):
        template = TEMPLATES.get(found.kind, "content/page.html")
        return render_template(template, page=found, is_preview=is_preview, **_around(found))


def _around(found: Page) -> dict[str, Any]:
    """What a page shows besides itself."""
    return {
        "children": queries.list_children(found.path),
        **_stories(found),
        "siblings": queries.list_siblings(found),
        "related": queries.list_related(found),
        "newest": queries.list_newest,
        "children_of": queries.list_children,
        "find_voice": queries.find_voice,
        "picture_of": _picture,
    }


def _stories(found: Page) -> dict[str, Any]:
    """Role stories below a page, and what they can be narrowed by. The choice is in the address."""
    team, place = request.args.get("team", ""), request.args.get("place", "")
    everyone = queries.list_stories(found.path)
    choices = {
        "team": sorted({str(page.meta["team"]) for page in everyone} - {""}),
        "place": sorted({queries.town(page) for page in everyone} - {""}),
    }
    chosen = {"team": team if team in choices["team"] else "", "place": place if place in choices["place"] else ""}
    return {"stories": queries.list_stories(found.path, **chosen), "choices": choices, "chosen": chosen}


def _picture(address: str) -> dict[str, Any]:
    """Attributes of a picture: address, size, and what a drawing says of itself."""
    entry = queries.find_file(address)
    width, height = (entry and files.picture_size(entry)) or (None, None)
    return {"src": address, "width": width, "height": height, "alt": files.picture_title(entry) if entry else ""}


def _file(file: File) -> Response:
    kind = files.MEDIA_TYPES[file.location.suffix.lower()]
    response = send_file(file.location, mimetype=kind, conditional=True, max_age=3600)
    if kind == "image/svg+xml":
        response.headers.update(DRAWING_POLICY)
    return response
