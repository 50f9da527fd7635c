// Keys that press buttons, and small menus. Keys can be switched off or changed (WCAG 2.1.4), and never act while somebody
// types or an input method composes. What a person chose stays in the browser.
"use strict";

(() => {
  const { body } = document;
  const find = (id) => document.getElementById(id);
  const COMPOSING = 229; // the key code by which browsers say that an input method has the key

  // --- What the person chose ------------------------------------------------------------------------------

  const kept = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };
  const keep = (name, value) => {
    try {
      localStorage.setItem(name, value);
    } catch {
      return false;
    }
    return true;
  };
  const keysOn = () => kept("keys") !== "off";
  // From the key that a button has by itself to the one that the person gave it.
  const ownKeys = () => {
    try {
      return JSON.parse(kept("own-keys") ?? "{}");
    } catch {
      return {};
    }
  };
  const keyOf = (code, own = ownKeys()) => own[code] ?? code;
  const letterOf = (code) => code.replace(/^(?:Key|Digit)/, "");

  const showKeys = () => {
    const on = keysOn();
    const own = ownKeys();
    document.documentElement.classList.toggle("keys-off", !on);
    for (const one of document.querySelectorAll('[data-key^="Key"]')) {
      const letter = letterOf(keyOf(one.dataset.key, own));
      const shown = one.closest("label, button, a, summary")?.querySelector("kbd");
      if (shown && shown.textContent !== letter) shown.textContent = letter;
      one.setAttribute("aria-keyshortcuts", letter);
    }
    showStill();
    const button = find("keys");
    if (!button) return;
    button.setAttribute("aria-pressed", String(on));
    find("keys-words").textContent = on ? body.dataset.keysOn : body.dataset.keysOff;
  };
  const toggleKeys = () => {
    if (keep("keys", keysOn() ? "off" : "on")) showKeys();
  };

  // --- Times that move can be stopped (WCAG 2.2.2) -----------------------------------------------------------

  const isStill = () => kept("still") === "on";
  const showStill = () => find("still")?.setAttribute("aria-pressed", String(isStill()));

  // --- Keys -----------------------------------------------------------------------------------------------

  const types = (element) =>
    element instanceof HTMLSelectElement ||
    element instanceof HTMLTextAreaElement ||
    element.isContentEditable ||
    (element instanceof HTMLInputElement && element.type !== "checkbox");
  // A digit may come before the server has drawn what it chooses from; it is kept until then.
  const DOCUMENT = '#checklist input[name="applicant"], #checklist input[name="visitor"]';
  const markOf = (id, key) =>
    find(id)?.closest(".tick-set")?.querySelector(`[data-mark-key="${CSS.escape(key)}"]`) ?? null;
  let early = null;
  new MutationObserver(() => {
    const mark = early && markOf(early.id, early.key);
    if (!mark) return;
    early = null;
    if (!mark.checked) mark.click();
  }).observe(body, { childList: true, subtree: true });

  const openDialog = () => document.querySelector("dialog[open]");
  const press = (one) => {
    if (one.matches("input[type=search], input[type=text]")) one.focus();
    else if (one.matches("[role=tab]")) Uketsuke.nextTab();
    else one.click();
  };

  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.isComposing || event.keyCode === COMPOSING) return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const open = openDialog();
    if (event.key === "Escape" && !open) {
      if (!closeMenus(null)) Uketsuke.closeDrawer();
      return;
    }
    if (!keysOn() || types(event.target)) return;
    // On a document that is ticked a digit says what is wrong with it, or that staff accept it.
    if (!open && /^[1-9]$/.test(event.key) && event.target.matches?.(DOCUMENT) && event.target.checked) {
      event.preventDefault();
      const mark = markOf(event.target.id, event.key);
      if (mark) mark.click();
      else early = { id: event.target.id, key: event.key };
      return;
    }
    if (!open && /^[1-9]$/.test(event.key) && event.target.matches?.("[data-mark-key]")) {
      const beside = event.target.closest(".tick-set").querySelector(`[data-mark-key="${event.key}"]`);
      if (beside) {
        event.preventDefault();
        beside.click();
      }
      return;
    }
    if (!open && event.key === "/") {
      const search = Array.from(document.querySelectorAll("[data-find-in]")).find((one) => one.checkVisibility());
      if (!search) return;
      event.preventDefault();
      search.focus();
      return;
    }
    // While a question is open, only its keys act.
    const code = event.code.replace(/^Numpad(?=[0-9]$)/, "Digit");
    const own = ownKeys();
    const meant = Array.from((open ?? document).querySelectorAll("[data-key]")).find(
      (one) => keyOf(one.dataset.key, own) === code && !one.disabled && one.checkVisibility(),
    );
    if (!meant) return;
    event.preventDefault();
    press(meant);
  });

  // --- Small menus ----------------------------------------------------------------------------------------

  // Whether one was open.
  const closeMenus = (inside) => {
    let closed = false;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (inside && menu.contains(inside)) continue;
      if (!inside && menu.contains(document.activeElement)) menu.querySelector("summary").focus();
      menu.open = false;
      closed = true;
    }
    return closed;
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("#keys")) toggleKeys();
    if (event.target.closest("#still") && keep("still", isStill() ? "off" : "on")) {
      showStill();
      Uketsuke.showTimes();
    }
    closeMenus(event.target);
  });

  Object.assign(Uketsuke, { isStill, keep, keyOf, letterOf, ownKeys, showKeys });
  showKeys();
})();
