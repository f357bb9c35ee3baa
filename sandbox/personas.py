"""The scripted people: what each says first, and what they answer to what they were sent.

Everything here is pure: the same words heard at the same turn give the same answer.
"""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct

Lines = dict[str, tuple[str, ...]]


class Persona(Struct, frozen=True, kw_only=True):
    """`opens` and `answers` by language (pt, es). An answer's key is an intent; its lines are used in turn, once each.

    `turns` is after how many answers they fall silent. `taps` are words of the button they press when they are offered
    one; `pays` when they are shown a Pix code; `shows` sends a picture of a receipt with the opening.
    """

    name: str
    opens: dict[str, str]
    answers: dict[str, Lines]
    turns: int = 4
    taps: tuple[str, ...] = ()
    pays: bool = False
    shows: bool = False


INTENTS: tuple[tuple[str, str], ...] = (
    ("identity", r"nasc|nacio|nacimiento|confirm\w* (que|sua|su)|identidad|seguranca|seguridad"),
    ("receipt", r"comprovante|comprobante|recibo"),
    ("day", r"qual dia|que dia|quando|cuando|data|fecha"),
    ("pix", r"000201|pix|boleto|link|clabe|pse"),
    ("offer", r"r\$|\$ ?\d|parcel|cuota|desconto|descuento|proposta|propuesta|acordo|acuerdo|valor"),
    ("thanks", r"obrigad|gracias|boa semana|buena semana|qualquer coisa|cualquier cosa|registrad|anotad"),
    ("human", r"aqui e |le escribe|me chamo|mi nombre|posso ajudar|puedo ayudar|\?"),
)

IDENTITY: Lines = {"pt": ("14 de março", "terminado em 21"), "es": ("14 de marzo", "termina en 21")}

