// What a critic sees: the scores of made and of real pictures as two heaps on one axis, every picture in order, and for
// a picked one what the critic would change. Value: {sheets, w, h, kind, made_scores, real_scores: from the lowest on,
//   seeds, digits: of the made ones, fooled, told, scale}; tiles: made ones, their maps, real ones
(() => {
  const { fill, make } = luoxia;
  const BINS = 26, REST = 127.5, DEADLY = 0.8; // a map is faint where it says little: its power
  const short = (value) => (Math.abs(value) < 9.995 ? value.toFixed(2) : value.toFixed(1)).replace("-", "−");
  const percent = (share) => String(Math.round(100 * share));

  // scores as the outline of a heap of columns, from end to end of the axis
  function heap(scores, low, width) {
    const counts = Array(BINS).fill(0);
    scores.forEach((score) => {
      counts[Math.min(BINS - 1, Math.floor((score - low) / width))] += 1;
    });
    return [[low, 0], ...counts.flatMap((count, i) => [[low + i * width, count], [low + (i + 1) * width, count]]), [
      low + BINS * width,
      0,
    ]];
  }

  // a map over the picture: red where the score would rise with more, blue where with less, clear where it does not
  // matter
  function overlay(canvas, map) {
    const context = canvas.getContext("2d"), { width, height } = canvas;
    const wish = map.getContext("2d").getImageData(0, 0, width, height), colours = luoxia.palette(true);
    const now = context.getImageData(0, 0, width, height);
    for (let i = 0; i < wish.data.length; i += 4) {
      const value = (wish.data[i] - REST) / REST, share = Math.abs(value) ** DEADLY, k = value < 0 ? 0 : 3 * 255;
      for (let c = 0; c < 3; c++) now.data[i + c] += share * (colours[k + c] - now.data[i + c]);
      now.data[i + 3] = 255;
    }
    context.putImageData(now, 0, 0);
  }

  luoxia.trial = (element, props, watch) => {
    const root = element.querySelector(".lx-trial"), words = JSON.parse(root.dataset.words);
    const [made, real] = ["made", "real"].map((side) => root.querySelector(`[data-side=${side}] .lx-cells`));
    const chart = root.querySelector(".lx-chart svg"), [close, changed] = root.querySelectorAll(".lx-glass canvas");
    const output = root.querySelector(".lx-dock output"), key = root.querySelector(".lx-key-line");
    const map = make("canvas");
    let value = null, draw = null, picked = 0; // by place from the lowest score

    function heaps() {
      const { made_scores: false_ones, real_scores: true_ones } = value, all = [...false_ones, ...true_ones];
      const least = Math.min(...all), most = Math.max(...all), width = Math.max((most - least) / BINS, 1e-6);
      const heaped = [true_ones, false_ones].map((scores) => heap(scores, least, width));
      const top = Math.max(...heaped.flat().map(([, count]) => count)),
        middle = true_ones[Math.floor(true_ones.length / 2)];
      luoxia.chart(chart, {
        x: [least, least + BINS * width],
        y: [0, 1.1 * top],
        across: words.across,
        up: words.up,
        needle: false_ones[picked],
        lines: [{ kind: "water", points: heaped[0] }, { kind: "glow", points: heaped[1] }, {
          kind: "mist",
          points: [[middle, 0], [middle, 1.1 * top]],
        }],
      });
    }

    function show(place) {
      picked = place;
      const count = value.seeds.length, grey = value.kind === "grey";
      [close, changed].forEach((canvas) => draw(canvas, place, value.kind));
      draw(map, count + place, "colour");
      overlay(changed, map);
      const digit = value.digits.length ? ` · ${fill(words.digit, { digit: value.digits[place] })}` : "";
      const at = fill(words.place, { score: short(value.made_scores[place]), place: count - place, count });
      output.textContent = `${fill(words.seed, { seed: value.seeds[place] })}${digit} · ${at}`;
      const keys = grey ? [words.more, words.less] : [words.lighter, words.darker];
      key.replaceChildren(
        ...keys.map((textContent, i) =>
          make("span", { textContent, className: `lx-hue lx-hue-${["glow", "water"][i]}` })
        ),
      );
      [...made.children].forEach((cell, i) => cell.setAttribute("aria-pressed", String(count - 1 - i === place)));
      root.dataset.picked = value.seeds[place];
      heaps();
    }

    made.addEventListener("click", (click) => {
      const place = [...made.children].indexOf(click.target.closest("button"));
      if (place < 0) return;
      show(value.seeds.length - 1 - place);
      luoxia.say(output.textContent);
    });

    luoxia.sheet(element, props, watch, (now, drawn, fresh) => {
      [value, draw] = [now, drawn];
      const { made_scores: false_ones, real_scores: true_ones } = value, count = false_ones.length;
      const names = false_ones.map((_, i) =>
        fill(words.place, { score: short(false_ones[count - 1 - i]), place: i + 1, count })
      );
      luoxia.cells(made, names).forEach((cell, i) => {
        draw(cell.firstChild, count - 1 - i, value.kind);
        cell.dataset.score = short(false_ones[count - 1 - i]);
      });
      while (real.children.length > true_ones.length) real.lastChild.remove();
      while (real.children.length < true_ones.length) real.append(make("span", {}, make("canvas")));
      [...real.children].forEach((cell, i) => {
        const place = true_ones.length - 1 - i;
        draw(cell.firstChild, 2 * count + place, value.kind);
        cell.dataset.score = short(true_ones[place]);
      });
      const mean = true_ones[Math.floor(true_ones.length / 2)];
      root.dataset.middle = short(mean);
      show(fresh ? count - 1 : Math.min(picked, count - 1));
      luoxia.sentence(
        root.querySelector(".lx-verdict"),
        fill(words.says, { fooled: percent(value.fooled), told: percent(value.told) }),
      );
      const seen = value.kind === "grey" ? words.test : words.trained;
      root.querySelector(".lx-unit").textContent = `${words.middle} · ${seen} ${words[`scale_${value.scale}`]}`;
    });
  };
})();
