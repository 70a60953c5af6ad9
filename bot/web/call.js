// Phones the restaurant from the browser: the same frames as the telephone company's over a socket of our own.
const $ = id => document.getElementById(id);
const state = text => { $("state").textContent = text; };
let call = null;

function caption(from, text) {
  const item = document.createElement("li");
  item.className = from;
  item.textContent = text;
  item.setAttribute("aria-label", `${from === "guest" ? "You" : "Assistant"}: ${text}`);
  $("captions").append(item);
  $("captions").scrollTop = $("captions").scrollHeight;
}

const toBase64 = bytes => btoa(String.fromCharCode(...bytes));
const fromBase64 = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));

class Call {
  async start() {
    document.body.dataset.state = "talking";
    $("call").hidden = true;
    $("hangup").hidden = $("mute").hidden = false;
    $("captions").replaceChildren();
    $("hangup").focus();
    state("Connecting");
    let answer;
    try {
      this.microphone = await navigator.mediaDevices.getUserMedia(
        {audio: {echoCancellation: true, noiseSuppression: true, autoGainControl: true}});
    } catch {
      return this.end("No microphone. Allow it for this page, or order in the chat.");
    }
    try {
      const response = await fetch(`/call/session?place=${encodeURIComponent($("place").value)}`, {method: "POST"});
      answer = await response.json();
      if (!response.ok) return this.end(answer.error || "We cannot take calls right now.");
      this.context = new AudioContext();
      await this.context.audioWorklet.addModule("/static/call-worklet.js");
      await this.context.resume();
    } catch {
      return this.end("We cannot be reached right now.");
    }
    if (this.ended) return this.release();
    this.phone = new AudioWorkletNode(this.context, "telephone", {outputChannelCount: [1]});
    this.context.createMediaStreamSource(this.microphone).connect(this.phone).connect(this.context.destination);
    this.stream = crypto.randomUUID();
    this.socket = new WebSocket(`${location.origin.replace("http", "ws")}/call/media?token=${encodeURIComponent(answer.token)}`);
    this.socket.onopen = () => this.connected();
    this.socket.onmessage = ({data}) => this.take(JSON.parse(data));
    this.socket.onclose = () => this.end("Call ended");
    this.phone.port.onmessage = ({data}) => this.sound(data);
  }

  send(event, details) {
    if (this.socket.readyState === 1) this.socket.send(JSON.stringify({event, streamSid: this.stream, [event]: details}));
  }

  connected() {
    this.began = Date.now();
    this.ticking = setInterval(() => {
      const seconds = Math.floor((Date.now() - this.began) / 1000);
      $("clock").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    }, 500);
    this.socket.send(JSON.stringify({event: "connected", protocol: "Call", version: "1.0.0"}));
    this.send("start", {callSid: this.stream, streamSid: this.stream, mediaFormat: {encoding: "audio/x-mulaw", sampleRate: "8000", channels: "1"}});
    for (const key of $("keys").children) key.disabled = false;
    state("Connected");
    this.open = true;
  }

  // From the worklet: what the microphone heard, and how far the ear is.
  sound(data) {
    if (data.media && this.open) {
      this.chunk = (this.chunk || 0) + 1;
      this.send("media", {payload: toBase64(this.muted ? data.media.fill(255) : data.media), chunk: String(this.chunk), track: "inbound"});
    } else if (data.mark !== undefined) {
      this.send("mark", {name: data.mark});
      if (/^(ask|again|keys|check|still):/.test(data.mark) && data.played) state("Listening");
    } else if (data.caption) {
      caption(data.caption.from, data.caption.text);
      if (data.caption.from === "bot") state("Speaking");
    }
  }

  take(frame) {
    if (frame.event === "media") this.phone.port.postMessage({bytes: fromBase64(frame.media.payload)});
    else if (frame.event === "mark") this.phone.port.postMessage({mark: frame.mark.name});
    else if (frame.event === "clear") this.phone.port.postMessage({clear: true});
    else if (frame.event === "caption" && frame.caption.from === "guest") caption("guest", frame.caption.text);
    else if (frame.event === "caption") this.phone.port.postMessage({caption: frame.caption});
  }

  key(digit) {
    this.send("dtmf", {track: "inbound_track", digit});
    const button = [...$("keys").children].find(key => key.textContent === digit);
    button.classList.add("pressed");
    setTimeout(() => button.classList.remove("pressed"), 150);
  }

  mute() {
    this.muted = !this.muted;
    $("mute").setAttribute("aria-pressed", this.muted);
  }

  hangUp() {
    if (this.socket) this.send("stop", {});
    this.end("Call ended");
  }

  release() {
    this.microphone?.getTracks().forEach(track => track.stop());
    if (this.context?.state !== "closed") this.context?.close();
  }

  end(text) {
    if (this.ended) return;
    this.ended = true;
    clearInterval(this.ticking);
    this.socket?.close();
    this.release();
    call = null;
    for (const key of $("keys").children) key.disabled = true;
    document.body.dataset.state = "idle";
    $("hangup").hidden = $("mute").hidden = true;
    $("mute").setAttribute("aria-pressed", "false");
    $("call").hidden = false;
    $("call").textContent = "Call again";
    $("call").focus();
    state(text);
  }
}

for (const key of $("keys").children) {
  key.disabled = true;
  key.addEventListener("click", () => call?.key(key.textContent));
}
$("call").addEventListener("click", () => {
  if (!call) (call = new Call()).start();
});
$("hangup").addEventListener("click", () => call?.hangUp());
$("mute").addEventListener("click", () => call?.mute());
addEventListener("keydown", event => {
  if (call && /^[0-9*#]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) call.key(event.key);
  if (call && event.key === "Escape") call.hangUp();
});

const site = await (await fetch("/site.json")).json();
$("brand").textContent = document.title = site.name;
for (const place of site.places) $("place").append(new Option(place.name, place.id));
const wanted = new URLSearchParams(location.search).get("place");
if (site.places.some(place => place.id === wanted)) $("place").value = wanted;
$("place").closest("label").hidden = site.places.length < 2;
