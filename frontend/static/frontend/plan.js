// The stand that the address names is marked on the plan and brought into view within the plan's own box.
const CLASS = "is-sought";

function mark() {
  const named = decodeURIComponent(location.hash.slice(1));
  const stand = named && document.querySelector(`[data-stand="${CSS.escape(named)}"]`);
  if (stand) {
    for (const old of document.querySelectorAll(`.plan .${CLASS}`)) {
      old.classList.remove(CLASS);
      old.removeAttribute("aria-current");
    }
    stand.classList.add(CLASS);
    stand.setAttribute("aria-current", "location");
  }
  const sought = document.querySelector(`.plan .${CLASS}`);
  const box = sought?.closest(".plan-scroll");
  if (!box) return;
  const [at, around] = [sought.getBoundingClientRect(), box.getBoundingClientRect()];
  box.scrollLeft += at.left - around.left - (around.width - at.width) / 2;
}

addEventListener("hashchange", mark);
mark();
