// “No benefit” and “Do not know” stand alone: ticking one unticks what contradicts it. The server keeps the same rule.
document.addEventListener("change", (event) => {
  const ticked = event.target;
  if (ticked.name !== "outcomes" || !ticked.checked) return;
  const standsAlone = "alone" in ticked.dataset;
  for (const other of ticked.form.querySelectorAll("input[name=outcomes]:checked")) {
    if (other !== ticked && (standsAlone || "alone" in other.dataset)) other.checked = false;
  }
});
