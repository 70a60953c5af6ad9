/* The guests' pad: party and name, a number written by hand, the guest's yes to exactly that number, thanks.
 *
 * What a guest enters lives in `guest` and in the page only until `startOver`; nothing of it is stored in the browser.
 */

const $ = (id) => document.getElementById(id);
const READ_AFTER_MS = 280; // after the pen was lifted
const THANKS_MS = 12_000;
const SLOW_MS = 2_000; // without an answer: the guest is told that it takes a moment
const ANSWER_MS = 10_000; // and then that it failed
const PHOTO_MS = 60_000;
const IDLE_MS = 75_000;
const STILL_THERE_MS = 15_000;
const JOINING = "pad joining"; // the id under which this page joins, kept while the answer is on its way
const STEPS = ["hello", "number", "check"];
const FEW = 9;

let house = null;
let place = "";
let guest = null; // what this guest has entered
let paper = []; // staff only: the numbers of a paper list
let fromPaper = null; // the one of them that is being added

function newGuest() {
  return {
    id: newId(),
    people: 0,
    typed: false, // typed digits instead of ink
    digits: [], // {digit, doubtful, mine}: mine was typed or written again by the guest
    read: "", // what the ink was last read as
    number: null, // the candidate: {e164, shown, plausible, groups}
    problem: "",
    failed: false, // the number could not be looked at: to be tried again
    shown: null, // what stands on the check page: {written, confirmed}
  };
}

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

/** A node; strings become text, never markup. */
function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child || child === 0));
  return node;
}

/** The server's answer. `slow` is called when it takes long; after ANSWER_MS it has failed. */
async function ask(path, body, { signal, keepalive, slow = () => {} } = {}) {
  const options = body === undefined ? {} : { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  options.headers = { ...options.headers, "X-Requested-With": "pad" };
  const request = new AbortController();
  signal?.addEventListener("abort", () => request.abort(), { once: true });
  const timers = [setTimeout(slow, SLOW_MS), setTimeout(() => request.abort(new DOMException("no answer", "TimeoutError")), ANSWER_MS)];
  try {
    const answer = await fetch(`/pad/${path}`, { ...options, keepalive, cache: "no-store", signal: request.signal });
    if (answer.status === 401) location.reload();
    const view = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(view.error), { told: true });
    return view;
  } finally {
    timers.forEach(clearTimeout);
  }
}

/* ------------------------------------------------------------------ steps */

function show(step) {
  document.body.dataset.step = step;
  for (const section of document.querySelectorAll("main > section")) section.hidden = section.dataset.step !== step;
  [...$("steps").children].forEach((item, i) => {
    item.classList.toggle("past", STEPS.indexOf(step) > i);
    if (STEPS[i] === step) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  });
  $("staff").hidden = house?.role !== "staff" || !["hello", "list", "setup"].includes(step);
  scrollTo({ top: 0, behavior: "instant" });
  document.querySelector(`section[data-step="${step}"] h1`)?.focus({ preventScroll: true });
  if (step === "number") pad.fit();
}

/** Nothing of this guest stays: not in the page, not in its fields, not in memory. */
function startOver() {
  clearTimeout(thanksTimer);
  stopReading();
  if ($("fix").open) $("fix").close();
  document.activeElement?.blur();
  guest = newGuest();
  sessionStorage.removeItem(JOINING);
  pad.clear();
  fixPad.clear();
  $("name").value = "";
  for (const id of ["digits", "shown", "note", "fix-note", "fix-title", "h-thanks", "told", "promise", "wait", "consent", "odd", "trouble"]) $(id).replaceChildren();
  $("trouble").hidden = $("odd").hidden = true;
  setMode(false);
  showPeople();
  showNext();
  hush();
  const listed = fromPaper;
  fromPaper = null;
  show(!place ? "setup" : listed && paper.length ? "list" : "hello");
}

/* ------------------------------------------------------------------ party */

let many = false;

