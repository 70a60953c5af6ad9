"""The line: everything that calls share, and one running call between its socket and the dialogue."""

from __future__ import annotations

import asyncio
import base64
import logging
import os
import time
import uuid
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bot.core.restaurant import Place
from bot.core.turn import Alert, Conversation
from bot.phone import audio
from bot.phone.call import Ask, Call, Clear, HangUp, Heard, NeedPerson, Piece, Recognise, Reply, Say, Timing, take
from bot.phone.ears import Ears
from bot.phone.records import CallRecord, Recording, Records
from bot.phone.vad import WINDOW, Detector, Silero
from bot.phone.voice import Prompts, Voice, VoiceError, close, load_voice
from bot.settings import Settings
from bot.turns import TooFast, TurnFailed, Turns

log = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Awaitable[None]]
_STALLED_S = 20.0  # without a frame: Twilio sends fifty a second, silence too
_MEDIA_BYTES = 1600  # 200 ms in a frame out
_AT_A_TIME_BYTES = 8_000  # a second of sound in one go, when the machine lags behind
_NOTHING: tuple[str, Any] = ("", None)
_FAILURES_OF_THE_VOICE = 3  # in one call
_INBOX_EVENTS = 500  # ten seconds of media; more waits in the socket


class NoPhone(RuntimeError):
    """Calls cannot be taken; the message says why."""


@dataclass(frozen=True)
class Caller:
    """Who calls: the conversation's id, what was dialled, and the caller's own number where it is known (E.164)."""

    id: str
    place: str | None = None
    number: str | None = None
    dialled: str | None = None
    captions: bool = False  # the other side shows what is said


class Line:
    """The recogniser, the voice, and how many calls there may be at once."""

    def __init__(
        self,
        settings: Settings,
        turns: Turns,
        *,
        ears: Ears | None = None,
        voice: Voice | None = None,
        timing: Timing | None = None,
    ) -> None:
        self.settings, self.turns, self.timing = settings, turns, timing or Timing()
        self.max_calls = settings.max_calls
        self.calls: dict[str, RunningCall] = {}
        self.records = Records(turns.store, settings.var / "calls")
        # Recognition takes long: what must not wait for it (voice activity, the voice, the database) has other threads.
        self.pool = ThreadPoolExecutor(16, "phone")
        self.recognition = ThreadPoolExecutor(max(1, (os.cpu_count() or 2) - 1), "recognition")
        self._ears, self._voice = ears, voice
        self._vad: Silero | None = None
        self._prompts: Prompts | None = None
        self._preparing = asyncio.Lock()

    def hear_with(self, ears: Any) -> None:
        """Use these ears instead of a recogniser; before the first call."""
        self._ears = ears

    def speak_with(self, voice: Voice) -> None:
        """Use this voice; before the first call."""
        self._voice = voice

    @property
    def busy(self) -> bool:
        return len(self.calls) >= self.max_calls

    async def ready(self) -> tuple[Ears, Prompts]:
        """The recogniser and the voice, loaded at the first call or before it.

        Raises:
            NoPhone: there is no voice or no recogniser.
        """
        async with self._preparing:
            if self._prompts is None:
                await asyncio.get_running_loop().run_in_executor(self.pool, self._prepare)
        assert self._ears is not None and self._prompts is not None
        return self._ears, self._prompts

    def _prepare(self) -> None:
        from speech.engines import load_engine

        house = self.turns.keeper.house
        try:
            self._vad = self._vad or Silero()
            self._voice = self._voice or load_voice(self.settings.voice or None)
            if self._ears is None:
                self._ears = Ears(load_engine(), self.settings.menu)
                self._ears.prepare(house)
            prompts = Prompts(self._voice, self.settings.var / "voice")
            for place in (None, *house.restaurant.places):
                for piece in _pieces(self.greeting(place)):
                    prompts.say(piece)
        except (VoiceError, ValueError, OSError) as error:
            raise NoPhone(f"the phone line cannot take calls: {error}") from None
        self._prompts = prompts

    def greeting(self, place: Place | None) -> Reply:
        """The first words: who this is, that it is a machine, and what is kept of the call."""
        name = self.turns.keeper.house.restaurant.name
        where = f"{name}, {place.name}" if place else name
        kept = "This call is recorded." if self.settings.record_calls else "I write down what you say."
        return Reply(f"{where}, the automatic assistant. {kept} What would you like?", ordered=False)

    def listener(self) -> Detector:
        assert self._vad is not None
        return self._vad.listener()

    def place_of(self, dialled: str | None) -> Place | None:
        """The place whose number was dialled; the only one, when there is one."""
        places = self.turns.keeper.house.restaurant.places
        wanted = "".join(c for c in dialled or "" if c.isdecimal())
        found = [p for p in places if wanted and "".join(c for c in p.phone if c.isdecimal())[-10:] == wanted[-10:]]
        return found[0] if found else places[0] if len(places) == 1 else None

    def close(self) -> None:
        for call in list(self.calls.values()):
            call.end()
        for pool in (self.pool, self.recognition):
            pool.shutdown(wait=False, cancel_futures=True)
        if self._voice is not None:
            close(self._voice)


