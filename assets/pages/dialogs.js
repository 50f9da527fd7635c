// Questions before what cannot be undone, in a dialog that starts on no; and the dialog in which a person chooses keys.
// Without scripts the question stands where its button is.
"use strict";

(() => {
  const { keep, keyOf, letterOf, ownKeys, showKeys } = Uketsuke;
  const find = (id) => document.getElementById(id);
  const place = find("ask-place");
  let from = ""; // where the question was asked

  // --- Questions ------------------------------------------------------------------------------------------

  const closeQuestion = () => {
    const dialog = find("ask");
    if (!dialog) return;
    dialog.close();
    dialog.remove();
    const before = find(from)?.querySelector("summary");
    (before ?? document.querySelector("[data-focus]"))?.focus({ preventScroll: true });
  };
  const ask = (question) => {
    closeQuestion();
    const menu = question.closest("details.menu");
    from = menu?.id ?? question.id;
    if (menu) menu.open = false;
    const dialog = document.createElement("dialog");
    dialog.id = "ask";
    dialog.className = "dialog";
    for (const one of question.querySelector(".confirm-box").children) dialog.append(one.cloneNode(true));
    for (const one of dialog.querySelectorAll("[id]")) one.id = `ask-${one.id}`;
    dialog.querySelector(".ask-title").id = "ask-title";
    dialog.setAttribute("aria-labelledby", "ask-title");
    const no = document.createElement("button");
    no.type = "button";
    no.id = "ask-no";
    no.className = "button";
    // Where something is chosen or typed, nothing was asked that could be answered with no.
    no.textContent = dialog.querySelector(".ask-form") ? place.dataset.leave : place.dataset.no;
    no.addEventListener("click", closeQuestion);
    // A form that asks for something has its own place for the answers.
    const answers = dialog.querySelector(".ask-form .answers") ?? document.createElement("div");
    if (answers.parentElement) {
      answers.prepend(no);
    } else {
      answers.className = "actions answers";
      answers.append(no, ...dialog.querySelectorAll("form"));
      dialog.append(answers);
    }
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      closeQuestion();
    });
    place.append(dialog);
    dialog.showModal();
    // On no, but where nothing is lost by the answer, or something is asked for first.
    const first = { yes: "button.sure", field: ".field :is(input, select)" }[question.dataset.ask];
    (first ? dialog.querySelector(first) : no).focus();
  };
  // A refusal is told where the question stands: what was typed stays, to be mended.
  const tellInQuestion = () => {
    const told = document.querySelector("#ask .ask-trouble");
    const line = document.querySelector("#banner .banner")?.cloneNode(true);
    if (!told || !line) return;
    line.querySelector(".banner-mark")?.remove();
    told.hidden = false;
    told.textContent = line.textContent.trim();
    document.querySelector("#ask .field input")?.focus();
  };
  document.addEventListener("click", (event) => {
    const question = event.target.closest("summary")?.closest("[data-ask]");
    if (!question) return;
    event.preventDefault();
    if (!question.closest("[data-together]")) {
      ask(question);
      return;
    }
    Uketsuke.ticksKept().then((kept) => {
      const now = find(question.id);
      if (kept && now) ask(now);
    });
  });

  // --- Own keys -------------------------------------------------------------------------------------------

  const fields = () => Array.from(document.querySelectorAll("[data-own-key]"));
  const showFields = () => {
    const own = ownKeys();
    for (const field of fields()) field.value = letterOf(keyOf(field.dataset.ownKey, own));
  };
  // A letter that another action has is exchanged with it: no two have one key.
  const choose = (field, letter) => {
    const own = ownKeys();
    const before = keyOf(field.dataset.ownKey, own);
    const wanted = `Key${letter}`;
    const other = fields().find((one) => one !== field && keyOf(one.dataset.ownKey, own) === wanted);
    if (other) own[other.dataset.ownKey] = before;
    own[field.dataset.ownKey] = wanted;
    keep("own-keys", JSON.stringify(own));
  };
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.matches?.("[data-own-key]") || event.isComposing) return;
    const letter = field.value.normalize("NFKC").toUpperCase();
    if (/^[A-Z]$/.test(letter)) choose(field, letter);
    if (letter) showFields();
    showKeys();
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.matches?.("[data-own-key]")) showFields();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("#do-keys")) {
      showFields();
      find("keys-dialog").showModal();
    } else if (event.target.closest("#do-keys-reset")) {
      keep("own-keys", "{}");
      showFields();
      showKeys();
    } else if (event.target.closest("[data-dialog-close]")) {
      event.target.closest("dialog").close();
    }
  });

  Object.assign(Uketsuke, { closeQuestion, tellInQuestion });
})();
