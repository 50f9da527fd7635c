// Who waits, in a drawer over the check of documents. Without scripts the link leads to it, and back.
"use strict";

(() => {
  const root = document.documentElement;
  const find = (id) => document.getElementById(id);
  const isDrawer = () => find("queue")?.classList.contains("drawer") ?? false;
  const isOpen = () => root.classList.contains("queue-open") && isDrawer();

  const showDrawer = () => {
    const chip = find("do-queue");
    if (!chip) root.classList.remove("queue-open");
    chip?.setAttribute("role", "button");
    chip?.setAttribute("aria-expanded", String(isOpen()));
    chip?.setAttribute("aria-controls", "queue");
  };
  const close = () => {
    if (!isOpen()) return;
    root.classList.remove("queue-open");
    showDrawer();
    find("do-queue")?.focus({ preventScroll: true });
  };
  const toggle = () => {
    if (isOpen()) {
      close();
      return;
    }
    if (!isDrawer()) return;
    root.classList.add("queue-open");
    showDrawer();
    find("do-queue-close")?.focus({ preventScroll: true });
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-drawer]")) {
      event.preventDefault();
      toggle();
    } else if (isOpen() && !event.target.closest("#queue, dialog")) {
      root.classList.remove("queue-open");
      showDrawer();
    }
  });
  // A link with the role of a button is pressed by the space bar, too.
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || !event.target.matches?.("#do-queue")) return;
    event.preventDefault();
    toggle();
  });

  Object.assign(Uketsuke, { closeDrawer: close, drawerIsOpen: isOpen, showDrawer });
  showDrawer();
})();
