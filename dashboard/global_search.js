// The search box of every page: sends what is typed to Python, shows what comes back, opens what is chosen.
// Everything is put in as text, never as HTML. Every hit is a real link, so a click with Ctrl opens a tab.

const PAUSE = 180; // Milliseconds without a key before a search is sent.

let box; // The input on the screen, for the two listeners of the document.

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || !box?.isConnected) return;
  if (event.composedPath()[0].closest?.("input, textarea, select, [contenteditable=true]")) return;
  event.preventDefault();
  box.select();
  box.focus();
});

// Links inside HTML parts of a page (st.html) lead to our pages without loading the application again.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-page]");
  if (link && isPlain(event)) {
    event.preventDefault();
    go(link.href);
  }
});

export default function ({ data, parentElement, setTriggerValue }) {
  const input = parentElement.querySelector("input");
  const list = parentElement.querySelector("#hits");
  box = input;
  const state = (input.searchState ??= { timer: 0, asked: "", enterFor: "" });

  const options = () => [...list.querySelectorAll("[role=option]")];
  const active = () => list.querySelector("[aria-selected=true]");

  function close() {
    clearTimeout(state.timer);
    select(null); // Or the next Enter would open what was chosen in this list.
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
  }

  function open(url) {
    close();
    input.value = state.asked = state.enterFor = "";
    input.blur();
    go(url);
  }

  function ask() {
    clearTimeout(state.timer);
    state.asked = input.value.trim();
    if (state.asked) setTriggerValue("typed", state.asked);
  }

  function select(option) {
    active()?.setAttribute("aria-selected", "false");
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  }

  function move(step) {
    const all = options();
    const at = all.indexOf(active());
    select(all[(at + step + all.length + (at < 0 && step < 0 ? 1 : 0)) % all.length]);
  }

  function enter() {
    if (active()) return open(active().href);
    const isAnswered = list.answered === input.value.trim();
    if (isAnswered && list.directUrl) return open(list.directUrl);
    if (isAnswered) return (list.hidden = false);
    state.enterFor = input.value.trim();
    ask();
  }

  input.oninput = () => {
    clearTimeout(state.timer);
    state.enterFor = "";
    select(null);
    if (!input.value.trim()) return close();
    state.timer = setTimeout(ask, PAUSE);
  };

  input.onkeydown = (event) => {
    if (event.key === "Enter") enter();
    else if (event.key === "Escape") (list.hidden ? input.blur() : close());
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) list.hidden = options().length === 0;
      if (!list.hidden) move(event.key === "ArrowDown" ? 1 : -1);
    } else return;
    event.stopPropagation(); // These keys are ours: no shortcut of the page answers them too.
  };

  input.onfocus = () => (list.hidden = !list.answered || list.answered !== input.value.trim());
  input.onblur = close;
  // Before the input loses the focus, which would close the list under the pointer.
  list.onmousedown = (event) => event.preventDefault();
  list.onclick = (event) => {
    const option = event.target.closest("[role=option]");
    if (option && isPlain(event)) {
      event.preventDefault();
      open(option.href);
    }
  };

  // The page runs again for its own reasons too, without a search; and answers may come late.
  if (data.typed === null || data.typed !== state.asked) return;
  list.answered = data.typed;
  list.directUrl = data.direct_url;
  list.replaceChildren(...data.groups.map(group), ...(data.sentence ? [element("p", { textContent: data.sentence })] : []));
  options().forEach((option, at) => (option.id = `hit-${at}`));
  if (state.enterFor === data.typed && data.direct_url) return open(data.direct_url);
  const isWaiting = input.getRootNode().activeElement === input;
  list.hidden = !isWaiting;
  input.setAttribute("aria-expanded", String(isWaiting));
}

function group({ title, hits }) {
  const section = element("section", { role: "group", ariaLabel: title });
  section.append(element("h3", { textContent: title }), ...hits.map(hit));
  return section;
}

function hit({ title, detail, url, badge, badge_colour, badge_text_colour }) {
  const link = element("a", { href: url, role: "option", ariaSelected: "false", tabIndex: -1 });
  link.append(element("strong", { textContent: title }));
  if (badge) {
    const pill = element("span", { textContent: badge });
    Object.assign(pill.style, { background: badge_colour, color: badge_text_colour });
    link.append(pill);
  }
  link.append(element("small", { textContent: detail }));
  return link;
}

function isPlain(event) {
  return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
}

// Streamlit follows the history without loading again (as dashboard/home/day.js does).
function go(url) {
  history.pushState({}, "", url);
  window.dispatchEvent(new PopStateEvent("popstate"));
}

function element(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}
