// One person's documents at a time, as tabs. Without scripts the lists stand below each other, each with its heading.
"use strict";

(() => {
  let shown = { card: "", person: "" };

  const tabs = () => Array.from(document.querySelectorAll("#persons [role=tab]"));
  const panelOf = (tab) => document.getElementById(tab.getAttribute("aria-controls"));
  const card = () => document.getElementById("checklist")?.dataset.case ?? "";

  // The person who was looked at stays; another card begins with the first.
  const showTabs = () => {
    const all = tabs();
    if (shown.card !== card() || !all.some((tab) => tab.dataset.person === shown.person)) {
      shown = { card: card(), person: all[0]?.dataset.person ?? "" };
    }
    for (const tab of all) {
      const chosen = tab.dataset.person === shown.person;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      const panel = panelOf(tab);
      panel?.setAttribute("role", "tabpanel");
      panel?.setAttribute("aria-labelledby", tab.id);
      panel?.classList.toggle("aside", !chosen);
    }
  };
  const choose = (tab) => {
    shown.person = tab.dataset.person;
    showTabs();
  };

  document.addEventListener("click", (event) => {
    const tab = event.target.closest("#persons [role=tab]");
    if (tab) choose(tab);
  });
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches?.("#persons [role=tab]")) return;
    const all = tabs();
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = all[(all.indexOf(event.target) + step + all.length) % all.length];
    choose(next);
    next.focus();
  });

  // The tab after the one that is shown, for the key.
  const nextTab = () => {
    const all = tabs();
    const place = all.findIndex((tab) => tab.dataset.person === shown.person);
    if (all.length > 1) choose(all[(place + 1) % all.length]);
  };

  Object.assign(Uketsuke, { nextTab, showTabs });
  showTabs();
})();
