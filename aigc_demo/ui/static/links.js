// Links and cards: the state of the open inner tab goes into an address, and comes back out of one.
// The server judges every value; here they are only carried.
(() => {
  const { text } = luoxia;
  const LONGEST = 2000; // characters of a link
  const OWN = new Set(["lang", "tab", "lock", "hide", "task", "room", "__theme", "view"]);
  let pending = null; // {tab, values, lock, hide, task}: waits for its tab

  // inner tabs
  const appears = (id, then, patience = 100) => {
    const found = document.getElementById(`tab-${id}-button`);
    if (found) then(found);
    else if (patience > 0 && window.LX_PAGE) setTimeout(() => appears(id, then, patience - 1), 50);
    else luoxia.toast(luoxia.fill(text.no_such_tab, { name: id.slice(0, 40) }));
  };
  luoxia.open = (id) =>
    appears(id, (tab) => {
      tab.click();
      tab.scrollIntoView({ block: "nearest", inline: "center" });
      window.scrollTo({ top: 0 });
    });
  const openTab = () =>
    document.querySelector(".lx-page > .tabs > .tab-wrapper [role=tab][aria-selected=true]")?.dataset.tabId;

  // out: values of the open form
  const here = () => new URL(location.pathname, location.origin);
  const carried = (value) => ["number", "boolean", "string"].includes(typeof value) && String(value).length <= 400;

  luoxia.address = (useCase, values, lesson = {}) => {
    const url = here();
    url.searchParams.set("tab", useCase);
    for (const [name, value] of Object.entries(values)) {
      const own = name === "checkpoint" && String(value).startsWith("own-"); // an id is one person's
      if (carried(value)) url.searchParams.set(name, own ? "own" : value);
    }
    url.searchParams.set("lang", luoxia.lang);
    for (const name of ["lock", "hide"]) if (lesson[name]?.length) url.searchParams.set(name, lesson[name].join());
    let task = lesson.task || "", cut = false;
    if (task) url.searchParams.set("task", task);
    while (url.href.length > LONGEST && task) {
      task = [...task].slice(0, -8).join("");
      cut = true;
      url.searchParams.set("task", `${task}…`);
    }
    return { href: url.href, cut };
  };
  luoxia.link = (useCase, values) => {
    luoxia.copy(luoxia.address(useCase, values, luoxia.lessonHere(useCase)).href, text.link_copied);
  };
  // a lesson: what may be moved, what is hidden, and what to do
  luoxia.lesson = (useCase, values, labels) => {
    const { make } = luoxia, now = luoxia.lessonHere(useCase);
    const state = (name) => (now.hide.includes(name) ? "hide" : now.lock.includes(name) ? "lock" : "free");
    const choices = Object.entries(labels).map(([name, label]) => {
      const select = make(
        "select",
        { name },
        ...["free", "lock", "hide"].map((kind) =>
          make("option", { value: kind, textContent: text[`lesson_${kind}`], selected: state(name) === kind })
        ),
      );
      return make("label", {}, make("span", { textContent: label }), select);
    });
    const task = make("textarea", { rows: 3, maxLength: 1200, value: now.task });
    const link = make("output", { className: "lx-link" });
    const copy = make("button", { type: "button", className: "lx-button lx-strong", textContent: text.copy_link });
    const close = make("button", { type: "button", className: "lx-button", textContent: text.close });
    const dialog = make(
      "dialog",
      { className: "lx-dialog lx-lesson" },
      make("h2", { textContent: text.lesson }),
      make("p", { className: "lx-small", textContent: text.lesson_words }),
      make("label", {}, make("span", { textContent: text.lesson_task }), task),
      make("div", { className: "lx-lesson-fields" }, ...choices),
      link,
      make("div", { className: "lx-line" }, copy, close),
    );
    dialog.setAttribute("aria-label", text.lesson);
    const wanted = () => {
      const chosen = (kind) =>
        choices.map((label) => label.lastChild).filter((s) => s.value === kind).map((s) => s.name);
      const lesson = { lock: chosen("lock"), hide: chosen("hide"), task: task.value.trim() };
      return luoxia.address(useCase, values, lesson);
    };
    const show = () => {
      const { href, cut } = wanted();
      link.textContent = cut
        ? `${text.link_cut} · ${href.length}`
        : luoxia.fill(text.lesson_length, { count: href.length });
    };
    dialog.addEventListener("input", show);
    copy.addEventListener("click", async () => {
      const { href } = wanted();
      if (await luoxia.copy(href, text.link_copied)) dialog.close();
      else link.textContent = href; // to be copied by hand
    });
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    document.querySelector(".gradio-container").append(dialog);
    dialog.showModal();
    show();
    return [];
  };
  luoxia.lessonHere = (useCase) => {
    const asked = new URLSearchParams(location.search);
    const query = asked.get("tab") === useCase ? asked : new URLSearchParams(); // a lesson is about one tab
    const list = (name) => (query.get(name) || "").split(",").filter(Boolean);
    return { lock: list("lock"), hide: list("hide"), task: query.get("task") || "" };
  };

  const elsewhere = ({ page, tab, values }) => {
    luoxia.leave(tab, values);
    const lang = new URLSearchParams(location.search).get("lang");
    const address = `./${page}?${new URLSearchParams({ tab, ...(lang && { lang }) })}`;
    setTimeout(() => {
      location.href = address;
    }, 200); // Gradio is still reading the event that brought the card
  };

  // the other language: the same tab, and what was set comes back by itself
  luoxia.speak = (lang) => {
    const query = new URLSearchParams(location.search), tab = openTab();
    if (!document.querySelector(".lx-page")) { // Gradio has not begun: the address still says it all
      query.set("lang", lang);
      location.search = query.toString();
      return;
    }
    for (const name of [...query.keys()]) if (!OWN.has(name)) query.delete(name);
    if (query.get("tab") !== tab) ["lock", "hide", "task"].forEach((name) => query.delete(name));
    query.set("lang", lang);
    if (tab) query.set("tab", tab);
    const go = () => {
      location.search = query.toString();
    };
    const open = luoxia.visibleForm();
    if (!open) return go();
    luoxia.values(open, (values) => {
      luoxia.keep(open, values);
      go();
    });
  };

  // in: what the address or a card asks for
  const restore = (wish) => {
    pending = wish;
    luoxia.open(wish.tab);
    if (luoxia.awake(wish.tab)) luoxia.woken(wish.tab);
  };
  luoxia.woken = (useCase) => { // its tab has been opened
    const wish = pending;
    if (wish?.tab !== useCase) return luoxia.comeBack(useCase);
    pending = null;
    if (!Object.keys(wish.values).length) luoxia.comeBack(useCase);
    luoxia.grant(useCase, wish);
  };
  luoxia.card = (_element, props, watch) => {
    watch("value", () => {
      const card = props.value;
      if (!card || !card.tab) return;
      if (card.page !== window.LX_PAGE) return elsewhere(card);
      addressOf(card.tab);
      restore({ tab: card.tab, values: card.values, lock: [], hide: [], task: "" });
    });
  };

  // the address follows the open inner tab; that of a lesson stays, so that it can be opened again
  const addressOf = (tab) => {
    const lang = new URLSearchParams(location.search).get("lang");
    history.replaceState(null, "", `${location.pathname}?${new URLSearchParams({ tab, ...(lang && { lang }) })}`);
  };
  document.addEventListener("click", (event) => {
    const tab = event.target.closest?.(".lx-page > .tabs > .tab-wrapper [role=tab]")?.dataset.tabId;
    if (!tab) return;
    luoxia.keepTab(tab);
    const query = new URLSearchParams(location.search);
    if (event.isTrusted && query.get("tab") !== tab && !["lock", "hide", "task"].some((name) => query.has(name))) {
      addressOf(tab);
    }
  });

  // at the start: what the address asks for, or else the inner tab that was open the last time
  const start = () => {
    const query = new URLSearchParams(location.search), tab = query.get("tab");
    const last = luoxia.openedTab();
    if (!tab) return last && luoxia.open(last);
    const values = luoxia.left(tab), lesson = luoxia.lessonHere(tab);
    for (const [name, value] of query) if (!OWN.has(name)) values[name] = value;
    if (Object.keys(values).length || lesson.task || lesson.lock.length || lesson.hide.length) {
      restore({ tab, values, ...lesson });
    } else luoxia.open(tab);
  };
  addEventListener("DOMContentLoaded", () => luoxia.activated(start));

  // go to a state, at once where it is one of this page and nothing here or there is locked or hidden
  const whither = (link) => {
    const url = new URL(link, document.baseURI), asked = new URLSearchParams(location.search);
    if (asked.has("lang")) url.searchParams.set("lang", luoxia.lang);
    const bound = [asked, url.searchParams].some((query) => query.has("lock") || query.has("hide"));
    return { url, here: !bound && url.pathname.split("/").pop() === window.LX_PAGE };
  };
  luoxia.arrive = (link) => {
    const { url, here } = whither(link);
    if (!here) return location.assign(url);
    history.replaceState(null, "", url);
    start();
  };
  // have the browser make a page ready that is likely to be gone to next
  let expected = "";
  luoxia.expect = (link) => {
    const { url, here } = whither(link);
    if (here || expected === url.href) return;
    expected = url.href;
    const rules = JSON.stringify({ prerender: [{ urls: [url.href], eagerness: "immediate" }] });
    document.head.append(luoxia.make("script", { type: "speculationrules", textContent: rules }));
  };

  // a saved file, dropped anywhere
  const files = (event) => [...(event.dataTransfer?.items || [])].some((item) => item.kind === "file");
  const outside = (event) => files(event) && !event.target.closest?.(".lx-sketch, .lx-upload, .lx-takes-files");
  const mark = (on) => {
    document.body.classList.toggle("lx-dropping", on);
    document.body.dataset.drop = text.drop;
  };
  addEventListener("dragover", (event) => {
    if (!outside(event)) return mark(false);
    event.preventDefault();
    mark(true);
  });
  addEventListener("dragleave", (event) => event.relatedTarget || mark(false));
  addEventListener("drop", (event) => {
    mark(false);
    const input = document.getElementById("lx-open")?.parentElement.querySelector("input[type=file]");
    if (!outside(event) || !input) return;
    event.preventDefault();
    const basket = new DataTransfer();
    basket.items.add(event.dataTransfer.files[0]);
    input.files = basket.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
