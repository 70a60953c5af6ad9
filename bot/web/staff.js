/* The staff board: draws each snapshot that /staff/socket sends, and posts what staff decide.
 *
 * A snapshot is the whole truth; parts that did not change keep their nodes, so a half-typed reply and the focus stay.
 */

const $ = (id) => document.getElementById(id);
const SILENT_MS = 50_000; // the server sends a snapshot every 20 s even when nothing changes
const LONGEST_WAIT_MS = 8_000;
const SIGN_IN_FIRST = 4401; // the code with which the server closes a socket without a login
const NEXT = {
  confirmed: ["preparing", "Start preparing"],
  preparing: ["ready", "Mark as ready"],
  ready: ["done", "Handed over"],
};
const REASONS = ["An item is sold out", "We are closing", "Too busy right now", "The guest asked for it"];
const CHANNELS = { chat: "Web", phone: "Phone", sms: "Text", rest: "App" };
const KINDS = { emergency: "Emergency", late: "Late", complaint: "Complaint", file: "File", text: "Text" };

export let board = null; // the last snapshot
let known = null; // ids seen so far, to notice what is new
let skew = 0; // server clock minus ours, in ms

/** A node; strings become text, never markup. */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return node;
}

const remembered = {
  get(key) {
    try {
      return localStorage.getItem(`board ${key}`) || "";
    } catch {
      return "";
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(`board ${key}`, value);
    } catch {
      /* no storage: asked again next time */
    }
  },
};

const now = () => Date.now() + skew;
const minutesSince = (iso) => Math.max(0, Math.floor((now() - Date.parse(iso)) / 60_000));
const HOUR = { hour: "numeric", minute: "2-digit" };
export const clock = (moment) => new Date(moment).toLocaleTimeString([], { ...HOUR, timeZone: board?.zone }); // the house's
const wallClock = (iso) => new Date(iso.slice(0, 19)).toLocaleTimeString([], HOUR); // of the place that the time is for
const money = (cents) => (cents / 100).toLocaleString(undefined, { style: "currency", currency: board.currency || "USD" });

/* ------------------------------------------------------------ connection */

let socket = null;
let failures = 0;
let retry = 0;
let lastFrame = 0;

