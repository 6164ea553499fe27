// Creates and changes elements. Content is always set as text, so a person's words are never parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";

/** Returns the element with this id. */
export const byId = (id) => document.getElementById(id);

/** Creates an element with attributes and children. A child may be a string. */
export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(attribute, "");
    else if (value !== false && value !== undefined) node.setAttribute(attribute, value);
  }
  node.append(...children.filter((child) => child));
  return node;
}

/** Creates a drawing from a symbol of the page. */
export function symbol(id, classes = "") {
  const drawing = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#${id}`);
  drawing.setAttribute("aria-hidden", "true");
  if (classes) drawing.setAttribute("class", classes);
  drawing.append(use);
  return drawing;
}

/** Sets a text only if it differs, because a screen reader reads a live region again after each change. */
export function say(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/**
 * Makes the children of `parent` match `items`, in order. Existing children are changed instead of created again, so
 * that focus, scroll position and the position of a screen reader are kept.
 */
export function arrange(parent, items, key, make, change) {
  const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  items.forEach((item, index) => {
    const name = String(key(item));
    let child = known.get(name);
    known.delete(name);
    if (!child) {
      child = make(item);
      child.dataset.key = name;
    }
    change(child, item, index);
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
  for (const gone of known.values()) gone.remove();
}
