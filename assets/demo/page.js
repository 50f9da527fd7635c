"use strict";
// The demonstration's page. Pictures are asked for one after the other and only while somebody looks; what is pressed on
// the keyboard stays here: only a tap, as two whole numbers, is passed on.

const PAUSE = { kiosk: 250, hall: 400 };
const STATE_EVERY = 2000;
const byId = (id) => document.getElementById(id);

function say(text, bad = false) {
  const line = byId("said");
  line.textContent = text;
  line.classList.toggle("bad", bad);
}

async function command(path, body = {}) {
  const answer = await fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

function wait(ms) { return new Promise((resolve) => setTimeout(resolve, ms)); }

function seen() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true })).then(seen);
}

function live(word) {
  const line = byId("live");
  const words = { on: "live", off: "no answer" };
  if (line.textContent !== words[word]) line.textContent = words[word];
  line.className = `live ${word}`;
}

// Screens ---------------------------------------------------------------------------------------------------------

class Screen {
  constructor(told) {
    this.name = told.name;
    this.size = [told.width, told.height];
    this.card = byId(told.name);
    this.card.hidden = false;
    this.card.querySelector("small").textContent = `X display ${told.display}, ${told.width} × ${told.height}`;
    this.box = this.card.querySelector(".screen");
    this.image = this.box.querySelector("img");
    this.image.width = told.width;
    this.image.height = told.height;
    this.image.draggable = false;
    this.mark = this.box.querySelector(".mark");
    this.seen = "";
    this.wake = () => {};
    if (this.mark) this.listen();
    this.watch();
  }

  async watch() {
    for (;;) {
      await seen();
      try {
        const width = Math.round(this.box.clientWidth * Math.min(2, window.devicePixelRatio || 1));
        const answer = await fetch(`screens/${this.name}.jpg?width=${width}&seen=${this.seen}`);
        if (answer.status === 200) {
          const url = URL.createObjectURL(await answer.blob());
          const before = this.image.src;
          this.image.src = url;
          await this.image.decode().catch(() => {});
          if (before.startsWith("blob:")) URL.revokeObjectURL(before);
          this.seen = answer.headers.get("X-Mark") || "";
        }
        live(answer.ok ? "on" : "off");
      } catch {
        live("off");
        await wait(1500);
      }
      await Promise.race([wait(PAUSE[this.name] || 400), new Promise((resolve) => { this.wake = resolve; })]);
    }
  }

  listen() {
    this.at = [0.5, 0.5];
    this.box.addEventListener("click", (event) => {
      const frame = this.image.getBoundingClientRect();
      if (event.detail === 0 || !frame.width) return;
      this.at = [(event.clientX - frame.left) / frame.width, (event.clientY - frame.top) / frame.height];
      this.tap();
    });
    this.box.addEventListener("keydown", (event) => {
      const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
      const way = ways[event.key];
      if (way) {
        const step = event.shiftKey ? 0.005 : 0.025;
        this.at = this.at.map((share, axis) => Math.min(0.999, Math.max(0, share + way[axis] * step)));
        this.show(false);
      } else if (event.key === "Enter" || event.key === " ") {
        this.tap();
      } else {
        return;
      }
      event.preventDefault();
    });
  }

  show(tapped) {
    this.mark.hidden = false;
    this.mark.style.left = `${this.at[0] * 100}%`;
    this.mark.style.top = `${this.at[1] * 100}%`;
    this.mark.classList.toggle("tapped", false);
    if (!tapped) return;
    void this.mark.offsetWidth;
    this.mark.classList.add("tapped");
    clearTimeout(this.fading);
    this.fading = setTimeout(() => { this.mark.hidden = true; }, 700);
  }

  tap() {
    this.show(true);
    const [x, y] = this.at.map((share, axis) => Math.min(this.size[axis] - 1, Math.max(0, Math.floor(share * this.size[axis]))));
    // One after the other: two requests at once may overtake each other, and so would two quick taps.
    this.tapped = (this.tapped || Promise.resolve()).then(async () => {
      try {
        await command(`screens/${this.name}/tap`, { x, y });
      } catch {
        say("The tap did not reach the screen.", true);
      }
      this.wake();
    });
  }
}