function connect() {
  clearTimeout(retry);
  lastFrame = Date.now();
  const mine = (socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/staff/socket`));
  mine.onmessage = (event) => {
    if (mine !== socket) return;
    lastFrame = Date.now();
    const frame = JSON.parse(event.data);
    if (frame.type !== "board") return;
    failures = 0;
    showLine(true);
    take(frame);
  };
  mine.onclose = (event) => {
    if (event.code === SIGN_IN_FIRST) location.assign("/staff/login");
    else if (mine === socket) lose();
  };
}

function lose() {
  const old = socket;
  socket = null;
  old?.close();
  failures += 1;
  showLine(false);
  clearTimeout(retry);
  retry = setTimeout(connect, Math.min(LONGEST_WAIT_MS, 500 * 2 ** Math.min(failures, 5)) * (0.5 + Math.random() / 2));
}

/** A socket can look alive long after the network has gone. */
function watch() {
  if (socket && Date.now() - lastFrame > SILENT_MS) lose();
}

function showLine(up) {
  document.body.dataset.line = up ? "open" : "lost";
  $("line").textContent = up ? "Live" : "Not connected";
  if (up) {
    $("lost").hidden = true;
  } else if ($("lost").hidden) {
    $("lost").hidden = false;
    $("lost").textContent = board
      ? `Connection lost at ${clock(new Date())}. New orders do not arrive here; trying again…`
      : "No connection to the restaurant's server; trying again…";
  }
}

async function post(path, body) {
  let text = "That did not reach the server. Please try again.";
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Requested-With": "staff" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    if (answer.ok) return true;
    if (answer.status === 401) location.assign("/staff/login");
    text = (await answer.json().catch(() => ({}))).error || `The server refused (${answer.status}).`;
  } catch {
    /* said below */
  }
  toast(text);
  return false;
}

/** Post once for each press: the button rests until there is an answer. */
export function presses(path, body) {
  return async (event) => {
    const button = event.currentTarget;
    button.disabled = true;
    await post(path, typeof body === "function" ? body() : body);
    button.disabled = false;
  };
}

let toastTimer;
function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => ($("toast").hidden = true), 6000);
}

/* ----------------------------------------------------------------- sound */

let audio = null;
let wantsSound = remembered.get("sound") === "on";

function showSound() {
  const on = wantsSound && audio?.state === "running";
  $("sound").setAttribute("aria-pressed", String(on));
  $("sound").textContent = on ? "Sound is on" : wantsSound ? "Tap for sound" : "Sound is off";
}

/** Browsers allow sound only after a touch or a key, so each first one on the page wakes it. */
async function wakeSound() {
  if (!wantsSound || audio?.state === "running") return;
  audio = audio || new AudioContext();
  await audio.resume();
  showSound();
}

function tone(hz, at, length, loudness) {
  const oscillator = new OscillatorNode(audio, { type: "triangle", frequency: hz });
  const gain = new GainNode(audio, { gain: 0 });
  const start = audio.currentTime + at;
  gain.gain.linearRampToValueAtTime(loudness, start + 0.015);
  gain.gain.exponentialRampToValueAtTime(0.001, start + length);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(start);
  oscillator.stop(start + length);
}

const TUNES = {
  order: [[659, 0, 0.5], [784, 0.16, 0.5], [1047, 0.32, 0.9]],
  guest: [[523, 0, 0.35], [523, 0.25, 0.6]],
  emergency: [[988, 0, 0.22], [740, 0.22, 0.22], [988, 0.44, 0.22], [740, 0.66, 0.4]],
};

function play(tune) {
  document.body.dataset.played = tune;
  if (!wantsSound || audio?.state !== "running") return;
  for (const [hz, at, length] of TUNES[tune]) tone(hz, at, length, tune === "emergency" ? 0.5 : 0.32);
}

$("sound").addEventListener("click", async () => {
  wantsSound = !(wantsSound && audio?.state === "running");
  remembered.set("sound", wantsSound ? "on" : "off");
  if (wantsSound) {
    await wakeSound();
    play("order");
  }
  showSound();
});
for (const gesture of ["pointerdown", "keydown"]) {
  document.addEventListener(gesture, (event) => event.target !== $("sound") && wakeSound());
}

/* -------------------------------------------------------------- snapshot */

function take(snapshot) {
  board = snapshot;
  skew = Date.parse(snapshot.now) - Date.now();
  const present = {
    order: snapshot.orders.filter((order) => order.status === "confirmed").map((order) => order.id),
    guest: snapshot.handoffs.map((talk) => `${talk.conversation} ${talk.since}`),
    emergency: snapshot.alerts.filter((alert) => alert.kind === "emergency").map((alert) => alert.id),
  };
  const fresh = {};
  for (const kind of Object.keys(present)) {
    fresh[kind] = new Set(known ? present[kind].filter((id) => !known[kind].has(String(id))) : []);
    if (fresh[kind].size) play(kind);
  }
  // Ids are kept, not only the present ones: an order set back to "new" is no news.
  known = Object.fromEntries(
    Object.entries(present).map(([kind, ids]) => [kind, new Set([...(known?.[kind] || []), ...ids.map(String)])]),
  );
  draw(fresh);
}

function draw(fresh = {}) {
  if (!board) return;
  showPlaces();
  const place = $("place").value;
  const orders = board.orders.filter((order) => !place || order.place === place);
  for (const status of Object.keys(NEXT)) {
    const here = orders.filter((order) => order.status === status).sort((a, b) => dueOf(a) - dueOf(b));
    $(`n-${status}`).textContent = here.length;
    fill($(status), here, (order) => order.id, orderCard, status === "confirmed" ? "No new orders" : "Nothing here");
  }
  for (const id of fresh.order || []) flash($("confirmed").querySelector(`[data-key="${CSS.escape(id)}"]`));
  const name = board.places.find((each) => each.id === place)?.name;
  const carts = board.carts.filter((cart) => !place || cart.place_name === name);
  fill($("carts"), carts, (cart) => cart.conversation, cartCard, "Nobody is ordering just now");
  const talks = [...board.handoffs].sort((a, b) => (a.state === b.state ? Date.parse(a.since) - Date.parse(b.since) : a.state === "waiting" ? -1 : 1));
  fill($("talks"), talks, (talk) => talk.conversation, talkCard, "Nobody is waiting", updateTalk);
  showAlerts();
  showItems();
  const news = orders.filter((order) => order.status === "confirmed").length;
  const waiting = talks.filter((talk) => talk.state === "waiting").length;
  count("talks", waiting);
  count("carts", carts.length);
  count("orders", news);
  document.dispatchEvent(new CustomEvent("board", { detail: { place } }));
  document.title = `${news + waiting ? `(${news + waiting}) ` : ""}Staff board`;
  tick();
}

const dueOf = (order) => Date.parse(order.due || order.created);

export function count(part, n) {
  $(`tab-${part}`).textContent = n || "";
  if ($(`n-${part}`)) $(`n-${part}`).textContent = n || "";
}

/** Make a list show these things in this order, keeping the nodes of those that did not change. */
export function fill(list, things, keyOf, make, empty, update) {
  const old = new Map([...list.children].map((node) => [node.dataset.key, node]));
  const focused = document.activeElement;
  const nodes = things.map((thing) => {
    const key = String(keyOf(thing));
    const look = JSON.stringify(thing);
    const before = old.get(key);
    if (before?.look === look) return before;
    let node = before;
    if (before && update) {
      update(before, thing);
    } else {
      node = make(thing);
      node.dataset.key = key;
      if (before?.contains(focused) && focused.dataset.do) {
        queueMicrotask(() => node.querySelector(`[data-do="${focused.dataset.do}"]`)?.focus());
      }
    }
    node.look = look;
    return node;
  });
  if (!nodes.length) nodes.push(old.get("") || h("p", { class: "empty", "data-key": "" }, empty));
  for (const node of old.values()) if (!nodes.includes(node)) node.remove();
  nodes.forEach((node, i) => {
    if (list.children[i] !== node) move(node, list, list.children[i] || null);
  });
}

/** Put a node elsewhere; browsers forget the focus when a node moves. */
function move(node, list, before) {
  const focused = node.contains(document.activeElement) && document.activeElement;
  list.insertBefore(node, before);
  if (focused) focused.focus({ preventScroll: true });
}

function flash(node) {
  node?.classList.add("flash");
  node?.addEventListener("animationend", () => node.classList.remove("flash"), { once: true });
}

function showPlaces() {
  const select = $("place");
  $("pick").hidden = board.places.length < 2;
  if (select.options.length !== board.places.length + 1) {
    const chosen = select.value || remembered.get("place");
    select.replaceChildren(
      h("option", { value: "" }, "All places"),
      ...board.places.map((each) => h("option", { value: each.id, selected: each.id === chosen }, each.name)),
    );
  }
}

/* ---------------------------------------------------------------- orders */

function linesOf(lines) {
  return h(
    "ul",
    { class: "lines" },
    lines.map((line) =>
      h(
        "li",
        {},
        h("b", { class: "n" }, `${line.quantity}×`),
        h(
          "span",
          {},
          h("b", {}, line.title),
          line.options.length > 0 && h("small", {}, line.options.join(", ")),
          line.note && h("em", {}, `“${line.note}”`),
        ),
      ),
    ),
  );
}

function orderCard(order) {
  const [next, label] = NEXT[order.status];
  const at = `/staff/orders/${encodeURIComponent(order.id)}/status`;
  return h(
    "article",
    { class: `card order ${order.late ? "late" : ""}`, "aria-label": `Order ${order.number}` },
    h(
      "header",
      {},
      h("h3", {}, `#${order.number}`),
      h("span", { class: "chip way" }, order.type === "delivery" ? "Delivery" : "Pickup"),
      order.due && h("span", { class: "due", "data-due": order.due }),
    ),
    order.late &&
      h("p", { class: "warn" }, order.status === "confirmed" ? `Nobody has touched this for ${order.untouched_min} min` : "This order is late"),
    order.allergy_note && h("p", { class: "allergy" }, h("b", {}, "ALLERGY "), order.allergy_note),
    linesOf(order.lines),
    order.note && h("p", { class: "note" }, order.note),
    order.type === "delivery" && order.address && h("p", { class: "address" }, order.address),
    h(
      "p",
      { class: "who" },
      h("b", {}, order.guest?.name || "Guest"),
      order.guest?.phone && h("a", { href: `tel:${order.guest.phone.replace(/[^+\d]/g, "")}` }, order.guest.phone),
    ),
    h(
      "p",
      { class: "meta" },
      [order.place_name, CHANNELS[order.channel] || order.channel, money(order.total_cents)].filter(Boolean).join(" · "),
      " · ",
      h("span", { "data-since": order.created }),
    ),
    h(
      "div",
      { class: "row" },
      h("button", { class: "act main", type: "button", "data-do": "next", onclick: presses(at, { status: next }) }, label),
      h(
        "button",
        { class: "act quiet", type: "button", "data-do": "cancel", "aria-label": `Cancel order ${order.number}`, onclick: () => askCancel(order, at) },
        "Cancel",
      ),
    ),
  );
}

