// Lets a page open again while the network is away: one visit is enough, also the first, which the worker has not seen.
const kept = document.querySelector("[data-offline]");

if (kept && "serviceWorker" in navigator) {
  const wasSeen = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.register(kept.dataset.offline).then(() => keepThis(wasSeen)).catch(() => {});
}

async function keepThis(wasSeen) {
  const { active } = await navigator.serviceWorker.ready;
  if (wasSeen || !navigator.onLine) {
    kept.dataset.kept = "";
    return;
  }
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    kept.dataset.kept = "";
  };
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const ours = loaded.filter((address) => address.startsWith(`${location.origin}/static/`));
  active.postMessage({ keep: [location.href.split("#")[0], ...new Set(ours)] }, [port2]);
}
