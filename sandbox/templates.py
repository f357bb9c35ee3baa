"""The message templates that the sandbox's providers hold: six, in three languages, worded neutrally.

A body never begins or ends with a variable, says no amount below a proven identity, and threatens nothing.
"""

from __future__ import annotations

import hashlib
import re

from msgspec import Struct

LANGUAGES = ("pt_BR", "es", "en_US")
VARIABLE = re.compile(r"{{(\w+)}}")
FOOTERS = {
    "pt_BR": "Para não receber mensagens, responda SAIR.",
    "es": "Para no recibir mensajes, responda SALIR.",
    "en_US": "To stop these messages, reply STOP.",
}
EXAMPLES = {
    "first_name": "Maria",
    "creditor": "Loja Ipê",
    "invoice": "2231",
    "due_date": "30/11",
    "pay_link": "https://pay.example/a1",
    "portal_link": "https://portal.example/a1",
    "days_late": "12",
    "plan": "3 x R$ 120,00",
    "promise_date": "30/11",
    "paid_amount": "R$ 120,00",
    "paid_date": "22/11",
}


class Template(Struct, frozen=True, kw_only=True):
    """An approved template. `id` is Meta's, `sid` Twilio's; `buttons` are quick replies."""

    name: str
    language: str
    category: str
    body: str
    buttons: tuple[str, ...] = ()

    @property
    def variables(self) -> tuple[str, ...]:
        """In the order of their first appearance."""
        return tuple(dict.fromkeys(VARIABLE.findall(self.body)))

    @property
    def footer(self) -> str:
        return FOOTERS[self.language]

    @property
    def id(self) -> str:
        return str(int(self._digest[:13], 16) % 10**15 + 10**15)

    @property
    def sid(self) -> str:
        return "HX" + self._digest

    @property
    def numbered(self) -> str:
        """The body with {{1}}, {{2}} … as Twilio and positional templates write it."""
        names = self.variables
        return VARIABLE.sub(lambda m: f"{{{{{names.index(m[1]) + 1}}}}}", self.body)

    @property
    def _digest(self) -> str:
        return hashlib.md5(f"{self.name}/{self.language}".encode(), usedforsecurity=False).hexdigest()

    def filled(self, values: dict[str, str]) -> str:
        """The body with each {{name}} replaced; what has no value stays."""
        return VARIABLE.sub(lambda m: values.get(m[1], m[0]), self.body)