function askCancel(order, at) {
  const dialog = $("cancel");
  $("cancel-title").textContent = `Cancel order #${order.number}?`;
  $("reason").value = "";
  dialog.returnValue = "";
  dialog.onclose = () => {
    if (dialog.returnValue === "cancel") post(at, { status: "cancelled", reason: $("reason").value.trim() });
  };
  dialog.showModal();
}

$("reasons").append(
  ...REASONS.map((text) => h("button", { class: "chip", type: "button", onclick: () => ($("reason").value = text) }, text)),
);

function cartCard(cart) {
  return h(
    "article",
    { class: "card cart" },
    h(
      "header",
      {},
      h("h3", {}, cart.place_name || "No place chosen yet"),
      h("span", { class: "due" }, money(cart.total_cents)),
    ),
    linesOf(cart.lines),
    h("p", { class: "meta" }, "last change ", h("span", { "data-since": cart.updated })),
  );
}

/* -------------------------------------------------------------- hand-offs */

const SPEAKER = { guest: "Guest", bot: "Assistant", staff: "We" };
const drafts = new Map(); // conversation: the id of the reply under way, so that pressing twice says it once

function talkCard(talk) {
  const at = `/staff/handoffs/${encodeURIComponent(talk.conversation)}`;
  // Laid out from its end in CSS, so the newest words show without any scrolling of ours.
  const thread = h(
    "div",
    { class: "thread", role: "region", "aria-label": "Conversation", tabindex: "0" },
    h("div", { class: "said-list", role: "log" }),
  );
  const box = h("textarea", {
    rows: "2",
    maxlength: "2000",
    placeholder: "Write to the guest…",
    "aria-label": "Reply to the guest",
    onkeydown: (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
    },
  });
  const send = h("button", { class: "act main", type: "submit" }, "Send");
  const form = h(
    "form",
    {
      class: "reply",
      onsubmit: async (event) => {
        event.preventDefault();
        const text = box.value.trim();
        if (!text || send.disabled) return;
        send.disabled = true;
        if (drafts.get(talk.conversation)?.text !== text) drafts.set(talk.conversation, { text, id: newId() });
        if (await post(`${at}/reply`, { message_id: drafts.get(talk.conversation).id, text })) {
          drafts.delete(talk.conversation);
          box.value = "";
        }
        send.disabled = false;
        box.focus();
      },
    },
    box,
    send,
  );
  const node = h(
    "article",
    { class: "card talk" },
    h("header", {}, h("h3", { class: "state" }), h("span", { class: "due", "data-since": talk.since })),
    h("p", { class: "reason" }),
    thread,
    form,
    h(
      "div",
      { class: "row" },
      h(
        "button",
        {
          class: "act main take",
          type: "button",
          "data-do": "take",
          onclick: async (event) => {
            await presses(`${at}/take`, {})(event);
            box.focus();
          },
        },
        "I'll take it",
      ),
      h("button", { class: "act quiet", type: "button", "data-do": "give", onclick: presses(`${at}/give_back`, {}) }, "Give back to the assistant"),
    ),
  );
  updateTalk(node, talk);
  return node;
}

