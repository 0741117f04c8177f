// A text of one's own to train on, and the training on it.
(() => {
  const { fill, make } = luoxia;
  const REPEATED = 0.2; // share of what is held out from which on it is worth a word that it was learned as well

  // value: the text; a file is read here, and refused where it is too large or not UTF-8
  luoxia.corpus = (element, props, watch, trigger) => {
    const root = element.querySelector(".lx-corpus"), words = JSON.parse(root.dataset.words), most = +root.dataset.most;
    const box = root.querySelector("textarea"),
      file = root.querySelector("input"),
      output = root.querySelector("output");
    const count = () => {
      output.textContent = box.value
        ? fill(words.count, { count: [...box.value].length.toLocaleString("en-US") })
        : words.none;
    };
    const send = () => {
      props.value = box.value;
      count();
      if (trigger) trigger("change");
    };
    const take = async (chosen) => {
      if (!chosen) return;
      if (chosen.size > most) return luoxia.toast(words.large);
      try {
        const content = new TextDecoder("utf-8", { fatal: true }).decode(await chosen.arrayBuffer());
        if (content.includes("\0")) throw new TypeError("not a text");
        box.value = content;
        send();
      } catch {
        luoxia.toast(words.binary);
      }
    };
    box.addEventListener("input", () => {
      props.value = box.value;
      count();
    });
    box.addEventListener("change", send);
    root.querySelector(".lx-upload").addEventListener("click", () => file.click());
    root.querySelector(".lx-clear").addEventListener("click", () => {
      box.value = "";
      send();
    });
    file.addEventListener("change", () => {
      take(file.files[0]);
      file.value = "";
    });
    root.addEventListener("dragover", (event) => {
      event.preventDefault();
      event.stopPropagation();
      root.classList.add("lx-over");
    });
    root.addEventListener("dragleave", () => root.classList.remove("lx-over"));
    root.addEventListener("drop", (event) => {
      event.preventDefault();
      event.stopPropagation();
      root.classList.remove("lx-over");
      take(event.dataTransfer.files[0]);
    });
    const show = () => {
      if (typeof props.value === "string" && props.value !== box.value) box.value = props.value;
      count();
    };
    watch("value", show);
    show();
  };

  // Value: {step, seconds, speed, curve: [[step, nats]], held, samples: [[step, text]], train, test, replaced,
  // left_out: [[character, count]], ...}
  luoxia.tune = (element, props, watch) => {
    const root = element.querySelector(".lx-tune"), words = JSON.parse(root.dataset.words);
    const chart = root.querySelector(".lx-chart svg"), facts = root.querySelector(".lx-facts-line");
    const dropped = root.querySelector(".lx-dropped"), list = root.querySelector(".lx-samples");
    const load = () => {
      const value = props.value;
      if (!value || !value.held) return;
      const { curve, held } = value, last = Math.max(20, value.step);
      const all = [...curve, ...held].map(([, nats]) => nats), low = Math.min(...all), high = Math.max(...all);
      const near = value.random < 1.35 * high; // a far level would flatten the curves
      const room = Math.max(0.1, 0.12 * (high - low)), top = near ? 1.06 * value.random : high + room;
      luoxia.chart(chart, {
        x: [0, last],
        y: [Math.max(0, low - room), top],
        across: words.across,
        up: words.up,
        lines: [...(curve.length > 1 ? [{ kind: "glow", points: curve }] : []), {
          kind: "water",
          points: held,
          dots: held,
        }],
        level: near ? { at: value.random, words: fill(words.random, { nats: value.random.toFixed(2) }) } : undefined,
      });
      const numbers = {
        step: value.step,
        train: value.train.toLocaleString("en-US"),
        test: value.test.toLocaleString("en-US"),
        speed: Math.round(value.speed).toLocaleString("en-US"),
        from: held[0][1].toFixed(2),
        now: held.at(-1)[1].toFixed(2),
        passes: ((value.speed * value.seconds) / value.train).toFixed(1),
      };
      facts.textContent = fill(value.step ? words.facts : words.facts_none, numbers);
      const parts = [];
      if (value.left_out_total) {
        const named = value.left_out.map(([one, count]) => fill(words.dropped_one, { what: luoxia.sign(one), count }));
        parts.push(
          fill(words.dropped, { count: value.left_out_total, list: named.join(luoxia.lang === "zh" ? "、" : ", ") }),
        );
      }
      if (value.repeated >= REPEATED) parts.push(fill(words.repeated, { share: Math.round(100 * value.repeated) }));
      if (value.replaced) parts.push(fill(words.replaced, { count: value.replaced }));
      dropped.hidden = !parts.length;
      dropped.textContent = parts.join(" ");
      const shown = value.samples.map(([step]) => step).join();
      if (list.dataset.shown !== shown) {
        list.dataset.shown = shown;
        list.replaceChildren(
          ...[...value.samples].reverse().map(([step, text]) =>
            make(
              "li",
              {},
              make("b", { textContent: step ? fill(words.sample, { step }) : words.begin }),
              make("p", { textContent: text }),
            )
          ),
        );
      }
      root.dataset.step = value.step;
      root.dataset.ready = "1";
    };
    watch("value", luoxia.eased(load));
    load();
  };
})();
