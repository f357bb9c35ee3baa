"""The time zone of most people of a place, for dates where a debtor's own was not told.

The gate does not ask here: where several zones may hold it takes the strictest (`console/gate/data`). A test holds the
two together.
"""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo

_USUAL = {
    "AR": "America/Argentina/Buenos_Aires", "BR": "America/Sao_Paulo",
    "CL": "America/Santiago", "CO": "America/Bogota",
    "EC": "America/Guayaquil", "ES": "Europe/Madrid",
    "MX": "America/Mexico_City", "PE": "America/Lima",
    "US": "America/New_York", "UY": "America/Montevideo",
}  # fmt: skip
_STATES = (
    ("BR", "America/Araguaina", "TO"),
    ("BR", "America/Bahia", "BA"),
    ("BR", "America/Belem", "AP PA"),
    ("BR", "America/Boa_Vista", "RR"),
    ("BR", "America/Campo_Grande", "MS"),
    ("BR", "America/Cuiaba", "MT"),
    ("BR", "America/Fortaleza", "CE MA PB PI RN"),
    ("BR", "America/Maceio", "AL SE"),
    ("BR", "America/Manaus", "AM"),
    ("BR", "America/Porto_Velho", "RO"),
    ("BR", "America/Recife", "PE"),
    ("BR", "America/Rio_Branco", "AC"),
    ("CL", "America/Coyhaique", "AI"),
    ("CL", "America/Punta_Arenas", "MA"),
    ("EC", "Pacific/Galapagos", "W"),
    ("ES", "Atlantic/Canary", "CN GC TF"),
    ("MX", "America/Cancun", "ROO"),
    ("MX", "America/Chihuahua", "CHH"),
    ("MX", "America/Hermosillo", "SON"),
    ("MX", "America/Matamoros", "TAM"),
    ("MX", "America/Mazatlan", "BCS NAY SIN"),
    ("MX", "America/Monterrey", "COA NLE"),
    ("MX", "America/Tijuana", "BCN"),
    ("US", "America/Anchorage", "AK"),
    ("US", "America/Boise", "ID"),
    ("US", "America/Chicago", "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI"),
    ("US", "America/Denver", "CO MT NM UT WY"),
    ("US", "America/Detroit", "MI"),
    ("US", "America/Indiana/Indianapolis", "IN"),
    ("US", "America/Los_Angeles", "CA NV OR WA"),
    ("US", "America/Phoenix", "AZ"),
    ("US", "America/Puerto_Rico", "PR"),
    ("US", "America/St_Thomas", "VI"),
    ("US", "Pacific/Guam", "GU"),
    ("US", "Pacific/Honolulu", "HI"),
    ("US", "Pacific/Pago_Pago", "AS"),
    ("US", "Pacific/Saipan", "MP"),
    ("US", "Pacific/Wake", "UM"),
)
_ELSEWHERE = "UTC"  # of a country whose rules are not known here: nothing is collected there


def zone_in(jurisdiction: str, told: str | None = None) -> str:
    """The zone that was told, else the usual one of a place such as BR, BR-AM or MX-SON."""
    return told or _usual(jurisdiction)


def zoneinfo_in(jurisdiction: str, told: str | None = None) -> ZoneInfo:
    """The same, to reckon with."""
    return ZoneInfo(zone_in(jurisdiction, told))


@cache
def _states() -> dict[str, str]:
    return {f"{country}-{code}": zone for country, zone, codes in _STATES for code in codes.split()}


def _usual(jurisdiction: str) -> str:
    return _states().get(jurisdiction) or _USUAL.get(jurisdiction[:2], _ELSEWHERE)
