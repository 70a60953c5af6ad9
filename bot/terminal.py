"""The chat in a terminal, over the same REST webhook that other clients use."""

from __future__ import annotations

import sys
import time
import uuid

import httpx


def talk(url: str, token: str) -> int:
    """Until end of input; 3 when the bot cannot be reached."""
    sender = f"terminal-{uuid.uuid4().hex[:8]}"
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False) as http:
        print("Say something (Ctrl-D ends).", file=sys.stderr)
        while True:
            try:
                text = input("> ")
            except (EOFError, KeyboardInterrupt):
                return 0
            message = {"sender": sender, "message": text, "metadata": {"message_id": uuid.uuid4().hex}}
            try:
                response = http.post("/webhooks/rest/webhook", json=message)
                while response.status_code == 202:
                    print(response.json()[0]["text"], file=sys.stderr)
                    time.sleep(float(response.headers["Retry-After"]))
                    response = http.post("/webhooks/rest/webhook", json=message)
                answer = response.json()
            except (httpx.HTTPError, ValueError):
                print(f"the bot at {url} cannot be reached: start it with make run", file=sys.stderr)
                return 3
            if isinstance(answer, dict):
                print(answer.get("error", "no answer"), file=sys.stderr)
                continue
            for part in answer:
                print(part["text"])
                if part.get("buttons"):
                    print("   " + "  ".join(f"[{button['title']}]" for button in part["buttons"]))
