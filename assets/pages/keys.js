// Keys that press buttons, and small menus. Keys can be switched off and never act while somebody types.
"use strict";

(() => {
  const { body } = document;
  const find = (id) => document.getElementById(id);

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

  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const open = find("guide");
    if (event.key === "Escape" && !open) {
      closeMenus(null);
      return;
    }
    if (!keysOn() || types(event.target)) return;
    // On a document that is ticked a digit says what is wrong with it, or that staff accept it.
    if (!open && /^[1-9]$/.test(event.key) && event.target.matches?.(DOCUMENT)) {
      event.preventDefault();
      const mark = markOf(event.target.id, event.key);
      if (mark) mark.click();
      else if (event.target.checked) early = { id: event.target.id, key: event.key };
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
      const list = event.target.closest?.("[id^='lists-']");
      const search = list ? document.querySelector(`[data-find-in="${CSS.escape(list.id)}"]`) : document.querySelector("[data-find-in]");
      if (!search) return;
      event.preventDefault();
      search.focus();
      return;
    }
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

  document.addEventListener("click", (event) => {
    if (event.target.closest("#keys")) toggleKeys();
    closeMenus(event.target.closest("details.menu, details.confirm"));
  });

  Uketsuke.showKeys = showKeys;
  showKeys();
})();
