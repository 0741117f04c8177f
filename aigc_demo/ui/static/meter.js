// How likely a picture is as a digit: the picture, what comes back, where the two differ, and a needle among the bounds
// of test digits. Also `luoxia.colours`: a colour picture through two implementations, and its code as maps.
(() => {
  const { fill } = luoxia;

  // Value: {sheets, ..., bound_nats, rank, histogram: {low, high, counts} or null, tests}
  luoxia.meter = (element, props, watch) => {
    const root = element.querySelector(".lx-meter"), words = JSON.parse(root.dataset.words);
    luoxia.sheet(element, props, watch, (value, draw) => {
      const canvases = luoxia.panes(root.querySelector(".lx-panes"), [words.picture, words.rebuilt, words.error]);
      canvases.forEach((canvas, i) => draw(canvas, i, i === 2 ? "signed" : "grey"));
      const plot = root.querySelector("figure.lx-chart");
      plot.hidden = !value.histogram;
      const nats = value.bound_nats.toFixed(value.bound_nats < -999.5 ? 0 : 1).replace("-", "−");
      const below = Math.round(value.rank * value.tests), above = value.tests - below;
      const facts = { nats, below, above, tests: value.tests.toLocaleString("en-US") };
      const kind = value.rank === null
        ? "unknown"
        : below === 0
        ? "none"
        : below === value.tests
        ? "all"
        : 2 * below < value.tests
        ? "few"
        : "many";
      luoxia.sentence(root.querySelector(".lx-verdict"), fill(words[kind], facts));
      root.querySelector(".lx-verdict").classList.toggle("lx-bad", value.rank !== null && value.rank < 0.01);
      root.dataset.rank = value.rank;
      if (!value.histogram) return;
      const { low, high, counts } = value.histogram, width = (high - low) / counts.length;
      const outside = value.bound_nats < low;
      luoxia.chart(plot.querySelector("svg"), {
        x: [low, high],
        y: [0, 1.1 * Math.max(...counts)],
        across: words.across,
        up: words.up,
        bars: counts.map((count, i) => [low + i * width, low + (i + 1) * width, count]),
        needle: value.bound_nats,
      });
      plot.querySelector(".lx-off").textContent = outside ? fill(words.outside, facts) : "";
    });
  };

  // Value: {sheets, ..., milliseconds: [ours, theirs], maximum, mean, layers, first: number of the layer or null,
  // onnx: {maximum, milliseconds} of ours in ONNX Runtime, or null}; tiles: picture, ours, theirs, difference, four
  // maps, that of ONNX Runtime
  luoxia.colours = (element, props, watch) => {
    const root = element.querySelector(".lx-colours"), words = JSON.parse(root.dataset.words);
    luoxia.sheet(element, props, watch, (value, draw) => {
      const [pictures, maps] = root.querySelectorAll(".lx-panes");
      const raised = (power) => [...power].map((sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]).join("");
      const tiny = (gap) => (gap ? gap.toExponential(1).replace(/e\+?(.+)/, (_, power) => `·10${raised(power)}`) : "0");
      const time = (ms) => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
      const most = (gap) => `${words.most} ${tiny(gap)}`, { onnx } = value;
      const columns = [
        [0, words.picture, ""],
        [1, onnx ? words.pytorch : words.ours, time(value.milliseconds[0])],
        ...(onnx ? [[8, words.onnx, `${time(onnx.milliseconds)} · ${most(onnx.maximum)}`]] : []),
        [2, words.theirs, time(value.milliseconds[1])],
        [3, words.gap, most(value.maximum)],
      ];
      const canvases = luoxia.panes(pictures, columns.map(([_, name]) => name));
      canvases.forEach((canvas, i) => {
        const [place, name, note] = columns[i];
        draw(canvas, place, place === 3 ? "grey" : "colour");
        canvas.nextElementSibling.textContent = [name, note].filter(Boolean).join(" · ");
      });
      luoxia.panes(maps, [1, 2, 3, 4].map((n) => fill(words.map, { n }))).forEach((canvas, i) =>
        draw(canvas, 4 + i, "signed")
      );
      const line = root.querySelector(".lx-verdict"), good = value.first === null;
      line.classList.toggle("lx-bad", !good);
      luoxia.sentence(
        line,
        good
          ? fill(words.same, { maximum: tiny(value.maximum), mean: tiny(value.mean) }) + (onnx ? "" : words.missing)
          : fill(words.first, { layer: value.layers[value.first][0], limit: tiny(+root.dataset.tolerance) }),
      );
    });
  };

  // Colour pictures to choose from, or one of your own. `emoji`: value is the number of the picture.
  luoxia.emoji = (element, props, watch, trigger) => {
    const root = element.querySelector(".lx-emoji"), buttons = [...root.querySelectorAll("button")];
    const show = () => buttons.forEach((button, i) => button.setAttribute("aria-pressed", i === +props.value));
    buttons.forEach((button, i) =>
      button.addEventListener("click", () => {
        props.value = i;
        show();
        if (trigger) trigger("change");
      })
    );
    watch("value", show);
    show();
  };

  // `photo`: value is a data URL, or empty.
  luoxia.photo = (element, props, watch, trigger) => {
    const root = element.querySelector(".lx-photo");
    const image = root.querySelector("img"), clear = root.querySelector(".lx-clear");
    const show = () => {
      image.hidden = clear.hidden = !props.value;
      if (props.value) image.src = props.value;
    };
    const send = (url) => {
      props.value = url;
      show();
      if (trigger) trigger("change");
    };
    luoxia.takePictures(root, send);
    clear.addEventListener("click", () => send(""));
    watch("value", show);
    show();
  };
})();