function showPeople() {
  const most = house?.most_people || FEW;
  const from = many ? 10 : 1;
  const to = many ? Math.min(most, 19) : FEW;
  const choice = (n) =>
    h("button", { type: "button", "aria-pressed": String(guest.people === n), "data-people": n, "aria-label": `${n} ${n === 1 ? "person" : "people"}`, onclick: () => choose(n) }, String(n));
  const buttons = [];
  for (let n = from; n <= to; n += 1) buttons.push(choice(n));
  if (!many && most > FEW) buttons.push(h("button", { type: "button", class: "more", onclick: () => turn(true) }, "10 +"));
  if (many) buttons.unshift(h("button", { type: "button", class: "more", onclick: () => turn(false) }, "1 – 9"));
  $("people").replaceChildren(...buttons);
}

function turn(to) {
  many = to;
  showPeople();
  $("people").querySelector("button")?.focus({ preventScroll: true });
}

async function choose(n) {
  guest.people = n;
  for (const button of $("people").children) {
    if (button.dataset.people) button.setAttribute("aria-pressed", String(Number(button.dataset.people) === n));
  }
  showNext();
  const asked = guest;
  try {
    const { wait } = await ask(`state?place=${encodeURIComponent(place)}&people=${n}`);
    if (asked === guest && guest.people === n && wait) showWait(wait);
  } catch {
    /* the wait is told when they have joined */
  }
}

const minutes = ([low, high]) => (high <= 5 ? "only a few minutes" : low < 1 ? `up to ${high} minutes` : low === high ? `about ${low} minutes` : `${low} to ${high} minutes`);

function showWait(wait) {
  const ahead = wait.ahead === 0 ? "Nobody is ahead of you" : `${wait.ahead} ${wait.ahead === 1 ? "party is" : "parties are"} ahead of you`;
  $("wait").replaceChildren(h("b", {}, `Your wait: ${minutes([wait.low_min, wait.high_min])}`), h("span", {}, ahead));
}

const nameGiven = () => /\p{L}/u.test($("name").value);

function showNext() {
  $("to-number").setAttribute("aria-disabled", String(!(guest.people && nameGiven())));
  const ready = Boolean(guest.number);
  $("to-check").setAttribute("aria-disabled", String(!ready));
}

$("name").addEventListener("input", showNext);
$("name").addEventListener("keydown", (event) => event.key === "Enter" && toNumber());
$("to-number").addEventListener("click", toNumber);

function toNumber() {
  if (!guest.people) return say("How many are you? Tap a number.", $("people").querySelector("button"));
  if (!nameGiven()) return say("Please tell us a name to call.", $("name"));
  if (fromPaper) {
    setMode(true);
    guest.digits = fromPaper.digits.map((digit) => ({ ...digit }));
    showDigits();
    checkNumber();
  }
  show("number");
}

/* -------------------------------------------------------------------- ink */

