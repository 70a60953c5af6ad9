/* The restaurant's page: everything on it comes from /site.json; orders go to the chat widget. */

const REFRESH_MS = 60_000;
// Kinds of dishes we have a picture of, as art/KIND.svg; any other kind gets a plain plate.
const PICTURES = new Set(
  "breakfast coffee combo dessert drink grill main pasta pizza salad side soup starter".split(" "),
);
const $ = (id) => document.getElementById(id);
const remembered = {
  get: () => {
    try {
      return localStorage.getItem("place") || "";
    } catch {
      return "";
    }
  },
  set: (place) => {
    try {
      localStorage.setItem("place", place);
    } catch {
      /* no storage: the choice holds until the page is left */
    }
  },
};

let place = new URL(location.href).searchParams.get("place") || remembered.get();
let shown = "";
let wanted = new Set();

/** A node; strings become text, never markup. */
function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return node;
}

async function chat() {
  await customElements.whenDefined("restaurant-chat");
  return document.querySelector("restaurant-chat") || document.body.appendChild(document.createElement("restaurant-chat"));
}

async function say(text) {
  (await chat()).say(text);
}

async function load() {
  try {
    const answer = await fetch(`/site.json${place ? `?place=${encodeURIComponent(place)}` : ""}`);
    if (!answer.ok && place) {
      // A place that is gone must not lock a returning guest out.
      place = "";
      remembered.set("");
      return load();
    }
    if (!answer.ok) throw new Error(answer.status);
    const text = await answer.text();
    $("trouble").hidden = true;
    if (text !== shown) show(JSON.parse(text));
    shown = text;
  } catch {
    $("trouble").hidden = Boolean(shown);
  }
}

function show(site) {
  const money = new Intl.NumberFormat(undefined, { style: "currency", currency: site.currency });
  if (!site.places.some((each) => each.id === place)) place = "";
  document.title = `${site.name}: menu, orders and tables`;
  $("brand").textContent = $("name").textContent = site.name;
  $("footer-name").textContent = `${site.name} · ${site.places.map((each) => each.address).join(" · ")}`;
  $("tagline").textContent = site.tagline;
  showToday(site.places);
  showSayings(site.menu);
  showPlacePick(site.places);
  showDiets(site.menu);
  showMenu(site.menu, money);
  $("specials").hidden = !site.specials.length;
  $("specials").replaceChildren(...site.specials.map((text) => h("p", {}, text)));
  $("place-list").replaceChildren(...site.places.map(placeCard));
  document.body.classList.remove("loading");
}

function badge(each) {
  return h("span", { class: each.open_now ? "open" : "shut" }, each.open_now ? "Open now" : "Closed now");
}

function showToday(places) {
  const here = places.find((each) => each.id === place);
  const shownPlaces = here ? [here] : places;
  $("today").replaceChildren(
    ...shownPlaces.map((each) =>
      h(
        "span",
        {},
        badge(each),
        places.length > 1 ? ` ${each.name} ` : " ",
        h("time", {}, each.hours_today || "closed today"),
      ),
    ),
  );
}

function showSayings(menu) {
  const dishes = menu.flatMap((kind) => kind.items.filter((item) => item.available).map((item) => ({ ...item, kind: kind.kind })));
  const of = (kind) => dishes.find((item) => item.kind === kind);
  const first = of("pizza") || of("grill") || of("main") || dishes[0];
  const drink = of("drink") || dishes[dishes.length - 1];
  const sayings = [
    first && drink && first !== drink ? `Two ${first.say} and one ${drink.say}, please` : "I'd like to order",
    "What is vegan here?",
    "When are you open on Sunday?",
    "Where is my order?",
  ];
  $("sayings").replaceChildren(
    ...sayings.map((text) => h("button", { type: "button", class: "saying", onclick: () => say(text) }, text)),
  );
}

function showPlacePick(places) {
  $("place-pick").hidden = places.length < 2;
  $("place").replaceChildren(
    h("option", { value: "" }, "all places"),
    ...places.map((each) => h("option", { value: each.id, selected: each.id === place }, each.name)),
  );
}

async function choose(id) {
  place = id;
  remembered.set(id);
  load();
  await tellWidget();
}

async function tellWidget() {
  const widget = await chat();
  if (place) widget.dataset.place = place;
  else delete widget.dataset.place;
}

/* ------------------------------------------------------------------ menu */

function showDiets(menu) {
  const diets = [...new Set(menu.flatMap((kind) => kind.items.flatMap((item) => item.diet)))].filter((diet) => diet !== "spicy");
  wanted = new Set([...wanted].filter((diet) => diets.includes(diet)));
  $("diets").hidden = !diets.length;
  $("diets").replaceChildren(
    h("legend", {}, "Show only"),
    ...diets.map((diet) =>
      h(
        "label",
        {},
        h("input", {
          type: "checkbox",
          checked: wanted.has(diet),
          onchange: (event) => {
            if (event.target.checked) wanted.add(diet);
            else wanted.delete(diet);
            filter();
          },
        }),
        h("span", {}, diet),
      ),
    ),
  );
}

