// The small views that every tab uses. User text is only ever written with textContent.
(() => {
  const { text, lang, make } = luoxia;

  // links to other pages: where the address names a language, theirs do too
  luoxia.keepLanguage = (element) => {
    if (!new URLSearchParams(location.search).has("lang")) return;
    for (const link of element.querySelectorAll('a[href^="./"]')) {
      const query = new URLSearchParams(link.search);
      query.set("lang", lang);
      link.search = query;
    }
  };

  // where the browser knows no speculation rules: fetch a page that is pointed at
  if (!HTMLScriptElement.supports?.("speculationrules")) {
    document.addEventListener("pointerover", (event) => {
      const link = event.target.closest?.('a[href^="./"]:not([data-fetched])');
      if (!link) return;
      link.dataset.fetched = "1";
      document.head.append(make("link", { rel: "prefetch", href: link.href }));
    });
  }

  // what is fetched or computed when an element comes on the screen, once
  luoxia.onceSeen = (element, then) => {
    const eye = new IntersectionObserver((seen) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      eye.disconnect();
      then();
    });
    eye.observe(element);
  };

  // a first value that is too large for the page, see parked.py; a result that comes before it stands
  luoxia.fetched = async (props, begin) => {
    const { at } = props.value || {};
    const value = at && await fetch(at).then((answer) => answer.json(), () => null);
    if (at && props.value?.at === at) props.value = value;
    begin();
  };

  luoxia.badge = (element, props, watch) => {
    const line = element.querySelector(".lx-badge");
    let last = null;
    const show = (value) => {
      last = value;
      line.replaceChildren();
      if (!value || typeof value !== "object") return;
      line.dataset.state = value.state;
      const parts = [[text[value.state] || "", "lx-state-name"]];
      if (value.device) parts.push([String(value.device).toUpperCase()]);
      if (Number.isFinite(value.ms)) parts.push([luoxia.duration(value.ms)]);
      if (value.parameters) parts.push([`${luoxia.count(value.parameters)} ${text.parameters}`]);
      if (Number.isFinite(value.seed)) parts.push([`${text.seed} ${value.seed}`]);
      line.append(
        ...parts.map(([words, className]) => make("span", { textContent: words, className: className || "" })),
      );
    };
    // a view whose value comes many times a second brings the badge along: every output of an event costs time
    setTimeout(() => element.closest(".lx-bench")?.addEventListener("lx-badge", (event) => show(event.detail)));
    const earlier = () => {
      const bench = element.closest(".lx-bench");
      if (bench?.dataset.outdated && bench.querySelector(".lx-run")) show({ ...last, state: "earlier" });
    };
    setTimeout(() => element.closest(".lx-bench")?.addEventListener("lx-outdated", () => setTimeout(earlier, 300)));
    setTimeout(earlier, 600); // the settings may have come back before this line was there
    watch("value", () => {
      delete element.closest(".lx-bench")?.dataset.outdated;
      show(props.value);
    });
    show(props.value);
  };

  luoxia.progress = (element, props, watch) => {
    const box = element.querySelector(".lx-progress");
    const bar = box.querySelector("progress"), words = box.querySelector("output");
    let began = 0, first = 0;
    const place = () => element.closest(".lx-bench");
    let watching = 0;
    const waiting = () => {
      began = 0;
      box.hidden = false;
      bar.removeAttribute("value");
      words.textContent = text.waiting;
      clearInterval(watching);
      // Gradio tells the place in the queue in a tracker of its own, which is hidden here
      watching = setInterval(() => {
        const trackers = [...place().querySelectorAll(".lx-result [data-testid=status-tracker]")];
        const found = trackers.map((tracker) => tracker.textContent.match(/(\d+)\s*\/\s*(\d+)/)).find(Boolean);
        if (!began) {
          words.textContent = found ? luoxia.fill(text.queue, { place: found[1], size: found[2] }) : text.waiting;
        }
      }, 300);
    };
    const show = (value) => {
      if (!value || !value.total) return;
      const now = performance.now();
      if (!began || value.done < first) [began, first] = [now, value.done];
      box.hidden = value.done >= value.total;
      bar.value = value.done / value.total;
      const done = value.done - first;
      const left = done > 0 ? ((now - began) / done) * (value.total - value.done) : 0;
      const steps = luoxia.fill(text.step_of, value);
      words.textContent = left > 1500
        ? `${steps} · ${luoxia.fill(text.left, { seconds: Math.ceil(left / 1000) })}`
        : steps;
    };
    setTimeout(() => {
      place()?.addEventListener("lx-start", waiting);
      place()?.addEventListener("lx-end", () => {
        clearInterval(watching);
        box.hidden = true;
      });
      place()?.addEventListener("lx-progress", (event) => show(event.detail)); // from a view that counts by itself
    });
    watch("value", () => show(props.value));
  };

  luoxia.code = (element, props, watch) => {
    const box = element.querySelector(".lx-scripts"), code = box.querySelector("code");
    const tabs = [...box.querySelectorAll("[role=tab]")];
    let side = "ours";
    const show = () => {
      const value = props.value;
      box.hidden = !value || !value.ours;
      if (box.hidden) return;
      tabs.forEach((tab) => {
        tab.hidden = !value[tab.dataset.side];
        tab.setAttribute("aria-selected", String(tab.dataset.side === side));
        tab.tabIndex = tab.dataset.side === side ? 0 : -1;
      });
      code.textContent = value[side];
    };
    const turn = (to) => {
      side = to.dataset.side;
      show();
      to.focus();
    };
    tabs.forEach((tab, place) => {
      tab.addEventListener("click", () => turn(tab));
      tab.addEventListener("keydown", (event) => /^Arrow(Left|Right)$/.test(event.key) && turn(tabs[1 - place]));
    });
    box.querySelector(".lx-copy").addEventListener("click", () => luoxia.copy(code.textContent));
    watch("value", show);
    show();
  };

  luoxia.download = (_element, props, watch) => {
    watch("value", async () => {
      const value = props.value;
      if (!value || !value.file) return;
      const answer = await fetch(value.file.url);
      const link = make("a", { href: URL.createObjectURL(await answer.blob()), download: value.name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    });
  };
})();
