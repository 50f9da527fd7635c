// One field of a record into the clipboard with a press; where a browser has none, the field is selected to be copied by hand.
"use strict";

(() => {
  const say = (words) => {
    const place = document.getElementById("say");
    if (place) place.textContent = words;
  };

  const select = (value) => {
    const range = document.createRange();
    range.selectNodeContents(value);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  };

  const copied = async (value) => {
    if (navigator.clipboard) {
      try {
        await navigator.clipboard.writeText(value.textContent);
        return true;
      } catch {
        // No permission: as without a clipboard.
      }
    }
    // Pages that do not come by HTTPS have no other way.
    select(value);
    return document.execCommand("copy");
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    const value = button && document.getElementById(button.dataset.copy);
    if (!value || !(await copied(value))) return;
    for (const one of document.querySelectorAll("button[data-copy].copied")) one.classList.remove("copied");
    button.classList.add("copied");
    say(button.dataset.copied);
  });
})();
