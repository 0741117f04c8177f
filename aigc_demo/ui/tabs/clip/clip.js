// The views of CLIP: a matrix of pictures and sentences, labels, and a plane of both.
(() => {
  const { fill, make } = luoxia;
  const opened = async (file) => createImageBitmap(await (await fetch(file.url)).blob());
  const put = (canvas, bitmap, place, width, height) => {
    [canvas.width, canvas.height] = [width, height];
    canvas.getContext("2d").drawImage(bitmap, place * width, 0, width, height, 0, 0, width, height);
  };
  const percent = (
    p,
  ) => (p >= 0.0995 ? `${Math.round(100 * p)} %` : p >= 0.00095 ? `${(100 * p).toFixed(1)} %` : "< 0.1 %");
  const number = (value) => value.toFixed(2).replace("-", "−");

  // Value: {sheets, w, h, sentences, cosines: [[per picture]], odds: the same, true: the same}
  luoxia.pairs = (element, props, watch) => {
    const root = element.querySelector(".lx-pairs"),
      words = JSON.parse(root.dataset.words),
      box = root.querySelector(".lx-pairs-table");
    let ticket = 0;
    const load = async () => {
      if (!props.value || !props.value.sheets) return;
      const mine = ++ticket, value = props.value, bitmap = await opened(value.sheets[0]);
      if (mine !== ticket) return;
      const count = value.cosines[0].length;
      const heads = Array.from({ length: count }, (_, place) => {
        const canvas = make("canvas");
        canvas.setAttribute("role", "img");
        canvas.setAttribute("aria-label", String(place + 1));
        put(canvas, bitmap, place, value.w, value.h);
        return canvas;
      });
      const rows = value.sentences.flatMap((
        sentence,
        i,
      ) => [
        make("p", { textContent: sentence }),
        ...value.cosines[i].map((cosine, j) => {
          const best = value.odds.every((row) => row[j] <= value.odds[i][j]);
          const cell = make(
            "div",
            { className: best ? "lx-best" : "" },
            make("b", { textContent: number(cosine) }),
            make("span", { textContent: `${percent(value.odds[i][j])}${value.true[i][j] ? " ✓" : ""}` }),
          );
          cell.style.setProperty("--share", value.odds[i][j]);
          cell.title = `${words.cosine} ${number(cosine)} · ${words.share} ${percent(value.odds[i][j])}`;
          return cell;
        }),
      ]);
      box.style.setProperty("--columns", count);
      box.replaceChildren(make("span"), ...heads, ...rows);
      const told = heads.map((_, j) => value.true.findIndex((row) => row[j])).map((at, j) => [at, j]).filter(([at]) =>
        at >= 0
      );
      const right = told.filter(([, j]) => {
        const column = value.odds.map((row) => row[j]);
        return value.true[column.indexOf(Math.max(...column))][j];
      });
      luoxia.sentence(root.querySelector(".lx-verdict"), fill(words.says, { right: right.length, count: told.length }));
      root.dataset.ready = String(1 + (+root.dataset.ready || 0));
    };
    watch("value", load);
    load();
  };

  // Value: {sheet, labels: [[label, share, cosine]], truth: {en, zh} or {}}
  luoxia.labels = (element, props, watch) => {
    const root = element.querySelector(".lx-described"), words = JSON.parse(root.dataset.words);
    let ticket = 0;
    const load = async () => {
      if (!props.value || !props.value.sheet) return;
      const mine = ++ticket, value = props.value, bitmap = await opened(value.sheet);
      if (mine !== ticket) return;
      put(root.querySelector("canvas"), bitmap, 0, bitmap.width, bitmap.height);
      root.querySelector("ol").replaceChildren(...value.labels.map(([label, share, cosine]) => {
        const bar = make("i");
        bar.style.setProperty("--share", share);
        return make(
          "li",
          { title: `cos ${number(cosine)}` },
          make("span", { textContent: label }),
          bar,
          make("output", { textContent: percent(share) }),
        );
      }));
      const truth = value.truth[luoxia.lang];
      root.querySelector("section p").textContent = truth ? fill(words.truth, { truth }) : "";
      root.dataset.ready = String(1 + (+root.dataset.ready || 0));
    };
    watch("value", load);
    load();
  };

  // Value: {sheets, w, h, points: [{kind, x, y, text, sample}], share, gap}
  luoxia.planeMap = (element, props, watch) => {
    const root = element.querySelector(".lx-mapped"),
      words = JSON.parse(root.dataset.words),
      box = root.querySelector(".lx-plane-map");
    let ticket = 0;
    const load = async () => {
      if (!props.value || !props.value.sheets) return;
      const mine = ++ticket, value = props.value, bitmap = await opened(value.sheets[0]);
      if (mine !== ticket) return;
      const [xs, ys] = ["x", "y"].map((axis) => value.points.map((point) => point[axis]));
      const across = (x) => 4 + (92 * (x - Math.min(...xs))) / (Math.max(...xs) - Math.min(...xs) || 1);
      const up = (y) => 96 - (92 * (y - Math.min(...ys))) / (Math.max(...ys) - Math.min(...ys) || 1);
      const parts = value.points.map((point) => {
        const part = make(point.kind === "picture" ? "canvas" : "i", { title: point.text });
        part.setAttribute("role", "img");
        part.setAttribute("aria-label", point.text);
        part.dataset.kind = point.kind;
        part.dataset.sample = point.sample;
        part.style.left = `${across(point.x)}%`;
        part.style.top = `${up(point.y)}%`;
        if (point.kind === "picture") put(part, bitmap, point.sample, value.w, value.h);
        const light = (on) =>
          box.querySelectorAll(`[data-sample="${point.sample}"]`).forEach((other) =>
            other.classList.toggle("lx-lit", on)
          );
        part.addEventListener("pointerenter", () => light(true));
        part.addEventListener("pointerleave", () => light(false));
        return part;
      });
      box.replaceChildren(...parts);
      const own = value.points.find((point) => point.kind === "own");
      const near = own ? fill(words.map_own, { text: own.text, place: own.sample + 1 }) : "";
      luoxia.sentence(
        root.querySelector(".lx-verdict"),
        fill(words.map_says, { share: percent(value.share), gap: number(value.gap) }) + near,
      );
      root.dataset.ready = String(1 + (+root.dataset.ready || 0));
    };
    watch("value", load);
    load();
  };
})();
