"""What the columns of a file may be called: the contract's own names, and what creditors call them in pt and es."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

Kind = Literal["debts", "payments", "recalls", "contacts", "documents"]
KINDS: tuple[Kind, ...] = ("debts", "payments", "recalls", "contacts", "documents")

ERROR = "error"
"""The column in which the rows that were left out say why; it is passed over when they come back."""
_COLUMNS: Mapping[Kind, Mapping[str, str]] = {
    "debts": {
        "debtor_id": "id_devedor codigo_devedor id_cliente codigo_cliente cod_cliente id_deudor codigo_deudor",
        "name": "nome nombre nome_cliente nombre_cliente razao_social razon_social",
        "kind": "tipo tipo_pessoa tipo_persona",
        "document": "documento cpf_cnpj cpf cnpj rfc documento_identidad",
        "language": "idioma lingua lengua",
        "jurisdiction": "jurisdicao jurisdiccion pais",
        "state": "uf estado departamento",
        "province": "provincia",
        "whatsapp": "zap celular_whatsapp",
        "sms": "celular telefone telefono movil",
        "email": "e_mail correo correo_electronico",
        "holder": "papel papel_terceiro vinculo rol rol_tercero parentesco",
        "holder_name": "nome_avalista nome_fiador nome_terceiro nombre_aval nombre_fiador nombre_tercero",
        "holder_proof": "prova prova_terceiro prueba prueba_tercero",
        "holder_whatsapp": "whatsapp_avalista whatsapp_fiador whatsapp_terceiro whatsapp_aval whatsapp_tercero",
        "holder_sms": "celular_avalista celular_fiador celular_terceiro celular_aval celular_tercero",
        "holder_email": "email_avalista email_fiador email_terceiro correo_aval correo_fiador correo_tercero",
        "debt_id": "id_divida contrato numero_contrato id_deuda",
        "product": "produto producto",
        "charge_id": "id_cobranca id_titulo id_parcela id_cargo id_cobro id_cuota",
        "number": "numero fatura titulo parcela factura cuota",
        "due": "vencimento data_vencimento vencimiento fecha_vencimiento",
        "amount": "valor valor_original monto importe",
        "currency": "moeda moneda",
        "fine": "multa multa_percentual percentual_multa recargo",
        "interest": "juros juros_mora juros_mes juros_ao_mes intereses interes intereses_mora interes_mora",
        "paid": "pago valor_pago pagado monto_pagado",
        "boleto": "linha_digitavel linha_digitavel_boleto codigo_boleto linea_boleto",
        "pix": "pix_copia_e_cola copia_e_cola codigo_pix br_code",
        "document_url": "url_documento link_documento link_boleto url_boleto enlace_documento url_factura",
    },
    "payments": {
        "debtor_id": "id_devedor codigo_devedor id_cliente codigo_cliente cod_cliente id_deudor codigo_deudor",
        "amount": "valor valor_pago monto importe",
        "currency": "moeda moneda",
        "paid_at": "data data_pagamento pago_em fecha fecha_pago pagado_en",
        "method": "metodo forma forma_pagamento forma_pago medio_pago",
        "payment_id": "id_pagamento codigo_pagamento id_pago codigo_pago",
    },
    "recalls": {
        "debtor_id": "id_devedor codigo_devedor id_cliente codigo_cliente cod_cliente id_deudor codigo_deudor",
        "debt_id": "id_divida contrato numero_contrato id_deuda",
        "charge_id": "id_cobranca id_titulo id_parcela id_cargo id_cobro id_cuota",
        "number": "numero fatura titulo parcela factura cuota",
        "reason": "motivo razao razon",
    },
    "contacts": {
        "debtor_id": "id_devedor codigo_devedor id_cliente codigo_cliente cod_cliente id_deudor codigo_deudor",
        "contact_id": "id_contato codigo_contato id_contacto codigo_contacto",
        "channel": "canal meio medio",
        "at": "data data_hora em fecha fecha_hora",
        "by": "por quem operador agente",
        "outcome": "resultado desfecho",
    },
    "documents": {"file": ""},
}
_NEEDED: Mapping[Kind, tuple[str, ...]] = {
    "debts": ("debtor_id", "name", "due", "amount"),
    "payments": ("debtor_id", "amount", "paid_at", "payment_id"),
    "recalls": ("debtor_id",),
    "contacts": ("debtor_id", "contact_id", "channel", "at", "by", "outcome"),
    "documents": ("file",),
}
_KEYS: Mapping[Kind, str] = {
    "debts": "charge_id", "payments": "payment_id", "recalls": "charge_id", "contacts": "contact_id",
    "documents": "file",
}  # fmt: skip


@lru_cache(maxsize=1_024)  # kinds, languages, methods: the same few words in every row
def plain(text: str) -> str:
    """Lower case without accents, words joined by `_`."""
    bare = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return re.sub(r"[^a-z0-9]+", "_", bare.casefold()).strip("_")


def column_of(kind: Kind, head: str) -> str | None:
    """The contract's name of a header; None for one that means nothing here."""
    word = plain(head)
    return next((name for name, others in _COLUMNS[kind].items() if word == name or word in others.split()), None)


def needed(kind: Kind) -> tuple[str, ...]:
    """Columns without which no row can be read."""
    return _NEEDED[kind]


def key_column(kind: Kind) -> str:
    """The column that tells two rows apart."""
    return _KEYS[kind]