/** A canvas for one pen at a time. Strokes are kept in CSS pixels, with the time of each point in ms. */
class Ink {
  constructor(canvas, { begun, lifted }) {
    this.canvas = canvas;
    this.strokes = [];
    this.pen = null;
    this.begun = begun;
    this.lifted = lifted;
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => this.up(event));
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    new ResizeObserver(() => this.fit()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  point(event) {
    const box = this.canvas.getBoundingClientRect();
    const round = (value) => Math.round(value * 10) / 10;
    return [round(event.clientX - box.left), round(event.clientY - box.top), Math.round(event.timeStamp)];
  }

  down(event) {
    // A pen wins over the hand that rests beside it.
    if (this.pen && !(event.pointerType === "pen" && this.pen.type === "touch")) return;
    if (event.button > 0) return;
    if (this.pen) this.strokes.pop();
    event.preventDefault();
    document.activeElement?.blur();
    try {
      this.canvas.setPointerCapture(event.pointerId);
    } catch {
      /* the pointer is gone already */
    }
    this.pen = { id: event.pointerId, type: event.pointerType };
    this.strokes.push([this.point(event)]);
    this.begun();
    this.draw();
  }

  move(event) {
    if (this.pen?.id !== event.pointerId) return;
    const stroke = this.strokes.at(-1);
    const steps = event.getCoalescedEvents?.() || [];
    for (const each of steps.length ? steps : [event]) {
      const next = this.point(each);
      const last = stroke.at(-1);
      if (Math.hypot(next[0] - last[0], next[1] - last[1]) >= 1) stroke.push(next);
    }
    this.draw();
  }

  up(event) {
    if (this.pen?.id !== event.pointerId) return;
    this.pen = null;
    this.lifted();
  }

  undo() {
    this.strokes.pop();
    this.draw();
  }

  clear() {
    this.strokes = [];
    this.pen = null;
    this.draw();
  }

  fit() {
    const box = this.canvas.getBoundingClientRect();
    const scale = devicePixelRatio || 1;
    const [wide, high] = [Math.round(box.width * scale), Math.round(box.height * scale)];
    if (!wide || !high) return;
    if (this.canvas.width !== wide || this.canvas.height !== high) Object.assign(this.canvas, { width: wide, height: high });
    this.draw();
  }

  draw() {
    const context = this.canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    const scale = devicePixelRatio || 1;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.lineCap = context.lineJoin = "round";
    context.lineWidth = 5;
    context.strokeStyle = context.fillStyle = getComputedStyle(this.canvas).color;
    for (const stroke of this.strokes) {
      context.beginPath();
      const [[x, y]] = stroke;
      if (stroke.length < 3) {
        context.arc(x, y, 2.5, 0, 2 * Math.PI);
        context.fill();
      }
      context.beginPath();
      context.moveTo(x, y);
      for (let i = 1; i < stroke.length - 1; i += 1) {
        const [a, b] = [stroke[i], stroke[i + 1]];
        context.quadraticCurveTo(a[0], a[1], (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
      }
      const end = stroke.at(-1);
      context.lineTo(end[0], end[1]);
      context.stroke();
    }
  }
}

const pad = new Ink($("ink"), {
  begun: () => {
    clearTimeout(readTimer);
    inked += 1;
    showTools();
  },
  lifted: readSoon,
});

function showTools() {
  const empty = !pad.strokes.length;
  $("ghost").hidden = !empty;
  $("undo").disabled = $("clear").disabled = empty;
}

let readTimer = 0;
let reading = null;
let inked = 0; // counts every change of the ink
let known = 0; // up to which of them `guest.digits` tells what is written
const unread = () => known !== inked;

function readSoon() {
  showTools();
  clearTimeout(readTimer);
  readTimer = setTimeout(readInk, READ_AFTER_MS);
}

/** An answer that is on its way, or here already, counts no more. */
function stopReading() {
  clearTimeout(readTimer);
  reading?.abort();
  reading = null;
  known = inked;
}

async function readInk() {
  clearTimeout(readTimer);
  reading?.abort();
  const mine = (reading = new AbortController());
  const upTo = inked;
  if (!pad.strokes.length) {
    stopReading();
    take("", [], null, "");
    return;
  }
  try {
    const slow = () => mine === reading && note("Reading…");
    const view = await ask("read", { strokes: pad.strokes, place }, { signal: mine.signal, slow });
    if (mine !== reading) return;
    known = upTo;
    take(view.digits, view.per_digit, view.candidate, view.reason || view.problem || "");
  } catch (error) {
    if (mine !== reading || error.name === "AbortError") return;
    note(error.told ? error.message : "No connection just now. You can type the number, or ask our host.", "doubt");
  }
}

/** The ink as read. A digit that the guest has put right stays so as long as the ink there reads the same. */
function take(read, perDigit, number, problem) {
  checks += 1; // an answer about other digits counts no more
  if ($("fix").open) $("fix").close(); // its digit may be another one now
  const before = guest.digits;
  const old = guest.read;
  guest.digits = perDigit.map((digit, i) => {
    const kept = before.length === old.length && before[i]?.mine && old[i] === read[i];
    return kept ? before[i] : { digit: digit.digit, doubtful: digit.doubtful, other: digit.runner_up, mine: false };
  });
  guest.read = read;
  Object.assign(guest, { number, problem, failed: false });
  showDigits();
  if (guest.digits.some((digit) => digit.mine)) checkNumber();
}

/* ----------------------------------------------------------------- digits */

function showDigits() {
  const { digits, number } = guest;
  const sizes = number && number.groups.reduce((a, b) => a + b, 0) === digits.length ? number.groups : digits.length > 10 ? [digits.length - 10, 3, 3, 4] : [3, 3, 4];
  const groups = [];
  let at = 0;
  for (const size of [...sizes, digits.length]) {
    const part = digits.slice(at, at + size).map((digit, i) => digitButton(digit, at + i));
    if (part.length) groups.push(h("span", { class: "group" }, part));
    at += size;
    if (at >= digits.length) break;
  }
  const focused = [...$("digits").querySelectorAll("button")].indexOf(document.activeElement);
  $("digits").replaceChildren(...groups);
  $("digits").querySelectorAll("button")[focused]?.focus({ preventScroll: true });
  const doubts = digits.filter((digit) => digit.doubtful).length;
  if (!digits.length) note(pad.strokes.length && !guest.typed ? guest.problem || "We cannot read this yet." : "");
  else if (!number) note(digits.length < 7 ? "" : guest.problem, guest.failed || digits.length > 10 ? "doubt" : "");
  else if (doubts) note(`Please check the marked ${doubts === 1 ? "digit" : "digits"}: tap to write or type it again.`, "doubt");
  else note("A whole number.", "good");
  showNext();
}

function digitButton(digit, i) {
  const label = `Digit ${i + 1}: ${digit.digit}${digit.doubtful ? ", hard to read, please check" : ""}`;
  return h("button", { type: "button", class: digit.doubtful ? "doubt" : digit.mine ? "mine" : "", "aria-label": label, onclick: () => openFix(i) }, digit.digit);
}

function note(text, kind = "") {
  $("note").textContent = text;
  $("note").className = `note ${kind}`;
}

const written = () => guest.digits.map((digit) => digit.digit).join("");

let checks = 0;
async function checkNumber() {
  const mine = (checks += 1);
  const asked = guest;
  const current = () => mine === checks && asked === guest;
  Object.assign(guest, { number: null, problem: "", failed: false });
  showDigits();
  if (written().length < 7) return;
  try {
    const slow = () => current() && note("One moment…");
    const { candidate, problem } = await ask("number", { written: written(), place }, { slow });
    if (current()) Object.assign(guest, { number: candidate, problem: problem || "" });
  } catch (error) {
    if (current()) Object.assign(guest, { problem: error.told ? error.message : "No connection just now. Press Next to try again, or ask our host.", failed: true });
  }
  if (current()) showDigits();
}

/* Typing */

function keypad(root, press, words) {
  const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", words[0], "0", words[1]];
  root.replaceChildren(
    ...keys.map((key) => (key ? h("button", { type: "button", class: key.length > 1 ? "word" : "", onclick: () => press(key) }, key) : h("span"))),
  );
}

function type(key) {
  if (key === "Clear") guest.digits = [];
  else if (key === "Delete") guest.digits.pop();
  else if (guest.digits.length < 15) guest.digits.push({ digit: key, doubtful: false, mine: true });
  checkNumber();
}

function setMode(typed) {
  if (typed) stopReading();
  guest.typed = typed;
  $("sheet").hidden = typed;
  $("keypad").hidden = !typed;
  $("mode").textContent = typed ? "Write instead" : "Type instead";
  $("mode").setAttribute("aria-pressed", String(typed));
  $("h-number").textContent = typed ? "Type your phone number" : "Write your phone number";
  showTools();
}

$("mode").addEventListener("click", () => {
  const typed = !guest.typed;
  guest.digits = typed && pad.strokes.length ? guest.digits : [];
  guest.number = typed ? guest.number : null;
  guest.read = "";
  checks += 1;
  pad.clear();
  setMode(typed);
  showDigits();
});
$("undo").addEventListener("click", () => {
  pad.undo();
  inked += 1;
  readSoon();
});
$("clear").addEventListener("click", () => {
  pad.clear();
  stopReading();
  showTools();
  take("", [], null, "");
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target instanceof HTMLInputElement) return;
  if ($("fix").open) {
    if (/^\d$/.test(event.key)) fixTo(event.key);
    return;
  }
  if (document.body.dataset.step !== "number") return;
  if (/^\d$/.test(event.key) || (event.key === "Backspace" && guest.typed)) {
    if (!guest.typed) $("mode").click();
    type(event.key === "Backspace" ? "Delete" : event.key);
  }
});

/* One digit again */

let fixing = -1;
const fixPad = new Ink($("fix-ink"), {
  begun: () => ($("fix-ghost").hidden = true),
  lifted: () => {
    clearTimeout(readTimer);
    readTimer = setTimeout(readOne, 500);
  },
});

function openFix(i) {
  fixing = i;
  const { digit, doubtful, other } = guest.digits[i];
  $("fix-title").textContent = !digit ? `Digit ${i + 1}` : doubtful && other ? `Digit ${i + 1}: ${digit} or ${other}?` : `Digit ${i + 1}: is it a ${digit}?`;
  $("fix-note").textContent = "";
  $("fix-close").hidden = !digit;
  $("fix-close").textContent = `It is a ${digit}`;
  fixPad.clear();
  $("fix-ghost").hidden = false;
  $("fix").showModal();
  fixPad.fit();
}

async function readOne() {
  if (!fixPad.strokes.length || !$("fix").open) return;
  const mine = fixing;
  try {
    const slow = () => mine === fixing && $("fix").open && ($("fix-note").textContent = "Reading…");
    const view = await ask("read", { strokes: fixPad.strokes, place }, { slow });
    if (mine !== fixing || !$("fix").open) return;
    if (view.per_digit.length === 1 && !view.per_digit[0].doubtful) return fixTo(view.per_digit[0].digit);
    const seen = view.per_digit.length === 1 ? `Is it a ${view.per_digit[0].digit}? ` : "";
    $("fix-note").textContent = `${seen}We are not sure. Please type it.`;
    fixPad.clear();
  } catch {
    $("fix-note").textContent = "No connection just now. Please type it.";
  }
}

function fixTo(digit) {
  guest.digits[fixing] = { digit, doubtful: false, mine: true };
  closeFix();
}

function closeFix() {
  guest.digits = guest.digits.filter((digit) => digit.digit);
  fixPad.clear();
  const i = Math.min(fixing, guest.digits.length - 1);
  if ($("fix").open) $("fix").close();
  checkNumber();
  $("digits").querySelectorAll("button")[i]?.focus({ preventScroll: true });
}

$("fix-close").addEventListener("click", () => {
  Object.assign(guest.digits[fixing], { doubtful: false, mine: true });
  closeFix();
});
$("fix-drop").addEventListener("click", () => {
  guest.digits.splice(fixing, 1);
  guest.read = ""; // the ink has another digit there now
  closeFix();
});
$("fix-add").addEventListener("click", () => {
  guest.digits.splice(fixing + 1, 0, { digit: "", doubtful: false, mine: true }); // filled in or dropped at the end
  guest.read = "";
  $("fix").close();
  openFix(fixing + 1);
});
$("fix").addEventListener("cancel", (event) => {
  event.preventDefault();
  closeFix();
});

/* ----------------------------------------------------------- confirmation */

$("to-check").addEventListener("click", async () => {
  const asked = guest;
  if (unread()) await readInk(); // what was written a moment ago is part of the number
  else if (guest.failed) await checkNumber();
  if (asked !== guest || unread() || document.body.dataset.step !== "number") return;
  if (guest.number) toCheck();
  else say(guest.digits.length ? guest.problem || "This is not a whole number yet." : "Please write your number first.");
});

function toCheck() {
  const { number, digits } = guest;
  guest.shown = { written: written(), confirmed: number.e164 };
  let at = 0;
  const nodes = [...number.shown].map((sign) => {
    if (!/\d/.test(sign)) return sign;
    const doubtful = number.shown.replace(/\D/g, "").length === digits.length && digits[at]?.doubtful;
    at += 1;
    return doubtful ? h("b", { class: "doubt" }, sign) : sign;
  });
  $("shown").replaceChildren(...nodes);
  $("shown").setAttribute("aria-label", number.shown.replace(/\D/g, "").split("").join(" "));
  const doubts = digits.some((digit) => digit.doubtful);
  $("odd").hidden = number.plausible && !doubts;
  $("odd").textContent = doubts ? "Some digits were hard to read. Please look at the marked ones." : "We know of no such number. Please look at it once more.";
  $("consent").textContent = `With “Yes” you agree that ${house.restaurant} texts you about your table, today only. Message and data rates may apply. Text STOP to end it.`;
  $("trouble").hidden = true;
  show("check");
}

$("change").addEventListener("click", () => show("number"));
$("yes").addEventListener("click", () => join($("yes"), { ...guest.shown, consent: true }));
$("no-phone").addEventListener("click", () => join($("no-phone"), {}));

let joining = false;
async function join(button, number) {
  if (joining) return;
  joining = true;
  button.classList.add("busy");
  trouble("");
  const mine = guest;
  sessionStorage.setItem(JOINING, guest.id);
  try {
    const body = { id: guest.id, place, people: guest.people, name: $("name").value.trim(), ...number };
    const slow = () => mine === guest && trouble("One moment, this takes longer than usual…", true);
    const view = await ask("join", body, { keepalive: true, slow }); // arrives even when the page is left at this moment
    if (mine === guest) thank(view, Boolean(number.written));
  } catch (error) {
    if (mine === guest) trouble(error.told ? error.message : "That did not reach us. Please try again, or ask our host.");
  } finally {
    joining = false;
    button.classList.remove("busy");
  }
}

/** What keeps the guest from joining, on the page that they look at; nothing when there are no words. */
function trouble(words, slow = false) {
  if (document.body.dataset.step === "check") {
    $("trouble").textContent = words;
    $("trouble").classList.toggle("slow", slow);
    $("trouble").hidden = !words;
  } else if (words) say(words);
  else hush();
}

/* ----------------------------------------------------------------- thanks */

let thanksTimer = 0;

function thank(view, texted) {
  const name = $("name").value.trim();
  $("h-thanks").textContent = view.already ? "You are on our list already" : name ? `Thank you, ${name}!` : "Thank you!";
  if (view.quoted_min) $("told").textContent = `Your wait: ${minutes(view.quoted_min)}`;
  $("promise").textContent = texted
    ? "We text you when your table is ready. No need to stand in line."
    : "We call your name when your table is ready.";
  $("name").value = "";
  sessionStorage.removeItem(JOINING);
  if (fromPaper) fromPaper.added = true;
  showList();
  $("bar").style.animationDuration = `${THANKS_MS}ms`;
  $("bar").replaceWith($("bar").cloneNode()); // starts the bar anew
  show("thanks");
  clearTimeout(thanksTimer);
  thanksTimer = setTimeout(startOver, THANKS_MS);
}

$("done").addEventListener("click", startOver);
$("restart").addEventListener("click", startOver);

/* ------------------------------------------------------------- paper list */

$("photo").addEventListener("change", async () => {
  const [file] = $("photo").files;
  $("photo").value = "";
  if (!file) return;
  say("Reading the list…");
  try {
    const answer = await fetch(`/pad/photo?place=${encodeURIComponent(place)}`, { method: "POST", body: file, headers: { "X-Requested-With": "pad" }, signal: AbortSignal.timeout(PHOTO_MS) });
    const view = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(view.error), { told: true });
    hush();
    paper = view.lines.map((line) => ({ image: line.image, number: line.candidate, added: false, digits: line.per_digit.map((digit) => ({ digit: digit.digit, doubtful: digit.doubtful, mine: false })) }));
    showList();
    show("list");
  } catch (error) {
    say(error.told ? error.message : "The photo did not reach the server.");
  }
});

function showList() {
  $("list").replaceChildren(
    ...paper.map((line) =>
      h(
        "li",
        {},
        h("img", { src: line.image, alt: "As written" }),
        h("b", {}, line.digits.map((digit) => h("span", { class: digit.doubtful ? "doubt" : null }, digit.digit))),
        line.added
          ? h("span", { class: "added" }, "On the list")
          : h("button", { class: "plain", type: "button", onclick: () => addFromPaper(line) }, "Add"),
      ),
    ),
  );
}

function addFromPaper(line) {
  fromPaper = line;
  show("hello");
}

$("list-done").addEventListener("click", () => {
  paper = [];
  fromPaper = null;
  showList();
  startOver();
});

/* --------------------------------------------------------- toast and idle */

let toastTimer = 0;
function say(text, focus) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(hush, 6000);
  focus?.focus();
}

