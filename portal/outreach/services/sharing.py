"""What goes with a link that is shared: the chosen parameters of its address, and what to say on each network."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.errors import Invalid

# Chosen from lists, because “LinkedIn”, “linkedin.com” and “li” would be three places in every report.
UTM_SOURCES = (
    *("linkedin", "xing", "mastodon", "bluesky", "x", "instagram", "facebook", "youtube", "github", "forum", "meetup", "fair"),
    *(
        "university",
        "newsletter",
        "podcast",
        "press",
        "job-board",
        "poster",
        "flyer",
        "vehicle",
        "colleagues",
        "website",
        "other",
    ),
)
UTM_MEDIA = ("social", "email", "chat", "event", "print", "audio", "video", "referral", "display", "paid-social", "paid-search")
UTM_NAMES = ("utm_source", "utm_medium", "utm_campaign", "utm_content")
_SLUG = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
SLUG_LIMIT = 60


@dataclass(frozen=True)
class Network:
    """Where a link is shared: how many characters fit, and how many an address takes there (0: as many as it has).

    `wide`: characters beyond Latin, Greek, Cyrillic, Hebrew and Arabic count twice, as X does.
    """

    label: Any
    limit: int
    address: int = 0
    wide: bool = False


NETWORKS = {
    "linkedin": Network("LinkedIn", 3000),
    "mastodon": Network("Mastodon", 500, 23),
    "bluesky": Network("Bluesky", 300),
    "x": Network("X", 280, 23, wide=True),
    "chat": Network(_l("Chat or forum"), 1000),
}
_LATIN_TO_ARABIC = 0x10FF


def check_utm(given: Mapping[str, str]) -> dict[str, Any]:
    """The parameters that are set, in their usual order; Invalid names the one that is not in its list or is no plain word."""
    kept = {name: given[name].strip().lower() for name in UTM_NAMES if given.get(name, "").strip()}
    for name, known in (("utm_source", UTM_SOURCES), ("utm_medium", UTM_MEDIA)):
        if name in kept and kept[name] not in known:
            raise Invalid(_("Choose one of the list."), name)
    for name in ("utm_campaign", "utm_content"):
        if name in kept and (len(kept[name]) > SLUG_LIMIT or not _SLUG.fullmatch(kept[name])):
            raise Invalid(_("Use up to 60 letters a to z, digits, and hyphens between them."), name)
    if kept and not {"utm_source", "utm_medium"} <= kept.keys():
        raise Invalid(
            _("Choose both where it is and what it is, or neither."), "utm_medium" if "utm_source" in kept else "utm_source"
        )
    return kept


def check_share_text(name: str, text: str, address: str) -> str:
    """The text, trimmed, when it fits its network together with the address behind it; Invalid says how much is too much."""
    if name not in NETWORKS:
        raise Invalid(_("This network is not in the list."), "share_texts")
    network, text = NETWORKS[name], text.replace("\r\n", "\n").strip()
    if (over := length(network, text, address) - network.limit) > 0:
        raise Invalid(_("Too long for this network by %(count)s characters, the address included.", count=over), f"share_{name}")
    return text


def length(network: Network, text: str, address: str) -> int:
    """How many characters a post has as its network counts them."""
    written = sum(2 if network.wide and ord(sign) > _LATIN_TO_ARABIC else 1 for sign in text)
    return written + 1 + (network.address or len(address))


def suggest(network: Network, title: str, lede: str, address: str) -> str:
    """Something to begin with: the title of the page, and as much of its first sentences as fits."""
    whole = "\n\n".join(filter(None, [title, lede]))
    return whole if length(network, whole, address) <= network.limit else title
