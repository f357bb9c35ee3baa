"""The demo's creditors: three books in three countries, their numbers and texts. All names and numbers are invented."""

from __future__ import annotations

from msgspec import Struct

from channels.types import ChannelName
from console.ledger.charges import Terms
from console.portfolios.set_up import NewPortfolio
from sandbox.config import Provider


class Box(Struct, frozen=True, kw_only=True):
    """One inbox of a book. `key` names it within the demo; `greets`: it answers a first message by itself."""

    key: str
    channel: ChannelName
    provider: Provider
    address: str
    name: str
    greets: bool = False


class Book(Struct, frozen=True, kw_only=True):
    """`teams` are names of `people.TEAMS`; the first is the default of the book's cases. `terms`: what its late debts
    owe.
    """

    key: str
    portfolio: NewPortfolio
    teams: tuple[str, ...]
    boxes: tuple[Box, ...]
    country: str
    terms: Terms


PIX_KEY = "0d6f3c1a-5b7e-4f2a-9c48-2f1e6a7b8c90"  # invented, as everything here
STORE = {
    "kind": "store",
    "title": {"pt-BR": "Boleto na loja", "es": "Pago en tienda", "en": "Pay in the shop"},
    "text": {
        "pt-BR": "peça o boleto no caixa de qualquer Loja Ipê, com o seu documento.",
        "es": "pídalo en la caja de cualquier Loja Ipê, con su documento.",
        "en": "ask for the slip at any Loja Ipê counter, with your document.",
    },
}
BOOKS = (
    Book(
        key="ipe",
        country="BR",
        terms=Terms(200, 100),
        portfolio=NewPortfolio(
            name="Loja Ipê",
            jurisdiction="BR-SP",
            timezone="America/Sao_Paulo",
            language="pt-BR",
            currency="BRL",
            settings={
                "link_domains": ["pay.example", "portal.example"],
                "payment": {
                    "pix": {"key": PIX_KEY, "name": "Ipê Móveis e Eletro", "city": "São Paulo"},
                    "means": [STORE],
                },
            },
            creditor={
                "legal_name": "Ipê Móveis e Eletro S.A. (fictícia)",
                "tax_id": "11.222.333/0001-81",
                "address": "Rua das Amostras, 100, São Paulo",
                "help": "0800 000 0100",
            },
        ),
        teams=("Cobrança Brasil", "Clube Ipê", "Contestação e apoio"),
        boxes=(
            Box(key="ipe-wa", channel="whatsapp", provider="meta", address="+551155550100", name="Loja Ipê"),
            Box(key="ipe-wa-2", channel="whatsapp", provider="twilio", address="+551155550102", name="Loja Ipê"),
            Box(key="ipe-sms", channel="sms", provider="twilio", address="+551155550101", name="Loja Ipê"),
            Box(
                key="ipe-mail",
                channel="email",
                provider="smtp",
                address="atendimento@ipe.demo.acordo.example",
                name="Loja Ipê",
            ),
        ),
    ),
    Book(
        key="maguey",
        country="MX",
        terms=Terms(0, 300),
        portfolio=NewPortfolio(
            name="Crédito Maguey",
            jurisdiction="MX",
            timezone="America/Mexico_City",
            language="es",
            currency="MXN",
            settings={"link_domains": ["pay.example", "portal.example"]},
            creditor={
                "legal_name": "Crédito Maguey, S.A. de C.V. (ficticia)",
                "tax_id": "CMA010101AA1",
                "address": "Calle de la Muestra 20, Ciudad de México",
                "help": "800 000 0200",
            },
        ),
        teams=("Cobranza en español", "Contestação e apoio"),
        boxes=(
            Box(key="maguey-wa", channel="whatsapp", provider="twilio", address="+525555550110", name="Crédito Maguey"),
            Box(
                key="maguey-mail",
                channel="email",
                provider="smtp",
                address="atencion@maguey.demo.acordo.example",
                name="Crédito Maguey",
            ),
        ),
    ),
    Book(
        key="frailejon",
        country="CO",
        terms=Terms(0, 190),
        portfolio=NewPortfolio(
            name="Almacenes Frailejón",
            jurisdiction="CO",
            timezone="America/Bogota",
            language="es",
            currency="COP",
            settings={"link_domains": ["pay.example", "portal.example"]},
            creditor={
                "legal_name": "Almacenes Frailejón S.A.S. (ficticia)",
                "tax_id": "900123456-8",
                "address": "Carrera de Muestra 30, Bogotá",
                "help": "018000 000300",
            },
        ),
        teams=("Cobranza en español", "Contestação e apoio"),
        boxes=(
            Box(
                key="frailejon-wa",
                channel="whatsapp",
                provider="meta",
                address="+576015550120",
                name="Almacenes Frailejón",
                greets=True,
            ),
            Box(
                key="frailejon-sms",
                channel="sms",
                provider="twilio",
                address="+576015550121",
                name="Frailejón",
                greets=True,
            ),
        ),
    ),
)

GREETING = {
    "pt-BR": "Olá! Aqui é o atendimento de {{creditor}}. Recebemos sua mensagem e uma pessoa já vai responder. "
    "Se preferir, ligue para {{help}}.",
    "es": "¡Hola! Le atiende {{creditor}}. Recibimos su mensaje y una persona le responderá enseguida. "
    "Si prefiere, llame al {{help}}.",
    "en": "Hello! This is {{creditor}}. We have your message and a person will answer shortly. You can also call "
    "{{help}}.",
}
AWAY = {
    "pt-BR": "Olá! Aqui é o atendimento de {{creditor}}. Agora estamos fora do horário; respondemos assim que "
    "abrirmos. Se preferir, ligue para {{help}}.",
    "es": "¡Hola! Le atiende {{creditor}}. Estamos fuera de horario; le respondemos apenas abramos. "
    "Si prefiere, llame al {{help}}.",
    "en": "Hello! This is {{creditor}}. We are closed now and will answer when we open. You can also call {{help}}.",
}
QUICK_REPLIES = {
    "pt-BR": (
        ("oi", "Saudação", "Oi, {{first_name}}! Aqui é {{agent}}, da {{creditor}}. Como posso ajudar?"),
        ("dados", "Confirmar dados", "Para sua segurança, me confirme o dia e o mês do seu nascimento, por favor?"),
        ("comprovante", "Pedir comprovante", "Pode me enviar o comprovante por aqui? Assim eu confiro na hora."),
        ("entendo", "Acolher", "Entendo, {{first_name}}. Obrigado por me contar. Vamos ver juntos o que cabe."),
        ("obrigado", "Encerrar", "Obrigado pela conversa, {{first_name}}. Qualquer coisa, é só chamar por aqui."),
    ),
    "es": (
        ("hola", "Saludo", "Hola, {{first_name}}. Le escribe {{agent}}, de {{creditor}}. ¿En qué puedo ayudarle?"),
        ("datos", "Confirmar datos", "Por su seguridad, ¿me confirma el día y el mes de su nacimiento, por favor?"),
        ("recibo", "Pedir comprobante", "¿Puede enviarme el comprobante por aquí? Así lo reviso ahora mismo."),
        ("entiendo", "Acoger", "Entiendo, {{first_name}}. Gracias por contarme. Veamos juntos qué le queda cómodo."),
        ("gracias", "Cerrar", "Gracias por la conversación, {{first_name}}. Cualquier cosa, escríbame por aquí."),
    ),
}  # fmt: skip
