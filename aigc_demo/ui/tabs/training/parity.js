// Networks beside a library's, each under its own line: a bar for every layer, as high as its difference; a mistake
// that is chosen changes them. Value: {twins: [{name, classes, brief, figures, layers: [name], maxima: [number], first,
// mistakes}]}, where a mistake is {name, maxima, first, says}.
(() => {
  const { make } = luoxia, LEAST = 1e-9, MOST = 100; // of the differences, on a logarithmic scale

  function height(gap) {
    const share = Math.log(Math.max(gap, LEAST) / LEAST) / Math.log(MOST / LEAST);
    return `${Math.max(4, 100 * Math.min(1, share)).toFixed(0)}%`;
  }

  function bars(strip, twin, maxima, first, says) {
    [...strip.children].forEach((bar, i) => {
      bar.style.height = height(maxima[i]);
      bar.title = `${twin.layers[i]} · ${maxima[i] ? maxima[i].toExponential(1) : 0}`;
      bar.classList.toggle("lx-over", first !== null && i >= first);
    });
    strip.setAttribute("aria-label", `${twin.classes}: ${says}`);
  }

  function network(twin, right, open) {
    const strip = make("div", { className: "lx-skyline", role: "img" }, ...twin.layers.map(() => make("i")));
    const line = make("p", { className: "lx-small lx-says" });
    const choices = [{ name: right, maxima: twin.maxima, first: twin.first, says: twin.figures }, ...twin.mistakes];
    const buttons = choices.map((choice) => make("button", { type: "button", className: "lx-button" }, choice.name));
    const show = (i) => {
      const choice = choices[i];
      bars(strip, twin, choice.maxima, choice.first, choice.says);
      line.textContent = choice.says;
      buttons.forEach((button, k) => button.setAttribute("aria-pressed", String(k === i)));
    };
    buttons.forEach((button, i) => button.addEventListener("click", () => show(i)));
    show(0);
    const brief = make("small", {}, twin.brief);
    brief.classList.toggle("lx-over", twin.first !== null);
    const head = make("summary", {}, make("b", {}, twin.name), make("span", {}, twin.classes), brief);
    return make("details", { open }, head, strip, line, make("div", { className: "lx-presets" }, ...buttons));
  }

  luoxia.parity = (element, props, watch) => {
    const root = element.querySelector(".lx-parity");
    function load() {
      if (!props.value) return;
      root.replaceChildren(...props.value.twins.map((twin, i) => network(twin, root.dataset.right, i === 0)));
      root.dataset.ready = String(1 + (+root.dataset.ready || 0));
    }
    watch("value", load);
    load();
  };
})();
