"""``python -m bot``: serve the restaurant, talk to it in the terminal, list what is stored."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from dataclasses import replace
from pathlib import Path

from bot.settings import Settings, SettingsError
from nlu.located_yaml import FileError


def main() -> int:
    # numpy's threads wait for work busily, and our matrices are too small to gain from them.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="run the pages, the chat, the staff board and Rasa")
    serve.add_argument("--port", type=int, help="default: $PORT or 8000")
    chat = commands.add_parser("chat", help="talk to the running bot in the terminal")
    chat.add_argument("--url", help="default: http://127.0.0.1:$PORT")
    listing = commands.add_parser("list", help="print what is stored, one JSON object a line")
    listing.add_argument("kind", choices=["orders", "bookings", "waitlist", "texts", "feedback"])
    forgetting = commands.add_parser("forget", help="delete everything about a phone number, everywhere")
    forgetting.add_argument("phone", help="as people write it; numbers without a country code are US numbers")
    traffic = commands.add_parser("make-traffic", help="fill /insights with made-up traffic, marked as such")
    traffic.add_argument("--days", type=int, default=7, help="how many days up to now (default 7); 0 removes it all")
    hear = commands.add_parser("hear", help="speech in files to orders, one JSON line for each")
    hear.add_argument("--menu", type=Path, required=True, help="the menu file")
    hear.add_argument("audio", nargs="+", help="WAV, FLAC or Ogg files of any rate")
    bench = commands.add_parser("bench", help="measure the chat and print the README's table")
    bench.add_argument("--turns", type=int, default=400, help="turns of the one guest (default 400)")
    bench.add_argument("--seconds", type=float, default=30, help="time with many guests (default 30)")
    bench.add_argument("--skip-stock", action="store_true", help="leave the stock Rasa out")
    texts = commands.add_parser("bench-texts", help="texts through a failing provider while the worker is killed")
    texts.add_argument("--texts", type=int, default=10_000, help="how many (default 10000)")
    texts.add_argument("--kill-every", type=float, default=4.0, help="seconds between kills, on average (default 4)")
    texts.add_argument("--limit", type=float, default=900.0, help="seconds after which to stop (default 900)")
    texts.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    from bot.phone import call_command

    call = commands.add_parser("call", help="play a scripted phone call in audio against the running bot")
    call_command.add_arguments(call)
    bench_calls = commands.add_parser("bench-calls", help="measure the phone line")
    call_command.add_bench_arguments(bench_calls)
    book = commands.add_parser("bench-bookings", help="ten guests book at once; then the database is checked")
    book.add_argument("--operations", type=int, default=10_000)
    book.add_argument("--guests", type=int, default=10)
    arguments = parser.parse_args()
    try:
        if arguments.command == "hear":
            from bot import hearing

            return hearing.run(arguments)
        if arguments.command == "bench-texts":
            from bot.bench import texts as bench_texts

            return bench_texts.run(arguments)
        settings = Settings.from_environment()
        if arguments.command == "serve":
            return _serve(replace(settings, port=arguments.port) if arguments.port else settings)
        if arguments.command == "chat":
            from bot.terminal import talk

            return talk(arguments.url or f"http://127.0.0.1:{settings.port}", settings.rest_token)
        if arguments.command == "bench-calls":
            from bot.phone import bench as phone_bench

            return phone_bench.run(arguments)
        if arguments.command == "call":
            return call_command.run(arguments, settings)
        if arguments.command == "bench-bookings":
            from bot.bench import bookings as bench_bookings

            return bench_bookings.main(arguments)
        if arguments.command == "bench":
            from bot.bench import chat as chat_bench

            return chat_bench.main(arguments)
        if arguments.command == "forget":
            return _forget(settings, arguments.phone)
        if arguments.command == "make-traffic":
            return _make_traffic(settings, arguments.days)
        return _list(settings, arguments.kind)
    except (SettingsError, FileError) as error:
        print(error, file=sys.stderr)
        return 2


def _serve(settings: Settings) -> int:
    import uvicorn

    from bot.app import create_app

    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "WARNING"), format="%(asctime)s %(name)s %(message)s")
    if not settings.rasa_urls and not settings.rasa_model.exists():
        print(f"{settings.rasa_model}: there is no trained dialogue model: run make setup", file=sys.stderr)
        return 2
    app = create_app(settings)
    config = uvicorn.Config(
        app, host=settings.host, port=settings.port, ws="wsproto", log_level="warning", ws_max_size=1_000_000
    )
    uvicorn.Server(config).run()
    return 0


def _list(settings: Settings, kind: str) -> int:
    from bot.database.bookings import booked, booking_row_view
    from bot.database.outbox import Texts
    from bot.database.store import Store
    from bot.database.waitlist import Waitlist
    from bot.house import HouseKeeper
    from bot.insights.feedback import Feedback, feedback_row_view
    from bot.staff.host_views import text_row_view, waitlist_row_view
    from bot.views import order_row_view

    house = HouseKeeper(settings.menu, settings.restaurant).house
    store = Store(settings.database_url)
    store.migrate()
    with store.transaction(house.restaurant) as tx:
        if kind == "feedback":
            rows = [feedback_row_view(row) for row in Feedback(tx.db).rows()]
        elif kind == "bookings":
            rows = [booking_row_view(row) for row in booked(tx.desk.rows())]
        elif kind == "waitlist":
            rows = [waitlist_row_view(row) for row in Waitlist(tx.db).rows(None, None)]
        elif kind == "texts":
            rows = [text_row_view(row) for row in Texts(tx.db).rows()]
        else:
            rows = [order_row_view(row, house) for row in tx.order_rows()]
    for row in rows:
        print(json.dumps(row, ensure_ascii=False))
    return 0


def _forget(settings: Settings, written: str) -> int:
    from bot.database.store import Store
    from bot.retention import e164, forget

    phone = e164(written)
    if phone is None:
        print(f"{written[:40]!r} is not a phone number: write one like +12075550142", file=sys.stderr)
        return 2
    store = Store(settings.database_url)
    store.migrate()
    print(json.dumps({"deleted": forget(store, phone, settings.var / "calls")}))
    return 0


def _make_traffic(settings: Settings, days: int) -> int:
    from bot.app import clock_from
    from bot.database.store import Store
    from bot.house import HouseKeeper
    from bot.insights.feedback import judge
    from bot.insights.made_up import make_traffic, remove_traffic

    if not 0 <= days <= 60:
        print("--days must be 0 (remove the made-up traffic) to 60", file=sys.stderr)
        return 2
    house = HouseKeeper(settings.menu, settings.restaurant).house
    store = Store(settings.database_url)
    store.migrate()
    now = clock_from(settings)()
    with store.transaction(house.restaurant) as tx:
        rows = make_traffic(tx, house, judge, days, now) if days else remove_traffic(tx.db)
    print(json.dumps({"made" if days else "removed": rows, "days": days}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
