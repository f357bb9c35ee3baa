"""What payment providers tell, and the links they make: one file a provider, pure. `channels/service.py` asks them.

    provider.py     what a provider is, and the words between it and the console
    PROVIDERS       those there are; a provider's door is POST /webhooks/payments/NAME
    LINKERS         those of them that make links

A new provider is one file and one line here; see `docs/payment-providers.md`.
"""

from __future__ import annotations

from channels.payments.mercadopago import MercadoPago
from channels.payments.pix import PixApi
from channels.payments.provider import Account, LinkMade, LinkProvider, LinkWish, Named, Notice, PaymentProvider

__all__ = [
    "LINKERS",
    "PROVIDERS",
    "Account",
    "LinkMade",
    "LinkProvider",
    "LinkWish",
    "Named",
    "Notice",
    "PaymentProvider",
]

LINKERS: dict[str, LinkProvider] = {"mercadopago": MercadoPago()}
PROVIDERS: dict[str, PaymentProvider] = {"pix": PixApi(), **LINKERS}
