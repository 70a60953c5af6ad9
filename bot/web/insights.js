/* The owner's page: fetches the numbers of a period and a place, and draws them.
 *
 * Each chart is one SVG with a spoken summary, can be pointed at or walked through with the arrow keys, and has its
 * numbers as a table below.
 */

const $ = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";
const DAY_MS = 86_400_000;
const TOPICS = { food: "Food", service: "Service", wait: "Waiting", price: "Price", place: "The place", cleanliness: "Cleanliness" };
const CHANNELS = { text: "by text", chat: "in the chat", phone: "on the phone" };

let shown = null; // the last answer of the server
let places = new Map();

/** A node; strings become text, never markup. */
function h(tag, attributes = {}, ...children) {
  return build(document.createElement(tag), attributes, children);
}

function s(tag, attributes = {}, ...children) {
  return build(document.createElementNS(SVG, tag), attributes, children);
}

function build(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return node;
}

const percent = (share) => (share === null || share === undefined ? "–" : `${Math.round(share * 100)} %`);
const between = (row) => `${percent(row.low)} to ${percent(row.high)}`;
const many = (n, one, more = `${one}s`) => `${n.toLocaleString()} ${n === 1 ? one : more}`;
const minutes = (n) => `${Math.round(n)} min`;
const date = (iso) => new Date(`${iso}T12:00:00`);
const dayName = (iso, form = { weekday: "short", day: "numeric", month: "short" }) => date(iso).toLocaleDateString(undefined, form);
const isoDay = (moment) => new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
const scale = (from, to, low, high) => (value) => low + ((value - from) / (to - from || 1)) * (high - low);

/* --------------------------------------------------------------- loading */

let asked = 0;

async function load() {
  const mine = (asked += 1);
  document.body.dataset.busy = "";
  try {
    const answer = await fetch(`/insights/data.json?${query()}`, { signal: AbortSignal.timeout(20_000) });
    if (answer.status === 401) return location.assign("/staff/login");
    const body = await answer.json();
    if (mine !== asked) return;
    if (!answer.ok) throw new Error(body.error || `the server refused (${answer.status})`);
    shown = body;
    draw();
    trouble("");
    loadMap(mine);
  } catch (error) {
    if (mine === asked) trouble(`These numbers could not be loaded: ${error.message}.`);
  } finally {
    if (mine === asked) delete document.body.dataset.busy;
  }
}

function query() {
  const wanted = new URLSearchParams();
  for (const name of ["first", "last", "place"]) if ($(name).value) wanted.set(name, $(name).value);
  return wanted;
}

function trouble(text) {
  $("trouble").hidden = !text;
  $("trouble").textContent = text;
}

async function post(path, body) {
  let text = "That did not reach the server. Please try again.";
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Requested-With": "staff" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(15_000),
    });
    if (answer.status === 401) location.assign("/staff/login");
    if (answer.ok) return answer.status === 204 ? {} : await answer.json();
    text = (await answer.json().catch(() => ({}))).error || `The server refused (${answer.status}).`;
  } catch {
    /* said below */
  }
  toast(text);
  return null;
}

let toastTimer;
function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => ($("toast").hidden = true), 6000);
}

/* --------------------------------------------------------------- filters */

function choose(first, last) {
  $("first").value = first;
  $("last").value = last;
  load();
}

function lastDays(count) {
  const end = shown ? shown.today : isoDay(new Date());
  choose(isoDay(new Date(date(end).getTime() - (count - 1) * DAY_MS)), end);
}

$("spans").addEventListener("click", (event) => {
  if (event.target.dataset.days) lastDays(Number(event.target.dataset.days));
});
for (const name of ["first", "last", "place"]) {
  $(name).addEventListener("change", () => {
    if ($("first").value && $("last").value && $("first").value > $("last").value) {
      $(name === "first" ? "last" : "first").value = $(name).value;
    }
    load();
  });
}
$("filters").addEventListener("submit", (event) => event.preventDefault());