function updateTalk(node, talk) {
  const taken = talk.state === "taken";
  node.classList.toggle("waiting", !taken);
  node.querySelector(".state").textContent = taken ? "With us" : "Waiting for a person";
  node.querySelector(".reason").textContent = talk.reason;
  node.querySelector(".take").hidden = taken;
  node.querySelector(".reply").hidden = !taken;
  const thread = node.querySelector(".said-list");
  const have = new Set([...thread.children].map((each) => each.dataset.seq));
  for (const message of talk.messages) {
    if (have.has(String(message.seq))) continue;
    thread.append(
      h(
        "p",
        { class: `said ${message.from}`, "data-seq": message.seq },
        h("b", {}, SPEAKER[message.from]),
        h("span", {}, plain(message)),
        h("time", { datetime: message.time }, clock(message.time)),
      ),
    );
  }
}

/** The assistant writes light Markdown for the guest; staff read it as plain text. */
function plain({ from, text }) {
  return from === "bot" ? text.replace(/\*\*([^*\n]+)\*\*/g, "$1").replace(/\*([^*\s][^*\n]*)\*/g, "$1") : text;
}

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

/* ---------------------------------------------------------------- alerts */

function showAlerts() {
  const emergencies = board.alerts.filter((alert) => alert.kind === "emergency");
  const others = board.alerts.filter((alert) => alert.kind !== "emergency");
  for (const [list, alerts] of [[$("emergencies"), emergencies], [$("alerts"), others]]) {
    list.hidden = !alerts.length;
    fill(list, alerts, (alert) => alert.id, alertRow, "");
    if (!alerts.length) list.replaceChildren();
  }
}

