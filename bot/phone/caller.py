"""A scripted caller: phones the running bot over the media socket, in audio, and hears the bot's audio and marks.

The caller plays what the bot sends as a telephone would: in real time, sending a mark back when its sound has been
played, forgetting it on ``clear``. ``speed`` above one lets time pass faster while somebody speaks; whenever the
caller waits for the bot it passes as it does in life, so the bot's time to answer is never flattered.
"""

from __future__ import annotations

import asyncio
import base64
import json
import math
import re
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI
from websockets.legacy.client import connect

from bot.core.turn import agrees
from bot.phone import audio
from bot.phone.caller_voice import CallerVoice, Noise, parts_of
from bot.phone.dictation import dictated
from bot.phone.objections import ONE_ANSWER, READ_BACK, Wishes, number_said
from bot.phone.scenario import Move, Scenario
from speech.synthesis import trim

FRAME = 160  # samples, 20 ms
_PATIENCE_MS = 20_000  # a caller waits so long for the bot to ask
_REACTION_MS = 350  # between the end of a question and the answer
_STAY_MS = 12_000  # after the last move, for the bot's last words
_BACK_TO_BACK_MS = 600
_REPEATS = 5  # of what is wanted again
_HESITATES_MS = 2_000  # before a question is answered that the script does not foresee
_OBJECTIONS = 6  # in one call; then a caller gives up
_AGREES = re.compile(r"((well|oh|um|uh|ah) )*(yes|yeah|yep|sure|ok|okay|correct|right|go ahead)\b")


class NoConnection(RuntimeError):
    """The bot cannot be reached."""


@dataclass
class Line:
    """One turn of the printed conversation."""

    at_ms: int
    who: str
    text: str
    details: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"at_ms": self.at_ms, "who": self.who, "text": self.text, **self.details}


@dataclass
class Played:
    """What happened in a call, as the caller saw it. ``answers`` hold, for each spoken move, how long it took from
    the last sound of the caller to the bot's first."""

    call_sid: str
    lines: list[Line] = field(default_factory=list)
    answers_ms: list[float] = field(default_factory=list)
    first_word_ms: float | None = None
    sound: list[np.ndarray] = field(default_factory=list)
    sent: bytearray = field(default_factory=bytearray)  # the caller's mu-law
    spoken: list[tuple[int, int, str]] = field(default_factory=list)  # first and last sample of each text in ``sent``
    hung_up_by: str = ""
    typed: int = 0  # answers on keys in place of words, but for numbers and a yes or no
    seconds: float = 0.0
    processor_s: float = 0.0

    @property
    def conversation(self) -> str:
        return f"call-{self.call_sid}"


def rendered(scenario: Scenario) -> list[np.ndarray | None]:
    """The sound of each move, made before the call."""
    voice = CallerVoice(scenario)
    try:
        return [voice.render(move) if move.action in ("say", "audio") else None for move in scenario.moves]
    finally:
        voice.close()


async def play(
    scenario: Scenario,
    url: str,
    dialled: str,
    sounds: list[np.ndarray | None] | None = None,
    *,
    speed: float = 1.0,
    headers: dict[str, str] | None = None,
    watch: Callable[[Played], None] | None = None,
    wishes: Wishes | None = None,
) -> Played:
    """Make the call; a caller with ``wishes`` objects to what is said back wrongly.

    Raises:
        NoConnection: the bot is not there or refuses the socket.
        ScenarioError: a voice or a file of the script cannot be had.
    """
    sounds = sounds if sounds is not None else rendered(scenario)
    caller = ScriptedCaller(scenario, sounds, speed, wishes)
    if watch:
        watch(caller.played)
    try:
        async with connect(url, extra_headers=headers or {}, max_size=2**20, open_timeout=15) as socket:
            await caller.call(socket, dialled)
    except (OSError, InvalidHandshake, InvalidURI, asyncio.TimeoutError) as error:
        raise NoConnection(f"{url}: {error or type(error).__name__}") from None
    except ConnectionClosed:
        caller.played.hung_up_by = caller.played.hung_up_by or "bot"
    return caller.played


