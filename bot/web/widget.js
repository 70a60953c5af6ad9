/* The restaurant's chat for any page: <script src="https://HOST/widget.js" async></script>.
 *
 * One file, no build step, no dependency. It defines <restaurant-chat> and puts one on the page unless the page
 * has its own. `data-place` (a branch's id) and `data-open` may stand on the script or on the element. The page may
 * call `open()`, `close()` and `say(text)` on the element, and colour it with `--restaurant-chat-accent`.
 *
 * Four parts, top to bottom: what is remembered (Memory), the connection (Line), text to nodes, and the element.
 * Nothing here ever parses text as HTML.
 */
(() => {
  "use strict";
  if (customElements.get("restaurant-chat")) return;

  const script = document.currentScript;
  const ORIGIN = new URL(script?.src || location.href, location.href).origin;
  const MAX_CHARS = 2000;
  const PHONE = matchMedia("(max-width: 600px)");
  const TOUCH = matchMedia("(pointer: coarse)");

  /* ---------------------------------------------------------------- memory */

  /** What survives a reload: the signed token, the guest's unsent messages, and how far they have read. */
  class Memory {
    constructor(place) {
      this.key = `restaurant-chat ${ORIGIN} ${place || ""}`;
      this.copy = { token: null, conversation: null, queue: [], read: 0 };
    }

    load() {
      // Read each time, because another tab may have written; a browser without storage keeps the copy.
      try {
        const stored = JSON.parse(localStorage.getItem(this.key));
        if (stored && Array.isArray(stored.queue)) this.copy = { ...this.copy, ...stored };
      } catch {
        /* storage is off or the entry is damaged: go on with the copy */
      }
      return this.copy;
    }

    save(changes) {
      this.copy = { ...this.load(), ...changes };
      try {
        localStorage.setItem(this.key, JSON.stringify(this.copy));
      } catch {
        /* full or forbidden: this page still works, a reload starts anew */
      }
    }

    enqueue(message) {
      this.save({ queue: [...this.load().queue, message] });
    }

    dequeue(messageId) {
      const queue = this.load().queue;
      if (queue.some((m) => m.message_id === messageId)) {
        this.save({ queue: queue.filter((m) => m.message_id !== messageId) });
      }
    }
  }

  /* ------------------------------------------------------------ connection */

  const FIRST_WAIT_MS = 500;
  const LONGEST_WAIT_MS = 20000;
  const ECHO_WITHIN_MS = 12000;

  /** randomUUID exists only on secure pages; a guest at http:// needs an id too. */
  function newId() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  }

  /**
   * The conversation's line to the server: opens a session, keeps a socket, resumes after the last message, and sends
   * the queue again with the same ids until the server has echoed it. Events: state, session, reset, frame.
   */
  class Line extends EventTarget {
    constructor(place) {
      super();
      this.place = place;
      this.memory = new Memory(place);
      this.state = "idle"; // idle, connecting, open, lost
      this.seen = new Set();
      this.after = 0; // every message up to here has arrived
      this.failures = 0;
      this.online = () => this.wake();
      this.offline = () => this.drop();
    }

    get started() {
      return this.state !== "idle";
    }

    start() {
      if (this.started) return;
      addEventListener("online", this.online);
      addEventListener("offline", this.offline);
      this.connect();
    }

    stop() {
      removeEventListener("online", this.online);
      removeEventListener("offline", this.offline);
      clearTimeout(this.retryTimer);
      clearTimeout(this.echoTimer);
      this.attempt = null;
      this.socket?.close();
      this.socket = null;
      this.state = "idle";
    }

    /** Try at once instead of waiting for the next attempt. */
    wake() {
      if (this.state !== "lost") return;
      clearTimeout(this.retryTimer);
      this.failures = 0;
      this.connect();
    }

    say(text) {
      const message = { message_id: newId(), text, time: new Date().toISOString() };
      this.memory.enqueue(message);
      if (this.state === "open") this.transmit(message);
      else if (this.started) this.wake();
      else this.start();
      return message;
    }

    /** Send a message again that the server refused for now, or took in but could not answer. */
    again(message) {
      if (this.state === "open") this.send(message);
      else this.wake();
    }

    typing() {
      const now = Date.now();
      if (this.state !== "open" || now - (this.typedAt || 0) < 3000) return;
      this.typedAt = now;
      this.socket.send(JSON.stringify({ type: "typing" }));
    }

    send({ message_id, text }) {
      this.socket.send(JSON.stringify({ type: "say", message_id, text }));
    }

    transmit(message) {
      this.send(message);
      // A socket can look open long after the network has gone: no echo means it is dead.
      clearTimeout(this.echoTimer);
      this.echoTimer = setTimeout(() => this.drop(), ECHO_WITHIN_MS);
    }

    async connect() {
      const attempt = (this.attempt = {});
      this.enter("connecting");
      try {
        const session = await this.openSession();
        if (attempt !== this.attempt) return;
        this.emit("session", session);
        this.openSocket(session.token, attempt);
      } catch {
        if (attempt === this.attempt) this.drop();
      }
    }

    async openSession() {
      const { token, conversation } = this.memory.load();
      let answer = await this.postSession(token);
      if (answer.status === 401) answer = await this.postSession(null);
      if (!answer.ok) throw new Error(`session: ${answer.status}`);
      const session = await answer.json();
      if (session.conversation !== conversation) {
        this.seen.clear();
        this.after = 0;
        this.memory.save({ conversation: session.conversation, read: 0 });
        this.emit("reset");
      }
      this.memory.save({ token: session.token });
      return session;
    }

    postSession(token) {
      return fetch(`${ORIGIN}/chat/session`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ token, place: this.place || null }),
        signal: AbortSignal.timeout(10000),
        credentials: "omit",
      });
    }

    openSocket(token, attempt) {
      const url = new URL("/chat/socket", ORIGIN.replace(/^http/, "ws"));
      url.searchParams.set("token", token);
      url.searchParams.set("after", this.after);
      const socket = (this.socket = new WebSocket(url));
      socket.onmessage = (event) => {
        if (attempt === this.attempt) this.receive(JSON.parse(event.data));
      };
      socket.onclose = () => {
        if (attempt === this.attempt) this.drop();
      };
    }

    receive(frame) {
      if (frame.type === "hello") {
        this.failures = 0;
        frame.messages = frame.messages.filter((m) => this.isNew(m));
        this.enter("open");
        this.emit("frame", frame);
        for (const message of this.memory.load().queue) this.transmit(message);
        return;
      }
      if (frame.type === "message" && !this.isNew(frame)) return;
      if (frame.type === "error") {
        // What may be tried again stays in the queue, so a reload or a new connection does so by itself.
        clearTimeout(this.echoTimer);
        if (frame.message_id && !frame.retry) this.settle(frame.message_id);
      }
      this.emit("frame", frame);
    }

    isNew({ seq, message_id }) {
      if (message_id) this.settle(message_id);
      if (this.seen.has(seq)) return false;
      this.seen.add(seq);
      while (this.seen.has(this.after + 1)) this.after += 1;
      return true;
    }

    settle(messageId) {
      this.memory.dequeue(messageId);
      if (!this.memory.copy.queue.length) clearTimeout(this.echoTimer);
    }

    /** Give up the present socket and come back after a growing, jittered wait. */
    drop() {
      this.attempt = null;
      clearTimeout(this.echoTimer);
      clearTimeout(this.retryTimer);
      this.socket?.close();
      this.socket = null;
      this.failures += 1;
      const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.failures - 1, 6));
      this.retryTimer = setTimeout(() => this.connect(), wait * (0.5 + Math.random() / 2));
      this.enter("lost");
    }

    enter(state) {
      this.state = state;
      this.emit("state", state);
    }

    emit(type, detail) {
      this.dispatchEvent(new CustomEvent(type, { detail }));
    }
  }

  /* --------------------------------------------------------- text to nodes */

  /** h("a", {href, class, onclick, "aria-label"}, ...children): a node; strings become text, never markup. */
  function h(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
    return node;
  }

  const ICONS = {
    chat: "M4 5.5A2.5 2.5 0 0 1 6.5 3h11A2.5 2.5 0 0 1 20 5.5v7a2.5 2.5 0 0 1-2.5 2.5H11l-4.6 4a.6.6 0 0 1-1-.5V15A2 2 0 0 1 4 13z",
    close: "M6 6l12 12M18 6L6 18",
    send: "M5 12h13M12 5.5 18.5 12 12 18.5",
    bag: "M5.5 8h13l1 12h-15zM9 10V7a3 3 0 0 1 6 0v3",
    chevron: "M6 15l6-6 6 6",
    person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.8-4 4-5.5 7.5-5.5s6.7 1.5 7.5 5.5",
    bowl: "M4 12h16a8 8 0 0 1-16 0zM9 20h6M9 9c-1.3-1.5 1.3-2.5 0-5M14.5 9c-1.3-1.5 1.3-2.5 0-5",
    plus: "M12 5v14M5 12h14",
    down: "M12 5v13M6 12.5 12 18.5l6-6",
  };

  function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(svg.namespaceURI, "path");
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  }

  const INLINE = new RegExp(
    [
      /\*\*([^*\n]+)\*\*/, // 1 bold
      /\*([^*\s][^*\n]*)\*/, // 2 italic
      /(?<![\p{L}\p{N}_])_([^_\n]+)_(?![\p{L}\p{N}_])/u, // 3 italic
      /\[([^[\]\n]+)\]\((https?:\/\/[^\s()]+)\)/, // 4 and 5 link
      /(https?:\/\/[^\s<>"*]+[^\s<>"*.,;:!?)\]])/, // 6 bare address
    ]
      .map((r) => r.source)
      .join("|"),
    "gu",
  );

  function link(label, address) {
    let url;
    try {
      url = new URL(address);
    } catch {
      return label;
    }
    if (url.protocol !== "http:" && url.protocol !== "https:") return label;
    return h("a", { href: url.href, target: "_blank", rel: "noopener noreferrer nofollow" }, label);
  }

  function inline(text) {
    const nodes = [];
    let end = 0;
    for (const m of text.matchAll(INLINE)) {
      nodes.push(text.slice(end, m.index));
      end = m.index + m[0].length;
      if (m[1]) nodes.push(h("strong", {}, inline(m[1])));
      else if (m[2] || m[3]) nodes.push(h("em", {}, m[2] || m[3]));
      else if (m[4]) nodes.push(link(m[4], m[5]));
      else nodes.push(link(m[6], m[6]));
    }
    nodes.push(text.slice(end));
    return nodes.filter((node) => node !== "");
  }

  /** A safe subset of Markdown: paragraphs, line breaks, bold, italic, lists and http(s) links. */
  function markdown(text) {
    const blocks = [];
    let open = null;
    for (const line of String(text).split(/\r?\n/)) {
      const item = /^\s*(?:([-*•])|\d{1,3}[.)])\s+(.*)$/.exec(line);
      if (item) {
        const tag = item[1] ? "UL" : "OL";
        if (open?.tagName !== tag) blocks.push((open = h(tag)));
        open.append(h("li", {}, inline(item[2])));
      } else if (!line.trim()) {
        open = null;
      } else if (open?.tagName === "P") {
        open.append(h("br"), ...inline(line));
      } else {
        blocks.push((open = h("p", {}, inline(line))));
      }
    }
    return blocks;
  }

  /* ----------------------------------------------------------- the element */

  const STATUS = {
    cart: "Your order",
    confirmed: "Sent to the kitchen",
    preparing: "Being prepared",
    ready: "Ready",
    done: "Handed over",
    cancelled: "Cancelled",
  };
  const STEPS = ["confirmed", "preparing", "ready"];
  const STARTERS = ["Show me the menu", "I'd like to order", "When are you open?", "Do you deliver?"];
  const SPEAKER = { guest: "You", bot: "Assistant", staff: "Our team" };

  class RestaurantChat extends HTMLElement {
    static observedAttributes = ["data-place"];

    constructor() {
      super();
      this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      this.shadowRoot.adoptedStyleSheets = [sheet];
      this.build();
    }

    connectedCallback() {
      this.begin();
      this.fit = () => this.fitKeyboard();
      window.visualViewport?.addEventListener("resize", this.fit);
      window.visualViewport?.addEventListener("scroll", this.fit);
      this.seenAgain = () => this.markRead();
      document.addEventListener("visibilitychange", this.seenAgain);
      if (this.hasAttribute("data-open")) this.open({ focus: false });
    }

    disconnectedCallback() {
      this.line?.stop();
      this.line = null;
      window.visualViewport?.removeEventListener("resize", this.fit);
      window.visualViewport?.removeEventListener("scroll", this.fit);
      document.removeEventListener("visibilitychange", this.seenAgain);
    }

    attributeChangedCallback(name, before, after) {
      if (this.line && before !== after) this.begin();
    }

    /** Take up the conversation with this place: a guest who was here before is connected at once. */
    begin() {
      this.line?.stop();
      this.clear();
      const line = (this.line = new Line(this.dataset.place || ""));
      const on = (type, handler) => line.addEventListener(type, (event) => line === this.line && handler(event.detail));
      on("state", (state) => this.showState(state));
      on("session", (session) => this.showSession(session));
      on("reset", () => this.clear());
      on("frame", (frame) => this.showFrame(frame));
      const { token, queue } = line.memory.load();
      this.showQueue();
      if (token || queue.length || !this.panel.hidden) line.start();
    }

    /* -- what a page may call */

    open({ focus = true } = {}) {
      if (this.panel.hidden) {
        this.opener = document.activeElement;
        this.panel.hidden = false;
        this.launcher.setAttribute("aria-expanded", "true");
        this.setAttribute("open", "");
        this.fitKeyboard();
        this.toEnd();
        this.dispatchEvent(new CustomEvent("restaurant-chat-open", { bubbles: true }));
      }
      this.line.start();
      this.markRead();
      if (focus) this.focusInside();
    }

    close() {
      if (this.panel.hidden) return;
      this.panel.hidden = true;
      this.removeAttribute("open");
      this.launcher.setAttribute("aria-expanded", "false");
      const back = this.opener && this.opener !== document.body && this.opener !== this && this.opener.isConnected;
      (back ? this.opener : this.launcher).focus();
      this.opener = null;
      this.dispatchEvent(new CustomEvent("restaurant-chat-close", { bubbles: true }));
    }

    /** Say something as the guest, as if typed; opens the chat. */
    say(text) {
      const said = String(text).trim().slice(0, MAX_CHARS);
      if (!said) return;
      this.open();
      this.showSuggestions([]);
      this.addPending(this.line.say(said));
      this.toEnd();
    }

    /* -- construction */

    build() {
      this.count = h("span", { class: "count", hidden: true });
      this.launcherLabel = h("span", { class: "launcher-label" }, "Order & chat");
      this.launcher = h(
        "button",
        {
          class: "launcher",
          type: "button",
          "aria-haspopup": "dialog",
          "aria-expanded": "false",
          "aria-label": "Order and chat",
          onclick: () => (this.panel.hidden ? this.open() : this.close()),
        },
        icon("chat"),
        this.launcherLabel,
        this.count,
      );
      this.name = h("h2", { id: "name" }, "Chat");
      this.status = h("p", { class: "status", role: "status" });
      this.banner = h("div", { class: "banner", hidden: true });
      this.intro = h("div", { class: "intro" });
      this.thread = h("div", {
        class: "thread",
        role: "log",
        "aria-live": "polite",
        "aria-label": "Conversation",
        "aria-relevant": "additions",
      });
      this.dots = h("div", { class: "dots", hidden: true }, h("i"), h("i"), h("i"), h("span", { class: "sr" }));
      this.scroller = h(
        "div",
        { class: "scroller", tabindex: "0", role: "region", "aria-label": "Messages", onscroll: () => this.scrolled() },
        this.intro,
        this.thread,
        this.dots,
      );
      this.latest = h(
        "button",
        { class: "latest", type: "button", hidden: true, onclick: () => this.toEnd() },
        icon("down"),
        "New messages",
      );
      this.cartBox = h("section", { class: "cart", "aria-label": "Your order", hidden: true });
      this.suggestions = h("div", { class: "suggestions", role: "group", "aria-label": "Suggested answers", hidden: true });
      this.input = h("textarea", {
        id: "message",
        rows: "1",
        maxlength: MAX_CHARS,
        placeholder: "Write a message…",
        autocomplete: "off",
        enterkeyhint: "send",
        "aria-describedby": "left",
        oninput: () => this.typed(),
        onkeydown: (event) => {
          if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            this.submit();
          }
        },
      });
      this.left = h("span", { id: "left", class: "left", "aria-live": "polite" });
      this.sendButton = h("button", { class: "send", type: "submit", "aria-label": "Send" }, icon("send"));
      const composer = h(
        "form",
        {
          class: "composer",
          onsubmit: (event) => {
            event.preventDefault();
            this.submit();
          },
        },
        h("label", { for: "message", class: "sr" }, "Your message"),
        this.input,
        this.left,
        this.sendButton,
      );
      this.panel = h(
        "section",
        {
          class: "panel",
          role: "dialog",
          "aria-labelledby": "name",
          tabindex: "-1",
          hidden: true,
          onkeydown: (event) => this.key(event),
        },
        h(
          "header",
          {},
          h("span", { class: "mark" }, icon("bowl")),
          h("div", { class: "who" }, this.name, this.status),
          h("button", { class: "x", type: "button", "aria-label": "Close chat", onclick: () => this.close() }, icon("close")),
        ),
        this.banner,
        h("div", { class: "body" }, this.scroller, this.latest),
        this.cartBox,
        this.suggestions,
        composer,
      );
      this.shadowRoot.append(this.launcher, this.panel);
    }

    clear() {
      this.money = this.money || new Intl.NumberFormat(undefined, { style: "currency", currency: "USD" });
      this.pending = new Map();
      this.unread = 0;
      this.cart = null;
      this.handedOff = false;
      this.lost = false;
      this.thread.replaceChildren();
      this.showCart(null);
      this.showTyping(false);
      this.showUnread();
      this.showBanner();
      this.showIntro();
    }

    /* -- frames */

    showSession({ restaurant, place, places }) {
      this.name.textContent = restaurant.name;
      this.money = new Intl.NumberFormat(undefined, { style: "currency", currency: restaurant.currency });
      const here = places.find((p) => p.id === place);
      this.placeName = here && places.length > 1 ? here.name : "";
      this.showIntro();
      this.showQueue();
    }

    showFrame(frame) {
      if (typeof frame.handed_off === "boolean") this.setHandedOff(frame.handed_off);
      switch (frame.type) {
        case "hello":
          this.thread.setAttribute("aria-live", this.thread.childElementCount ? "polite" : "off");
          for (const message of frame.messages) this.addMessage(message);
          this.markRead();
          this.showCart(frame.cart);
          this.showTyping(false);
          if (frame.messages.length) this.toEnd();
          requestAnimationFrame(() => this.thread.setAttribute("aria-live", "polite"));
          break;
        case "message":
          this.addMessage(frame);
          this.markRead();
          break;
        case "cart":
          this.showCart(frame.cart);
          break;
        case "typing":
          this.showTyping(frame.on, frame.from);
          break;
        case "waiting":
          this.showWaiting(frame);
          break;
        case "error":
          this.showError(frame);
          break;
      }
    }

    /** The answer takes longer than usual: said once, until the conversation moves on. */
    showWaiting({ text }) {
      if (this.thread.querySelector(".note.waiting")) return;
      this.thread.append(h("p", { class: "note waiting", role: "status" }, text));
      this.toEnd();
    }

    addMessage(message) {
      const follow = this.atEnd() || message.from === "guest";
      const waiting = message.message_id && this.pending.get(message.message_id);
      const node = waiting || this.bubble(message);
      if (waiting) {
        this.pending.delete(message.message_id);
        node.querySelector("time").replaceWith(this.stamp(message.time));
      }
      // Whatever went wrong before, the conversation has moved on.
      for (const note of this.thread.querySelectorAll(".note")) note.remove();
      for (const open of [node, ...this.thread.querySelectorAll("[data-seq]:is(.sending, .failed)")]) settled(open);
      node.dataset.seq = message.seq;
      this.place(node, message.seq);
      if (message.from === "staff") this.setHandedOff(true);
      if (message.from !== "guest") {
        this.showTyping(false);
        if (message.seq > this.line.memory.copy.read) this.unread += 1;
      }
      if (node === this.lastSettled()) this.showSuggestions(message.from === "guest" ? [] : message.buttons || []);
      this.showIntro();
      if (follow) this.toEnd();
      else this.latest.hidden = false;
    }

    /** Settled messages stand in the order of the server, the unsent ones after them. */
    place(node, seq) {
      let after = this.thread.lastElementChild;
      while (after && (after === node || !after.dataset.seq || Number(after.dataset.seq) > seq)) {
        after = after.previousElementSibling;
      }
      const next = after ? after.nextElementSibling : this.thread.firstElementChild;
      if (next !== node) this.thread.insertBefore(node, next);
      for (const each of [node, node.nextElementSibling]) {
        const before = each?.previousElementSibling;
        each?.classList.toggle("follows", Boolean(before) && before.dataset.from === each.dataset.from);
      }
    }

    lastSettled() {
      let node = this.thread.lastElementChild;
      while (node && !node.dataset.seq) node = node.previousElementSibling;
      return node;
    }

    bubble({ from, text, time, message_id, cards = [] }) {
      return h(
        "article",
        { class: `message ${from}`, "data-from": from, "data-id": message_id },
        h("p", { class: "speaker" }, h("span", { class: from === "staff" ? "" : "sr" }, SPEAKER[from])),
        text && h("div", { class: "text" }, from === "guest" ? h("p", { class: "plain" }, text) : markdown(text)),
        cards.length > 0 && h("ul", { class: "cards", "aria-label": "Dishes" }, cards.map((card) => this.card(card))),
        this.stamp(time),
      );
    }

    stamp(time) {
      const when = new Date(time);
      const words = Number.isNaN(when.getTime()) ? "" : when.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
      return h("time", { datetime: time }, words);
    }

    card({ title, text, price_cents, tags = [], say }) {
      return h(
        "li",
        { class: "card" },
        h("h3", {}, title),
        text && h("p", {}, text),
        tags.length > 0 && h("p", { class: "tags" }, tags.map((tag) => h("span", {}, tag))),
        h(
          "div",
          { class: "buy" },
          price_cents !== null && price_cents !== undefined && h("b", {}, this.price(price_cents)),
          say &&
            h(
              "button",
              { type: "button", "aria-label": `Add ${title}`, onclick: () => this.say(say) },
              icon("plus"),
              "Add",
            ),
        ),
      );
    }

    addPending(message) {
      if (this.pending.has(message.message_id)) return;
      const node = this.bubble({ ...message, from: "guest" });
      sending(node);
      this.pending.set(message.message_id, node);
      node.classList.toggle("follows", this.thread.lastElementChild?.dataset.from === "guest");
      this.thread.append(node);
      this.showIntro();
    }

    /** Messages of an earlier visit (or another tab) which the server has not confirmed yet. */
    showQueue() {
      for (const message of this.line.memory.load().queue) this.addPending(message);
    }

    showError({ message_id, text, retry }) {
      this.showTyping(false);
      const node = message_id && this.thread.querySelector(`[data-id="${CSS.escape(message_id)}"]`);
      if (!node) {
        this.thread.append(h("p", { class: "note" }, text));
      } else {
        settled(node);
        node.classList.add("failed");
        const again = () => {
          sending(node);
          this.line.again({ message_id, text: node.querySelector(".plain").textContent });
          this.input.focus();
        };
        node.append(h("p", { class: "state" }, text, retry && h("button", { type: "button", onclick: again }, "Try again")));
      }
      this.toEnd();
    }

    /* -- the cart */

    showCart(cart) {
      const lines = cart?.lines || [];
      const opened = this.cartBox.querySelector(".sum")?.getAttribute("aria-expanded") === "true";
      const focused = this.shadowRoot.activeElement?.classList.contains("sum");
      const before = this.cart?.total_cents;
      this.cart = lines.length ? cart : null;
      this.cartBox.hidden = !this.cart;
      this.launcher.classList.toggle("has-cart", this.cart?.status === "cart");
      this.launcherLabel.textContent =
        this.cart?.status === "cart" ? `Your order · ${this.price(cart.total_cents)}` : "Order & chat";
      this.showUnread();
      if (!this.cart) {
        this.cartBox.replaceChildren();
        return;
      }
      const items = lines.reduce((sum, line) => sum + line.quantity, 0);
      const placed = cart.status !== "cart";
      const details = h("div", { class: "details", id: "cart-details", hidden: !opened }, this.cartDetails(cart, placed));
      const sum = h(
        "button",
        {
          class: "sum",
          type: "button",
          "aria-expanded": String(opened),
          "aria-controls": "cart-details",
          onclick: () => {
            const follow = this.atEnd();
            details.hidden = !details.hidden;
            if (follow) this.toEnd();
            sum.setAttribute("aria-expanded", String(!details.hidden));
          },
        },
        icon("bag"),
        h(
          "span",
          { class: "what" },
          h("b", {}, placed ? `Order ${cart.number ? `#${cart.number}` : ""}` : STATUS.cart),
          h("small", {}, placed ? STATUS[cart.status] || cart.status : `${items} ${items === 1 ? "item" : "items"}, with tax`),
        ),
        h("span", { class: "total" }, this.price(cart.total_cents)),
        icon("chevron"),
      );
      this.cartBox.replaceChildren(sum, details);
      this.cartBox.classList.toggle("bump", before !== undefined && before !== cart.total_cents);
      if (focused) sum.focus();
    }

    cartDetails(cart, placed) {
      const row = (label, cents, kind) => h("div", { class: kind }, h("dt", {}, label), h("dd", {}, this.price(cents)));
      const facts = [
        cart.type === "delivery" ? "Delivery" : cart.type === "pickup" ? "Pickup" : null,
        cart.place,
        // The restaurant's wall clock, wherever the guest's own clock is.
        cart.due && `about ${new Date(cart.due.slice(0, 19)).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" })}`,
      ].filter(Boolean);
      const at = STEPS.indexOf(cart.status);
      return [
        at >= 0 &&
          h(
            "ol",
            { class: "steps", "aria-label": "Progress" },
            STEPS.map((step, i) =>
              h("li", { class: i <= at ? "past" : "", "aria-current": i === at ? "step" : null }, STATUS[step]),
            ),
          ),
        h(
          "ul",
          { class: "lines" },
          cart.lines.map((line) =>
            h(
              "li",
              {},
              h("span", { class: "n" }, `${line.quantity} ×`),
              h(
                "span",
                {},
                h("b", {}, line.title),
                line.options.length > 0 && h("small", {}, line.options.join(", ")),
                line.note && h("small", {}, `“${line.note}”`),
              ),
              h("span", { class: "total" }, this.price(line.total_cents)),
            ),
          ),
        ),
        h(
          "dl",
          {},
          row("Subtotal", cart.subtotal_cents),
          cart.delivery_cents > 0 && row("Delivery", cart.delivery_cents),
          row("Tax", cart.tax_cents),
          row("Total", cart.total_cents, "grand"),
        ),
        facts.length > 0 && h("p", { class: "facts" }, facts.join(" · ")),
        !placed &&
          h(
            "button",
            { class: "checkout", type: "button", onclick: () => this.say("That's all, I'd like to check out") },
            "Check out",
          ),
      ];
    }

    price(cents) {
      return this.money.format(cents / 100);
    }

    /* -- state, banner, typing, unread */

    showState(state) {
      const words = {
        idle: "",
        connecting: "Connecting…",
        open: this.handedOff ? "With a person from our team" : "Online, answers at once",
        lost: "Not connected",
      };
      this.status.textContent = words[state];
      this.panel.dataset.state = state;
      // A blink of the network is not worth alarming anybody about.
      clearTimeout(this.lostTimer);
      if (state === "open") this.lost = false;
      else if (state === "lost" && !this.lost) {
        this.lostTimer = setTimeout(() => this.showLost(), navigator.onLine ? 900 : 0);
      } else if (state === "connecting" && !this.lost && this.line.failures) {
        this.lostTimer = setTimeout(() => this.showLost(), 900);
      }
      this.showBanner();
    }

    showLost() {
      this.lost = true;
      this.showTyping(false);
      this.showBanner();
    }

    setHandedOff(on) {
      if (this.handedOff === on) return;
      this.handedOff = on;
      this.showState(this.line.state);
    }

    showBanner() {
      const kind = this.lost ? "lost" : this.handedOff ? "person" : "";
      if (this.banner.dataset.kind === kind) return;
      this.banner.dataset.kind = kind;
      this.banner.hidden = !kind;
      if (kind === "lost") {
        this.banner.replaceChildren(
          h("p", { role: "alert" }, "The connection is lost. Keep writing: it is sent as soon as we are back."),
          h("button", { type: "button", onclick: () => this.line.wake() }, "Try now"),
        );
      } else if (kind === "person") {
        this.banner.replaceChildren(icon("person"), h("p", { role: "status" }, "Your messages go to a person from our team, who answers here."));
      }
    }

    showTyping(on, from = "bot") {
      clearTimeout(this.typingTimer);
      this.dots.hidden = !on;
      if (!on) return;
      const follow = this.atEnd();
      this.dots.querySelector(".sr").textContent = from === "staff" ? "Our team is writing" : "The assistant is writing";
      this.typingTimer = setTimeout(() => this.showTyping(false), 20000);
      if (follow) this.toEnd();
    }

    showSuggestions(buttons) {
      const inside = this.suggestions.contains(this.shadowRoot.activeElement);
      this.suggestions.replaceChildren(
        ...buttons.map(({ title, say }) => h("button", { type: "button", onclick: () => this.say(say) }, title)),
      );
      this.suggestions.hidden = !buttons.length;
      if (inside) this.focusInside();
    }

    showIntro() {
      const fresh = !this.thread.childElementCount;
      this.intro.hidden = !fresh;
      if (!fresh) return;
      this.intro.replaceChildren(
        h("span", { class: "mark" }, icon("bowl")),
        h("h3", {}, this.placeName ? `Hello from ${this.placeName}` : "Hello, what would you like?"),
        h("p", {}, "Order, change your mind, ask about allergens. Write it the way you would say it."),
      );
      this.showSuggestions(STARTERS.map((text) => ({ title: text, say: text })));
    }

    markRead() {
      if (!this.panel.hidden && !document.hidden && this.line) {
        this.unread = 0;
        const last = Number(this.lastSettled()?.dataset.seq || 0);
        if (last > this.line.memory.load().read) this.line.memory.save({ read: last });
      }
      this.showUnread();
    }

    showUnread() {
      this.count.hidden = !this.unread;
      this.count.textContent = this.unread > 9 ? "9+" : this.unread;
      const label = this.launcherLabel.textContent.replace("&", "and");
      const news = `${this.unread} unread ${this.unread === 1 ? "message" : "messages"}`;
      this.launcher.setAttribute("aria-label", this.unread ? `${label}, ${news}` : label);
    }

    /* -- input, focus, scrolling */

    submit() {
      const text = this.input.value;
      if (!text.trim()) return;
      this.input.value = "";
      this.typed();
      this.say(text);
      this.input.focus();
    }

    typed() {
      const left = MAX_CHARS - this.input.value.length;
      this.left.textContent = left <= 200 ? `${left} left` : "";
      this.input.style.height = "auto";
      this.input.style.height = `${Math.min(this.input.scrollHeight, 132)}px`;
      if (this.input.value) this.line.typing();
    }

    key(event) {
      if (event.key === "Escape") {
        event.stopPropagation();
        this.close();
      } else if (event.key === "Tab" && PHONE.matches) {
        // The sheet covers the page, so the focus stays on it.
        const stops = [...this.panel.querySelectorAll("button, a[href], textarea, [tabindex='0']")].filter(
          (node) => node.getClientRects().length,
        );
        const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
        if (this.shadowRoot.activeElement === edge) {
          event.preventDefault();
          (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
        }
      }
    }

    focusInside() {
      // On a touch screen the focus of a text field pulls up the keyboard over half of the chat.
      if (!TOUCH.matches) this.input.focus();
      else if (this.shadowRoot.activeElement !== this.input) this.panel.focus();
    }

    fitKeyboard() {
      const view = window.visualViewport;
      const covered = PHONE.matches && view && !this.panel.hidden && view.scale === 1;
      this.panel.style.height = covered ? `${view.height}px` : "";
      this.panel.style.top = covered ? `${view.offsetTop}px` : "";
    }

    atEnd() {
      const { scrollHeight, scrollTop, clientHeight } = this.scroller;
      return scrollHeight - scrollTop - clientHeight < 80;
    }

    toEnd() {
      this.latest.hidden = true;
      this.scroller.scrollTop = this.scroller.scrollHeight;
    }

    scrolled() {
      if (this.atEnd()) this.latest.hidden = true;
    }
  }

  function sending(node) {
    settled(node);
    node.classList.add("sending");
    node.append(h("p", { class: "state" }, "Sending…"));
  }

  /** Take the marks of waiting and failing off a message. */
  function settled(node) {
    node.classList.remove("sending", "failed");
    node.querySelector(".state")?.remove();
  }

  const STYLE = `
:host {
  all: initial; --accent: var(--restaurant-chat-accent, #b0401c); --on-accent: #fff; --paper: #fffaf2; --surface: #fff;
  --sunk: #f5ecdf; --ink: #2b1d15; --soft: #6f5d50; --line: #e6d8c5; --good: #2e6b45; --warn: #8a2b12;
  --warn-bg: #fde6dc; --person-bg: #e3efe4; --shadow: 0 18px 50px rgb(60 30 10 / .22), 0 2px 8px rgb(60 30 10 / .12);
  color-scheme: light dark; position: fixed; z-index: 2147483000; right: 0; bottom: 0; color: var(--ink);
  font: 16px/1.45 -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
  -webkit-text-size-adjust: 100%;
}
@media (prefers-color-scheme: dark) {
  :host {
    --accent: var(--restaurant-chat-accent-dark, #f0905f); --on-accent: #2a1208; --paper: #1b1512; --surface: #2a211c;
    --sunk: #231b17; --ink: #f6ebdd; --soft: #bfac9c; --line: #43362d; --good: #8fd0a5; --warn: #ffb59b;
    --warn-bg: #4a2118; --person-bg: #1f3427; --shadow: 0 18px 50px rgb(0 0 0 / .6), 0 0 0 1px #43362d;
  }
}
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
h2, h3, p, ul, ol, dl, dd { margin: 0; padding: 0; }
ul, ol { list-style: none; }
button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; touch-action: manipulation; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
svg { width: 24px; height: 24px; flex: none; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.launcher {
  position: fixed; right: max(20px, env(safe-area-inset-right)); bottom: max(20px, env(safe-area-inset-bottom));
  display: flex; align-items: center; gap: 10px; height: 58px; padding: 0 22px 0 18px; border-radius: 29px; font-weight: 650;
  background: var(--accent); color: var(--on-accent); box-shadow: var(--shadow); transition: transform .18s;
}
.launcher:hover { transform: translateY(-2px); }
.launcher:focus-visible { outline-color: var(--ink); outline-offset: 3px; }
.launcher svg { fill: currentColor; stroke: none; }
.count {
  position: absolute; top: -7px; right: -3px; min-width: 26px; height: 26px; padding: 0 7px; border-radius: 13px; font-size: 14px; line-height: 22px;
  background: #17633c; color: #fff; border: 2px solid #fff; text-align: center;
}
:host([open]) .launcher { visibility: hidden; }

.panel {
  position: fixed; right: 20px; bottom: 20px; width: 408px; height: min(720px, calc(100dvh - 40px)); display: flex; flex-direction: column;
  background: var(--paper); border-radius: 22px; overflow: hidden; box-shadow: var(--shadow); animation: rise .22s ease-out; outline: none;
}
@keyframes rise { from { opacity: 0; transform: translateY(16px) scale(.985); } }
header { display: flex; align-items: center; gap: 12px; padding: 14px 12px 14px 16px; background: var(--surface); border-bottom: 1px solid var(--line); }
.mark { display: grid; place-items: center; width: 42px; height: 42px; border-radius: 14px; background: var(--accent); color: var(--on-accent); flex: none; }
.who { flex: 1; min-width: 0; }
h2 { font: 700 19px/1.2 "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", Georgia, "Liberation Serif", serif; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.status { font-size: 13.5px; color: var(--soft); min-height: 19px; }
.status:not(:empty)::before { content: ""; display: inline-block; width: 9px; height: 9px; margin-right: 6px; border-radius: 50%; border: 2px solid var(--soft); }
.panel[data-state="open"] .status::before { background: var(--good); border-color: var(--good); }
.x { display: grid; place-items: center; width: 44px; height: 44px; border-radius: 50%; }
.x:hover { background: var(--sunk); }

.banner { display: flex; align-items: center; gap: 10px; padding: 10px 16px; font-size: 14.5px; line-height: 1.35; background: var(--person-bg); }
.banner p { flex: 1; }
.banner[data-kind="lost"] { background: var(--warn-bg); color: var(--warn); font-weight: 600; }
.banner button { min-height: 44px; padding: 0 14px; border: 2px solid; border-radius: 22px; font-weight: 650; white-space: nowrap; }

.body { position: relative; flex: 1; min-height: 0; display: flex; }
.scroller { flex: 1; overflow-y: auto; overscroll-behavior: contain; padding: 18px 16px 10px; outline-offset: -3px; scrollbar-width: thin; }
.intro { text-align: center; padding: 26px 18px 10px; }
.intro .mark { width: 64px; height: 64px; border-radius: 22px; margin: 0 auto 16px; }
.intro .mark svg { width: 34px; height: 34px; }
.intro h3 { font: 700 23px/1.25 "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", Georgia, "Liberation Serif", serif; margin-bottom: 8px; }
.intro p { color: var(--soft); text-wrap: balance; }
.thread { display: flex; flex-direction: column; }
.message { max-width: 86%; margin-top: 14px; align-self: flex-start; animation: say .2s ease-out; }
.message.follows { margin-top: 4px; }
.message.follows .speaker { display: none; }
@keyframes say { from { opacity: 0; transform: translateY(6px); } }
.speaker { font-size: 13px; font-weight: 650; color: var(--good); margin: 0 0 3px 4px; }
.text { width: fit-content; max-width: 100%; padding: 10px 14px; border-radius: 18px 18px 18px 6px; background: var(--surface); border: 1px solid var(--line); overflow-wrap: anywhere; }
.text > * + * { margin-top: 8px; }
.text ul, .text ol { padding-left: 20px; list-style: disc; }
.text ol { list-style: decimal; }
.text a { color: var(--accent); text-underline-offset: 2px; }
.message.staff .text { background: var(--person-bg); }
.message.guest { align-self: flex-end; }
.message.guest .text { margin-left: auto; background: var(--accent); border-color: var(--accent); color: var(--on-accent); border-radius: 18px 18px 6px 18px; }
.plain { white-space: pre-wrap; }
time { display: block; font-size: 12px; color: var(--soft); margin: 3px 6px 0; }
.guest time { text-align: right; }
.message:has(+ .follows) time { display: none; }
.sending .text { opacity: .72; }
.sending time { display: none; }
.state { font-size: 13px; color: var(--soft); text-align: right; margin: 3px 4px 0; }
.sending .state { animation: late 0s .5s both; }
@keyframes late { from { visibility: hidden; } }
.failed .text { background: var(--warn-bg); color: var(--warn); border: 2px dashed; }
.failed .state { color: var(--warn); font-weight: 600; }
.failed .state button { display: block; min-height: 44px; margin-left: auto; padding: 0 8px; text-decoration: underline; font-weight: 700; }
.note { align-self: center; margin: 12px 0; padding: 6px 12px; border-radius: 12px; font-size: 14px; background: var(--warn-bg); color: var(--warn); }
.dots { display: flex; gap: 5px; width: fit-content; margin-top: 14px; padding: 14px 16px; border-radius: 18px 18px 18px 6px; background: var(--surface); border: 1px solid var(--line); }
.dots i { width: 8px; height: 8px; border-radius: 50%; background: var(--soft); animation: dot 1.1s infinite; }
.dots i:nth-child(2) { animation-delay: .15s; }
.dots i:nth-child(3) { animation-delay: .3s; }
@keyframes dot { 0%, 60%, 100% { opacity: .35; transform: none; } 30% { opacity: 1; transform: translateY(-4px); } }
.latest { position: absolute; left: 50%; bottom: 10px; translate: -50%; display: flex; align-items: center; gap: 6px; min-height: 44px; padding: 0 16px 0 12px; border-radius: 22px; font-size: 14px; font-weight: 650; background: var(--ink); color: var(--paper); box-shadow: var(--shadow); }
.latest svg { width: 18px; height: 18px; }

.message:has(.cards) { max-width: 100%; width: 100%; }
.cards { display: flex; gap: 10px; margin: 8px -16px 0; padding: 2px 16px 10px; overflow-x: auto; scroll-snap-type: x proximity; scroll-padding: 16px; scrollbar-width: thin; }
.card { flex: 0 0 212px; display: flex; flex-direction: column; gap: 6px; padding: 14px; border-radius: 16px; background: var(--surface); border: 1px solid var(--line); scroll-snap-align: start; }
.card h3 { font: 700 17px/1.25 "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", Georgia, "Liberation Serif", serif; }
.card p { font-size: 14px; color: var(--soft); line-height: 1.4; }
.card .tags { display: flex; flex-wrap: wrap; gap: 4px; }
.tags span { padding: 1px 8px; border-radius: 9px; font-size: 12.5px; background: var(--person-bg); color: var(--good); font-weight: 600; }
.buy { display: flex; align-items: center; justify-content: space-between; margin-top: auto; padding-top: 4px; }
.buy button { display: flex; align-items: center; gap: 4px; min-height: 44px; padding: 0 16px 0 10px; border-radius: 22px; background: var(--sunk); color: var(--accent); font-weight: 700; }
.buy button:hover { background: var(--accent); color: var(--on-accent); }
.buy svg { width: 18px; height: 18px; stroke-width: 2.6; }

.cart { background: var(--surface); border-top: 1px solid var(--line); }
.cart.bump .sum .total { animation: bump .4s; }
@keyframes bump { 40% { transform: scale(1.18); color: var(--accent); } }
.sum { display: flex; align-items: center; gap: 10px; width: 100%; min-height: 54px; padding: 6px 16px; text-align: left; outline-offset: -3px; }
.sum > svg:first-child { color: var(--accent); }
.sum > svg:last-child { width: 20px; height: 20px; transition: rotate .2s; }
.sum[aria-expanded="true"] > svg:last-child { rotate: 180deg; }
.what { flex: 1; display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 8px; }
.what small { color: var(--soft); font-size: 14px; }
.total { font-weight: 700; font-variant-numeric: tabular-nums; }
.details { padding: 2px 16px 14px; max-height: 44dvh; overflow-y: auto; overscroll-behavior: contain; }
.lines li { display: grid; grid-template-columns: auto 1fr auto; gap: 0 10px; padding: 8px 0; border-top: 1px solid var(--line); font-size: 15px; }
.lines b { font-weight: 600; }
.lines small { display: block; color: var(--soft); font-size: 13.5px; overflow-wrap: anywhere; }
.lines .n { color: var(--soft); font-variant-numeric: tabular-nums; }
.lines .total { font-weight: 500; }
dl { border-top: 1px solid var(--line); padding-top: 8px; font-size: 14.5px; color: var(--soft); }
dl div { display: flex; justify-content: space-between; padding: 2px 0; font-variant-numeric: tabular-nums; }
.grand { color: var(--ink); font-size: 17px; font-weight: 700; }
.facts { margin-top: 6px; font-size: 14px; color: var(--soft); }
.checkout { width: 100%; min-height: 48px; margin-top: 12px; border-radius: 24px; background: var(--accent); color: var(--on-accent); font-weight: 700; }
.steps { display: flex; gap: 6px; margin: 0 0 12px; }
.steps li { flex: 1; padding-top: 8px; border-top: 4px solid var(--line); font-size: 12.5px; line-height: 1.25; color: var(--soft); }
.steps .past { border-color: var(--good); color: var(--good); font-weight: 600; }
.steps .past::before { content: "✓ "; }

.suggestions { display: flex; flex-wrap: wrap; gap: 8px; padding: 8px 16px 10px; max-height: 168px; overflow-y: auto; }
.suggestions button { min-height: 44px; padding: 6px 16px; border-radius: 22px; border: 1.5px solid var(--accent); color: var(--accent); background: var(--surface); font-weight: 600; font-size: 15px; text-align: left; }
.suggestions button:hover { background: var(--accent); color: var(--on-accent); }

.composer { position: relative; display: flex; align-items: flex-end; gap: 8px; padding: 10px 12px max(12px, env(safe-area-inset-bottom)); background: var(--surface); border-top: 1px solid var(--line); }
textarea { flex: 1; min-width: 0; min-height: 48px; max-height: 132px; padding: 12px 16px; border: 1.5px solid var(--line); border-radius: 24px; resize: none; font: inherit; font-size: 16px; line-height: 22px; color: var(--ink); background: var(--paper); }
textarea::placeholder { color: var(--soft); opacity: 1; }
textarea:focus-visible { outline-offset: 0; border-color: transparent; }
.send { display: grid; place-items: center; width: 48px; height: 48px; border-radius: 50%; background: var(--accent); color: var(--on-accent); flex: none; }
.left { position: absolute; right: 72px; top: -22px; font-size: 12.5px; padding: 1px 8px; border-radius: 8px; background: var(--ink); color: var(--paper); }
.left:empty { display: none; }

@media (max-width: 600px) {
  .launcher:not(.has-cart) { width: 60px; height: 60px; padding: 0; justify-content: center; border-radius: 50%; }
  .launcher:not(.has-cart) .launcher-label { display: none; }
  .panel { inset: 0; width: 100%; height: 100dvh; border-radius: 0; animation-name: sheet; }
  @keyframes sheet { from { transform: translateY(40px); opacity: 0; } }
  header { padding-top: max(12px, env(safe-area-inset-top)); }
  .suggestions { flex-wrap: nowrap; overflow-x: auto; scrollbar-width: none; }
  .suggestions button { flex: none; white-space: nowrap; }
}
@media (prefers-reduced-motion: reduce) { *, *::before, *::after { animation-duration: .01ms !important; animation-iteration-count: 1 !important; transition: none !important; } .dots i { opacity: .8; } }
@media (forced-colors: active) { .text, .launcher, .send, .checkout, .panel { border: 1px solid; } }
`;

  customElements.define("restaurant-chat", RestaurantChat);

  function insert() {
    if (document.querySelector("restaurant-chat")) return;
    const chat = document.createElement("restaurant-chat");
    for (const name of ["place", "open"]) if (script?.dataset[name] !== undefined) chat.dataset[name] = script.dataset[name];
    document.body.append(chat);
  }
  if (document.body) insert();
  else addEventListener("DOMContentLoaded", insert);
})();