function showFilters() {
  const { first, last } = shown.period;
  $("first").value = first;
  $("last").value = last;
  $("first").max = $("last").max = shown.today;
  const days = Math.round((date(last) - date(first)) / DAY_MS) + 1;
  for (const button of $("spans").children) {
    button.setAttribute("aria-pressed", String(last === shown.today && days === Number(button.dataset.days)));
  }
  $("pick").hidden = shown.places.length < 2;
  if ($("place").options.length !== shown.places.length + 1) {
    $("place").replaceChildren(
      h("option", { value: "" }, "All places"),
      ...shown.places.map((each) => h("option", { value: each.id }, each.name)),
    );
  }
  $("place").value = shown.period.place || "";
  for (const link of document.querySelectorAll("[data-csv]")) {
    link.href = `/insights/${link.dataset.csv}.csv?${query()}`;
    link.download = "";
    link.setAttribute("aria-label", `${link.closest("section").querySelector("h2").textContent}: download as CSV`);
  }
}

/* ------------------------------------------------------------------ page */

function draw() {
  places = new Map(shown.places.map((place) => [place.id, place.name]));
  showFilters();
  const { shown: invented, real } = shown.made_up;
  $("made-up").hidden = !invented;
  $("made-up").textContent = real
    ? `Made up: ${many(invented, "row")} of this page, beside ${many(real, "real one")}. “bot make-traffic --days 0” takes them away.`
    : "Everything on this page is made up, to show what it looks like. “bot make-traffic --days 0” takes it away.";
  const empty = !invented && !real;
  document.body.dataset.state = empty ? "empty" : "full";
  $("welcome").hidden = !empty;
  $("page").setAttribute("aria-busy", "false");
  if (empty) return;
  drawTiles();
  drawFeelings();
  drawShares("topics-chart", shown.topics.map((row) => ({ ...row, name: TOPICS[row.topic] || row.topic })), "Topic", "No remark named a topic.");
  drawShares("dishes-chart", shown.dishes.slice(0, 9).map((row) => ({ ...row, name: row.title })), "Dish", "No remark named a dish of the menu.");
  drawQuotes("worst-list", shown.worst, "blame", "Nobody was unhappy.");
  drawQuotes("best-list", shown.best, "praise", "No praise yet.");
  drawWaits();
  drawAbandoned();
  drawQuestions();
}

function drawTiles() {
  const { remarks, waits, abandoned, questions } = shown;
  const open = questions.reduce((sum, row) => sum + row.count, 0);
  const judged = remarks.positive + remarks.negative;
  $("tiles").replaceChildren(
    tile("feelings", "Happy remarks", remarks, `${remarks.positive} of ${judged}${remarks.not_judged ? `; ${remarks.not_judged} not judged` : ""}`),
    tile("waits", "Promised waits kept", waits, `${waits.kept} of ${many(waits.all, "party", "parties")}`),
    tile("abandoned", "Orders that broke off", abandoned, `${abandoned.carts} of ${abandoned.carts + abandoned.placed}`),
    h("a", { class: "tile", href: "#questions" }, h("span", {}, "Questions to answer"), h("b", {}, String(questions.length)), h("small", {}, open > questions.length ? `asked ${many(open, "time")}` : "without an answer so far")),
  );
}

/** A share with its interval on a line from 0 to 100 %. */
function tile(to, title, row, more) {
  const line = h("div", { class: "scale", "aria-hidden": "true" });
  if (row.share !== null) {
    const range = h("i");
    range.style.left = `${row.low * 100}%`;
    range.style.width = `${(row.high - row.low) * 100}%`;
    const mark = h("u");
    mark.style.left = `${row.share * 100}%`;
    line.append(range, mark);
  }
  return h("a", { class: "tile", href: `#${to}` }, h("span", {}, title), h("b", {}, percent(row.share)), line, h("small", {}, more, row.share === null ? "" : `, likely ${between(row)}`));
}

/* ---------------------------------------------------------------- charts */

/** An SVG that is read as a picture with this summary. */
function picture(width, height, summary, ...children) {
  return s("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": summary }, ...children);
}

const roomFor = (id) => Math.max(300, Math.round($(id).clientWidth || 600));

function table(head, rows) {
  return h(
    "details",
    { class: "table" },
    h("summary", {}, "As a table"),
    h("div", {}, h("table", {}, h("thead", {}, h("tr", {}, head.map((cell) => h("th", { scope: "col" }, cell)))), h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, i) => (i ? h("td", {}, String(cell)) : h("th", { scope: "row" }, String(cell))))))))),
  );
}

