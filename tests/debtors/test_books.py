"""Debtors and debts come in by HTTP, and are seen by whom they concern."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from console.debtors.models import debtor
from console.store.statement import change
from console.wire.ids import new_id
from tests.debtors.conftest import Office

CPF = {"kind": "cpf", "value": "529.982.247-25"}


def field(answer: httpx2.Response) -> str:
    assert answer.status_code == 422, answer.text
    return str(answer.json()["field"])


def charge(**more: Any) -> dict[str, Any]:
    return {"number": "1", "due": "2026-01-10", "amount": {"amount": 1, "currency": "BRL"}, **more}


def test_a_new_debtor_is_answered_with_the_address_masked_and_the_document_struck_out(office: Office) -> None:
    points = [{"channel": "whatsapp", "address": "+55 11 91111-0001",
               "consent": {"state": "granted", "source": "contract", "at": "2026-01-02T03:04:05Z",
                           "text_version": "v3"}},
              {"channel": "email", "address": "Joana@Example.com"}]  # fmt: skip
    body = office.body(
        "Joana Prado", contact_points=points, document={"kind": "cpf", "value": "111.444.777-35"}, labels=["vip"]
    )
    answer = office.erp.post("/api/v1/debtors", json=body)
    made = answer.json()
    assert answer.status_code == 201 and made["name"] == "Joana Prado" and made["labels"] == ["vip"]
    assert made["document"] == {"kind": "cpf", "value": "•••••••••35"}
    masked = {each["channel"]: each for each in made["contact_points"]}
    assert (
        "91111" not in answer.text and masked["whatsapp"]["consent"] == "granted" and "example.com" not in answer.text
    )
    assert (made["provisional"], made["assumed"], made["masked"]) == (False, False, False)


def test_a_repeated_client_id_makes_nothing_twice_and_fits_one_body_only(office: Office) -> None:
    body = office.body("Pedro Repetido")
    first, again = office.erp.post("/api/v1/debtors", json=body), office.erp.post("/api/v1/debtors", json=body)
    assert (first.status_code, again.status_code) == (201, 200) and first.json()["id"] == again.json()["id"]
    other = office.erp.post("/api/v1/debtors", json=body | {"name": "Another"})
    assert (other.status_code, other.json()["code"]) == (409, "conflict")


def test_a_repeated_create_says_a_later_yes_or_no_and_never_an_older_one(office: Office) -> None:
    """A withdrawal of the debtor's outlives the creditor's nightly copy of an older yes."""

    def says(state: str, at: str | None) -> list[tuple[str, str, str]]:
        consent = {"state": state, "source": "contract", "text_version": "v7"} | ({"at": at} if at else {})
        point = {"channel": "sms", "address": "+5511922220009", "consent": consent}
        body = office.body("Rita Velha", external_id="R-9", contact_points=[point])
        made = office.erp.post("/api/v1/debtors", json=body).json()
        held.append(made["contact_points"][0]["consent"])
        lines = office.erp.get(f"/api/v1/debtors/{made['id']}/consents").json()["items"]
        return [(each["act"], each["given_at"], each["text_version"]) for each in lines]

    held: list[str] = []
    office.debtor("Rita Velha", external_id="R-9", contact_points=[{"channel": "sms", "address": "+5511922220009"}])
    first = ("granted", "2026-01-02T03:04:05.000Z", "v7")
    assert says("granted", "2026-01-02T03:04:05Z") == [first]
    assert says("granted", "2026-01-02T03:04:05Z") == [first], "the same once more says nothing new"
    then = ("revoked", "2026-02-02T00:00:00.000Z", "v7")
    assert says("revoked", "2026-02-02T00:00:00Z") == [first, then]
    assert says("granted", "2026-01-02T03:04:05Z") == says("granted", None) == [first, then]
    assert says("granted", "2026-03-02T00:00:00Z")[2:] == [("granted", "2026-03-02T00:00:00.000Z", "v7")]
    assert held == ["granted", "granted", "revoked", "revoked", "revoked", "granted"]


def test_the_creditors_own_key_makes_a_repeated_create_an_update(office: Office) -> None:
    first = office.debtor("Rita Velha", external_id="R-1")
    point = {"channel": "sms", "address": "+5511922220000"}
    again = office.erp.post("/api/v1/debtors", json=office.body("Rita Nova", external_id="R-1", contact_points=[point]))
    assert again.status_code == 200 and again.json()["id"] == first["id"] and again.json()["name"] == "Rita Nova"
    assert len(again.json()["contact_points"]) == 1
    assert [each["external_id"] for each in again.json()["accounts"]] == ["R-1"]


def test_a_known_document_joins_the_debtor_that_has_it_also_from_another_portfolio(office: Office) -> None:
    first = office.debtor("Tereza Dias", document=CPF, external_id="T-1")
    again = office.erp.post(
        "/api/v1/debtors",
        json=office.body("Tereza Dias", document={"kind": "cpf", "value": "52998224725"}, portfolio=office.foreign,
                         external_id="MX-1", jurisdiction="MX"),
    )  # fmt: skip
    assert again.status_code == 200 and again.json()["id"] == first["id"]
    assert {each["portfolio"]["id"] for each in again.json()["accounts"]} == {office.book.id, office.foreign}
    other = office.debtor("Outra", external_id="T-2")
    clash = office.erp.post("/api/v1/debtors", json=office.body("Outra", external_id="T-2", document=CPF))
    assert clash.status_code == 409 and other["id"] not in clash.text


def test_one_number_in_two_forms_is_one_address(office: Office) -> None:
    points = [{"channel": "whatsapp", "address": form} for form in ("+55 11 8765-0000", "+5511987650000")]
    assert len(office.debtor("Nona", contact_points=points)["contact_points"]) == 1


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"language": "fr"}, "language"),
        ({"jurisdiction": "Brazil"}, "jurisdiction"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"portfolio": "nothing"}, "portfolio"),
        ({"external_id": " "}, "external_id"),
        ({"document": {"kind": "cpf", "value": "111.111.111-12"}}, "document.value"),
        ({"document": {"kind": "C P F", "value": "529.982.247-25"}}, "document.kind"),
        ({"contact_points": [{"channel": "sms", "address": "98765-4321"}]}, "contact_points[0].address"),
        ({"contact_points": [{"channel": "email", "address": "joao at example"}]}, "contact_points[0].address"),
        ({"contact_points": [{"channel": "fax", "address": "+551140000000"}]}, "contact_points[0].channel"),
        ({"labels": ["x" * 41]}, "labels"),
        ({"kind": "robot"}, "kind"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_stored(office: Office, change: dict[str, Any], named: str) -> None:
    body = office.body("Nobody Of That Name") | change
    assert named in field(office.erp.post("/api/v1/debtors", json=body))
    assert office.find(q="Nobody Of That Name").json()["items"] == []


@pytest.mark.parametrize("place", ["ZZ", "PY", "FR-75"])
def test_a_country_without_rules_is_refused_with_those_there_are(office: Office, place: str) -> None:
    answer = office.erp.post("/api/v1/debtors", json=office.body("Nobody Of That Name", jurisdiction=place))
    assert field(answer) == "jurisdiction"
    assert f"of {place[:2]}," in answer.json()["detail"] and "AR, BR, CL, CO, EC, ES, MX" in answer.json()["detail"]
    state = office.erp.post("/api/v1/debtors", json=office.body("Ana De Um Estado", jurisdiction="BR-MG"))
    assert state.status_code in (200, 201), "a state without rules of its own has its country's"


@pytest.mark.parametrize(
    ("place", "near"),
    [
        ("BR-RK", "BR-RJ (Rio de Janeiro)"), ("BR-ZZ", "BR-SP (São Paulo)"), ("BR-1", "BR-RJ"), ("CO-99", "CO-ANT"),
        ("MX-QQQ", "MX-JAL (Jalisco)"), ("MX-NL", "MX-NLE"), ("CL-13", "CL-RM"), ("PE-LI", "PE-LIM"), ("AR-BA", "AR-B"),
        ("US-ZZ", "US-AZ"), ("ES-00", "ES-MD"), ("EC-99", "EC-P"), ("UY-XX", "UY-MO"),
    ],
)  # fmt: skip
def test_a_state_that_its_country_has_not_is_refused_with_the_nearest(office: Office, place: str, near: str) -> None:
    answer = office.erp.post("/api/v1/debtors", json=office.body("Nobody Of That Name", jurisdiction=place))
    assert field(answer) == "jurisdiction"
    assert f"has no state {place[3:]};" in answer.json()["detail"] and near in answer.json()["detail"]
    assert office.find(q="Nobody Of That Name").json()["items"] == []


def test_a_state_that_was_taken_before_stays_until_it_is_told_anew(office: Office) -> None:
    made = office.debtor("Rita De Outro Tempo", external_id="OLD-1")
    office.server.write(lambda tx: change(tx, debtor, {"id": made["id"]}, jurisdiction="BR-ZZ"))
    told = [
        office.erp.post("/api/v1/debtors", json=office.body("Rita", external_id="OLD-1", jurisdiction=each)).status_code
        for each in ("BR-ZZ", "BR-RK", "BR-RJ", "BR-ZZ")
    ]
    assert told == [200, 422, 200, 422]


def test_a_wrong_time_of_consent_is_named(office: Office) -> None:
    point = {
        "channel": "sms",
        "address": "+5511933330000",
        "consent": {"state": "granted", "source": "x", "at": "soon"},
    }
    assert (
        field(office.erp.post("/api/v1/debtors", json=office.body(contact_points=[point])))
        == "contact_points[0].consent.at"
    )


def test_who_may_fill_the_books(office: Office) -> None:
    statuses = {}
    for name in ("ana", "sofia", "caio", "admin"):
        statuses[name] = office.server.sign_in(name).post("/api/v1/debtors", json=office.body(f"By {name}")).status_code
    assert statuses == {"ana": 403, "sofia": 201, "caio": 403, "admin": 201}
    foreign = office.body("Elsewhere", portfolio=office.foreign)
    assert field(office.server.sign_in("sofia").post("/api/v1/debtors", json=foreign)) == "portfolio"
    assert field(office.bound.post("/api/v1/debtors", json=foreign)) == "portfolio"


def test_a_debtor_is_found_by_name_without_accents_by_number_document_and_key(office: Office) -> None:
    point = {"channel": "whatsapp", "address": "+5511955554444"}
    made = office.debtor(
        "José Conceição", external_id="JC-9", contact_points=[point], document={"kind": "dni", "value": "AB 1234"}
    )
    for words in ("jose conceicao", "CONCEIÇÃO", "+55 11 95555-4444", "JC-9", "ab1234"):
        found = office.find(q=words).json()["items"]
        assert [each["id"] for each in found] == [made["id"]], words
    assert office.find(q="5555").json()["items"] == []
    assert office.find(q="jose", portfolio=office.foreign).json()["items"] == []


def test_lists_go_on_where_the_page_ended(office: Office) -> None:
    ids = [office.debtor(f"Página {number}")["id"] for number in range(5)]
    seen, cursor = [], None
    while True:
        query: dict[str, Any] = {"q": "pagina", "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = office.find(**query).json()
        seen += [each["id"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ids[::-1]
    assert field(office.find(limit=0)) == "limit"
    assert field(office.find(q="x" * 201)) == "q"


def test_an_agent_sees_a_short_name_until_they_read_a_case_of_theirs(office: Office) -> None:
    made = office.debtor(
        "Carlos Magno Lima", contact_points=[{"channel": "sms", "address": "+5511966667777"}], labels=["x"]
    )
    ana = office.server.sign_in("ana")
    masked = ana.get(f"/api/v1/debtors/{made['id']}").json()
    assert (masked["name"], masked["masked"]) == ("Carlos L.", True)
    assert masked["contact_points"] == masked["labels"] == masked["accounts"] == [] and masked["document"] is None
    assert ana.get(f"/api/v1/debtors/{made['id']}/balance").status_code == 404
    opened = ana.post("/api/v1/cases", json={"client_id": new_id(), "debtor": made["id"], "portfolio": office.book.id})
    assert opened.status_code == 201
    full = ana.get(f"/api/v1/debtors/{made['id']}").json()
    assert (full["name"], full["masked"], len(full["contact_points"])) == ("Carlos Magno Lima", False, 1)
    assert full["cases"][0]["owner"]["name"] == "Ana Prado"
    assert ana.get(f"/api/v1/debtors/{made['id']}/balance").status_code == 200


def test_what_is_not_ones_business_does_not_exist(office: Office) -> None:
    foreign = office.debtor("Longe Daqui", portfolio=office.foreign, jurisdiction="MX")
    unknown = office.server.sign_in("ana").get("/api/v1/debtors/nobody")
    for client in (
        office.server.sign_in("ana"),
        office.server.sign_in("sofia"),
        office.server.sign_in("admin"),
        office.bound,
    ):
        for path in (f"/api/v1/debtors/{foreign['id']}", f"/api/v1/debtors/{foreign['id']}/balance"):
            answer = client.get(path)
            assert answer.status_code == 404 and answer.content == unknown.content
        assert office.find(client, q="Longe Daqui").json()["items"] == []
    assert office.server.sign_in("caio").get(f"/api/v1/debtors/{foreign['id']}").json()["name"] == "Longe Daqui"


def test_a_debt_is_owed_with_fine_and_interest_at_a_date(office: Office) -> None:
    made = office.debtor("Devedora Um")
    answer = office.owes(made["id"], 100_000)
    assert answer.status_code == 201
    told = office.erp.get(f"/api/v1/debtors/{made['id']}/balance", params={"as_of": "2026-02-09"}).json()
    (charge,) = told["charges"]
    assert (charge["days_late"], charge["bucket"]) == (30, "B1_30")
    assert {name: charge[name]["amount"] for name in ("principal", "fine", "interest", "fees", "discount", "paid")} == {
        "principal": 100_000, "fine": 2_000, "interest": 1_000, "fees": 0, "discount": 0, "paid": 0,
    }  # fmt: skip
    assert told["total"] == {"amount": 103_000, "currency": "BRL"} and told["as_of"] == "2026-02-09"
    early = office.erp.get(f"/api/v1/debtors/{made['id']}/balance", params={"as_of": "2026-01-10"}).json()
    assert (early["bucket"], early["total"]["amount"]) == ("CURRENT", 100_000)
    assert field(office.erp.get(f"/api/v1/debtors/{made['id']}/balance", params={"as_of": "soon"})) == "as_of"


def test_a_debt_shows_in_the_open_case_at_once(office: Office) -> None:
    made = office.debtor("Devedora Dois")
    ana = office.server.sign_in("ana")
    opened = ana.post(
        "/api/v1/cases", json={"client_id": new_id(), "debtor": made["id"], "portfolio": office.book.id}
    ).json()
    assert opened["balance"] is None
    assert office.owes(made["id"]).status_code == 201
    after = ana.get(f"/api/v1/cases/{opened['id']}").json()
    assert after["balance"]["amount"] > 10_000 and after["bucket"] == "B61_PLUS" and after["days_late"] > 60


def test_a_debt_repeated_is_put_down_once_and_its_key_updates(office: Office) -> None:
    made = office.debtor("Devedora Três")["id"]
    keyed = {"external_id": "C-1", "number": "1", "due": "2026-01-10", "amount": {"amount": 500, "currency": "BRL"}}
    body: dict[str, Any] = {"client_id": new_id(), "charges": [keyed]}
    assert [office.owes(made, **body).status_code for _ in range(2)] == [201, 200]
    changed = office.owes(made, charges=[keyed | {"amount": {"amount": 700, "currency": "BRL"}}])
    assert [each["principal"]["amount"] for each in changed.json()["charges"]] == [700]
    other = office.debtor("Devedora Quatro")["id"]
    assert office.owes(other, charges=[keyed]).status_code == 409


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"charges": []}, "charges"),
        ({"charges": [charge(number=" ")]}, "charges[0].number"),
        ({"charges": [charge(due="10/01/2026")]}, "charges[0].due"),
        ({"charges": [charge(amount={"amount": 0, "currency": "BRL"})]}, "charges[0].amount"),
        ({"charges": [charge(amount={"amount": 1, "currency": "USD"})]}, "charges[0].amount.currency"),
        ({"charges": [charge(external_id="x"), charge(external_id="x")]}, "charges"),
        ({"terms": {"fine_bp": -1, "interest_bp_30d": 0}}, "terms.fine_bp"),
        ({"product": "x" * 201}, "product"),
    ],
)
def test_a_wrong_charge_is_named(office: Office, change: dict[str, Any], named: str) -> None:
    made = office.debtor("Devedora Cinco")["id"]
    assert field(office.owes(made, **change)) == named


def test_a_debtor_of_two_portfolios_is_asked_which(office: Office) -> None:
    made = office.debtor("Dupla", external_id="D-1", document={"kind": "dni", "value": "DUPLA 777"})["id"]
    twice = {"portfolio": office.foreign, "jurisdiction": "MX", "document": {"kind": "dni", "value": "DUPLA 777"}}
    assert office.debtor("Dupla", **twice)["id"] == made
    assert field(office.owes(made)) == "portfolio"
    assert field(office.erp.get(f"/api/v1/debtors/{made}/balance")) == "portfolio"
    assert office.owes(made, portfolio=office.book.id).status_code == 201
    assert office.bound.get(f"/api/v1/debtors/{made}/balance").json()["portfolio"] == office.book.id
    assert office.owes("nobody").status_code == 404
    assert office.bound.get(f"/api/v1/debtors/{made}/balance", params={"portfolio": office.foreign}).status_code == 404
