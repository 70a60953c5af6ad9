/* The host's page: the floor plan, the day's bookings and the waitlist.
 *
 * Whenever the staff socket says that something changed, the floor is fetched anew and drawn whole; the table in focus
 * and the choice under way are kept by id.
 */

const $ = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";
const LONGEST_WAIT_MS = 8_000;
const SILENT_MS = 50_000;
const SIGN_IN_FIRST = 4401;
const STATES = { free: "free", soon: "booked soon", seated: "seated" };
const STATUS = { confirmed: "expected", seated: "at the table", done: "left", cancelled: "cancelled", no_show: "did not come" };

let floor = null; // the last answer of /staff/floor.json
let shown = null; // id of the table whose details are shown
let choosing = null; // who is being seated: {title, people, post(tables)}
let chosen = new Set(); // tables picked for them

function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  return dress(node, attributes, children);
}

function s(tag, attributes = {}, ...children) {
  return dress(document.createElementNS(SVG, tag), attributes, children);
}

function dress(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return node;
}

/* ------------------------------------------------------------ connection */

let socket = null;
let failures = 0;
let lastFrame = 0;

function connect() {
  lastFrame = Date.now();
  const mine = (socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/staff/socket`));
  mine.onmessage = () => {
    lastFrame = Date.now();
    failures = 0;
    load();
  };
  mine.onclose = (event) => {
    if (event.code === SIGN_IN_FIRST) return location.assign("/staff/login");
    if (mine !== socket) return;
    failures += 1;
    line(false);
    setTimeout(connect, Math.min(LONGEST_WAIT_MS, 500 * 2 ** failures));
  };
}

function line(up) {
  document.body.dataset.line = up ? "open" : "lost";
  $("line").textContent = up ? "Live" : "Not connected";
}

let loading = null;
async function load() {
  const query = new URLSearchParams({ place: $("place").value, day: $("day").value });
  const mine = (loading = fetch(`/staff/floor.json?${query}`));
  try {
    const answer = await mine;
    if (answer.status === 401) return location.assign("/staff/login");
    const view = await answer.json();
    if (mine !== loading) return;
    const same = floor && JSON.stringify({ ...floor, now: view.now }) === JSON.stringify(view);
    floor = view;
    line(true);
    if (same) $("clock").textContent = words(floor.now.slice(11, 16)); // nothing is taken from under a finger
    else draw();
  } catch {
    line(false);
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
    if (answer.ok) {
      load();
      return "";
    }
    if (answer.status === 401) location.assign("/staff/login");
    text = (await answer.json().catch(() => ({}))).error || `The server refused (${answer.status}).`;
  } catch {
    /* told below */
  }
  return text[0].toUpperCase() + text.slice(1);
}

/** Post once for each press: the button rests until there is an answer. */
function presses(path, body) {
  return async (event) => {
    const button = event.currentTarget;
    button.disabled = true;
    toast(await post(path, body));
    button.disabled = false;
  };
}

let toastTimer;
function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = !text;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => ($("toast").hidden = true), 6000);
}

/* --------------------------------------------------------------- drawing */

function draw() {
  $("pick").hidden = floor.places.length < 2;
  if ($("place").childElementCount !== floor.places.length) {
    $("place").replaceChildren(...floor.places.map((place) => h("option", { value: place.id }, place.name)));
  }
  $("place").value = floor.place;
  $("day").value = floor.day;
  $("clock").textContent = words(floor.now.slice(11, 16));
  drawPlan();
  drawDetail();
  const expected = floor.bookings.filter((booking) => booking.status === "confirmed").length;
  $("h-bookings").firstChild.textContent = `Bookings, ${floor.day_words} `;
  for (const [id, n] of [["bookings", expected], ["waiting", floor.waiting.length]]) {
    $(`n-${id}`).textContent = $(`tab-${id}`).textContent = n || "";
  }
  $("bookings").replaceChildren(...(floor.bookings.length ? floor.bookings.map(bookingCard) : [h("p", { class: "empty" }, "No bookings on this day")]));
  $("waiting").replaceChildren(...(floor.waiting.length ? floor.waiting.map(partyCard) : [h("p", { class: "empty" }, "Nobody is waiting for a table")]));
  $("quotes").textContent = floor.open
    ? `The wait now: ${floor.quotes.map((q) => `${q.people} guests ${q.high_min <= 5 ? "none" : `${q.low_min} to ${q.high_min} min`}`).join(" · ")}`
    : "Closed now";
}

const words = (clock) => {
  const [hour, minute] = clock.split(":").map(Number);
  return `${hour % 12 || 12}:${String(minute).padStart(2, "0")} ${hour < 12 ? "am" : "pm"}`;
};
const guests = (n) => `${n} ${n === 1 ? "guest" : "guests"}`;
const size = (table) => ({ w: table.seats <= 2 ? 3.4 : table.seats <= 4 ? 4.2 : table.seats <= 6 ? 6 : 7.4, h: 3.4 });

function drawPlan() {
  const focused = document.activeElement?.dataset?.table;
  const right = Math.max(...floor.tables.map((table) => table.x + size(table).w / 2), 10) + 1.6;
  const bottom = Math.max(...floor.tables.map((table) => table.y), 6) + 3.6;
  const rooms = roomsOf(floor.tables.filter((table) => table.where));
  const plan = s(
    "svg",
    { viewBox: `0 0 ${right} ${bottom}`, role: "group", "aria-label": "Floor plan" },
    rooms.map((room) =>
      s("g", { class: "room" }, s("rect", { x: room.x, y: room.y, width: room.w, height: room.h, rx: 0.8 }), s("text", { x: room.x + 0.35, y: room.y + room.h - 0.32 }, room.name)),
    ),
    floor.tables.map(tableShape),
  );
  $("plan").replaceChildren(floor.tables.length ? plan : h("p", { class: "empty" }, "The restaurant file names no tables for this place"));
  if (focused) plan.querySelector(`[data-table="${CSS.escape(focused)}"]`)?.focus();
  $("choosing").hidden = !choosing;
  if (choosing) {
    const seats = floor.tables.filter((table) => chosen.has(table.id)).reduce((sum, table) => sum + table.seats, 0);
    const picked = chosen.size ? `${[...chosen].join(" + ")}, ${seats} seats` : "choose a table";
    $("choosing").firstChild.textContent = `${choosing.title}: ${picked}${chosen.size && seats < choosing.people ? ", too few" : ""}`;
    $("seat").disabled = !chosen.size;
  }
}

/** A backdrop for the tables of each part of the room. */
function roomsOf(tables) {
  const names = [...new Set(tables.map((table) => table.where))];
  return names.map((name) => {
    const own = tables.filter((table) => table.where === name);
    const x = Math.min(...own.map((table) => table.x - size(table).w / 2)) - 0.7;
    const y = Math.min(...own.map((table) => table.y - size(table).h / 2)) - 0.7;
    const far = Math.max(...own.map((table) => table.x + size(table).w / 2)) + 0.7;
    const low = Math.max(...own.map((table) => table.y + size(table).h / 2)) + 2;
    return { name, x, y, w: far - x, h: low - y };
  });
}

function tableShape(table) {
  const { w, h: height } = size(table);
  const state = table.over ? "over" : table.state;
  const bare = (time) => time.replace(/ [ap]m$/, "");
  const narrow = w < 4;
  const second =
    table.state === "seated"
      ? `${narrow ? "" : `${table.people} `}till ${bare(table.until)}`
      : table.next
        ? `${narrow ? "" : `${table.next_people} `}at ${bare(table.next)}`
        : `${table.seats} seats`;
  const label = `Table ${table.id}, ${table.seats} seats${table.where ? `, ${table.where}` : ""}: ${STATES[table.state]}${
    table.state === "seated" ? `, ${guests(table.people)} until ${table.until}${table.over ? ", past its time" : ""}` : table.next ? `, next at ${table.next} for ${table.next_people}` : ""
  }`;
  const pick = () => pickTable(table);
  const keys = (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      pick();
    } else if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      neighbour(table, event.key)?.focus();
    }
  };
  const corner = table.seats <= 2 ? height / 2 : 0.7;
  return s(
    "g",
    {
      class: `table ${state}${chosen.has(table.id) ? " chosen" : ""}${shown === table.id ? " shown" : ""}`,
      transform: `translate(${table.x} ${table.y})`,
      role: "button",
      tabindex: "0",
      "data-table": table.id,
      "aria-label": label,
      "aria-pressed": String(choosing ? chosen.has(table.id) : shown === table.id),
      onclick: pick,
      onkeydown: keys,
    },
    chairs(table.seats, w, height),
    s("rect", { x: -w / 2, y: -height / 2, width: w, height, rx: corner }),
    s("text", { y: -0.15, class: "id" }, table.id),
    s("text", { y: 0.85, class: "when" }, second),
  );
}

function chairs(seats, w, height) {
  const top = Math.ceil(seats / 2);
  const row = (n, y) => [...Array(n)].map((_, i) => s("circle", { class: "chair", cx: ((i + 0.5) / n - 0.5) * w, cy: y, r: 0.42 }));
  return [...row(top, -height / 2 - 0.35), ...row(seats - top, height / 2 + 0.35)];
}

/** The nearest table in the arrow's direction. */
function neighbour(from, key) {
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  const far = (table) => {
    const along = (table.x - from.x) * dx + (table.y - from.y) * dy;
    const across = Math.abs((table.x - from.x) * dy) + Math.abs((table.y - from.y) * dx);
    return along > 0 ? along + 2 * across : Infinity;
  };
  const best = floor.tables.reduce((a, b) => (far(b) < far(a) ? b : a));
  return far(best) < Infinity ? $("plan").querySelector(`[data-table="${CSS.escape(best.id)}"]`) : null;
}

function pickTable(table) {
  if (choosing) {
    if (chosen.has(table.id)) chosen.delete(table.id);
    else if (table.state === "seated") toast(`Table ${table.id} is taken.`);
    else chosen.add(table.id);
  } else {
    shown = shown === table.id ? null : table.id;
  }
  drawPlan();
  drawDetail();
}

function drawDetail() {
  const table = floor.tables.find((each) => each.id === shown);
  $("detail").hidden = !table || Boolean(choosing);
  if (!table) return;
  const about = `Table ${table.id} · ${table.seats} seats${table.where ? ` · ${table.where}` : ""}`;
  const rows = [h("header", {}, h("h3", {}, about), h("span", { class: "chip" }, table.over ? "past its time" : STATES[table.state]))];
  if (table.state === "seated") {
    rows.push(h("p", {}, `${table.name || "Walk-in"}, ${guests(table.people)}, since ${table.since}, expected until ${table.until}.`));
  }
  if (table.next) rows.push(h("p", {}, `Next: ${table.next_name || "a guest"}, ${guests(table.next_people)} at ${table.next}.`));
  rows.push(
    h(
      "div",
      { class: "row" },
      table.state === "seated"
        ? h("button", { class: "act main", type: "button", "data-do": "free", onclick: presses(`/staff/bookings/${encodeURIComponent(table.booking)}/status`, { status: "done" }) }, "They left: free the table")
        : h("button", { class: "act main", type: "button", "data-do": "walkin", onclick: () => walkIn(table) }, "Seat a walk-in"),
    ),
  );
  $("detail").replaceChildren(...rows);
}

function bookingCard(booking) {
  const at = `/staff/bookings/${encodeURIComponent(booking.id)}`;
  const open = booking.status === "confirmed";
  const button = (label, what, onclick, kind = "") => h("button", { class: `act ${kind}`, type: "button", "data-do": what, onclick }, label);
  return h(
    "article",
    { class: `card booking ${booking.status}${booking.late ? " late" : ""}`, "data-booking": booking.number, "aria-label": `Booking ${booking.number}, ${booking.name || "guest"}` },
    h(
      "header",
      {},
      h("h3", {}, booking.time),
      h("b", {}, booking.name || "Guest"),
      h("span", { class: "chip" }, guests(booking.people)),
      h("span", { class: "due" }, `${booking.tables.join(" + ")} · ${STATUS[booking.status]}`),
    ),
    h("p", { class: "meta" }, `No. ${booking.number}`, booking.phone && " · ", booking.phone && h("a", { href: `tel:${booking.phone}` }, booking.phone)),
    booking.note && h("p", { class: "note" }, booking.note),
    booking.late && h("p", { class: "warn" }, "Has not come yet"),
    open &&
      h(
        "div",
        { class: "row" },
        button("Seat", "seat", () => choose(`${booking.name || "Guest"}, ${guests(booking.people)}`, booking.people, booking.tables, (tables) => post(`${at}/seat`, { tables })), "main"),
        button("Move", "move", () => move(booking, at)),
        button("Did not come", "no_show", presses(`${at}/status`, { status: "no_show" }), "quiet"),
        button("Cancel", "cancel", () => cancel(booking, at), "quiet"),
      ),
  );
}

function partyCard(party) {
  const id = newId();
  const title = `${party.name || "Guest"}, ${guests(party.people)}`;
  return h(
    "article",
    { class: `card party ${party.status}`, "aria-label": title },
    h("header", {}, h("b", {}, party.name || "Guest"), h("span", { class: "chip" }, guests(party.people)), h("span", { class: "due" }, party.status === "notified" ? "told that the table is ready" : "waiting")),
    h("p", { class: "meta" }, `Since ${words(localTime(party.since))}, was told ${party.quoted_min.join(" to ")} min`),
    h(
      "div",
      { class: "row" },
      h("button", { class: "act main", type: "button", "data-do": "seat", onclick: () => choose(title, party.people, [], (tables) => post("/staff/floor/walkin", { id, waiting: party.id, tables })) }, "Seat"),
      h("button", { class: "act quiet", type: "button", "data-do": "gone", onclick: presses(`/staff/waitlist/${encodeURIComponent(party.id)}/status`, { status: "gone" }) }, "Left"),
    ),
  );
}

/** The clock of the place for a moment: its offset is that of the server's "now". */
function localTime(iso) {
  const offset = floor.now.match(/([+-])(\d\d):(\d\d)$/);
  const minutes = offset ? (offset[1] === "-" ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) : 0;
  return new Date(Date.parse(iso) + minutes * 60_000).toISOString().slice(11, 16);
}

/* --------------------------------------------------------------- choosing */

function choose(title, people, tables, seat) {
  choosing = { title, people, seat };
  chosen = new Set(tables.filter((id) => floor.tables.some((table) => table.id === id && table.state !== "seated")));
  go("floor");
  drawPlan();
  drawDetail();
  $("choosing").scrollIntoView({ block: "nearest" });
  (chosen.size ? $("seat") : $("plan").querySelector(".table"))?.focus();
}

function stopChoosing() {
  choosing = null;
  chosen = new Set();
  drawPlan();
  drawDetail();
}

$("seat").addEventListener("click", async () => {
  $("seat").disabled = true;
  const wrong = await choosing.seat([...chosen]);
  $("seat").disabled = false;
  if (wrong) toast(wrong);
  else stopChoosing();
});
$("unchoose").addEventListener("click", stopChoosing);
document.addEventListener("keydown", (event) => event.key === "Escape" && choosing && !$("dialog").open && stopChoosing());

/* ---------------------------------------------------------------- dialogs */

/** Ask for the named fields, then post them; what the server refuses is said in the dialog. */
function ask(title, text, fields, label, send) {
  const form = $("form");
  $("dialog-title").textContent = title;
  $("dialog-text").textContent = text;
  $("do").textContent = label;
  $("wrong").hidden = true;
  for (const field of form.querySelectorAll("[data-field]")) {
    const name = field.dataset.field;
    field.hidden = !(name in fields);
    form.elements[name].value = fields[name] ?? "";
    form.elements[name].required = ["people", "day", "time"].includes(name) && name in fields;
    form.elements[name].disabled = !(name in fields);
  }
  form.onsubmit = async (event) => {
    event.preventDefault();
    $("do").disabled = true;
    const values = Object.fromEntries(Object.keys(fields).map((name) => [name, form.elements[name].value]));
    if ("people" in values) values.people = Number(values.people);
    const wrong = await send(values);
    $("do").disabled = false;
    $("wrong").textContent = wrong;
    $("wrong").hidden = !wrong;
    if (!wrong) $("dialog").close();
  };
  $("dialog").showModal();
}

$("back").addEventListener("click", () => $("dialog").close());

function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function walkIn(table) {
  const id = newId();
  const place = floor.place;
  ask(`Walk-in at table ${table.id}`, "", { people: Math.min(table.seats, 2) }, "Seat them", (values) =>
    post("/staff/floor/walkin", { id, place, tables: [table.id], ...values }),
  );
}

function move(booking, at) {
  ask(`Move booking ${booking.number}`, "A guest who booked in the chat is told there.", { people: booking.people, day: booking.day, time: booking.at, reason: "" }, "Move it", (values) => post(`${at}/move`, values));
}

function cancel(booking, at) {
  ask(`Cancel booking ${booking.number}?`, "A guest who booked in the chat is told there.", { reason: "" }, "Cancel the booking", (values) => post(`${at}/status`, { status: "cancelled", ...values }));
}

$("new-booking").addEventListener("click", () => {
  const id = newId();
  const place = floor.place;
  ask("New booking", "", { people: 2, day: floor.day, time: "19:00", name: "", phone: "" }, "Book", (values) => post("/staff/bookings", { id, place, ...values }));
});
$("new-party").addEventListener("click", () => {
  const id = newId();
  const place = floor.place;
  ask("Add a party to the waitlist", $("quotes").textContent, { people: 2, name: "", phone: "" }, "Add them", (values) => post("/staff/waitlist", { id, place, ...values }));
});

/* ------------------------------------------------------------------ start */

function go(to) {
  document.body.dataset.tab = to;
  for (const tab of $("tabs").children) {
    if (tab.dataset.to === to) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
}

function shiftDay(days) {
  const day = new Date(`${$("day").value}T12:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  $("day").value = day.toISOString().slice(0, 10);
  load();
}

$("tabs").addEventListener("click", (event) => {
  const to = event.target.closest("button")?.dataset.to;
  if (to) go(to);
});
$("before").addEventListener("click", () => shiftDay(-1));
$("after").addEventListener("click", () => shiftDay(1));
$("day").addEventListener("change", load);
$("place").addEventListener("change", () => {
  shown = null;
  stopChoosing();
  load();
});
setInterval(() => socket && Date.now() - lastFrame > SILENT_MS && socket.close(), 10_000);
connect();
