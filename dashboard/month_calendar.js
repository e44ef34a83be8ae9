// Draws the month that Python sends as `data` and reports two triggers: `day` (chosen) and `month` (to turn to).
// Streamlit calls the default export again on every change, so handlers are assigned, never added.

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
const TURNS = { PageUp: -1, PageDown: 1 };

export default function ({ data, parentElement, setTriggerValue }) {
  const table = parentElement.querySelector("table");
  const focused = table.getRootNode().activeElement?.dataset.date;
  // Where the keyboard was heading when it left the previous month.
  const heading = table.dataset.heading;
  delete table.dataset.heading;

  table.querySelector("caption").textContent = data.title;
  table.querySelector("thead tr").replaceChildren(...data.weekdays.map(weekday));
  const body = table.querySelector("tbody");
  body.replaceChildren(...data.weeks.map((days) => week(days, data.selected)));
  const buttons = [...body.querySelectorAll("button")];

  const find = (date) => buttons.find((button) => button.dataset.date === date);
  const entry =
    find(heading ?? focused) ??
    find(data.selected) ??
    buttons.find((button) => button.hasAttribute("aria-current")) ??
    buttons.find((button) => button.dataset.date.startsWith(data.month));
  entry.tabIndex = 0;
  if (heading || focused) entry.focus();

  body.onclick = (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    // Shown at once; the list below follows when Python has answered.
    for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
    setTriggerValue("day", button.dataset.date);
  };

  body.onfocusin = (event) => {
    for (const button of buttons) button.tabIndex = button === event.target ? 0 : -1;
  };

  body.onkeydown = (event) => {
    const target = destination(event, event.target.closest("button"), buttons);
    if (!target) return;
    event.preventDefault();
    const button = event.key in TURNS ? undefined : find(target);
    if (button) {
      button.focus();
    } else {
      table.dataset.heading = target;
      setTriggerValue("month", target.slice(0, 7));
    }
  };
}

function destination(event, button, buttons) {
  if (!button || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const { date } = button.dataset;
  const index = buttons.indexOf(button);
  if (event.key in STEPS) return later(date, STEPS[event.key]);
  if (event.key in TURNS) return monthLater(date, TURNS[event.key]);
  if (event.key === "Home") return buttons[index - (index % 7)].dataset.date;
  if (event.key === "End") return buttons[index - (index % 7) + 6].dataset.date;
  return undefined;
}

// Dates are handled as UTC, where every day has 24 hours.
function later(date, days) {
  const moved = new Date(`${date}T00:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10);
}

function monthLater(date, months) {
  const [year, month, day] = date.split("-").map(Number);
  const lastDay = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(day, lastDay))).toISOString().slice(0, 10);
}

function weekday(name) {
  const header = element("th", { scope: "col", abbr: name });
  header.append(element("span", { className: "long", textContent: name }));
  header.append(element("span", { className: "short", textContent: `${name.slice(0, 3)}.`, ariaHidden: "true" }));
  return header;
}

function week(days, selected) {
  const row = document.createElement("tr");
  row.append(...days.map((day) => cell(day, day.date === selected)));
  return row;
}

function cell(day, isSelected) {
  const button = element("button", { type: "button", tabIndex: -1, ariaLabel: day.label });
  button.dataset.date = day.date;
  button.style.setProperty("--shade", `${day.shade}%`);
  button.setAttribute("aria-pressed", String(isSelected));
  if (day.is_today) button.setAttribute("aria-current", "date");
  button.append(element("span", { className: "day", textContent: day.day }), ...figures(day));
  const box = element("td", { className: day.is_outside ? "outside" : "" });
  box.append(button);
  return box;
}

function figures(day) {
  if (!day.count) return [element("span", { className: "none", textContent: "–" })];
  const both = (name, long, short) => {
    const text = element("span", { className: name });
    text.append(
      element("span", { className: "long", textContent: long }),
      element("span", { className: "short", textContent: short }),
    );
    return text;
  };
  return [both("count", day.count, day.short_count), both("amount", day.amount, day.short_amount)];
}

function element(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}
