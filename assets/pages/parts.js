// Puts an answer in place: only the parts that have changed, and never the one in which somebody is typing.
//
// A part is an element with an id and a version (`data-version`). The page tells the server the versions that it shows;
// in the answer a template (`data-kept`) stands for a part that stays as it is, and holds what has changed inside it.
// So focus, scroll, open lists and what is half typed stay, because the elements that have them stay.
"use strict";

(() => {
  const find = (id) => document.getElementById(id);

  const versions = () =>
    Array.from(document.querySelectorAll("#page [data-version]"), (part) => part.dataset.version).join("");

  // What an answer brings anew, the outermost elements.
  const anew = (next) =>
    next.dataset.kept === undefined ? [next] : Array.from(next.content.children).flatMap(anew);

  // Whether a part has to stay as it is because somebody types in what would be replaced. What belongs together with it
  // (`data-together`) stays, too: a form that shows half of the news would send half of them back.
  const sparing = (page) => {
    const { activeElement: field } = document;
    const shown = find("page");
    const typed = shown.contains(field) && field.matches("input:not([type=checkbox]), select, textarea");
    if (!typed || shown.dataset.visitor !== page.dataset.visitor) return () => false;
    const brought = Array.from(page.children).flatMap(anew);
    if (!brought.some((next) => find(next.id)?.contains(field))) return () => false;
    const together = field.closest("[data-together]");
    return (part) => part.contains(field) || Boolean(together?.contains(part));
  };

  // Puts one element of an answer in its place; says whether something was spared.
  const place = (next, spared) => {
    const { kept } = next.dataset;
    let left = false;
    if (kept !== undefined) {
      for (const inner of [...next.content.children]) left = place(inner, spared) || left;
      return left;
    }
    const shown = find(next.id);
    if (shown && spared(shown)) return true;
    for (const stands of next.querySelectorAll("template[data-kept]")) {
      left = place(stands, spared) || left;
      const stays = find(stands.dataset.kept);
      if (stays) stands.replaceWith(stays);
    }
    shown?.replaceWith(next);
    return left;
  };

  // The page as an answer has it. `all`: also where somebody types, because it answers what they did.
  const placePage = (page, all) => {
    const shown = find("page");
    const spared = all ? () => false : sparing(page);
    for (const name of shown.getAttributeNames()) if (!page.hasAttribute(name)) shown.removeAttribute(name);
    for (const name of page.getAttributeNames()) shown.setAttribute(name, page.getAttribute(name));
    let left = false;
    for (const part of [...page.children]) left = place(part, spared) || left;
    return left;
  };

  // The element of an id in an answer, however deep in what stays; null where it is not told anew.
  const inAnswer = (root, id) => {
    let found = root.querySelector(`#${id}`);
    for (const stands of root.querySelectorAll("template")) found ??= inAnswer(stands.content, id);
    return found;
  };

  // What is ticked and chosen as the server has it, also where the part itself has not changed.
  const showSaved = (form) => {
    for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = box.defaultChecked;
    for (const option of form.querySelectorAll("option")) option.selected = option.defaultSelected;
  };

  Object.assign(Uketsuke, { inAnswer, placePage, showSaved, versions });
})();
