from bot.hub import Hub


async def test_a_frame_reaches_every_window_of_its_guest_and_nobody_else() -> None:
    hub = Hub()
    with hub.guest("a") as one, hub.guest("a") as two, hub.guest("b") as other:
        hub.tell("a", {"n": 1}, {"n": 2})
        assert [one.get_nowait(), one.get_nowait()] == [two.get_nowait(), two.get_nowait()] == [{"n": 1}, {"n": 2}]
        assert other.empty()


async def test_a_window_that_does_not_keep_up_is_told_to_come_back_and_holds_up_nobody() -> None:
    hub = Hub()
    with hub.guest("a") as slow, hub.guest("a") as quick:
        got = []
        for number in range(1_000):
            hub.tell("a", {"n": number})
            got.append(quick.get_nowait())
        assert [frame["n"] for frame in got if frame] == list(range(1_000))
        frames = [slow.get_nowait() for _ in range(slow.qsize())]
        assert None in frames and len(frames) <= 200


async def test_nobody_listening_is_nothing_to_do_and_leaves_nothing_behind() -> None:
    hub = Hub()
    hub.tell("a", {"n": 1})
    with hub.guest("a"):
        pass
    hub.tell("a", {"n": 1})
    hub.board_changed()
    assert not hub._guests and not hub._boards


async def test_every_board_learns_of_a_change() -> None:
    hub = Hub()
    with hub.board() as one, hub.board() as two:
        hub.board_changed()
        assert one.is_set() and two.is_set()