function hush() {
  $("toast").hidden = true;
  $("toast").textContent = "";
}

let idleTimer = 0;
function awake() {
  clearTimeout(idleTimer);
  idleTimer = setTimeout(() => {
    if (!["hello", "number", "check"].includes(document.body.dataset.step) || !begun()) return;
    say("Still there? Touch the page to go on.");
    idleTimer = setTimeout(startOver, STILL_THERE_MS);
  }, IDLE_MS);
}
const begun = () => guest.people || $("name").value || guest.digits.length || pad.strokes.length;
for (const event of ["pointerdown", "keydown", "input"]) document.addEventListener(event, awake, { capture: true, passive: true });

/* ------------------------------------------------------------------ start */

function setPlace(id) {
  place = id;
  try {
    localStorage.setItem("pad place", id);
  } catch {
    /* asked again next time */
  }
  $("place").textContent = house.places.length > 1 ? house.places.find((each) => each.id === id)?.name || "" : "";
}

async function start() {
  guest = newGuest();
  try {
    house = await ask("state");
  } catch {
    say("No connection to the restaurant. Trying again…");
    setTimeout(start, 3000);
    return;
  }
  hush();
  $("house").textContent = house.restaurant;
  document.title = `${house.restaurant}: waitlist`;
  keypad($("keypad"), type, ["Clear", "Delete"]);
  keypad($("fix-keypad"), fixTo, ["", ""]);
  let known = house.place || new URL(location.href).searchParams.get("place");
  try {
    known = known || localStorage.getItem("pad place");
  } catch {
    /* asked below */
  }
  $("places").replaceChildren(
    ...house.places.map((each) => h("button", { type: "button", "data-place": each.id, onclick: () => (setPlace(each.id), startOver()) }, each.name)),
  );
  if (house.places.some((each) => each.id === known)) setPlace(known);
  const underWay = sessionStorage.getItem(JOINING);
  if (underWay && place) {
    // The page was loaded again while an answer was on its way.
    const { joined } = await ask(`joined?id=${encodeURIComponent(underWay)}`).catch(() => ({ joined: false }));
    if (joined) {
      thank({ already: false, quoted_min: null }, true);
      return;
    }
  }
  startOver();
  if (underWay) guest.id = underWay;
}

addEventListener("pageshow", (event) => event.persisted && startOver());
start();
