from bot.core.reply import Plan, Point


def test_the_newest_question_s_quick_replies_replace_older_ones() -> None:
    plan = Plan()
    plan.offer(["Pickup", "Delivery"])
    plan.offer(title for title in ("Yes", "No"))
    assert [(button.title, button.say) for button in plan.buttons] == [("Yes", "Yes"), ("No", "No")]


def test_a_fact_may_have_any_name() -> None:
    plan = Plan()
    plan.say("hours", kind="x", self_="y")
    assert plan.points == [Point("hours", {"kind": "x", "self_": "y"})]


def test_two_plans_share_nothing() -> None:
    Plan().say("ok")
    assert Plan() == Plan([], [], [], [])
