// Results while typing, and keys for the search page; without this file the form is sent as any other.
const KEYS_OFF = "search keys off";
const FEWEST_LETTERS = 2;
const OPEN_LINKS = "#results .bridge-actions .btn-primary";
// Whether the last address was made by typing: the next letter replaces it, so that "back" leaves the whole word.
let typing = false;

const box = () => document.getElementById("search-text");
const isTyped = (context) => context.sourceEvent?.type === "input";
const lettersIn = (words) => (words.match(/[\p{L}\p{N}]/gu) ?? []).length;

document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.sourceElement.id !== "search-form") return;
  const { body } = ctx.request;
  const words = (body.get("q") ?? "").trim();
  if (words) body.delete("like");
  else if (body.has("like")) body.delete("q");
  if (!isTyped(ctx)) return;
  const shown = document.getElementById("found").dataset.words;
  if (lettersIn(words) < FEWEST_LETTERS || words === shown) {
    event.preventDefault();
    // What was asked a letter ago must not come in now.
    return htmx.trigger("#search-form", "htmx:abort");
  }
  if (typing) [ctx.push, ctx.replace] = [null, "true"];
});

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  if (ctx.sourceElement.id !== "search-form") return;
  // Enter after the last letter: the results are there already, and so is their address.
  if (!isTyped(ctx) && ctx.response?.raw.url === location.href) ctx.push = null;
  typing = isTyped(ctx);
});

document.addEventListener("htmx:before:history:restore", () => {
  typing = false;
});

document.addEventListener("input", (event) => {
  if (event.target === box() && !box().value) showStart();
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target === box()) return keyInBox(event);
  if (localStorage.getItem(KEYS_OFF) || event.target.matches("input:not([type=checkbox]), textarea, select")) return;
  if (event.key === "/" || (event.key === "Escape" && event.target.closest("#results"))) go(event, box(), true);
  else if (event.target.matches(OPEN_LINKS)) step(event);
});

document.addEventListener("click", (event) => {
  if (event.target.id !== "search-keys-switch") return;
  if (localStorage.getItem(KEYS_OFF)) localStorage.removeItem(KEYS_OFF);
  else localStorage.setItem(KEYS_OFF, "yes");
  showKeys();
});

showKeys();

function keyInBox(event) {
  if (event.key === "Escape" && box().value) {
    event.preventDefault();
    box().value = "";
    showStart();
  } else if (event.key === "ArrowDown") {
    go(event, document.querySelector(OPEN_LINKS));
  }
}

function step(event) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by) return;
  const links = [...document.querySelectorAll(OPEN_LINKS)];
  const next = links.indexOf(event.target) + by;
  go(event, next < 0 ? box() : links[next], next < 0);
}

function go(event, target, select = false) {
  if (!target) return;
  event.preventDefault();
  target.focus({ preventScroll: true });
  if (select) target.select();
  (target.closest(".bridge-card") ?? target).scrollIntoView({ block: "nearest" });
}

// An empty box asks nothing: what the page began with comes back, without a request, and the filters stay.
function showStart() {
  htmx.trigger("#search-form", "htmx:abort");
  document.querySelector(".like-line")?.remove();
  const status = document.getElementById("results-status");
  status.replaceChildren();
  status.parentElement.replaceChildren(status);
  document.getElementById("hits").replaceChildren(document.getElementById("search-start").content.cloneNode(true));
  document.getElementById("found").dataset.words = "";
  if (!location.search) return;
  if (!typing) {
    history.replaceState({ htmx: true }, "", location.href);
    history.pushState({ htmx: true }, "", location.pathname);
  }
  history.replaceState({ htmx: true }, "", location.pathname);
  typing = true;
}

function showKeys() {
  const isOn = !localStorage.getItem(KEYS_OFF);
  document.getElementById("search-keys-switch")?.setAttribute("aria-pressed", String(isOn));
}
