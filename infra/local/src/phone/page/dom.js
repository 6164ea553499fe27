// Building and changing elements, by text alone: nothing a person wrote is ever read as HTML.

const SVG = "http://www.w3.org/2000/svg";

/** The element of the page with this id. */
export const byId = (id) => document.getElementById(id);

/** A new element with attributes and children; a child may be a text. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(attribute, "");
    else if (value !== false && value !== undefined) made.setAttribute(attribute, value);
  }
  made.append(...children.filter((child) => child));
  return made;
}

/** A drawing that the page defines as a symbol. */
export function symbol(id, classes = "") {
  const drawing = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#${id}`);
  drawing.setAttribute("aria-hidden", "true");
  if (classes) drawing.setAttribute("class", classes);
  drawing.append(use);
  return drawing;
}

/** Sets a text only where it differs: a live region is read out again at each change. */
export function say(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/**
 * Makes the children of `parent` stand for `items`, in order. One that stays is changed and not made anew, so that
 * focus, scrolling and what a screen reader has read stay too.
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
