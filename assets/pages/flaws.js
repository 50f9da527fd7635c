// What is wrong with a document (its marks), kept while the document is not ticked.
"use strict";

(() => {
  const DOCUMENT = 'input[name="applicant"], input[name="visitor"]';

  // What was wrong with a document that was unticked is still wrong when it is ticked again, though its marks are gone meanwhile.
  const flaws = new Map();
  const flawKey = (form, box) => `${form.dataset.case} ${box.id}`;
  const keepFlaws = (box) => {
    const set = box.closest(".tick-set");
    if (!set || box.checked || !box.matches(DOCUMENT)) return; // before its marks are drawn it has those of before
    const marks = set.querySelectorAll('input[name="flaw"]:checked');
    flaws.set(flawKey(box.form, box), Array.from(marks, (mark) => mark.value));
  };
  const fieldsOf = (form) => {
    const fields = new FormData(form);
    for (const box of form.querySelectorAll(DOCUMENT)) {
      if (!box.checked || box.closest(".tick-set")) continue; // marks that are drawn speak for themselves
      for (const flaw of flaws.get(flawKey(form, box)) ?? []) fields.append("flaw", flaw);
    }
    return fields;
  };

  Object.assign(Uketsuke, { fieldsOf, keepFlaws });
})();
