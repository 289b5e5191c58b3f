// Keeps a plan and the check-in page on this device, so that both open while the network is away.
// The network always comes first; what is kept is only what was opened here before, and it goes after two days.
const KEPT = "videnbro-events-1";
const PAGES = [/^\/(?:[a-z]{2}\/)?events\/agenda\/[^/]+\/$/, /^\/(?:[a-z]{2}\/)?events\/[^/]+\/agenda\/$/, /^\/(?:[a-z]{2}\/)?events\/[^/]+\/organise\/check-in\/$/];
const LONGEST = 2 * 24 * 60 * 60 * 1000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  const isPage = request.mode === "navigate" && PAGES.some((page) => page.test(address.pathname));
  if (isPage || address.pathname.startsWith("/static/")) event.respondWith(networkFirst(request));
});

async function networkFirst(request) {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await kept.put(request, await stamped(answer.clone()));
    return answer;
  } catch (error) {
    const found = await kept.match(request);
    if (found && Date.now() - Number(found.headers.get("X-Kept-At")) < LONGEST) return marked(found);
    if (found) await kept.delete(request);
    throw error;
  }
}

async function stamped(answer) {
  const headers = new Headers(answer.headers);
  headers.set("X-Kept-At", String(Date.now()));
  return new Response(await answer.blob(), { status: answer.status, headers });
}

// A page says so when it is shown from here; the browser believes in a network that leads nowhere.
async function marked(found) {
  if (!found.headers.get("Content-Type")?.startsWith("text/html")) return found;
  const page = (await found.text()).replace("<html ", "<html data-kept-copy ");
  return new Response(page, { status: found.status, headers: found.headers });
}

// Who logs out, or opens a page as somebody else, leaves nothing behind.
self.addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(caches.delete(KEPT));
  if (event.data.keep) event.waitUntil(keep(event.data.keep, event.ports[0]));
});

// What the page had loaded before this was here to see it.
async function keep(addresses, port) {
  await Promise.allSettled(addresses.map((address) => networkFirst(new Request(address, { credentials: "same-origin" }))));
  port.postMessage("kept");
}