/** Lets points {x, y, node, tell, act} be pointed at, and walked through with the arrow keys from left to right. */
function pointable(svg, points, reach = 40) {
  if (!points.length) return;
  const order = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  let chosen = null;
  const mark = (point) => {
    chosen?.node?.classList.remove("chosen");
    chosen = point;
    if (!point) return tip("");
    point.node?.classList.add("chosen");
    point.node?.parentNode?.tagName === "g" && point.node.parentNode.append(point.node);
    const place = svg.getScreenCTM();
    tip(point.tell, place.a * point.x + place.e, place.d * point.y + place.f);
  };
  const near = (event) => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    let best = null;
    for (const point of points) {
      const far = point.column ? Math.abs(point.x - at.x) : Math.hypot(point.x - at.x, point.y - at.y);
      if (far < (best?.far ?? (point.column ? Infinity : reach))) best = { far, point };
    }
    return best?.point || null;
  };
  svg.setAttribute("tabindex", "0");
  svg.setAttribute("role", "application");
  svg.setAttribute("aria-roledescription", "chart");
  svg.addEventListener("pointermove", (event) => mark(near(event)));
  svg.addEventListener("pointerdown", (event) => mark(near(event)));
  svg.addEventListener("pointerleave", () => mark(null));
  svg.addEventListener("blur", () => mark(null));
  svg.addEventListener("click", (event) => near(event)?.act?.());
  svg.addEventListener("keydown", (event) => {
    const at = order.indexOf(chosen);
    const steps = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: order.length - 1 };
    if (event.key in steps) {
      event.preventDefault();
      mark(order[Math.max(0, Math.min(order.length - 1, steps[event.key]))]);
    } else if (event.key === "Enter") {
      chosen?.act?.();
    } else if (event.key === "Escape") {
      mark(null);
    }
  });
}

function tip(text, x = 0, y = 0) {
  const node = $("tip");
  node.hidden = !text;
  node.textContent = text;
  if (!text) return;
  const width = node.offsetWidth;
  const left = Math.max(8, Math.min(innerWidth - width - 8, x - width / 2));
  const top = y - node.offsetHeight - 14;
  node.style.left = `${left}px`;
  node.style.top = `${top < 8 ? y + 18 : top}px`;
}

function legend(...entries) {
  return h("p", { class: "legend", "aria-hidden": "true" }, entries.map(([kind, words]) => h("span", { class: kind }, words)));
}

