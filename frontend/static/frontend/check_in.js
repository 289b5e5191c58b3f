// Check-in that goes on while the network is away: each scan is answered from the list that the page brought along,
// kept on this device until the hub has it, and sent with an id of its own, so that sending twice counts once.
const page = document.querySelector("[data-check-in]");

if (page) {
  const people = new Map(JSON.parse(document.getElementById("roster").textContent).map((one) => [one.code, one]));
  const words = JSON.parse(document.getElementById("words").textContent);
  const key = `check-in ${page.dataset.event}`;
  const find = (name) => page.querySelector(`[data-${name}]`);
  const token = page.querySelector("[name=csrfmiddlewaretoken]").value;
  let waiting = JSON.parse(localStorage.getItem(key) ?? "[]");
  let sending = false;

  for (const scan of waiting) markCame(scan.code);
  showWaiting();
  send();
  addEventListener("online", send);
  setInterval(send, 5000);
  setInterval(refresh, 20000);

  find("typed").addEventListener("submit", (event) => {
    event.preventDefault();
    const listed = event.submitter?.name === "listed" ? event.submitter : null;
    if (listed) {
      const cell = listed.closest("[data-came-at]");
      seen(listed.value);
      cell.tabIndex = -1;
      cell.focus();
      return;
    }
    const field = event.target.elements.code;
    if (seen(field.value)) field.value = "";
    field.focus();
  });

  const finder = find("find");
  if (finder) {
    finder.hidden = false;
    finder.addEventListener("input", narrow);
  }

  // Only the rows with what is looked for; said aloud when there are none.
  function narrow() {
    const looked = document.getElementById("id_find").value.trim().toLowerCase();
    let found = 0;
    for (const row of page.querySelectorAll("tr[data-person]")) {
      row.hidden = !row.querySelector("th").textContent.toLowerCase().includes(looked);
      found += row.hidden ? 0 : 1;
    }
    const told = looked && !found ? words.nobody : "";
    // Set only when it changes, or each key pressed would be read out again.
    if (find("nobody").textContent !== told) find("nobody").textContent = told;
  }

  // A code that was read: answered at once, kept, and sent when it can be.
  function seen(raw) {
    const code = raw.toUpperCase().replace(/[^A-Z0-9]/g, "");
    if (!code) return false;
    const person = people.get(code);
    tell(person ? (person.came ? "again" : "welcome") : "unknown", person?.name ?? "", person?.from ?? "");
    // A code that is not on the list may have been registered since: the hub is asked all the same.
    waiting.push({ scan: crypto.randomUUID(), code, at: new Date().toISOString() });
    keep();
    markCame(code);
    send();
    return true;
  }

  async function send() {
    if (sending || waiting.length === 0) return;
    sending = true;
    const scans = waiting.slice(0, 200);
    try {
      const answer = await fetch(page.dataset.scans, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ scans }),
      });
      if (answer.ok && !answer.redirected) {
        const { results } = await answer.json();
        const done = new Set(results.map((result) => result.scan));
        waiting = waiting.filter((scan) => !done.has(scan.scan));
        keep();
        const last = results.at(-1);
        if (last && last.seen !== "welcome") tell(last.seen, last.name, last.from);
      }
    } catch {
      // No network: the scans stay here and go with the next try.
    } finally {
      sending = false;
      showWaiting();
    }
  }

  async function refresh() {
    try {
      const answer = await fetch(page.dataset.roster);
      if (!answer.ok || answer.redirected) return;
      const list = await answer.json();
      for (const one of list.people) {
        const known = people.get(one.code);
        people.set(one.code, { ...one, came: one.came || (known?.came ?? false) });
        if (!known) addRow(one);
        if (one.came) markCame(one.code);
      }
      find("of-all").textContent = list.of_all;
    } catch {
      // No network: the list of before still holds.
    }
  }

  // Somebody who was added since the page was opened, in the place that the name has in the list.
  function addRow(one) {
    const row = find("row").content.querySelector("tr").cloneNode(true);
    row.dataset.person = one.code;
    row.querySelector("code").textContent = one.code;
    row.querySelector("[data-from]").textContent = one.from;
    row.querySelector("button").value = one.code;
    for (const name of row.querySelectorAll("[data-name]")) name.textContent = one.name;
    const list = find("listed");
    const rows = [...list.querySelectorAll("tbody tr")];
    const next = rows.find((each) => each.querySelector("[data-name]").textContent.localeCompare(one.name) > 0);
    list.querySelector("tbody").insertBefore(row, next ?? null);
    list.hidden = false;
    find("none")?.remove();
    narrow();
  }

  function keep() {
    if (waiting.length) localStorage.setItem(key, JSON.stringify(waiting));
    else localStorage.removeItem(key);
    showWaiting();
  }

  function showWaiting() {
    find("waiting").textContent = String(waiting.length);
    find("waiting-note").hidden = navigator.onLine && waiting.length === 0;
  }

  function markCame(code) {
    const person = people.get(code);
    if (!person) return;
    person.came = true;
    const cell = page.querySelector(`[data-person="${code}"] [data-came-at]`);
    if (cell?.querySelector("button[name=listed]")) cell.textContent = "✓";
    find("came").textContent = String([...people.values()].filter((one) => one.came).length);
  }

  function tell(kind, name, from) {
    const result = find("result");
    result.hidden = false;
    result.className = `check-in-result is-${kind}`;
    result.textContent = words[kind].replace("%(name)s", from ? `${name} (${from})` : name);
  }

  camera();

  // The browser's own reader of QR codes; where there is none, codes are typed.
  function camera() {
    if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return;
    find("camera-start").hidden = false;
    let stream = null;
    let last = "";
    find("start").addEventListener("click", async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      } catch {
        find("camera-start").hidden = true;
        return;
      }
      const video = find("video");
      video.srcObject = stream;
      await video.play();
      find("camera").hidden = false;
      find("camera-start").hidden = true;
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      const look = async () => {
        if (!stream) return;
        const found = await detector.detect(video).catch(() => []);
        const text = found[0]?.rawValue ?? "";
        if (text && text !== last) seen(text);
        last = text || last;
        setTimeout(look, 250);
      };
      look();
    });
    find("stop").addEventListener("click", () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
      stream = null;
      find("camera").hidden = true;
      find("camera-start").hidden = false;
    });
  }
}
