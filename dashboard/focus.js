// Puts the cursor into the first field of the dialog it stands in, once: people start to type at once.
// A field of a day opens its calendar when it gets the cursor, over the button.
const FIELDS = [
  "input:not([type=hidden], [type=checkbox], [disabled], [data-testid=stDateInput] *)",
  "textarea:not([disabled])",
].join(", ");
const EVERY_MS = 60;
const TRIES = 15;

export default function ({ parentElement }) {
  const root = parentElement.getRootNode();
  const dialog = (root.host ?? parentElement).closest("[role=dialog]");
  if (!dialog || dialog.dataset.focused) return;
  dialog.dataset.focused = "true";
  tryToFocus(dialog, TRIES);
}

// The fields are drawn after this, and the dialog takes the focus itself when it opens: a person's own choice stays.
function tryToFocus(dialog, tries) {
  const field = dialog.querySelector(FIELDS);
  const isFree = document.activeElement === dialog || !dialog.contains(document.activeElement);
  if (field && isFree) field.focus();
  if (tries && (isFree || document.activeElement === field)) setTimeout(() => tryToFocus(dialog, tries - 1), EVERY_MS);
}
