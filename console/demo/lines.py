"""What the stand-ins say: a few calm sentences, in turn, that a scripted debtor can answer."""

from __future__ import annotations

_TURNS = {
    "pt": (
        "Oi, {first}! Aqui é {agent}, da {creditor}. Já vi sua mensagem. Para sua segurança, me confirma o dia e o mês "
        "do seu nascimento?",
        "Obrigado, {first}! Consigo em 4 parcelas sem juros, a primeira no dia 10. O que acha?",
        "Posso rever os juros, sim. Qual dia fica bom para você?",
        "Anotado! Mando o código por aqui na véspera. Posso ajudar em mais alguma coisa?",
        "Obrigado pela conversa, {first}. Boa semana!",
    ),
    "es": (
        "Hola, {first}. Le escribe {agent}, de {creditor}. Ya vi su mensaje. Por su seguridad, ¿me confirma el día y "
        "el mes de su nacimiento?",
        "¡Gracias, {first}! Puedo ofrecerle 4 cuotas sin intereses, la primera el día 10. ¿Qué le parece?",
        "Sí, puedo revisar los intereses. ¿Qué día le queda bien?",
        "¡Anotado! Le envío los datos por aquí la víspera. ¿Le ayudo con algo más?",
        "Gracias por la conversación, {first}. ¡Buena semana!",
    ),
}
_PLAIN = {
    "pt": ("Obrigado, {first}. Já confiro e te respondo por aqui.", "Certo, {first}. Anotei e sigo acompanhando."),
    "es": (
        "Gracias, {first}. Lo reviso y le respondo por aquí.",
        "Muy bien, {first}. Queda anotado y le doy seguimiento.",
    ),
}
_CARE = {
    "pt": "Sinto muito que esteja passando por isso, {first}. Não precisa decidir nada agora. Estou aqui para ouvir.",
    "es": "Siento mucho lo que está pasando, {first}. No tiene que decidir nada ahora. Estoy aquí para escucharle.",
}


def line(language: str, turn: int, *, first: str, agent: str, creditor: str, careful: bool, plain: bool) -> str:
    """The next sentence. careful: of care, without anything about money; plain: nothing but that it was heard."""
    tongue = "es" if language.startswith("es") else "pt"
    turns = _PLAIN[tongue] if plain else _TURNS[tongue]
    text = _CARE[tongue] if careful else turns[turn] if turn < len(turns) else turns[-1]
    return text.format(first=first, agent=agent, creditor=creditor)
