// A conversation: turns, the last of them growing. All of it is somebody's text, so it is only ever textContent.
// A value of luoxia.talk is that of `conversation` in services/hf_text/answers.py.
(() => {
  const { make, fill } = luoxia;

  luoxia.talk = (element, props, watch) => {
    const root = element.querySelector(".lx-talk"), words = JSON.parse(root.dataset.words);
    const box = root.querySelector(".lx-turns"), small = root.querySelector(".lx-talk-facts");
    const cut = root.querySelector(".lx-cut"), recorded = root.querySelector(".lx-recorded");
    const drawn = []; // the turns that stand there
    const rowOf = (role) => {
      const said = make("div", { className: "lx-said" });
      said.dir = "auto";
      const copy = make("button", { type: "button", className: "lx-copy-turn", textContent: words.copy });
      copy.addEventListener("click", () => luoxia.copy(said.textContent));
      const row = make(
        "section",
        { className: `lx-turn lx-turn-${role}` },
        make("h3", { textContent: words[role] }),
        said,
      );
      if (role === "assistant") row.append(copy);
      return row;
    };
    const show = () => {
      const value = props.value && typeof props.value === "object" ? props.value : { turns: [] };
      const all = (value.turns || []).map((
        turn,
      ) => [turn.role === "user" ? "user" : "assistant", String(turn.content ?? "")]);
      const open = Boolean(value.live);
      if (open) all.push(["assistant", String(value.live)]);
      const stuck = box.scrollTop + box.clientHeight >= box.scrollHeight - 32;
      while (box.children.length > all.length) box.lastElementChild.remove();
      all.forEach(([role, words_], i) => {
        if (drawn[i]?.[0] !== role) {
          const row = rowOf(role);
          if (box.children[i]) box.children[i].replaceWith(row);
          else box.append(row);
          drawn[i] = [role, null];
        }
        if (drawn[i][1] !== words_) box.children[i].querySelector(".lx-said").textContent = words_;
        drawn[i] = [role, words_];
      });
      drawn.length = all.length;
      box.lastElementChild?.classList.toggle("lx-growing", open);
      if (stuck) box.scrollTop = value.cached ? 0 : box.scrollHeight;
      const facts = value.facts;
      cut.hidden = !facts?.cut;
      if (facts?.cut) cut.textContent = fill(words.cut, { count: facts.cut });
      small.textContent = facts
        ? [
          facts.by,
          fill(words.facts, { prompt: facts.prompt, tokens: facts.tokens, speed: (+facts.speed).toFixed(1) }),
          fill(words.wait, { seconds: (+facts.wait).toFixed(1) }),
          facts.ended === "length" ? words.length_reached : "",
        ].filter(Boolean).join(" · ")
        : "";
      recorded.hidden = !value.cached;
      recorded.textContent = value.cached ? words.recorded : "";
    };
    watch("value", show);
    show();
    // Enter sends, Shift and Enter make a new line; the box may come after this view
    const bench = element.closest(".lx-bench");
    bench?.addEventListener("keydown", (event) => {
      if (!event.target.closest("[id$=-message] textarea")) return;
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      bench.querySelector("[id$=-run]")?.click();
    }, true);
  };
})();