function drawFeelings() {
  const { days, remarks, by_place: byPlace } = shown;
  const lead = $("feelings-lead");
  lead.replaceChildren(
    ...(remarks.share === null
      ? ["No remark of these days could be judged."]
      : [h("b", {}, `${percent(remarks.share)} happy`), ` of ${many(remarks.positive + remarks.negative, "remark")}; with so many the true share is likely ${between(remarks)}.`]),
  );
  const compared = byPlace.filter((row) => row.share !== null);
  if (!shown.period.place && compared.length > 1) {
    lead.append(" ", compared.map((row) => `${row.name}: ${percent(row.share)} (${between(row)})`).join("; "), ".");
  }
  const width = roomFor("feelings-chart");
  const height = width < 500 ? 240 : 280;
  const [left, right, top, bottom] = [44, 12, 14, 52];
  const x = scale(0, days.length, left, width - right);
  const middle = (i) => (x(i) + x(i + 1)) / 2;
  const y = scale(0, 1, height - bottom, top);
  const most = Math.max(4, ...days.map((day) => day.positive + day.negative + day.not_judged));
  const tall = scale(0, most, 0, (height - bottom - top) * 0.45);
  const svg = picture(width, height, `How guests felt, by day. ${days.filter((d) => d.share !== null).map((d) => `${dayName(d.day)}: ${percent(d.share)} of ${d.positive + d.negative}`).join("; ")}`);
  for (const level of [0, 0.25, 0.5, 0.75, 1]) {
    svg.append(s("line", { class: "grid", x1: left, x2: width - right, y1: y(level), y2: y(level) }), s("text", { x: left - 8, y: y(level) + 4, "text-anchor": "end" }, percent(level)));
  }
  const everySo = Math.ceil(days.length / Math.floor((width - left) / 64));
  const points = [];
  const runs = [[]];
  days.forEach((day, i) => {
    const count = day.positive + day.negative + day.not_judged;
    if (count) svg.append(s("rect", { class: "count", x: x(i) + 2, width: Math.max(1, x(i + 1) - x(i) - 4), y: height - bottom - tall(count), height: tall(count), rx: 3 }));
    if (i % everySo === 0) {
      svg.append(s("text", { x: middle(i), y: height - bottom + 20, "text-anchor": "middle" }, dayName(day.day, days.length > 31 ? { day: "numeric", month: "short" } : { weekday: "short" })));
      if (days.length <= 31) svg.append(s("text", { x: middle(i), y: height - bottom + 37, "text-anchor": "middle" }, dayName(day.day, { day: "numeric", month: "short" })));
    }
    if (day.share === null) runs.push([]);
    else runs.at(-1).push(i);
  });
  for (const part of runs.filter((each) => each.length)) {
    const upper = part.map((i) => `${middle(i)},${y(days[i].high)}`);
    const lower = part.map((i) => `${middle(i)},${y(days[i].low)}`).reverse();
    if (part.length > 1) svg.append(s("polygon", { class: "band", points: [...upper, ...lower].join(" ") }), s("polyline", { class: "line-praise", points: part.map((i) => `${middle(i)},${y(days[i].share)}`).join(" ") }));
    else svg.append(s("rect", { class: "band", x: middle(part[0]) - 4, width: 8, y: y(days[part[0]].high), height: y(days[part[0]].low) - y(days[part[0]].high), rx: 4 }));
  }
  const dots = s("g");
  days.forEach((day, i) => {
    const column = s("rect", { class: "day-hit", x: x(i), width: x(i + 1) - x(i), y: top, height: height - bottom - top });
    svg.append(column);
    const judged = day.positive + day.negative;
    if (judged) dots.append(s("circle", { class: "point praise", cx: middle(i), cy: y(day.share), r: days.length > 45 ? 3 : 5 }));
    const words = judged ? `${percent(day.share)} happy (${between(day)})\n${day.positive} happy, ${day.negative} unhappy` : "no remark could be judged";
    points.push({ x: middle(i), y: judged ? y(day.share) : height - bottom, column: true, node: column, tell: `${dayName(day.day)}\n${words}${day.not_judged ? `, ${day.not_judged} not judged` : ""}${days.length > 1 ? "\nEnter or click: this day alone" : ""}`, act: days.length > 1 ? () => choose(day.day, day.day) : null });
  });
  svg.append(dots);
  pointable(svg, points);
  $("feelings-chart").replaceChildren(
    svg,
    legend(["", "share of happy remarks"], ["is-band", "where the true share likely lies (95 %)"], ["is-count", "number of remarks"]),
    table(["Day", "Happy", "Unhappy", "Not judged", "Share", "Likely"], days.map((d) => [dayName(d.day), d.positive, d.negative, d.not_judged, percent(d.share), d.share === null ? "–" : between(d)])),
  );
}

/** Unhappy remarks to the left of the middle, happy ones to the right. */
function drawShares(id, rows, what, nothing) {
  if (!rows.length) return $(id).replaceChildren(h("p", { class: "nothing" }, nothing));
  const width = roomFor(id);
  const names = Math.min(170, width * 0.36);
  const most = Math.max(1, ...rows.map((row) => Math.max(row.positive, row.negative)));
  const bar = 34;
  const height = rows.length * bar + 8;
  const middle = names + 30 + (width - names - 66) * 0.42;
  const unit = Math.min((middle - names - 34) / most, (width - middle - 36) / most);
  const svg = picture(width, height, `${what}: ${rows.map((row) => `${row.name}, ${row.positive} happy and ${row.negative} unhappy`).join("; ")}`);
  const points = rows.map((row, i) => {
    const y = i * bar + 6;
    svg.append(
      s("text", { class: "strong", x: 0, y: y + 17 }, row.name.length > names / 7.4 ? `${row.name.slice(0, Math.floor(names / 7.4) - 1)}…` : row.name),
      s("rect", { class: "blame", x: middle - row.negative * unit - 1, y, width: row.negative * unit, height: 22, rx: 4 }),
      s("rect", { class: "praise", x: middle + 1, y, width: row.positive * unit, height: 22, rx: 4 }),
      s("text", { x: middle - row.negative * unit - 8, y: y + 16, "text-anchor": "end" }, String(row.negative)),
      s("text", { x: middle + row.positive * unit + 8, y: y + 16 }, String(row.positive)),
    );
    const node = s("rect", { class: "day-hit", x: 0, y: y - 5, width, height: bar, rx: 8 });
    svg.append(node);
    return { x: middle, y: y + 11, node, tell: `${row.name}: ${percent(row.share)} happy\n${row.positive} happy, ${row.negative} unhappy; likely ${between(row)}${row.ordered === undefined ? "" : `\nordered ${many(row.ordered, "time")}`}` };
  });
  svg.append(s("line", { class: "limit", x1: middle, x2: middle, y1: 0, y2: height }));
  pointable(svg, points, width);
  const withOrders = rows[0].ordered !== undefined;
  $(id).replaceChildren(
    svg,
    legend(["is-blame", "unhappy"], ["", "happy"]),
    table([what, "Unhappy", "Happy", "Share", "Likely", ...(withOrders ? ["Ordered"] : [])], rows.map((r) => [r.name, r.negative, r.positive, percent(r.share), between(r), ...(withOrders ? [r.ordered] : [])])),
  );
}

