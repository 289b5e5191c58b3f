// Walks a list with J and K (or the arrows) while the focus is in it; Enter opens, as links do.
// Only there, so that no letter does anything while one writes or listens elsewhere.
const list = document.querySelector("[data-rows]");
const STEPS = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };

list?.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
  const rows = [...list.querySelectorAll("[data-row]")];
  const next = rows[rows.indexOf(document.activeElement) + step];
  event.preventDefault();
  next?.focus();
});
