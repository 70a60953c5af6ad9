/* The host stand on the staff board: who waits for a table, and the texts that guests get. */
import { board, clock, count, fill, h, presses } from "/static/staff.js";

const $ = (id) => document.getElementById(id);
const STATES = { queued: "waiting to be sent", sending: "being sent", sent: "sent", delivered: "delivered", failed: "not delivered", dropped: "not sent" };
const TEMPLATES = {
  table_ready: "Table ready",
  running_late: "Running late",
  order_ready: "Order ready",
  order_leaves: "Order on its way",
  booking_reminder: "Reminder",
  feedback: "How was it?",
  staff: "From us",
};
const REPLIES = { coming: "Texted: on the way", late: "Texted: ten minutes late" };
const LONGER_MIN = 15;

document.addEventListener("board", draw);
draw();

function draw() {
  if (!board) return;
  const place = $("place").value;
  const here = (row) => !place || row.place === place;
  const parties = board.waitlist.filter(here);
  fill($("waiting"), parties, (party) => party.id, partyCard, "Nobody is waiting for a table");
  count("waiting", parties.length);
  const texts = board.texts.filter((text) => !place || !text.place || text.place === place);
  fill($("texts"), texts, (text) => text.id, textRow, "No texts yet");
  count("texts", texts.filter((text) => text.status === "failed").length);
}

function partyCard(party) {
  const at = `/staff/waitlist/${encodeURIComponent(party.id)}`;
  const moves = (status) => presses(`${at}/status`, { status });
  const button = (label, status, kind = "") =>
    h("button", { class: `act ${kind}`, type: "button", "data-do": status, onclick: moves(status) }, label);
  const told = party.status === "notified";
  const name = party.name || "Guest";
  return h(
    "article",
    { class: `card party ${party.status}`, "aria-label": `${name}, party of ${party.people}` },
    h(
      "header",
      {},
      h("h3", {}, name),
      h("span", { class: "chip heads" }, `${party.people} ${party.people === 1 ? "guest" : "guests"}`),
      h("span", { class: "due", "data-since": party.since }),
    ),
    party.reply && h("p", { class: `said-back ${party.reply}` }, REPLIES[party.reply] || party.reply),
    h("p", { class: "meta" }, `Was told ${party.quoted_min[0] ? `${party.quoted_min[0]} to` : "up to"} ${party.quoted_min[1]} min · ${party.phone || "no number: call the name"}`),
    party.texts.map(textLine),
    h(
      "div",
      { class: "row" },
      told ? button("Seated", "seated", "main") : button(party.phone ? "Table ready: text them" : "Table ready", "notified", "main"),
      told ? button("Still waiting", "waiting") : button("Seated", "seated"),
      !told &&
        party.phone &&
        !party.texts.some((text) => text.template === "running_late") &&
        h(
          "button",
          { class: "act", type: "button", "data-do": "late", onclick: presses(`${at}/late`, { minutes: LONGER_MIN }) },
          `${LONGER_MIN} min longer`,
        ),
      told ? button("Did not come", "no_show", "quiet") : button("Left", "gone", "quiet"),
    ),
  );
}

function textLine(text) {
  return h(
    "p",
    { class: "meta" },
    `${TEMPLATES[text.template] || text.template} `,
    h("span", { class: `state-of ${text.status}` }, STATES[text.status]),
    text.error && ["failed", "dropped"].includes(text.status) && `: ${text.error}`,
  );
}

function textRow(text) {
  return h(
    "details",
    { class: "sent-text" },
    h(
      "summary",
      {},
      h("b", {}, TEMPLATES[text.template] || "Answer"),
      h("span", {}, text.to),
      h("span", { class: `state-of ${text.status}` }, STATES[text.status]),
      h("time", { datetime: text.created }, clock(text.created)),
    ),
    h("p", {}, text.body, text.error && ` (${text.error})`, text.attempts > 1 && ` · ${text.attempts} tries`),
  );
}
