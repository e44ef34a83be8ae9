// Draws the orders of a day that Python sends as `data`. Every way out is a real link, so a click with Ctrl opens a tab.

const COLUMNS = ["number", "time", "customer", "seller", "products", "status", "payment", "total"];
const NARROW = 720; // Pixels: as in day.css.

export default function ({ data, parentElement }) {
  const section = parentElement.querySelector("section");
  section.querySelector("h3").textContent = data.title;
  section.querySelector("p").textContent = data.figures;
  section.querySelector("thead tr").replaceChildren(...COLUMNS.map((name) => header(name, data.headers[name])));
  section.querySelector("tbody").replaceChildren(...data.rows.map(row));
  section.querySelector("table").hidden = data.rows.length === 0;
  section.querySelector("nav").replaceChildren(...data.links.map(({ label, url }) => link(label, url)));

  section.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const target = event.target.closest("a") ?? event.target.closest("tr")?.querySelector("a");
    if (!target || window.getSelection().toString()) return;
    event.preventDefault();
    go(target.href);
  };

  // On a phone the list is a screen below the calendar: whoever picks a day wants to see it.
  if (section.dataset.day && section.dataset.day !== data.title && section.clientWidth <= NARROW) {
    section.scrollIntoView({ behavior: "smooth" });
  }
  section.dataset.day = data.title;
}

// Streamlit follows the history without reloading. Its own st.switch_page with parameters leaves an extra entry
// behind, this page with the other one's parameters, and Back would end there.
function go(url) {
  history.pushState({}, "", url);
  window.dispatchEvent(new PopStateEvent("popstate"));
}

function header(name, text) {
  return element("th", { scope: "col", className: name, textContent: text });
}

function row(order) {
  const line = document.createElement("tr");
  line.append(...COLUMNS.map((name) => cell(name, order)));
  return line;
}

function cell(name, order) {
  const box = element("td", { className: name });
  if (name === "status") {
    box.append(...order.badges.map(badge));
  } else {
    box.title = name === "number" ? order.full_number : order[name];
    box.append(name === "number" ? link(order.number, order.url) : order[name]);
  }
  return box;
}

function badge({ label, colour, text_colour }) {
  const pill = element("span", { textContent: label });
  Object.assign(pill.style, { background: colour, color: text_colour });
  return pill;
}

function link(text, url) {
  return element("a", { href: url, textContent: text });
}

function element(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}
