// A challenge: "Set up" brings the controls to its beginning, "Check" has the server do what they ask for and look
// whether it is reached. The best score stays in this browser. Value: {done, total} on the way, at the end
// {reached, score, words, measures}
(() => {
  const { fill, text } = luoxia;
  const KEY = "lx-challenges";
  const cards = {}; // key of the task -> what to do when its check fails
  const known = () => {
    try {
      return JSON.parse(localStorage.getItem(KEY)) || {};
    } catch {
      return {}; // a private window
    }
  };

  luoxia.unchecked = (task) => cards[task]?.();
  luoxia.challenge = (element, props, watch, trigger, event) => {
    const root = element.querySelector(".lx-challenge"),
      { task, form } = root.dataset,
      start = JSON.parse(root.dataset.sets);
    const [setUp, check, share] = root.querySelectorAll("button");
    const line = root.querySelector(".lx-tried"),
      [verdict, facts] = line.children,
      best = root.querySelector(".lx-best");
    const tell = (words, more = "") => {
      line.hidden = false;
      verdict.textContent = words;
      facts.textContent = more;
    };
    const showBest = () => {
      const kept = known()[task];
      best.hidden = !kept;
      best.textContent = kept ? fill(text.challenge_best, { score: kept.words[luoxia.lang] || kept.score }) : "";
    };
    const better = (score, kept) => !kept || (root.dataset.fewer === "1" ? score < kept.score : score > kept.score);

    setUp.addEventListener("click", () => luoxia.set(form, start));
    share.addEventListener("click", () => {
      const words = [root.querySelector("p").textContent, best.hidden ? "" : best.textContent].join(" ").trim();
      luoxia.copy(luoxia.address(form, start, { task: words }).href, text.challenge_copied);
    });
    check.addEventListener("click", () => {
      check.disabled = true;
      delete line.dataset.reached;
      tell(text.waiting);
      trigger(event);
    });
    cards[task] = () => {
      check.disabled = false;
      tell(text.error_title);
    };
    watch("value", () => {
      const value = props.value;
      if (!value || !check.disabled) return;
      if (value.words === undefined) {
        tell(fill(text.experiment_under_way, { percent: Math.round((100 * value.done) / value.total) }));
        return;
      }
      check.disabled = false;
      line.dataset.reached = Number(value.reached);
      tell(
        value.reached ? text.challenge_reached : text.challenge_missed,
        [value.words, ...value.measures].join(" · "),
      );
      const kept = known()[task];
      if (value.reached && better(value.score, kept)) {
        try {
          const words = { [luoxia.lang]: value.words };
          localStorage.setItem(KEY, JSON.stringify({ ...known(), [task]: { score: value.score, words } }));
        } catch { /* a private window */ }
      }
      showBest();
    });
    showBest();
  };
})();
