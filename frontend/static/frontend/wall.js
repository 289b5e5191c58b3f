// The screen in the hall: long lists turn their pages by themselves, the state is fetched anew, and when the network is
// away the last one stays, with the time of which it tells. On a small screen everything stands in one long page.
const wall = document.querySelector("[data-wall]");

if (wall) {
  const TURN = 12000;
  const RENEW = 20000;
  const LONGEST_WAIT = 15000;
  const state = wall.querySelector("[data-state]");
  const stale = wall.querySelector("[data-stale]");
  const clock = wall.querySelector("[data-clock]");
  const roomy = matchMedia("(min-width: 48rem) and (min-height: 30rem)");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const hours = new Intl.DateTimeFormat("en-GB", { timeZone: wall.dataset.zone, hour: "2-digit", minute: "2-digit" });
  // A screen's own clock may be wrong: the hub's goes.
  let ahead = Date.now() - Date.parse(clock.dateTime);
  let told = clock.textContent;
  let before = state.innerHTML;

  settle();
  roomy.addEventListener("change", settle);
  addEventListener("resize", settle);
  document.fonts?.ready.then(settle);
  setInterval(turn, TURN);
  setInterval(renew, RENEW);
  setInterval(tick, 1000);
  addEventListener("online", renew);

  function tick() {
    const now = hours.format(Date.now() - ahead);
    if (clock.textContent !== now) clock.textContent = now;
  }

  // Pages of a list are its columns, as many as fit beside each other.
  function settle() {
    wall.classList.toggle("is-paged", roomy.matches);
    for (const slot of state.querySelectorAll("[data-slot]")) show(slot, 0);
  }

  function turn() {
    for (const slot of state.querySelectorAll("[data-slot]")) show(slot, Number(slot.dataset.at ?? 0) + 1);
  }

  function show(slot, wanted) {
    const rows = slot.querySelector("[data-rows]");
    const note = slot.querySelector("[data-page]");
    if (!rows || !roomy.matches) {
      note.hidden = true;
      return;
    }
    const gap = parseFloat(getComputedStyle(rows).columnGap) || 0;
    const wide = rows.clientWidth + gap;
    // A twentieth off: widths come rounded to whole pixels.
    const pages = Math.max(1, Math.ceil((rows.scrollWidth + gap) / wide - 0.05));
    const at = wanted % pages;
    if (String(at) !== slot.dataset.at && pages > 1 && !still.matches) {
      rows.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 400, easing: "ease-out" });
    }
    slot.dataset.at = String(at);
    rows.scrollLeft = at * wide;
    note.hidden = pages === 1;
    note.textContent = note.dataset.words.replace("{page}", String(at + 1)).replace("{pages}", String(pages));
  }

  async function renew() {
    try {
      const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(LONGEST_WAIT) });
      // The link was renewed or the event is gone: the page that says so comes instead of what was true before.
      if (answer.status === 404) return location.reload();
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      take(new DOMParser().parseFromString(await answer.text(), "text/html"));
      stale.hidden = true;
    } catch {
      // No network, or the hub is away: what stands here goes on standing, and the next try comes by itself.
      const words = stale.dataset.words.replace("{time}", told);
      if (stale.textContent !== words) stale.textContent = words;
      stale.hidden = false;
    }
  }

  // Only what changed is put in, so that a page that is being read does not jump back to the first.
  function take(page) {
    const fresh = page.querySelector("[data-state]");
    const time = page.querySelector("[data-clock]");
    if (!fresh || !time) throw new Error("no screen");
    ahead = Date.now() - Date.parse(time.dateTime);
    told = time.textContent;
    tick();
    if (fresh.innerHTML === before) return;
    const places = new Map([...state.querySelectorAll("[data-slot]")].map((slot) => [slot.dataset.slot, slot.dataset.at]));
    before = fresh.innerHTML;
    state.replaceChildren(...document.importNode(fresh, true).childNodes);
    for (const slot of state.querySelectorAll("[data-slot]")) {
      slot.dataset.at = places.get(slot.dataset.slot) ?? "0";
      show(slot, Number(slot.dataset.at));
    }
  }
}
