// What the page asks its server; an answer that is not fine becomes { trouble }.

async function read(answer) {
  const body = await answer.json().catch(() => ({}));
  if (answer.ok) return body;
  return { trouble: body.trouble ?? body.error ?? `HTTP ${answer.status}` };
}

export async function get(path) {
  try {
    return await read(await fetch(path));
  } catch {
    return { trouble: "gone" };
  }
}

export async function post(path, body = {}) {
  try {
    const headers = { "Content-Type": "application/json" };
    return await read(await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }));
  } catch {
    return { trouble: "The demo does not answer any more. Is it still running?" };
  }
}