@dataclass
class RunningCall:
    """One call: events of its socket in ``inbox`` (None is its end), frames out through ``send``."""

    line: Line
    caller: Caller
    stream: str
    send: Send
    call: Call = field(init=False)
    inbox: asyncio.Queue[tuple[str, Any] | None] = field(default_factory=lambda: asyncio.Queue(_INBOX_EVENTS))
    outcome: str = "hung up"
    transfer: bool = False

    def __post_init__(self) -> None:
        line = self.line
        house = line.turns.keeper.house
        place = house.restaurant.place(self.caller.place)
        self.call = Call(
            line.greeting(place),
            transfer=bool(line.settings.transfer_to),
            number=self.caller.number,
            timing=line.timing,
            menu={item.id: (item.title, *item.names) for item in house.menu.items},
        )
        self._generation = 0
        self._outbox: asyncio.Queue[tuple[int, Any]] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._unheard = bytearray()  # less than a window
        self._pending = np.zeros(0, np.float32)
        self._recording = Recording() if self.line.settings.record_calls else None
        self._asked_at: float | None = None  # when the turn became the bot's, until its first sound
        self._began = time.monotonic()
        self._lines: list[dict[str, Any]] = []  # of the order, after the last turn

    async def run(self) -> None:
        """From the greeting to the end of the call, whoever ends it."""
        await self.begin()
        speaker = asyncio.create_task(self._speak())
        speaker.add_done_callback(lambda _: self.end())  # a socket that takes no more sound is no call
        try:
            while not self.call.over:
                try:
                    event = await asyncio.wait_for(self.inbox.get(), _STALLED_S)
                except asyncio.TimeoutError:
                    self.outcome = "stalled"
                    break
                if event is not None and event[0] == "media":
                    sound = bytearray(event[1])
                    event = self._more_media(sound)
                    await self._hear(bytes(sound))
                if event is None:
                    break
                await self._take(event)
        finally:
            await _stopped({speaker, *self._tasks})
            await self.finish()

    async def begin(self) -> None:
        """Have the greeting said."""
        self._ears, self._prompts = await self.line.ready()
        self._listener = self.line.listener()
        await self._in_thread(self._begin)
        self.call.start()
        await self._carry_out()

    async def step(self, event: tuple[str, Any] | None = None) -> None:
        """Take one event and do all that follows from it: for a caller whose time stands still meanwhile."""
        if event is not None and event[0] == "media":
            await self._hear(event[1])
        elif event is not None:
            await self._take(event)
        while self._tasks or not self._outbox.empty():
            if self._outbox.empty():
                await asyncio.gather(*self._tasks)
            else:
                await self._speak_piece(*self._outbox.get_nowait())

    async def finish(self) -> None:
        """Write the call down."""
        try:
            await self._in_thread(self._finish)
        except RuntimeError:  # the line is being shut down
            self._finish()

    def end(self) -> None:
        """Stop as soon as possible."""
        while self.inbox.full():
            self.inbox.get_nowait()
        self.inbox.put_nowait(None)

    # In

    def _more_media(self, sound: bytearray) -> tuple[str, Any] | None:
        """Add what has come meanwhile to ``sound``; the first event that is no media, or ``_NOTHING``."""
        while len(sound) < _AT_A_TIME_BYTES and not self.inbox.empty():
            event = self.inbox.get_nowait()
            if event is None or event[0] != "media":
                return event
            sound += event[1]
        return _NOTHING

    async def _hear(self, sound: bytes) -> None:
        """The caller's mu-law, at least a window of it at a time, to the call."""
        if self._recording:
            self._recording.caller += sound
        self._unheard += sound
        if len(self._unheard) < WINDOW:
            return
        samples = audio.decode(bytes(self._unheard))
        self._unheard.clear()
        probabilities = await self._in_thread(self._listener.hear, samples)
        self._pending = np.concatenate([self._pending, samples])
        for probability in probabilities:
            window, self._pending = self._pending[:WINDOW], self._pending[WINDOW:]
            self.call.hear(window, probability)
            await self._carry_out()

    async def _take(self, event: tuple[str, Any]) -> None:
        kind, value = event
        if kind == "mark":
            self.call.mark(value)
        elif kind == "dtmf":
            self.call.key(value)
        await self._carry_out()

    async def _carry_out(self) -> None:
        for command in take(self.call):
            if isinstance(command, Say):
                for piece in command.pieces:
                    self._outbox.put_nowait((self._generation, piece))
            elif isinstance(command, Clear):
                self._generation += 1
                if self._recording:
                    self._recording.cut()
                await self.send({"event": "clear", "streamSid": self.stream})
            elif isinstance(command, Recognise):
                self._spawn(self._recognise(command))
            elif isinstance(command, Ask):
                self._asked_at = time.perf_counter()
                self._spawn(self._ask(command))
            elif isinstance(command, NeedPerson):
                await self._in_thread(self._call_person, command)
                self.line.turns.hub.board_changed()
            elif isinstance(command, HangUp):
                self.outcome, self.transfer = command.reason, command.transfer
                self.end()

    async def _recognise(self, wanted: Recognise) -> None:
        began = time.perf_counter()
        house = self.line.turns.keeper.house
        try:
            loop, pool = asyncio.get_running_loop(), self.line.recognition
            said = wanted.samples, wanted.expecting, house, wanted.situation
            heard = await loop.run_in_executor(pool, self._ears.hear, *said)
        except Exception:
            log.exception("recognition failed")
            heard = Heard("", 0.0)
        self.call.transcript(wanted.id, replace(heard, decode_ms=_ms(began)))
        await self._carry_out()

    async def _ask(self, wanted: Ask) -> None:
        began = time.perf_counter()
        await self._caption("guest", wanted.text)
        turns, row = self.line.turns, self.call.utterances[-1] if self.call.utterances else None
        try:
            answer = await turns.say(
                self.caller.id, uuid.uuid4().hex, wanted.text, channel="phone", place=self.caller.place
            )  # fmt: skip
            text = " ".join(message["text"] for message in answer.messages)
            buttons = [button for message in answer.messages for button in message["extras"].get("buttons", ())]
            reply = await self._in_thread(self._reply, text, tuple(button["say"] for button in buttons))
        except (TurnFailed, TooFast) as error:
            log.error("turn of a call failed: %s", error)
            self.call.failed(wanted.id)
        else:
            if row is not None:
                row.stages["dialogue"] = _ms(began)
            self.call.reply(wanted.id, reply)
        await self._carry_out()

    def _reply(self, text: str, choices: tuple[str, ...]) -> Reply:
        """The dialogue's state after a turn, as far as a call needs it."""
        with self.line.turns.store.transaction(self.line.turns.keeper.house.restaurant) as tx:
            conversation = tx.conversation(self.caller.id)
            alerts = [row["kind"] for row in tx.open_alerts() if row["conversation"] == self.caller.id]
            cart, placed = tx.cart(self.caller.id), tx.placed(self.caller.id)
        assert conversation is not None
        before, self._lines = self._lines, [line.as_json() for line in cart.wanted] if cart else []
        return Reply(
            text or "One moment, please.",
            conversation.expecting,
            conversation.checkout,
            person=conversation.handoff is not None,
            emergency="emergency" in alerts,
            done=conversation.expecting is None and placed is not None and not (cart and cart.lines),
            ordered=bool(placed or (cart and cart.lines)),
            dishes=tuple(sorted({line.item for line in cart.wanted})) if cart else (),
            changed=self._lines != before and bool(self._lines),
            choices=choices,
        )

    # Out

    async def _speak(self) -> None:
        failures = 0
        while failures < _FAILURES_OF_THE_VOICE:
            failures += not await self._speak_piece(*await self._outbox.get())
        self.outcome = "no voice"
        self.end()

    async def _speak_piece(self, generation: int, piece: Piece) -> bool:
        """Send the sound of a piece, unless it was cleared meanwhile; whether the voice could say it."""
        if generation != self._generation:
            self.call.dropped(piece.mark)
            return True
        said = self._prompts.cached(piece.text)
        began = time.perf_counter()
        able = True
        if said is None:
            try:
                said = await self._in_thread(self._prompts.say, piece.text)
            except VoiceError as error:
                log.error("%s", error)
                able, said = False, b""
        if generation != self._generation:
            self.call.dropped(piece.mark)
            return able
        if self._asked_at is not None:
            self._stage("synthesis", began)
            self._stage("processing", self._asked_at)
            self._asked_at = None
        for at in range(0, len(said), _MEDIA_BYTES):
            payload = base64.b64encode(said[at : at + _MEDIA_BYTES]).decode()
            await self.send({"event": "media", "streamSid": self.stream, "media": {"payload": payload}})
        self.call.spoken(piece.mark, max(1.0, len(said) / 8))
        if self._recording:
            self._recording.bot_says(said)
        await self._caption("bot", piece.text, piece.mark)
        await self.send({"event": "mark", "streamSid": self.stream, "mark": {"name": piece.mark}})
        return able

    async def _caption(self, who: str, text: str, mark: str = "") -> None:
        """What is said, for our own page and our own callers; Twilio knows no such frame."""
        if self.caller.captions:
            await self.send({"event": "caption", "caption": {"from": who, "text": text, "mark": mark}})

    # The database

    def _begin(self) -> None:
        turns, caller = self.line.turns, self.caller
        now = turns.clock()
        with turns.store.transaction(turns.keeper.house.restaurant) as tx:
            if tx.conversation(caller.id) is None:
                conversation = Conversation(caller.id, "phone", caller.place, phone=caller.number or "")
                tx.save_conversation(conversation, now)
                tx.add_message(caller.id, "bot", self.call._greeting.text, now)

    def _call_person(self, wanted: NeedPerson) -> None:
        turns = self.line.turns
        now = turns.clock()
        with turns.store.transaction(turns.keeper.house.restaurant) as tx:
            conversation = tx.conversation(self.caller.id)
            if conversation is not None and conversation.handoff is None:
                conversation.handoff = "waiting"
                tx.save_conversation(conversation, now)
            if wanted.number:
                tx.add_alert(Alert("callback", f"Ring back {wanted.number}: {wanted.reason}"), self.caller.id, now)

    def _finish(self) -> None:
        record = CallRecord.of(self, time.monotonic() - self._began)
        self.line.records.save(record, self._recording, self.line.turns.clock())

    def _stage(self, name: str, began: float) -> None:
        if self.call.utterances:
            self.call.utterances[-1].stages[name] = _ms(began)

    def _spawn(self, job: Any) -> None:
        task = asyncio.create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _in_thread(self, job: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.line.pool, job, *arguments)


async def _stopped(tasks: set[asyncio.Task[None]]) -> None:
    """Cancel until all have ended: a cancellation that meets the end of a ``wait_for`` is lost in Python 3.10."""
    while tasks:
        for task in tasks:
            task.cancel()
        _, tasks = await asyncio.wait(tasks, timeout=0.1)


def _pieces(reply: Reply) -> list[str]:
    from bot.core import spoken

    return spoken.pieces(reply.text)


def _ms(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)
