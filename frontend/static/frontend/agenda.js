// Says when the plan is shown from this device, without network.
const note = document.querySelector("[data-offline-note]");

function tell() {
  if (note) note.hidden = navigator.onLine && !("keptCopy" in document.documentElement.dataset);
}

addEventListener("online", tell);
addEventListener("offline", tell);
tell();
