// The page begins: who draws what, and news as they come.

import { drawComposer } from "./composer.js";
import { drawConversation } from "./conversation.js";
import { drawModal } from "./modal.js";
import { drawPane } from "./panes.js";
import { drawSidebar } from "./sidebar.js";
import { onDraw, refresh } from "./store.js";
import { drawThread } from "./thread.js";
import { drawTop } from "./top.js";
import { watch } from "./watch.js";

for (const draw of [drawTop, drawSidebar, drawConversation, drawThread, drawComposer, drawPane, drawModal, watch])
  onDraw(draw);

const news = new EventSource("/changes");
news.addEventListener("message", refresh);
news.addEventListener("open", () => document.body.classList.remove("gone"));
news.addEventListener("error", () => document.body.classList.add("gone"));
refresh();