/** A vegan dish is a vegetarian one, whether or not the menu says so twice. */
function suits(diets) {
  return [...wanted].every((diet) => diets.includes(diet) || (diet === "vegetarian" && diets.includes("vegan")));
}

function filter() {
  for (const section of $("dishes").children) {
    const dishes = [...section.querySelectorAll(".dish")];
    for (const dish of dishes) dish.hidden = !suits(dish.dataset.diet.split(","));
    section.hidden = dishes.every((dish) => dish.hidden);
    $("kinds").querySelector(`[href="#${section.id}"]`).hidden = section.hidden;
  }
}

function showMenu(menu, money) {
  $("kinds").replaceChildren(...menu.map(({ kind, title }) => h("a", { href: `#kind-${kind}` }, title)));
  $("dishes").replaceChildren(
    ...menu.map(({ kind, title, items }) =>
      h(
        "section",
        { class: "kind", id: `kind-${kind}`, "aria-labelledby": `title-${kind}` },
        h(
          "div",
          { class: "kind-head" },
          h("img", { src: `/static/art/${PICTURES.has(kind) ? kind : "main"}.svg`, alt: "", width: 220, height: 220, loading: "lazy" }),
          h("h3", { id: `title-${kind}` }, title),
        ),
        h("ul", { class: "dishes" }, items.map((item) => dish(item, money))),
      ),
    ),
  );
  filter();
  watchKinds();
}

function dish(item, money) {
  const price = money.format(item.price_cents / 100);
  return h(
    "li",
    { class: item.available ? "dish" : "dish off", "data-diet": item.diet.join(","), "data-item": item.id },
    h(
      "div",
      { class: "line" },
      h("h4", {}, item.title),
      h("span", { class: "dots", "aria-hidden": "true" }),
      h("span", { class: "price" }, item.from && h("small", {}, "from "), price),
    ),
    item.description && h("p", { class: "about" }, item.description),
    h(
      "div",
      { class: "foot" },
      h(
        "div",
        { class: "tags" },
        item.diet.map((diet) => h("span", { class: `diet ${diet === "spicy" ? "hot" : ""}` }, diet)),
        item.allergens.length > 0 && h("span", { class: "allergens" }, `Contains ${item.allergens.join(", ")}`),
      ),
      item.available
        ? h(
            "button",
            {
              class: "add",
              type: "button",
              "aria-label": `Add ${item.title}, ${item.from ? "from " : ""}${price}`,
              onclick: () => say(`One ${item.say}, please`),
            },
            "Add",
          )
        : h("span", { class: "why" }, item.why || "not available now"),
    ),
  );
}

/** Marks the kind that is being read in the sticky list. */
let watcher;
function watchKinds() {
  watcher?.disconnect();
  watcher = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const link = $("kinds").querySelector(`[href="#${target.id}"]`);
        if (isIntersecting) link?.setAttribute("aria-current", "true");
        else link?.removeAttribute("aria-current");
      }
      const current = $("kinds").querySelector("[aria-current]");
      if (current) $("kinds").scrollTo({ left: current.offsetLeft - 24, behavior: "smooth" });
    },
    { rootMargin: "-30% 0px -69% 0px" },
  );
  for (const section of $("dishes").children) watcher.observe(section);
}

/* ---------------------------------------------------------------- places */

function placeCard(each) {
  return h(
    "article",
    { class: "place" },
    h("div", { class: "place-top" }, h("h3", {}, each.name), badge(each)),
    h("address", {}, each.address, h("br"), h("a", { href: `tel:${each.phone.replace(/[^+\d]/g, "")}` }, each.phone)),
    h(
      "dl",
      {},
      each.hours.map(({ days, hours }) => h("div", {}, h("dt", {}, days), h("dd", {}, hours))),
    ),
    h("p", { class: "ways" }, each.pickup && h("span", {}, "Pickup"), each.delivery && h("span", {}, "Delivery")),
    h(
      "button",
      {
        class: "button plain small",
        type: "button",
        onclick: async () => {
          await choose(each.id);
          (await chat()).open();
        },
      },
      `Order from ${each.name}`,
    ),
  );
}

/* ----------------------------------------------------------------- start */

for (const button of document.querySelectorAll("[data-chat]")) {
  button.addEventListener("click", async () => (await chat()).open());
}
$("place").addEventListener("change", (event) => choose(event.target.value));
$("retry").addEventListener("click", load);
document.addEventListener("visibilitychange", () => document.hidden || load());
setInterval(() => document.hidden || load(), REFRESH_MS);
load().then(() => place && tellWidget());
