"""What stands in documents, in the debtor's language. Facts only."""

TITLES = {
    "agreement": {"pt": "Acordo de pagamento", "es": "Acuerdo de pago", "en": "Payment agreement"},
    "clearance": {"pt": "Carta de quitação", "es": "Carta de paz y salvo", "en": "Clearance letter"},
    "statement": {"pt": "Extrato da dívida", "es": "Estado de cuenta", "en": "Statement of account"},
}
FILES = {
    "agreement": {"pt": "acordo", "es": "acuerdo", "en": "agreement"},
    "clearance": {"pt": "quitacao", "es": "paz-y-salvo", "en": "clearance"},
    "statement": {"pt": "extrato", "es": "estado-de-cuenta", "en": "statement"},
}
BODIES = {
    "agreement": {
        "pt": "{creditor} e {name} combinaram os pagamentos abaixo. Protocolo {reference}. Aceito em {accepted}.",
        "es": "{creditor} y {name} acordaron los pagos siguientes. Radicado {reference}. Aceptado el {accepted}.",
        "en": "{creditor} and {name} have agreed on the payments below. Reference {reference}. Accepted on {accepted}.",
    },
    "clearance": {
        "pt": "{creditor} declara que, em {date}, {name} não tem valor em aberto nos débitos abaixo: estão quitados.",
        "es": "{creditor} declara que, al {date}, {name} no tiene saldo en las deudas siguientes, que están pagadas.",
        "en": "{creditor} states that on {date} {name} has nothing open on the debts below, which are paid.",
    },
    "statement": {
        "pt": "{name}, estes são os valores em aberto com {creditor} em {date}.",
        "es": "{name}, estos son los valores pendientes con {creditor} al {date}.",
        "en": "{name}, this is what is open with {creditor} on {date}.",
    },
}
COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "agreement": {"pt": ("Parcela", "Vencimento", "Valor"), "es": ("Cuota", "Vence", "Valor"),
                  "en": ("Payment", "Due", "Amount")},
    "clearance": {"pt": ("Fatura", "Vencimento", "Valor"), "es": ("Factura", "Vencimiento", "Valor"),
                  "en": ("Invoice", "Due", "Amount")},
}  # fmt: skip
STATEMENT = {
    "pt": {"number": "Fatura", "due": "Vencimento", "days": "Dias", "principal": "Valor original", "fine": "Multa",
           "interest": "Juros", "fees": "Encargos", "off": "Descontos e pagos", "total": "Total"},
    "es": {"number": "Factura", "due": "Vencimiento", "days": "Días", "principal": "Valor original", "fine": "Multa",
           "interest": "Intereses", "fees": "Gastos", "off": "Descuentos y pagos", "total": "Total"},
    "en": {"number": "Invoice", "due": "Due", "days": "Days", "principal": "Original amount", "fine": "Fine",
           "interest": "Interest", "fees": "Fees", "off": "Discounts and paid", "total": "Total"},
}  # fmt: skip
"""Each addition has its own column; one that is nowhere has none."""
DOWN = {"pt": "Entrada", "es": "Inicial", "en": "Down payment"}
TOTAL = {"pt": "Total: {total}.", "es": "Total: {total}.", "en": "Total: {total}."}
ISSUED = {
    "pt": "Emitido por {creditor} em {date}. Vale para os valores desta data. Ajuda: {help}",
    "es": "Emitido por {creditor} el {date}. Vale para los valores de esta fecha. Ayuda: {help}",
    "en": "Issued by {creditor} on {date}. It holds for the amounts of this date. Help: {help}",
}
