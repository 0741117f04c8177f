// The same square part of several pictures side by side, as large as the zoom says. Dragging a picture moves the part,
// and so do the arrow keys on it.
// Value: {sheets: [{url}], w, h, columns: [words], notes: [words]}
luoxia.magnifier = (element, props, watch) => {
  const { make } = luoxia, root = element.querySelector(".lx-magnifier");
  const box = root.querySelector("div"), zoom = root.querySelector("input");
  let bitmap = null, ticket = 0, middle = [0.5, 0.5];

  const draw = () => {
    const { w, h } = props.value, side = w / +zoom.value;
    middle = middle.map((part) => Math.min(Math.max(part, side / w / 2), 1 - side / w / 2));
    const left = Math.round(middle[0] * w - side / 2), top = Math.round(middle[1] * h - side / 2);
    box.querySelectorAll("canvas").forEach((canvas, place) => {
      const context = canvas.getContext("2d");
      context.imageSmoothingEnabled = false;
      context.drawImage(bitmap, place * w + left, top, side, side, 0, 0, canvas.width, canvas.height);
    });
  };
  const move = (right, down) => {
    middle = [middle[0] + right, middle[1] + down];
    draw();
  };

  let held = null; // where a picture was taken hold of, as a share of its side
  const place = (event) => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    return [(event.clientX - left) / width, (event.clientY - top) / height];
  };
  const handlers = {
    onpointerdown(event) {
      held = place(event);
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onpointermove(event) {
      if (!held) return;
      const now = place(event);
      move((held[0] - now[0]) / +zoom.value, (held[1] - now[1]) / +zoom.value);
      held = now;
    },
    onpointerup: () => held = null,
    onpointercancel: () => held = null,
    onkeydown(event) {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!way) return;
      event.preventDefault();
      move(way[0] / 16, way[1] / 16);
    },
  };

  const load = async () => {
    const value = props.value, mine = ++ticket;
    if (!value || !value.sheets) return;
    const read = await createImageBitmap(await (await fetch(value.sheets[0].url)).blob());
    if (mine !== ticket) return;
    bitmap = read;
    box.replaceChildren(...value.columns.map((name, place) => {
      const canvas = make("canvas", { width: 384, height: 384, tabIndex: 0, ...handlers });
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", name);
      return make(
        "div",
        {},
        make("b", { textContent: name }),
        canvas,
        make("span", { textContent: value.notes[place] }),
      );
    }));
    draw();
    root.dataset.ready = String(1 + (+root.dataset.ready || 0));
  };
  zoom.addEventListener("input", () => bitmap && draw());
  watch("value", load);
  load();
};
