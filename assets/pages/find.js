// Finds a document of the checklist by typing a few letters of its name, reading or code.
"use strict";

(() => {
  const find = (id) => document.getElementById(id);

  // --- Finding a document by typing -----------------------------------------------------------------------

  // The same folding as on the server (backend.documents.saying.search), for what is typed. A kana that is still being
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
    // A list is open as long as something is sought in it; then it is as it was.
    for (const more of list.querySelectorAll("details")) {
      more.hidden = wanted !== "" && !more.querySelector(".tick:not([hidden])");
      if (wanted !== "" && !more.open) {
        more.open = true;
        more.dataset.opened = "";
      } else if (wanted === "" && "opened" in more.dataset) {
        delete more.dataset.opened;
        more.open = more.querySelector("input:checked") !== null;
      }
    }
    list.querySelector(".find-nothing").hidden = wanted === "" || other !== null;
    aim(input, first ?? other);
  };

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
      const chosen = boxes[place].querySelector("input");
      chosen.click();
      input.value = ""; // ready for the next document
      filter(input);
      chosen.focus(); // where a digit says what is wrong with it; the key / leads back
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && boxes.length) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      aim(input, boxes[(place + step + boxes.length) % boxes.length]);
    }
  });

  Uketsuke.filter = filter;
})();
