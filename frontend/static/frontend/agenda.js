// Lets the plan open without network, and says when it is shown from this device.
const page = document.querySelector("[data-offline]");

if (page && "serviceWorker" in navigator) {
  navigator.serviceWorker.register(page.dataset.offline).catch(() => {});
}

const note = document.querySelector("[data-offline-note]");

function tell() {
  if (note) note.hidden = navigator.onLine;
}

addEventListener("online", tell);
addEventListener("offline", tell);
tell();
