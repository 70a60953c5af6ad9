/* The day's special: the owner types facts, the server words them, and only an approved sentence reaches guests. */

const $ = (id) => document.getElementById(id);
const STATES = { proposed: "Waiting for you", approved: "Published", refused: "Refused" };

function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children.filter(Boolean));
  return node;
}

let toastTimer;
function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => ($("toast").hidden = true), 6000);
}

async function post(path, body) {
  let text = "That did not reach the server. Please try again.";
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Requested-With": "staff" },
      body: JSON.stringify(body),
    });
    if (answer.status === 401) location.assign("/staff/login");
    const result = await answer.json().catch(() => ({}));
    if (answer.ok) return result;
    text = result.error || `The server refused (${answer.status}).`;
  } catch {
    /* said below */
  }
  toast(text);
  return null;
}

async function show() {
  const answer = await fetch("/staff/specials.json");
  if (answer.status === 401) return location.assign("/staff/login");
  const { specials, places, today } = await answer.json();
  const select = $("place");
  if (select.options.length === 1) {
    select.append(...places.map((place) => h("option", { value: place.id }, place.name)));
    $("entry").elements.day.value = today;
  }
  const nameOf = (id) => places.find((place) => place.id === id)?.name || "All places";
  $("list").replaceChildren(
    ...specials.map((special) =>
      h(
        "article",
        { class: `card special ${special.status}`, "data-id": special.id },
        h("header", {}, h("h3", {}, STATES[special.status]), h("span", { class: "due" }, `${special.day} · ${nameOf(special.place)}`)),
        h("p", {}, special.text),
        h(
          "div",
          { class: "row" },
          special.status !== "approved" && decides(special, "approved", "Approve and publish"),
          special.status !== "refused" && decides(special, "refused", special.status === "approved" ? "Take it down" : "Refuse"),
        ),
      ),
    ),
  );
}

function decides(special, status, label) {
  const onclick = async (event) => {
    event.currentTarget.disabled = true;
    await post(`/staff/specials/${special.id}`, { status });
    await show();
  };
  return h("button", { class: status === "approved" ? "act main" : "act quiet", type: "button", "data-do": status, onclick }, label);
}

$("entry").addEventListener("submit", async (event) => {
  event.preventDefault();
  const entry = Object.fromEntries(new FormData(event.target));
  if (await post("/staff/specials", entry)) {
    for (const name of ["special", "ingredients", "diet", "price"]) event.target.elements[name].value = "";
    await show();
  }
});

show();