class ScriptedCaller:
    """The caller's side of one call. ``speed`` infinite: time passes as fast as the socket takes frames."""

    def __init__(
        self, scenario: Scenario, sounds: list[np.ndarray | None], speed: float, wishes: Wishes | None = None
    ) -> None:
        self._scenario, self._sounds, self._speed, self._wishes = scenario, sounds, speed, wishes
        self._voice = CallerVoice(scenario)
        self._noise = Noise(scenario.caller, scenario.folder)
        self.played = Played(uuid.uuid4().hex)
        self._stream = uuid.uuid4().hex
        self._now_ms = 0.0
        self._buffer: deque[tuple[str, Any]] = deque()  # ("sound", samples) and ("mark", name), in order
        self._asked: deque[str] = deque()
        self._again = self._type = self._check = False
        self._brief = False  # one dish, and no more, is wanted
        self._question = False  # the bot has put a question of its own, and not asked for the last words again
        self._last_prompt = ""
        self._answer = ""  # what the bot has said since the caller last did something
        self._answers = ""  # … since the script's last move
        self._read_back = ""  # what it has said since it began to read back
        self._own = ""  # what the caller said last that is not in the script
        self._objection = ""
        self._objections = 0
        self._at = 0
        self._repeats = 0
        self._saying = np.zeros(0, np.float32)
        self._talking = False
        self._spoke_until: float | None = None  # real time of the last sound of a spoken move
        self._ready_since = 0.0
        self._bot_since: float | None = None
        self._bot_text: list[str] = []
        self._silent_until = 0.0
        self._hung_up = False
        self._stopped = False

    async def call(self, socket: Any, dialled: str) -> None:
        """Until somebody hangs up; what the bot sends comes through the socket."""
        cpu = time.thread_time()
        listener = asyncio.create_task(self._listen(socket))
        try:
            await self.talk(socket, dialled)
        finally:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)
            self.played.processor_s = time.thread_time() - cpu

    async def talk(self, socket: Any, dialled: str) -> None:
        """Until somebody hangs up; what the bot sends is given to ``received`` meanwhile."""
        self._began = time.perf_counter()
        await socket.send(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
        said = {"to": dialled, "from": self._scenario.caller.number, "captions": "yes"}
        start = {"callSid": self.played.call_sid, "streamSid": self._stream, "customParameters": said}
        start["mediaFormat"] = {"encoding": "audio/x-mulaw", "sampleRate": "8000", "channels": "1"}
        await socket.send(json.dumps({"event": "start", "streamSid": self._stream, "start": start}))
        try:
            await self._talk(socket)
        finally:
            self._voice.close()
            self.played.seconds = time.perf_counter() - self._began

    def hung_up_by_bot(self) -> None:
        self._stopped = True
        self.played.hung_up_by = self.played.hung_up_by or "bot"

    async def _talk(self, socket: Any) -> None:
        chunk, due = 0, time.perf_counter()
        while not self._hung_up and not self._stopped:
            chunk += 1
            sound = self._own_sound() + self._noise.chunk(FRAME)
            encoded = audio.encode(sound)
            self.played.sent += encoded
            media = {"payload": base64.b64encode(encoded).decode(), "chunk": str(chunk), "track": "inbound"}
            media["timestamp"] = str(int(self._now_ms))
            await socket.send(json.dumps({"event": "media", "streamSid": self._stream, "media": media}))
            heard = await self._hear(socket)
            self.played.sound.append(sound + heard)
            self._now_ms += 20
            await self._decide(socket)
            waiting = not self._buffer and not self._talking and math.isfinite(self._speed)
            due = max(due + 0.02 / (1.0 if waiting else self._speed), time.perf_counter() - 0.5)
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
        if self._hung_up:
            self.played.hung_up_by = "caller"
            await socket.send(json.dumps({"event": "stop", "streamSid": self._stream, "stop": {}}))
        await self._say_bot()

    def _own_sound(self) -> np.ndarray:
        part, self._saying = self._saying[:FRAME], self._saying[FRAME:]
        if self._talking and not len(self._saying):
            self._talking = False
            self._spoke_until = time.perf_counter()
        return np.pad(part, (0, FRAME - len(part)))

    async def _hear(self, socket: Any) -> np.ndarray:
        """The next 20 ms of what the bot sent; marks that are passed go back."""
        heard = np.zeros(FRAME, np.float32)
        filled = 0
        while self._buffer and filled < FRAME:
            kind, value = self._buffer[0]
            if kind != "sound":
                self._buffer.popleft()
                await self._passed(socket, kind, value)
                continue
            take = value[: FRAME - filled]
            heard[filled : filled + len(take)] = take
            filled += len(take)
            if len(take) < len(value):
                self._buffer[0] = ("sound", value[len(take) :])
            else:
                self._buffer.popleft()
        if filled and self._bot_since is None:
            self._bot_since = self._now_ms
        while self._buffer and self._buffer[0][0] != "sound":
            await self._passed(socket, *self._buffer.popleft())
        return heard

    async def _passed(self, socket: Any, kind: str, value: Any) -> None:
        if kind == "mark":
            await self._mark(socket, value)
        elif value["from"] == "bot":
            self._bot_text.append(value["text"])
        else:
            self.played.lines.append(Line(int(self._now_ms), "understood", value["text"]))

    async def _mark(self, socket: Any, name: str) -> None:
        await self._echo(socket, name)
        kind, _, what = name.partition(":")
        if kind in ("ask", "again", "dish", "keys", "check", "still"):
            # Asked again with nothing said in between, what was answered has not been heard.
            self._again = kind in ("again", "dish") or (kind == "still" and not self._asked)
            self._type, self._check, self._question = kind == "keys", kind == "check", kind == "ask"
            self._brief = kind == "dish"
            self._last_prompt = " ".join(self._bot_text)
            self._asked.append(what)
            self._ready_since = self._now_ms
            self._bot_since = None
            await self._say_bot()

    async def _echo(self, socket: Any, name: str) -> None:
        await socket.send(json.dumps({"event": "mark", "streamSid": self._stream, "mark": {"name": name}}))

    async def _say_bot(self) -> None:
        if self._bot_text:
            asked = {"ask": self._asked[-1]} if self._asked else {}
            text = " ".join(self._bot_text)
            self.played.lines.append(Line(int(self._now_ms), "bot", text, asked))
            self._bot_text = []
            self._answer = f"{self._answer} {text}".strip()
            self._answers = f"{self._answers} {text}".strip()
            self._read_back = f"{self._read_back} {text}"
            self._read_back = self._read_back[max(0, self._read_back.rfind(READ_BACK)) :]

    async def _decide(self, socket: Any) -> None:
        """Whether it is time for the next move."""
        if self._talking or self._now_ms < self._silent_until:
            return
        moves = self._scenario.moves
        if (self._type or self._check) and self._at and not self._buffer:
            if self._now_ms - self._ready_since >= _REACTION_MS:
                await (self._types(socket) if self._type else self._checks(socket))
            return
        if self._wanted_again():
            if self._now_ms - self._ready_since >= _REACTION_MS:
                self._repeats += 1
                if words := self._other_words():
                    await self._say(socket, words)
                else:
                    self._at -= 1
                    await self._do(socket, moves[self._at])
            return
        if self._now_ms - self._ready_since >= _REACTION_MS and (words := self._what_is_wrong()):
            await self._object(socket, words)
            return
        if self._at >= len(moves):
            if self._now_ms - self._ready_since > _STAY_MS and not self._buffer:
                self._hung_up = True
            return
        self._skip_what_nobody_asks()
        move = moves[self._at]
        if move.after_ms is not None:
            ready = self._bot_since is not None and self._now_ms - self._bot_since >= move.after_ms
        elif move.when is not None:
            ready = self._was_asked(move.when)
        else:
            ready = not self._buffer or self._at == 0
            ready = ready and self._now_ms - self._ready_since >= _BACK_TO_BACK_MS
        if not ready:
            if words := self._unforeseen():
                await self._object(socket, words)
            elif self._now_ms - self._ready_since > _PATIENCE_MS and not self._buffer:
                self.played.lines.append(Line(int(self._now_ms), "caller", "", {"waited_in_vain_for": move.when}))
                self._hung_up = True
            return
        if move.when is not None and self._now_ms - self._ready_since < _REACTION_MS:
            return
        if self._would_agree_to_what_is_wrong(move):
            self.played.lines.append(Line(int(self._now_ms), "caller", "", {"gives_up": self._objection}))
            self._hung_up = True
            return
        self._repeats = 0
        await self._do(socket, move)

    def _what_is_wrong(self) -> str | None:
        """What is said to an answer of the bot's that shows that it has misunderstood."""
        if self._wishes is None or self._wishes.meek:
            return None
        if not (self._question and self._asked and self._at) or self._buffer:
            return None
        asked, last = self._asked[-1], self._scenario.moves[self._at - 1]
        following = self._scenario.moves[self._at] if self._at < len(self._scenario.moves) else None
        if asked == "confirm":
            agreeing = following or last  # who has nothing left to say would say yes once more
            wrong = self._would_agree_to_what_is_wrong(agreeing)
            return self._wishes.objection(self._read_back) if wrong else None
        if "what shall" in self._last_prompt.lower():
            if self._objection:
                return self._objection.removeprefix("no ")
            if last.when == "confirm" and last.words and not self._own:  # a correction that was taken for a no
                return last.again or last.words
        if asked == "order" and (lacking := self._wishes.still_lacking):
            self._wishes.still_lacking = ""
            return lacking
        if following is None or self._objections >= _OBJECTIONS:
            return None
        if self._wishes.closes(last) and asked == "order" and following.when != "order":
            return last.again or last.words
        if last.when not in ("order", None) or asked == "phone":
            return None
        if self._wishes.unheard(last, self._answers):
            return last.again or last.words
        if self._own and self._wishes.unheard(Move("say", self._own), self._answer):
            return self._own
        forgotten = self._wishes.forgotten(last, self._answers) if asked == "order" else None
        return self._wishes.contradiction(last, self._answer, self._answers) or forgotten

    def _would_agree_to_what_is_wrong(self, move: Move) -> bool:
        """Whether a yes comes next though the last read-back was wrong, and was objected to in vain."""
        if self._wishes is None or self._wishes.meek or move.when != "confirm":
            return False
        words = move.words.lower()
        agreeing = move.value == "1" or _AGREES.match(words) is not None or agrees(words)
        return agreeing and self._wishes.only_agrees(move) and self._wishes.objection(self._read_back) is not None

    def _unforeseen(self) -> str | None:
        """The answer to a question that the script does not foresee."""
        if self._wishes is None or self._wishes.meek or not (self._question and self._asked) or self._buffer:
            return None
        if self._now_ms - self._ready_since < _HESITATES_MS or self._objections >= _OBJECTIONS:
            return None
        return self._wishes.answer(self._last_prompt, self._asked[-1])

    async def _object(self, socket: Any, words: str) -> None:
        """Say what the script does not foresee; who has done so too often, or cannot, hangs up."""
        self._objections += 1
        self._objection = words if self._asked[-1] == "confirm" else ""
        if self._objections > _OBJECTIONS or not await self._say(socket, words):
            self.played.lines.append(Line(int(self._now_ms), "caller", "", {"gives_up": words}))
            self._hung_up = True

    async def _say(self, socket: Any, words: str) -> bool:
        """Say words of the caller's own; False where only recordings can be played, and none has these."""
        sound = await asyncio.to_thread(self._sound_of, words)
        if sound is None:
            return False
        await self._say_bot()
        self._acted()
        self._own, self._saying, self._talking = words, sound, True
        at = len(self.played.sent)
        self.played.spoken.append((at, at + len(sound), words))
        self.played.lines.append(Line(int(self._now_ms), "caller", words, {"unforeseen": True}))
        return True

    def _sound_of(self, words: str) -> np.ndarray | None:
        moves = self._scenario.moves
        recorded = {move.words: sound for move, sound in zip(moves, self._sounds) if move.action == "audio"}
        if not recorded:
            return self._voice.render(Move("say", words))
        parts = [words] if words in recorded else ["no", words.removeprefix("no ")]
        sounds = [trim(sound) for part in parts if (sound := recorded.get(part)) is not None]
        return np.concatenate(sounds) if len(sounds) == len(parts) else None

    async def _types(self, socket: Any) -> None:
        """What was said last and is wanted on the keys: a whole number, 1 for yes and 2 for no, or what keys there are."""
        moves = self._scenario.moves
        last = Move("say", self._own) if self._own else moves[self._at - 1]
        keys = last.keys
        if self._asked[-1] == "phone":
            keys = self._number()
            while self._at < len(moves) and moves[self._at].when == "phone":
                self._at += 1
        elif "for yes" not in self._last_prompt and self._wishes is not None:
            keys = self._wishes.keys(self._last_prompt, self._asked[-1], last)
        elif last.action == "say":
            keys = "1" if _AGREES.match(last.value.lower()) else "2"
        self.played.typed += self._asked[-1] not in ("phone", "confirm")
        await self._press(socket, keys)

    async def _checks(self, socket: Any) -> None:
        """Yes or no, by key, to a number or words that the bot says it has heard."""
        last = Move("say", self._own) if self._own else self._scenario.moves[self._at - 1]
        if self._wishes is not None:
            right = self._wishes.means(last, self._last_prompt)
        else:
            right = number_said(self._last_prompt) == self._number()
        await self._press(socket, "1" if right else "2")

    def _number(self) -> str:
        """The caller's own, as the script has it said or recorded."""
        moves = [move for move in self._scenario.moves if move.when == "phone"]
        return next((move.keys for move in moves if move.keys), "") or dictated(
            [move.value for move in moves if move.action == "say"]
        )

    def _wanted_again(self) -> bool:
        """Whether the bot asks for what was said last: people say it once more, a few times."""
        moves = self._scenario.moves
        if not (self._at and self._asked) or self._buffer or self._repeats >= _REPEATS:
            return False
        last = moves[self._at - 1]
        if last.action not in ("say", "audio", "dtmf"):
            return False
        if self._again:
            return True
        if self._own:
            return False
        following = moves[self._at].when if self._at < len(moves) else None
        asked = self._asked[-1]
        if asked == "confirm" and following is None:  # a yes that was not taken is said once more
            wrong = self._wishes is not None and not self._wishes.meek and self._wishes.objection(self._read_back)
            return self._question and not wrong
        return last.when == asked not in ("any", "order") and following not in (last.when, "any", None)

    def _skip_what_nobody_asks(self) -> None:
        """Go on to the answer that is wanted where those before it were answers to what the bot knows already."""
        moves, asked = self._scenario.moves, self._asked[-1] if self._asked else ""
        wanted = next((at for at in range(self._at, len(moves)) if moves[at].when not in ONE_ANSWER), len(moves))
        named = [at for at in range(self._at, min(wanted + 1, len(moves))) if moves[at].when == asked]
        if named and asked in (*ONE_ANSWER, "confirm") and not self._buffer:
            self._at = named[0]

    def _other_words(self) -> str:
        """How the last move is put this time; nothing if as the script has it."""
        last = self._scenario.moves[self._at - 1]
        if self._brief and self._wishes is not None and not self._wishes.meek:
            if brief := self._wishes.briefly(Move("say", self._own, last.when) if self._own else last):
                return brief
        again = last.again
        if self._own and self._own != again:
            return self._own
        return "" if self._own else again

    def _was_asked(self, when: str) -> bool:
        """Whether the newest question fits; ``any`` fits all. Later moves keep the questions that were not met."""
        if self._buffer or not self._asked:
            return False
        return when in ("any", self._asked[-1])

    async def _do(self, socket: Any, move: Move) -> None:
        await self._say_bot()
        sound = self._sounds[self._at]
        self._at += 1
        self._own = self._answers = ""
        self._acted()
        line = Line(int(self._now_ms), "caller", "")
        if sound is not None:
            self._saying, self._talking = sound, True
            at = len(self.played.sent)
            self.played.spoken += [(at + first, at + last, text) for first, last, text in parts_of(move.value, sound)]
            line.text = move.value
        elif move.action == "dtmf":
            line.details["dtmf"] = move.value
            await self._keys(socket, move.value)
        elif move.action == "silence_ms":
            line.details["silence_ms"] = move.value
            self._silent_until = self._now_ms + move.value
            self._ready_since = self._silent_until
        else:
            line.details["hangup"] = True
            self._hung_up = True
        self.played.lines.append(line)

    def _acted(self) -> None:
        self._again = self._type = self._check = self._question = False
        self._answer = ""
        self._asked.clear()
        self._ready_since, self._bot_since = self._now_ms, None

    async def _press(self, socket: Any, keys: str) -> None:
        """Keys that the script does not foresee."""
        await self._say_bot()
        self._acted()
        self.played.lines.append(Line(int(self._now_ms), "caller", "", {"dtmf": keys}))
        await self._keys(socket, keys)

    async def _keys(self, socket: Any, keys: str) -> None:
        for digit in keys:
            frame = {"event": "dtmf", "streamSid": self._stream, "dtmf": {"track": "inbound_track", "digit": digit}}
            await socket.send(json.dumps(frame))

    async def _listen(self, socket: Any) -> None:
        try:
            async for text in socket:
                await self.received(socket, json.loads(text))
        except ConnectionClosed:
            pass
        self.hung_up_by_bot()

    async def received(self, socket: Any, frame: dict[str, Any]) -> None:
        """A frame of the bot's: it is played, shown or marked in its turn."""
        event = frame.get("event")
        if event == "media":
            now = time.perf_counter()
            if self.played.first_word_ms is None:
                self.played.first_word_ms = (now - self._began) * 1000
            if self._spoke_until is not None and not self._talking:
                self.played.answers_ms.append((now - self._spoke_until) * 1000)
            self._spoke_until = None
            self._buffer.append(("sound", audio.decode(base64.b64decode(frame["media"]["payload"]))))
        elif event == "mark":
            self._buffer.append(("mark", frame["mark"]["name"]))
        elif event == "caption":
            self._buffer.append(("caption", frame["caption"]))
        elif event == "clear":
            marks = [value for kind, value in self._buffer if kind == "mark"]
            self._buffer.clear()
            self._bot_since = None
            for name in marks:
                await self._echo(socket, name)
