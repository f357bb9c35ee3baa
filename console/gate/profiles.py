"""Rule packs: the law of a country, and of a state where it is stricter, as data with its sources.

One file a country in `data/`, its overlays inside. An overlay may only be stricter than its country, and the places a
debtor may be in are combined to the strictest of all: windows intersect, caps add up, duties unite.
"""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from console.gate.holidays import calendar_of
from console.gate.packs import ConsentNeeds, Country, Effective, Element, Hours, Overlay, Profile, Rule
from console.gate.strict import must_be_sound
from console.gate.types import Place
from console.gate.weeks import CHANNELS, WAYS, intersection, week_on

T = TypeVar("T")


@cache
def common_rules() -> dict[str, Rule]:
    """The rules that hold everywhere, by code."""
    raw = tomllib.loads((files("console.gate") / "data" / "common.toml").read_text("utf-8"))
    return msgspec.convert(raw["rules"], dict[str, Rule])


@cache
def countries() -> dict[str, Country]:
    """All countries that have a file. Raises ValueError, naming file or profile, when one is not as it must be."""
    found: dict[str, Country] = {}
    for file in sorted((files("console.gate") / "data").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml") and len(file.name) == len("br.toml"):  # named by ISO 3166-1
            country = read_country(file.read_text("utf-8"), file.name)
            found[country.code] = country
    return found


def read_country(text: str, name: str) -> Country:
    """A country from the text of its file. Raises ValueError for what is missing, contradicts itself, or is laxer."""
    try:
        country = msgspec.convert(tomllib.loads(text), Country)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ValueError(f"{name}: {error}") from error
    must_be_sound(country)
    return country


@cache
def profiles() -> dict[str, Profile]:
    """Every profile by its code: BR, BR-SP, …"""
    found: dict[str, Profile] = {}
    for country in countries().values():
        found[country.code] = _profile(country, None)
        for overlay in country.overlays:
            found[overlay.code] = _profile(country, overlay)
    return found


def profile_for(place: Place) -> Profile | None:
    """The overlay of the place, else its country's profile, else None."""
    known = profiles()
    return known.get(f"{place.country}-{place.subdivision}") or known.get(place.country)


@lru_cache(maxsize=4096)
def effective(places: tuple[Place, ...]) -> Effective:
    """The strictest combination for all the places a debtor may be in. Raises ValueError without a place or for a zone
    that does not exist."""
    if not places:
        raise ValueError("no place")
    pairs = [(place, profile_for(place)) for place in places]
    found = [(place, profile) for place, profile in pairs if profile]
    chosen = tuple({profile.code: profile for _, profile in found}.values())
    return Effective(
        profiles=chosen,
        unknown=tuple(place.country for place, profile in pairs if not profile),
        zones=tuple(dict.fromkeys(zone for place, profile in found for zone in _zones(place, profile))),
        hours={channel: _hours(found, channel) for channel in (*CHANNELS, *WAYS)},
        caps=tuple(
            dict.fromkeys(cap for p in chosen for cap in (*p.country.caps, *(p.overlay.caps if p.overlay else ())))
        ),
        banned={
            b.kind: b.source for p in chosen for b in (*p.country.banned, *(p.overlay.banned if p.overlay else ()))
        },
        elements=_elements(chosen),
        sms_third_party=all(p.country.sms_third_party for p in chosen),
        identification=tuple(dict.fromkeys(name for p in chosen for name in _identification(p))),
        allowed_recipients=_common([p.country.allowed_recipients for p in chosen]),
        exempt=_common([p.country.exempt.payment_confirmation for p in chosen]),
        consent={name: p.country.consent.source for p in chosen for name in _needs(p.country.consent)},
        reactive_hours=min((p.country.reactive_hours for p in chosen), default=0),
        reactive_exempt_from_window=all(p.country.reactive_exempt_from_window for p in chosen),
        min_days_late=max((_min_days_late(p) for p in chosen), default=0),
        block_when_prescribed=any(p.country.block_when_prescribed for p in chosen) or not chosen,
        prescription_years=min(
            (p.country.prescription_years for p in chosen if p.country.block_when_prescribed), default=0
        ),
        rules=_rules(chosen),
        label="+".join(p.key for p in chosen),
    )


def wants(kind: str, places: tuple[Place, ...]) -> bool:
    """Whether texts to somebody in these places must hold an element. False where the places cannot be read: nothing
    leaves there anyhow.
    """
    try:
        return effective(places).wants(kind)
    except ValueError:
        return False


def years_of(places: tuple[Place, ...]) -> int:
    """After how many years a charge is collected no more in these places; 0 where nothing is collected anyhow."""
    try:
        return effective(places).prescription_years
    except ValueError:
        return 0


def _profile(country: Country, overlay: Overlay | None) -> Profile:
    top = overlay or country
    return Profile(
        code=top.code,
        parent=country.code if overlay else "",
        version=top.version,
        parent_version=country.version,
        status=top.status,
        country=country,
        overlay=overlay,
    )


def _zones(place: Place, profile: Profile) -> tuple[ZoneInfo, ...]:
    if place.tz is not None:
        return (_zone(place.tz),)
    named = profile.country.zones
    names = (named.get(place.subdivision) or named.get("rest")) if place.subdivision else None
    return tuple(_zone(name) for name in names or profile.country.timezones)


@cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(f"no such time zone: {name!r}") from error


def _hours(found: list[tuple[Place, Profile]], channel: str) -> tuple[Hours, ...]:
    clocks = (clock for place, profile in found for clock in _clocks(place, profile, channel))
    return tuple(dict.fromkeys(clocks))


def _clocks(place: Place, profile: Profile, channel: str) -> list[Hours]:
    country, overlay = profile.country, profile.overlay
    week, source = week_on(country.windows, channel), country.windows[0].source
    if overlay and overlay.windows:
        week, source = intersection(week, week_on(overlay.windows, channel)), overlay.windows[0].source
    closed = country.closed
    return [
        Hours(
            zone=zone,
            week=week,
            calendar=calendar_of(country.code, place.subdivision, closed.extra) if closed.holidays else None,
            source=source,
            holiday_source=(overlay.sources.get("HOLIDAY") if overlay else None) or closed.source,
        )
        for zone in _zones(place, profile)
    ]


def _elements(chosen: tuple[Profile, ...]) -> tuple[Element, ...]:
    """The law's before the product's own, so that a refusal names it."""
    found = dict.fromkeys(e for p in chosen for e in (*p.country.elements, *(p.overlay.elements if p.overlay else ())))
    return tuple(sorted(found, key=lambda each: each.basis != "law"))


def _identification(profile: Profile) -> tuple[str, ...]:
    return (*profile.country.identification, *(profile.overlay.identification if profile.overlay else ()))


def _min_days_late(profile: Profile) -> int:
    return max(profile.country.min_days_late, profile.overlay.min_days_late if profile.overlay else 0)


def _needs(consent: ConsentNeeds) -> tuple[str, ...]:
    return tuple(name for name in (*CHANNELS, "offers") if getattr(consent, name))


def _common(sets: list[frozenset[T]]) -> frozenset[T]:
    return frozenset.intersection(*sets) if sets else frozenset()


def _rules(chosen: tuple[Profile, ...]) -> dict[str, Rule]:
    rules = dict(common_rules())
    for profile in chosen:
        own = {**profile.country.sources, **(profile.overlay.sources if profile.overlay else {})}
        rules.update((code, Rule(rules[code].rule, source)) for code, source in own.items())
    return rules
