"""The debtors who have a part: Maria, whom the visitor plays; those with a story; those whom a script plays."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct

from channels.types import ChannelName
from console.demo.people import CLUB_LABEL
from console.demo.samples import Debt, Sample
from sandbox.config import Person


class Part(Struct, frozen=True, kw_only=True):
    """`days`: days late of each charge, with `amounts` in minor units. `persona`: who plays them, "" nobody."""

    key: str
    name: str
    book: str = "ipe"
    box: str = "ipe-wa"
    days: tuple[int, ...] = (12,)
    amounts: tuple[int, ...] = (38_990,)
    persona: str = ""
    labels: tuple[str, ...] = ()
    state: str = "BR-SP"


_ES = {"maguey": ("MX", "America/Mexico_City", "52555551"), "frailejon": ("CO", "America/Bogota", "57300556")}

PARTS = (
    Part(key="maria", name="Maria Souza", days=(45, 15), amounts=(82_304, 41_152), labels=(CLUB_LABEL,)),
    Part(key="joao", name="João Antunes", days=(20,), amounts=(53_170,)),
    Part(key="lia", name="Lia Ramalho", box="ipe-sms", days=(8,), amounts=(18_990,)),
    Part(key="otavio", name="Otávio Prates", box="ipe-mail", days=(70, 40), amounts=(129_900, 129_900)),
    Part(key="helena", name="Helena Dantas", days=(35,), amounts=(64_500,)),
    Part(key="rafael", name="Rafael Torres", days=(3,), amounts=(24_900,)),
    Part(key="bete", name="Elisabete Couto", days=(95,), amounts=(310_000,)),
    Part(key="nilo", name="Nilo Serpa", box="ipe-wa-2", days=(14,), amounts=(45_800,)),
    Part(key="iris", name="Íris Novaes", days=(52,), amounts=(78_200,)),
    Part(key="caua", name="Cauã Peixoto", days=(28,), amounts=(33_450,)),
    Part(key="dora", name="Dora Meireles", days=(61,), amounts=(152_000,)),
    Part(key="ivo", name="Ivo Sampaio", box="ipe-mail", days=(18,), amounts=(58_730,)),
    Part(key="tereza", name="Tereza Viana", days=(6,), amounts=(12_990,), labels=(CLUB_LABEL,)),
    Part(key="murilo", name="Murilo Seabra", days=(31,), amounts=(99_900,)),
    Part(key="dalva", name="Dalva Fontes", days=(41,), amounts=(87_600,)),
    Part(key="lupita", name="Guadalupe Solís", book="maguey", box="maguey-wa", days=(22,), amounts=(245_000,)),
    Part(key="ramiro", name="Ramiro Cervantes", book="maguey", box="maguey-wa", days=(58,), amounts=(610_000,)),
    Part(key="itzel", name="Itzel Balderas", book="maguey", box="maguey-mail", days=(9,), amounts=(98_000,)),
    Part(key="nelson", name="Nelson Ospina", book="frailejon", box="frailejon-wa", days=(40,), amounts=(48_000_000,)),
    Part(key="luz", name="Luz Jaramillo", book="frailejon", box="frailejon-sms", days=(75,), amounts=(92_000_000,)),
    Part(key="camilo", name="Camilo Uribe", book="frailejon", box="frailejon-wa", days=(16,), amounts=(21_500_000,)),
    # ── played by scripts ──
    Part(key="gilda", name="Gilda Macedo", persona="negotiator", days=(37,), amounts=(71_300,)),
    Part(key="breno", name="Breno Guedes", persona="paid", days=(5,), amounts=(29_900,)),
    Part(key="celia", name="Célia Brandão", persona="splitter", days=(48,), amounts=(118_000,)),
    Part(key="davi", name="Davi Fontes", persona="disputer", days=(80,), amounts=(64_000,)),
    Part(key="sonia", name="Sônia Lobato", persona="silent", box="ipe-sms", days=(12,), amounts=(15_490,)),
    Part(key="abel", name="Abel Rangel", persona="splitter", box="ipe-wa-2", days=(26,), amounts=(56_700,)),
    Part(key="ximena", name="Ximena Trejo", persona="negotiator", book="maguey", box="maguey-wa", days=(33,),
         amounts=(310_000,)),
    Part(key="oscar", name="Óscar Montaño", persona="paid", book="maguey", box="maguey-wa", days=(11,),
         amounts=(127_000,)),
    Part(key="yolanda", name="Yolanda Forero", persona="splitter", book="frailejon", box="frailejon-wa", days=(47,),
         amounts=(36_000_000,)),
    Part(key="wilson", name="Wilson Castaño", persona="distressed", book="frailejon", box="frailejon-wa", days=(66,),
         amounts=(54_000_000,)),
)  # fmt: skip


def as_samples(today: date) -> list[Sample]:
    """The cast as debtors of their books."""
    return [_sample(index, part, today) for index, part in enumerate(PARTS)]


def as_people(samples: list[Sample], inboxes: dict[str, str]) -> list[Person]:
    """Debtors as the sandbox plays them: everybody of the cast, and whoever else has a story."""
    parts = {part.key: part for part in PARTS}
    found = []
    for each in samples:
        part = parts.get(each.key)
        found.append(
            Person(
                id=each.key,
                name=each.name,
                phone=each.phone,
                email=each.email,
                language=each.language,
                persona=part.persona if part else "",
                prefers=_channel(part.box) if part else "whatsapp",
                writes_to=inboxes[part.box] if part and part.persona else "",
            )
        )
    return found


def _sample(index: int, part: Part, today: date) -> Sample:
    place, zone, prefix = _ES.get(part.book, (part.state, "America/Sao_Paulo", "551199000"))
    debts = tuple(
        Debt(number=f"{2231 + index * 17 + nth}", product="Crediário" if part.book == "ipe" else "Crédito",
             due=today - timedelta(days=late), amount=amount)
        for nth, (late, amount) in enumerate(zip(part.days, part.amounts, strict=True))
    )  # fmt: skip
    return Sample(
        key=part.key,
        book=part.book,
        name=part.name,
        language="pt-BR" if part.book == "ipe" else "es",
        jurisdiction=place,
        timezone=zone,
        phone=f"+{prefix}{index + 1:04d}",
        email=f"{part.key}@sample.example",
        debts=debts,
        labels=part.labels,
        prefers=_channel(part.box),
    )


def _channel(box: str) -> ChannelName:
    kinds: dict[str, ChannelName] = {"sms": "sms", "mail": "email"}
    return kinds.get(box.split("-")[1], "whatsapp")
