"""The rules an installation starts with, in Portuguese, Spanish and English; each portfolio may have its own.

Words only route: they call somebody who knows, and never by themselves hold, close or change a debt. Whoever reads
more into a message than was meant costs a specialist a minute; whoever reads less costs a person in need far more.
Sources: the domain reference, "Hand-off rules" (who is called at once) and "Skills" (which skills there are).
"""

from __future__ import annotations

from routing.policy import Priority
from routing.rules import Rule, When
from routing.types import Need

DISPUTE_WORDS = (
    "não reconheço", "não conheço essa dívida", "essa dívida não é minha", "dívida não é minha", "não é minha dívida",
    "não fui eu", "não fiz essa compra", "não devo nada", "não devo isso", "cobrança indevida", "contestar",
    "contestação", "valor errado", "valor está errado",
    "no reconozco", "no la reconozco", "no lo reconozco", "no es mi deuda", "esa deuda no es mía", "deuda no es mía",
    "no fui yo", "no hice esa compra", "no debo nada", "no debo eso", "cobro indebido", "impugnar", "disputar",
    "monto equivocado", "monto está mal",
    "do not recognize", "don't recognize", "dont recognize", "do not recognise", "don't recognise", "dont recognise",
    "not my debt", "do not owe", "don't owe", "dont owe", "dispute", "wrong amount", "amount is wrong",
)  # fmt: skip
FRAUD_WORDS = (
    "fraude", "roubaram meus documentos", "clonaram meu cartão", "usaram meu cpf", "usaram meus dados",
    "me robaron la identidad", "robo de identidad", "suplantación", "clonaron mi tarjeta", "usaron mis datos",
    "fraud", "identity theft", "stole my identity",
)  # fmt: skip
LEGAL_WORDS = (
    "advogado", "advogada", "meu advogado", "procon", "banco central", "ouvidoria", "processo judicial",
    "abogado", "abogada", "condusef", "profeco", "redeco", "indecopi", "sernac", "superintendencia", "demandar",
    "lawyer", "attorney", "solicitor", "lawsuit", "regulator",
    "jornalista", "imprensa", "periodista", "prensa", "journalist",
)  # fmt: skip
HARDSHIP_WORDS = (
    "desempregado", "desempregada", "perdi meu emprego", "perdi o emprego", "fui demitido", "fui demitida",
    "não tenho o que comer", "passando fome", "estou doente", "internado", "internada", "câncer", "despejo",
    "desempleado", "desempleada", "sin trabajo", "perdí mi trabajo", "perdí mi empleo", "me despidieron",
    "no tengo para comer", "no tengo qué comer", "estoy enfermo", "estoy enferma", "hospitalizado", "hospitalizada",
    "cáncer", "desalojo",
    "unemployed", "lost my job", "laid off", "cannot afford food", "can't afford food", "in hospital", "cancer",
    "eviction",
)  # fmt: skip
DISTRESS_WORDS = (
    "me matar", "quero morrer", "queria morrer", "não quero mais viver", "não quero viver", "tirar minha vida",
    "tirar a minha vida", "acabar com a minha vida", "acabar com minha vida", "suicídio", "me suicidar", "suicidar",
    "matarme", "quiero morir", "quiero morirme", "no quiero vivir", "no quiero seguir viviendo", "quitarme la vida",
    "acabar con mi vida", "suicidio", "suicidarme",
    "kill myself", "want to die", "do not want to live", "don't want to live", "dont want to live", "end my life",
    "take my own life", "suicide", "suicidal",
)  # fmt: skip
DECEASED_WORDS = (
    "faleceu", "falecido", "falecida", "óbito", "falleció", "fallecido", "fallecida", "passed away", "deceased",
)  # fmt: skip
# About two thousand US dollars, in minor units of each currency (CLP has none).
HIGH_VALUE = {
    "BRL": 1_000_000, "MXN": 4_000_000, "COP": 800_000_000, "PEN": 750_000, "ARS": 250_000_000, "CLP": 2_000_000,
    "UYU": 8_000_000, "USD": 200_000, "EUR": 200_000,
}  # fmt: skip


def default_rules() -> tuple[Rule, ...]:
    """Language, safety and law, which hold for ever; then aging and value, which are wished for while they can be."""
    return (
        *(_language(tag, skill) for tag, skill in (("pt", "lang:pt-BR"), ("es", "lang:es"), ("en", "lang:en"))),
        _words("distress", DISTRESS_WORDS, "hardship", "urgent"),
        _words("deceased", DECEASED_WORDS, "hardship", "urgent"),
        _words("legal", LEGAL_WORDS, "legal", "urgent"),
        _words("fraud", FRAUD_WORDS, "dispute", "urgent"),
        _words("hardship", HARDSHIP_WORDS, "hardship", "high"),
        _words("dispute", DISPUTE_WORDS, "dispute", "high"),
        Rule(id="disputed", when=When(overlays=("DISPUTED",)), needs=(_held("dispute"),)),
        *(_bucket(bucket) for bucket in ("CURRENT", "B1_30", "B31_60", "B61_PLUS")),
        Rule(id="high_value", when=When(balance_from=dict(HIGH_VALUE)), needs=(Need(name="high_value"),)),
    )


def country_rule(country: str) -> Rule:
    """For organisations whose agents work only where their certificate is current: country "BR" needs "country:BR"."""
    return Rule(id=f"country:{country}", when=When(countries=(country,)), needs=(_held(f"country:{country}"),))


def _language(tag: str, skill: str) -> Rule:
    return Rule(id=f"language:{tag}", when=When(languages=(tag,)), needs=(_held(skill),))


def _words(flag: str, words: tuple[str, ...], skill: str, priority: Priority) -> Rule:
    return Rule(id=flag, when=When(words=words), needs=(_held(skill),), priority=priority, flags=(flag,))


def _bucket(bucket: str) -> Rule:
    skill = f"bucket:{bucket.removeprefix('B').lower()}"
    return Rule(id=skill, when=When(buckets=(bucket,)), needs=(Need(name=skill),))


def _held(skill: str) -> Need:
    """Asked for however long the case waits."""
    return Need(name=skill, relax_after_s=None)
