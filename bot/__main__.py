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
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="run the pages, the chat, the staff board and Rasa")
    serve.add_argument("--port", type=int, help="default: $PORT or 8000")
    chat = commands.add_parser("chat", help="talk to the running bot in the terminal")
    chat.add_argument("--url", help="default: http://127.0.0.1:$PORT")
    listing = commands.add_parser("list", help="print what is stored, one JSON object a line")
    listing.add_argument("kind", choices=["orders"])
    hear = commands.add_parser("hear", help="speech in files to orders, one JSON line for each")
    hear.add_argument("--menu", type=Path, required=True, help="the menu file")
    hear.add_argument("audio", nargs="+", help="WAV, FLAC or Ogg files of any rate")
    bench = commands.add_parser("bench", help="measure the chat and print the README's table")
    bench.add_argument("--turns", type=int, default=400, help="turns of the one guest (default 400)")
    bench.add_argument("--seconds", type=float, default=30, help="time with many guests (default 30)")
    bench.add_argument("--skip-stock", action="store_true", help="leave the stock Rasa out")
    from bot.phone import call_command

    call = commands.add_parser("call", help="play a scripted phone call in audio against the running bot")
    call_command.add_arguments(call)
    arguments = parser.parse_args()
    try:
        if arguments.command == "hear":
            from bot import hearing

            return hearing.run(arguments)
        settings = Settings.from_environment()
        if arguments.command == "serve":
            return _serve(replace(settings, port=arguments.port) if arguments.port else settings)
        if arguments.command == "chat":
            from bot.terminal import talk

            return talk(arguments.url or f"http://127.0.0.1:{settings.port}", settings.rest_token)
        if arguments.command == "call":
            return call_command.run(arguments, settings)
        if arguments.command == "bench":
            from bot import bench as chat_bench

            return chat_bench.main(arguments)
        return _list(settings)
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


def _list(settings: Settings) -> int:
    from bot.house import HouseKeeper
    from bot.store import Store
    from bot.views import order_row_view

    house = HouseKeeper(settings.menu, settings.restaurant).house
    store = Store(settings.database_url)
    store.migrate()
    with store.transaction(house.restaurant) as tx:
        for row in tx.order_rows():
            print(json.dumps(order_row_view(row, house), ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
