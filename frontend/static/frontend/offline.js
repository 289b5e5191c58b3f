// Keeps a plan and the check-in page on this device, so that both open while the network is away.
// The network always comes first; what is kept is only what was opened here before, and it goes after two days.
const KEPT = "videnbro-events-1";
const PAGES = [/^\/(?:[a-z]{2}\/)?events\/agenda\/[^/]+\/$/, /^\/(?:[a-z]{2}\/)?events\/[^/]+\/agenda\/$/, /^\/(?:[a-z]{2}\/)?events\/[^/]+\/organise\/check-in\/$/];
const LONGEST = 2 * 24 * 60 * 60 * 1000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(Promise.all([self.clients.claim(), sweep()])));

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
    if (answer.ok && !answer.redirected) await kept.put(request.url, await stamped(answer.clone()));
    // Signed out, somebody else, or gone: what was kept is not this reader's any more.
    else if (answer.redirected || answer.status < 500) await kept.delete(request.url, { ignoreVary: true });
    await sweep();
    return answer;
  } catch (error) {
    // By its address alone: "Vary" tells a shared cache whose page it is, and this one has a single reader.
    const found = await kept.match(request.url, { ignoreVary: true });
    if (found && Date.now() - Number(found.headers.get("X-Kept-At")) < LONGEST) return marked(found);
    if (found) await kept.delete(request.url, { ignoreVary: true });
    throw error;
  }
}

// Whatever is older than two days goes whenever anything is asked for.
async function sweep() {
  const kept = await caches.open(KEPT);
  for (const request of await kept.keys()) {
    const found = await kept.match(request, { ignoreVary: true });
    if (found && Date.now() - Number(found.headers.get("X-Kept-At")) >= LONGEST) await kept.delete(request, { ignoreVary: true });
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

// Who logs out leaves nothing behind.
self.addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(caches.delete(KEPT));
  if (event.data.keep) event.waitUntil(keep(event.data.keep, event.ports[0]));
});

// What the page had loaded before this was here to see it.
async function keep(addresses, port) {
  await Promise.allSettled(addresses.map((address) => networkFirst(new Request(address, { credentials: "same-origin" }))));
  port.postMessage("kept");
}
