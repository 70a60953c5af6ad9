"""The day's special: worded from what the owner types, shown to guests only once it is approved."""

import pytest

from bot.database.specials import special_facts
from nlu.fact_check import check
from nlu.facts import FactsError
from tests.bot.parts import EVENING, rest, serving

HEADERS = {"X-Requested-With": "staff"}
ENTRY = {
    "special": "Sea bass",
    "ingredients": "fennel, lemon butter, new potatoes",
    "price": "$21.50",
    "diet": "gluten free",
}
DAY = EVENING.date().isoformat()


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("specials")) as (client, rasa):
        rasa.intents["any specials today?"] = "ask_menu"
        yield client


@pytest.fixture
def owner(house):
    house.post("/staff/login", data={"password": "open sesame"})
    yield house
    house.cookies.clear()


def post(client, path, body):
    return client.post(path, json=body, headers=HEADERS)


def shown(client):
    """What guests see of specials: the page's, and the chat's."""
    chat = rest(client, "any specials today?", f"m{next(_COUNT)}", f"g{next(_COUNT)}").json()[0]["text"]
    return client.get("/site.json").json()["specials"], chat


_COUNT = iter(range(10_000))


def test_a_special_is_published_by_approval_only_and_taken_down_by_refusal(owner):
    made = post(owner, "/staff/specials", ENTRY)
    assert made.status_code == 201 and made.json()["status"] == "proposed"
    text, special_id = made.json()["text"], made.json()["id"]
    assert check(ENTRY, text).ok and made.json()["day"] == DAY
    assert shown(owner) == ([], "There is no special on our board today.")
    assert post(owner, f"/staff/specials/{special_id}", {"status": "approved"}).status_code == 200
    assert shown(owner) == ([text], text)
    listed = owner.get("/staff/specials.json").json()
    assert [(row["id"], row["status"]) for row in listed["specials"]] == [(special_id, "approved")]
    assert post(owner, f"/staff/specials/{special_id}", {"status": "refused"}).status_code == 200
    assert shown(owner) == ([], "There is no special on our board today.")


def test_a_further_try_gets_other_words(owner):
    texts = {post(owner, "/staff/specials", ENTRY | {"special": "Monkfish"}).json()["text"] for _ in range(3)}
    assert len(texts) > 1 and all(check(ENTRY | {"special": "Monkfish"}, text).ok for text in texts)


@pytest.mark.parametrize(
    "body, problem",
    [
        ({}, "needs a name"),
        ({"special": "Soup"}, "say at least what is in it"),
        ({"special": "Soup", "price": "  "}, "say at least"),
        (ENTRY | {"day": "tomorrow"}, "date like"),
        (ENTRY | {"day": "2020-01-01"}, "that day is over"),
        (ENTRY | {"place": "moon"}, "no such place"),
        (ENTRY | {"ingredients": "x" * 400}, "at most 350 characters"),
        (ENTRY | {"special": "<b>Soup</b>"}, "without braces"),
        (ENTRY | {"diet": "???"}, "diet has no value"),
    ],
)
def test_an_entry_that_makes_no_sense_is_refused_with_the_reason(owner, body, problem):
    before = len(owner.get("/staff/specials.json").json()["specials"])
    answer = post(owner, "/staff/specials", body)
    assert answer.status_code == 409 and problem in answer.json()["error"]
    assert len(owner.get("/staff/specials.json").json()["specials"]) == before


def test_decisions_about_nothing_are_refused(owner):
    for special_id, body in (
        ("9999", {"status": "approved"}),
        ("x", {"status": "approved"}),
        ("1", {"status": "sold"}),
    ):
        assert post(owner, f"/staff/specials/{special_id}", body).status_code == 409


def test_only_staff_see_or_decide(house):
    house.cookies.clear()
    assert house.get("/staff/specials").headers["location"] == "/staff/login"
    assert house.get("/staff/specials.json").status_code == 401
    assert post(house, "/staff/specials", ENTRY).status_code == 401
    assert post(house, "/staff/specials/1", {"status": "approved"}).status_code == 401


def test_another_site_cannot_post_for_the_owner(owner):
    assert owner.post("/staff/specials", json=ENTRY).status_code == 400
    assert owner.post("/staff/specials/1", json={"status": "approved"}).status_code == 400


def test_the_entry_becomes_facts_and_says_what_is_wrong():
    assert special_facts({"special": " Soup  of peas", "price": "$5", "diet": None}) == {
        "special": "Soup of peas",
        "price": "$5",
    }
    with pytest.raises(FactsError, match="needs a name"):
        special_facts({"price": "$5"})
