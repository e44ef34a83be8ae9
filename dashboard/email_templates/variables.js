// Draws the variables of e-mails that Python sends as `data`; a click copies one, ready to be pasted into the text.

const SAID_FOR = 1500; // Milliseconds.

export default function ({ data, parentElement }) {
  const section = parentElement.querySelector("section");
  const said = section.querySelector("output");
  section.querySelector("div").replaceChildren(...data.groups.flatMap(({ label, variables }) => [
    element("h4", { textContent: label }),
    list(variables),
  ]));

  section.onclick = async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    await copy(button.dataset.source, section);
    said.textContent = `${button.dataset.source} est copié.`;
    const code = button.querySelector("code");
    code.textContent = "copié ✓";
    setTimeout(() => { code.textContent = button.dataset.source; }, SAID_FOR);
  };
}

function list(variables) {
  const items = element("ul", {});
  items.append(...variables.map(({ source, meaning, value }) => {
    const button = element("button", { type: "button", title: value });
    button.dataset.source = source;
    button.append(
      element("code", { textContent: source }),
      element("span", { className: "meaning", textContent: meaning }),
      element("span", { className: "value", textContent: value }),
    );
    const item = element("li", {});
    item.append(button);
    return item;
  }));
  return items;
}

// The clipboard answers over https and on this machine only; elsewhere the old way does.
async function copy(text, near) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = element("textarea", { value: text });
  near.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

function element(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}