function drawQuotes(id, rows, kind, nothing) {
  $(id).replaceChildren(
    ...(rows.length
      ? rows.map((row) =>
          h(
            "blockquote",
            { class: `quote ${kind}` },
            h("p", {}, `“${row.text}”`),
            h("footer", {}, [dayName(row.day), places.get(row.place), CHANNELS[row.channel], row.topics.map((topic) => TOPICS[topic] || topic).join(", "), row.made_up && "made up"].filter(Boolean).join(" · ")),
          ),
        )
      : [h("p", { class: "nothing" }, nothing)]),
  );
}

function drawWaits() {
  const { waits } = shown;
  if (!waits.points.length) {
    $("waits-lead").textContent = "";
    return $("waits-chart").replaceChildren(h("p", { class: "nothing" }, "No party of these days has been seated from the waitlist."));
  }
  $("waits-lead").replaceChildren(
    h("b", {}, `${percent(waits.share)} were seated within the promised time`),
    ` (likely ${between(waits)}); half waited less than ${minutes(waits.median_waited)}.`,
    waits.median_late ? ` The late ones waited ${minutes(waits.median_late)} longer than promised, at the median.` : "",
    waits.left ? ` ${many(waits.left, "party", "parties")} left.` : "",
  );
  const width = roomFor("waits-chart");
  const height = Math.min(360, width * 0.72);
  const [left, right, top, bottom] = [50, 10, 10, 44];
  const mostX = Math.max(15, ...waits.points.map((point) => point.high)) + 5;
  const mostY = Math.max(mostX, ...waits.points.map((point) => point.waited)) + 3;
  const x = scale(0, mostX, left, width - right);
  const y = scale(0, mostY, height - bottom, top);
  const svg = picture(width, height, `${waits.points.length} parties by the longest wait that they were promised and how long they waited; ${waits.kept} were within it.`);
  svg.append(s("polygon", { class: "kept-zone", points: `${x(0)},${y(0)} ${x(mostX)},${y(mostX)} ${x(mostX)},${y(0)}` }));
  for (let m = 0; m <= mostY; m += mostY > 70 ? 20 : 10) svg.append(s("line", { class: "grid", x1: left, x2: width - right, y1: y(m), y2: y(m) }), s("text", { x: left - 8, y: y(m) + 4, "text-anchor": "end" }, String(m)));
  for (let m = 0; m <= mostX; m += 10) svg.append(s("text", { x: x(m), y: height - bottom + 18, "text-anchor": "middle" }, String(m)));
  svg.append(
    s("line", { class: "limit", x1: x(0), y1: y(0), x2: x(mostX), y2: y(mostX) }),
    s("text", { x: (left + width - right) / 2, y: height - 6, "text-anchor": "middle" }, "promised at most, minutes"),
    s("text", { x: 0, y: 0, transform: `translate(13 ${(height - bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, "waited, minutes"),
    s("text", { x: x(mostX) - 8, y: y(0) - 10, "text-anchor": "end" }, "within the promise"),
  );
  const group = s("g");
  const points = waits.points.map((point, i) => {
    const late = point.waited > point.high;
    const at = { x: x(point.high) + ((i * 7) % 11) - 5, y: y(point.waited) }; // promises are round numbers: spread a little
    const node = late
      ? s("rect", { class: "point blame", x: at.x - 4.5, y: at.y - 4.5, width: 9, height: 9, transform: `rotate(45 ${at.x} ${at.y})` })
      : s("circle", { class: "point praise", cx: at.x, cy: at.y, r: 5 });
    group.append(node);
    const where = shown.period.place ? "" : `, ${places.get(point.place) || ""}`;
    return { ...at, node, tell: `${dayName(point.day)}${where}: party of ${point.people}\npromised ${point.low} to ${point.high} min, waited ${minutes(point.waited)}` };
  });
  svg.append(group);
  pointable(svg, points, 30);
  const late = waits.points.filter((point) => point.waited > point.high);
  $("waits-chart").replaceChildren(
    svg,
    legend(["", "in time"], ["is-blame", "later than promised"]),
    table(["Late parties", "People", "Promised", "Waited"], late.map((p) => [dayName(p.day), p.people, `${p.low}–${p.high} min`, minutes(p.waited)])),
  );
}

function drawAbandoned() {
  const { abandoned } = shown;
  if (!abandoned.carts) {
    $("abandoned-lead").textContent = "";
    return $("abandoned-chart").replaceChildren(h("p", { class: "nothing" }, "No order was left unfinished."));
  }
  $("abandoned-lead").replaceChildren(
    h("b", {}, `${percent(abandoned.share)} of the orders begun were not finished`),
    ` (likely ${between(abandoned)}), worth ${(abandoned.lost_cents / 100).toLocaleString(undefined, { style: "currency", currency: shown.currency })}. They broke off at:`,
  );
  const width = roomFor("abandoned-chart");
  const bar = 40;
  const most = Math.max(...abandoned.steps.map((step) => step.count));
  const unit = scale(0, most, 0, width - 46);
  const svg = picture(width, abandoned.steps.length * bar, `Orders broke off at ${abandoned.steps.map((step) => `${step.label}: ${step.count}`).join("; ")}`);
  abandoned.steps.forEach((step, i) => {
    svg.append(
      s("text", { class: "strong", x: 0, y: i * bar + 14 }, step.label),
      s("rect", { class: "blame", x: 0, y: i * bar + 20, width: unit(step.count), height: 12, rx: 4 }),
      s("text", { class: "strong", x: unit(step.count) + 8, y: i * bar + 31 }, String(step.count)),
    );
  });
  $("abandoned-chart").replaceChildren(svg, table(["Broke off at", "Orders"], abandoned.steps.map((step) => [step.label, step.count])));
}

/* ------------------------------------------------------------- questions */

function drawQuestions() {
  const rows = shown.questions;
  $("questions-list").replaceChildren(...(rows.length ? rows.map(questionRow) : [h("p", { class: "nothing" }, "Every question found an answer.")]));
}

function questionRow(row) {
  const times = row.count > 1 ? `asked ${many(row.count, "time")}, last on ${dayName(row.last)}` : dayName(row.last);
  const node = h(
    "div",
    { class: "question" },
    h("p", {}, h("b", {}, row.text), " ", h("small", {}, times, row.made_up ? ", made up" : "")),
    h(
      "div",
      { class: "row" },
      h("button", { class: "act", type: "button", "data-do": "answer", "aria-expanded": "false", onclick: (event) => openAnswer(node, row, event.currentTarget) }, "Answer it"),
      h("button", { class: "act quiet", type: "button", "data-do": "ignore", "aria-label": `Put aside: ${row.text}`, onclick: () => settle(node, row, "ignore", {}) }, "Put aside"),
    ),
  );
  return node;
}

function openAnswer(node, row, button) {
  const open = node.querySelector("form");
  button.setAttribute("aria-expanded", String(!open));
  if (open) return open.remove();
  const question = h("input", { maxlength: 300, required: true, autocomplete: "off" });
  question.value = row.text;
  const answer = h("textarea", { rows: 2, maxlength: 600, required: true });
  const form = h(
    "form",
    {
      onsubmit: (event) => {
        event.preventDefault();
        settle(node, row, "answer", { question: question.value, answer: answer.value });
      },
    },
    h("label", {}, "The question, as guests ask it", question),
    h("label", {}, "What the assistant says", answer),
    h("div", { class: "row" }, h("button", { class: "act main", type: "submit" }, "Add to the FAQ")),
  );
  node.append(form);
  answer.focus();
}

async function settle(node, row, action, body) {
  for (const button of node.querySelectorAll("button")) button.disabled = true;
  const done = await post(`/insights/questions/${action}`, { ids: row.ids, ...body });
  for (const button of node.querySelectorAll("button")) button.disabled = false;
  if (!done) return;
  toast(action === "answer" ? "Added. The assistant answers it from now on." : "Put aside.");
  shown.questions = shown.questions.filter((each) => each !== row);
  drawQuestions();
  drawTiles();
  ($("questions-list").querySelector("button") || $("questions")).focus?.();
}

/* ------------------------------------------------------------------- map */

let mapTimer;

async function loadMap(mine, tries = 0) {
  clearTimeout(mapTimer);
  const answer = await fetch(`/insights/map.json?${query()}`).catch(() => null);
  if (!answer?.ok || mine !== asked) return;
  const map = await answer.json();
  if (mine !== asked) return;
  if (!map.enough) return drawMap([], "There are too few remarks for a map.");
  drawMap(map.points, "The map is being drawn …");
  if (!map.ready && tries < 20) mapTimer = setTimeout(() => loadMap(mine, tries + 1), 1500);
}

function drawMap(points, otherwise) {
  const chart = $("map-chart");
  if (!points.length) return chart.replaceChildren(h("p", { class: "nothing", role: "status" }, otherwise));
  const width = roomFor("map-chart");
  const height = Math.min(620, Math.max(380, width * 0.5));
  const margin = width < 500 ? 34 : 60;
  const x = scale(-1, 1, margin, width - margin);
  const y = scale(-1, 1, 24, height - 24);
  const svg = picture(width, height, `A map of ${points.length} remarks and words; what means alike lies together.`);
  const dots = s("g");
  const words = s("g");
  const taken = [];
  const free = (box) => !taken.some((other) => box.x1 < other.x2 && other.x1 < box.x2 && box.y1 < other.y2 && other.y1 < box.y2);
  // The commonest words are drawn first; those that would cover another are left out, their remarks are there.
  const wanted = [...points].sort((a, b) => (b.count || 0) - (a.count || 0));
  const found = wanted.flatMap((point) => {
    const at = { x: x(point.x), y: y(point.y) };
    const happy = point.kind === "word" ? point.share >= 0.5 : point.label === "positive";
    let node;
    if (point.kind === "word") {
      const size = Math.min(24, 12 + Math.sqrt(point.count) * 1.7);
      const half = point.text.length * size * 0.3;
      const box = { x1: at.x - half, x2: at.x + half, y1: at.y - 7 - size, y2: at.y - 4 };
      if (!free(box)) return [];
      taken.push(box);
      node = s("text", { class: `word ${happy ? "praise" : "blame"}`, x: at.x, y: at.y - 7, "text-anchor": "middle" }, point.text);
      node.style.fontSize = `${size}px`;
      words.append(node);
      return { ...at, node, tell: `“${point.text}”, in ${many(point.count, "remark")}, ${percent(point.share)} of them happy` };
    }
    node = happy
      ? s("circle", { class: "point praise", cx: at.x, cy: at.y, r: 5 })
      : s("rect", { class: "point blame", x: at.x - 4.5, y: at.y - 4.5, width: 9, height: 9, transform: `rotate(45 ${at.x} ${at.y})` });
    dots.append(node);
    return { ...at, node, tell: `“${point.text}”\n${[dayName(point.day), ...point.topics.map((topic) => TOPICS[topic] || topic)].join(" · ")}` };
  });
  svg.append(dots, words);
  pointable(svg, found, 26);
  chart.replaceChildren(svg, legend(["", "happy remark"], ["is-blame", "unhappy remark"]));
}

/* ---------------------------------------------------------- personal data */

$("forget").addEventListener("submit", async (event) => {
  event.preventDefault();
  const phone = $("forget-phone").value.trim();
  if (!confirm(`Delete everything about ${phone}? This cannot be undone.`)) return;
  const done = await post("/staff/forget", { phone });
  if (!done) return;
  const parts = Object.entries(done.deleted).filter(([, count]) => count).map(([name, count]) => `${name.replace("_", " ")}: ${count}`);
  $("forget-told").textContent = parts.length ? `Deleted. ${parts.join(", ")}.` : "Nothing was stored about this number.";
  $("forget-phone").value = "";
  load();
});

let resizeTimer;
let drawnWidth = innerWidth;
addEventListener("resize", () => {
  clearTimeout(resizeTimer);
  resizeTimer = setTimeout(() => {
    if (innerWidth === drawnWidth || !shown) return;
    drawnWidth = innerWidth;
    draw();
    loadMap(asked);
  }, 150);
});

load();