function alertRow(alert) {
  return h(
    "div",
    { class: `alert ${alert.kind}` },
    h("b", {}, KINDS[alert.kind] || alert.kind),
    h("span", {}, alert.text),
    h("small", { "data-since": alert.time }),
    // A faulty file stays faulty until it is mended, seen or not.
    alert.kind !== "file" && h(
      "button",
      { class: "act", type: "button", "data-do": "ack", "aria-label": `Seen: ${alert.text}`, onclick: presses(`/staff/alerts/${encodeURIComponent(alert.id)}/ack`, {}) },
      "Seen",
    ),
  );
}

/* ----------------------------------------------------------------- items */

function showItems() {
  const place = $("place").value;
  const words = $("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  const items = board.menu
    .map((item) => ({ ...item, out: place ? item.sold_out_at.includes(place) || item.sold_out : item.sold_out }))
    .filter((item) => words.every((word) => `${item.title} ${item.kind}`.toLowerCase().includes(word)))
    .sort((a, b) => b.out - a.out || b.sold_out_at.length - a.sold_out_at.length);
  count("items", board.menu.filter((item) => item.sold_out || item.sold_out_at.length).length);
  fill($("items"), items, (item) => item.id, itemRow, "No such item");
}

function itemRow(item) {
  const some = item.out ? [] : board.places.filter((each) => item.sold_out_at.includes(each.id)).map((each) => each.name);
  return h(
    "li",
    { class: item.out ? "item out" : "item" },
    h("span", {}, h("b", {}, item.title), h("small", {}, some.length ? `sold out at ${some.join(", ")}` : item.kind)),
    h(
      "button",
      {
        class: "switch",
        type: "button",
        role: "switch",
        "data-do": "sold",
        "data-item": item.id,
        "aria-checked": String(item.out),
        "aria-label": `${item.title} is sold out`,
        onclick: presses(`/staff/items/${encodeURIComponent(item.id)}/sold_out`, () => ({
          sold_out: !item.out,
          place: $("place").value || null,
        })),
      },
      item.out ? "Sold out" : "On sale",
    ),
  );
}

/* ------------------------------------------------------------------ time */

function tick() {
  $("clock").textContent = clock(now());
  for (const node of document.querySelectorAll("[data-since]")) {
    const minutes = minutesSince(node.dataset.since);
    node.textContent = minutes < 1 ? "just now" : minutes < 60 ? `${minutes} min ago` : clock(node.dataset.since);
  }
  for (const node of document.querySelectorAll("[data-due]")) {
    const minutes = Math.round((Date.parse(node.dataset.due) - now()) / 60_000);
    const word = minutes > 90 ? "" : minutes >= 0 ? `in ${minutes} min` : `${-minutes} min over`;
    node.replaceChildren(h("b", {}, wallClock(node.dataset.due)), ` ${word}`);
    node.classList.toggle("over", minutes < 0);
  }
}

/* ----------------------------------------------------------------- start */

/** On a narrow screen one part is shown at a time. */
function showPart(to) {
  document.body.dataset.tab = to;
  for (const part of document.querySelectorAll("main [data-part]")) part.classList.toggle("away", part.dataset.part !== to);
}

$("tabs").addEventListener("click", (event) => {
  const to = event.target.closest("button")?.dataset.to;
  if (!to) return;
  showPart(to);
  for (const tab of $("tabs").children) {
    if (tab.dataset.to === to) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
  scrollTo({ top: 0 });
});
$("find").addEventListener("input", () => board && showItems());
$("place").addEventListener("change", () => {
  remembered.set("place", $("place").value);
  draw();
});
addEventListener("offline", () => socket && lose());
addEventListener("online", connect);
setInterval(tick, 10_000);
setInterval(watch, 10_000);
setInterval(() => $("emergencies").childElementCount && play("emergency"), 6_000);
showPart("orders");
showSound();
connect();
