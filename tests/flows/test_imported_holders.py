"""A file of debts names one person beside the debtor a row: who they are, what proves it, and their own addresses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flows.desk import Scene
from tests.flows.importing import fresh_limits as fresh_limits
from tests.flows.importing import scene as scene
from tests.flows.test_imports import brought, debtor

HEAD = (
    "id_devedor;nome;whatsapp;id_cobranca;numero;vencimento;valor;papel;nome_avalista;prova;whatsapp_avalista;"
    "email_avalista"
)


def row(key: str, rest: str, own: str = "") -> str:
    return f"{key};Pessoa {key};{own};{key}-1;1;10/09/2026;100,00;{rest}"


def points(scene: Scene, key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scene.sofia.get(f"/api/v1/debtors/{debtor(scene, key)}").json()["contact_points"]
    return found


def faults(scene: Scene, made: dict[str, Any]) -> list[tuple[str, str]]:
    items = scene.admin.get(f"/api/v1/imports/{made['id']}/faults").json()["items"]
    return [(each["column"], each["code"]) for each in items]


def test_each_address_is_in_the_hands_the_row_says(scene: Scene) -> None:
    made = brought(
        scene, HEAD,
        row("HB1", "fiador;Rosa Antunes;contrato 7;+5511955500002;rosa@example.com", own="+5511955500001"),
        row("HB2", ";;;;", own="+5511955500003"),
        row("HB3", "empregador;Loja Um;;;rh@example.com", own="+5511955500004"),
    )  # fmt: skip
    assert (made["created"], made["rejected"], faults(scene, made)) == (3, 0, [])
    guarantor = {"role": "guarantor", "name": "Rosa Antunes", "proof": "contrato 7"}
    told = [(each["channel"], each["holder"], each["disclosure"]) for each in points(scene, "HB1")]
    assert sorted(told, key=str) == sorted(
        [("whatsapp", None, 1), ("whatsapp", guarantor, 1), ("email", guarantor, 1)], key=str
    )
    assert [each["holder"] for each in points(scene, "HB2")] == [None]
    employer = {"role": "other", "name": "Loja Um", "proof": ""}
    assert [(each["holder"], each["disclosure"]) for each in points(scene, "HB3")] == [(None, 1), (employer, 0)]


def test_the_next_nights_file_says_it_again_changes_it_and_takes_nothing_back(scene: Scene) -> None:
    lines = [HEAD, row("HC1", "avalista;Rosa Antunes;;+5511955510002;", own="+5511955510001")]
    made = brought(scene, *lines)
    assert (made["created"], faults(scene, made)) == (1, [("holder_proof", "unproven_holder")])
    assert brought(scene, *lines)["updated"] == 1
    assert len(points(scene, "HC1")) == 2
    brought(scene, HEAD, row("HC1", "avalista;Rosa Antunes;contrato 9;+5511955510002;", own="+5511955510001"))
    (hers,) = [each for each in points(scene, "HC1") if each["holder"]]
    assert (hers["holder"]["proof"], hers["disclosure"]) == ("contrato 9", 1)
    brought(scene, HEAD, row("HC1", ";;;;", own="+5511955510002"))
    assert [each["holder"]["name"] for each in points(scene, "HC1") if each["holder"]] == ["Rosa Antunes"]


def test_an_address_that_a_row_brings_is_known_to_the_rows_behind_it(scene: Scene) -> None:
    made = brought(
        scene, HEAD,
        row("HD1", "outro;Rosa Antunes;;+5511955520002;", own="+5511955520001"),
        row("HD2", ";;;;", own="+5511955520002"),
        row("HD3", ";;;;", own="+5511955520001"),
    )  # fmt: skip
    assert (made["created"], made["rejected"]) == (3, 0)
    assert [each["holder"] for each in points(scene, "HD2")] == [None]


@pytest.mark.parametrize(
    ("key", "own", "rest", "told"),
    [
        ("HE1", "", "vizinho;Rosa;;+5511955530002;", ("holder", "no_holder")),
        ("HE2", "", ";Rosa;;+5511955530002;", ("holder", "empty_holder")),
        ("HE3", "", ";;;+5511955530002;", ("holder", "empty_holder")),
        ("HE4", "", "fiador;;x;+5511955530002;", ("holder_name", "empty_holder_name")),
        ("HE5", "", "fiador;Rosa;x;;", ("holder_whatsapp", "empty_holder_address")),
        ("HE6", "+5511955530001", "fiador;Rosa;x;+55 11 95553-0001;", ("holder_whatsapp", "holder_own")),
        ("HE7", "", "fiador;Rosa;x;95553;", ("holder_whatsapp", "refused")),
        ("HE8", "", f"fiador;{'R' * 201};x;+5511955530002;", ("holder_name", "refused")),
        ("HE9", "", f"fiador;Rosa;{'x' * 201};+5511955530002;", ("holder_proof", "refused")),
        ("HE0", "", "debtor;Rosa;x;+5511955530002;", ("holder", "no_holder")),
    ],
)
def test_what_is_wrong_is_told_of_its_column(
    scene: Scene, key: str, own: str, rest: str, told: tuple[str, str]
) -> None:
    made = brought(scene, HEAD, row(key, rest, own=own))
    assert (made["rejected"], faults(scene, made)[:1]) == (1, [told])