// Notices and tickets ---------------------------------------------------------------------------------------------

function element(tag, classes = "", text = "") {
  const made = document.createElement(tag);
  if (classes) made.className = classes;
  if (text) made.textContent = text;
  return made;
}

// "early, reserved for ..." and "another day: tomorrow": the outcome, and what there is to say about it.
function split(words) {
  const [, outcome, rest] = /^([^,:]+)(?:[,:] )?(.*)$/.exec(words);
  return [outcome, rest];
}

function sampleRow(told, camera) {
  const row = element("li");
  const thumb = element("span", "thumb");
  const picture = element("img");
  picture.alt = "";
  thumb.append(picture);
  const words = element("span");
  const [outcome, rest] = split(told.shows);
  const shows = element("span", "shows", outcome);
  if (rest) shows.append(" ", element("small", "", rest));
  words.append(shows, element("span", "name", told.name.replace(/^(\d{4})(\d{4})$/, "$1-$2")));
  const button = element("button", "", "Hold it up");
  button.type = "button";
  button.setAttribute("aria-label", `Hold up: ${told.shows}, ${told.name}`);
  button.hidden = !camera;
  button.addEventListener("click", async () => {
    try {
      await command(`samples/${told.name}/hold-up`);
      document.querySelectorAll(".samples .held").forEach((other) => other.classList.remove("held"));
      row.classList.add("held");
      say(`Held up: ${told.shows}.`);
    } catch {
      say("This could not be held up; is it printed already?", true);
    }
  });
  row.append(thumb, words, button);
  row.update = (now) => {
    button.disabled = now.printed === null;
    button.textContent = now.printed === null ? "being printed" : "Hold it up";
    const source = now.printed === null ? "" : `samples/${now.name}.jpg?printed=${now.printed}`;
    if (source && picture.getAttribute("src") !== source) picture.src = source;
  };
  return row;
}

const rows = new Map();
const screens = new Map();

function showTickets(names) {
  const list = byId("tickets");
  byId("no-tickets").hidden = names.length > 0;
  const shown = [...list.children].map((child) => child.dataset.name);
  if (shown.join() === names.join()) return;
  list.replaceChildren(...names.map((name) => {
    const item = element("li");
    item.dataset.name = name;
    const picture = element("img");
    picture.src = `tickets/${name}`;
    picture.alt = `Ticket ${parseInt(name, 10)}`;
    item.append(picture);
    return item;
  }));
}

function show(state) {
  for (const told of state.screens) {
    if (!screens.has(told.name)) screens.set(told.name, new Screen(told));
  }
  for (const told of state.samples) {
    if (!rows.has(told.name)) {
      const row = sampleRow(told, state.camera);
      rows.set(told.name, row);
      byId("samples").append(row);
    }
    rows.get(told.name).update(told);
  }
  byId("camera-note").textContent = state.camera
    ? "The virtual camera sees what is held up for a second."
    : "The camera is a real one: print a notice and hold it before it.";
  byId("paper").hidden = !state.printer;
  showTickets(state.tickets);
  if (!byId("links").children.length) {
    byId("links").append(...state.links.map((link) => {
      const item = element("li");
      const anchor = element("a", "", link.label);
      anchor.href = link.href;
      anchor.target = "_blank";
      anchor.rel = "noopener noreferrer";
      item.append(anchor, element("span", "", link.login));
      return item;
    }));
  }
}

async function follow() {
  for (;;) {
    await seen();
    try {
      const answer = await fetch("state");
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.json());
      live("on");
    } catch {
      live("off");
    }
    await wait(STATE_EVERY);
  }
}

for (const button of document.querySelectorAll("[data-mode]")) {
  button.addEventListener("click", async () => {
    try {
      await command("printer", { mode: button.dataset.mode });
      say(button.dataset.mode === "ok" ? "The printer has paper." : "The printer has no paper now.");
    } catch {
      say("The printer did not take that.", true);
    }
  });
}

follow();