PERSONAS: dict[str, Persona] = {
    persona.name: persona
    for persona in (
        Persona(
            name="negotiator",
            opens={
                "pt": "oi, bom dia. quero ver uma proposta pra minha conta",
                "es": "hola, quisiera una propuesta para mi cuenta",
            },
            answers={
                "identity": IDENTITY,
                "offer": {
                    "pt": ("consegue tirar os juros? aí eu fecho", "tá, fechado então. como faço?"),
                    "es": ("¿puede quitar los intereses? así cierro", "bueno, cerrado. ¿cómo hago?"),
                },
                "day": {"pt": ("dia 25, que é quando recebo",), "es": ("el 25, que es cuando cobro",)},
                "pix": {"pt": ("recebi, vou pagar hoje ainda",), "es": ("recibido, lo pago hoy",)},
                "human": {"pt": ("queria saber quanto fica à vista",), "es": ("quería saber cuánto es al contado",)},
                "thanks": {"pt": ("valeu 👍",), "es": ("gracias 👍",)},
            },
            turns=6,
            taps=("aceito", "acepto", "ver op"),
            pays=True,
        ),
        Persona(
            name="paid",
            opens={
                "pt": "já paguei essa fatura ontem, segue o comprovante",
                "es": "ya pagué esa factura ayer, le envío el comprobante",
            },
            answers={
                "identity": IDENTITY,
                "receipt": {
                    "pt": ("paguei pelo app do banco, às 18h",),
                    "es": ("pagué por la app del banco, a las 18",),
                },
                "offer": {
                    "pt": ("mas eu já paguei, confere aí por favor",),
                    "es": ("pero ya pagué, revise por favor",),
                },
                "human": {
                    "pt": ("só queria que dessem baixa", "quanto tempo leva?"),
                    "es": ("solo quería que lo registraran", "¿cuánto tarda?"),
                },
                "thanks": {"pt": ("ok, obrigada",), "es": ("ok, gracias",)},
            },
            taps=("ja paguei", "ya pague"),
            shows=True,
        ),
        Persona(
            name="splitter",
            opens={
                "pt": "boa tarde, dá pra dividir em mais vezes?",
                "es": "buenas, ¿se puede pagar en más cuotas?",
            },
            answers={
                "identity": IDENTITY,
                "offer": {
                    "pt": ("em 6x ficaria melhor pra mim", "e a entrada pode ser menor?", "assim dá, pode mandar"),
                    "es": ("en 6 cuotas me quedaría mejor", "¿y el pie puede ser menor?", "así sí, mándelo"),
                },
                "day": {"pt": ("todo dia 10 pra mim é bom",), "es": ("todos los 10 me viene bien",)},
                "pix": {"pt": ("recebi, obrigado",), "es": ("recibido, gracias",)},
                "human": {"pt": ("consigo pagar uns 120 por mês",), "es": ("puedo pagar unos 120 por mes",)},
            },
            turns=6,
            taps=("outro dia", "otro dia", "quero mudar", "quiero cambiar", "ver op"),
            pays=True,
        ),
        Persona(
            name="disputer",
            opens={
                "pt": "não reconheço essa cobrança. cancelei o serviço em agosto",
                "es": "no reconozco ese cobro. cancelé el servicio en agosto",
            },
            answers={
                "identity": IDENTITY,
                "offer": {
                    "pt": ("não é questão de valor, eu cancelei", "quero contestar formalmente"),
                    "es": ("no es por el valor, yo cancelé", "quiero presentar un reclamo formal"),
                },
                "receipt": {
                    "pt": ("tenho o protocolo do cancelamento: 20260814-77",),
                    "es": ("tengo el número de cancelación: 20260814-77",),
                },
                "human": {"pt": ("qual o prazo da resposta?",), "es": ("¿cuál es el plazo de respuesta?",)},
                "thanks": {"pt": ("aguardo então",), "es": ("quedo a la espera",)},
            },
            taps=("falar", "hablar"),
        ),
        Persona(
            name="distressed",
            opens={
                "pt": "perdi o emprego e não tenho como pagar nada agora. não aguento mais isso",
                "es": "me quedé sin trabajo y no tengo cómo pagar nada ahora. no doy más",
            },
            answers={
                "offer": {
                    "pt": ("não consigo pensar em valor agora, desculpa",),
                    "es": ("no puedo pensar en montos ahora, disculpe",),
                },
                "human": {
                    "pt": ("obrigada por perguntar. está muito difícil", "posso falar com alguém amanhã?"),
                    "es": ("gracias por preguntar. está muy difícil", "¿puedo hablar con alguien mañana?"),
                },
                "thanks": {"pt": ("obrigada pela paciência",), "es": ("gracias por la paciencia",)},
            },
            turns=3,
            taps=("falar", "hablar"),
        ),
        Persona(
            name="silent",
            opens={"pt": "oi, recebi uma mensagem de vocês", "es": "hola, recibí un mensaje de ustedes"},
            answers={
                "human": {"pt": ("vou ver e te falo",), "es": ("lo veo y le aviso",)},
                "identity": {"pt": ("depois te passo",), "es": ("luego se lo paso",)},
                "offer": {"pt": ("vou ver e te falo",), "es": ("lo veo y le aviso",)},
            },
            turns=1,
        ),
    )
}


def intent(heard: str) -> str:
    """What was said, by the first words that fit; "" for nothing that asks for an answer."""
    plain = _plain(heard)
    return next((name for name, words in INTENTS if re.search(words, plain)), "")


def answer(persona: Persona, language: str, heard: str, said: tuple[str, ...]) -> str | None:
    """The next line to what was heard, never one of those `said` already; None = silence."""
    if len(said) > persona.turns:
        return None
    tongue = "es" if language.startswith("es") else "pt"
    meant = intent(heard)
    for name in (meant,) if meant == "thanks" else dict.fromkeys((meant, "human")):
        for line in persona.answers.get(name, {}).get(tongue, ()):
            if line not in said:
                return line
    return None


def tap(persona: Persona, titles: list[str]) -> str | None:
    """The button they press, or None."""
    return next((title for word in persona.taps for title in titles if word in _plain(title)), None)


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in bare if not unicodedata.combining(c))
