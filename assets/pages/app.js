// Keeps a clerk or staff page live. Without this script every form still works, by loading the page again.
//
// The server draws the page; this script only asks for the part that changes (`data-panel`) when the event
// stream says that something happened, sends forms without leaving the page, and puts the answer in place.
// What somebody is doing is kept: the focus, open lists, a search, and ticks that are not saved yet.
"use strict";

(() => {
  const DEBOUNCE_MS = 50;
  const RETRY_MS = 2000;
  const SLOW_MS = 250; // what is not answered by then is said to be on its way
  const body = document.body;
  const panelUrl = body.dataset.panel;
  const staleMs = Number(body.dataset.staleSeconds) * 1000;
  document.documentElement.classList.add("js");

  const find = (id) => document.getElementById(id);

  // --- Ids of commands: made here where the page did not bring one ---------------------------------------

  // crypto.randomUUID needs HTTPS, and a counter's closed network may have none.
  const newId = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };

  // --- Clock and elapsed time: the server's time, not this computer's ------------------------------------

  let ahead = 0;
  const tokyo = new Intl.DateTimeFormat("ja-JP", {
    timeZone: "Asia/Tokyo", hour: "numeric", minute: "2-digit", hourCycle: "h23",
  });
  const readClock = () => {
    const clock = find("clock");
    if (clock) ahead = Date.parse(clock.dataset.now) - Date.now();
  };
  const showTimes = () => {
    const now = Date.now() + ahead;
    const clock = find("clock");
    if (clock) clock.textContent = tokyo.format(now);
    for (const element of document.querySelectorAll("[data-since]")) {
      const seconds = Math.max(0, Math.floor((now - Date.parse(element.dataset.since)) / 1000));
      element.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    }
  };

  // --- Keys: can be switched off, never act while somebody types -----------------------------------------

  const keysOn = () => {
    try {
      return localStorage.getItem("keys") !== "off";
    } catch {
      return true;
    }
  };
  const showKeys = () => {
    const on = keysOn();
    document.documentElement.classList.toggle("keys-off", !on);
    const button = find("keys");
    if (!button) return;
    button.setAttribute("aria-pressed", String(on));
    find("keys-words").textContent = on ? body.dataset.keysOn : body.dataset.keysOff;
  };
  const toggleKeys = () => {
    try {
      localStorage.setItem("keys", keysOn() ? "off" : "on");
    } catch {
      return;
    }
    showKeys();
  };
  const types = (element) =>
    element instanceof HTMLSelectElement ||
    element instanceof HTMLTextAreaElement ||
    (element instanceof HTMLInputElement && element.type !== "checkbox");
  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const open = find("guide");
    if (event.key === "Escape" && !open) {
      closeMenus(null);
      return;
    }
    if (!keysOn() || types(event.target)) return;
    // While a question is open, only its keys act.
    const code = event.code.replace(/^Numpad(?=[0-9]$)/, "Digit");
    const button = (open ?? document).querySelector(`button[data-key="${CSS.escape(code)}"]:not(:disabled)`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });

  // --- Small menus ----------------------------------------------------------------------------------------

  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open], details.confirm[open]")) {
      if (menu !== except) menu.open = false;
    }
  };

  // --- Finding a document by typing -----------------------------------------------------------------------

  // The same folding as on the server (backend.documents.search), for what is typed. A kana that is still being
  // typed ends in a Latin letter, which is left out: めんk finds what めん finds.
  const fold = (text) =>
    text
      .normalize("NFKC")
      .toLowerCase()
      .replace(/[\u30a1-\u30f6]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0x60))
      .replace(/[\s\u30fc-]+/g, "")
      .replace(/([\u3041-\u3096])[a-z]+$/, "$1");
  const candidates = (input) =>
    input.value === "" ? [] : Array.from(find(input.dataset.findIn).querySelectorAll(".tick[data-find]:not([hidden])"));
  const aim = (input, box) => {
    for (const one of document.querySelectorAll(".tick.aimed")) one.classList.remove("aimed");
    input.removeAttribute("aria-activedescendant");
    if (!box) return;
    box.classList.add("aimed");
    input.setAttribute("aria-activedescendant", box.querySelector("input").id);
    box.scrollIntoView({ block: "nearest" });
  };
  const filter = (input) => {
    const list = find(input.dataset.findIn);
    const wanted = fold(input.value);
    let first = null;
    let other = null;
    for (const box of list.querySelectorAll("[data-find]")) {
      const keys = box.dataset.find.split("|");
      box.hidden = wanted !== "" && !keys.some((key) => key.includes(wanted));
      if (box.hidden || wanted === "") continue;
      if (!first && keys.some((key) => key.startsWith(wanted))) first = box;
      other ??= box;
    }
    for (const group of list.querySelectorAll("fieldset")) {
      group.hidden = wanted !== "" && !group.querySelector(".tick:not([hidden])");
    }
    const more = list.querySelector("details");
    if (more) {
      more.hidden = wanted !== "" && !more.querySelector(".tick:not([hidden])");
      if (wanted !== "") more.open = true;
    }
    list.querySelector(".find-nothing").hidden = wanted === "" || other !== null;
    aim(input, first ?? other);
  };

  // --- Putting an answer in place -------------------------------------------------------------------------

  let said = "";
  const say = () => {
    const source = document.querySelector("[data-say]");
    const words = source ? source.dataset.say : "";
    if (words !== said) find("say").textContent = words;
    said = words;
  };

  const unsaved = () => {
    const form = find("checklist");
    return form ? { ticket: form.dataset.ticket, fields: new FormData(form) } : null;
  };
  const applyTicks = (kept) => {
    const form = find("checklist");
    if (!form || !kept || form.dataset.ticket !== kept.ticket) return;
    for (const box of form.querySelectorAll("input[type=checkbox]")) {
      box.checked = kept.fields.getAll(box.name).includes(box.value);
    }
  };

  const remember = () => ({
    focus: document.activeElement && document.activeElement.id,
    visitor: find("page").dataset.visitor,
    open: Array.from(document.querySelectorAll("#page details[id]"), (item) => [item.id, item.open]),
    found: Array.from(document.querySelectorAll("#page [data-find-in]"), (item) => [item.id, item.value, item.selectionStart]),
    scrolled: Array.from(document.querySelectorAll("#page [data-scroll]"), (item) => [item.id, item.scrollTop]),
  });
  const restore = (kept) => {
    for (const [id, open] of kept.open) {
      if (find(id)) find(id).open = open;
    }
    for (const [id, value, place] of kept.found) {
      const input = find(id);
      if (!input || !value) continue;
      input.value = value;
      filter(input);
      if (kept.focus === id) input.setSelectionRange(place, place);
    }
    for (const [id, top] of kept.scrolled) {
      if (find(id)) find(id).scrollTop = top;
    }
    const before = kept.focus && find(kept.focus);
    const same = kept.visitor === find("page").dataset.visitor;
    if (!same) scrollTo(0, 0);
    if (before && !before.disabled) before.focus({ preventScroll: true });
    else if (kept.focus || !same) document.querySelector("[data-focus]")?.focus({ preventScroll: true });
  };

  // A question stands in a dialog over the page; news redraw the page below it and leave it open.
  const showGuide = (next) => {
    const place = find("guide-place");
    if (!place) return;
    find("guide")?.close();
    place.replaceChildren();
    if (!next) return;
    next.removeAttribute("open");
    place.append(next);
    next.addEventListener("cancel", (event) => {
      event.preventDefault();
      closeGuide();
    });
    next.showModal();
    next.querySelector("[data-guide-focus]")?.focus();
  };
  const closeGuide = () => {
    showGuide(null);
    find("do-guide")?.focus({ preventScroll: true });
  };

  const put = (html, { banner, page: whole = true }) => {
    const answer = new DOMParser().parseFromString(html, "text/html");
    if (banner && answer.getElementById("banner")) find("banner").replaceWith(answer.getElementById("banner"));
    const page = answer.getElementById("page");
    if (!page || !whole) return;
    const kept = remember();
    find("page").replaceWith(page);
    restore(kept);
    if (banner) showGuide(answer.getElementById("guide"));
    readClock();
    showTimes();
    showKeys();
    say();
  };

  const tellTrouble = () => {
    const line = document.createElement("p");
    line.className = "banner banner-error";
    line.setAttribute("role", "alert");
    line.dataset.banner = "no_connection";
    line.textContent = body.dataset.noConnection;
    find("banner").replaceChildren(line);
  };

  // --- Asking the server ----------------------------------------------------------------------------------

  const ask = async (address, fields) => {
    const response = await fetch(address, {
      method: fields ? "POST" : "GET",
      body: fields ? new URLSearchParams(fields) : undefined,
      headers: { "X-Fragment": "page" },
      credentials: "same-origin",
      cache: "no-store",
    });
    if (response.status === 401) {
      location.assign("/sign-in?again=1");
      return new Promise(() => {});
    }
    if (response.headers.get("X-Fragment") !== "page") throw new Error("not a page of ours");
    return response;
  };

  let busy = false; // a command is on its way
  let wanted = false; // the page should be drawn anew as soon as nothing is on its way
  let version = 0; // of the ticks on the screen
  let saved = 0; // the version that the server has
  let saving = null; // the promise of the save that is on its way
  // A button that is replaced while it is held down would lose the press.
  let held = 0;
  const HELD_MS = 2000;
  const hold = () => {
    held = Date.now();
  };
  const release = () => {
    setTimeout(() => {
      held = 0;
      if (wanted) refreshSoon();
    });
  };
  document.addEventListener("pointerdown", hold);
  document.addEventListener("pointerup", release);
  document.addEventListener("pointercancel", release);
  document.addEventListener("keydown", (event) => {
    if (event.key === " ") hold();
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === " ") release();
  });
  const released = async () => {
    while (Date.now() - held <= HELD_MS) await new Promise((go) => setTimeout(go, 20));
  };
  const settled = () => !busy && !saving && saved === version && Date.now() - held > HELD_MS;

  const refresh = async () => {
    if (!settled()) {
      wanted = true;
      return;
    }
    wanted = false;
    try {
      const response = await ask(panelUrl);
      const html = await response.text();
      if (!settled()) wanted = true;
      else if (response.ok) put(html, { banner: false });
    } catch {
      wanted = true;
    }
  };
  let timer = 0;
  const refreshSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, DEBOUNCE_MS);
  };

  class NotSavedError extends Error {} // the server said so in words; it is tried again
  const saveOnce = async () => {
    const form = find("checklist");
    if (!form) {
      saved = version;
      return;
    }
    const now = version;
    const fields = new FormData(form);
    fields.set("request_id", newId());
    const response = await ask(form.action, fields);
    const html = await response.text();
    if (response.status >= 500) {
      put(html, { banner: true, page: false });
      throw new NotSavedError();
    }
    saved = now;
    await released();
    if (now !== version) return; // ticked on meanwhile: the next save draws the page
    const kept = response.ok ? null : unsaved();
    put(html, { banner: true });
    applyTicks(kept);
  };
  // The answer on the screen is that of before as long as a tick is not saved.
  const markUnsaved = () => {
    const waiting = saved !== version;
    find("verdict")?.classList.toggle("verdict-waiting", waiting);
    find("verdict")?.setAttribute("aria-busy", String(waiting));
  };
  const save = () => {
    saving ??= (async () => {
      const slow = setTimeout(markUnsaved, SLOW_MS);
      try {
        while (saved !== version) await saveOnce();
      } catch (error) {
        if (!(error instanceof NotSavedError)) tellTrouble();
        setTimeout(save, RETRY_MS);
      } finally {
        clearTimeout(slow);
        if (saved !== version) markUnsaved();
        saving = null;
        if (wanted && settled()) refreshSoon();
      }
    })();
    return saving;
  };

  const command = async (form, submitter) => {
    if (busy) return;
    busy = true;
    body.classList.add("busy");
    try {
      const fields = new FormData(form);
      if (submitter?.name) fields.append(submitter.name, submitter.value);
      if (saving || saved !== version) await save(); // what was ticked comes before what is done with it
      if (saved !== version) return;
      const response = await ask(form.getAttribute("action"), fields);
      put(await response.text(), { banner: true });
    } catch {
      tellTrouble();
    } finally {
      busy = false;
      body.classList.remove("busy");
      if (wanted) refreshSoon();
    }
  };

  // --- What people do -------------------------------------------------------------------------------------

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!panelUrl) return;
    if (form.matches("[data-live]")) {
      event.preventDefault();
      command(form, event.submitter);
    } else if (form.id === "checklist") {
      event.preventDefault();
      version += 1;
      save();
    }
  });
  document.addEventListener("change", (event) => {
    if (!panelUrl || !event.target.name || !event.target.closest("#checklist")) return;
    version += 1;
    save();
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-find-in]")) filter(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches?.("[data-find-in]") || event.isComposing) return;
    const input = event.target;
    const boxes = candidates(input);
    const place = boxes.findIndex((box) => box.classList.contains("aimed"));
    if (event.key === "Enter") {
      event.preventDefault();
      if (place < 0) return;
      boxes[place].querySelector("input").click();
      input.value = ""; // ready for the next document
      filter(input);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && boxes.length) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      aim(input, boxes[(place + step + boxes.length) % boxes.length]);
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("#keys")) toggleKeys();
    if (event.target.closest("[data-guide-close]")) {
      event.preventDefault();
      closeGuide();
    }
    closeMenus(event.target.closest("details.menu, details.confirm"));
    // The second half of a double click must not press the button that took the first one's place.
    if (event.detail > 1 && event.target.closest("form[data-live] button")) event.preventDefault();
  });

  // --- Following the events -------------------------------------------------------------------------------

  let heard = Date.now();
  let source = null;
  const hear = () => {
    heard = Date.now();
    find("stale").hidden = true;
  };
  const happened = (event) => {
    hear();
    if (Number(event.lastEventId) > Number(find("page").dataset.seq)) refreshSoon();
  };
  const follow = () => {
    source?.close();
    source = new EventSource(body.dataset.events);
    source.addEventListener("open", hear);
    source.addEventListener("beat", hear);
    source.addEventListener("snapshot", happened);
    source.addEventListener("event", happened);
    source.addEventListener("error", () => {
      // A refused stream does not come back by itself: perhaps the sign-in has ended, which asking tells.
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(() => {
        follow();
        refresh();
      }, RETRY_MS);
    });
  };
  const watch = () => {
    showTimes();
    if (!panelUrl) return;
    // What nobody reports is no event: the server names the moment from which the page would look different.
    if (Date.parse(find("page").dataset.redrawAt) <= Date.now() + ahead) wanted = true;
    if (wanted) refreshSoon(); // what could not be drawn before, for example while the line was down
    if (Date.now() - heard <= staleMs) return;
    if (find("stale").hidden) {
      find("stale").hidden = false;
      wanted = true;
      follow(); // a line that died silently is opened anew
    }
  };

  readClock();
  showTimes();
  showKeys();
  say();
  if (find("guide")) showGuide(find("guide"));
  if (panelUrl) {
    follow();
    document.querySelector("[data-focus]")?.focus({ preventScroll: true });
  }
  setInterval(watch, 1000);
})();
