// Small helpers to make and to keep nodes. Texts become text nodes: nothing is parsed as HTML.

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) set(node, name, value);
  append(node, children);
  return node;
}

function set(node, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name === "class") node.className = value;
  else if (name === "dataset") Object.assign(node.dataset, value);
  else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "value" || name === "checked" || name === "disabled") node[name] = value;
  else node.setAttribute(name, value === true ? "" : value);
}

export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

export function fill(node, ...children) {
  node.replaceChildren();
  return append(node, children);
}

// Keep the children of `container` in step with `items`: a node is made anew only when what its
// item says has changed, so that focus, scrolling and what is half typed stay where they are.
export function keep(container, items, key, make) {
  const before = new Map([...container.children].map((node) => [node.dataset.key, node]));
  let place = container.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    const stamp = JSON.stringify(item);
    let node = before.get(name);
    before.delete(name);
    if (!node || node.stamp !== stamp) {
      const old = node;
      node = make(item, Boolean(old));
      node.dataset.key = name;
      node.stamp = stamp;
      if (old) {
        const focused = focusWithin(old);
        if (place === old) place = old.nextElementSibling;
        old.replaceWith(node);
        refocus(node, focused);
      }
    }
    if (node === place) place = node.nextElementSibling;
    else if (node.nextElementSibling !== place || node.parentNode !== container)
      container.insertBefore(node, place);
  }
  for (const gone of before.values()) gone.remove();
}

// The name of the focused control inside `node`, to find it again after a redraw.
export function focusWithin(node) {
  const active = document.activeElement;
  if (!active || !node.contains(active)) return null;
  return { id: active.dataset.focus ?? "", start: active.selectionStart, end: active.selectionEnd };
}

export function refocus(node, focused) {
  if (!focused?.id) return;
  const again = node.querySelector(`[data-focus="${CSS.escape(focused.id)}"]`);
  if (!again) return;
  again.focus({ preventScroll: true });
  if (focused.start !== null && focused.start !== undefined && again.setSelectionRange) {
    try {
      again.setSelectionRange(focused.start, focused.end);
    } catch {
      // a date field has no selection
    }
  }
}

let number = 0;
export const fresh = (word) => `${word}-${++number}`;

export function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
