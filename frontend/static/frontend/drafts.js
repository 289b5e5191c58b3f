// Keeps what is typed in a form until it is sent, so that a reload or a closed lid loses nothing.
// Kept in this tab only, for this person and page; the pages work without it.
const form = document.querySelector("form[data-keep-draft]");

if (form) {
  const key = `draft ${form.dataset.keepDraft} ${location.pathname}`;
  // A page that came back with errors or a conflict already holds what was typed.
  const answered = document.getElementById("errors") || document.getElementById("conflict");

  if (answered) {
    sessionStorage.removeItem(key);
  } else {
    restore(form, sessionStorage.getItem(key));
  }
  form.addEventListener("input", () => sessionStorage.setItem(key, written(form)));
  form.addEventListener("submit", () => sessionStorage.removeItem(key));
}

function written(form) {
  const pairs = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  return JSON.stringify(pairs);
}

function restore(form, kept) {
  if (!kept) return;
  const values = new Map();
  for (const [name, value] of JSON.parse(kept)) values.set(name, [...(values.get(name) ?? []), value]);
  for (const field of form.elements) {
    if (!field.name || field.name === "csrfmiddlewaretoken" || field.type === "submit") continue;
    const chosen = values.get(field.name) ?? [];
    if (field.type === "radio" || field.type === "checkbox") field.checked = chosen.includes(field.value);
    else if (chosen.length) field.value = chosen[0];
  }
}
