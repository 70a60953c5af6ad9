// The calls that were taken; one of them with its time line, its words and what it left in the database.
const $ = id => document.getElementById(id);
const id = decodeURIComponent(location.pathname.split("/")[3] || "");
const SVG = "http://www.w3.org/2000/svg";

function row(cells, part = "td") {
  const line = document.createElement("tr");
  for (const cell of cells) {
    const box = document.createElement(part);
    if (cell instanceof Node) box.append(cell);
    else box.textContent = cell ?? "";
    if (typeof cell === "number") box.className = "number";
    line.append(box);
  }
  return line;
}

function drawn(name, attributes, text) {
  const shape = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
  if (text) shape.textContent = text;
  return shape;
}

function timeline({length_ms, utterances, events}) {
  const px = 60 / 1000, svg = drawn("svg", {width: Math.ceil(length_ms * px) + 40, height: 130});
  const bar = (kind, at, length, top, title) => {
    const box = drawn("rect", {class: kind, x: at * px, y: top, width: Math.max(2, length * px), height: 30, rx: 3});
    box.append(drawn("title", {}, title));
    svg.append(box);
  };
  svg.append(drawn("text", {x: 2, y: 12}, "caller"), drawn("text", {x: 2, y: 62}, "assistant"));
  let busy = 0;
  for (const event of events) {
    if (event.what === "bot") {
      const at = Math.max(event.at_ms, busy);
      busy = at + event.length_ms;
      bar("bot", at, event.length_ms, 66, event.mark);
    } else if (event.what === "barge-in") {
      busy = event.at_ms;
      svg.append(drawn("line", {class: "mark", x1: event.at_ms * px, x2: event.at_ms * px, y1: 10, y2: 100}));
    }
  }
  for (const said of utterances) {
    bar("guest", said.start_ms, said.end_ms - said.start_ms, 16, said.text);
    bar("wait", said.end_ms, said.endpoint_ms, 16, `waited ${said.endpoint_ms} ms`);
  }
  for (let at = 0; at < length_ms; at += 5000) svg.append(drawn("text", {x: at * px, y: 124}, `${at / 1000} s`));
  $("timeline").replaceChildren(svg);
}

async function listing() {
  const {calls, running} = await (await fetch("/staff/calls/data.json")).json();
  $("timeline").hidden = $("changes").hidden = true;
  $("summary").textContent = `${running} running, ${calls.length} shown`;
  $("table").tHead.append(row(["started", "place", "caller", "seconds", "ended"], "th"));
  for (const call of calls) {
    const link = document.createElement("a");
    link.href = `/staff/calls/${encodeURIComponent(call.id)}`;
    link.textContent = new Date(call.started).toLocaleString();
    $("table").tBodies[0].append(row([link, call.place, call.caller, call.seconds, call.outcome]));
  }
}

async function one() {
  const response = await fetch(`/staff/calls/${encodeURIComponent(id)}/data.json`);
  if (!response.ok) return void ($("summary").textContent = "There is no such call.");
  const call = await response.json();
  $("summary").textContent = `${new Date(call.started).toLocaleString()}, ${call.seconds} s, ${call.outcome}`;
  if (call.recorded) {
    $("sound").src = `/staff/calls/${encodeURIComponent(id)}/sound.wav`;
    $("sound").hidden = false;
  }
  timeline(call.timeline);
  const stages = ["decode", "late", "dialogue", "synthesis", "processing"];
  $("table").tHead.append(row(["at s", "caller said", "taken as", "sure", "waited ms", ...stages.map(s => `${s} ms`), "assistant"], "th"));
  for (const said of call.timeline.utterances) {
    const times = stages.map(stage => said.stages[stage] === undefined ? "" : Math.round(said.stages[stage]));
    $("table").tBodies[0].append(row([said.start_ms / 1000, said.text || "(nothing)", said.use, Math.round(said.confidence * 100) / 100, said.endpoint_ms, ...times, said.reply]));
  }
  const title = document.createElement("h2"), stored = document.createElement("pre");
  title.textContent = "What it left in the database";
  stored.textContent = Object.keys(call.stored).length ? JSON.stringify(call.stored, null, 1) : "Nothing.";
  $("changes").append(title, stored);
}

await (id ? one() : listing());
document.body.dataset.state = "ready";
