"""The house's own words about money, in the debtor's language. Facts only: no threat, no praise, no question why.

`full` texts hold figures, `discreet` ones none, for contact points at which a debt may not be spoken of.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from console.ledger.said import day as day
from console.ledger.said import money as money
from console.ledger.said import tongue as tongue
from console.wire.shapes import Money

ACCEPT = {"pt": "ACEITO", "es": "ACEPTO", "en": "I ACCEPT"}
BUTTONS = {
    "pt": (("accept", "Aceito"), ("refuse", "Não quero"), ("talk", "Quero conversar")),
    "es": (("accept", "Acepto"), ("refuse", "No me sirve"), ("talk", "Quiero conversar")),
    "en": (("accept", "I accept"), ("refuse", "No, thank you"), ("talk", "Let us talk")),
}
OFFER = {
    "pt": "{name}, esta é a proposta de {creditor} para você:\n{lines}\nTotal: {total}. Vale até {until}.\n"
    "Para aceitar, toque em Aceito ou responda {word}. Se preferir outra opção, é só escrever aqui.",
    "es": "{name}, esta es la propuesta de {creditor} para usted:\n{lines}\nTotal: {total}. Válida hasta el {until}.\n"
    "Para aceptar, toque Acepto o responda {word}. Si prefiere otra opción, escríbanos por aquí.",
    "en": "{name}, this is what {creditor} can offer you:\n{lines}\nTotal: {total}. It stands until {until}.\n"
    "To accept, tap I accept or reply {word}. If another option suits you better, just write here.",
}
OFFER_PLAIN = {
    "pt": "{name}, esta é a proposta de {creditor} para você:\n{lines}\nTotal: {total}. Vale até {until}.\n"
    "Para aceitar, responda {word}. Se preferir outra opção, é só escrever.",
    "es": "{name}, esta es la propuesta de {creditor} para usted:\n{lines}\nTotal: {total}. Válida hasta el {until}.\n"
    "Para aceptar, responda {word}. Si prefiere otra opción, escríbanos.",
    "en": "{name}, this is what {creditor} can offer you:\n{lines}\nTotal: {total}. It stands until {until}.\n"
    "To accept, reply {word}. If another option suits you better, just write.",
}
SEVERAL = {
    "pt": "{name}, estas são as opções de {creditor} para você:\n{lines}\nValem até {until}.\n"
    "Para aceitar uma, toque em {menu} ou responda {word} e o número dela, por exemplo {word} 1. "
    "Se preferir outra, é só escrever aqui.",
    "es": "{name}, estas son las opciones de {creditor} para usted:\n{lines}\nVálidas hasta el {until}.\n"
    "Para aceptar una, toque {menu} o responda {word} y su número, por ejemplo {word} 1. "
    "Si prefiere otra, escríbanos por aquí.",
    "en": "{name}, these are the options {creditor} can offer you:\n{lines}\nThey stand until {until}.\n"
    "To accept one, tap {menu} or reply {word} and its number, for example {word} 1. "
    "If another suits you better, just write here.",
}
SEVERAL_PLAIN = {
    "pt": "{name}, estas são as opções de {creditor} para você:\n{lines}\nValem até {until}.\n"
    "Para aceitar uma, responda {word} e o número dela, por exemplo {word} 1. Se preferir outra, é só escrever.",
    "es": "{name}, estas son las opciones de {creditor} para usted:\n{lines}\nVálidas hasta el {until}.\n"
    "Para aceptar una, responda {word} y su número, por ejemplo {word} 1. Si prefiere otra, escríbanos.",
    "en": "{name}, these are the options {creditor} can offer you:\n{lines}\nThey stand until {until}.\n"
    "To accept one, reply {word} and its number, for example {word} 1. If another suits you better, just write.",
}
MENU = {"pt": "Ver opções", "es": "Ver opciones", "en": "See the options"}
NONE_OF_THEM = {"pt": "Nenhuma delas", "es": "Ninguna de ellas", "en": "None of them"}
LAST = {
    "pt": "É a nossa última condição por agora. Não usá-la não piora a sua situação.",
    "es": "Es nuestra última condición por ahora. No usarla no empeora su situación.",
    "en": "It is our last offer for now. Not taking it does not worsen your position.",
}
GONE = {
    "pt": "{name}, essa proposta não vale mais. Escreva aqui o que prefere, e vemos o que é possível hoje. {creditor}",
    "es": "{name}, esa propuesta ya no está vigente. Escriba aquí qué prefiere y vemos qué es posible hoy. {creditor}",
    "en": "{name}, that offer no longer stands. Write here what you prefer, and we look at what is possible today. "
    "{creditor}",
}
ACCEPTED = {
    "pt": "Acordo confirmado, {name}. Protocolo {reference}.\n{lines}\nTotal: {total}. "
    "Credor: {creditor}. Guarde esta mensagem: ela é a confirmação do seu acordo.",
    "es": "Acuerdo confirmado, {name}. Radicado {reference}.\n{lines}\nTotal: {total}. "
    "Acreedor: {creditor}. Guarde este mensaje: es la confirmación de su acuerdo.",
    "en": "Agreement confirmed, {name}. Reference {reference}.\n{lines}\nTotal: {total}. "
    "Creditor: {creditor}. Keep this message: it confirms your agreement.",
}
ACCEPTED_DISCREET = {
    "pt": "{name}, sua confirmação foi registrada por {creditor}. Protocolo {reference}.",
    "es": "{name}, su confirmación quedó registrada por {creditor}. Radicado {reference}.",
    "en": "{name}, {creditor} has written down your confirmation. Reference {reference}.",
}
LATE = {
    "pt": "{name}, não localizamos o pagamento desta parcela do seu acordo {reference}, pelo vencimento: {amounts}. "
    "Pagando até {until}, o acordo continua; depois disso ele pode terminar, e volta a valer o saldo original menos o "
    "que já foi pago. Se já pagou, envie o comprovante; se precisar de ajuda, responda por aqui. {creditor}",
    "es": "{name}, no vemos el pago de esta cuota de su acuerdo {reference}, por su vencimiento: {amounts}. "
    "Si paga hasta el {until}, el acuerdo sigue; después puede terminar, y vuelve a valer el saldo original menos lo "
    "ya pagado. Si ya pagó, envíe el comprobante; si necesita ayuda, responda por aquí. {creditor}",
    "en": "{name}, we do not see the payment of this instalment of your agreement {reference}, by the day it was due: "
    "{amounts}. "
    "If it is paid by {until}, the agreement goes on; after that it may end, and the original balance less "
    "what was paid stands again. If you have paid, send the receipt; if you need help, reply here. {creditor}",
}
LATE_UNPRICED = {
    "pt": "{name}, não localizamos o pagamento da parcela do seu acordo {reference} que venceu em {days}. "
    "Pagando até {until}, o acordo continua; depois disso ele pode terminar. Se já pagou, envie o comprovante; se "
    "precisar de ajuda, responda por aqui. {creditor}",
    "es": "{name}, no vemos el pago de la cuota de su acuerdo {reference} que venció el {days}. "
    "Si paga hasta el {until}, el acuerdo sigue; después puede terminar. Si ya pagó, envíe el comprobante; si "
    "necesita ayuda, responda por aquí. {creditor}",
    "en": "{name}, we do not see the instalment of your agreement {reference} that was due on {days}. "
    "If it is paid by {until}, the agreement goes on; after that it may end. If you have paid, send the receipt; if "
    "you need help, reply here. {creditor}",
}
LATE_DISCREET = {
    "pt": "{name}, {creditor} tem um aviso para você. Para recebê-lo, responda por aqui e confirme que é você.",
    "es": "{name}, {creditor} tiene un aviso para usted. Si lo desea, responda por aquí y confirme que es usted.",
    "en": "{name}, {creditor} has a notice for you. To receive it, reply here and confirm that it is you.",
}
PAID = {
    "pt": "Recebemos seu pagamento de {amount}, {name}. Obrigado! {rest}",
    "es": "Recibimos su pago de {amount}, {name}. ¡Gracias! {rest}",
    "en": "We have received your payment of {amount}, {name}. Thank you! {rest}",
}
LEFT = {
    "pt": "Saldo restante: {left}.",
    "es": "Saldo restante: {left}.",
    "en": "What is left: {left}.",
}
CLEARED = {
    "pt": "Não resta nada a pagar a {creditor}.",
    "es": "No queda nada por pagar a {creditor}.",
    "en": "Nothing is left to pay to {creditor}.",
}
CLEARANCE = {
    "pt": "{name}, segue a sua carta de quitação. {creditor}",
    "es": "{name}, aquí tiene su carta de paz y salvo. {creditor}",
    "en": "{name}, here is your clearance letter. {creditor}",
}
CLEARANCE_DISCREET = {
    "pt": "{name}, há um documento de {creditor} para você. Para recebê-lo, responda por aqui e confirme que é você.",
    "es": "{name}, hay un documento de {creditor} para usted. Si lo desea, responda por aquí y confirme que es usted.",
    "en": "{name}, there is a document from {creditor} for you. To receive it, reply here and confirm that it is you.",
}
PAID_DISCREET = {
    "pt": "Recebemos, {name}. Obrigado! {creditor}",
    "es": "Recibido, {name}. ¡Gracias! {creditor}",
    "en": "Received, {name}. Thank you! {creditor}",
}
DISPUTED = {
    "pt": "{name}, registramos sua contestação. Protocolo {reference}. Enquanto analisamos, esse assunto fica parado. "
    "Se tiver documentos sobre isso, pode enviar por aqui. Respondemos até {until}. {creditor}",
    "es": "{name}, registramos su reclamo. Radicado {reference}. Mientras lo revisamos, este asunto queda en pausa. "
    "Si tiene documentos sobre esto, puede enviarlos por aquí. Le respondemos a más tardar el {until}. {creditor}",
    "en": "{name}, we have written down your dispute. Reference {reference}. While we look into it, this matter rests. "
    "If you have documents about it, you can send them here. We answer by {until}. {creditor}",
}
ASKED_FOR_PAYMENT = {
    "pt": "Sobre a contestação {reference}: para conferir, precisamos do comprovante do que foi pago (data, "
    "valor e para quem). Pode enviar a foto ou o arquivo por aqui. Enquanto isso, esse assunto continua parado.",
    "es": "Sobre su reclamo {reference}: para revisarlo necesitamos el comprobante de lo que pagó (fecha, "
    "valor y a quién). Puede enviar la foto o el archivo por aquí. Mientras tanto, este asunto sigue en pausa.",
    "en": "About your dispute {reference}: to check it we need the receipt of what was paid (day, sum and to "
    "whom). You can send a picture or the file here. Meanwhile this matter goes on resting.",
}
ASKED_FOR_PAPERS = {
    "pt": "Sobre a contestação {reference}: para analisar, precisamos dos documentos que mostram o que "
    "aconteceu. Pode enviar fotos ou arquivos por aqui. Enquanto isso, esse assunto continua parado.",
    "es": "Sobre su reclamo {reference}: para revisarlo necesitamos los documentos que muestren lo que pasó. "
    "Puede enviar fotos o archivos por aquí. Mientras tanto, este asunto sigue en pausa.",
    "en": "About your dispute {reference}: to look into it we need the documents that show what happened. You "
    "can send pictures or files here. Meanwhile this matter goes on resting.",
}
"""What a person sends, as it stands or changed, once documents are asked for."""
CODES = {
    "boleto": {
        "pt": "Boleto {number}{told}. Linha digitável:\n{value}",
        "es": "Boleto {number}{told}. Línea para pagar:\n{value}",
        "en": "Boleto {number}{told}. Line to pay by:\n{value}",
    },
    "pix": {
        "pt": "Pix {number}{told}. Copia e cola:\n{value}",
        "es": "Pix {number}{told}. Código para copiar y pegar:\n{value}",
        "en": "Pix {number}{told}. Code to copy and paste:\n{value}",
    },
    "link": {
        "pt": "Documento {number}: {value}",
        "es": "Documento {number}: {value}",
        "en": "Document {number}: {value}",
    },
}
UNTIL = {"pt": "até {day}", "es": "hasta el {day}", "en": "until {day}"}
LINK = {
    "pt": "Para pagar {amount} a {creditor}, use este link até {until}: {url}",
    "es": "Para pagar {amount} a {creditor}, use este enlace hasta el {until}: {url}",
    "en": "To pay {amount} to {creditor}, use this link until {until}: {url}",
}
LINK_SHUT = {
    "pt": {
        "paid": "Este pagamento já foi feito. Obrigado!",
        "refunded": "Este pagamento foi devolvido. Fale conosco para um novo link.",
        "expired": "O prazo deste link terminou. Fale conosco para um novo.",
        "recalled": "O credor retirou esta cobrança. Não pague por este link.",
        "settled": "Não resta nada a pagar aqui. Obrigado!",
        "superseded": "O valor deste link não vale mais. Fale conosco para um novo.",
        "replaced": "Este link foi trocado por um mais novo. Use o último que enviamos.",
        "cancelled": "Este link foi cancelado. Fale conosco para um novo.",
    },
    "es": {
        "paid": "Este pago ya se hizo. ¡Gracias!",
        "refunded": "Este pago fue devuelto. Escríbanos para recibir un enlace nuevo.",
        "expired": "El plazo de este enlace terminó. Escríbanos para recibir uno nuevo.",
        "recalled": "El acreedor retiró este cobro. No pague con este enlace.",
        "settled": "No queda nada por pagar aquí. ¡Gracias!",
        "superseded": "El valor de este enlace ya no es válido. Escríbanos para recibir uno nuevo.",
        "replaced": "Este enlace fue reemplazado por uno más nuevo. Use el último que enviamos.",
        "cancelled": "Este enlace fue cancelado. Escríbanos para recibir uno nuevo.",
    },
    "en": {
        "paid": "This has been paid. Thank you!",
        "refunded": "This payment was given back. Write to us for a new link.",
        "expired": "The time of this link is over. Write to us for a new one.",
        "recalled": "The creditor has taken this charge back. Do not pay by this link.",
        "settled": "Nothing is left to pay here. Thank you!",
        "superseded": "The amount of this link no longer holds. Write to us for a new one.",
        "replaced": "A newer link has taken the place of this one. Use the last one we sent.",
        "cancelled": "This link was called off. Write to us for a new one.",
    },
}
"""What whoever opens a link reads when it is no longer true; no name and no amount, for anybody may open it."""
_LINE = {
    "pt": ("Entrada até {due}: {amount}", "{count}x de {amount}, a primeira em {due}", "{n}ª em {due}: {amount}"),
    "es": ("Cuota inicial hasta el {due}: {amount}", "{count} cuotas de {amount}, la primera el {due}",
           "{n}.ª el {due}: {amount}"),
    "en": ("Down payment by {due}: {amount}", "{count} instalments of {amount}, the first on {due}",
           "No. {n} on {due}: {amount}"),
}  # fmt: skip

_OPTION = {
    "pt": ("{k}. Em 1 pagamento", "{k}. Em {count} pagamentos", "Total {total}, a partir de {due}",
           "mais {count}x de {amount}", "Total: {total}"),
    "es": ("{k}. En 1 pago", "{k}. En {count} pagos", "Total {total}, desde el {due}",
           "{count} más de {amount}", "Total: {total}"),
    "en": ("{k}. In 1 payment", "{k}. In {count} payments", "Total {total}, from {due}",
           "{count} more of {amount}", "Total: {total}"),
}  # fmt: skip


def schedule_lines(schedule: Sequence[tuple[int, str, Money]], language: str, *, short: bool) -> str:
    """The payments of a plan, one a line; `short` sums up instalments that are all alike but for a cent."""
    down, many, each = _LINE[tongue(language)]
    lines = [down.format(due=day(due, language), amount=money(amount)) for n, due, amount in schedule if n == 0]
    rest = [line for line in schedule if line[0] > 0]
    if short and len(rest) > 3 and rest[0][2].amount - rest[-1][2].amount in (0, 1):
        _n, due, amount = rest[0]
        return "\n".join([*lines, many.format(count=len(rest), amount=money(amount), due=day(due, language))])
    lines += [each.format(n=n, due=day(due, language), amount=money(amount)) for n, due, amount in rest]
    return "\n".join(lines)


def option_line(k: int, schedule: Sequence[tuple[int, str, Money]], total: Money, language: str, *, short: bool) -> str:
    """One of several plans in a line, exact to the cent: its number, its payments, its total; `short` counts
    instalments that are alike.
    """
    down, many, each = _LINE[tongue(language)]
    *_, more, whole = _OPTION[tongue(language)]
    parts: list[str] = []
    for (is_first, _), run in groupby(schedule, key=lambda line: (line[0] == 0, line[2].amount if short else line[0])):
        alike = list(run)
        n, due, amount = alike[0]
        shape = down if is_first else each if len(alike) == 1 else many if n == 1 else more
        parts.append(shape.format(n=n, count=len(alike), amount=money(amount), due=day(due, language)))
    return f"{k}. {'; '.join(parts)}. {whole.format(total=money(total))}"


def option_row(k: int, schedule: Sequence[tuple[int, str, Money]], total: Money, language: str) -> tuple[str, str]:
    """The same as a row of a list: its title and what stands below. The terms are in the text above the list."""
    one, many, below, *_ = _OPTION[tongue(language)]
    title = (one if len(schedule) == 1 else many).format(k=k, count=len(schedule))
    return title, below.format(total=money(total), due=day(schedule[0][1], language))


def in_tongue(texts: dict[str, str], language: str) -> str:
    return texts[tongue(language)]
