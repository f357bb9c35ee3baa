"""Invented debtors: names from lists, numbers of a form that nobody is given, debts of every age."""

from __future__ import annotations

import random
import unicodedata
from datetime import date, timedelta

from msgspec import Struct

SEED = 20261122


class Debt(Struct, frozen=True, kw_only=True):
    """One charge. `amount` in minor units."""

    number: str
    product: str
    due: date
    amount: int


class Sample(Struct, frozen=True, kw_only=True):
    """A debtor of a book. `key` names them within the demo; an empty phone or e-mail is none."""

    key: str
    book: str
    name: str
    language: str
    jurisdiction: str
    timezone: str
    phone: str
    email: str = ""
    debts: tuple[Debt, ...] = ()
    labels: tuple[str, ...] = ()
    prefers: str = "whatsapp"


class _Land(Struct, frozen=True, kw_only=True):
    book: str
    count: int
    language: str
    places: tuple[tuple[str, str, str], ...]  # jurisdiction, zone, digits of the phone before the last four
    first: str
    last: str
    products: tuple[str, ...]
    least: int  # minor units of the smallest charge
    most: int


_LANDS = (
    _Land(
        book="ipe",
        count=180,
        language="pt-BR",
        places=(
            ("BR-SP", "America/Sao_Paulo", "551199000"),
            ("BR-RJ", "America/Sao_Paulo", "552199000"),
            ("BR", "America/Sao_Paulo", "553199000"),
            ("BR", "America/Bahia", "557199000"),
            ("BR-AM", "America/Manaus", "559299000"),
        ),
        first=(
            "Adriana Alice Amanda André Antônio Beatriz Bernardo Caio Camila Carlos Carolina Cecília Daniel "
            "Davi Débora Diego Eduardo Elisa Fábio Felipe Fernanda Gabriela Gustavo Helena Heitor Igor "
            "Isabela Joana João Júlia Karina Larissa Leandro Letícia Lívia Luana Lucas Luiza Marcelo Mariana "
            "Mateus Natália Otávio Patrícia Paulo Pedro Rafaela Renato Rodrigo Rosana Sabrina Samuel Sandra "
            "Simone Talita Tatiane Thiago Vanessa Vitória Yasmin"
        ),
        last=(
            "Alencar Almada Amaral Antunes Azevedo Barbosa Bastos Brandão Brito Camargo Cardoso Castilho "
            "Coelho Cordeiro Correia Couto Dantas Duarte Esteves Farias Ferraz Fontes Freitas Galvão Guedes "
            "Leal Lemos Lobato Macedo Maia Matos Medeiros Meireles Moraes Muniz Neves Novaes Paiva Passos "
            "Peixoto Pinheiro Prates Queiroz Ramalho Rangel Rezende Sampaio Sarmento Seabra Serpa Simões "
            "Tavares Teles Torres Vasconcelos Viana Vidal Xavier"
        ),
        products=("Crediário", "Cartão Ipê", "Garantia estendida"),
        least=8_900,
        most=240_000,
    ),
    _Land(
        book="maguey",
        count=80,
        language="es",
        places=(("MX", "America/Mexico_City", "52555550"), ("MX", "America/Monterrey", "52815550")),
        first=(
            "Abril Adrián Alejandra Alonso Andrea Arturo Brenda Carla César Claudia Daniela Diego Elena "
            "Emilio Esteban Fernando Gabriela Gerardo Héctor Irma Iván Jimena Joaquín Karla Lorena Luis "
            "Marisol Mauricio Miriam Norma Óscar Paola Pilar Raúl Regina Ricardo Rocío Rubén Silvia Tomás "
            "Valeria Ximena"
        ),
        last=(
            "Aguilar Arriaga Ávila Balderas Barrera Bautista Cabrera Camacho Cárdenas Cervantes Contreras "
            "Delgado Escamilla Escobedo Figueroa Galindo Garza Guerrero Huerta Juárez Lara Luna Medina "
            "Mireles Montaño Navarro Ochoa Olvera Padilla Ponce Quintero Rangel Robles Salas Sandoval Solís "
            "Trejo Urbina Valdez Zavala"
        ),
        products=("Crédito personal", "Tarjeta Maguey"),
        least=45_000,
        most=900_000,
    ),
    _Land(
        book="frailejon",
        count=70,
        language="es",
        places=(("CO", "America/Bogota", "57300555"), ("CO", "America/Bogota", "57310555")),
        first=(
            "Alejandro Ángela Bibiana Camilo Carolina Catalina Cristian Diana Edwin Fabián Germán Gloria "
            "Hernán Ingrid Jaime Johana Juliana Julián Laura Leonardo Liliana Luz Mauricio Mónica Natalia "
            "Nelson Olga Oswaldo Paula Rodrigo Sandra Santiago Sebastián Tatiana Viviana Wilson Yaneth "
            "Yolanda"
        ),
        last=(
            "Acosta Arango Bedoya Beltrán Bermúdez Betancur Caicedo Cano Castaño Céspedes Correa Duque "
            "Echeverri Forero Gallego Giraldo Henao Hoyos Jaramillo Londoño Marulanda Mejía Montoya Moreno "
            "Murillo Ocampo Orozco Ospina Patiño Pinzón Quiñones Restrepo Rincón Rojas Salazar Tabares Uribe "
            "Valencia Velásquez Zuluaga"
        ),
        products=("Crédito de hogar", "Electrodomésticos"),
        least=6_000_000,
        most=180_000_000,
    ),
)
AGES = (-18, -9, -4, -1, 2, 5, 9, 14, 21, 27, 33, 38, 45, 52, 58, 64, 75, 96, 130, 210)
"""Days late of the samples' oldest charges, in turn: every bucket, and its edges' neighbours."""


def samples(today: date) -> list[Sample]:
    """All of them, the same for the same day."""
    chance = random.Random(SEED)
    return [each for land in _LANDS for each in _of(land, today, chance)]


def _of(land: _Land, today: date, chance: random.Random) -> list[Sample]:
    first, last = land.first.split(), land.last.split()
    found = []
    for index in range(land.count):
        name = f"{first[(index * 7) % len(first)]} {last[(index * 11 + index // len(last)) % len(last)]}"
        place, zone, prefix = land.places[index % len(land.places)]
        key = f"{land.book}-{index:03d}"
        found.append(
            Sample(
                key=key,
                book=land.book,
                name=name,
                language=land.language,
                jurisdiction=place,
                timezone=zone,
                phone=f"+{prefix}{1000 + index:04d}",
                email=f"{_plain(name)}.{index:03d}@sample.example" if index % 5 != 4 else "",
                debts=_debts(land, key, AGES[index % len(AGES)], today, chance),
            )
        )
    return found


def _debts(land: _Land, key: str, late: int, today: date, chance: random.Random) -> tuple[Debt, ...]:
    count = 1 if late < 5 else chance.choice((1, 1, 2, 3))
    product = chance.choice(land.products)
    step = 100 if land.book == "frailejon" else 1  # Colombian prices have no cents
    amount = round(land.least * (land.most / land.least) ** chance.random()) // step * step
    return tuple(
        Debt(
            number=f"{key.upper().replace('-', '')}/{nth + 1}",
            product=product,
            due=today - timedelta(days=late - 30 * nth),
            amount=amount,
        )
        for nth in range(count)
    )


def _plain(name: str) -> str:
    bare = unicodedata.normalize("NFD", name.lower())
    return "".join(sign for sign in bare if sign.isascii() and (sign.isalpha() or sign == " ")).replace(" ", ".")