_BODIES: dict[str, tuple[str, dict[str, str], dict[str, tuple[str, ...]]]] = {
    "contato_neutro": (
        "UTILITY",
        {
            "pt_BR": "Olá, {{first_name}}. Aqui é {{creditor}}. Temos um recado para você sobre o seu cadastro. Para"
            ' sua segurança, confirme que é você em {{portal_link}}. Se este número não é seu, toque em "Não sou eu".',
            "es": "Hola, {{first_name}}. Le escribe {{creditor}}. Tenemos un mensaje para usted sobre su registro. Por"
            ' su seguridad, confirme su identidad en {{portal_link}}. Si este número no es suyo, toque "No soy yo".',
            "en_US": "Hello {{first_name}}, this is {{creditor}}. We have a message for you about your records. For"
            ' your security please confirm it is you at {{portal_link}}. If this is not your number, tap "Not me".',
        },
        {
            "pt_BR": ("Sou eu", "Não sou eu", "Falar com alguém"),
            "es": ("Soy yo", "No soy yo", "Hablar con alguien"),
            "en_US": ("It is me", "Not me", "Talk to a person"),
        },
    ),
    "lembrete_vencimento": (
        "UTILITY",
        {
            "pt_BR": "Olá, {{first_name}}. Lembrete de {{creditor}}: a fatura {{invoice}} vence em {{due_date}}. Você"
            " pode consultar e pagar em {{pay_link}}. Já pagou? Não precisa fazer nada.",
            "es": "Hola, {{first_name}}. Recordatorio de {{creditor}}: la factura {{invoice}} vence el {{due_date}}."
            " Puede revisarla y pagarla en {{pay_link}}. Si ya pagó, no tiene que hacer nada.",
            "en_US": "Hello {{first_name}}, a reminder from {{creditor}}: invoice {{invoice}} is due on {{due_date}}."
            " You can view and pay it at {{pay_link}}. Already paid? Nothing to do.",
        },
        {
            "pt_BR": ("Já paguei", "Quero o Pix", "Preciso de outro dia"),
            "es": ("Ya pagué", "Quiero pagar", "Necesito otro día"),
            "en_US": ("Already paid", "Pay now", "I need another day"),
        },
    ),
    "fatura_em_aberto": (
        "UTILITY",
        {
            "pt_BR": "Olá, {{first_name}}. A fatura {{invoice}} continua em aberto há {{days_late}} dias. Escolha como"
            " prefere seguir: pagar agora, ver opções ou falar com uma pessoa.",
            "es": "Hola, {{first_name}}. La factura {{invoice}} sigue pendiente desde hace {{days_late}} días. Elija"
            " cómo prefiere continuar: pagar ahora, ver opciones o hablar con una persona.",
            "en_US": "Hello {{first_name}}, invoice {{invoice}} has been open for {{days_late}} days. Choose how you"
            " would like to go on: pay now, see options, or talk to a person.",
        },
        {
            "pt_BR": ("Pagar agora", "Ver opções", "Falar com alguém"),
            "es": ("Pagar ahora", "Ver opciones", "Hablar con alguien"),
            "en_US": ("Pay now", "See options", "Talk to a person"),
        },
    ),
    "acordo_proposta": (
        "UTILITY",
        {
            "pt_BR": "Olá, {{first_name}}. Conforme combinamos, esta é a proposta de acordo com {{creditor}}: {{plan}}."
            " Os detalhes estão em {{portal_link}} e você pode aceitar, mudar ou recusar por aqui.",
            "es": "Hola, {{first_name}}. Como conversamos, esta es la propuesta de acuerdo con {{creditor}}: {{plan}}."
            " El detalle está en {{portal_link}} y puede aceptarla, cambiarla o rechazarla por aquí.",
            "en_US": "Hello {{first_name}}, as we discussed, this is the proposed plan with {{creditor}}: {{plan}}."
            " The details are at {{portal_link}} and you can accept, change or refuse it right here.",
        },
        {
            "pt_BR": ("Aceito", "Quero mudar", "Falar com alguém"),
            "es": ("Acepto", "Quiero cambiarla", "Hablar con alguien"),
            "en_US": ("I accept", "I want to change it", "Talk to a person"),
        },
    ),
    "vespera_promessa": (
        "UTILITY",
        {
            "pt_BR": "Oi, {{first_name}}. Amanhã, {{promise_date}}, é a data que você escolheu. Se preferir mudar, é só"
            " responder; para pagar, acesse {{pay_link}} quando quiser.",
            "es": "Hola, {{first_name}}. Mañana, {{promise_date}}, es la fecha que usted eligió. Si prefiere cambiarla,"
            " responda; para pagar, ingrese a {{pay_link}} cuando quiera.",
            "en_US": "Hi {{first_name}}, tomorrow, {{promise_date}}, is the date you chose. Reply if you want to change"
            " it; to pay, open {{pay_link}} whenever you like.",
        },
        {},
    ),
    "pagamento_recebido": (
        "UTILITY",
        {
            "pt_BR": "Recebemos seu pagamento de {{paid_amount}} em {{paid_date}}, {{first_name}}. Obrigado por"
            " regularizar. O recibo está disponível com {{creditor}}, é só pedir por aqui.",
            "es": "Recibimos su pago de {{paid_amount}} el {{paid_date}}, {{first_name}}. Gracias por ponerse al día."
            " El recibo está disponible con {{creditor}}, puede pedirlo por aquí.",
            "en_US": "We received your payment of {{paid_amount}} on {{paid_date}}, {{first_name}}. Thank you. The"
            " receipt is available from {{creditor}}, just ask here.",
        },
        {},
    ),
}

TEMPLATES: tuple[Template, ...] = tuple(
    Template(name=name, language=language, category=category, body=bodies[language], buttons=buttons.get(language, ()))
    for name, (category, bodies, buttons) in _BODIES.items()
    for language in LANGUAGES
)


def find(name: str, language: str) -> Template | None:
    return next((t for t in TEMPLATES if t.name == name and t.language == language), None)


def by_sid(sid: str) -> Template | None:
    return next((t for t in TEMPLATES if t.sid == sid), None)
